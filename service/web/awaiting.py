"""Letters to the managers of a project that waits for another, and of that: which waits, why, until when."""

from collections.abc import Iterator
from typing import Literal

from service import telling
from service.store import cases, projects
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.store.projects import ProjectView
from service.web.visits import Visit
from workflows import letters


def told(
    tx: Tx, visit: Visit, ref: str, other: str, number: int, *, reason: str, ended: bool = False
) -> list[QueuedLetter]:
    """Return the letters that say that a project waits for another, or no more: one to each manager, or to
    the sponsor where no manager is named yet; one to whoever manages both.

    `number` counts what the project has waited for, so that each time is told once.
    """
    waits, ahead = projects.must(tx, ref), projects.must(tx, other)
    act = "waits-no-more" if ended else "waits-for"
    queued: dict[str, QueuedLetter] = {}
    sides: tuple[tuple[ProjectView, Literal["waits", "ahead"]], ...] = ((waits, "waits"), (ahead, "ahead"))
    for own, yours in sides:
        for person, post, to in _reader(tx, own):
            if person in queued:
                continue
            letter = _letter(tx, visit, waits, ahead, to, yours, reason=reason, ended=ended)
            queued[person] = QueuedLetter(
                key=f"{ref}:{act}:{number}:{person}",
                case=ref,
                person=person,
                post=post,
                address=to.address,
                kind=letter.kind,
                props=letter.model_dump(mode="json"),
            )
    return list(queued.values())


def _reader(tx: Tx, project: ProjectView) -> Iterator[tuple[str, str, letters.Addressee]]:
    """Return who is to hear of a project, through which post, and where; nobody for a vacancy."""
    case, post = cases.get(tx, project.ref), _post(tx, project)
    rules, people = telling.rules_of(tx, case), telling.directory(tx, case)
    if person := people.holder(people.acting(post, tx.today), tx.today):
        address = people.address(post, person.id, tx.today)
        title = telling.title(rules, post, tx.today)
        yield person.id, post, letters.Addressee(name=person.name, address=address, post_title=title)


def _post(tx: Tx, project: ProjectView) -> str:
    return project.manager or cases.get(tx, project.ref).sponsor


def _letter(
    tx: Tx,
    visit: Visit,
    waits: ProjectView,
    ahead: ProjectView,
    to: letters.Addressee,
    yours: Literal["waits", "ahead"],
    *,
    reason: str,
    ended: bool,
) -> letters.Dependency:
    case = cases.get(tx, waits.ref)
    rules = telling.rules_of(tx, case)
    page = visit.desk.links.page(f"cases/{waits.ref}")
    them = ahead if yours == "waits" else waits
    return letters.Dependency(
        to=to,
        matter=telling.matter(tx, case, rules, page, tx.today),
        other=ahead.ref,
        other_title=ahead.title,
        by=telling.title(rules, rules.roles["pmo"], tx.today),
        reason=reason,
        yours=yours,
        them=telling.title(rules, _post(tx, them), tx.today),
        live=ahead.went_live or ahead.go_live,
        went_live=ahead.went_live is not None,
        ended=ended,
    )
