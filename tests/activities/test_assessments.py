"""An assessment in the record: who is asked, what is written once, and what its choice leaves to be done."""

from datetime import date

import pytest

from activities.assessments import Assessments
from service import handbook
from service.config import Keys
from service.handbook import Edition
from service.store import Store, assessments, cases, rebuild
from service.store.assessments import OtherwiseOpened, Wanted
from tests.support.activities import FakeMailroom, done
from tests.support.desk import Desk

WANTED = Wanted(
    wish="a" * 32,
    title="Network support",
    purpose="The contract ends",
    owner="head-technology",
    report_due=date(2004, 10, 29),
    in_place_by=date(2005, 3, 31),
)


def opened(desk: Desk, wanted: Wanted = WANTED) -> str:
    office = desk.edition.roles["pmo"]
    with desk.store.writing() as tx:
        return assessments.opened(
            tx,
            wanted,
            organisation=desk.edition.organisation,
            department=desk.edition.posts[wanted.owner].department,
            edition=desk.edition.hash,
            by=desk.person(office),
            by_post=office,
        )


def of(name: str) -> Edition:
    return handbook.load(name)


@pytest.mark.parametrize(
    ("name", "owner", "forum", "kinds"),
    [
        ("leicester", "head-technology", "srg", {"assessment", "assessment_srg"}),
        ("herefordshire", "head-of-ict", None, {"assessment", "assessment_choice"}),
    ],
)
def test_who_chooses_follows_from_the_handbook(
    store: Store, keys: Keys, name: str, owner: str, forum: str | None, kinds: set[str]
) -> None:
    desk = Desk(store, keys, of(name))
    ref = opened(desk, WANTED.model_copy(update={"owner": owner}))
    known = done(Assessments(store, FakeMailroom()).in_hand(ref))
    assert (known.owner, known.report_due) == (owner, date(2004, 10, 29))
    assert (known.srg.key if known.srg else None) == forum
    assert {*known.terms} == kinds
    assert {known.clauses[kind] for kind in kinds} == {"ASSESS-1"}
    assert known.told == (desk.edition.roles["pmo"],)
    assert known.programme_office == desk.edition.roles["pmo"]


def test_it_waits_for_a_process_until_one_has_begun(desk: Desk) -> None:
    ref = opened(desk)
    with desk.store.reading() as tx:
        (waiting,) = cases.unstarted(tx)
    assert (waiting.ref, waiting.kind, waiting.taken_up) == (ref, "assessment", 0)
    course = Assessments(desk.store, FakeMailroom())
    for _ in range(2):
        done(course.in_hand(ref))
    with desk.store.reading() as tx:
        assert cases.unstarted(tx) == ()
    assert rebuild.drift(desk.store) == ()


def test_one_form_opens_one_and_refuses_to_say_something_else(each_desk: Desk) -> None:
    ref = opened(each_desk)
    assert opened(each_desk) == ref
    with pytest.raises(OtherwiseOpened, match=f"It has opened {ref}, which says something else"):
        opened(each_desk, WANTED.model_copy(update={"purpose": "Another"}))
    assert opened(each_desk, WANTED.model_copy(update={"wish": "b" * 32})) != ref


def test_an_owner_finds_their_own(desk: Desk) -> None:
    ref = opened(desk)
    with desk.store.reading() as tx:
        assert [one.ref for one in assessments.owned(tx, ["head-technology"])] == [ref]
        assert assessments.owned(tx, ["cd-rc"]) == ()
        assert assessments.get(tx, "ASM-2004-9999") is None
