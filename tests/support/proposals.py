"""Small proposals for the core to decide: their facts, and the rules under which they pass."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tests.support.core import terms
from workflows.model import (
    CaseOpened,
    Choice,
    Clock,
    ForumRules,
    Nudge,
    Proposal,
    Quorum,
    QuorumRule,
    RoutingRules,
    SeatAsk,
    Segment,
    Share,
    Size,
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
TERMS = {
    "notification": terms(*LADDER, kind="notification", choices=(Choice.NOTE,)),
    "funding": terms(*LADDER, kind="funding", choices=MONEY),
    "authority": terms(*LADDER, kind="authority", choices=MONEY),
    "srg": terms(
        *LADDER,
        kind="srg",
        choices=(Choice.APPROVE, Choice.REJECT, Choice.RETURN, Choice.DEFER, Choice.ABSTAIN),
        quorum=Quorum(rule=QuorumRule.MAJORITY, present=2, casting=True),
    ),
    "completion": terms(*LADDER, kind="completion", due=20, choices=(Choice.VERIFY, Choice.DEFER)),
}
RULES = RoutingRules(
    notification_forum=ForumRules(
        key="heads-of-ict",
        name="Heads of ICT Group",
        secretary="heads-of-ict-secretary",
        meetings=(date(2004, 9, 8), MEETING),
    ),
    direct_notification="sd-ict-ca",
    srg=ForumRules(
        key="srg",
        name="Strategic Resources Group",
        secretary="srg-secretary",
        seats=(
            SeatAsk(key="chief-executive", post="chief-executive", chair=True),
            SeatAsk(key="cd-rc", post="cd-rc"),
            SeatAsk(key="cd-hsg", post="cd-hsg"),
        ),
    ),
    clauses={
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
) -> CaseOpened:
    """Return a case as its process is given it; without funders named, one post pays for everything."""
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
    )
    return CaseOpened(
        case=case,
        version=version,
        content_hash=f"c0ffee{version}",
        proposal=proposal,
        route=routing.route(proposal, RULES),
        branches=routing.branches(proposal, RULES),
        terms={**TERMS, **(put or {})},
        edition="ed1710",
        non_working=(date(2004, 12, 27), date(2004, 12, 28)),
    )


def from_monday(real: datetime) -> Clock:
    """Return a Clock that shows that Monday morning now, and goes on as fast as real time."""
    return Clock(segments=(Segment(number=1, real=real, clock=MONDAY),))
