"""The letters to those who come to a place in a project, and to those who leave one."""

from collections.abc import Callable, Mapping
from typing import get_args

from service import telling
from service.store import cases, projects
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from workflows.letters import Addressee, Place, ProjectPeople

_PLACES: tuple[Place, ...] = get_args(Place)


def letters(
    tx: Tx, ref: str, posts: Mapping[str, str], page: Callable[[str], str], *, by_post: str, reason: str
) -> list[QueuedLetter]:
    """Return a letter to each who comes to a place of a project, or leaves one, when posts are put there.

    `posts` has the new ones by `manager` or the seat of the board; `page` gives the address of an ordinary
    page. Whoever holds the post before and the one after stays in the place, and is told nothing.
    """
    case, project, day = cases.get(tx, ref), projects.must(tx, ref), tx.today
    rules, people = telling.edition(tx, case.edition), telling.directory(tx, case)
    was = {place: rules.acting(getattr(project, place), day) for place in _PLACES}
    now = {place: posts.get(place, was[place]) for place in _PLACES}
    before = {place: people.holder(was[place], day) for place in _PLACES}
    after = {place: people.holder(now[place], day) for place in _PLACES}

    def titles(there: Mapping[Place, str], places: tuple[Place, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(telling.title(rules, there[place], day) for place in places))

    changed = [place for place in _PLACES if before[place] != after[place]]
    left = [(before[place], was[place]) for place in changed]
    taken = [(after[place], now[place]) for place in changed]
    # Whoever leaves one place for another is written to once, as what they are now.
    written_to = {one.id: post for one, post in (*left, *taken) if one}

    queued = []
    for person, post in written_to.items():
        had = [place for place, one in before.items() if one and one.id == person]
        has = [place for place, one in after.items() if one and one.id == person]
        comes = tuple(place for place in has if place not in had)
        goes = tuple(place for place in had if place not in has)
        letter = ProjectPeople(
            to=Addressee(
                name=telling.name(people, person),
                address=people.address(post, person, day),
                post_title=telling.title(rules, post, day),
            ),
            matter=telling.matter(tx, case, rules, page(f"cases/{ref}"), day),
            on=day,
            comes=comes,
            goes=goes,
            stays=tuple(place for place in has if place in had),
            before=titles(was, comes),
            now=titles(now, goes),
            manager=telling.title(rules, now["manager"], day),
            by=telling.title(rules, by_post, day),
            reason=reason,
        )
        queued.append(
            QueuedLetter(
                key=f"{ref}:people:{project.people + 1}:{person}",
                case=ref,
                person=person,
                post=post,
                address=letter.to.address,
                kind=letter.kind,
                props=letter.model_dump(mode="json"),
            )
        )
    return queued
