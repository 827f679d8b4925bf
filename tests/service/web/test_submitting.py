"""Submitting while others write: what somebody was told is saved is in the version, or was refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from service.errors import Malformed, NotEditable
from service.handbook import Edition
from service.store import Store, cases, drafts
from service.store.drafts import Draft
from service.web import submitting
from tests.service.web.conftest import settings
from tests.service.web.office import Office, proposal
from tests.support.activities import done
from workflows.model import State

LATER = {"title": "A better title"}


@pytest.fixture
def council(store: Store, edition: Edition, tmp_path: Path) -> Office:
    """An office on each of the two databases."""
    opened = Office(store, settings(tmp_path), edition)
    opened.opens()
    return opened


@pytest.fixture
def helper() -> Iterator[ThreadPoolExecutor]:
    """Somebody who does something at the same time."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


CE = "chief-executive"


def paid_by(*posts: str) -> dict[str, object]:
    return {"funding_parties": [{"post": post, "share_percent": 100 // len(posts)} for post in posts]}


@pytest.mark.parametrize(
    ("writer", "payer", "heir", "refused"),
    [
        (CE, "bh-dmh", "cd-ell", False),  # Somebody else holds the post by now, and wrote nothing.
        ("hoict-rc", CE, "hoict-rc", True),  # Whoever wrote it holds the post by now.
    ],
)
def test_who_could_decide_a_share_is_found_by_the_handbook_in_force(
    council: Office, writer: str, payer: str, heir: str, refused: bool
) -> None:
    content = proposal("PROP-02") | {"decision_needed_by": "2004-11-30"} | paid_by(payer)
    draft = council.draft(content, owner=writer)
    submit(council, draft)
    done(council.course.begun(draft.ref))
    council.became(draft.ref, State.RETURNED)
    council.hands_over(CE, heir)
    with council.store.writing() as tx:
        drafts.save(tx, draft.ref, paid_by(CE) | LATER)
        second = drafts.get(tx, draft.ref)
    if not refused:
        submit(council, second)
        return
    with pytest.raises(Malformed) as told:
        submit(council, second)
    assert [problem.field for problem in told.value.problems] == ["funding_parties.0.post"]


def drafted(council: Office) -> Draft:
    return council.draft({**proposal("PROP-02"), "decision_needed_by": "2004-11-30"})


def submit(council: Office, draft: Draft) -> None:
    with council.store.writing() as tx:
        submitting.submit(tx, council.app.desk, drafts.get(tx, draft.ref), draft.owner)


def edit(council: Office, draft: Draft) -> bool:
    try:
        with council.store.writing() as tx:
            drafts.save(tx, draft.ref, LATER)
    except NotEditable:
        return False
    return True


def title(council: Office, draft: Draft) -> str:
    with council.store.reading() as tx:
        return cases.get(tx, draft.ref).title


def test_an_edit_on_its_way_is_in_the_version_that_is_submitted(
    council: Office, helper: ThreadPoolExecutor
) -> None:
    draft = drafted(council)
    with council.store.writing() as tx:
        drafts.save(tx, draft.ref, LATER)
        submitting_now = helper.submit(submit, council, draft)
        wait([submitting_now], timeout=0.5)
    submitting_now.result()
    assert title(council, draft) == LATER["title"]


def test_an_edit_that_comes_while_it_is_submitted_is_refused(
    council: Office, helper: ThreadPoolExecutor
) -> None:
    draft = drafted(council)
    with council.store.writing() as tx:
        submitting.submit(tx, council.app.desk, draft, draft.owner)
        editing = helper.submit(edit, council, draft)
        wait([editing], timeout=0.5)
    assert not editing.result()
    assert title(council, draft) == draft.document["title"]


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.long)])
def test_an_edit_and_a_submission_at_once_agree_on_what_was_submitted(
    council: Office, helper: ThreadPoolExecutor, rounds: int
) -> None:
    for _ in range(rounds):
        draft = drafted(council)
        editing = helper.submit(edit, council, draft)
        submit(council, draft)
        assert (title(council, draft) == LATER["title"]) is editing.result()


def test_whoever_began_a_draft_is_among_those_who_do_not_decide_it(council: Office) -> None:
    top = "chief-executive"
    document = {**proposal("PROP-02"), "decision_needed_by": "2004-11-30"}
    document["funding_parties"] = [{"post": top, "share_percent": 100}]
    with pytest.raises(Malformed) as refused:
        submit(council, council.draft(document, owner=top))
    assert [problem.field for problem in refused.value.problems] == ["funding_parties.0.post"]
    submit(council, council.draft(document))
