"""The handbook: what ours says, and that nothing wrong in one goes unnoticed."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from typer.testing import CliRunner

from service import handbook, proposals
from service.cli import app
from service.handbook import Edition, HandbookError, ahead
from service.handbook.edition import Holding
from tests.support.handbooks import SHIPPED, change, copied, faults
from tests.support.samples import CALENDARS, FILE, SAMPLES
from workflows.model import Assurance, Choice, Hold, Nudge, QuorumRule, Silence, Size
from workflows.rules import reports, routing
from workflows.rules.routing import LEGS

LEICESTER = handbook.load("leicester", today=date(2026, 3, 2))
IN_2004 = date(2004, 9, 13)
IN_2008 = date(2008, 1, 14)


# ------------------------------------------------------------------------ what ours says


@pytest.mark.parametrize(
    ("what", "count"),
    [
        ("departments", 6),
        ("principles", 14),
        ("corporate systems", 8),
        ("technical parameters", 5),
    ],
)
def test_the_shipped_handbook_holds_what_the_framework_counts(what: str, count: int) -> None:
    assert handbook.counts(LEICESTER)[what] == count


def test_every_post_of_the_samples_is_held_on_the_day_of_its_proposal() -> None:
    for document in SAMPLES.values():
        if document["organisation"] == "leicester":
            day = document["submitted_on"]["date"]
            posts = [document["sponsor_post"], document["lead_post"]]
            posts += [party["post"] for party in document["funding_parties"]]
            assert all(LEICESTER.holder(post, day) for post in posts)


@pytest.mark.parametrize(
    ("forum", "listed"),
    [("heads-of-ict", CALENDARS["heads_of_ict"]["dates"]), ("srg", CALENDARS["srg"]["dates"])],
)
def test_the_recurrence_yields_the_meetings_the_samples_list(forum: str, listed: list[date]) -> None:
    stretches = [(listed[0], date(2005, 3, 31)), (date(2008, 1, 1), listed[-1])]
    meetings = LEICESTER.forums[forum].meetings
    assert [
        meeting for meeting in meetings if any(first <= meeting <= last for first, last in stretches)
    ] == listed


def test_meetings_and_days_not_worked_reach_from_2002_to_ten_years_ahead() -> None:
    for days in (LEICESTER.non_working, LEICESTER.forums["heads-of-ict"].meetings):
        assert (days[0].year, days[-1].year) == (2002, 2036)
    assert date(2004, 4, 9) in LEICESTER.non_working
    assert date(2004, 12, 30) in LEICESTER.non_working
    assert all(day.weekday() < 5 for day in LEICESTER.non_working)


def test_nobody_is_asked_to_meet_on_a_day_that_is_not_worked() -> None:
    for forum in LEICESTER.forums.values():
        assert not set(forum.meetings) & set(LEICESTER.non_working)


def test_the_terms_of_each_kind_of_step_as_shipped() -> None:
    terms = LEICESTER.terms()
    kinds = {kind for passage in LEGS.values() for kind in passage.kinds}
    delivery = {kind for kind, each in reports.KINDS.items() if not each.without_srg}
    assert set(terms) == (kinds - {"embargo_exception"}) | {"action", "action_check"} | delivery
    funding = terms["funding"]
    assert [(rung.day, rung.nudge) for rung in funding.ladder.rungs] == [
        (3, Nudge.REMIND),
        (5, Nudge.REMIND),
        (6, Nudge.COVER),
        (8, Nudge.LINE),
        (10, Nudge.PMO),
    ]
    assert (funding.ladder.due, funding.assurance) == (5, Assurance.LINK)
    assert funding.code_above == 50_000
    assert terms["notification"].choices == (Choice.NOTE,)
    assert terms["notification"].answers == ("fit", "infrastructure", "network_security")
    assert not terms["notification"].deciding
    assert not terms["completion"].deciding
    # Only a challenge goes on to somebody else when nobody answers, and from SRG's members to its meeting;
    # and what a highlight report does not say, the next one does.
    passed_on = {"challenge", "srg", "referral", "highlight"}
    assert {kind for kind, each in terms.items() if each.silence is Silence.EXPIRE} == passed_on
    ends = {each.ladder.rungs[-1].nudge for kind, each in terms.items() if kind not in passed_on}
    assert ends == {Nudge.PMO}


def test_no_question_of_a_shipped_handbook_is_held_and_approvals_are_good_for_a_year() -> None:
    for name in handbook.names():
        edition = handbook.load(name)
        assert {each.hold for each in edition.terms().values()} == {None}
        assert edition.validity is not None
        assert (edition.validity.months, edition.validity.warn_days) == (12, (60, 20))
        assert edition.validity.illustrative


@pytest.mark.parametrize(
    ("written", "hold", "explained"),
    [
        ("30 minutes", Hold(minutes=30), "and may be taken back for 30 minutes."),
        ("1 minute", Hold(minutes=1), "and may be taken back for 1 minute."),
        ("end_of_day", Hold(), "and may be taken back to the end of the working day."),
    ],
)
def test_a_hold_is_read_and_travels_with_the_terms(
    tmp_path: Path, written: str, hold: Hold, explained: str
) -> None:
    folder = copied(tmp_path)
    change(folder, "steps.yaml", "choices: [note]", f"choices: [note]\n    hold: {written}")
    edition = handbook.load(folder)
    assert edition.terms()["notification"].hold == hold
    assert edition.terms()["funding"].hold is None
    assert any(explained in sentence for sentence in handbook.explained(edition, IN_2004))
    assert Edition.model_validate_json(edition.to_json()) == edition


def test_without_validity_an_approval_does_not_lapse(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / "money.yaml").read_text("utf-8")
    (folder / "money.yaml").write_text(text[: text.index("validity:")], "utf-8")
    edition = handbook.load(folder)
    assert edition.validity_from(IN_2004) is None
    assert "An approval does not lapse." in handbook.explained(edition, IN_2004)


def test_a_case_is_given_the_days_not_worked_from_the_day_it_begins() -> None:
    rules = LEICESTER.validity_from(IN_2004)
    assert rules is not None
    assert (rules.months, rules.warn_days) == (12, (60, 20))
    assert min(rules.non_working) >= IN_2004
    assert set(rules.non_working) < set(LEICESTER.non_working)
    # A year's validity, after five years on its way.
    assert max(rules.non_working).year == IN_2004.year + 6


def test_srg_decides_by_email_with_eight_seats_and_its_chairs_casting_vote() -> None:
    srg, terms = LEICESTER.forums["srg"], LEICESTER.terms()["srg"]
    assert (len(srg.members), srg.chair, srg.decides) == (8, "chief-executive", "email_then_meeting")
    assert (terms.quorum.rule, terms.quorum.present, terms.quorum.casting) == (QuorumRule.MAJORITY, 4, True)
    assert not terms.quorum.interest_lowers_quorum
    assert terms.quorum.even_vote_open
    assert terms.assurance is Assurance.LINK


@pytest.mark.parametrize(
    ("capital", "declared", "override", "size"),
    [
        (None, None, None, Size.MINOR),
        (49_999, Size.MINOR, None, Size.MINOR),
        (50_000, Size.MINOR, None, Size.MAJOR),
        (12_000, Size.MAJOR, None, Size.MAJOR),
        (12_000, Size.MINOR, Size.MAJOR, Size.MAJOR),
        (50_000, Size.MINOR, Size.MINOR, Size.MINOR),
        (12_000, Size.MAJOR, Size.MINOR, Size.MINOR),
    ],
)
def test_a_proposal_is_major_by_its_capital_or_by_declaration_unless_the_pmo_has_set_it(
    capital: int | None, declared: Size | None, override: Size | None, size: Size
) -> None:
    assert LEICESTER.size(None if capital is None else Decimal(capital), declared, override) is size


def test_a_budget_says_what_is_left_of_it() -> None:
    budget = LEICESTER.budget("bh-dmh")
    assert budget is not None
    assert [budget.total, budget.committed, budget.remaining] == [
        Decimal(210_000),
        Decimal(95_000),
        Decimal(115_000),
    ]
    assert LEICESTER.budget("hoict-rc") is None


# -------------------------------------------------------------------- people and posts


def test_a_succession_moves_the_post_and_keeps_the_person() -> None:
    before, after = LEICESTER.holder("sd-ict-ca", IN_2004), LEICESTER.holder("sd-ict-ca", IN_2008)
    assert before == after
    assert before is not None
    assert LEICESTER.holder("sd-information", IN_2004) is None
    assert LEICESTER.holder("sd-information", IN_2008) == before
    assert LEICESTER.posts_of(before.id, IN_2004) == ("sd-ict-ca", "head-of-profession")
    assert set(LEICESTER.posts_of(before.id, IN_2008)) == {
        "sd-information",
        "head-of-profession",
        "sd-ict-ca",
    }


@pytest.mark.parametrize(
    ("department", "day", "does_it"),
    [
        ("dept-hsg", date(2006, 3, 31), "dept-hsg"),
        ("dept-hsg", date(2006, 4, 1), "dept-sch"),
        ("dept-sch", date(2006, 4, 1), "dept-sch"),
        # and on from there
        ("dept-hsg", date(2009, 1, 1), "dept-rad"),
        ("dept-sch", date(2009, 1, 1), "dept-rad"),
        # one that was closed for good, and one that nobody knows
        ("dept-ell", date(2009, 1, 1), "dept-ell"),
        ("dept-x", date(2009, 1, 1), "dept-x"),
    ],
)
def test_what_a_department_did_is_done_by_whichever_succeeded_it(
    department: str, day: date, does_it: str
) -> None:
    known = LEICESTER.departments
    ends: dict[str, dict[str, Any]] = {
        "dept-hsg": {"until": date(2006, 3, 31), "succeeded_by": "dept-sch"},
        "dept-sch": {"until": date(2008, 12, 31), "succeeded_by": "dept-rad"},
        "dept-ell": {"until": date(2007, 3, 31)},
    }
    departments = known | {key: known[key].model_copy(update=end) for key, end in ends.items()}
    edition = LEICESTER.model_copy(update={"departments": departments})
    assert edition.department_on(department, day) == does_it


def test_direct_notification_follows_the_post_that_succeeded() -> None:
    assert LEICESTER.routing(IN_2004).direct_notification == "sd-ict-ca"
    assert LEICESTER.routing(IN_2008).direct_notification == "sd-information"
    assert LEICESTER.routing().direct_notification == "sd-ict-ca"


def test_the_line_leads_from_every_post_of_the_council_to_the_chief_executive() -> None:
    for key, post in LEICESTER.posts.items():
        top = key
        while above := LEICESTER.line(top):
            top = above
        assert top == (key if post.external else "chief-executive")


def test_a_letter_goes_to_the_posts_mailbox_for_its_holder_and_to_anyone_else_themselves() -> None:
    holder = LEICESTER.holder("bh-dmh", IN_2004)
    other = LEICESTER.holder("cd-rc", IN_2004)
    assert holder is not None
    assert other is not None
    assert LEICESTER.address("bh-dmh", holder.id, IN_2004) == "budget-dmh@leicester.example"
    assert LEICESTER.address("bh-dmh", other.id, IN_2004) == other.email


def test_whoever_held_a_post_before_has_no_letters_at_its_mailbox() -> None:
    before, after = LEICESTER.holder("cd-rc", IN_2004), LEICESTER.holder("bh-dmh", IN_2004)
    assert before is not None
    assert after is not None
    others = [one for one in LEICESTER.holdings if one.post != "bh-dmh"]
    holdings = [
        *others,
        Holding(post="bh-dmh", person=before.id, since=date(2000, 4, 1), until=IN_2004 - timedelta(days=1)),
        Holding(post="bh-dmh", person=after.id, since=IN_2004),
    ]
    changed = LEICESTER.model_copy(update={"holdings": tuple(holdings)})
    assert changed.address("bh-dmh", before.id, IN_2004) == before.email
    assert changed.address("bh-dmh", after.id, IN_2004) == "budget-dmh@leicester.example"
    assert changed.address("bh-dmh", before.id, IN_2004 - timedelta(days=1)) == "budget-dmh@leicester.example"


@pytest.mark.parametrize("address", ["budget-dmh@leicester.example", " Budget-DMH@Leicester.example "])
def test_whoever_signs_in_with_a_posts_mailbox_is_its_holder(address: str) -> None:
    assert LEICESTER.person_at(address, IN_2004) == LEICESTER.holder("bh-dmh", IN_2004)


def test_a_person_is_found_by_their_own_address_and_a_stranger_is_not() -> None:
    person = LEICESTER.holder("bh-dmh", IN_2004)
    assert person is not None
    assert LEICESTER.person_at(person.email, IN_2004) == person
    assert LEICESTER.person_at("nobody@leicester.example", IN_2004) is None
    assert LEICESTER.person_at("sd-information@leicester.example", IN_2004) is None


@pytest.mark.parametrize("name", handbook.names())
@pytest.mark.parametrize("day", [IN_2004, IN_2008, date(2026, 3, 2)])
def test_two_people_may_publish_each_shipped_handbook(name: str, day: date) -> None:
    assert sorted(handbook.load(name).publishers(day).values()) == ["administrator", "pmo"]


def test_whoever_has_both_parts_publishes_as_the_pmo() -> None:
    both = LEICESTER.model_copy(
        update={"roles": LEICESTER.roles | {"administrator": "corp-projects-manager"}}
    )
    (one,) = both.publishers(IN_2004).items()
    assert one == ("p-021", "pmo")


def test_a_part_goes_to_whoever_succeeds_its_post(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    old, new = "  administrator: pmo\n", "  administrator: sd-ict-ca\n"
    change(folder, "organisation.yaml", old, new)
    assert "p-009" in handbook.load(folder).publishers(IN_2008), "as Service Director, Information"


def test_parts_in_the_product_come_from_posts() -> None:
    manager = LEICESTER.holder("corp-projects-manager", IN_2004)
    assert manager is not None
    assert LEICESTER.plays(manager.id, "pmo", IN_2004)
    assert not LEICESTER.plays(manager.id, "auditor", IN_2004)
    assert not LEICESTER.plays(manager.id, "no such part", IN_2004)


@pytest.mark.parametrize(
    "name", ["Heads of IT", "heads of it group", "ICT Heads of Department meeting", "heads-of-ict"]
)
def test_a_forum_is_found_by_any_of_its_names(name: str) -> None:
    forum = LEICESTER.forum_named(name)
    assert forum is not None
    assert forum.key == "heads-of-ict"


@pytest.mark.parametrize("name", ["dept-rad", "RAD", "Resources department", "resources-department"])
def test_a_department_is_found_by_any_of_its_names(name: str) -> None:
    department = LEICESTER.department_named(name)
    assert department is not None
    assert department.key == "dept-rad"


def test_nobody_shipped_could_be_taken_for_a_real_person() -> None:
    for person in LEICESTER.people.values():
        assert person.illustrative
        assert "Holder, " in person.name
        assert person.email.endswith(".example")
    assert all(post.email.endswith(".example") for post in LEICESTER.posts.values())


# ---------------------------------------------------------------------------- editions


def test_an_edition_is_the_same_after_being_written_and_read() -> None:
    again = Edition.from_json(LEICESTER.to_json())
    assert again == LEICESTER
    assert again.hash == LEICESTER.hash
    assert again.to_json() == LEICESTER.to_json()


@pytest.mark.parametrize("ref", [ref for ref in SAMPLES if SAMPLES[ref]["organisation"] == "leicester"])
def test_an_edition_that_an_earlier_version_froze_can_still_be_gone_by(ref: str) -> None:
    frozen = (Path(__file__).parent / "frozen" / "leicester.json").read_text("utf-8")
    edition = Edition.from_json(frozen)
    facts = proposals.facts(proposals.normalise(SAMPLES[ref], edition), submitted=IN_2004, edition=edition)
    rules = edition.routing(IN_2004)
    route = routing.route(facts, rules)
    # It knows nothing of consultations, issues and bids, and asks everybody else.
    expected = ["notification", "funding"] + (["srg"] if facts.size is Size.MAJOR else [])
    assert [leg.leg for leg in route][: len(expected)] == expected
    kinds = {ask.kind for leg in (*route, *routing.branches(facts, rules).values()) for ask in leg.asks}
    assert kinds <= {*edition.terms()}


def test_the_same_files_make_the_same_edition_and_a_changed_number_another(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    assert handbook.load(folder, today=date(2026, 3, 2)).hash == LEICESTER.hash
    change(folder, "money.yaml", "major_capital: 50000", "major_capital: 60000")
    assert handbook.load(folder, today=date(2026, 3, 2)).hash != LEICESTER.hash


def test_the_literal_edition_differs_only_where_it_says_so() -> None:
    literal = handbook.load("leicester/framework-2004", today=date(2026, 3, 2))
    assert literal == handbook.load("leicester", variant="framework-2004", today=date(2026, 3, 2))
    assert handbook.variants("leicester") == ("framework-2004",)
    told = literal.model_dump()
    assert {key for key, value in LEICESTER.model_dump().items() if told[key] != value} == {
        "variant",
        "title",
        "route",
        "clauses",
    }
    assert not literal.route.srg_decides_major


def test_an_edition_of_an_earlier_program_keeps_its_hash_and_asks_nothing_more() -> None:
    earlier = json.loads(LEICESTER.to_json())
    del earlier["provisions"]
    for parameter in earlier["technical_parameters"].values():
        del parameter["since"], parameter["until"]
    text = rfc8785.dumps(earlier).decode()
    edition = Edition.from_json(text)
    assert edition.hash == sha256(text.encode()).hexdigest()
    assert edition.provisions == handbook.Provisions()
    assert [each.key for each in edition.parameters_on(IN_2004)] == ["TP1", "TP2", "TP3", "TP4", "TP5"]


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2004, 2, 29), ["TP1", "TP2", "TP4", "TP5"]),
        (date(2004, 3, 1), ["TP1", "TP2", "TP3", "TP4", "TP5"]),
        (date(2007, 3, 31), ["TP1", "TP2", "TP3", "TP4", "TP5"]),
        (date(2007, 4, 1), ["TP1", "TP2", "TP4", "TP5"]),
    ],
)
def test_a_technical_parameter_is_in_force_from_its_first_day_to_its_last(
    tmp_path: Path, day: date, in_force: list[str]
) -> None:
    folder = copied(tmp_path)
    dated = "strength: must be one of, since: 2004-03-01, until: 2007-03-31}"
    change(
        folder,
        "corporate-systems.yaml",
        "requirement: Oracle or SQL Server, strength: must be one of}",
        f"requirement: Oracle or SQL Server, {dated}",
    )
    assert [each.key for each in handbook.load(folder).parameters_on(day)] == in_force


def test_the_papers_four_shared_services_and_seven_characteristics_are_asked_about() -> None:
    provisions = LEICESTER.provisions
    assert [*provisions.shared_services] == ["authentication", "e-payment", "e-procurement", "security"]
    assert provisions.equality is not None
    assert len(provisions.equality.questions) == 7


def test_the_shipped_handbooks_are_listed() -> None:
    assert "leicester" in handbook.names()


# ------------------------------------------------------------------------------ faults


CD_RC = "email: cd-rc@leicester.example\n    department: dept-rc\n    line: chief-executive"
SRG_QUORUM = "quorum: {rule: majority, present: 4, casting: true, interest_lowers_quorum: false}"
CONSULTED = "[support, support_with_conditions, not_support, return, defer]"
SRG_MEETS = "    meets: {which: last, weekday: thursday, a_week_earlier_in: [december]}\n"
MONEY_END = "- {day: 8, nudge: line}\n      - {day: 10, nudge: pmo}"
DEPT_HSG = "dept-hsg: {name: Housing, email: housing@leicester.example}"
BH_DMH = "- {post: bh-dmh, since: 2002-01-01}"
HEADS, PASSED_ON = "[heads-of-ict]", "[heads-of-ict, ict-services]"
CHAIN = "[principal-customer, business-forum, heads-of-ict, srg]"
QUESTIONS = """questions:
      - {key: race, name: Race}
      - {key: religion, name: Religion}
      - {key: ethnic-origin, name: Ethnic origin}
      - {key: age, name: Age}
      - {key: gender, name: Gender}
      - {key: physical-ability, name: Physical ability}
      - {key: financial-ability, name: Financial ability}
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "below", "key", "message"),
    [
        # spelling and types
        (
            "money.yaml",
            "major_capital: 50000",
            "major_capitol: 50000",
            0,
            "route.major_capitol",
            "is not a key that is known here; did you mean major_capital?",
        ),
        ("money.yaml", "bh-dmh: 100000", "bh-dmh: lots", 0, "delegated_limits.bh-dmh", "must be pounds"),
        ("money.yaml", "bh-dmh: 100000", "bh-dmh: -1", 0, "delegated_limits.bh-dmh", "must be 0 or more"),
        ("money.yaml", "srg_decides_major: true", "srg_decides_major: often", 0, "", "must be true or false"),
        ("steps.yaml", MONEY_END, MONEY_END.replace("8", "soon"), 0, "", "must be a whole number"),
        (
            "steps.yaml",
            "choices: [note]",
            "choices: [nod]",
            0,
            "steps.notification.choices[1]",
            "is nod, and",
        ),
        ("steps.yaml", "choices: [note]", "choices: note", 0, "steps.notification.choices", "must be a list"),
        (
            "organisation.yaml",
            "name: Leicester City Council",
            "name: 2004",
            0,
            "",
            "must be words, not a number",
        ),
        ("organisation.yaml", "  administrator: pmo\n", "", -3, "roles.administrator", "is missing"),
        ("posts.yaml", CD_RC, CD_RC.replace("line:", "lien:"), 2, "posts.cd-rc.lien", "did you mean line?"),
        # second thoughts and validity
        *(
            (
                "steps.yaml",
                "choices: [note]",
                f"choices: [note]\n    hold: {written}",
                1,
                "steps.notification.hold",
                f"is {told}, and must be written as 30 minutes, from 1 to 1440, or as end_of_day",
            )
            for written, told in (
                ("30", "30"),
                ("half an hour", "half an hour"),
                ("0 minutes", "0 minutes"),
                ("1441 minutes", "1441 minutes"),
                ("end of day", "end of day"),
            )
        ),
        ("money.yaml", "months: 12", "months: 0", 0, "validity.months", "must be more than 0"),
        ("money.yaml", "months: 12", "months: 1.5", 0, "validity.months", "must be a whole number"),
        ("money.yaml", "months: 12", "months: 121", 0, "validity.months", "is 121, and may be 120 at most"),
        ("money.yaml", "  months: 12\n", "", -1, "validity.months", "is missing"),
        ("money.yaml", "[60, 20]", "[60, 0]", 0, "validity.warn_days[2]", "must be more than 0"),
        ("money.yaml", "[60, 20]", "[20, 20]", 0, "validity.warn_days[2]", "20 is written twice"),
        (
            "money.yaml",
            "months: 12",
            "months: 3",
            1,
            "validity.warn_days[1]",
            "60 working days may be longer than 3 months",
        ),
        # dates
        (
            "people.yaml",
            BH_DMH,
            BH_DMH.replace("2002-01-01", "2004-02-30"),
            0,
            "holds[1].since",
            "2004-02-30 is not a date that exists",
        ),
        ("people.yaml", BH_DMH, BH_DMH.replace("2002-01-01", "2002"), 0, "", "must be a date, written as"),
        (
            "people.yaml",
            BH_DMH,
            BH_DMH[:-1] + ", until: 2001-01-01}",
            0,
            "until",
            "is before since, 1 January",
        ),
        # who publishes the next one
        (
            "organisation.yaml",
            "administrator: pmo\n",
            "administrator: corp-projects-manager\n",
            0,
            "roles.administrator",
            "only E. Holder, Corporate Projects holds the posts of pmo (corp-projects-manager) and "
            "administrator (corp-projects-manager); a handbook is published by two different people",
        ),
        (
            "people.yaml",
            "{post: pmo, since: 2002-01-01}",
            "{post: pmo, since: 2002-01-01, until: 2009-03-31}",
            None,
            "roles.administrator",
            "only E. Holder, Corporate Projects holds",
        ),
        ("organisation.yaml", '"12-29"', '"02-29"', 0, "closed.every_year[1]", "is not a day of every year"),
        ("organisation.yaml", '"12-29"', '"31-12"', 0, "", "must be a month and a day"),
        ("organisation.yaml", "region: ENG", "region: ATL", 0, "calendar.region", "no holidays are known"),
        # who is who
        (
            "posts.yaml",
            CD_RC,
            CD_RC.replace("chief-executive", "mayor"),
            2,
            "posts.cd-rc.line",
            "no post mayor",
        ),
        ("posts.yaml", CD_RC, CD_RC.replace("dept-rc", "dept-x"), 1, "department", "no department dept-x"),
        (
            "people.yaml",
            BH_DMH,
            BH_DMH.replace("bh-dmh", "bh-x"),
            0,
            "holds[1].post",
            "there is no post bh-x",
        ),
        (
            "forums.yaml",
            "secretary: srg-secretary",
            "secretary: clerk",
            0,
            "secretary",
            "there is no post clerk",
        ),
        ("forums.yaml", "- cd-hsg", "- cd-x", 0, "forums.srg.members[5]", "there is no post cd-x"),
        (
            "forums.yaml",
            "parent: cabinet",
            "parent: crown",
            0,
            "forums.srg.parent",
            "there is no forum crown",
        ),
        (
            "organisation.yaml",
            "auditor: internal-audit",
            "auditor: nobody",
            0,
            "roles.auditor",
            "no post nobody",
        ),
        ("money.yaml", "notification_forum: heads-of-ict", "notification_forum: x", 0, "", "no forum x"),
        ("money.yaml", "bh-dmh: 100000", "bh-x: 100000", 0, "delegated_limits.bh-x", "there is no post bh-x"),
        ("money.yaml", "bh-dmh: {total", "bh-x: {total", 0, "budgets.bh-x", "there is no post bh-x"),
        ("corporate-systems.yaml", "customer: sd-hr", "customer: hr", 0, "CS6", "there is no post hr"),
        (
            "principles.yaml",
            "[heads-of-ict, ict-services]",
            "[x]",
            0,
            "P10.issue_to[1]",
            "no post or forum x",
        ),
        *(
            ("posts.yaml", "budget-dmh@leicester.example", written, 0, "posts.bh-dmh.email", "not an email")
            for written in (
                "budget-dmh",
                "budget-dmh@leicester..example",
                "budget..dmh@leicester.example",
                "budget;dmh@leicester.example",
                "<budget-dmh>@leicester.example",
                "büdget-dmh@leicester.example",
                "budget\u200bdmh@leicester.example",
            )
        ),
        (
            "forums.yaml",
            "email: srg@leicester.example",
            "email: srg@.example",
            0,
            "forums.srg.email",
            "not an email",
        ),
        (
            "organisation.yaml",
            "email: housing@leicester.example",
            "email: housing@leicester",
            0,
            "departments.dept-hsg.email",
            "not an email",
        ),
        (
            "posts.yaml",
            "budget-dmh@leicester.example",
            "cd-rc@leicester.example",
            0,
            "posts.bh-dmh.email",
            "is already the address of cd-rc",
        ),
        ("forums.yaml", "aliases: [SRG,", "aliases: [Cabinet,", None, "", "also names"),
        # circles and overlaps
        (
            "posts.yaml",
            CD_RC,
            CD_RC.replace("chief-executive", "bh-dmh"),
            None,
            "line",
            "goes round in a circle",
        ),
        ("forums.yaml", "parent: cabinet", "parent: heads-of-ict", None, "parent", "goes round in a circle"),
        # departments that carry on what others did
        (
            "organisation.yaml",
            DEPT_HSG,
            DEPT_HSG[:-1] + ", until: 2006-03-31, succeeded_by: dept-x}",
            0,
            "departments.dept-hsg.succeeded_by",
            "there is no department dept-x",
        ),
        (
            "organisation.yaml",
            DEPT_HSG,
            DEPT_HSG[:-1] + ", succeeded_by: dept-rad}",
            0,
            "departments.dept-hsg.succeeded_by",
            "needs until, the last day of the one before",
        ),
        (
            "organisation.yaml",
            DEPT_HSG,
            DEPT_HSG[:-1] + ", until: 2006-03-31, succeeded_by: dept-hsg}",
            0,
            "departments.dept-hsg.succeeded_by",
            "goes round in a circle: dept-hsg → dept-hsg",
        ),
        # one half of it in the line
        (
            "money.yaml",
            "\nbudgets:",
            "\nnext_authority: {cd-rc: bh-dmh}\n\nbudgets:",
            1,
            "next_authority.cd-rc",
            "goes round in a circle: cd-rc → bh-dmh → cd-rc",
        ),
        (
            "people.yaml",
            BH_DMH,
            "- {post: cd-rc, since: 2003-01-01}",
            0,
            "people.p-017.holds[1]",
            "cd-rc is already held by p-003 on 1 January 2003",
        ),
        # forums
        ("forums.yaml", SRG_QUORUM, SRG_QUORUM.replace("4", "9"), 0, "quorum.present", "9 must be present"),
        ("forums.yaml", SRG_QUORUM, f"veto: [bh-dmh]\n    {SRG_QUORUM}", 0, "veto", "bh-dmh is not among"),
        ("forums.yaml", SRG_QUORUM, f"veto: [bh-dmx]\n    {SRG_QUORUM}", 0, "veto", "no post bh-dmx"),
        (
            "forums.yaml",
            SRG_QUORUM,
            f"veto: [cd-rc, cd-rc]\n    {SRG_QUORUM}",
            0,
            "veto",
            "cd-rc is named 2 times",
        ),
        (
            "forums.yaml",
            SRG_QUORUM,
            f"substitutes: {{bh-dmh: bh-sports}}\n    {SRG_QUORUM}",
            0,
            "substitutes.bh-dmh",
            "bh-dmh is not among the members",
        ),
        (
            "forums.yaml",
            SRG_QUORUM,
            f"substitutes: {{cd-rc: cd-rad}}\n    {SRG_QUORUM}",
            0,
            "substitutes.cd-rc",
            "cd-rad is a member, and has a seat already",
        ),
        (
            "forums.yaml",
            SRG_QUORUM,
            f"substitutes: {{cd-rc: nobody}}\n    {SRG_QUORUM}",
            0,
            "substitutes.cd-rc",
            "there is no post nobody",
        ),
        (
            "forums.yaml",
            SRG_QUORUM,
            f"substitutes: {{cd-rc: bh-dmh, cd-rad: bh-dmh}}\n    {SRG_QUORUM}",
            0,
            "substitutes",
            "bh-dmh sits for 2 members",
        ),
        ("forums.yaml", SRG_QUORUM, SRG_QUORUM.replace("4", "0"), 0, "quorum.present", "0 must be present"),
        ("forums.yaml", SRG_QUORUM, "quorum: {rule: n_of_m, needed: 9}", 0, "quorum.needed", "9 must agree"),
        (
            "forums.yaml",
            SRG_QUORUM,
            SRG_QUORUM.replace("casting", "casting_vote"),
            0,
            "",
            "did you mean casting",
        ),
        (
            "forums.yaml",
            "chair: chief-executive",
            "chair: bh-dmh",
            0,
            "forums.srg.chair",
            "not among the members",
        ),
        ("forums.yaml", "- cd-hsg", "- cd-rc", None, "forums.srg.members", "cd-rc has 2 seats"),
        (
            "forums.yaml",
            "not_in: [august]",
            "not_in: [january, february, march, april, may, june, july, august, september, october, "
            "november, december]",
            0,
            "forums.heads-of-ict.meets",
            "never yields a meeting",
        ),
        ("forums.yaml", "weekday: wednesday", "weekday: wensday", 0, "", "is wensday, and must be one of"),
        # ladders and steps
        (
            "steps.yaml",
            MONEY_END,
            "- {day: 8, nudge: line}",
            0,
            "ladders.money.rungs[4].nudge",
            "has no end: its last rung is line, and must be pmo or close",
        ),
        ("steps.yaml", MONEY_END, MONEY_END.replace("10", "4"), 1, "rungs[5].day", "comes after day 8"),
        (
            "steps.yaml",
            MONEY_END,
            MONEY_END.replace("line", "close"),
            0,
            "rungs[4].nudge",
            "nothing can come after",
        ),
        ("steps.yaml", MONEY_END, MONEY_END.replace("pmo", "close"), None, "silence", "must be expire"),
        (
            "steps.yaml",
            "choices: [verify, defer]",
            "choices: [verify, defer]\n    silence: expire",
            1,
            "steps.completion.silence",
            "expires, but the ladder delivery does not end with close",
        ),
        (
            "steps.yaml",
            "choices: [approve, approve_with_conditions, reject, return, defer, abstain, declare_interest]",
            "choices: [approve, defer]",
            0,
            "steps.srg.choices",
            "leaves no way to refuse",
        ),
        (
            "steps.yaml",
            "choices: [approve, approve_with_conditions, reject, return, defer, abstain, declare_interest]",
            "choices: [approve, reject, not_support, refer_up]",
            0,
            "steps.srg.choices[3]",
            "is not_support, which leads nowhere; srg may offer approve, approve_with_conditions, reject,",
        ),
        (
            "steps.yaml",
            "choices: [verify, defer]",
            "choices: [verify, send_back, return, refer_up]",
            0,
            "steps.completion.choices[2]",
            "is send_back, which leads nowhere; completion may offer verify, defer",
        ),
        ("steps.yaml", "choices: [note]", "choices: [defer]", 0, "notification.choices", "it needs note"),
        *(
            (
                "steps.yaml",
                f"  {kind}:\n    choices: {old}",
                f"  {kind}:\n    choices: {new}",
                1,
                f"steps.{kind}.choices",
                f"leaves no way to refuse: it needs {refusals}",
            )
            for kind, old, new, refusals in (
                ("consent", CONSULTED, "[support, defer]", "not_support or return"),
                ("dataset", "[approve, return, ", "[approve, ", "return"),
                ("action_check", "[verify, send_back]", "[verify]", "send_back"),
                (
                    "extra",
                    "[approve, approve_with_conditions, reject, return, ",
                    "[approve, ",
                    "reject or return",
                ),
            )
        ),
        *(
            (
                "steps.yaml",
                "  bid_outcome:\n    choices: [approve, reject, defer]",
                f"  bid_outcome:\n    choices: {choices}",
                1,
                "steps.bid_outcome.choices",
                "needs reject, or nobody could say that a bid has failed",
            )
            for choices in ("[approve]", "[approve, defer]")
        ),
        (
            "steps.yaml",
            f"    choices: {CONSULTED}\n    ladder: challenge\n    silence: expire\n",
            f"    choices: {CONSULTED}\n    ladder: money\n",
            1,
            "steps.challenge.ladder",
            "money never closes, so that business-forum, heads-of-ict, srg, whom P08 names, would never be "
            "asked: it needs close",
        ),
        (
            "steps.yaml",
            "choices: [note]",
            "choices: [note, reject]",
            0,
            "choices[2]",
            "is reject, which leads",
        ),
        (
            "steps.yaml",
            "  notification:\n",
            "  door:\n    choices: [authorise, reject]\n    ladder: board\n  notification:\n",
            0,
            "steps.door",
            "is no kind of question that is put; these are: embargo_exception, head_of_profession,",
        ),
        ("money.yaml", "  srg: srg\n", "", None, "steps.funding.choices", "no SRG is named to refer to"),
        ("steps.yaml", "choices: [note]", "choices: [note, note]", 0, "", "offers note 2 times"),
        (
            "steps.yaml",
            "ladder: board\n",
            "ladder: stairs\n",
            0,
            "steps.srg.ladder",
            "there is no ladder stairs",
        ),
        # who votes
        ("steps.yaml", "forum: srg", "forum: cabinet", 0, "steps.srg.forum", "must be srg, whose members"),
        ("steps.yaml", "forum: srg", "forum: heads-of-ict", 0, "steps.srg.forum", "must be srg, whose"),
        (
            "steps.yaml",
            "    forum: srg\n    ladder: board\n",
            "    ladder: challenge\n",
            -2,
            "steps.srg.forum",
            "must be srg, whose members are asked and by whose quorum they decide",
        ),
        *(
            (
                "steps.yaml",
                f"  {kind}:\n",
                f"  {kind}:\n    forum: {forum}\n",
                1,
                f"steps.{kind}.forum",
                f"must be left out: one post answers {kind}, and only srg and referral go to the members",
            )
            for kind, forum in (
                ("notification", "heads-of-ict"),
                ("funding", "srg"),
                ("srg_meeting", "srg"),
                ("dataset", "heads-of-ict"),
                # a forum without a quorum is not told to have one
                ("completion", "cabinet"),
            )
        ),
        (
            "steps.yaml",
            "  completion:\n    choices",
            "  finished:\n    choices",
            None,
            "steps",
            "has no terms for completion, which a proposal may pass",
        ),
        # what follows from a decision
        (
            "steps.yaml",
            "  action_check:\n    choices",
            "  action_look:\n    choices",
            None,
            "steps",
            "has no terms for action_check, which an action passes",
        ),
        (
            "steps.yaml",
            "  action_check:\n    choices: [verify, send_back]",
            "  action_check:\n    choices: [send_back]",
            1,
            "steps.action_check.choices",
            "needs verify, without which an action comes to no end",
        ),
        (
            "steps.yaml",
            "  action_check:\n    choices: [verify, send_back]\n    ladder: consultation\n",
            "  action_check:\n    choices: [verify, send_back]\n    deciding: false\n"
            "    ladder: consultation\n",
            2,
            "steps.action_check.deciding",
            "must be true: whoever does an action does not check it",
        ),
        (
            "steps.yaml",
            "choices: [claim_complete]\n    ladder: action\n    assurance: link\n    deciding: false",
            "choices: [claim_complete]\n    ladder: action\n    assurance: link\n    deciding: true",
            3,
            "steps.action.deciding",
            "must be false: who wrote a proposal may have to act on it",
        ),
        (
            "steps.yaml",
            "  action_check:\n    choices: [verify, send_back]\n    ladder: consultation\n",
            "  action_check:\n    choices: [verify, send_back]\n    ladder: challenge\n    silence: expire\n",
            2,
            "steps.action_check.ladder",
            "must not end with close, as challenge does: it stays open",
        ),
        ("clauses.yaml", "  action:\n", "  deed:\n", None, "clauses", "has no clause for action"),
        (
            "organisation.yaml",
            "dept-ce: {name: Chief Executive's,",
            "dept-ce: {head: nobody, name: Chief Executive's,",
            0,
            "departments.dept-ce.head",
            "there is no post nobody",
        ),
        ("clauses.yaml", "  completion:\n", "  finished:\n", None, "clauses", "has no clause for completion"),
        ("clauses.yaml", "number: FUND-1", "number: SRG-1", None, "", "is already the number of"),
        ("money.yaml", "bh-dmh: 100000", "health-partner: 1", 0, "", "has a limit, but nobody above it"),
        # what members do not decide by email
        (
            "steps.yaml",
            "      - {day: 10, nudge: close}\n    illustrative: true\n  delivery:",
            "    illustrative: true\n  delivery:",
            None,
            "steps.srg.ladder",
            "board never closes, so that what srg does not decide by email would never go to its meeting",
        ),
        (
            "steps.yaml",
            "reject, return, defer]\n    ladder: board-meeting\n",
            "reject, return, defer]\n    ladder: at-the-meeting\n",
            1,
            "steps.srg_meeting.ladder",
            "at-the-meeting turns to the secretary's line, who would decide in the place of the members",
        ),
        (
            "forums.yaml",
            "    meets: {which: last, weekday: thursday, a_week_earlier_in: [december]}\n",
            "",
            None,
            "forums.srg.decides",
            "is email_then_meeting, but it never meets: needs meets",
        ),
        (
            "forums.yaml",
            "meets: {which: last, weekday: thursday, a_week_earlier_in: [december]}",
            "also_meets: [2004-10-28]",
            None,
            "forums.srg",
            "has no meeting to come that papers can still reach",
        ),
        (
            "forums.yaml",
            "secretary: cabinet-secretary\n    decides: meeting",
            "secretary: cabinet-secretary\n    decides: email_then_meeting",
            None,
            "forums.cabinet.decides",
            "what is put to another goes to its secretary",
        ),
        (
            "forums.yaml",
            "secretary: business-forum-secretary\n    decides: email",
            "secretary: business-forum-secretary\n    decides: email\n"
            "    meets: {which: last, weekday: friday}",
            None,
            "forums.business-forum.decides",
            "is email, but it meets, and what is put to it waits for its meeting: needs meeting",
        ),
        (
            "steps.yaml",
            "  srg_meeting:\n    choices",
            "  srg_gathering:\n    choices",
            None,
            "steps",
            "has no terms for srg_meeting, which a proposal may pass",
        ),
        # whom a way would ask, and when
        (
            "money.yaml",
            "bids: chief-finance-officer",
            "bids: treasurer",
            0,
            "route.bids",
            "there is no post treasurer",
        ),
        (
            "people.yaml",
            "      - {post: chief-executive, since: 2002-01-01}\n",
            "      - {post: chief-executive, since: 2002-01-01, until: 2010-01-01}\n",
            None,
            "forums.srg.members[1]",
            "nobody holds chief-executive, nor any post above it",
        ),
        (
            "forums.yaml",
            "    meets: {which: second, weekday: wednesday, not_in: [august]}\n",
            "    also_meets: [2004-10-13]\n",
            None,
            "forums.heads-of-ict",
            "has no meeting to come that papers can still reach, and proposals would wait for one",
        ),
        (
            "principles.yaml",
            "    issue_asks: [dataset]\n",
            "    issue_asks: [gate]\n",
            0,
            "principles.P09.issue_asks[1]",
            "must be one of dataset, parameter, solution",
        ),
        (
            "principles.yaml",
            "    issue_asks: [parameter, solution]\n",
            "    issue_asks: [parameter]\n",
            0,
            "principles.P10.issue_asks",
            "must name a kind of question for each of issue_to",
        ),
        (
            "principles.yaml",
            "    issue_to: [heads-of-ict]\n",
            "    issue_to: [head-technology]\n",
            0,
            "principles.P09.issue_to[1]",
            "must be a forum, at whose meeting it is raised",
        ),
        (
            "principles.yaml",
            "    issue_to: [principal-customer, business-forum, heads-of-ict, srg]\n",
            "    issue_to: [srg, business-forum, heads-of-ict, srg]\n",
            0,
            "principles.P08.issue_to[1]",
            "must be principal-customer, who is asked first",
        ),
        *(
            ("principles.yaml", f"    issue_{part}: {old}\n", f"    issue_{part}: {new}\n", 0, key, message)
            for part, old, new, key, message in (
                ("to", HEADS, "[principal-customer]", "P09.issue_to[1]", "is that of a corporate system"),
                ("to", HEADS, "[business-forum]", "P09.issue_to[1]", "is that of a corporate system"),
                ("to", HEADS, "[heads-of-ict, ict-services]", "P09.issue_to[2]", "is never asked: a dataset"),
                (
                    "to",
                    PASSED_ON,
                    "[srg, ict-services]",
                    "P10.issue_to[1]",
                    "must be heads-of-ict, as in P09",
                ),
                ("to", PASSED_ON, "[heads-of-ict]", "P10.issue_to", "needs a second, to whom a parameter"),
                (
                    "to",
                    PASSED_ON,
                    "[heads-of-ict, srg]",
                    "P10.issue_to[2]",
                    "must be a post: it is passed on",
                ),
                (
                    "to",
                    PASSED_ON,
                    "[heads-of-ict, ict-services, chief-executive]",
                    "P10.issue_to[3]",
                    "is never asked: an issue is passed on once",
                ),
                (
                    "asks",
                    "[parameter, solution]",
                    "[parameter, parameter]",
                    "P10.issue_asks[2]",
                    "must be one of dataset, solution",
                ),
                (
                    "to",
                    CHAIN,
                    CHAIN.replace("business-forum", "sd-ict-ca"),
                    "P08.issue_to[2]",
                    "must be a forum or business-forum, asked where nobody has answered",
                ),
                (
                    "to",
                    CHAIN,
                    CHAIN.replace("business-forum", "principal-customer"),
                    "P08.issue_to[2]",
                    "must be a forum or business-forum",
                ),
                (
                    "asks",
                    "[challenge, challenge, challenge, referral]",
                    "[consent, challenge, referral, referral]",
                    "P08.issue_asks[1]",
                    "must be challenge",
                ),
                (
                    "asks",
                    "[challenge, challenge, challenge, referral]",
                    "[challenge, challenge, referral, consent]",
                    "P08.issue_asks[4]",
                    "must be challenge or referral",
                ),
            )
        ),
        (
            "money.yaml",
            "  head_of_profession: head-of-profession\n",
            "",
            -5,
            "route.head_of_profession",
            "is missing: the post consulted where a corporate system falls short",
        ),
        (
            "principles.yaml",
            "    issue_leg: principal_customer\n",
            "    issue_leg: issue_resolution\n",
            None,
            "corporate_systems",
            "has systems, but no principle with issue_leg principal_customer",
        ),
        (
            "principles.yaml",
            "    issue_leg: principal_customer\n",
            "    issue_leg: funding\n",
            0,
            "principles.P08.issue_leg",
            "is no leg that settles an issue; these are: principal_customer, issue_resolution",
        ),
        (
            "principles.yaml",
            "    issue_leg: principal_customer\n",
            "",
            None,
            "principles.P08.issue_to",
            "needs issue_leg",
        ),
        (
            "money.yaml",
            "    - {percent: 3.5, since: 2003-04-01}\n",
            "    - {percent: 3.5}\n",
            None,
            "appraisal.discount_rates[2].since",
            "must be later than that of the rate before it",
        ),
        (
            "steps.yaml",
            "      - {day: 8, nudge: line}\n      - {day: 10, nudge: pmo}\n",
            "      - {day: 8, nudge: count}\n      - {day: 10, nudge: pmo}\n",
            None,
            "steps.funding.ladder",
            "money counts votes, and this is decided by no majority",
        ),
        # what is asked beside the principles
        (
            "provisions.yaml",
            "name: e-payment\n      owner: chief-finance-officer",
            "name: e-payment\n      owner: treasurer",
            1,
            "provisions.shared_services.e-payment.owner",
            "there is no post treasurer",
        ),
        (
            "provisions.yaml",
            "principle: P05",
            "principle: P55",
            0,
            "provisions.continuity.principle",
            "there is no principle P55",
        ),
        (
            "provisions.yaml",
            "recovery_hours: 72",
            "recovery_hours: 0",
            0,
            "provisions.continuity.recovery_hours",
            "must be more than 0",
        ),
        (
            "provisions.yaml",
            QUESTIONS,
            "questions: []\n",
            0,
            "provisions.equality.questions",
            "asks nothing: a checklist needs questions",
        ),
        (
            "provisions.yaml",
            "version: e-Modernising Leicester equality checklist, 2004",
            'version: " "',
            0,
            "provisions.equality.version",
            "must say which checklist it is",
        ),
        (
            "provisions.yaml",
            "kinds: [documents]",
            "kinds: [document]",
            0,
            "provisions.standards.items[4].kinds[1]",
            "there is no kind of system document",
        ),
        (
            "provisions.yaml",
            "key: e-GIF",
            "key: e.GIF",
            0,
            "provisions.standards.items[2].key",
            "must be a word without a full stop",
        ),
        (
            "provisions.yaml",
            "key: WCAG",
            "key: BS7666",
            0,
            "provisions.standards.items[3].key",
            "BS7666 is given twice",
        ),
        (
            "corporate-systems.yaml",
            "strength: standard}",
            "strength: standard, since: 2004-03-01, until: 2004-02-29}",
            0,
            "technical_parameters.TP2.until",
            "is before since, 1 March 2004",
        ),
        # who decides, on what, and what is recognised
        (
            "steps.yaml",
            "  funding:\n",
            "  funding:\n    deciding: false\n",
            1,
            "steps.funding.deciding",
            "must be true",
        ),
        ("steps.yaml", "  srg:\n", "  srg:\n    deciding: false\n", 1, "steps.srg.deciding", "must be true"),
        (
            "steps.yaml",
            MONEY_END,
            MONEY_END.replace("10", "100000"),
            1,
            "rungs[5].day",
            "must be 250 or less",
        ),
        (
            "steps.yaml",
            "  money:\n    due: 5",
            "  money:\n    due: 11",
            1,
            "ladders.money.due",
            "is after day 10, the last rung",
        ),
        (
            "forums.yaml",
            "meets: {which: second, weekday: wednesday, not_in: [august]}",
            "meets: {which: second, weekday: wednesday, not_in: [august]}\n    also_meets: [2004-05-31]",
            1,
            "forums.heads-of-ict.also_meets[1]",
            "31 May 2004 is not a working day",
        ),
        (
            "forums.yaml",
            "decides: email_then_meeting\n    papers_days: 5\n    meets: {which: last, weekday: thursday, "
            "a_week_earlier_in: [december]}",
            "decides: meeting",
            None,
            "forums.srg",
            "has no meeting to come",
        ),
        (
            "forums.yaml",
            "papers_days: 5\n    meets: {which: second",
            "papers_days: 9999\n    meets: {which: second",
            0,
            "forums.heads-of-ict.papers_days",
            "must be 60 working days or fewer",
        ),
        *(
            (
                "forums.yaml",
                "papers_days: 5\n    meets: {which: second",
                f"papers_days: 5\n    called_days: {days}\n    meets: {{which: second",
                1,
                "forums.heads-of-ict.called_days",
                told,
            )
            for days, told in (
                (
                    4,
                    "is 4, and must be 5 or more, as papers_days is: members are called before papers close",
                ),
                (121, "must be 120 working days or fewer, about half a year"),
            )
        ),
        *(
            (
                "forums.yaml",
                "papers_days: 5\n    meets: {which: second",
                f"papers_days: 5\n    {written}\n    meets: {{which: second",
                1,
                f"forums.heads-of-ict.{written.partition(':')[0]}",
                told,
            )
            for written, told in (
                ("record_days: 61", "is 61, and must be from 0 to 60 working days"),
                ("told_days: 61", "is 61, and must be from 0 to 60 working days"),
                ("hours: 0", "is 0, and must be from 1 to 12 hours"),
                ("hours: 13", "is 13, and must be from 1 to 12 hours"),
                (
                    "told_days: 1",
                    "is 1, and must be 2 or more, as record_days is: "
                    "the PMO is told after the secretary has been reminded",
                ),
            )
        ),
        *(
            (
                "records.yaml",
                "years: 1\n    after: the visit",
                f"years: {years}\n    after: the visit",
                0,
                "retention.visits.years",
                f"is {years}, and must be from 0 to 200 years, or left out for ever",
            )
            for years in (-1, 201)
        ),
        (
            "money.yaml",
            "optimism_bias_percent: 10",
            "optimism_bias_percent: 200.5",
            0,
            "appraisal.optimism_bias_percent",
            "is 200.5, and must be from 0 to 200 percent",
        ),
        (
            "forums.yaml",
            "papers_days: 5\n    meets: {which: second",
            "papers_days: 5\n    time: 25:00\n    meets: {which: second",
            1,
            "forums.heads-of-ict.time",
            "must be a time of day, written as 09:30",
        ),
        (
            "principles.yaml",
            "applies_to: major",
            "applies_to: minor",
            0,
            ".applies_to",
            "is minor, and must be major, or be left out",
        ),
        # words that say nothing
        *(
            (file, old, new, 0, key, "must have words in it")
            for file, old, new, key in (
                (
                    "organisation.yaml",
                    "name: Leicester City Council",
                    'name: " "',
                    "organisation.name",
                ),
                ("organisation.yaml", "name: Chief Executive's,", "name: '',", "departments.dept-ce.name"),
                ("forums.yaml", "name: Heads of ICT Group", 'name: ""', "forums.heads-of-ict.name"),
                (
                    "posts.yaml",
                    "title: Chief Executive\n",
                    'title: "\\u200b"\n',
                    "posts.chief-executive.title",
                ),
                ("clauses.yaml", "number: FUND-1", 'number: "-"', "clauses.funding.number"),
            )
        ),
        # days of meetings
        *(
            (
                "forums.yaml",
                "meets: {which: second, weekday: wednesday, not_in: [august]}",
                f"meets: {{which: second, weekday: wednesday, not_in: [august]}}\n    {key}: [{day}]",
                1,
                f"forums.heads-of-ict.{key}[1]",
                told,
            )
            for key, day, told in (
                (
                    "also_meets",
                    "2001-12-12",
                    "12 December 2001 is not in the calendar, from 1 January 2002 to",
                ),
                (
                    "also_meets",
                    "2099-10-14",
                    "14 October 2099 is not in the calendar, from 1 January 2002 to",
                ),
                ("also_meets", "2004-10-16", "16 October 2004 is not a working day"),
                ("does_not_meet", "2004-10-14", "14 October 2004 has no meeting that could be left out"),
                ("does_not_meet", "2004-08-11", "11 August 2004 has no meeting that could be left out"),
                ("does_not_meet", "2099-10-14", "14 October 2099 has no meeting that could be left out"),
            )
        ),
        (
            "organisation.yaml",
            "key: leicester",
            "key: ../../etc",
            0,
            "organisation.key",
            "is a key, and must be a word",
        ),
        # the YAML itself
        ("money.yaml", "bh-dmh: 100000", "bh-sports: 1", 1, "delegated_limits.bh-sports", "is given twice"),
        ("money.yaml", "bh-dmh: 100000", "bh-dmh: [", 2, "", "expected"),
        ("money.yaml", "bh-dmh: 100000", "bh-dmh: *all", 0, "", "aliases are not used here"),
        (
            "money.yaml",
            "delegated_limits:",
            "posts:",
            None,
            "posts",
            "is already written in ",
        ),
    ],
)
def test_every_fault_is_named_by_file_line_and_key(
    tmp_path: Path, file: str, old: str, new: str, below: int | None, key: str, message: str
) -> None:
    folder = copied(tmp_path)
    line = change(folder, file, old, new)
    found = [fault for fault in faults(folder) if message in fault.message and key in fault.key]
    assert found, [str(fault) for fault in faults(folder)]
    if below is not None:
        assert (f"{folder}/{file}", line + below) in [(fault.file, fault.line) for fault in found]


LONER = "  loner: {title: Loner, email: loner@leicester.example}\n"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("\nbudgets:", "\nnext_authority: {cd-rc: loner}\n\nbudgets:", "next_authority.cd-rc"),
        ("project_authority: corp-projects-manager", "project_authority: loner", "route.project_authority"),
        ("reviewer: corp-projects-manager", "reviewer: loner", "route.reviewer"),
    ],
)
def test_nobody_is_asked_above_a_limit_or_for_a_project_for_whom_nobody_answers(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    folder = copied(tmp_path)
    change(folder, "posts.yaml", "posts:\n", f"posts:\n{LONER}")
    change(folder, "money.yaml", old, new)
    (fault,) = faults(folder)
    assert (fault.key, fault.message.partition(",")[0]) == (key, "nobody holds loner")


def ends(folder: Path, *posts: str, until: str = "2025-12-31") -> None:
    """Let posts be held by nobody after a day."""
    for post in posts:
        file = folder / "people.yaml"
        file.write_text(
            re.sub(rf"(post: {post}, since: [-\d]+)[^}}]*}}", rf"\1, until: {until}}}", file.read_text())
        )


SECRETARY = "email: heads-of-ict@leicester.example\n    department: dept-rad\n    line: sd-ict-ca"
PROPERTY = "email: sd-property@leicester.example\n    department: dept-rad\n    line: cd-rad"
NO_PROPERTY = ("money.yaml", "  sd-property: 100000\n", "")


def no_line(entry: str) -> tuple[str, str, str]:
    """Return a change of a post, above which nobody stands any more."""
    return "posts.yaml", entry, entry.rpartition("\n")[0]


@pytest.mark.parametrize(
    ("post", "held", "changes", "key", "message"),
    [
        # one who is to come is not there today
        (
            "sd-property",
            "since: 2030-01-01",
            (NO_PROPERTY, no_line(PROPERTY)),
            "corporate_systems.CS7.principal_customer",
            "nobody holds sd-property, nor any post above it: nobody would be asked",
        ),
        # one who leaves is not there afterwards
        (
            "heads-of-ict-secretary",
            "since: 2002-01-01, until: 2099-12-31",
            (no_line(SECRETARY),),
            "forums.heads-of-ict.secretary",
            "nobody holds heads-of-ict-secretary from 1 January 2100 on, nor any post above it: nobody "
            "would be asked",
        ),
        # nor is the old holder of a post for which a vacant one acts
        (
            "sd-information",
            "since: 2002-01-01, until: 2007-03-31",
            (
                ("money.yaml", "  sd-information: 100000\n", ""),
                no_line(
                    "email: sd-information@leicester.example\n    department: dept-rad\n    line: cd-rad"
                ),
                ("people.yaml", ", until: 2007-03-31}", "}"),
            ),
            "roles.direct_notifications",
            "nobody holds sd-information, which acts for sd-ict-ca, nor any post above it: nobody would be "
            "asked",
        ),
    ],
)
def test_somebody_is_asked_for_each_post_today_and_after_every_change_that_is_known(
    tmp_path: Path,
    post: str,
    held: str,
    changes: tuple[tuple[str, str, str], ...],
    key: str,
    message: str,
) -> None:
    folder = copied(tmp_path)
    for file, old, new in changes:
        change(folder, file, old, new)
    people = (folder / "people.yaml").read_text("utf-8")
    text = re.sub(rf"post: {post}, since: [-\d]+}}", f"post: {post}, {held}}}", people)
    (folder / "people.yaml").write_text(text, "utf-8")
    (fault,) = faults(folder)
    assert (fault.key, fault.message) == (key, message)


def test_somebody_brings_a_directorate_s_proposal_within_the_guidelines(tmp_path: Path) -> None:
    folder = tmp_path / "herefordshire"
    shutil.copytree(SHIPPED.parent / "herefordshire", folder)
    old = "department: cyp\n    line: chief-executive\n    illustrative: true"
    change(folder, "posts.yaml", old, "department: cyp\n    illustrative: true")
    change(folder, "people.yaml", "      - {post: dir-cyp, since: 2002-01-01}\n", "")
    change(
        folder, "people.yaml", "holder-dir-cyp@people.herefordshire.example\n    holds:\n", "x@y.example\n"
    )
    (fault,) = faults(folder)
    assert fault.key == "departments.cyp.head"
    assert fault.message == "nobody holds dir-cyp, nor any post above it: nobody would be asked"


def test_whoever_owns_an_embargo_is_asked_from_their_first_day_to_their_last(tmp_path: Path) -> None:
    folder = tmp_path / "herefordshire"
    shutil.copytree(SHIPPED.parent / "herefordshire", folder)
    for post, held in (("connects", "2002-01-01, until: 2098-12-31"), ("ipg", "2099-01-01")):
        line = "\n    department: corporate-customer-services\n    line: dir-ccs"
        email = f"email: {post}-secretary@herefordshire.example"
        change(folder, "posts.yaml", email + line, email + line.rpartition("\n")[0])
        change(
            folder, "people.yaml", f"{post}-secretary, since: 2002-01-01", f"{post}-secretary, since: {held}"
        )
    change(folder, "principles.yaml", "until: 2007-03-31", "until: 2098-12-31")
    change(folder, "principles.yaml", "since: 2007-04-01", "since: 2099-01-01")
    handbook.load(folder)
    change(folder, "principles.yaml", "until: 2098-12-31", "until: 2097-12-31")
    change(folder, "principles.yaml", "since: 2099-01-01", "since: 2098-01-01")
    (fault,) = faults(folder)
    assert fault.key == "forums.ipg.secretary"
    assert fault.message.startswith("nobody holds ipg-secretary from 1 January 2098 on, nor any post")


MEMBERS = ("cd-sch", "cd-rad", "cd-hsg", "cd-ell", "sd-ict-ca", "sd-information")


def test_a_board_needs_as_many_different_people_as_decide(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    ends(folder, *MEMBERS)
    (fault,) = faults(folder)
    assert fault.key == "forums.srg.members"
    assert fault.message == "4 must answer for it to decide, and only 3 different people could"


def test_a_board_needs_them_after_every_change_that_is_known(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    ends(folder, *MEMBERS, until="2099-12-31")
    (fault,) = faults(folder)
    assert fault.message.endswith("only 3 different people could from 1 January 2100 on")


@pytest.mark.parametrize(
    ("old", "new", "gone", "told"),
    [
        # all eight are needed, and an author's seat is not theirs; above the Chief Executive stands nobody
        (
            SRG_QUORUM,
            SRG_QUORUM.replace("4", "8"),
            (),
            "8 must answer for it to decide, and only 7 different people could of a proposal by "
            "Chief Executive (chief-executive), who decides nothing of their own",
        ),
        # as many as are needed are left, and one of them may be the author
        (
            "present: 4",
            "present: 3",
            MEMBERS,
            "3 must answer for it to decide, and only 2 different people could of a proposal by "
            "Chief Executive (chief-executive), who decides nothing of their own",
        ),
    ],
)
def test_a_board_can_decide_without_any_one_of_its_members_who_may_be_the_author(
    tmp_path: Path, old: str, new: str, gone: tuple[str, ...], told: str
) -> None:
    folder = copied(tmp_path)
    change(folder, "forums.yaml", old, new)
    ends(folder, *gone)
    found = [fault for fault in faults(folder) if fault.key == "forums.srg.members"]
    assert [fault.message for fault in found] == [told]


def a_referral(folder: Path, *terms: str) -> int:
    """Give referrals terms of their own; return the line after their first."""
    choices = "[approve, approve_with_conditions, reject, return, defer, abstain, declare_interest]"
    own = "".join(f"    {each}\n" for each in (f"choices: {choices}", "silence: expire", *terms))
    return change(folder, "steps.yaml", "  srg_meeting:\n", f"  referral:\n{own}  srg_meeting:\n") + 1


def test_a_referral_goes_to_srg_s_members(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    a_referral(folder, "ladder: challenge")
    told = [(fault.key, fault.message.partition(",")[0]) for fault in faults(folder)]
    assert ("steps.referral.forum", "must be srg") in told


def test_a_board_can_decide_a_referral_by_the_quorum_that_is_its_own(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    line = a_referral(folder, "ladder: board", "forum: srg", "quorum: {rule: majority, present: 8}")
    (fault,) = faults(folder)
    assert (fault.line, fault.key) == (line + 4, "steps.referral.quorum")
    assert fault.message == (
        "8 must answer for it to decide a referral, and only 7 different people could of a proposal by "
        "Chief Executive (chief-executive), who decides nothing of their own"
    )
    change(folder, "steps.yaml", "present: 8", "present: 5")
    handbook.load(folder)


@pytest.mark.parametrize(
    ("quorum", "told"),
    [
        ("{rule: majority, present: 6, interest_lowers_quorum: true}", ""),
        (
            "{rule: majority, present: 6}",
            "6 must answer for it to decide, and only 5 different people could of a proposal by "
            "Service Director (ICT & Customer Access) (sd-ict-ca), who decides nothing of their own",
        ),
        # a rule of all is one that any member's own proposal would stop
        (
            "{rule: all_of}",
            "6 must answer for it to decide, and only 5 different people could of a proposal by "
            "Service Director (ICT & Customer Access) (sd-ict-ca), who decides nothing of their own",
        ),
        ("{rule: majority, present: 5}", ""),
    ],
)
def test_a_forum_can_decide_at_its_meeting_what_one_of_its_members_has_put_forward(
    tmp_path: Path, quorum: str, told: str
) -> None:
    folder = copied(tmp_path)
    change(folder, "forums.yaml", "quorum: {rule: majority, present: 3, casting: true}", f"quorum: {quorum}")
    if not told:
        handbook.load(folder)
        return
    (fault,) = faults(folder)
    assert (fault.key, fault.message) == ("forums.heads-of-ict.members", told)


def test_one_person_with_every_seat_of_a_board_is_one(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    board = handbook.load("leicester").forums["srg"].members
    ends(folder, *board, "sd-information")
    every = "".join(f"\n      - {{post: {post}, since: 2026-01-01}}" for post in (*board, "sd-information"))
    change(folder, "people.yaml", BH_DMH, BH_DMH + every)
    (fault,) = faults(folder)
    assert fault.message == "4 must answer for it to decide, and one person alone could"


def test_a_meeting_that_recurs_on_a_bank_holiday_is_held_on_the_next_working_day(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    old = "meets: {which: second, weekday: wednesday, not_in: [august]}"
    change(folder, "forums.yaml", old, old.replace("second", "last").replace("wednesday", "monday"))
    edition = handbook.load(folder)
    days = edition.forums["heads-of-ict"].meetings
    # The last Monday of May 2004 is the Spring Bank Holiday.
    assert date(2004, 5, 31) not in days
    assert date(2004, 6, 1) in days
    assert not set(days) & set(edition.non_working)


def test_a_meeting_that_is_called_off_is_not_held_later(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    old = "meets: {which: second, weekday: wednesday, not_in: [august]}"
    new = "meets: {which: last, weekday: monday}\n    does_not_meet: [2004-05-31]"
    change(folder, "forums.yaml", old, new)
    days = handbook.load(folder).forums["heads-of-ict"].meetings
    assert not {date(2004, 5, 31), date(2004, 6, 1)} & set(days)


CD_HSG = "email: cd-hsg@leicester.example\n    department: dept-hsg\n    line: chief-executive"


@pytest.mark.parametrize(("day", "since"), [("2026-04-01", ""), ("2099-04-01", " from 1 April 2099 on")])
def test_a_member_is_not_succeeded_by_another_member(tmp_path: Path, day: str, since: str) -> None:
    folder = copied(tmp_path)
    succeeded = f"\n    succeeded_by: cd-ell\n    succeeded_on: {day}"
    change(folder, "posts.yaml", CD_HSG, CD_HSG + succeeded)
    (fault,) = faults(folder)
    assert fault.key == "forums.srg.members[6]"
    assert fault.message == f"cd-ell would have two seats, as cd-hsg and as cd-ell{since}; a post has one"


def test_nobody_substitutes_for_a_member_who_has_come_to_act_for_another(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "forums.yaml", SRG_QUORUM, f"substitutes: {{cd-rc: sd-information}}\n    {SRG_QUORUM}")
    (fault,) = faults(folder)
    assert fault.key == "forums.srg.substitutes.cd-rc"
    told = "sd-information would have two seats, as sd-ict-ca and as sd-information; a post has one"
    assert fault.message == told


def test_a_post_that_acts_for_two_members_is_asked_once_with_all_they_have() -> None:
    merged = LEICESTER.posts["cd-hsg"].model_copy(
        update={"succeeded_by": "chief-executive", "succeeded_on": IN_2004}
    )
    veto = LEICESTER.forums["srg"].model_copy(update={"veto": ("cd-hsg",)})
    edition = LEICESTER.model_copy(
        update={
            "posts": LEICESTER.posts | {"cd-hsg": merged},
            "forums": LEICESTER.forums | {"srg": veto},
        }
    )
    srg = edition.routing(IN_2004).srg
    assert srg is not None
    assert [seat.key for seat in srg.seats] == [post for post in veto.members if post != "cd-hsg"]
    assert [seat.key for seat in srg.seats if seat.chair and seat.veto] == ["chief-executive"]


def test_a_succession_needs_its_day(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "posts.yaml", "    succeeded_on: 2007-04-01\n", "")
    assert [fault.key for fault in faults(folder)] == ["posts.sd-ict-ca.succeeded_by"]


def test_a_forum_s_veto_substitutes_and_hidden_votes_reach_its_seats_and_terms(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    added = "veto: [cd-rc]\n    substitutes: {cd-rad: bh-dmh}\n    blind: true\n    "
    change(folder, "forums.yaml", SRG_QUORUM, added + SRG_QUORUM)
    edition = handbook.load(folder)
    srg = edition.routing().srg
    assert srg is not None
    assert [seat.key for seat in srg.seats if seat.veto] == ["cd-rc"]
    assert {seat.key: seat.substitute for seat in srg.seats if seat.substitute} == {"cd-rad": "bh-dmh"}
    assert edition.terms()["srg"].blind
    told = " ".join(handbook.explained(edition, date(2026, 3, 2)))
    assert "cd-rc may stop it alone, bh-dmh sits for cd-rad, votes are shown once it is decided" in told
    change(folder, "steps.yaml", "    forum: srg\n", "    forum: srg\n    blind: false\n")
    assert not handbook.load(folder).terms()["srg"].blind


def test_a_forum_that_decides_cases_needs_a_quorum(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "forums.yaml", f"    {SRG_QUORUM}\n", "")
    assert {fault.message for fault in faults(folder)} == {
        "decides cases, and has no quorum",
        "srg has no quorum to decide by",
    }


@pytest.mark.parametrize(
    ("old", "added"),
    [
        ("defer, abstain, declare_interest]", ["not_support", "refer_up"]),
        ("[verify, defer]", ["send_back", "return", "refer_up"]),
    ],
)
def test_every_answer_that_leads_nowhere_is_told(tmp_path: Path, old: str, added: list[str]) -> None:
    folder = copied(tmp_path)
    change(folder, "steps.yaml", old, old[:-1] + ", " + ", ".join(added) + "]")
    told = [fault.message for fault in faults(folder)]
    assert [message.partition(",")[0] for message in told] == [f"is {choice}" for choice in added]


def test_who_is_never_asked_needs_neither_a_clause_nor_terms(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "money.yaml", "  srg: srg\n", "")
    change(folder, "clauses.yaml", "  srg:\n", "  another:\n")
    assert [fault.message for fault in faults(folder) if "clause" in fault.message] == []


MEETS = "    meets: {which: second, weekday: wednesday, not_in: [august]}\n"
NO_MEETING = "has no meeting to come that papers can still reach, and proposals would wait for one"
NEVER = (
    "not_in: [january, february, march, april, may, june, july, august, september, october, november, "
    "december]"
)


@pytest.mark.parametrize(
    ("meets", "served"),
    [
        # only one that was, long ago
        (f"meets: {{which: second, weekday: wednesday, {NEVER}}}\n    also_meets: [2004-05-12]", False),
        # called off again
        ("also_meets: [2026-05-13]\n    does_not_meet: [2026-05-13]", False),
        # its papers closed the Friday before
        ("also_meets: [2026-03-06]", False),
        # its papers close today
        ("also_meets: [2026-03-09]", True),
    ],
)
@pytest.mark.parametrize("forum", ["heads-of-ict", "srg"])
def test_a_forum_that_is_waited_for_has_a_meeting_that_papers_can_reach(
    tmp_path: Path, forum: str, meets: str, served: bool
) -> None:
    folder = copied(tmp_path)
    monthly = {"heads-of-ict": MEETS, "srg": SRG_MEETS}[forum]
    change(folder, "forums.yaml", monthly, f"    {meets}\n")
    if served:
        handbook.load(folder, today=date(2026, 3, 2))
        return
    with pytest.raises(HandbookError) as raised:
        handbook.load(folder, today=date(2026, 3, 2))
    assert [(fault.key, fault.message) for fault in raised.value.problems] == [
        (f"forums.{forum}", NO_MEETING)
    ]


@pytest.mark.parametrize(
    ("funding", "srg", "refused"),
    [
        ([Choice.REJECT, Choice.RETURN], [Choice.RETURN], True),
        # SRG decides what is referred to it, whatever its size.
        ([Choice.RETURN, Choice.REFER_UP], [Choice.REJECT], True),
        ([Choice.RETURN, Choice.REFER_UP], [Choice.RETURN], False),
        # Of itself it decides major proposals only, and a minor one would never come to it.
        ([Choice.RETURN], [Choice.REJECT], False),
    ],
)
def test_a_minor_proposal_can_be_refused_for_good(
    tmp_path: Path, funding: list[Choice], srg: list[Choice], refused: bool
) -> None:
    folder = copied(tmp_path)
    funders = "[approve, approve_with_conditions, reject, return, defer, refer_up]\n    ladder: money"
    path = folder / "steps.yaml"
    text = path.read_text("utf-8").replace(funders, f"[approve, {', '.join(funding)}]\n    ladder: money", 1)
    path.write_text(text, "utf-8")
    voted = "[approve, approve_with_conditions, reject, return, defer, abstain, declare_interest]"
    change(folder, "steps.yaml", voted, f"[approve, {', '.join(srg)}]")
    if refused:
        handbook.load(folder)
        return
    (fault,) = faults(folder)
    assert fault.key == "steps.funding.choices"
    assert fault.message == (
        "must offer reject, or refer_up to an SRG that may reject, "
        "or a minor proposal could be returned for ever and never refused"
    )


@pytest.mark.parametrize(
    ("referral", "srg", "refused"),
    [("reject", "reject", True), ("reject", "return", True), ("return", "reject", False)],
)
def test_srg_refuses_what_is_referred_on_the_terms_of_a_referral(
    tmp_path: Path, referral: str, srg: str, refused: bool
) -> None:
    folder = copied(tmp_path)
    funders = "  funding:\n    choices: [approve, approve_with_conditions, "
    change(folder, "steps.yaml", f"{funders}reject, ", funders)
    voted = "[approve, approve_with_conditions, reject, return, defer, abstain, declare_interest]"
    change(folder, "steps.yaml", voted, f"[approve, {srg}]")
    choices = f"choices: [approve, {referral}]"
    own = f"  referral:\n    {choices}\n    forum: srg\n    ladder: board\n    silence: expire\n"
    change(folder, "steps.yaml", "  srg_meeting:\n", f"{own}  srg_meeting:\n")
    if refused:
        handbook.load(folder)
        return
    assert [fault.key for fault in faults(folder)] == ["steps.funding.choices"]


def test_a_closing_day_does_not_stretch_the_calendar(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    days = "    dates: [2004-12-24, 2204-12-27, 1995-12-27]\n"
    change(folder, "organisation.yaml", "    every_year:", f"{days}    every_year:")
    with pytest.raises(HandbookError) as raised:
        handbook.load(folder, today=date(2026, 11, 29))
    assert [(fault.key, fault.message) for fault in raised.value.problems] == [
        ("calendar.closed.dates[2]", "27 December 2204 is not in the calendar, from 2002 to 2036"),
        ("calendar.closed.dates[3]", "27 December 1995 is not in the calendar, from 2002 to 2036"),
    ]


def test_where_there_is_no_srg_funders_refuse_for_good(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED.parent / "herefordshire", tmp_path / "herefordshire"))
    funders = "  funding:\n    choices: [approve, approve_with_conditions, "
    change(folder, "steps.yaml", f"{funders}reject, ", funders)
    (fault,) = faults(folder)
    assert fault.message == (
        "must offer reject, or a minor proposal could be returned for ever and never refused"
    )


def test_what_is_not_supported_needs_srg_to_go_to(tmp_path: Path) -> None:
    folder = tmp_path / "herefordshire"
    shutil.copytree(SHIPPED.parent / "herefordshire", folder)
    old = "[support, support_with_conditions, return, defer]"
    change(folder, "steps.yaml", old, "[support, support_with_conditions, not_support]")
    told = [(fault.key, fault.message) for fault in faults(folder)]
    assert told == [
        ("steps.head_of_profession.choices", "offers not_support, but no SRG is named to refer to"),
        ("steps.head_of_profession.choices", "leaves no way to refuse: it needs return"),
    ]


def test_an_embargo_s_owner_that_decides_by_email_needs_no_meeting(tmp_path: Path) -> None:
    folder = tmp_path / "herefordshire"
    shutil.copytree(SHIPPED.parent / "herefordshire", folder)
    old = "    papers_days: 5\n    meets: {which: third, weekday: wednesday, not_in: [august]}"
    change(folder, "forums.yaml", f"    decides: meeting\n{old}", "    decides: email")
    assert handbook.load(folder).forums["ipg"].meetings == ()


EMBARGO = "    - {forum: ipg, since: 2007-04-01, illustrative: true}\n"


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        (
            EMBARGO,
            EMBARGO.replace("04-01", "04-02"),
            "embargo.owners[2].since",
            "must begin on the day after",
        ),
        (
            EMBARGO,
            EMBARGO.replace("04-01", "04-01, until: 2006-01-01"),
            "embargo.owners[2].until",
            "is before since, 1 April 2007",
        ),
        (
            EMBARGO,
            EMBARGO.replace("04-01", "04-01, until: 2025-03-31"),
            "embargo.owners[2].until",
            "must be left out, for the embargo has no end: nobody could grant an exception after it",
        ),
        (
            EMBARGO,
            EMBARGO.replace("04-01", "04-01, until: 2099-03-30") + "  until: 2099-03-31\n",
            "embargo.owners[2].until",
            "is before the embargo ends, 31 March 2099: nobody could grant an exception after it",
        ),
        (
            EMBARGO,
            EMBARGO + "  since: 2007-01-02\n  until: 2007-01-01\n",
            "embargo.until",
            "is before since, 2 January 2007: it would never be in force",
        ),
        (EMBARGO, EMBARGO.replace("ipg", "cabinet"), "embargo.owners[2].forum", "there is no forum cabinet"),
        (
            "evidence: [business_case, benefits_clear, how_benefits_realised]",
            "evidence: [pictures]",
            "embargo.evidence",
            "there is no principle pictures",
        ),
    ],
)
def test_an_embargo_has_one_owner_each_day_and_asks_for_evidence_there_is(
    tmp_path: Path, old: str, new: str, key: str, message: str
) -> None:
    folder = tmp_path / "herefordshire"
    shutil.copytree(SHIPPED.parent / "herefordshire", folder)
    change(folder, "principles.yaml", old, new)
    told = [(fault.key, fault.message) for fault in faults(folder)]
    assert any(where == key and message in what for where, what in told), told


def test_a_directorate_has_no_more_than_a_year_to_act_on_a_refusal(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED.parent / "herefordshire", tmp_path / "herefordshire"))
    line = change(folder, "principles.yaml", "action_days: 20", "action_days: 251")
    (fault,) = faults(folder)
    assert (fault.line, fault.key) == (line, "embargo.directorate_action_days")
    assert fault.message == "is 251, and must be from 1 to 250 working days"


def test_a_dated_owner_of_an_embargo_with_days_to_come_meets_until_then(tmp_path: Path) -> None:
    folder = tmp_path / "herefordshire"
    shutil.copytree(SHIPPED.parent / "herefordshire", folder)
    change(folder, "principles.yaml", "until: 2007-03-31", "until: 2099-12-31")
    change(folder, "principles.yaml", "since: 2007-04-01", "since: 2100-01-01")
    change(folder, "forums.yaml", "    meets: {which: third, weekday: tuesday, not_in: [august]}\n", "")
    (fault,) = faults(folder)
    assert fault.key == "forums.connects-board"
    assert fault.message == NO_MEETING


def test_all_faults_are_told_at_once_whatever_their_kind(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "money.yaml", "major_capital: 50000", "major_capital: 50000\n  colour: red")
    change(folder, "steps.yaml", MONEY_END, "- {day: 8, nudge: line}")
    change(folder, "posts.yaml", CD_RC, CD_RC.replace("chief-executive", "mayor"))
    change(folder, "people.yaml", BH_DMH, BH_DMH.replace("2002-01-01", "2004-02-30"))
    change(folder, "forums.yaml", SRG_QUORUM, SRG_QUORUM.replace("4", "9"))
    assert {fault.file for fault in faults(folder)} == {
        f"{folder}/{file}.yaml" for file in ("money", "steps", "posts", "people", "forums")
    }


def test_one_misspelt_key_makes_one_fault(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "posts.yaml", CD_RC, CD_RC.replace("line:", "lien:"))
    found = faults(folder)
    assert {fault.key for fault in found} == {"posts.cd-rc.lien", "delegated_limits.cd-rc"}


@pytest.mark.parametrize("variant", ["", "framework-2004"])
def test_a_section_that_no_file_has_is_missing_from_the_folder(tmp_path: Path, variant: str) -> None:
    folder = copied(tmp_path)
    (folder / "steps.yaml").unlink()
    assert [str(fault) for fault in faults(folder, variant)] == [
        f"{folder}: {section}: is missing: no file has this section" for section in ("ladders", "steps")
    ]


def test_a_variant_is_checked_with_the_handbook_it_is_laid_over(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    line = change(folder, "editions/framework-2004.yaml", "srg_decides_major", "srg_decides_mayor")
    (fault,) = faults(folder, "framework-2004")
    assert (fault.file, fault.line) == (f"{folder}/editions/framework-2004.yaml", line)
    handbook.load(folder)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda folder: shutil.rmtree(folder), "there is no such handbook"),
        (lambda folder: [file.unlink() for file in folder.rglob("*.yaml")], "is missing"),
        (lambda folder: (folder / "posts.yaml").write_bytes(b"\xff\xfe\x00"), "is not text in UTF-8"),
        (lambda folder: (folder / "posts.yaml").write_text("- a\n- b\n"), "must be a mapping"),
        (lambda folder: (folder / "posts.yaml").write_text("a: \x07\n"), "special characters"),
        (lambda folder: (folder / "posts.yaml").write_text("a: " + "[" * 5000), "recursion"),
        (lambda folder: (folder / "posts.yaml").write_text("? [a]\n: b\n"), "a key must be a word"),
        (lambda folder: (folder / "zz.yaml").write_text("{}\n"), "says nothing"),
    ],
)
def test_a_folder_that_is_no_handbook_is_refused_in_a_sentence(
    tmp_path: Path, write: Callable[[Path], object], message: str
) -> None:
    folder = copied(tmp_path)
    write(folder)
    assert any(message in fault.message for fault in faults(folder))


def test_a_folder_of_one_file_that_says_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("{}\n")
    (fault,) = faults(tmp_path)
    assert (fault.file, fault.line) == (f"{tmp_path}/a.yaml", 1)
    assert fault.message == "says nothing: write in it, or take the file away"


def test_a_variant_that_says_nothing_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "editions" / "empty.yaml").write_text("{}\n")
    (fault,) = faults(folder, "empty")
    assert (fault.file, fault.line) == (f"{folder}/editions/empty.yaml", 1)


# ------------------------------------------------------------------------ the command

run = CliRunner()


def test_the_command_explains_every_handbook_that_is_shipped() -> None:
    told = run.invoke(app, ["handbook", "check"])
    assert told.exit_code == 0
    for sentence in (
        "A proposal is major from £50,000 of capital",
        "Strategic Resources Group decides every major proposal",
        "Strategic Resources Group decides only what is referred to it",
        "day 10 the PMO told",
    ):
        assert sentence in told.stdout


def test_the_command_prints_each_fault_on_its_line_and_fails(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    line = change(folder, "money.yaml", "major_capital: 50000", "major_capitol: 50000")
    told = run.invoke(app, ["handbook", "check", str(folder)])
    assert told.exit_code == 1
    assert f"{folder}/money.yaml:{line}: route.major_capitol: is not a key" in told.stdout


def test_the_command_answers_programs_as_json(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    good = run.invoke(app, ["handbook", "check", str(folder), "--json"])
    assert good.exit_code == 0
    assert [(report["handbook"].rsplit("/")[-1], report["faults"]) for report in json.loads(good.stdout)] == [
        ("leicester", []),
        ("framework-2004", []),
    ]
    change(folder, "money.yaml", "bh-dmh: 100000", "bh-dmh: lots")
    bad = run.invoke(app, ["handbook", "check", str(folder), "--json"])
    assert bad.exit_code == 1
    assert json.loads(bad.stdout)[0]["faults"][0]["key"] == "delegated_limits.bh-dmh"


def test_a_path_from_the_root_is_no_edition_of_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.yaml").write_text("services: {web: {}}", "utf-8")
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, ["handbook", "check", "/nope"])
    assert told.exit_code == 1
    assert "there is no such handbook" in told.output
    assert "other.yaml" not in told.output


def test_a_fault_is_at_a_path_that_opens_from_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(tmp_path)
    line = change(folder, "money.yaml", "major_capital: 50000", "major_capitol: 50000")
    monkeypatch.chdir(tmp_path.parent)
    named = f"{tmp_path.name}/{folder.name}"
    told = run.invoke(app, ["handbook", "check", named])
    assert f"\n{named}/money.yaml:{line}: " in told.stdout


@pytest.mark.parametrize("name", ["framework-2004", "leicester/framework-2004"])
def test_a_variant_that_is_shipped_is_checked_by_any_of_its_names(name: str) -> None:
    told = run.invoke(app, ["handbook", "check", name, "--json"])
    assert [report["handbook"] for report in json.loads(told.stdout)] == ["leicester/framework-2004"]


def test_a_variant_of_ones_own_folder_is_named_after_it(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "editions" / "framework-2004.yaml").rename(folder / "editions" / "literal.yaml")
    checked = run.invoke(app, ["handbook", "check", f"{folder}/literal", "--json"])
    assert [report["handbook"] for report in json.loads(checked.stdout)] == [f"{folder}/literal"]
    routes = json.loads(
        run.invoke(app, ["route", str(FILE), "--json", "--edition", f"{folder}/literal"]).stdout
    )
    assert "srg" not in [leg["leg"] for leg in routes["PROP-02"]]
    absent = run.invoke(app, ["route", str(FILE), "--edition", f"{folder}/absent"])
    assert (absent.exit_code, absent.stdout) == (1, "")
    assert absent.stderr.startswith(
        f"There is no edition {folder}/absent; there are herefordshire, leicester, "
    )


def test_the_command_knows_no_handbook_of_another_name() -> None:
    told = run.invoke(app, ["handbook", "check", "atlantis"])
    assert told.exit_code == 1
    assert "there is no such handbook; shipped are herefordshire, leicester" in told.stdout


def test_holidays_are_known_as_far_ahead_as_an_edition_reaches() -> None:
    ahead = date(2026, 3, 2) + timedelta(days=10 * 365)
    assert any(day > ahead for day in LEICESTER.non_working)


def handed_over(post: str, until: date, since: date) -> Edition:
    """Leicester with another holder of a post from a day on."""
    (held,) = (one for one in LEICESTER.holdings if one.post == post and one.until is None)
    other = next(id for id in LEICESTER.people if id != held.person)
    others = [one for one in LEICESTER.holdings if one is not held]
    changed = [held.model_copy(update={"until": until}), Holding(post=post, person=other, since=since)]
    return LEICESTER.model_copy(update={"holdings": (*others, *changed)})


@pytest.mark.parametrize(
    ("until", "since", "wrong"),
    [
        (date(2027, 1, 29), date(2027, 2, 1), False),  # from Friday to Monday
        (date(2027, 12, 31), date(2028, 1, 4), False),  # over a weekend and a bank holiday
        (date(2027, 1, 28), date(2027, 2, 1), True),
    ],
)
def test_a_post_may_be_vacant_while_nobody_works(until: date, since: date, wrong: bool) -> None:
    changed = handed_over("chief-executive", until, since)
    assert bool(list(ahead.gaps(changed, date(2026, 11, 30)))) is wrong


@pytest.mark.parametrize(
    ("until", "today", "since"),
    [
        (date(2026, 11, 29), date(2026, 11, 28), " from 30 November 2026 on"),  # held on Saturday and Sunday
        (date(2026, 11, 27), date(2026, 11, 28), ""),
        (date(2026, 11, 27), date(2026, 11, 29), ""),
        (date(2026, 11, 29), date(2026, 11, 30), ""),
        (date(2026, 11, 30), date(2026, 11, 30), " from 1 December 2026 on"),
    ],
)
def test_a_vacancy_is_told_from_the_day_on_which_it_is_one(until: date, today: date, since: str) -> None:
    changed = handed_over("chief-executive", until, date(2027, 6, 1))
    told = [told for _, told in ahead.gaps(changed, today)]
    assert told == [f"nobody holds chief-executive{since}, nor any post above it: nobody would be asked"]


def test_a_substitute_may_succeed_to_the_seat_they_sit_in_for() -> None:
    forum = LEICESTER.forums["heads-of-ict"]
    posts = LEICESTER.posts | {
        "hoict-rc": LEICESTER.posts["hoict-rc"].model_copy(
            update={"succeeded_by": "bh-dmh", "succeeded_on": date(2027, 2, 1)}
        )
    }
    forums = LEICESTER.forums | {
        "heads-of-ict": forum.model_copy(update={"substitutes": {"hoict-rc": "bh-dmh"}})
    }
    changed = LEICESTER.model_copy(update={"posts": posts, "forums": forums})
    assert list(ahead.gaps(changed, date(2026, 11, 30))) == []


def test_a_lifted_embargo_has_nobody_who_must_meet() -> None:
    edition = handbook.load("herefordshire", today=date(2026, 3, 2))
    assert edition.embargo is not None
    owner = edition.embargo.owners[-1].forum
    idle = edition.forums[owner].model_copy(update={"meetings": ()})
    lifted = edition.embargo.model_copy(update={"until": date(2026, 1, 30)})
    changed = {"forums": edition.forums | {owner: idle}, "embargo": lifted}
    assert list(ahead.gaps(edition.model_copy(update=changed), date(2026, 3, 2))) == []
    assert list(ahead.gaps(edition.model_copy(update={"forums": changed["forums"]}), date(2026, 3, 2))) != []
