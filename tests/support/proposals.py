"""Small proposals for the core to decide: their facts, and the rules under which they pass."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.support.core import terms
from workflows.model import (
    ActionOpened,
    CaseOpened,
    Choice,
    Clock,
    ForumRules,
    IssueRules,
    Nudge,
    PrincipleRules,
    Proposal,
    Quorum,
    QuorumRule,
    RoutingRules,
    SeatAsk,
    Segment,
    Share,
    Silence,
    Sitting,
    Size,
    SystemRules,
    Terms,
)
from workflows.rules import routing

MONDAY = datetime(2004, 9, 13, 8, tzinfo=UTC)
"""Nine o'clock in London, when every proposal here is submitted."""
MEETING = date(2004, 10, 13)

LADDER = ((3, Nudge.REMIND), (5, Nudge.REMIND), (6, Nudge.COVER), (8, Nudge.LINE), (10, Nudge.PMO))
MONEY = (
    Choice.APPROVE,
    Choice.APPROVE_WITH_CONDITIONS,
    Choice.REJECT,
    Choice.RETURN,
    Choice.DEFER,
    Choice.REFER_UP,
)
CONSULT = (
    Choice.SUPPORT,
    Choice.SUPPORT_WITH_CONDITIONS,
    Choice.NOT_SUPPORT,
    Choice.RETURN,
    Choice.DEFER,
)
SETTLE = (Choice.APPROVE, Choice.RETURN, Choice.DEFER, Choice.REFER_UP)
BOARD = Quorum(rule=QuorumRule.MAJORITY, present=2, casting=True)
TERMS = {
    "notification": terms(*LADDER, kind="notification", choices=(Choice.NOTE,)),
    "funding": terms(*LADDER, kind="funding", choices=MONEY),
    "authority": terms(*LADDER, kind="authority", choices=MONEY),
    "srg": terms(
        *LADDER,
        kind="srg",
        choices=(Choice.APPROVE, Choice.REJECT, Choice.RETURN, Choice.DEFER, Choice.ABSTAIN),
        quorum=BOARD,
    ),
    "referral": terms(
        *LADDER,
        kind="referral",
        choices=(Choice.APPROVE, Choice.REJECT, Choice.RETURN, Choice.DEFER, Choice.ABSTAIN),
        quorum=BOARD,
    ),
    "extra": terms(*LADDER, kind="extra", choices=MONEY[:-1]),
    "srg_meeting": terms(*LADDER, kind="srg_meeting", choices=MONEY[:-1]),
    "referral_meeting": terms(*LADDER, kind="referral_meeting", choices=MONEY[:-1]),
    "completion": terms(*LADDER, kind="completion", due=20, choices=(Choice.VERIFY, Choice.DEFER)),
    "embargo_exception": terms(*LADDER, kind="embargo_exception", choices=MONEY[:-1]),
    "head_of_profession": terms(*LADDER, kind="head_of_profession", choices=CONSULT),
    "challenge": terms(
        (3, Nudge.REMIND),
        (5, Nudge.CLOSE),
        kind="challenge",
        choices=CONSULT,
        silence=Silence.EXPIRE,
    ),
    "consent": terms(*LADDER, kind="consent", choices=CONSULT),
    "dataset": terms(*LADDER, kind="dataset", choices=SETTLE),
    "parameter": terms(*LADDER, kind="parameter", choices=(Choice.SUPPORT, *SETTLE[1:])),
    "solution": terms(*LADDER, kind="solution", choices=SETTLE),
    "bid_outcome": terms(*LADDER, kind="bid_outcome", choices=(Choice.APPROVE, Choice.REJECT, Choice.DEFER)),
}
BY_EMAIL = ((3, Nudge.REMIND), (5, Nudge.COUNT), (6, Nudge.CLOSE))
"""The ladder of a board whose meeting decides what its members do not."""
HEADS = ForumRules(
    key="heads-of-ict",
    name="Heads of ICT Group",
    secretary="heads-of-ict-secretary",
    meetings=(date(2004, 9, 8), MEETING),
)
SRG = ForumRules(
    key="srg",
    name="Strategic Resources Group",
    secretary="srg-secretary",
    seats=(
        SeatAsk(key="chief-executive", post="chief-executive", chair=True),
        SeatAsk(key="cd-rc", post="cd-rc"),
        SeatAsk(key="cd-hsg", post="cd-hsg"),
    ),
)
NOVEMBER = date(2004, 11, 10)
SRG_MEETS = date(2004, 10, 28)
RULES = RoutingRules(
    notification_forum=HEADS,
    direct_notification="sd-ict-ca",
    srg=SRG,
    principles={
        "P04": PrincipleRules(name="corporate solution", deviation_to="head-of-profession"),
        "P08": PrincipleRules(
            name="deemed corporate",
            deviation_to="head-of-profession",
            issue=IssueRules(
                leg="principal_customer",
                to=(
                    ("challenge", "principal-customer"),
                    ("challenge", "business-forum"),
                    ("referral", "srg"),
                ),
            ),
        ),
        "P09": PrincipleRules(
            name="data once",
            deviation_to="head-of-profession",
            issue=IssueRules(leg="issue_resolution", to=(("dataset", "heads-of-ict"),)),
        ),
        "P10": PrincipleRules(
            name="technical parameters",
            deviation_to="head-of-profession",
            issue=IssueRules(
                leg="issue_resolution", to=(("parameter", "heads-of-ict"), ("solution", "ict-services"))
            ),
        ),
    },
    head_of_profession="head-of-profession",
    systems={
        "CS6": SystemRules(name="Personnel", principal_customer="sd-hr"),
        "CS8": SystemRules(name="Mapping", principal_customer="sd-ict-ca", business_forum="business-forum"),
    },
    forums={
        "heads-of-ict": HEADS,
        "srg": SRG,
        "business-forum": ForumRules(
            key="business-forum", name="Business forum", secretary="business-forum-secretary"
        ),
    },
    bid_owner="chief-finance-officer",
    clauses={
        "embargo_exception": "EMB-1",
        "head_of_profession": "IP-1",
        "principal_customer": "IP-2",
        "principal_customer_consent": "IP-3",
        "issue_resolution": "IP-4",
        "bid_outcome": "IP-7",
        "notification": "IP-5",
        "notification_direct": "IP-6",
        "funding": "IP-8",
        "srg": "SRG-1",
        "project": "PM-1",
        "post_implementation_review": "PIR-1",
        "completion": "IP-12",
    },
)


def opened(
    case: str,
    *funders: str,
    size: Size = Size.MINOR,
    version: int = 1,
    decide_by: date = date(2004, 11, 1),
    put: dict[str, Terms] | None = None,
    rules: RoutingRules = RULES,
    attends: bool = False,
    tracked: bool = False,
    **facts: Any,
) -> CaseOpened:
    """Return a case as its process is given it; without funders named, one post pays for everything.

    It `attends` to what becomes of its meetings, as cases do since they are told of it.
    """
    parties = funders or ("bh-dmh",)
    each = Decimal(84_000) / len(parties)
    proposal = Proposal(
        organisation="leicester",
        department="dept-rc",
        sponsor="cd-rc",
        lead="hoict-rc",
        size=size,
        capital=Decimal(84_000),
        shares=tuple(Share(post=post, percent=Decimal(100) / len(parties), amount=each) for post in parties),
        submitted=MONDAY.date(),
        decide_by=decide_by,
        **facts,
    )
    route = routing.route(proposal, rules)
    return CaseOpened(
        case=case,
        version=version,
        content_hash=f"c0ffee{version}",
        proposal=proposal,
        route=route,
        branches=routing.branches(proposal, rules),
        terms={**TERMS, **(put or {})},
        edition="ed1710",
        ways=routing.ways(proposal, rules, route) if attends else {},
        conditions_tracked=tracked,
    )


def from_monday(real: datetime) -> Clock:
    """Return a Clock that shows that Monday morning now, and goes on as fast as real time."""
    return Clock(segments=(Segment(number=1, real=real, clock=MONDAY),))


def falling_back() -> RoutingRules:
    """Return rules under which SRG's meeting decides what its members do not decide by email."""
    srg = SRG.model_copy(update={"falls_back": True, "meetings": (SRG_MEETS,)})
    return RULES.model_copy(update={"srg": srg, "forums": RULES.forums | {"srg": srg}})


def board_by_email() -> dict[str, Terms]:
    """Return the terms on which such a board is asked."""
    board = BOARD.model_copy(update={"even_vote_open": True})
    return {
        kind: terms(*BY_EMAIL, kind=kind, choices=TERMS["srg"].choices, quorum=board, silence=Silence.EXPIRE)
        for kind in ("srg", "referral")
    }


def calendar(*days: date | tuple[date, date], papers_days: int = 7) -> tuple[Sitting, ...]:
    """Return the meetings of a forum: their days; one that was moved, with the day that it was to have."""
    both = [day if isinstance(day, tuple) else (day, None) for day in days]
    return tuple(
        Sitting(
            day=day,
            papers_due=day - timedelta(days=papers_days),
            formerly=(was,) if was else (),
        )
        for day, was in both
    )


ACTION_TERMS = {
    "action": terms(
        (5, Nudge.REMIND),
        (12, Nudge.COVER),
        (20, Nudge.PMO),
        kind="action",
        due=10,
        choices=(Choice.CLAIM_COMPLETE,),
    ),
    "action_check": terms(*LADDER, kind="action_check", choices=(Choice.VERIFY, Choice.SEND_BACK)),
}


def action(ref: str, owner: str = "hoict-rc", due: date = date(2004, 11, 12)) -> ActionOpened:
    """Return an action as its process is given it; the funder who asked for it checks it."""
    return ActionOpened(
        case=ref,
        content_hash="c0ffee",
        clause="ACT-1",
        owner=owner,
        verifier="bh-dmh",
        due=due,
        told=("cd-rc",),
        terms=ACTION_TERMS,
    )
