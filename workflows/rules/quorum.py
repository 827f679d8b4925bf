"""How answers become an outcome, and which answers are refused."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from workflows.model import Choice, Decision, Quorum, QuorumRule, Seat


class Refusal(StrEnum):
    """Why an answer does not count. The page has words for each."""

    NOT_OPEN_YET = "not_open_yet"
    ENDED = "ended"
    ANOTHER_ROUND = "another_round"
    STALE = "stale"
    NOT_YOURS = "not_yours"
    SEAT_ANSWERED = "seat_answered"
    TWO_SEATS = "two_seats"
    NOT_OFFERED = "not_offered"
    FAULT = "fault"


def refusal(
    decision: Decision,
    *,
    round: int,
    content_hash: str,
    choices: Sequence[Choice],
    seats: Sequence[Seat],
    decisions: Sequence[Decision],
) -> Refusal | None:
    """Return why an open step refuses a decision, or None if it counts."""
    if decision.round != round:
        return Refusal.ANOTHER_ROUND
    if decision.content_hash != content_hash:
        return Refusal.STALE
    seat = next((seat for seat in seats if seat.key == decision.seat), None)
    if seat is None or decision.person not in [holder.person for holder in seat.holders]:
        return Refusal.NOT_YOURS
    if any(made.seat == decision.seat for made in decisions):
        return Refusal.SEAT_ANSWERED
    if any(made.person == decision.person for made in decisions):
        return Refusal.TWO_SEATS
    if decision.choice not in choices:
        return Refusal.NOT_OFFERED
    return None


def settled(
    decisions: Sequence[Decision],
    seats: Sequence[Seat],
    quorum: Quorum,
    *,
    final: bool = False,
) -> Choice | None:
    """Return what the answers come to, or None while it is open.

    With `final` nobody else will answer: what is there is counted, and None means that it does
    not make an outcome. A chair's tie is broken only then, because until then it is not a tie.
    """
    if _vetoed(decisions, seats):
        return Choice.REJECT
    views = [made.choice for made in decisions if made.choice.counted]
    interests = sum(made.choice is Choice.DECLARE_INTEREST for made in decisions)
    waiting = 0 if final else len(seats) - len(decisions)
    match quorum.rule:
        case QuorumRule.ONE_OF:
            return _one_of(views)
        case QuorumRule.ALL_OF:
            return _all_of(views, waiting)
        case QuorumRule.N_OF_M:
            return _n_of_m(views, waiting, quorum.needed)
        case QuorumRule.MAJORITY:
            present = len(decisions) - interests
            needed = needed_present(quorum, interests)
            return _majority(decisions, views, seats, quorum, waiting, present >= needed)


def needed_present(quorum: Quorum, interests: int) -> int:
    """Return how many must be present once so many have declared an interest."""
    return max(quorum.present - interests, 1) if quorum.interest_lowers_quorum else quorum.present


def _vetoed(decisions: Sequence[Decision], seats: Sequence[Seat]) -> bool:
    holders = [seat.key for seat in seats if seat.veto]
    return any(made.seat in holders and made.choice in _AGAINST for made in decisions)


def _one_of(views: Sequence[Choice]) -> Choice | None:
    return views[0] if views else None


def _all_of(views: Sequence[Choice], waiting: int) -> Choice | None:
    against = [view for view in views if not view.favourable]
    if against:
        return against[0]
    return _combined(views) if views and not waiting else None


def _n_of_m(views: Sequence[Choice], waiting: int, needed: int) -> Choice | None:
    favourable = [view for view in views if view.favourable]
    if len(favourable) >= needed:
        return _combined(favourable)
    if len(favourable) + waiting < needed:
        return _most_frequent([view for view in views if not view.favourable])
    return None


def _majority(
    decisions: Sequence[Decision],
    views: Sequence[Choice],
    seats: Sequence[Seat],
    quorum: Quorum,
    waiting: int,
    quorate: bool,
) -> Choice | None:
    if not quorate or not views:
        return None
    camps = Counter(_camp(view) for view in views)
    (leader, most), *others = camps.most_common()
    second = others[0][1] if others else 0
    if most > second + waiting:
        return _combined([view for view in views if _camp(view) is leader])
    if waiting or most > second:
        return None
    tied = [camp for camp, count in camps.items() if count == most]
    chair = next((seat.key for seat in seats if seat.chair), None)
    word = next((made.choice for made in decisions if made.seat == chair), None)
    if quorum.casting and word is not None and word.counted and _camp(word) in tied:
        return _combined([view for view in views if _camp(view) is _camp(word)])
    # An even vote carries nothing.
    return _most_frequent([view for view in views if not view.favourable])


_AGAINST = (Choice.REJECT, Choice.NOT_SUPPORT, Choice.SEND_BACK)


def _camp(view: Choice) -> Choice:
    """Answers that go on stand together, with or without conditions."""
    return _PLAIN.get(view, view)


_PLAIN = {
    Choice.APPROVE_WITH_CONDITIONS: Choice.APPROVE,
    Choice.SUPPORT_WITH_CONDITIONS: Choice.SUPPORT,
    Choice.AUTHORISE_WITH_CONDITIONS: Choice.AUTHORISE,
}


def _combined(views: Sequence[Choice]) -> Choice:
    """One favourable word for several: conditions set by any of them bind all."""
    return next((view for view in views if view.conditional), views[0])


def _most_frequent(views: Sequence[Choice]) -> Choice | None:
    """Return the choice most often made; of two made equally often, the earlier."""
    return Counter(views).most_common(1)[0][0] if views else None
