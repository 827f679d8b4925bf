"""A changed handbook comes into force when two people have agreed to it, and stays out of it otherwise."""

import pytest

from service.errors import AssentError, Conflict, Forbidden, NotFound
from service.store import Store, Tx, canonical, cases, editions, journal, rebuild, texts
from service.store.editions import KEPT, PUBLISHED, PUT_FORWARD, WITHDRAWN, Draft, Player
from service.store.line import ENGINE, ORGANISATION
from tests.service.store import samples

FIRST, SECOND = (
    Player(person="p-1", role="pmo", post="pmo"),
    Player(person="p-2", role="administrator", post="ict"),
)
OLD, NEW, NEWER = (canonical.digest(words) for words in ("old", "new", "newer"))


@pytest.fixture(autouse=True)
def in_force(store: Store) -> None:
    with store.writing() as tx:
        editions.put(tx, "old", organisation="leicester", name="leicester")


def drafted(tx: Tx, words: str = "new", by: Player = FIRST) -> Draft:
    return editions.drafted(tx, words, organisation="leicester", name="leicester", by=by)


def found(tx: Tx, words: str = "new") -> Draft | None:
    return editions.found(tx, words, organisation="leicester", name="leicester")


def published(
    tx: Tx, number: int, by: Player = SECOND, putter: Player = FIRST, instead_of: str = OLD
) -> bool:
    return editions.published(tx, number, by, putter=putter, instead_of=instead_of)


def test_what_one_puts_forward_another_publishes(store: Store) -> None:
    with store.writing() as tx:
        draft = drafted(tx)
        assert (draft.state, draft.base, draft.put_by, draft.put_as) == (PUT_FORWARD, OLD, "p-1", "pmo")
        assert editions.in_force_hash(tx, "leicester") == OLD
        assert published(tx, draft.number)
        assert editions.in_force_hash(tx, "leicester") == NEW
    with store.reading() as tx:
        after = editions.draft(tx, draft.number)
        assert (after.state, after.ended_by, after.ended_as) == (PUBLISHED, "p-2", "ict")
        (now,) = editions.all_in_force(tx)
        assert (now.hash, now.number) == (NEW, 2)
        line = journal.lines(tx, ORGANISATION)[-1]
    assert (line.kind, line.actor) == ("edition.adopted", "p-2")
    assert line.data["role"] == "administrator"
    assert line.data["put_forward"] == {"person": "p-1", "role": "pmo", "post": "pmo"}


def test_publishing_again_is_publishing_once(store: Store) -> None:
    with store.writing() as tx:
        number = drafted(tx).number
        assert number == 1, "drafts are counted, whatever else is on record"
        assert published(tx, number)
        assert not published(tx, number)
        with pytest.raises(Conflict, match="published before"):
            published(tx, number, by=FIRST, putter=SECOND)
        assert len(journal.lines(tx, ORGANISATION)) == 3


def test_nobody_publishes_what_they_put_forward(store: Store) -> None:
    with store.writing() as tx:
        number = drafted(tx).number
        with pytest.raises(Forbidden, match="somebody else has to publish it"):
            published(tx, number, by=FIRST)
        assert editions.in_force_hash(tx, "leicester") == OLD


def test_what_the_installation_found_needs_two_people(store: Store) -> None:
    with store.writing() as tx:
        draft = found(tx)
        assert draft is not None
        assert (draft.state, draft.put_by) == (KEPT, None)
        assert journal.lines(tx, ORGANISATION)[-1].actor == ENGINE
        with pytest.raises(Conflict, match="Nobody has put this handbook forward"):
            published(tx, draft.number)
        assert editions.put_forward(tx, draft.number, FIRST)
        assert not editions.put_forward(tx, draft.number, FIRST)
        with pytest.raises(Forbidden):
            published(tx, draft.number, by=FIRST)
        assert published(tx, draft.number)


def test_what_was_withdrawn_or_replaced_does_not_come_back_by_itself(store: Store) -> None:
    with store.writing() as tx:
        draft = found(tx)
        assert draft is not None
        assert editions.withdrawn(tx, draft.number, SECOND)
        assert not editions.withdrawn(tx, draft.number, SECOND)
        assert (found(tx), found(tx, "old")) == (None, None)
        again = drafted(tx)
        assert (again.state, again.hash) == (PUT_FORWARD, draft.hash)
        assert editions.draft(tx, draft.number).state == WITHDRAWN
        assert published(tx, again.number)
        assert found(tx, "old") is None


def test_whoever_puts_a_draft_forward_anew_takes_the_place_of_the_first(store: Store) -> None:
    with store.writing() as tx:
        number = drafted(tx).number
        assert editions.put_forward(tx, number, SECOND)
        with pytest.raises(Forbidden):
            published(tx, number, by=SECOND, putter=SECOND)
        assert published(tx, number, by=FIRST, putter=SECOND)


@pytest.mark.parametrize(
    ("words", "told"), [("old", "is in force already"), ("new", "is kept already, as draft 1")]
)
def test_a_handbook_is_put_forward_once(store: Store, words: str, told: str) -> None:
    with store.writing() as tx:
        draft = drafted(tx)
        assert (drafted(tx), found(tx)) == (draft, draft)
        with pytest.raises(Conflict, match=told):
            drafted(tx, words, SECOND)


def test_a_publisher_who_was_shown_another_handbook_in_force_looks_again(store: Store) -> None:
    with store.writing() as tx:
        one, other = drafted(tx).number, drafted(tx, "newer").number
        assert published(tx, one)
        with pytest.raises(Conflict, match="Another handbook has come into force"):
            published(tx, other)
        assert published(tx, other, instead_of=NEW)
        assert editions.in_force_hash(tx, "leicester") == NEWER
        assert editions.draft(tx, other).base == OLD


@pytest.mark.parametrize("refused", [published, lambda tx, number: editions.put_forward(tx, number, SECOND)])
def test_nothing_becomes_of_a_draft_that_was_withdrawn(store: Store, refused: object) -> None:
    assert callable(refused)
    with store.writing() as tx:
        number = drafted(tx).number
        editions.withdrawn(tx, number, FIRST)
        with pytest.raises(Conflict, match="was withdrawn"):
            refused(tx, number)


def test_what_is_not_there_is_not_found(store: Store) -> None:
    with store.writing() as tx:
        for look in (lambda: editions.draft(tx, 9), lambda: editions.put_forward(tx, 9, FIRST)):
            with pytest.raises(NotFound):
                look()
        with pytest.raises(NotFound, match="No handbook is in force for herefordshire"):
            editions.found(tx, "h", organisation="herefordshire", name="h")


def test_a_refused_draft_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(AssentError), store.writing() as tx:
        editions.drafted(tx, "h", organisation="herefordshire", name="h", by=FIRST)
    with store.reading() as tx, pytest.raises(NotFound):
        editions.get(tx, canonical.digest("h"))


def test_drafts_are_made_anew_from_the_record(store: Store) -> None:
    with store.writing() as tx:
        published(tx, drafted(tx).number)
        editions.withdrawn(tx, drafted(tx, "newer").number, SECOND)
        found(tx, "another")
    before = rebuild.dump(store)
    assert "edition_draft" in before
    rebuild.rebuild(store)
    assert rebuild.dump(store) == before


def test_a_running_case_keeps_the_edition_it_opened_with(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx, edition=OLD)
        published(tx, drafted(tx).number)
        samples.submit(tx, "INV-2004-0002", edition=NEW)
        assert [cases.get(tx, ref).edition for ref in ("INV-2004-0001", "INV-2004-0002")] == [OLD, NEW]


def test_proposals_are_gone_through_page_by_page_with_what_they_last_said(store: Store) -> None:
    refs = [f"INV-2004-{number:04d}" for number in range(1, 451)]
    with store.writing() as tx:
        for ref in refs:
            samples.submit(tx, ref, words=f"The first of {ref}")
        samples.submit(tx, refs[1], 2, words="The second")
        texts.erase(tx, canonical.digest(canonical.dumps(samples.content(f"The first of {refs[2]}"))))
        read = list(cases.proposals(tx, "leicester"))
        assert [one.ref for one in read] == refs
        assert cases.proposals_so_far(tx, "leicester")[0] == 450
        assert [one.content and one.content["summary"] for one in read[:3]] == [
            f"The first of {refs[0]}",
            "The second",
            None,
        ]
        assert list(cases.proposals(tx, "herefordshire")) == []
