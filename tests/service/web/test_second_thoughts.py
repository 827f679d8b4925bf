"""Taking an answer back: two presses, once, in time, by whoever gave it; and what others see meanwhile."""

from datetime import timedelta

import pytest

from service.gateway import Counted, Refused, Unknown
from service.handbook import Edition
from service.relay import PAGE_PATIENCE
from service.store import editions, intents, journal, letters, rebuild, steps
from service.store.letters import LinkBinding, QueuedLetter
from tests.service.web.office import BEGINS, SAME_ORIGIN, Browser, Office
from tests.service.web.test_boards import everything, reads, votes
from tests.service.web.test_deciding import FUNDER, checking, choices, closed, of_case
from tests.support.activities import done
from tests.support.real_time import RealTime
from workflows.model import (
    Choice,
    Decision,
    Ending,
    Hold,
    Holder,
    Seat,
    SeatAsk,
    StepDecided,
    StepHeld,
    StepNudged,
    StepUndone,
    decision_key,
)
from workflows.rules.quorum import Refusal

HALF_AN_HOUR = 1 / 48
"""Of a day."""


def holding(office: Office, kind: str = "funding", hold: Hold | None = None, **terms: object) -> None:
    """Bring a handbook into force with a hold on a kind of question."""
    kinds = dict(office.edition.steps)
    kinds[kind] = kinds[kind].model_copy(update={"hold": hold or Hold(minutes=30), **terms})
    office.edition = Edition.model_validate(office.edition.model_dump() | {"steps": kinds})
    with office.store.writing() as tx:
        editions.put(
            tx, office.edition.to_json(), organisation=office.edition.organisation, name=office.edition.name
        )


@pytest.fixture
def step(office: Office) -> str:
    """A question about £12,000 with a hold of half an hour, open; returns the step's id."""
    holding(office)
    return office.asked(office.submitted("PROP-01"), "funding-cd-ce")


def answered(office: Office, step: str, choice: str = "approve", **answers: str) -> Browser:
    """A browser on the page that says what was decided, with the answer in the register."""
    browser = checking(office, step, choice, **answers)
    assert browser.press() == 200
    with office.store.reading() as tx:
        at = tx.now
    last = office.engine.decided[-1]
    done(office.register.decided(StepDecided(step=step, decisions=(last,), at=at)))
    done(office.register.held(StepHeld(step=step, number=len(choices(office)), until=last.held_until, at=at)))
    return browser


def asking_back(browser: Browser) -> Browser:
    """A browser on the page that asks whether the answer is really to be taken back."""
    browser.see(browser.at.replace("/a/done/", "/a/undo/"))
    return browser


def state(office: Office, step: str) -> str:
    with office.store.reading() as tx:
        found = intents.get(tx, f"dec:{step}:1:{FUNDER}")
    assert found is not None
    return found.state


def kinds(office: Office, step: str) -> list[str]:
    with office.store.reading() as tx:
        return [line.kind for line in journal.lines(tx, of_case(step))]


# ------------------------------------------------------------------------ taking it back


def test_the_pages_say_until_when_and_it_takes_two_presses(office: Office, step: str) -> None:
    browser = checking(office, step)
    assert "You can take your answer back for 30 minutes." in browser.words
    browser = answered(office, step)
    assert "You can take this back until 10:30." in browser.words
    assert "Answered; takes effect at 10:30 unless an answer is taken back." in browser.words
    asking_back(browser)
    assert browser.heading == "Take back your answer?"
    assert "You approved £12,000 on Monday 13 September 2004 at 10:00" in browser.words
    assert state(office, step) == "accepted"
    assert office.engine.undone == []
    assert browser.press() == 200
    assert "Taken back" in browser.words
    assert "The question waits for you again" in browser.words
    assert state(office, step) == "undone"
    assert [undo.person for undo in office.engine.undone] == [office.holder(FUNDER)]


def test_a_new_link_after_an_answer_was_taken_back_comes_with_the_question(office: Office, step: str) -> None:
    path = office.link(step, FUNDER)
    asking_back(answered(office, step)).press()
    with office.store.reading() as tx:
        at = tx.now
    done(office.register.undone(StepUndone(step=step, undone=tuple(office.engine.undone), at=at)))
    office.days_pass(15)
    browser = office.browser()
    with browser:
        browser.see(path)
        assert browser.press() == 200
    with office.store.reading() as tx:
        *_, again = letters.of_step(tx, step)
    assert (again.kind, ":again1" in again.key) == ("request", True)


def test_another_answer_may_be_given_at_once_from_the_same_link(office: Office, step: str) -> None:
    browser = asking_back(answered(office, step))
    browser.press()
    # The register has not heard yet.
    again = answered(office, step, "reject", reason="On second thoughts")
    assert "You rejected" in again.words
    assert [(made.choice, made.attempt) for made in office.engine.decided] == [
        (Choice.APPROVE, 1),
        (Choice.REJECT, 2),
    ]
    with office.store.reading() as tx:
        at = tx.now
    done(office.register.undone(StepUndone(step=step, undone=tuple(office.engine.undone), at=at)))
    with office.store.reading() as tx:
        (made,) = intents.decisions_of(tx, of_case(step))
    assert (made.choice, made.attempt) == (Choice.REJECT, 2)
    assert rebuild.drift(office.store) == ()


def test_an_old_form_does_not_give_again_what_was_taken_back(office: Office, step: str) -> None:
    browser = checking(office, step)
    old, check = browser.form(), browser.at
    assert browser.press() == 200
    with office.store.reading() as tx:
        at = tx.now
    done(office.register.decided(StepDecided(step=step, decisions=(office.engine.decided[-1],), at=at)))
    asking_back(browser).press()
    assert state(office, step) == "undone"
    response = browser.post(old.action, data=old.fields, headers=SAME_ORIGIN)
    assert response.status_code == 409
    browser.see(check)
    assert browser.heading == "Do you approve £12,000 from your budget?"
    assert state(office, step) == "undone"
    assert len(office.engine.decided) == 1


def test_opening_pages_takes_nothing_back(office: Office, step: str) -> None:
    browser = answered(office, step)
    for path in (office.link(step, FUNDER), browser.at, browser.at.replace("/a/done/", "/a/undo/")):
        browser.get(path)
        browser.head(path)
    assert office.engine.undone == []
    assert "decision.taking_back" not in kinds(office, step)


def test_the_letter_s_own_link_opens_the_page_that_offers_it(office: Office, step: str) -> None:
    answered(office, step)
    browser = office.browser()
    browser.see(office.link(step, FUNDER))
    browser.press()
    assert "You can take this back until 10:30." in browser.words


def test_pressed_twice_it_is_taken_back_once(office: Office, step: str) -> None:
    browser = asking_back(answered(office, step))
    first = browser.page
    browser.press()
    browser.page, browser.at = first, browser.at
    assert browser.press() == 200
    assert "Taken back" in browser.words
    assert len(office.engine.undone) == 1
    assert kinds(office, step).count("decision.taking_back") == 1


def test_an_old_page_takes_back_no_newer_answer(office: Office, step: str) -> None:
    asking_back(answered(office, step)).press()
    browser = asking_back(answered(office, step, "reject", reason="On second thoughts"))
    assert browser.press(attempt="1") == 200
    assert browser.heading == "Take back your answer?"
    assert state(office, step) == "accepted"
    assert len(office.engine.undone) == 1
    assert kinds(office, step).count("decision.taking_back") == 1


def test_after_the_hold_the_answer_stands_and_the_page_says_what_to_do_now(office: Office, step: str) -> None:
    browser = asking_back(answered(office, step))
    office.days_pass(HALF_AN_HOUR + 0.001)
    assert browser.press() == 409
    assert browser.heading == "Your answer can no longer be taken back"
    assert "tell the programme office now" in browser.words
    assert office.engine.undone == []
    assert "attempt.refused" in kinds(office, step)
    browser.see(browser.at.replace("/a/undo/", "/a/done/"))
    assert "take this back" not in browser.words


def test_once_the_question_is_over_nothing_is_taken_back(office: Office, step: str) -> None:
    browser = asking_back(answered(office, step))
    closed(office, step, Ending.WITHDRAWN, "withdrawn")
    assert browser.press() == 409
    assert "or until the question closed" in browser.words
    assert office.engine.undone == []


def test_what_the_step_refuses_is_told_and_the_answer_stands(office: Office, step: str) -> None:
    browser = asking_back(answered(office, step))
    office.engine.answer = Refused(Refusal.ENDED)
    assert browser.press() == 409
    assert browser.heading == "Your answer can no longer be taken back"
    assert state(office, step) == "accepted"
    assert "decision.not_taken_back" in kinds(office, step)


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (Refusal.TOO_LATE, "asked too late to take an answer back, and it stands."),
        (Refusal.ENDED, "asked to take an answer back once the question was over."),
        (Refusal.NOTHING_THERE, "asked to take back an answer that did not count."),
        (Refusal.FAULT, "asked to take an answer back, which a fault in Assent prevented."),
        (Refusal.NOT_YOURS, "could not take an answer back."),
    ],
)
def test_the_record_says_why_an_answer_was_not_taken_back(
    office: Office, step: str, refusal: Refusal, told: str
) -> None:
    browser = asking_back(answered(office, step))
    office.engine.answer = Refused(refusal)
    browser.press()
    office.days_pass(1)
    pmo = office.signed_in("corp-projects-manager")
    pmo.see(f"/cases/{of_case(step)}/record")
    assert told in pmo.words
    assert pmo.words.count("and it stands") == (refusal is Refusal.TOO_LATE)


async def test_while_the_engine_is_away_it_is_kept_and_the_relay_brings_it(
    office: Office, step: str, real: RealTime
) -> None:
    browser = asking_back(answered(office, step))
    office.engine.answer = Unknown()
    assert browser.press() == 202
    assert browser.heading == "Your answer is being taken back"
    assert "fail" not in browser.words.lower()
    done_page = browser.at.replace("/a/undo/", "/a/done/")
    browser.see(done_page)
    assert "You have asked to take this answer back" in browser.words
    office.engine.answer = Counted(None)
    real.passes(seconds=PAGE_PATIENCE.total_seconds() + 1)
    await office.app.desk.relay.second_thoughts()
    browser.see(done_page.replace("/a/done/", "/a/undo/"))
    assert "Taken back" in browser.words
    # However long it was on its way: it was asked for once.
    assert {undo.key for undo in office.engine.undone} == {f"undo:dec:{step}:1:{FUNDER}:1"}


def test_whoever_has_left_takes_nothing_back(office: Office, step: str) -> None:
    browser = answered(office, step)
    asked = asking_back(browser).page
    office.leaves(office.holder(FUNDER))
    browser.see(browser.at.replace("/a/undo/", "/a/done/"))
    assert "take this back" not in browser.words
    assert browser.see(browser.at.replace("/a/done/", "/a/undo/")) == 410
    assert browser.heading == "This is now for somebody else"
    assert "You no longer answer for the Chief Executive's department sponsor." in browser.words
    browser.page = asked
    assert browser.press() == 410
    assert office.engine.undone == []
    assert state(office, step) == "accepted"


def test_a_cover_takes_nothing_back_once_their_cover_is_over(office: Office) -> None:
    holding(office, hold=Hold(minutes=3 * 24 * 60))
    ref = office.submitted("PROP-01")
    office.covers(FUNDER, by="cd-rc", until=BEGINS.date())
    step = office.asked(ref, "funding-cd-ce")
    browser = office.browser()
    browser.see(office.link(step, "cd-rc"))
    browser.press()
    browser.press(choice="approve")
    browser.press()
    asking_back(browser)
    assert browser.heading == "Take back your answer?"
    office.days_pass(1)
    assert browser.press() == 409
    assert "You no longer answer for this post" in browser.words
    assert office.engine.undone == []


def test_somebody_else_s_answer_is_not_theirs_to_take_back(office: Office) -> None:
    holding(office)
    ref = office.submitted("PROP-02")
    step = office.asked(ref, "funding-bh-dmh")
    other = office.asked(ref, "funding-bh-sports")
    stranger = office.browser()
    stranger.see(office.link(other, "bh-sports"))
    stranger.press()
    link = office.row(step, "bh-dmh").id
    assert stranger.get(f"/a/undo/{link}").status_code == 404
    assert office.engine.undone == []


def test_a_cover_reads_that_it_is_open_again_and_not_that_they_took_it_back(
    office: Office, step: str
) -> None:
    asking_back(answered(office, step)).press()
    row = office.row(step, FUNDER)
    with office.store.writing() as tx:
        cover = office.holder("cd-rc")
        holders = [Holder(person=row.person, post=FUNDER), Holder(person=cover, post="cd-rc")]
        view = office.step(step)
        seat = Seat(**SeatAsk(key=FUNDER, post=FUNDER).model_dump(), holders=tuple(holders))
        nudge = StepNudged(step=step, rung=view.rungs[0], silent=(FUNDER,), at=tx.now)
        letter = QueuedLetter(
            key=f"cover:{step}",
            case=of_case(step),
            step=step,
            seat=FUNDER,
            person=cover,
            post="cd-rc",
            address="cd-rc@leicester.example",
            kind="escalation",
            props={},
            link=LinkBinding(round=1, content_hash=view.content_hash, expires=tx.now + timedelta(days=14)),
        )
        steps.nudged(tx, nudge, [seat], [letter])
    browser = office.browser()
    browser.see(office.link(step, "cd-rc"))
    browser.press()
    browser.see(browser.at.replace("/a/read/", "/a/undo/"))
    assert browser.at.startswith("/a/read/"), "there is nothing of theirs to take back"


def test_a_script_that_presses_is_refused(office: Office, step: str) -> None:
    browser = asking_back(answered(office, step))
    form = browser.form()
    headers = {"Origin": "http://approvals.example", "Sec-Fetch-Site": "same-origin"}
    assert browser.post(form.action, data=form.fields, headers=headers).status_code == 403
    assert office.engine.undone == []


def test_without_a_hold_nothing_is_offered(office: Office) -> None:
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    browser = checking(office, step)
    assert "take your answer back" not in browser.words
    browser.press()
    assert "take this back" not in browser.words
    assert browser.see(browser.at.replace("/a/done/", "/a/undo/")) == 409
    assert "It took effect when you gave it" in browser.words


def test_a_hold_to_the_end_of_the_day_says_so(office: Office) -> None:
    holding(office, hold=Hold())
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    assert "take your answer back until the end of the working day" in checking(office, step).words
    assert "You can take this back until 17:00." in answered(office, step).words


# ------------------------------------------------------------------------ what others see


def test_until_the_hold_has_run_nobody_else_sees_what_was_answered(office: Office, step: str) -> None:
    answered(office, step, "reject", reason="It is too dear")
    ref = of_case(step)
    program = office.browser()
    token = office.token("corp-projects-manager", "read:case")
    pmo = office.signed_in("corp-projects-manager")

    def seen() -> str:
        pages = []
        for path in (f"/cases/{ref}", f"/cases/{ref}/record"):
            pmo.see(path)
            pages.append(pmo.words)
        told = program.get(f"/api/v1/cases/{ref}", headers=token).text
        lines = program.get(f"/api/v1/cases/{ref}/journal", headers=token).text
        return " ".join((*pages, told, lines))

    assert "Answered; takes effect at 10:30 unless an answer is taken back." in seen()
    for telling in ("too dear", "rejected", '"reject"'):
        assert telling not in seen().replace('"approve","approve_with_conditions","reject"', ""), telling
    waiting = program.get(f"/api/v1/cases/{ref}", headers=token).json()["waiting"]
    assert [(wait["next"], wait["at"]) for wait in waiting] == [
        ("it takes effect unless it is taken back", "2004-09-13T09:30:00Z")
    ]
    (listed,) = program.get(f"/api/v1/steps?case={ref}", headers=token).json()["steps"]
    assert (listed["next"], listed["waiting_on"]) == ("held", [])
    office.days_pass(HALF_AN_HOUR + 0.001)
    assert "too dear" in seen()


@pytest.mark.parametrize("blind", [True, False])
def test_that_a_question_to_several_is_settled_is_told_nobody_before_all_have_answered(
    office: Office, blind: bool
) -> None:
    holding(office, "srg", blind=blind)
    ref = office.submitted("PROP-02")
    step = office.asked(ref, "srg")
    effect = BEGINS + timedelta(minutes=30)
    done(office.register.held(StepHeld(step=step, number=1, until=effect, at=BEGINS)))
    pmo = office.signed_in("corp-projects-manager")
    pmo.see(f"/cases/{ref}")
    assert "Decided" not in pmo.words
    assert "takes effect" not in pmo.words
    program, token = office.browser(), office.token("corp-projects-manager", "read:case")
    (listed,) = program.get(f"/api/v1/steps?case={ref}", headers=token).json()["steps"]
    assert len(listed["waiting_on"]) == 8
    assert "step.held" not in program.get(f"/api/v1/cases/{ref}/journal", headers=token).text


def test_a_vacant_seat_keeps_nobody_from_reading_when_an_outcome_takes_effect(office: Office) -> None:
    holding(office, "srg")
    office.leaves(office.holder("cd-sch"))
    ref = office.submitted("PROP-02")
    step = office.asked(ref, "srg")
    effect, seats = BEGINS + timedelta(minutes=30), office.step(step).seats
    made = tuple(
        Decision(
            key=decision_key(step, 1, seat.key),
            step=step,
            round=1,
            seat=seat.key,
            person=seat.holders[0].person,
            choice=Choice.APPROVE,
            content_hash=office.step(step).content_hash,
            payload_hash="p",
            submitted_at=BEGINS,
            held_until=effect,
        )
        for seat in seats
        if seat.holders
    )
    assert len(made) == len(seats) - 1
    done(office.register.decided(StepDecided(step=step, decisions=made[:-1], at=BEGINS)))
    done(office.register.held(StepHeld(step=step, number=1, until=effect, at=BEGINS)))
    pmo = office.signed_in("corp-projects-manager")
    pmo.see(f"/cases/{ref}")
    assert "takes effect" not in pmo.words
    done(office.register.decided(StepDecided(step=step, decisions=made[-1:], at=BEGINS)))
    pmo.see(f"/cases/{ref}")
    assert "Answered; takes effect at 10:30 unless an answer is taken back." in pmo.words
    program, token = office.browser(), office.token("corp-projects-manager", "read:case")
    (listed,) = program.get(f"/api/v1/steps?case={ref}", headers=token).json()["steps"]
    assert (listed["next"], listed["waiting_on"]) == ("held", [])


@pytest.mark.parametrize("choice", ["reject", "declare_interest"])
def test_a_held_vote_shows_in_no_count_while_it_may_be_taken_back(office: Office, choice: str) -> None:
    holding(office, "srg")
    ref = office.submitted("PROP-02")
    step = office.asked(ref, "srg")
    own = votes(office, step, "chief-executive", choice, "Far too dear")
    assert "Until then nobody else is told what you answered." in own
    pages = everything(office, ref, step) | {"a colleague's": reads(office, step, "cd-rc")}
    for where, page in pages.items():
        for sign in ("1 against", "0 against", '"against":1', '"against":0', "interest.", '"interests":1'):
            assert sign not in page, (where, sign)
    colleague = reads(office, step, "cd-rc")
    assert "1 of 8 present; 4 needed." in colleague
    assert "1 answer may still be taken back; how the votes are is shown once it stands." in colleague
    assert "Chief Executive : answered, not told yet" in colleague.replace("Executive:", "Executive :")
    office.days_pass(HALF_AN_HOUR + 0.001)
    later = reads(office, step, "cd-rc")
    assert ("0 for, 1 against" if choice == "reject" else "1 has declared an interest") in later
    assert "taken back" not in later


def test_the_letter_to_somebody_asked_later_counts_no_held_vote(office: Office) -> None:
    holding(office, "srg")
    step = office.asked(office.submitted("PROP-02"), "srg")
    votes(office, step, "chief-executive", "reject", "Far too dear")
    votes(office, step, "cd-rc", "approve")
    with office.store.reading() as tx:
        (receipt,) = [row for row in letters.of_step(tx, step) if row.key.endswith("cd-rc:receipt")]
    assert "2 answers may still be taken back; how the votes are is shown once they stand." in str(
        receipt.props["board"]
    )
    assert "against" not in str(receipt.props["board"])


def test_what_was_taken_back_is_not_told_while_the_question_is_open(office: Office, step: str) -> None:
    browser = asking_back(answered(office, step, "reject", reason="It is too dear"))
    assert "What you answered stays in the record too, and is shown there once the question is settled." in (
        browser.words
    )
    browser.press()
    with office.store.reading() as tx:
        at = tx.now
    done(office.register.undone(StepUndone(step=step, undone=tuple(office.engine.undone), at=at)))
    office.days_pass(HALF_AN_HOUR + 0.001)
    ref, program = of_case(step), office.browser()
    token = office.token("corp-projects-manager", "read:case")
    pmo = office.signed_in("corp-projects-manager")

    def seen() -> str:
        pages = []
        for path in (f"/cases/{ref}", f"/cases/{ref}/record"):
            pmo.see(path)
            pages.append(pmo.words)
        told = program.get(f"/api/v1/cases/{ref}/journal", headers=token).json()
        return " ".join((*pages, *(str(line["data"].get("choice", "")) for line in told["lines"])))

    assert "took an answer back" in seen()
    assert "reject" not in seen()
    answered(office, step, "approve")
    closed(office, step, Ending.WITHDRAWN, "withdrawn")
    assert "rejected it, and the answer was on its way" in seen()
