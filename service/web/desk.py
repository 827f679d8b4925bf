"""What the pages work with: the record, the engine, the rules in force, and the means to write to people."""

from dataclasses import dataclass, field
from datetime import date

from service import telling
from service.config import Keys, Settings
from service.errors import NotFound
from service.gateway import Gateway
from service.handbook import Edition, Person
from service.links import Links
from service.relay import Relay
from service.store import Store, editions
from service.store.engine import Tx
from service.web.courier import Courier
from service.web.rehearsals import Rehearsals


@dataclass(frozen=True)
class Desk:
    """Everything a route may ask for."""

    settings: Settings
    store: Store
    gateway: Gateway
    relay: Relay
    keys: Keys
    links: Links
    courier: Courier
    rehearsals: Rehearsals = field(default_factory=Rehearsals)

    @property
    def rehearsing(self) -> bool:
        """A demo or a test, where letters are caught and the Clock may be moved."""
        return self.settings.mode != "production"

    @property
    def secure(self) -> bool:
        """The installation is reached over https."""
        return self.settings.base_url.startswith("https:")

    def in_force(self, tx: Tx, organisation: str) -> Edition:
        """Return the rules an organisation works by now."""
        hash = editions.in_force_hash(tx, organisation)
        if hash is None:
            raise NotFound(f"No handbook is loaded for {organisation}.")
        return telling.edition(tx, hash)

    def handbooks(self, tx: Tx) -> tuple[Edition, ...]:
        """Return the rules in force of every organisation, the installation's own first."""
        known = editions.organisations(tx)
        found = [self.in_force(tx, organisation) for organisation in known]
        own = self.settings.handbook[:1]
        names = {name for chosen in own for name in (chosen, chosen.partition("/")[0])}
        return tuple(sorted(found, key=lambda edition: edition.name not in names))

    def person(self, tx: Tx, id: str) -> tuple[Person, Edition] | None:
        """Find a person and the rules by which they are known. Whoever holds no post is not known."""
        return next(
            (
                (edition.people[id], edition)
                for edition in self.handbooks(tx)
                if id in edition.people and edition.posts_of(id, tx.today)
            ),
            None,
        )

    def person_at(self, tx: Tx, address: str, day: date) -> tuple[Person, Edition] | None:
        """Find whose mailbox an address is; nobody's, if they hold no post."""
        return next(
            (
                (person, edition)
                for edition in self.handbooks(tx)
                if (person := edition.person_at(address, day)) and edition.posts_of(person.id, day)
            ),
            None,
        )
