"""The way of an investment proposal: which legs it passes, whom they ask, and why."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

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
)
from workflows.rules import calendar


def route(proposal: Proposal, rules: RoutingRules) -> tuple[Leg, ...]:
    """Return the legs that are certain for a proposal, in the order in which it passes them."""
    return tuple(leg for each in LEGS.values() if (leg := each.rule(proposal, rules)) is not None)


def branches(proposal: Proposal, rules: RoutingRules) -> dict[str, Leg]:
    """Return legs an outcome may add: SRG, when a decision is referred up."""
    if rules.srg is None:
        return {}
    return {"srg": _srg_leg(rules, rules.srg, "the decision is referred to SRG")}


# ------------------------------------------------------------------------------ legs

_ABOVE = "authority-"
"""Begins the key of a question put to an authority; the post below it follows."""


def notification(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """Every proposal is notified, before any funder is asked (SYS-08, A76)."""
    forum = rules.notification_forum
    if forum is None:
        return None
    meeting = meeting_for(proposal, forum, rules)
    if meeting is None:
        return Leg(
            leg="notification",
            who=(rules.direct_notification,),
            clause=rules.clauses["notification_direct"],
            reason=f"no {forum.name} meeting that its papers can still reach falls before "
            f"{_day(proposal.decide_by)}",
            asks=(_notice(rules.direct_notification, proposal),),
        )
    return Leg(
        leg="notification",
        who=(forum.key,),
        clause=rules.clauses["notification"],
        reason=f"every proposal is notified; the {forum.name} meeting of {_day(meeting)} "
        "falls before the decision date",
        asks=(_notice(forum.secretary, proposal),),
        forum=forum.key,
        meeting=meeting,
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
            *(_money(f"funding-{share.post}", share.post, share) for share in proposal.shares),
            *(_money(_ABOVE + share.post, post, share, kind="authority") for share, post in above),
        ),
    )


def party(key: str, asked: str) -> str:
    """Return the funding party whose share a question is about: the post asked, or that below it."""
    return key.removeprefix(_ABOVE) if key.startswith(_ABOVE) else asked


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
    """The key of the handbook's `route` that names whom it asks; a handbook without it has no such leg."""


_DECIDE = (
    Choice.APPROVE,
    Choice.APPROVE_WITH_CONDITIONS,
    Choice.REJECT,
    Choice.RETURN,
    Choice.DEFER,
)
_FUND = (*_DECIDE, Choice.REFER_UP)
_VOTE = (*_DECIDE, Choice.ABSTAIN, Choice.DECLARE_INTEREST)

LEGS: dict[str, Passage] = {
    "notification": Passage(
        notification,
        State.NOTIFYING,
        kinds={"notification": (Choice.NOTE, Choice.RETURN, Choice.DEFER)},
        clauses=("notification", "notification_direct"),
        needs="notification_forum",
    ),
    "funding": Passage(funding, State.WITH_FUNDERS, kinds={"funding": _FUND, "authority": _FUND}),
    "srg": Passage(srg, State.WITH_SRG, kinds={"srg": _VOTE}, needs="srg"),
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


def choices_of(kind: str) -> tuple[Choice, ...]:
    """Return the choices that a kind of question may offer; none for a kind that no leg puts."""
    return next((each.kinds[kind] for each in LEGS.values() if kind in each.kinds), ())


def offering(terms: Terms, branches: Collection[str]) -> Terms:
    """Return a question's terms without choices that would lead this proposal nowhere.

    The handbook's check refuses them, but an edition frozen before it may have them; and where no SRG
    stands above, nothing can be referred up.
    """
    fit = [choice for choice in choices_of(terms.kind) if choice is not Choice.REFER_UP or "srg" in branches]
    for choice in terms.choices:
        if choice not in fit:
            terms = terms.without(choice)
    return terms


# -------------------------------------------------------------------------- meetings


def papers_due(meeting: date, forum: ForumRules, rules: RoutingRules) -> date:
    """Return the last day on which papers for a meeting are taken."""
    return calendar.nth_working_day(meeting, -forum.papers_days, rules.non_working)


def meeting_for(proposal: Proposal, forum: ForumRules, rules: RoutingRules) -> date | None:
    """Return the first meeting whose papers deadline can be made, before the decision date.

    The meeting falls strictly before the decision date, and the proposal is in by the papers
    deadline (A11). None if there is no such meeting.
    """
    return next(
        (
            meeting
            for meeting in forum.meetings
            if proposal.submitted <= papers_due(meeting, forum, rules) and meeting < proposal.decide_by
        ),
        None,
    )


# --------------------------------------------------------------------------- helpers


def _srg_leg(rules: RoutingRules, forum: ForumRules, reason: str) -> Leg:
    return Leg(
        leg="srg",
        who=(forum.key,),
        clause=rules.clauses["srg"],
        reason=reason,
        asks=(LegAsk(key="srg", kind="srg", seats=forum.seats),),
        forum=forum.key,
    )


def _notice(post: str, proposal: Proposal) -> LegAsk:
    """Ask for the reply to a notification, which the sponsor hears as well."""
    return LegAsk(
        key="notification",
        kind="notification",
        seats=(SeatAsk(key=post, post=post),),
        inform=(proposal.sponsor,),
    )


def _money(key: str, post: str, share: Share, *, kind: str = "funding") -> LegAsk:
    return LegAsk(key=key, kind=kind, seats=(SeatAsk(key=post, post=post, amount=share.amount),))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
