"""What a case is given when it begins, and which of its states write to whom."""

from datetime import UTC, date, datetime

import pytest

from notifications.examples import rendered
from notifications.render import subject
from service import telling
from service.store import cases, steps
from service.telling import coincidences, following, place, pmo_letter
from tests.support.activities import done
from tests.support.desk import DAY, NINE, Desk
from tests.support.samples import SAMPLES
from workflows.letters import read
from workflows.model import CaseWaiting, Choice, Ending, Outcome

SRG = "Strategic Resources Group"
SERVICE = "Service Director (ICT & Customer Access)"
DIRECTOR = "Corporate Director, Regeneration and Culture"
BOTH = ("cd-rc", "hoict-rc")
"""The sponsor's post and the lead officer's."""


def test_a_case_begins_with_those_rules_of_its_edition_that_its_questions_need(desk: Desk) -> None:
    case = desk.submits()
    every = desk.edition.terms()
    assert set(case.terms) == {"notification", "funding", "srg", "srg_meeting", "extra"}
    assert case.terms == {kind: every[kind] for kind in case.terms}
    assert case.edition == desk.edition.hash
    assert [leg.leg for leg in case.route][:3] == ["notification", "funding", "srg"]
    assert desk.sent(case.case) == [("submitted", post) for post in BOTH]


def test_the_sponsor_reads_by_when_each_part_of_the_way_is_passed_if_everybody_answers_in_time(
    desk: Desk,
) -> None:
    case = desk.submits()
    told = next(row.props for row in desk.ledger(case.case) if row.kind == "submitted")
    stops = {one["leg"]: (one["meeting"], one["by"]) for one in told["route"]}
    assert stops == {
        "notification": ("2004-10-13", "2004-10-18"),
        "funding": (None, "2004-10-25"),
        "srg": (None, "2004-11-01"),
        "project": (None, None),
        "post_implementation_review": (None, None),
    }


def test_what_was_answered_about_an_earlier_version_takes_no_time_on_the_way(desk: Desk) -> None:
    case = desk.submits()
    with desk.store.reading() as tx:
        view = cases.get(tx, case.case)
    funding = next(leg for leg in view.route if leg.leg == "funding")
    kept = {
        ask.key: Outcome(step=f"{view.ref}.{ask.key}.1", ending=Ending.DECIDED, at=NINE)
        for ask in funding.asks
    }
    stops = {one.leg: one.by for one in telling.stops(view.route, desk.edition, DAY, kept)}
    assert (stops["funding"], stops["notification"]) == (None, date(2004, 10, 18))


def test_sponsor_and_lead_in_one_person_have_one_letter(desk: Desk) -> None:
    case = desk.submits(sponsor_post="head-of-profession", lead_post="sd-ict-ca")
    assert len(desk.sent(case.case)) == 1


def test_a_case_goes_on_under_the_edition_it_opened_with(desk: Desk) -> None:
    case = desk.submits()
    newer = desk.edition.model_validate({**dict(desk.edition), "title": "A newer handbook"})
    desk.brings_into_force(newer)
    assert done(desk.cases.begun(case.case)).edition == desk.edition.hash != newer.hash


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("notifying", None),
        ("with_funders", None),
        ("with_srg", None),
        ("approved", "approved"),
        ("rejected", "rejected"),
        ("returned", "returned"),
        ("withdrawn", "withdrawn"),
        ("lapsed", "lapsed"),
        ("closed", "completed"),
    ],
)
def test_a_state_that_ends_or_turns_a_proposal_writes_to_sponsor_and_lead(
    desk: Desk, state: str, kind: str | None
) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    step = f"{case.case}.funding-bh-dmh.1"
    answer = desk.answers(step, "bh-dmh", Choice.REJECT)
    desk.closes(step, answer, choice=Choice.REJECT)
    before = desk.ledger(case.case)
    desk.becomes(case.case, state, because=step)
    assert desk.sent(case.case, before) == ([(kind, post) for post in BOTH] if kind else [])
    with desk.store.reading() as tx:
        assert cases.get(tx, case.case).state == state


def test_a_rejection_says_whose_it_was_and_why(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    step = f"{case.case}.funding-bh-dmh.1"
    desk.closes(step, desk.answers(step, "bh-dmh", Choice.REJECT), choice=Choice.REJECT)
    (key, _) = desk.becomes(case.case, "rejected", because=step)
    letter = next(row for row in desk.ledger(case.case) if row.key == key)
    (answer,) = letter.props["answers"]
    assert (answer["choice"], answer["reason"]) == ("reject", "Because it is so")
    assert answer["who"] == "Budget holder, De Montfort Hall"


FUNDERS = ("bh-dmh", "bh-sports")


def both_answer(desk: Desk, *choices: Choice) -> str:
    """Let the funders of a proposal answer at one moment, the first first; return its reference."""
    case = desk.submits()
    made = []
    for funder, choice in zip(FUNDERS, choices, strict=True):
        desk.opens(desk.ask(case, f"funding-{funder}"))
        made.append(desk.answers(f"{case.case}.funding-{funder}.1", funder, choice))
    for answer in made:
        desk.closes(answer.step, answer, choice=answer.choice)
    return case.case


@pytest.mark.parametrize(
    ("choices", "state", "part", "whose"),
    [
        ((Choice.RETURN, Choice.RETURN), "returned", "wanted", ["De Montfort Hall", "Sports Services"]),
        ((Choice.REJECT, Choice.REJECT), "rejected", "answers", ["De Montfort Hall", "Sports Services"]),
        ((Choice.REJECT, Choice.RETURN), "rejected", "answers", ["De Montfort Hall"]),
    ],
)
def test_the_sponsor_reads_the_words_of_everybody_who_sent_it_back_at_one_moment(
    desk: Desk, choices: tuple[Choice, Choice], state: str, part: str, whose: list[str]
) -> None:
    ref = both_answer(desk, *choices)
    (key, _) = desk.becomes(ref, state, because=f"{ref}.funding-bh-dmh.1")
    told = next(row.props for row in desk.ledger(ref) if row.key == key)
    assert [answer["who"].removeprefix("Budget holder, ") for answer in told[part]] == whose


def test_whoever_returns_what_is_refused_already_is_told_that_it_stops(desk: Desk) -> None:
    ref = both_answer(desk, Choice.REJECT, Choice.RETURN)
    told = {row.post: row.props["becomes"] for row in desk.ledger(ref) if row.kind == "receipt"}
    assert told == {"bh-dmh": "rejected", "bh-sports": "rejected"}


def test_a_withdrawal_of_a_step_never_opened_is_still_told(desk: Desk) -> None:
    case = desk.submits()
    with desk.store.writing() as tx:
        cases.withdrawal_requested(tx, case.case, desk.person("cd-rc"), "withdraw:1")
    keys = desk.becomes(case.case, "withdrawn", because=f"{case.case}.notification.1")
    assert len(keys) == 2
    assert "C. Holder" in str(desk.ledger(case.case)[-1].props["by"])


def test_a_silent_step_lapses_with_the_names_of_the_posts_that_were_asked(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    step = f"{case.case}.funding-bh-dmh.1"
    desk.closes(step, choice=None, ending=Ending.SILENT, why="time_up")
    (key, _) = desk.becomes(case.case, "lapsed", because=step)
    letter = next(row for row in desk.ledger(case.case) if row.key == key)
    assert letter.props["why"] == "time_up"
    assert [asked["who"] for asked in letter.props["asked"]] == [
        "A. Holder, De Montfort Hall budget, Budget holder, De Montfort Hall"
    ]


def test_answers_that_came_to_nothing_are_listed_and_nobody_is_called_silent(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    step = f"{case.case}.funding-bh-dmh.1"
    made = desk.answers(step, "bh-dmh", Choice.ABSTAIN)
    desk.closes(step, made, choice=None, ending=Ending.SILENT, why="inquorate")
    (key, _) = desk.becomes(case.case, "lapsed", because=step)
    told = next(row.props for row in desk.ledger(case.case) if row.key == key)
    assert (told["why"], told["asked"]) == ("inquorate", [])
    assert [answer["choice"] for answer in told["answers"]] == ["abstain"]


def test_a_version_with_a_material_change_inherits_no_answers(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    step = f"{case.case}.funding-bh-dmh.1"
    desk.closes(step, desk.answers(step, "bh-dmh"))
    desk.becomes(case.case, "returned", because=step)
    again = desk.submits(version=2, personal_data=True)
    assert again.kept == {}
    desk.opens(desk.ask(again, "funding-bh-sports"))
    request = [row for row in desk.ledger(case.case) if row.kind == "request"][-1]
    assert request.props["so_far"] == []
    (key, _) = desk.becomes(case.case, "approved", number=2, because=f"{case.case}.funding-bh-sports.1")
    approved = next(row for row in desk.ledger(case.case) if row.key == key)
    assert approved.props["answers"] == []


@pytest.mark.parametrize(
    ("sample", "key", "choice", "expected"),
    [
        ("PROP-02", "notification", Choice.NOTE, ("funding", "Budget holder, De Montfort Hall")),
        # Nobody is named where nobody is asked yet.
        ("PROP-02", "srg", Choice.APPROVE, ("project", "")),
        (
            "PROP-04",
            "consultation-head-of-profession",
            Choice.SUPPORT,
            ("notification", "Heads of ICT Group"),
        ),
        ("PROP-04", "consultation-head-of-profession", Choice.NOT_SUPPORT, ("srg", SRG)),
        ("PROP-04", "srg-deviation", Choice.APPROVE, ("notification", "Heads of ICT Group")),
        ("PROP-05", "challenge-sd-ict-ca", Choice.SUPPORT, ("head_of_profession", "Head of Profession")),
        ("PROP-05", "challenge-sd-ict-ca-srg", Choice.APPROVE, ("notification", SERVICE)),
        ("PROP-06", "notification", Choice.NOTE, ("funding", DIRECTOR)),
        ("PROP-06", "issue-P10", Choice.SUPPORT, ("issue_resolution", "ICT Services")),
        ("PROP-06", "solution-P10", Choice.APPROVE, ("funding", DIRECTOR)),
        ("PROP-08", "issue-P09", Choice.REFER_UP, ("srg", SRG)),
        ("PROP-09", "notification", Choice.NOTE, ("bid_outcome", "Chief Finance Officer")),
        ("PROP-09", "bid_outcome", Choice.APPROVE, ("funding", "Chief Finance Officer")),
        ("PROP-07", "completion", Choice.VERIFY, None),
        ("PROP-08", "funding-bh-land-charges", Choice.REFER_UP, ("srg", SRG)),
    ],
)
def test_where_a_case_goes_after_an_answer(
    desk: Desk, sample: str, key: str, choice: Choice, expected: tuple[str, str] | None
) -> None:
    case = desk.submits(sample)
    with desk.store.reading() as tx:
        view = cases.get(tx, case.case)
    found = place(view, key)
    assert found is not None
    outcome = Outcome(step="", ending=Ending.DECIDED, choice=choice, at=NINE, kind=found[1].kind)
    after = following(view, {key: outcome}, desk.edition, DAY)
    assert (after and (after.leg, "".join(after.who[:1]))) == expected


def test_where_a_case_goes_is_said_from_all_that_was_asked_together(desk: Desk) -> None:
    case = desk.submits("PROP-06")
    with desk.store.reading() as tx:
        view = cases.get(tx, case.case)
    passed_on = Outcome(step="", ending=Ending.DECIDED, choice=Choice.SUPPORT, at=NINE, kind="parameter")
    noted = Outcome(step="", ending=Ending.DECIDED, choice=Choice.NOTE, at=NINE, kind="notification")
    for answers in (
        {"issue-P10": passed_on, "notification": noted},
        {"notification": noted, "issue-P10": passed_on},
    ):
        after = following(view, answers, desk.edition, DAY)
        assert after is not None
        assert (after.leg, after.who) == ("issue_resolution", ("ICT Services",))


def test_after_a_shortfall_that_srg_lets_pass_the_notification_is_next(desk: Desk) -> None:
    case = desk.submits("PROP-05")
    for key in ("challenge-sd-ict-ca", "consultation-head-of-profession"):
        desk.opens(desk.ask(case, key))
    desk.closes(f"{case.case}.challenge-sd-ict-ca.1", choice=Choice.SUPPORT)
    desk.closes(f"{case.case}.consultation-head-of-profession.1", choice=Choice.NOT_SUPPORT)
    let = Outcome(step="", ending=Ending.DECIDED, choice=Choice.APPROVE, at=NINE, kind="referral")
    with desk.store.reading() as tx:
        view, put = cases.get(tx, case.case), steps.of_case(tx, case.case)
    after = following(view, {"srg-deviation": let}, desk.edition, DAY, put)
    assert after is not None
    assert after.leg == "notification"


def test_what_an_earlier_answer_added_is_said_to_come_before_what_follows(desk: Desk) -> None:
    issues = SAMPLES["PROP-06"]["principles"] | {"P09": "issue", "P10": "issue"}
    case = desk.submits("PROP-06", principles=issues)
    for key in ("issue-P09", "solution-P10"):
        desk.opens(desk.ask(case, key))
    step = f"{case.case}.issue-P09.1"
    desk.closes(step, choice=Choice.REFER_UP)
    found = Outcome(step="", ending=Ending.DECIDED, choice=Choice.APPROVE, at=NINE, kind="solution")
    with desk.store.reading() as tx:
        view, put = cases.get(tx, case.case), steps.of_case(tx, case.case)
    after = following(view, {"solution-P10": found}, desk.edition, DAY, put)
    assert after is not None
    assert (after.leg, after.who) == ("srg", (SRG,))


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("PROP-10", "The sponsor, Chief Finance Officer, is also the Principal Customer."),
        ("PROP-11", "The sponsor, Service Director - HR, is also the Principal Customer."),
        ("PROP-05", ""),
    ],
)
def test_a_sponsor_whose_own_system_it_is_about_is_named_as_such(desk: Desk, sample: str, told: str) -> None:
    case = desk.submits(sample)
    with desk.store.reading() as tx:
        said = coincidences(tx, cases.get(tx, case.case), desk.edition, DAY, ())
    assert [one for one in said if "Principal Customer" in one] == ([told] if told else [])


@pytest.mark.parametrize(
    ("sponsor", "put", "told"),
    [
        # the same person holds both posts
        ("sd-ict-ca", (), ["is also the Head of Profession who is consulted."]),
        (
            "sd-ict-ca",
            ("referral",),
            ["is also the Head of Profession who is consulted.", "is a member of Strategic Resources Group."],
        ),
        # on no route, until an answer brings it there
        ("cd-rc", (), ["is also a funding party."]),
        ("cd-rc", ("referral",), ["is also a funding party.", "is a member of Strategic Resources Group."]),
        ("cd-ce", ("referral",), []),
    ],
)
def test_a_sponsor_who_also_answers_is_named_by_whichever_post(
    desk: Desk, sponsor: str, put: tuple[str, ...], told: list[str]
) -> None:
    costs = {"capital_gbp": 20000, "revenue_gbp_per_year": 0}
    case = desk.submits("PROP-04", sponsor_post=sponsor, size="minor", cost_profile=costs)
    keys = [ask.key for leg in case.branches.values() for ask in leg.asks if ask.kind in put]
    with desk.store.reading() as tx:
        said = coincidences(tx, cases.get(tx, case.case), desk.edition, DAY, keys)
    assert [one.partition(", is ")[2] for one in said] == [one.removeprefix("is ") for one in told]


def test_those_who_pay_are_told_what_a_proposal_does_not_say(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    desk.opens(desk.ask(case, "notification"))
    missing = {row.post: row.props["not_said"] for row in desk.ledger(case.case) if row.kind == "request"}
    assert any("business continuity" in one for one in missing["bh-dmh"])
    assert [missing[post] for post in missing if post != "bh-dmh"] == [[]]


SAVING = {"title": "Hours", "cashable": True, "amount_gbp_per_year": 90000}


@pytest.mark.parametrize(
    ("benefits", "told"),
    [
        ([], "costs £140,000; net present value −£140,000; not paid back by the end of 2009/10."),
        ([SAVING], "costs £140,000; net present value £266,355; paid back by the end of 2006/07."),
    ],
)
def test_those_who_decide_on_the_money_are_told_what_it_costs_and_brings_over_its_life(
    desk: Desk, benefits: list[dict[str, object]], told: str
) -> None:
    costs = {"capital_gbp": 140000, "revenue_gbp_per_year": 0}
    case = desk.submits(cost_profile=costs, benefits=benefits)
    for key in ("funding-bh-dmh", "srg", "notification"):
        desk.opens(desk.ask(case, key))
    requests = [row.props for row in desk.ledger(case.case) if row.kind == "request"]
    asked = {props["question"]["kind"]: read(props) for props in requests}
    for kind in ("funding", "srg", "notification"):
        body = rendered(asked[kind]).get_body(("plain",))
        assert body is not None
        said = f"Over its life: {told}" in " ".join(str(body.get_content()).split())
        assert said is (kind != "notification"), kind


def test_a_proposal_without_capital_asks_for_its_revenue(desk: Desk) -> None:
    costs = {"capital_gbp": 0, "revenue_gbp_per_year": 900000}
    case = desk.submits(cost_profile=costs, size="major")
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    desk.opens(desk.ask(case, "srg"))
    asked = [row for row in desk.ledger(case.case) if row.kind == "request"]
    for row, said in (
        (asked[0], "which needs no capital and £900,000 of revenue a year"),
        (asked[-1], "no capital, and £900,000 of revenue a year"),
    ):
        letter = read(row.props)
        assert "£900,000 a year for " in subject(letter)
        body = rendered(letter).get_body(("plain",))
        assert body is not None
        assert said in " ".join(str(body.get_content()).split())


def test_the_pmo_hears_of_a_fault_with_nothing_lost(desk: Desk) -> None:
    case = desk.submits()
    with desk.store.reading() as tx:
        view = cases.get(tx, case.case)
        letter = pmo_letter(tx, view, desk.links.page, cause="fault", key="fault:1", seat="The post")
    assert letter is not None
    assert (letter.post, letter.kind, letter.case) == ("corp-projects-manager", "stuck", case.case)
    assert (letter.props["cause"], letter.props["seat"]) == ("fault", "The post")


@pytest.mark.parametrize(
    ("on", "until", "letters"),
    [
        ("heads-of-ict", datetime(2004, 10, 13, 8, tzinfo=UTC), [("listed", "heads-of-ict-secretary")]),
        # Put off to a day on which it does not meet: nobody is promised a question for its secretary.
        ("heads-of-ict", datetime(2004, 10, 15, 8, tzinfo=UTC), []),
        ("cd-rc", None, []),
        ("bh-dmh", datetime(2004, 11, 15, 9, tzinfo=UTC), []),
    ],
)
def test_a_wait_for_a_forum_s_day_is_told_to_its_secretary(
    desk: Desk, on: str, until: datetime | None, letters: list[tuple[str, str]]
) -> None:
    case = desk.submits()
    before = desk.ledger(case.case)
    done(
        desk.cases.waits(
            CaseWaiting(case=case.case, number=1, key="k", leg="notification", since=NINE, until=until, on=on)
        )
    )
    assert desk.sent(case.case, before) == letters
