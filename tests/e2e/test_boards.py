"""A board that votes blind, on the whole stack: a substitute, a casting vote, a veto, what stays hidden."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from service import handbook
from service.demo.browser import Page
from service.handbook import Edition
from service.store import covers, rebuild
from service.store.covers import Cover
from service.store.verify import verify
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.model import Capacity, State

BEGINS = datetime(2004, 9, 13, 8, tzinfo=UTC)
SHIPPED = Path(handbook.__file__).parents[1] / "handbooks" / "leicester"
CHAIR, VETO, AWAY, SUBSTITUTE = "chief-executive", "chief-finance-officer", "cd-sch", "sd-property"
BOARD = """
  srg:
    name: Strategic Resources Group
    aliases: [SRG, Strategic Resource Group]
    email: srg@leicester.example
    secretary: srg-secretary
    parent: cabinet
    chair: chief-executive
    members: [chief-executive, cd-hsg, cd-sch, cd-rad, chief-finance-officer]
    veto: [chief-finance-officer]
    substitutes: {cd-sch: sd-property}
    blind: true
    quorum: {rule: majority, present: 4, casting: true, interest_lowers_quorum: false}
    decides: email
    papers_days: 5
    meets: {which: last, weekday: thursday, a_week_earlier_in: [december]}
    illustrative: true

"""
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}
SECRET = "Sixty thousand is far too much for tickets"
"""What somebody who votes against it writes, and nobody reads before it is decided."""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Edition]:
    """Leicester's handbook, with a board whose members do not see one another's votes."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path_factory.mktemp("handbooks") / "leicester"))
    forums = folder / "forums.yaml"
    before, rest = forums.read_text("utf-8").split("\n  srg:\n")
    forums.write_text(before + BOARD + "  cabinet:\n" + rest.split("  cabinet:\n")[1], "utf-8")
    return folder, handbook.load(folder)


@pytest.fixture(scope="module")
async def city(rules: tuple[Path, Edition], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder, _ = rules
    async with town(tmp_path_factory.mktemp("city"), BEGINS, handbook=(str(folder),)) as running:
        yield running


@pytest.fixture(scope="module")
async def token(city: Town) -> str:
    return await city.token("pmo")


async def before_the_board(city: Town, token: str, title: str) -> str:
    """A major proposal that its funders have approved."""
    ref = await city.submits(
        token,
        SAMPLES["PROP-02"]
        | {"title": title, "decision_needed_by": "2004-10-01", "submitted_on": None}
        | {"cost_profile": {"capital_gbp": 60000, "revenue_gbp_per_year": 12000}}
        | {"funding_parties": [{"post": "bh-dmh", "share_percent": 100}]},
    )
    await city.holder("sd-ict-ca").decide(await city.asked("sd-ict-ca", "Reply by", ref), NO_CONCERN)
    letter = await city.asked("bh-dmh", "Decide by", ref)
    await city.holder("bh-dmh").decide(letter, {"choice": "approve"})
    await city.becomes(ref, State.WITH_SRG)
    return ref


async def votes(city: Town, post: str, ref: str, choice: str, reason: str = "") -> str:
    """Vote by the letter, and return the words of the receipt's page."""
    receipt = await city.holder(post).decide(
        await city.asked(post, "Decide by", ref), {"choice": choice, "reason": reason}
    )
    seat = AWAY if post == SUBSTITUTE else post
    await until(
        lambda: any(one.seat == seat and one.recorded_at for one in city.decisions(ref)),
        f"the vote of {post}",
    )
    return " ".join(receipt.text.split())


def away(city: Town, rules: Edition) -> str:
    """Have a member away, and covered privately by somebody who has no place on the board; return who."""
    day = BEGINS.date()
    member, cover = (rules.holder(post, day) for post in (AWAY, "bh-sports"))
    assert member
    assert cover
    with city.store.writing() as tx:
        assert covers.set(
            tx,
            Cover(person=member.id, cover=cover.id, starts=day, ends=date(2004, 12, 31), set_by=member.id),
        )
    return member.name


async def everything(city: Town, token: str, ref: str, reader: str) -> dict[str, str]:
    """Return what somebody who has not voted may read of a case, page by page, and what programs may."""
    pmo, member = city.holder("corp-projects-manager"), city.holder(reader)
    found = {path: (await pmo.open(path)).text for path in (f"/cases/{ref}", f"/cases/{ref}/record")}
    found |= {f"{path} as a member": (await member.open(path)).text for path in tuple(found)}
    async with city.program(token) as program:
        for path in (f"/cases/{ref}", f"/cases/{ref}/journal", "/steps", f"/cases?q={ref}"):
            answer = await program.get(path)
            assert answer.status_code == 200, answer.text
            found[f"API {path}"] = answer.text
    return found


def letters_to_others(city: Town, ref: str, voters: tuple[str, ...]) -> dict[str, str]:
    addresses = {leicester().posts[post].email for post in voters}
    return {
        f"{one.subject} to {one.to}": one.text
        for one in city.mail.caught()
        if ref in one.subject and one.to not in addresses
    }


async def test_votes_stay_hidden_a_substitute_sits_and_the_chair_breaks_the_tie(
    city: Town, token: str, rules: tuple[Path, Edition]
) -> None:
    absent = away(city, rules[1])
    ref = await before_the_board(city, token, "Tickets for the hall")
    board = await city.opened(ref, "srg")
    seats = {seat.key: [(held.post, held.capacity) for held in seat.holders] for seat in board.seats}
    assert seats[AWAY] == [(SUBSTITUTE, Capacity.SUBSTITUTE), (AWAY, Capacity.HOLDER)]
    await city.settles()
    told = {
        one.to.split("@")[0]: " ".join(one.text.split()) for one in city.mail.caught() if ref in one.subject
    }
    assert f"You are the substitute for {absent} on Strategic Resources Group." in told["sd-property"]
    assert "You chair: if votes are even, yours decides." in told["chief-executive"]
    assert "You may stop this alone. It waits for your vote" in told["chief-finance-officer"]
    assert "what is not decided by then lapses" in (await last_page(city, ref)).text
    await city.holder("cd-rad").sign_in()

    voters = ("cd-hsg", SUBSTITUTE, VETO)
    await votes(city, "cd-hsg", ref, "reject", SECRET)
    receipt = await votes(city, SUBSTITUTE, ref, "reject", SECRET)
    assert f"as Service Director - Property, substitute for {absent}." in receipt
    receipt = await votes(city, VETO, ref, "approve")
    assert "3 of 5 present; 4 needed. 1 more must vote for the votes to count" in receipt
    for where, words in (await everything(city, token, ref, "cd-rad")).items():
        assert SECRET not in words, where
        for leak in (
            "Housing rejected",
            "rejected it",
            '"choice":"reject"',
            "in favour",
            "3 for",
            "2 against",
        ):
            assert leak not in words, (where, leak)
    for which, words in letters_to_others(city, ref, voters).items():
        assert SECRET not in words, which
    # Whoever has still to vote reads who has, and not how.
    letter = await city.asked("cd-rad", "Decide by", ref)
    member = city.holder("cd-rad")
    page = await member.press(await member.open(letter.link), "Continue")
    assert "How anybody votes is shown when it is decided." in page.text
    assert SECRET not in page.text

    await member.decide(letter, {"choice": "abstain"})
    receipt = await votes(city, CHAIR, ref, "approve")
    casting = "As many were for it as against it; the casting vote of Chief Executive decided."
    assert casting in receipt
    await city.becomes(ref, State.APPROVED)
    await city.settles()
    outcome = await city.asked("cd-hsg", "Approved", ref)
    words = " ".join(outcome.text.split())
    assert casting in words
    assert f"Service Director - Property, substitute for {absent}, rejected it on 13 September" in words
    for path in (f"/cases/{ref}", f"/cases/{ref}/decision-record"):
        words = " ".join((await city.holder("corp-projects-manager").open(path)).text.split())
        assert casting in words, path
        assert SECRET in words, path
        assert f"substitute for {absent}" in words, path
    async with city.program(token) as program:
        case = (await program.get(f"/cases/{ref}")).json()
    said = {made["post"]: (made["choice"], made["on_behalf_of"]) for made in case["decisions"]}
    assert said[SUBSTITUTE] == ("reject", absent)
    way = " ".join((await city.holder("corp-projects-manager").open(f"/cases/{ref}")).text.split())
    assert "SRG Done: Strategic Resources Group" in way
    assert "Project Here now:" in way, "its project has begun"


async def test_a_veto_stops_it_at_once_and_nobody_is_said_to_have_rejected_it_who_did_not(
    city: Town, token: str
) -> None:
    ref = await before_the_board(city, token, "Tickets for the stadium")
    await votes(city, "cd-hsg", ref, "approve")
    receipt = await votes(city, VETO, ref, "reject", "There is no money.")
    stopped = "Chief Finance Officer may stop it alone, and did."
    assert stopped in receipt
    await city.becomes(ref, State.REJECTED)
    await city.settles()
    closed = await city.asked(CHAIR, "Nothing more to do", ref)
    words = " ".join(closed.text.split())
    assert "It was settled on Monday 13 September 2004 by Chief Finance Officer: rejected." in words
    substitute = await city.asked(SUBSTITUTE, "Nothing more to do", ref)
    assert "in the place of Corporate Director, Social Care and Health, about" in substitute.text
    outcome = await city.asked("cd-hsg", "Rejected", ref)
    assert stopped in " ".join(outcome.text.split())
    news = await city.asked("cd-rc", "Your proposal is rejected", ref)
    assert "> There is no money." in news.text
    page = " ".join((await city.holder("corp-projects-manager").open(f"/cases/{ref}")).text.split())
    assert "SRG Stopped here, rejected: Strategic Resources Group" in page
    assert "Project Not reached:" in page
    assert stopped in page
    assert rebuild.drift(city.store) == ()
    with city.store.reading() as tx:
        assert verify(tx).intact


async def last_page(city: Town, ref: str) -> Page:
    """The page of the case, as the programme office reads it."""
    pmo = city.holder("corp-projects-manager")
    await pmo.sign_in()
    return await pmo.open(f"/cases/{ref}")
