"""Reading cases: where each is now, its way, its decisions and its record."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, update

from service.store import actions, cases, covers, letters, orders
from service.store.actions import Wanted
from service.store.fold import FOLDS, RECORD_ONLY
from service.store.line import Line
from service.store.tables import TEXTS
from service.web import recounting
from tests.service.store import samples
from tests.service.web.office import BEGINS, Browser, Office
from tests.support.activities import done
from workflows.model import CaseWaiting, Choice, Ending, Outcome, State, StepClosing
from workflows.rules import calendar, routing


def test_the_case_page_says_on_whom_since_when_what_next_and_when(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.became(ref, State.WITH_FUNDERS)
    office.asked(ref, "funding-bh-dmh")
    office.days_pass(2)
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{ref}") == 200
    assert (
        "With Budget holder, De Montfort Hall since 13 September 2004 (2 working days). "
        "On Thursday 16 September 2004, a reminder is sent." in browser.words
    )
    assert "Funding parties Here now" in browser.words
    assert "SRG To come" in browser.words


@pytest.mark.parametrize(
    ("ending", "choice", "state", "told"),
    [
        (Ending.DECIDED, Choice.APPROVE, State.WITH_SRG, "Funding parties Done"),
        (Ending.DECIDED, Choice.REFER_UP, State.WITH_SRG, "Funding parties Done"),
        (Ending.DECIDED, Choice.REJECT, State.REJECTED, "Funding parties Stopped here, rejected"),
        (Ending.DECIDED, Choice.RETURN, State.RETURNED, "Funding parties Stopped here, returned"),
        (Ending.SILENT, None, State.LAPSED, "Funding parties Stopped here, lapsed"),
        (Ending.WITHDRAWN, None, State.WITHDRAWN, "Funding parties Stopped here, withdrawn"),
        (Ending.DECIDED, Choice.DEFER, State.WITH_FUNDERS, "Funding parties Here now"),
        (Ending.DECIDED, Choice.DEFER, State.WITHDRAWN, "Funding parties Stopped here, withdrawn"),
    ],
)
def test_the_map_says_how_a_case_has_fared_with_a_leg(
    office: Office, ending: Ending, choice: Choice | None, state: State, told: str
) -> None:
    ref = office.submitted("PROP-02")
    for key in ("funding-bh-dmh", "funding-bh-sports"):
        step = office.asked(ref, key)
        outcome = Outcome(step=step, ending=ending, choice=choice, at=BEGINS)
        office.closed(step, StepClosing(step=step, outcome=outcome))
    office.became(ref, state)
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    assert "Each funding party approves its share (clause FUND-1)." in browser.words
    assert told in browser.words


@pytest.mark.parametrize(
    ("state", "told"), [(State.WITH_FUNDERS, "To come"), (State.REJECTED, "Not reached")]
)
def test_nothing_on_the_map_is_done_before_anybody_was_asked(office: Office, state: State, told: str) -> None:
    ref = office.submitted("PROP-02")
    office.became(ref, state)
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    places = re.findall('data-place="(.*?)"', browser.page)
    assert len(places) == 5
    assert "done" not in places
    for leg in ("SRG", "Project", "Post-implementation review"):
        assert f"{leg} {told}" in browser.words


def test_a_case_whose_text_was_altered_is_not_shown(office: Office) -> None:
    ref = office.submitted("PROP-02")
    with office.store.writing() as tx:
        tx.run(update(TEXTS).values(body=func.replace(TEXTS.c.body, "a", "o")))
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{ref}") == 500
    assert browser.heading == "Part of this record has been changed, so it is not shown"


def test_of_legs_that_share_a_state_a_case_is_on_the_first_that_is_not_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = office.submitted("PROP-02")
    shared = replace(routing.LEGS["notification"], state=State.WITH_FUNDERS)
    monkeypatch.setitem(routing.LEGS, "notification", shared)
    office.became(ref, State.WITH_FUNDERS)
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    assert "Notification Here now" in browser.words
    assert "Funding parties To come" in browser.words
    step = office.asked(ref, "notification")
    noted = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.NOTE, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=noted))
    browser.see(f"/cases/{ref}")
    assert "Notification Done" in browser.words
    assert "Funding parties Here now" in browser.words


def test_what_is_put_off_is_put_to_them_again_and_a_forum_meets(office: Office) -> None:
    ref = office.submitted("PROP-02")
    meeting = next(day for day in office.edition.forums["heads-of-ict"].meetings if day > BEGINS.date())
    for number, key, on, day in (
        (1, "notification", "heads-of-ict", meeting),
        (2, "again", "heads-of-ict", meeting + timedelta(days=1)),
        (3, "funding-bh-dmh", "bh-dmh", meeting),
    ):
        wait = CaseWaiting(
            case=ref, number=number, key=key, leg="funding", since=BEGINS, until=calendar.opening(day), on=on
        )
        done(office.course.waits(wait))
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    assert browser.words.count(" meets.") == 1
    assert browser.words.count("it is put to them again.") == 2


def test_a_decision_is_shown_with_its_reasons_and_with_what_was_shown(office: Office) -> None:
    ref = office.submitted("PROP-01")
    step = office.asked(ref, "funding-cd-ce")
    approver = office.browser()
    approver.see(office.link(step, "cd-ce"))
    approver.press()
    approver.press(choice="reject", reason="It costs too much")
    approver.press()
    browser = office.signed_in("hoict-ce")
    browser.see(f"/cases/{ref}")
    assert "rejected" in browser.words
    assert "It costs too much" in browser.words
    shown = next(part for part in browser.page.split('"') if part.startswith(f"/cases/{ref}/shown/"))
    assert browser.see(shown) == 200
    assert "Do you approve £12,000 from your budget?" in browser.words


def test_answers_to_a_blind_question_are_shown_to_nobody_until_it_is_resolved(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = office.submitted("PROP-02")
    blind = office.edition.terms()["srg"].model_copy(update={"blind": True})
    monkeypatch.setitem(office.edition.steps, "srg", blind)
    step = office.asked(ref, "srg")
    member = office.browser()
    member.see(office.link(step, "chief-executive"))
    member.press()
    member.press(choice="reject", reason="Far too dear")
    member.press()
    colleague = office.browser()
    colleague.see(office.link(step, "chief-finance-officer"))
    colleague.press()
    assert "How anybody votes is shown when it is decided." in colleague.words
    assert "when all are in" not in colleague.words
    sponsor = office.signed_in("hoict-rc")
    headers = office.token("hoict-rc")
    pages = [colleague.page, office.browser().get(f"/api/v1/cases/{ref}", headers=headers).text]
    pages.append(office.browser().get(f"/api/v1/cases/{ref}/journal", headers=headers).text)
    for path in (f"/cases/{ref}", f"/cases/{ref}/record"):
        sponsor.see(path)
        pages.append(sponsor.page)
    for page in pages:
        assert "Far too dear" not in page
        assert "rejected" not in page
        assert '"choice":"reject"' not in page
    assert "A line that is missing here tells an answer that may not be told yet." in sponsor.words


def test_the_register_lists_filters_and_pages(office: Office) -> None:
    refs = [office.submitted("PROP-01") for _ in range(26)]
    browser = office.signed_in("cd-rc")
    browser.see("/cases")
    assert "Submitted (26)" in browser.words
    assert browser.page.count("govuk-table__row") == 26
    onward = next(part for part in browser.page.split('"') if part.startswith("/cases?cursor="))
    browser.see(onward)
    assert browser.page.count("govuk-table__row") == 2
    browser.see(f"/cases?q={refs[0]}")
    assert browser.page.count("govuk-table__row") == 2
    browser.see("/cases?state=approved")
    assert "No case is like that" in browser.words


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ("", ["All (2)", "Submitted (1)", "notified (1)"]),
        ("?state=submitted", ["All (2)", "Submitted (1)", "notified (1)"]),
        ("?department=dept-ce", ["All (1)", "Submitted (1)"]),
        ("?q=booking&state=submitted", ["All (1)", "Submitted (0)", "notified (1)"]),
        ("?overdue=yes", ["All (0)"]),
    ],
)
def test_the_states_are_counted_among_the_readers_own_cases_that_the_list_is_cut_down_to(
    office: Office, filters: str, told: list[str]
) -> None:
    office.submitted("PROP-01")
    office.became(office.submitted("PROP-02"), State.NOTIFYING)
    with office.store.writing() as tx:
        samples.submit(tx, "INV-2004-9999", organisation="herefordshire", department="dept-ce")
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases{filters}")
    assert re.findall(r"\w+ \(\d+\)", browser.words) == told


def test_an_empty_register_says_what_would_be_there(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    browser.see("/cases")
    assert "Each is listed here from the moment it is" in browser.words


def test_what_has_happened_leaves_out_each_letter_s_way_and_what_is_told_twice() -> None:
    told = dict.fromkeys(("case", "actor", "on_behalf_of", "key", "prev", "kid", "mac"), "")
    rest = {"seq": 1, "at": BEGINS, "recorded": BEGINS, "data": {}}
    every = [Line.model_validate({**told, **rest, "kind": kind}) for kind in (*FOLDS, *RECORD_ONLY)]
    assert {line.kind for line in every} - {line.kind for line in recounting.gist(every)} == {
        "approver.heard",
        "approver.let_go",
        "case.begun",
        "decision.submitted",
        "decision.taking_back",
        "letter.queued",
        "letter.sent",
        "link.followed",
        "link.reissued",
        "links.revoked",
        "project.people_heard",
        "size.heard",
    }


def test_a_case_s_page_tells_a_letter_that_never_arrived_and_not_each_link(office: Office) -> None:
    ref = office.submitted("PROP-01")
    step = office.asked(ref, "funding-cd-ce")
    with office.store.writing() as tx:
        (asked,) = letters.of_step(tx, step)
        letters.undeliverable(tx, asked.key, "no such box")
    ended = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.APPROVE, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=ended))
    browser = office.signed_in("hoict-ce")
    browser.see(f"/cases/{ref}")
    assert "could not be delivered." in browser.words
    assert "were revoked" not in browser.words
    browser.see(f"/cases/{ref}/record")
    assert "Links that are no longer needed were revoked." in browser.words
    assert "A letter (word that an answer is not wanted now) to " in browser.words


def test_the_record_is_told_in_plain_words_with_fingerprints(office: Office) -> None:
    ref = office.submitted("PROP-01")
    office.asked(ref, "funding-cd-ce")
    browser = office.signed_in("hoict-ce")
    assert browser.see(f"/cases/{ref}/record") == 200
    assert "submitted version 1" in browser.words
    assert "Asked: " in browser.words


def test_my_work_lists_what_waits_for_me_and_where_my_proposals_are(office: Office) -> None:
    ref = office.submitted("PROP-01")
    office.asked(ref, "funding-cd-ce")
    approver = office.signed_in("cd-ce")
    approver.see("/work")
    assert (
        f"Consultation tool kit ({ref}), by Monday 20 September 2004: £12,000, "
        "as Chief Executive's department sponsor." in approver.words
    )
    sponsor = office.signed_in("hoict-rc")
    sponsor.see("/work")
    assert "With Chief Executive's department sponsor since 13 September 2004" in sponsor.words


def test_my_work_tells_two_shares_of_one_case_apart(office: Office) -> None:
    ref = office.submitted("PROP-02")
    away, cover = office.holder("bh-dmh"), office.holder("bh-sports")
    today = BEGINS.date()
    with office.store.writing() as tx:
        covers.set(tx, covers.Cover(person=away, cover=cover, starts=today, ends=today, set_by=away))
    for key in ("funding-bh-dmh", "funding-bh-sports"):
        office.asked(ref, key)
    funder = office.signed_in("bh-sports")
    funder.see("/work")
    assert ": £84,000, as Budget holder, De Montfort Hall." in funder.words
    assert ": £56,000, as Budget holder, Sports Services." in funder.words


def test_my_work_says_whose_share_a_higher_authority_is_asked_about(office: Office) -> None:
    costs = {"capital_gbp": 600000, "revenue_gbp_per_year": 0, "project_management_gbp": 0}
    ref = office.submitted("PROP-02", cost_profile=costs)
    step = office.step(office.asked(ref, "authority-bh-dmh"))
    authority = office.signed_in(step.seats[0].post)
    authority.see("/work")
    assert ": £360,000 from Budget holder, De Montfort Hall, as " in authority.words


def test_withdrawing_says_first_what_is_called_off_and_what_stays_open(office: Office) -> None:
    ref = office.submitted("PROP-02")
    step = office.asked(ref, "notification")
    wanted = Wanted(
        source=step,
        number=1,
        title="Within the guidelines",
        text="Bring it within the guidelines, or end it.",
        owner="cd-rc",
        verifier="corp-projects-manager",
        due=date(2004, 12, 1),
    )
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}/withdraw")
    assert "order" not in browser.words
    with office.store.writing() as tx:
        orders.raised(tx, cases.get(tx, ref), at=tx.now, sending=False)
        action = actions.opened(tx, cases.get(tx, ref), wanted, at=tx.now)
    browser.see(f"/cases/{ref}/withdraw")
    assert "Its order ORD-2004-0001 is called off." in browser.words
    assert f"stays open until it is checked: {action}" in browser.words


def test_withdrawing_asks_first_and_tells_the_engine(office: Office) -> None:
    ref = office.submitted("PROP-02")
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    assert "Withdraw this proposal" in browser.words
    browser.see(f"/cases/{ref}/withdraw")
    assert browser.press() == 200
    assert office.engine.withdrawn == [ref]
    assert "It is being withdrawn" in browser.words


def test_a_cover_is_set_with_its_days(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    cover = office.holder("cd-sch")
    browser.see("/cover")
    assert browser.press(cover=cover, **days("starts", "14"), **days("ends", "20")) == 200
    assert "covers for you from Tuesday 14 September 2004" in browser.words
    with office.store.reading() as tx:
        assert covers.on(tx, office.holder("cd-rc"), date(2004, 9, 15)) == cover


def test_whoever_is_to_cover_is_told_when_it_is_set(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    browser.see("/cover")
    browser.press(cover=office.holder("cd-sch"), **days("starts", "14"), **days("ends", "20"))
    with office.store.reading() as tx:
        told = letters.get(tx, f"cover_set:{office.holder('cd-rc')}:1")
    assert told is not None
    assert (told.kind, told.person, told.props["starts"], told.props["ends"]) == (
        "cover_set",
        office.holder("cd-sch"),
        "2004-09-14",
        "2004-09-20",
    )


def _names_two_for_the_same_days(office: Office) -> Browser:
    browser = office.signed_in("cd-rc")
    for post in ("cd-sch", "cd-hsg"):
        browser.see("/cover")
        browser.press(cover=office.holder(post), **days("starts", "13"), **days("ends", "20"))
    return browser


def _told_to_cover_no_more(office: Office) -> list[tuple[str, bool]]:
    with office.store.reading() as tx:
        rows = [row for row in letters.of_case(tx, "") if row.kind == "cover_ended"]
    return [(row.person, row.props["instead"]) for row in rows]


def test_whoever_is_replaced_as_a_cover_is_told_and_listed_no_more(office: Office) -> None:
    browser = _names_two_for_the_same_days(office)
    name = {post: office.edition.people[office.holder(post)].name for post in ("cd-sch", "cd-hsg")}
    assert f"{name['cd-hsg']} covers for you" in browser.words
    assert name["cd-sch"] not in browser.words
    assert _told_to_cover_no_more(office) == [(office.holder("cd-sch"), True)]


def test_whoever_is_named_again_with_other_days_is_not_told_that_they_cover_no_more(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    for ends in ("20", "25"):
        browser.see("/cover")
        browser.press(cover=office.holder("cd-sch"), **days("starts", "13"), **days("ends", ends))
    with office.store.reading() as tx:
        (held,) = covers.holding(tx, office.holder("cd-rc"), tx.today)
    assert held.ends == date(2004, 9, 25)
    assert _told_to_cover_no_more(office) == []


def test_a_cover_for_some_of_the_days_of_another_is_refused_with_its_name_and_days(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    browser.see("/cover")
    browser.press(cover=office.holder("cd-sch"), **days("starts", "13"), **days("ends", "20"))
    browser.see("/cover")
    partly = {**days("starts", "14"), **days("ends", "25")}
    assert browser.press(cover=office.holder("cd-hsg"), **partly) == 422
    name = office.edition.people[office.holder("cd-sch")].name
    held = "from Monday 13 September 2004 to Monday 20 September 2004"
    assert f"{name} covers for you {held}; end that cover first" in browser.words
    with office.store.reading() as tx:
        (only,) = covers.of(tx, office.holder("cd-rc"))
    assert only.cover == office.holder("cd-sch")


def test_two_covers_by_one_person_are_told_apart_by_their_days(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    for starts, ends in (("13", "15"), ("20", "25")):
        browser.see("/cover")
        browser.press(cover=office.holder("cd-sch"), **days("starts", starts), **days("ends", ends))
    name = office.edition.people[office.holder("cd-sch")].name
    for held in (
        "Monday 13 September 2004 to Wednesday 15 September 2004",
        "Monday 20 September 2004 to Saturday 25 September 2004",
    ):
        assert f"End this cover by {name} from {held}" in browser.words


def test_a_cover_is_ended_at_once_by_whoever_is_covered_and_by_nobody_else(office: Office) -> None:
    browser = _names_two_for_the_same_days(office)
    (path,) = re.findall(r"/cover/\d+/end", browser.page)
    stranger = office.signed_in("cd-sch")
    assert stranger.see(path) == 404
    browser.see(path)
    assert "From now on they answer nothing more in your place" in browser.words
    asking = browser.page
    assert browser.press() == 200
    assert "Nobody covers for you." in browser.words, "nor does the one who was replaced"
    assert _told_to_cover_no_more(office)[1:] == [(office.holder("cd-hsg"), False)]
    with office.store.reading() as tx:
        assert covers.on(tx, office.holder("cd-rc"), tx.today) is None
    browser.page = asking
    assert browser.press() == 404


def test_a_cover_who_is_ended_answers_no_more_and_the_holder_still_may(office: Office) -> None:
    browser = office.signed_in("cd-ce")
    browser.see("/cover")
    browser.press(cover=office.holder("cd-sch"), **days("starts", "13"), **days("ends", "20"))
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    own, cover = office.link(step, "cd-ce"), office.link(step, "cd-sch")
    covering = office.signed_in("cd-sch")
    covering.see("/work")
    assert "Consultation tool kit" in covering.words
    assert office.browser().see(cover) == 200
    browser.see(re.findall(r"/cover/\d+/end", browser.page)[0])
    browser.press()
    assert office.browser().see(cover) == 410
    covering.see("/work")
    assert "Nothing waits for you." in covering.words
    assert office.browser().see(own) == 200


def test_a_cover_who_is_away_and_one_while_covering_for_another_are_refused_with_names(
    office: Office,
) -> None:
    first = office.signed_in("cd-rc")
    first.see("/cover")
    first.press(cover=office.holder("cd-sch"), **days("starts", "14"), **days("ends", "20"))
    covering = office.signed_in("cd-sch")
    covering.see("/cover")
    assert covering.press(cover=office.holder("cd-hsg"), **days("starts", "20"), **days("ends", "21")) == 422
    away = office.edition.people[office.holder("cd-rc")].name
    assert (
        f"You cover for {away} from Tuesday 14 September 2004 to Monday 20 September 2004" in covering.words
    )
    third = office.signed_in("cd-hsg")
    third.see("/cover")
    assert third.press(cover=office.holder("cd-rc"), **days("starts", "14"), **days("ends", "14")) == 422
    assert f"{away} is away themselves" in third.words


def test_nobody_who_has_left_can_be_named_as_a_cover(office: Office) -> None:
    left = office.holder("cd-sch")
    name = office.edition.people[left].name
    browser = office.signed_in("cd-rc")
    browser.see("/cover")
    office.leaves(left)
    assert browser.press(cover=left, **days("starts", "14"), **days("ends", "20")) == 422
    assert f"{name} holds no post, so they could not answer for you" in browser.words
    assert f'value="{left}"' not in browser.page
    with office.store.reading() as tx:
        assert covers.of(tx, office.holder("cd-rc")) == ()


def test_those_awaited_for_the_same_are_named_in_one_sentence(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.became(ref, State.WITH_SRG)
    office.asked(ref, "srg")
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    said = re.findall(r"With [^.]*\. On [^.]*\.", browser.words)
    assert len(said) == 1, said
    board = office.edition.forums["srg"].members
    assert all(office.edition.posts[post].title in said[0] for post in board)


def test_a_cover_for_days_gone_by_or_the_wrong_way_round_is_refused(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    browser.see("/cover")
    assert browser.press(cover="nobody", **days("starts", "10"), **days("ends", "9")) == 422
    for told in ("Choose who covers for you", "must be today or later", "must not be before the first"):
        assert told in browser.words


@pytest.mark.parametrize("field", ["starts", "ends"])
def test_a_cover_beyond_ten_years_is_refused(office: Office, field: str) -> None:
    browser = office.signed_in("cd-rc")
    browser.see("/cover")
    typed = {**days("starts", "14"), **days("ends", "20"), f"{field}-year": "9999"}
    assert browser.press(cover=office.holder("cd-sch"), **typed) == 422
    assert "The day must be 13 September 2014 or before, within 10 years" in browser.words


def days(name: str, day: str) -> dict[str, str]:
    return {f"{name}-day": day, f"{name}-month": "9", f"{name}-year": "2004"}


def test_every_page_has_one_first_heading_a_language_and_a_way_past_the_menu(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.asked(ref, "funding-bh-dmh")
    office.became(ref, State.APPROVED)
    browser: Browser = office.signed_in("corp-projects-manager")
    for path in (
        "/work",
        "/cases",
        f"/cases/{ref}",
        f"/cases/{ref}/record",
        f"/cases/{ref}/decision-record",
        "/orders",
        "/stuck",
        "/proposals",
        "/cover",
        "/dev/mail",
    ):
        assert browser.see(path) == 200
        assert browser.heading
        assert '<html lang="en-GB"' in browser.page
        assert 'href="#main-content"' in browser.page
