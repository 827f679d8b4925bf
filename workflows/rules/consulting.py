"""The legs on which others are heard before money is asked for: exceptions, consultations, issues, bids."""

from collections.abc import Iterable, Mapping, Sequence

from workflows.days import said
from workflows.model import (
    EmbargoOwner,
    ForumRules,
    Leg,
    LegAsk,
    Proposal,
    Relation,
    RoutingRules,
    SeatAsk,
    Way,
)
from workflows.rules import meetings
from workflows.rules.meetings import ITS_DAY

DEVIATES, ISSUE = "deviates", "issue"
"""Answers to a principle that send a proposal to somebody (SYS-02)."""
CONSULTED = (Relation.EXTENDS, Relation.REPLACES)
"""What an owner's system may be to a proposal only with the owner's consent (A13)."""


# ---------------------------------------------------------------------------- exceptions


def embargo_exception(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """What an embargo holds goes ahead only by an exception, granted by its owner of that day (SYS-45)."""
    embargo = rules.embargo
    if embargo is None or proposal.embargo_exempt or not embargo.on(proposal.submitted):
        return None
    if _unsaid(rules, "embargo_exception"):
        return None
    ways = exception_ways(proposal, rules)
    by_rule = meetings.by_rule(_forums(embargo.owners), rules, proposal.submitted)
    return meetings.first_way(ways, by_rule, proposal.submitted)


def exception_ways(proposal: Proposal, rules: RoutingRules) -> tuple[Way, ...]:
    """Return how an exception may be asked for: of whoever owns the embargo on the day of asking.

    That is the day of a meeting before the decision date; if there is none to come, the day itself.
    """
    owners = rules.embargo.owners if rules.embargo else ()
    return (
        *(_exception(proposal, rules, owner, meets=True) for owner in owners),
        *(_exception(proposal, rules, owner, meets=False) for owner in owners),
        # Before its first owner's day it is that owner's all the same: somebody has to be asked.
        *(_exception(proposal, rules, EmbargoOwner(forum=owner.forum), meets=False) for owner in owners[:1]),
    )


def _exception(proposal: Proposal, rules: RoutingRules, owner: EmbargoOwner, *, meets: bool) -> Way:
    forum = owner.forum
    leg = Leg(
        leg="embargo_exception",
        who=(forum.key,),
        clause=rules.clauses["embargo_exception"],
        reason=f"an embargo on spending is in force, and {forum.name} may grant an exception"
        + (f" at its meeting of {ITS_DAY}" if meets else ""),
        asks=(
            LegAsk(
                key="embargo_exception",
                kind="embargo_exception",
                seats=_alone(forum.secretary),
                inform=(proposal.sponsor,),
            ),
        ),
        forum=forum.key,
    )
    last = meetings.last_day(proposal)
    until = min(owner.until or last, last) if meets else owner.until
    return Way(leg=leg, since=owner.since, until=until, meets=meets)


def _forums(owners: Iterable[EmbargoOwner]) -> dict[str, ForumRules]:
    return {owner.forum.key: owner.forum for owner in owners}


# ------------------------------------------------------------------------- consultations


def head_of_profession(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """A deviation from a principle is discussed before any funder is asked (SYS-04)."""
    deviating = [key for key in rules.principles if proposal.principles.get(key) == DEVIATES]
    if not deviating or _unsaid(rules, "head_of_profession"):
        return None
    return consultation(
        {key: rules.principles[key].deviation_to for key in deviating},
        rules,
        reason=f"it does not meet {_principles(deviating, rules)}",
    )


def consultation(to: Mapping[str, str], rules: RoutingRules, *, reason: str) -> Leg:
    """Return the consultation about principles, each with the post that it is raised with."""
    posts = tuple(dict.fromkeys(to.values()))
    return Leg(
        leg="head_of_profession",
        who=posts,
        clause=rules.clauses["head_of_profession"],
        reason=reason,
        asks=tuple(
            LegAsk(
                key=f"consultation-{post}",
                kind="head_of_profession",
                seats=_alone(post),
                about=tuple(key for key in to if to[key] == post),
            )
            for post in posts
        ),
    )


def principal_customer(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """A corporate system's own Principal Customer answers for it (SYS-05, A13).

    A duplicate is challenged, an extension or a replacement needs consent; an integration asks nobody.
    """
    named = [key for key in proposal.corporate_systems if key in rules.systems]
    issues = _issues(proposal, rules, "principal_customer")
    challenged = bool(issues) or proposal.relation is Relation.DUPLICATES
    if not named or not (challenged or proposal.relation in CONSULTED):
        return None
    owners: dict[str, list[str]] = {}
    for key in named:
        owners.setdefault(rules.systems[key].principal_customer, []).append(key)
    systems = _names(rules.systems[key].name for key in named)
    if proposal.relation is Relation.DUPLICATES:
        reason = f"it would do what {systems} {'do' if len(named) > 1 else 'does'} already"
    elif issues:
        reason = f"an issue is raised with {_principles(issues, rules)}, about {systems}"
    else:
        reason = f"it {proposal.relation} {systems}, to which its owner consents first"
    clause = "principal_customer" if challenged else "principal_customer_consent"
    if _unsaid(rules, clause):
        return None
    asked = _challenge if challenged else _consent
    return Leg(
        leg="principal_customer",
        who=tuple(owners),
        clause=rules.clauses[clause],
        reason=reason,
        asks=tuple(asked(post, tuple(keys), rules) for post, keys in owners.items()),
    )


def _challenge(post: str, systems: tuple[str, ...], rules: RoutingRules) -> LegAsk:
    """Ask whether systems fall short, and if nobody answers whoever the handbook names in turn (A09, A10)."""
    key = f"challenge-{post}"
    others = tuple(
        ask
        for forum, kind in _behind(systems, rules)
        for ask in meetings.by_email_first(
            LegAsk(
                key=f"{key}-{forum.key}",
                kind=kind,
                seats=forum.seats if kind == "referral" else _alone(forum.secretary),
                about=systems,
                forum=forum.key,
            ),
            forum,
        )
    )
    return LegAsk(key=key, kind="challenge", seats=_alone(post), about=systems, otherwise=others)


def _behind(systems: Sequence[str], rules: RoutingRules) -> list[tuple[ForumRules, str]]:
    """Return the forums that stand behind the owner of systems, each once, and what each is asked."""
    found: dict[str, str] = {}
    for principle in _settled_by(rules, "principal_customer"):
        for kind, body in _bodies(rules, principle):
            own = [rules.systems[system].business_forum for system in systems]
            for key in own if body == "business-forum" else [body]:
                # One that is named again further up is asked there.
                found.pop(key, None)
                # So an edition says it that was frozen before a referral had a question of its own.
                found[key] = "referral" if kind == "srg" else kind
    return [(rules.forums[key], kind) for key, kind in found.items() if key in rules.forums]


def _consent(post: str, systems: tuple[str, ...], rules: RoutingRules) -> LegAsk:
    return LegAsk(key=f"consent-{post}", kind="consent", seats=_alone(post), about=systems)


def shortfall(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """Return the consultation that follows where a corporate system is found to fall short.

    None where nothing is challenged, or the Head of Profession has been consulted already; or where an
    edition, frozen before the handbook's check asked for them, names no such post or principle.
    """
    challenge = principal_customer(proposal, rules)
    if challenge is None or challenge.asks[0].kind != "challenge" or head_of_profession(proposal, rules):
        return None
    principles = _settled_by(rules, "principal_customer")
    if not principles or not rules.head_of_profession or _unsaid(rules, "head_of_profession"):
        return None
    return consultation(
        dict.fromkeys(principles, rules.head_of_profession),
        rules,
        reason="a corporate system falls short, so that a local one is proposed",
    )


# -------------------------------------------------------------------------------- issues


def issue_resolution(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """What shared data or a technical parameter leaves open is settled by the body its principle names.

    It goes there as a notification does: at a meeting, or directly where none serves (SYS-06, SYS-07, A12).
    """
    issues = _raised(proposal, rules)
    if not issues or _unsaid(rules, "issue_resolution"):
        return None
    ways = issue_ways(proposal, rules)
    by_rule = meetings.by_rule(rules.forums, rules, proposal.submitted)
    return meetings.first_way(ways, by_rule, proposal.submitted)


def issue_ways(proposal: Proposal, rules: RoutingRules) -> tuple[Way, ...]:
    """Return how an issue may be raised: at a meeting before the decision date, or directly."""
    return (
        Way(leg=_issue(proposal, rules, direct=False), until=meetings.last_day(proposal)),
        Way(leg=_issue(proposal, rules, direct=True), meets=False),
    )


def _raised(proposal: Proposal, rules: RoutingRules) -> list[str]:
    """Return the principles with which an issue is raised that somebody can settle."""
    return [key for key in _issues(proposal, rules, "issue_resolution") if _bodies(rules, key)]


def _issue(proposal: Proposal, rules: RoutingRules, *, direct: bool) -> Leg:
    issues = _raised(proposal, rules)
    # The handbook's check sees to it that every issue goes to the same forum first.
    first, *others = dict.fromkeys(body for key in issues for _, body in _bodies(rules, key))
    post = rules.direct_notification if direct else rules.forums[first].secretary
    return Leg(
        leg="issue_resolution",
        who=(post if direct else first, *others),
        clause=rules.clauses["issue_resolution"],
        reason=f"an issue is raised with {_principles(issues, rules)}",
        asks=tuple(
            LegAsk(
                key=f"issue-{key}",
                kind=_bodies(rules, key)[0][0],
                seats=_alone(post),
                about=(key,),
                inform=(proposal.sponsor,),
            )
            for key in issues
        ),
        forum="" if direct else first,
    )


def solution(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """Return the part of an issue that is passed on: the second body that its principle names finds a way."""
    issues = [key for key in _issues(proposal, rules, "issue_resolution") if len(_bodies(rules, key)) > 1]
    if not issues or _unsaid(rules, "issue_resolution"):
        return None
    passed = [(key, *_bodies(rules, key)[1]) for key in issues]
    return Leg(
        leg="issue_resolution",
        who=tuple(dict.fromkeys(body for _, _, body in passed)),
        clause=rules.clauses["issue_resolution"],
        reason=f"an issue with {_principles(issues, rules)} is passed on",
        asks=tuple(
            LegAsk(
                key=f"solution-{key}",
                kind=kind,
                seats=_alone(body),
                about=(key,),
                inform=(proposal.sponsor,),
            )
            for key, kind, body in passed
        ),
    )


# ---------------------------------------------------------------------------------- bids


def bid_outcome(proposal: Proposal, rules: RoutingRules) -> Leg | None:
    """Where the money depends on a bid, funders are asked once it has succeeded (SYS-20)."""
    if not proposal.bid_pending or _unsaid(rules, "bid_outcome"):
        return None
    post = proposal.bid_owner or rules.bid_owner
    expected = f", expected on {said(proposal.bid_due)}" if proposal.bid_due else ""
    return Leg(
        leg="bid_outcome",
        who=(post,),
        clause=rules.clauses["bid_outcome"],
        reason=f"its funding depends on the outcome of a bid{expected}",
        asks=(
            LegAsk(
                key="bid_outcome",
                kind="bid_outcome",
                seats=_alone(post),
                inform=(proposal.sponsor,),
                expected=proposal.bid_due,
            ),
        ),
    )


# ------------------------------------------------------------------------------- helpers


def _unsaid(rules: RoutingRules, leg: str) -> bool:
    """Say whether an edition has no clause for a leg: it was frozen before there was such a leg."""
    return leg not in rules.clauses


def _issues(proposal: Proposal, rules: RoutingRules, leg: str) -> list[str]:
    """Return the principles with which a proposal has an issue that a leg settles."""
    return [key for key in _settled_by(rules, leg) if proposal.principles.get(key) == ISSUE]


def _settled_by(rules: RoutingRules, leg: str) -> list[str]:
    return [key for key, known in rules.principles.items() if known.issue and known.issue.leg == leg]


def _bodies(rules: RoutingRules, key: str) -> tuple[tuple[str, str], ...]:
    issue = rules.principles[key].issue
    return issue.to if issue else ()


def _alone(post: str) -> tuple[SeatAsk, ...]:
    return (SeatAsk(key=post, post=post),)


def _principles(keys: Sequence[str], rules: RoutingRules) -> str:
    names = _names(rules.principles[key].name for key in keys)
    return f"the principle{'s' if len(keys) > 1 else ''} of {names}"


def _names(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
