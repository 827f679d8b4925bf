"""Real proposals from submission to their end, by email, on the whole stack. The Clock runs through 2004."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.demo.browser import Browser, Page
from service.store import covers, orders, projects
from service.store.covers import Cover
from tests.chaos import checker
from tests.support.receiver import NEW, OLD, Receiver, receiving
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.delivery import ProjectState
from workflows.model import State

BEGINS = datetime(2004, 5, 17, 8, tzinfo=UTC)
"""Nine o'clock on the Monday on which PROP-01 is submitted."""
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}
APPROVE = {"choice": "approve"}


@pytest.fixture(scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    """Whoever buys: out of order twice, and then it takes what it is sent."""
    async with receiving("500 Out of order", "500 Out of order", "202 Accepted") as running:
        yield running


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("city"), BEGINS, **receiver.settings) as running:
        yield running


@pytest.fixture(scope="module")
async def token(city: Town) -> str:
    """The programme office's token, made by the command: its system writes the proposals of this story."""
    return await city.token("pmo")


async def told(city: Town, token: str, ref: str) -> dict[str, Any]:
    async with city.program(token) as program:
        answer = await program.get(f"/cases/{ref}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def waits(case: Mapping[str, Any]) -> list[tuple[str, str, int, str, str]]:
    """The answers to “where is it?”: on whom, since when, for how long, what next, and when."""
    return [
        (one["on"], one["since"][:10], one["working_days"], one["next"], (one["at"] or "")[:10])
        for one in case["waiting"]
    ]


def letters_about(city: Town, ref: str) -> list[tuple[str, str]]:
    """To whom letters about a case went, and how their subjects begin."""
    posts = {post.email: key for key, post in leicester().posts.items()}
    about = [one for one in city.mail.caught() if f"({ref})" in one.subject]
    return [(posts.get(one.to, one.to), one.subject.partition(":")[0]) for one in about]


async def is_notified_directly(city: Town, ref: str) -> None:
    letter = await city.asked("sd-ict-ca", "Reply by", ref)
    await city.holder("sd-ict-ca").decide(letter, NO_CONCERN)
    await city.becomes(ref, State.WITH_FUNDERS)


def small(**changes: Any) -> dict[str, Any]:
    """A proposal whose decision is needed before the Heads of ICT meet again in September."""
    return SAMPLES["PROP-07"] | {"decision_needed_by": "2004-09-01", "title": "Wireless sites"} | changes


TWO_FUNDERS = [{"post": "bh-dmh", "share_percent": 50}, {"post": "bh-sports", "share_percent": 50}]


# ------------------------------------------------------------------------------- PROP-01


async def test_a_conforming_minor_proposal_is_decided_by_email_ordered_and_closed(
    city: Town, token: str, receiver: Receiver
) -> None:
    ref = await city.submits(token, SAMPLES["PROP-01"])
    await city.becomes(ref, State.NOTIFYING)
    await until(lambda: city.waits(ref), "it waits for the forum")
    case = await told(city, token, ref)
    assert [(leg["leg"], leg["who"], leg["clause"], leg["meeting"]) for leg in case["route"]] == [
        ("notification", ["heads-of-ict"], "NOTIFY-1", "2004-06-09"),
        ("funding", ["cd-ce"], "FUND-1", None),
        ("completion", ["hoict-ce"], "CLOSE-1", None),
    ]
    assert all(leg["clause_text"] and leg["reason"] for leg in case["route"])
    [(on, since, days, following, at)] = waits(case)
    assert (on, since, days, at) == ("heads-of-ict", "2004-05-17", 0, "2004-06-09")
    assert following

    await city.jumps(date(2004, 6, 9))
    letter = await city.asked("heads-of-ict-secretary", "Reply by", ref)
    case = await told(city, token, ref)
    assert waits(case) == [
        ("heads-of-ict-secretary", "2004-06-09", 0, "a reminder is sent", "2004-06-11"),
    ]
    await city.holder("heads-of-ict-secretary").decide(letter, NO_CONCERN)

    letter = await city.asked("cd-ce", "Decide by", ref)
    assert "£12,000" in letter.subject
    assert "(clause FUND-1)" in letter.text
    assert "Network security: No concern" in " ".join(letter.text.split())
    case = await told(city, token, ref)
    assert case["state"] == State.WITH_FUNDERS
    assert waits(case) == [("cd-ce", "2004-06-09", 0, "a reminder is sent", "2004-06-14")]
    receipt = await city.holder("cd-ce").decide(letter, APPROVE)
    assert "You approved £12,000" in receipt.text

    await city.becomes(ref, State.APPROVED)
    await until(lambda: len(receiver.received) == 3, "the order is tried until it is taken")
    await city.settles()
    assert receiver.ids == [f"order:{ref}:1"] * 3
    assert len({one.body for one in receiver.received}) == 1
    event, same = (receiver.received[-1].verified(secret) for secret in (NEW, OLD))
    assert event == same
    assert (event["type"], event["subject"], event["source"]) == ("assent.order.raised.v1", ref, city.url)
    assert (event["data"]["number"], event["data"]["amount"]) == ("ORD-2004-0001", "12000.00")
    assert [made["post"] for made in event["data"]["approvals"]] == ["heads-of-ict-secretary", "cd-ce"]
    order = (await told(city, token, ref))["order"]
    assert (order["state"], order["raised_at"][:10]) == ("accepted", "2004-06-09")
    news = await city.asked("cd-ce", "Your proposal is approved", ref)
    assert "ORD-2004-0001 has been raised and is on its way to 127.0.0.1." in news.text
    letter = await city.asked("hoict-ce", "Confirm by", ref)
    receipt = await city.holder("hoict-ce").decide(letter, {"choice": "verify"})
    assert "project" not in receipt.text, "a minor proposal has none"
    await city.becomes(ref, State.CLOSED)
    case = await told(city, token, ref)
    assert (case["open"], case["waiting"]) == (False, [])
    assert [(made["post"], made["choice"], made["assurance"]) for made in case["decisions"]] == [
        ("heads-of-ict-secretary", "note", "link"),
        ("cd-ce", "approve", "link"),
        ("hoict-ce", "verify", "link"),
    ]
    assert {made["content_hash"] for made in case["decisions"]} == {case["content_hash"]}
    await city.settles()
    assert sorted(letters_about(city, ref)) == sorted(
        [
            ("cd-ce", "We have your proposal"),
            # Who was not consulted is copied.
            ("head-of-profession", "Noted"),
            ("hoict-ce", "We have your proposal"),
            ("heads-of-ict-secretary", "On the agenda of Heads of ICT Group, Wed 9 Jun"),
            ("heads-of-ict-secretary", "Reply by Mon 14 Jun"),
            ("heads-of-ict-secretary", "Recorded, Heads of ICT Group noted it"),
            ("cd-ce", "Noted"),
            ("cd-ce", "Decide by Wed 16 Jun"),
            ("cd-ce", "Recorded, you approved"),
            ("cd-ce", "Your proposal is approved"),
            ("hoict-ce", "Your proposal is approved"),
            ("hoict-ce", "Confirm by Wed 7 Jul"),
            ("hoict-ce", "Recorded, you confirmed that it is complete"),
            ("cd-ce", "Complete and closed"),
            ("hoict-ce", "Complete and closed"),
        ]
    )


async def test_a_second_submit_starts_nothing_and_gives_the_same_answer(city: Town, token: str) -> None:
    refs = [one["ref"] for one in await listed(city, token)]
    async with city.program(token) as program:
        again = await program.post(f"/proposals/{refs[-1]}/submit")
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert [one["ref"] for one in await listed(city, token)] == refs


async def listed(city: Town, token: str) -> list[dict[str, Any]]:
    async with city.program(token) as program:
        found: list[dict[str, Any]] = (await program.get("/cases")).json()["items"]
    return found


# ------------------------------------------------------------------------------- PROP-07


async def test_a_proposal_that_no_meeting_can_serve_is_notified_directly_and_listed_at_the_next(
    city: Town, token: str
) -> None:
    await city.jumps(date(2004, 7, 20))
    ref = await city.submits(token, SAMPLES["PROP-07"])
    letter = await city.asked("sd-ict-ca", "Reply by", ref)
    case = await told(city, token, ref)
    leg = case["route"][0]
    assert (leg["leg"], leg["who"], leg["meeting"]) == ("notification", ["sd-ict-ca"], None)
    await city.holder("sd-ict-ca").decide(letter, NO_CONCERN)
    await city.becomes(ref, State.WITH_FUNDERS)
    news = await city.asked("heads-of-ict-secretary", "To be told to", ref)
    assert "Wed 8 Sep" in news.subject, "the Heads of ICT do not meet in August"
    assert "nothing is asked of the meeting" in news.text
    letter = await city.asked("cd-rc", "Decide by", ref)
    await city.holder("cd-rc").decide(letter, APPROVE)
    await city.becomes(ref, State.APPROVED)


# ---------------------------------------------------------------- return, refusal, withdrawal


async def test_a_returned_proposal_comes_back_as_a_second_version_and_old_links_explain_themselves(
    city: Town, token: str
) -> None:
    ref = await city.submits(token, small(funding_parties=TWO_FUNDERS))
    await is_notified_directly(city, ref)
    unanswered = await city.asked("bh-sports", "Decide by", ref)
    letter = await city.asked("bh-dmh", "Decide by", ref)
    reason = "Which sites come first, and who looks after the equipment?"
    await city.holder("bh-dmh").decide(letter, {"choice": "return", "reason": reason})
    await city.becomes(ref, State.RETURNED)
    await until(lambda: city.waits(ref), "it waits for its sponsor")
    assert waits(await told(city, token, ref))[0][:3] == ("cd-rc", "2004-07-20", 0)
    news = await city.asked("cd-rc", "Information wanted", ref)
    assert reason in news.text
    stopped = await city.at("bh-sports-browser").open(unanswered.link)
    assert stopped.status == 409, stopped.text
    assert not stopped.forms

    async with city.program(token) as program:
        unchanged = await program.post(f"/proposals/{ref}/submit")
        assert (unchanged.status_code, unchanged.json()["code"]) == (409, "unchanged")
        assert reason in unchanged.json()["detail"]
        # What the sponsor says it costs in all is material.
        await program.patch(
            f"/proposals/{ref}",
            json={
                "summary": "The depots first; ICT Services look after it.",
                "claimed": {"whole_life_cost_gbp": 99000},
            },
        )
        again = await program.post(f"/proposals/{ref}/submit")
    assert (again.status_code, again.json()["version"]) == (200, 2), again.text
    await is_notified_directly(city, ref)
    old = await city.at("bh-sports-browser").open(unanswered.link)
    assert (old.status, "has changed since this letter" in old.text) == (409, True), old.text
    for post in ("bh-dmh", "bh-sports"):
        fresh = await city.asked(post, "Decide by", ref)
        assert fresh.link != unanswered.link
        assert "Changed since version 1" in fresh.text
        await city.holder(post).decide(fresh, APPROVE)
    await city.becomes(ref, State.APPROVED)
    rounds = [(step.key, step.round, step.version) for step in city.steps(ref)]
    assert ("funding-bh-sports", 1, 1) in rounds
    assert ("funding-bh-sports", 2, 2) in rounds
    versions = {made.content_hash for made in city.decisions(ref) if made.round == 2}
    assert versions == {city.case(ref).content_hash}


async def test_answers_stand_for_a_version_in_which_nothing_material_changed(city: Town, token: str) -> None:
    ref = await city.submits(token, small(funding_parties=TWO_FUNDERS))
    await is_notified_directly(city, ref)
    approved = await city.asked("bh-sports", "Decide by", ref)
    await city.holder("bh-sports").decide(approved, APPROVE)
    letter = await city.asked("bh-dmh", "Decide by", ref)
    await city.holder("bh-dmh").decide(letter, {"choice": "return", "reason": "Which sites come first?"})
    await city.becomes(ref, State.RETURNED)
    async with city.program(token) as program:
        await program.patch(f"/proposals/{ref}", json={"stakeholders": "The depots first."})
        again = await program.post(f"/proposals/{ref}/submit")
        assert (again.status_code, again.json()["version"]) == (200, 2), again.text
        # One more post is asked, next after the funder who returned it.
        added = await program.post(
            f"/cases/{ref}/approvers", json={"post": "sd-property", "reason": "The depots are theirs"}
        )
    assert added.status_code == 202, added.text
    for post in ("bh-sports", "sd-ict-ca"):
        stands = await city.asked(post, "Your answer stands", ref)
        assert "Who is affected: now “The depots first.”" in " ".join(stands.text.split())
    fresh = await city.asked("bh-dmh", "Decide by", ref)
    assert "Changed since version 1" in fresh.text
    await city.holder("bh-dmh").decide(fresh, APPROVE)
    extra = await city.asked("sd-property", "Decide by", ref)
    assert "added you: The depots are theirs." in " ".join(extra.text.split())
    await city.holder("sd-property").decide(extra, APPROVE)
    await city.becomes(ref, State.APPROVED)
    case = await told(city, token, ref)
    kept = {(made["post"], made["version"]): made["kept_for"] for made in case["decisions"]}
    assert kept[("bh-sports", 1)] == kept[("sd-ict-ca", 1)] == [2]
    assert kept[("bh-dmh", 1)] == kept[("bh-dmh", 2)] == []
    asked = [(step.key, step.version) for step in city.steps(ref)]
    assert ("funding-bh-sports", 2) not in asked
    assert ("notification", 2) not in asked


async def test_the_pmo_makes_a_minor_proposal_major_and_srg_decides_it(city: Town, token: str) -> None:
    paid_by = [{"post": "bh-dmh", "share_percent": 100}]
    ref = await city.submits(token, small(funding_parties=paid_by))
    await is_notified_directly(city, ref)
    letter = await city.asked("bh-dmh", "Decide by", ref)
    why = "It changes how every site works"
    pmo = await city.token("corp-projects-manager")
    async with city.program(pmo) as program:
        set_major = await program.post(f"/cases/{ref}/size", json={"size": "major", "reason": why})
    assert set_major.status_code == 202, set_major.text
    for post in ("cd-rc", "hoict-rc"):
        news = await city.asked(post, "Now major: Strategic Resources Group decides", ref)
        assert f"Why: {why}" in " ".join(news.text.split())
    await city.holder("bh-dmh").decide(letter, APPROVE)
    await city.becomes(ref, State.WITH_SRG)
    case = await told(city, token, ref)
    assert (case["size"], case["size_set"]["reason"]) == ("major", why)
    assert [leg["leg"] for leg in case["route"]][-3:] == ["srg", "project", "post_implementation_review"]
    await city.asked("cd-hsg", "by", ref)
    async with city.program(pmo) as program:
        late = await program.post(f"/cases/{ref}/size", json={"size": "minor", "reason": why})
    assert late.status_code == 409
    assert "has been asked to decide it" in late.json()["detail"]
    async with city.program(token) as program:
        assert (await program.post(f"/cases/{ref}/withdraw")).status_code == 202
    await city.becomes(ref, State.WITHDRAWN)


async def test_a_cover_named_while_a_question_waits_is_asked_and_answers(city: Town, token: str) -> None:
    ref = await city.submits(token, small(funding_parties=TWO_FUNDERS))
    await is_notified_directly(city, ref)
    await city.asked("bh-dmh", "Decide by", ref)
    today = date(2004, 7, 20)
    away, stands_in = (leicester().holder(post, today) for post in ("bh-dmh", "bh-land-charges"))
    assert away
    assert stands_in
    cover = Cover(person=away.id, cover=stands_in.id, starts=today, ends=today, set_by=away.id)
    with city.store.writing() as tx:
        assert covers.set(tx, cover)
    # It goes to the cover's own mailbox, and not to that of a post of theirs.
    letter = await city.mail.letter(stands_in.email, "Decide by", ref)
    assert f"covering for {away.name}" in letter.subject
    receipt = await city.at(stands_in.email).decide(letter, APPROVE)
    assert "1 of 2" in receipt.text
    await city.asked("bh-dmh", "Nothing more to do", ref)
    with city.store.writing() as tx:
        covers.ended(tx, away.id, date(2004, 7, 19), by=away.id)


async def test_one_funders_refusal_stops_the_case_and_tells_the_other_funder(city: Town, token: str) -> None:
    ref = await city.submits(token, small(funding_parties=TWO_FUNDERS))
    await is_notified_directly(city, ref)
    other = await city.asked("bh-sports", "Decide by", ref)
    letter = await city.asked("bh-dmh", "Decide by", ref)
    reason = "There is no money for this in the year."
    await city.holder("bh-dmh").decide(letter, {"choice": "reject", "reason": reason})
    await city.becomes(ref, State.REJECTED)
    assert reason in (await city.asked("cd-rc", "Your proposal is rejected", ref)).text
    await city.asked("bh-sports", "Nothing more to do", ref)
    page = await city.at("bh-sports-browser").open(other.link)
    assert (page.status, "refused it" in page.text, page.forms) == (409, True, []), page.text
    assert (await told(city, token, ref))["waiting"] == []


async def test_what_shares_personal_data_is_complete_only_under_an_agreement_in_date(
    city: Town, token: str
) -> None:
    ref = await city.submits(token, small(sharing={"personal_data": True}))
    await is_notified_directly(city, ref)
    letter = await city.asked("cd-rc", "Decide by", ref)
    await city.holder("cd-rc").decide(letter, APPROVE)
    letter = await city.asked("hoict-rc", "Confirm by", ref)
    lead = city.holder("hoict-rc")
    page = await lead.press(await lead.open(letter.link), "Continue")
    refused = await lead.press(page, "Continue", {"choice": "verify"})
    assert (refused.status, "so it cannot be confirmed as complete" in refused.text) == (422, True)
    assert city.case(ref).state == State.APPROVED
    await lead.sign_in()
    agreement = {"reference": "ISA 12"} | day("since", "1", "1", "2004") | day("until", "31", "12", "2005")
    recorded = await lead.press(await lead.open(f"/cases/{ref}/agreement"), "Put it on record", agreement)
    assert "Information sharing agreement ISA 12, from 1 January 2004" in recorded.text
    await lead.decide(letter, {"choice": "verify"})
    await city.becomes(ref, State.CLOSED)


def day(name: str, day: str, month: str, year: str) -> dict[str, str]:
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


async def test_a_withdrawal_closes_open_questions_and_tells_those_who_were_asked(
    city: Town, token: str
) -> None:
    ref = await city.submits(token, small(funding_parties=TWO_FUNDERS))
    await is_notified_directly(city, ref)
    asked = {post: await city.asked(post, "Decide by", ref) for post in ("bh-dmh", "bh-sports")}
    half_way = await read_page(city, "bh-dmh", asked["bh-dmh"].link)
    sponsor = city.holder("cd-rc")
    await sponsor.sign_in()
    page = await sponsor.press(await sponsor.open(f"/cases/{ref}/withdraw"), "Withdraw it")
    assert page.status == 200, page.text
    await city.becomes(ref, State.WITHDRAWN)
    for post, letter in asked.items():
        await city.asked(post, "Nothing more to do", ref)
        stopped = await city.at(f"{post}-browser").open(letter.link)
        assert (stopped.status, "withdrawn" in stopped.text, stopped.forms) == (410, True, [])
    browser, form = half_way
    late = await browser.press(form, "Continue", APPROVE)
    assert late.status == 410, late.text
    assert not [made for made in city.decisions(ref) if made.choice == "approve"]
    await browser.close()


async def read_page(city: Town, post: str, link: str) -> tuple[Browser, Page]:
    """Go as far as the page on which one chooses, and leave it open."""
    browser = Browser(city.url)
    page = await browser.press(await browser.open(link), "Continue")
    assert "/a/read/" in page.url, f"{post} is asked for a code"
    return browser, page


# ------------------------------------------------------------------------------- PROP-02


async def test_a_major_proposal_passes_two_funders_and_srg_and_is_approved(city: Town, token: str) -> None:
    await city.jumps(date(2004, 9, 13))
    ref = await city.submits(token, SAMPLES["PROP-02"])
    await city.becomes(ref, State.NOTIFYING)
    case = await told(city, token, ref)
    assert [(leg["leg"], leg["who"], leg["meeting"]) for leg in case["route"]] == [
        ("notification", ["heads-of-ict"], "2004-10-13"),
        ("funding", ["bh-dmh", "bh-sports"], None),
        ("srg", ["srg"], None),
        ("project", ["corp-projects-manager"], None),
        ("post_implementation_review", ["hoict-rc", "corp-projects-manager"], None),
    ]
    await city.jumps(date(2004, 10, 13))
    letter = await city.asked("heads-of-ict-secretary", "Reply by", ref)
    await city.holder("heads-of-ict-secretary").decide(letter, NO_CONCERN)
    for post, share in (("bh-sports", "£56,000"), ("bh-dmh", "£84,000")):
        letter = await city.asked(post, "Decide by", ref)
        assert share in letter.subject
        await city.holder(post).decide(letter, APPROVE)
    await city.opened(ref, "srg")
    case = await told(city, token, ref)
    board = {member for member in leicester().forums["srg"].members if member != "hoict-rc"}
    assert (case["state"], {wait[0] for wait in waits(case)}) == (State.WITH_SRG, board)
    for post in ("chief-executive", "cd-hsg", "cd-ell", "cd-sch", "chief-finance-officer"):
        letter = await city.asked(post, "Decide by", ref)
        await city.holder(post).decide(letter, APPROVE)
    await city.becomes(ref, State.APPROVED)
    await city.asked("cd-rc", "Your proposal is approved", ref)
    await city.asked("cd-rad", "Nothing more to do", ref)
    assurances = {made.post: made.assurance for made in city.decisions(ref)}
    assert (assurances["bh-dmh"], assurances["bh-sports"]) == ("link+code", "link+code")
    await until(lambda: city.waits(ref), "it waits for its project")
    assert [wait[:2] for wait in waits(await told(city, token, ref))] == [
        ("corp-projects-manager", "2004-10-13"),
    ]


async def test_an_approved_major_proposal_can_be_withdrawn_and_its_project_ends_with_it(
    city: Town, token: str, receiver: Receiver
) -> None:
    [ref] = [
        one["ref"]
        for one in await listed(city, token)
        if (one["kind"], one["size"], one["open"]) == ("proposal", "major", True)
    ]
    async with city.program(token) as program:
        wish = await program.post(f"/cases/{ref}/withdraw")
    assert wish.status_code == 202, wish.text
    await city.becomes(ref, State.WITHDRAWN)
    with city.store.reading() as tx:
        project = projects.of_proposal(tx, ref)
    assert project is not None
    await city.becomes(project.ref, ProjectState.CLOSED_EARLY)
    await city.asked("cd-rc", "Withdrawn", ref)
    await city.settles()
    said = [one.verified() for one in receiver.received if one.verified()["subject"] == ref]
    assert [event["type"] for event in said] == ["assent.order.raised.v1", "assent.order.cancelled.v1"]
    assert said[1]["data"]["order"] == said[0]["id"]


# ------------------------------------------------------------------------------- PROP-08


async def test_a_lead_officer_who_is_the_only_funder_is_not_asked_and_the_next_authority_answers(
    city: Town, token: str
) -> None:
    await city.jumps(date(2004, 11, 15))
    answers = SAMPLES["PROP-08"]["principles"] | {"P09": "met"}
    ref = await city.submits(token, SAMPLES["PROP-08"] | {"principles": answers})
    await city.becomes(ref, State.NOTIFYING)
    await city.jumps(date(2004, 12, 8))
    letter = await city.asked("heads-of-ict-secretary", "Reply by", ref)
    await city.holder("heads-of-ict-secretary").decide(letter, NO_CONCERN)
    # The next in the line is the sponsor, who does not decide in another's place.
    letter = await city.asked("chief-executive", "Decide", ref)
    case = await told(city, token, ref)
    assert (case["route"][1]["who"], case["waiting"][0]["on"]) == (["bh-land-charges"], "bh-land-charges")
    await city.holder("chief-executive").decide(letter, APPROVE)
    await city.becomes(ref, State.APPROVED)
    [made] = [made for made in city.decisions(ref) if made.step.endswith("funding-bh-land-charges.1")]
    assert (made.seat, made.post) == ("bh-land-charges", "chief-executive")
    asked = [subject for to, subject in letters_about(city, ref) if to == "bh-land-charges"]
    assert not [subject for subject in asked if subject.startswith("Decide")]


# ------------------------------------------------------------------------- the record of it all


async def test_after_all_of_it_nothing_is_missing_or_double_and_everything_open_is_alive(
    city: Town, receiver: Receiver
) -> None:
    await city.settles()
    with city.store.reading() as tx:
        raised = {order.key: order.state for order in orders.page(tx, organisation="leicester").items}
    assert set(raised.values()) == {"accepted"}
    assert set(receiver.ids) == set(raised)
    assert len(receiver.ids) == len(raised) + 2, "only the first was tried more than once"
    assert checker.faults(city) == []
    assert await checker.unattended(city) == []


async def test_the_commands_say_that_the_record_is_as_it_was_written(city: Town) -> None:
    status, said, wrong = await city.command("audit", "verify")
    assert (status, wrong) == (0, "")
    assert said.splitlines()[-1] == "The record is as it was written."
    status, said, wrong = await city.command("rebuild")
    assert (status, wrong) == (0, "")
    assert "they were the same before" in said
