"""The way of an investment proposal: which legs it passes, whom they ask, and why."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from workflows.days import said
from workflows.model import (
    Choice,
    ForumRules,
    Leg,
    LegAsk,
    Proposal,
    RoutingRules,
    SeatAsk,
    Share,
    Size,
    State,
    Terms,
    Way,
)
from workflows.rules import consulting, meetings
from workflows.rules.meetings import ITS_DAY


def route(proposal: Proposal, rules: RoutingRules) -> tuple[Leg, ...]:
    """Return the legs that are certain for a proposal, in the order in which it passes them."""
    return tuple(leg for each in LEGS.values() if (leg := each.rule(proposal, rules)) is not None)


def branches(proposal: Proposal, rules: RoutingRules) -> dict[str, Leg]:
    """Return legs an outcome may add, each under the name by which `course.LED_TO` has it."""
    legs = {
        "head_of_profession": consulting.shortfall(proposal, rules),
        "solution": consulting.solution(proposal, rules),
    }
    if rules.srg is not None:
        legs["srg"] = _srg_leg(rules, rules.srg, "the decision is referred to SRG")
        if consulted := legs["head_of_profession"] or consulting.head_of_profession(proposal, rules):
            why = "the Head of Profession does not support it"
            legs["srg_deviation"] = _referral(rules, rules.srg, consulted, why, key="srg-deviation")
        if issues := consulting.issue_resolution(proposal, rules):
            why = "an issue is referred to SRG"
            legs["srg_issue"] = _referral(rules, rules.srg, issues, why, key="srg-issue")
    return {name: leg for name, leg in legs.items() if leg is not None}


def ways(proposal: Proposal, rules: RoutingRules, route: Iterable[Leg]) -> dict[str, tuple[Way, ...]]:
    """Return for each leg of a route that waits for a meeting how else it may be passed."""
    return {leg.leg: _WAYS[leg.leg](proposal, rules) for leg in route if leg.meeting}


# ------------------------------------------------------------------------------ legs

_ABOVE, _FUNDING, _EXTRA = "authority-", "funding-", "extra-"
"""Begin the keys of questions put to an authority, to a funder and to whoever is asked besides; the post
follows, for an authority that of the funder."""


def notification(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """Every proposal is notified, before any funder is asked (SYS-08, A76)."""
    forum = rules.notification_forum
    if forum is None:
        return None
    by_rule = meetings.by_rule({forum.key: forum}, rules, proposal.submitted)
    return meetings.first_way(notification_ways(proposal, rules), by_rule, proposal.submitted)


def notification_ways(proposal: Proposal, rules: RoutingRules) -> tuple[Way, ...]:
    """Return how a proposal may be notified: at a meeting before the decision date, or directly (SYS-08)."""
    forum = rules.notification_forum
    if forum is None:
        return ()
    at_a_meeting = Leg(
        leg="notification",
        who=(forum.key,),
        clause=rules.clauses["notification"],
        reason=f"every proposal is notified; the {forum.name} meeting of {ITS_DAY} "
        "falls before the decision date",
        asks=(_notice(forum.secretary, proposal, rules),),
        forum=forum.key,
    )
    directly = Leg(
        leg="notification",
        who=(rules.direct_notification,),
        clause=rules.clauses["notification_direct"],
        reason=f"no {forum.name} meeting that its papers can still reach falls before "
        f"{said(proposal.decide_by)}",
        asks=(_notice(rules.direct_notification, proposal, rules),),
    )
    return (
        Way(leg=at_a_meeting, until=meetings.last_day(proposal)),
        Way(leg=directly, meets=False),
    )


def funding(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """Every funding party approves its share; above its limit, the next authority too (SYS-03)."""
    parties = tuple(share.post for share in proposal.shares)
    above = [(share, post) for share in proposal.shares if (post := authority(share, rules)) is not None]
    authorities = tuple(dict.fromkeys(post for _, post in above if post not in parties))
    reason = "each funding party approves its share"
    if above:
        reason += "; a share above a post's delegated limit also needs the authority above it"
    return Leg(
        leg="funding",
        who=parties + authorities,
        clause=rules.clauses["funding"],
        reason=reason,
        asks=(
            *(_money(_FUNDING + share.post, share.post, share) for share in proposal.shares),
            *(_money(_ABOVE + share.post, post, share, kind="authority") for share, post in above),
        ),
    )


def party(key: str, asked: str) -> str:
    """Return the funding party whose share a question is about: the post asked, or that below it."""
    return key.removeprefix(_ABOVE) if key.startswith(_ABOVE) else asked


APPROVED_BY_A_BOARD = ("srg", "srg_meeting")
"""The kinds of question by which a board approves a proposal; a referral only lets it go on."""


def same_share(key: str) -> str:
    """Return the key of the other question about a share: the funder's, or the authority's above it."""
    if key.startswith(_ABOVE):
        return _FUNDING + key.removeprefix(_ABOVE)
    return _ABOVE + key.removeprefix(_FUNDING) if key.startswith(_FUNDING) else ""


def authority(share: Share, rules: RoutingRules) -> str | None:
    """Return the first post up the line whose limit covers a share, if its own does not.

    At the top of the line stands the last post, whatever its limit.
    """
    way = [share.post]
    while rules.limits.get(way[-1], share.amount) < share.amount:
        following = rules.next_authority.get(way[-1])
        if following is None or following in way:
            break
        way.append(following)
    return way[-1] if len(way) > 1 else None


def unasked(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """Nobody is asked besides by a rule: the sponsor or the PMO adds an approver, and says why."""
    return None


def extra_key(post: str) -> str:
    """Return the key of the question to a post that was added as an approver."""
    return f"{_EXTRA}{post}"


def extra(post: str, clause: str, reason: str = "") -> Leg:
    """Return the leg of a post that was added as an approver, for a reason that somebody gave."""
    return Leg(
        leg="extra",
        who=(post,),
        clause=clause,
        reason=reason,
        asks=(LegAsk(key=extra_key(post), kind="extra", seats=(SeatAsk(key=post, post=post),)),),
    )


def srg(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """SRG decides when the handbook says so: as shipped, every major proposal (A07)."""
    if rules.srg is None or not rules.srg_decides_major or proposal.size is not Size.MAJOR:
        return None
    return _srg_leg(rules, rules.srg, "SRG decides because the proposal is major")


def project(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """A major proposal is delivered under PRINCE2 (SYS-16)."""
    if proposal.size is not Size.MAJOR:
        return None
    return Leg(
        leg="project",
        who=(rules.project_authority,) if rules.project_authority else (proposal.lead,),
        clause=rules.clauses["project"],
        reason="a major proposal is delivered in stages that are each authorised",
    )


def review(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """A major proposal is reviewed after it goes live (SYS-19)."""
    if proposal.size is not Size.MAJOR:
        return None
    return Leg(
        leg="post_implementation_review",
        who=tuple(dict.fromkeys((proposal.lead, *filter(None, (rules.reviewer,))))),
        clause=rules.clauses["post_implementation_review"],
        reason="a major proposal is reviewed after it goes live",
    )


def completion(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """The lead officer confirms that a minor proposal is complete."""
    if proposal.size is not Size.MINOR:
        return None
    return Leg(
        leg="completion",
        who=(proposal.lead,),
        clause=rules.clauses["completion"],
        reason="a minor proposal closes when its lead officer confirms completion",
        asks=(
            LegAsk(
                key="completion",
                kind="completion",
                seats=(SeatAsk(key=proposal.lead, post=proposal.lead),),
            ),
        ),
    )


@dataclass(frozen=True)
class Passage:
    """A leg that a proposal may pass: the rule that puts it on a route, and all that follows from that."""

    rule: Callable[[Proposal, RoutingRules], Leg | None]
    state: State
    """Where a proposal is while it passes the leg."""
    kinds: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    """The kinds of question that the leg may put, with the choices each may offer: those that lead on,
    to another state, or to the same question again; and where votes are counted, those that are no view."""
    after_approval: bool = False
    """It carries out what was approved, and is no part of approving it."""
    clauses: tuple[str, ...] = ()
    """The handbook's clauses that may put it on a route, where it has others than its own name's."""
    needs: str = ""
    """What a handbook says that makes it possible: a key of `route`, a section, the leg of an issue, or terms
    for a kind of step, as `steps.extra`."""
    ends: Mapping[Choice, State] = field(default_factory=dict)
    """Where its own answers bring a proposal, if not where they do elsewhere."""
    beside: str = ""
    """The leg with which it is passed together, where both go to the same meeting or to none."""


_DECIDE = (
    Choice.APPROVE,
    Choice.APPROVE_WITH_CONDITIONS,
    Choice.REJECT,
    Choice.RETURN,
    Choice.DEFER,
)
_FUND = (*_DECIDE, Choice.REFER_UP)
_VOTE = (*_DECIDE, Choice.ABSTAIN, Choice.DECLARE_INTEREST)

_CONSULT = (
    Choice.SUPPORT,
    Choice.SUPPORT_WITH_CONDITIONS,
    Choice.NOT_SUPPORT,
    Choice.RETURN,
    Choice.DEFER,
)
_SETTLE = (Choice.APPROVE, Choice.RETURN, Choice.DEFER, Choice.REFER_UP)

LEGS: dict[str, Passage] = {
    "embargo_exception": Passage(
        consulting.embargo_exception,
        State.CONSULTING,
        kinds={"embargo_exception": _DECIDE},
        ends={Choice.REJECT: State.CLOSED_REFUSED},
        needs="embargo",
    ),
    "head_of_profession": Passage(
        consulting.head_of_profession,
        State.CONSULTING,
        kinds={"head_of_profession": _CONSULT},
        needs="principles",
    ),
    "principal_customer": Passage(
        consulting.principal_customer,
        State.CONSULTING,
        kinds={"challenge": _CONSULT, "consent": _CONSULT},
        ends={Choice.NOT_SUPPORT: State.RETURNED},
        clauses=("principal_customer", "principal_customer_consent"),
        needs="corporate_systems",
    ),
    "notification": Passage(
        notification,
        State.NOTIFYING,
        kinds={"notification": (Choice.NOTE, Choice.RETURN, Choice.DEFER)},
        clauses=("notification", "notification_direct"),
        needs="notification_forum",
    ),
    "issue_resolution": Passage(
        consulting.issue_resolution,
        State.CONSULTING,
        kinds={
            "dataset": _SETTLE,
            "parameter": (Choice.SUPPORT, Choice.RETURN, Choice.DEFER, Choice.REFER_UP),
            "solution": _SETTLE,
        },
        needs="issue_resolution",
        beside="notification",
    ),
    "bid_outcome": Passage(
        consulting.bid_outcome,
        State.AWAITING_BID,
        kinds={"bid_outcome": (Choice.APPROVE, Choice.REJECT, Choice.DEFER)},
        ends={Choice.REJECT: State.CLOSED_UNFUNDED},
        needs="bids",
    ),
    "funding": Passage(funding, State.WITH_FUNDERS, kinds={"funding": _FUND, "authority": _FUND}),
    "extra": Passage(
        unasked,
        State.WITH_FUNDERS,
        kinds={"extra": _DECIDE},
        needs="steps.extra",
        beside="funding",
    ),
    "srg": Passage(
        srg,
        State.WITH_SRG,
        kinds={"srg": _VOTE, "referral": _VOTE, "srg_meeting": _DECIDE, "referral_meeting": _DECIDE},
        needs="srg",
    ),
    "project": Passage(project, State.IN_PROJECT, after_approval=True),
    "post_implementation_review": Passage(review, State.IN_REVIEW, after_approval=True),
    "completion": Passage(
        completion,
        State.APPROVED,
        kinds={"completion": (Choice.VERIFY, Choice.DEFER)},
        after_approval=True,
    ),
}
"""Every leg, in the order in which a proposal passes them; a new one is a rule and a row in its place here.

The route, its states, the questions put and the handbook's check all read this, so that a leg shown to
a sponsor is a leg that is asked, and no answer leaves a case open that waits for nobody.
"""


_WAYS: dict[str, Callable[[Proposal, RoutingRules], tuple[Way, ...]]] = {
    "embargo_exception": consulting.exception_ways,
    "notification": notification_ways,
    "issue_resolution": consulting.issue_ways,
}
"""How each leg that may wait for a meeting may be passed, in the order in which one is looked for."""


def choices_of(kind: str) -> tuple[Choice, ...]:
    """Return the choices that a kind of question may offer; none for a kind that no leg puts."""
    return next((each.kinds[kind] for each in LEGS.values() if kind in each.kinds), ())


def offering(terms: Terms, branches: Collection[str]) -> Terms:
    """Return a question's terms without choices that would lead this proposal nowhere.

    The handbook's check refuses them, but an edition frozen before it may have them; and where no SRG
    stands above, nothing can be referred up.
    """
    for choice in terms.choices:
        if choice not in choices_of(terms.kind) or _needs_srg(terms.kind, choice) - {*branches}:
            terms = terms.without(choice)
    return terms


def _needs_srg(kind: str, choice: Choice) -> set[str]:
    """Return the branches without which an answer would lead nowhere."""
    if choice is Choice.REFER_UP:
        return {"srg"}
    return {"srg_deviation"} if (kind, choice) == ("head_of_profession", Choice.NOT_SUPPORT) else set()


# --------------------------------------------------------------------------- helpers


def _srg_leg(rules: RoutingRules, forum: ForumRules, reason: str, ask: LegAsk | None = None) -> Leg:
    first, *others = meetings.by_email_first(ask or LegAsk(key="srg", kind="srg", seats=forum.seats), forum)
    return Leg(
        leg="srg",
        who=(forum.key,),
        clause=rules.clauses["srg"],
        reason=reason,
        asks=(first.model_copy(update={"otherwise": tuple(others)}),),
        forum=forum.key,
    )


def _referral(rules: RoutingRules, forum: ForumRules, referred: Leg, reason: str, *, key: str) -> Leg:
    """Ask SRG whether a proposal may go on with what another leg left open; its money is asked for later."""
    about = tuple(dict.fromkeys(name for ask in referred.asks for name in ask.about))
    return _srg_leg(rules, forum, reason, LegAsk(key=key, kind="referral", seats=forum.seats, about=about))


def _notice(post: str, proposal: Proposal, rules: RoutingRules) -> LegAsk:
    """Ask for the reply to a notification, which the sponsor hears as well.

    The Head of Profession is copied on what they are not consulted about (A04).
    """
    consulted = consulting.head_of_profession(proposal, rules)
    copied = (rules.head_of_profession,) if rules.head_of_profession and not consulted else ()
    return LegAsk(
        key="notification",
        kind="notification",
        seats=(SeatAsk(key=post, post=post),),
        inform=(proposal.sponsor, *copied),
    )


def _money(key: str, post: str, share: Share, *, kind: str = "funding") -> LegAsk:
    return LegAsk(key=key, kind=kind, seats=(SeatAsk(key=post, post=post, amount=share.amount),))
