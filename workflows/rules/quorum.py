"""How answers become an outcome, and which answers are refused."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
    TOO_LATE = "too_late"
    """It has taken effect, or nothing may be taken back."""
    NOTHING_THERE = "nothing_there"
    """There is no such answer to take back."""
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
    if decision.choice not in choices or (decision.choice is Choice.DEFER and decision.until is None):
        return Refusal.NOT_OFFERED
    return None


def settled(
    decisions: Sequence[Decision],
    seats: Sequence[Seat],
    quorum: Quorum,
    *,
    final: bool = False,
    counted: bool = False,
) -> Choice | None:
    """Return what the answers come to, or None while it is open.

    With `final` nobody else will answer: what is there is counted, and None means that it does
    not make an outcome. With `counted` nobody else is waited for, though they may still answer: what is
    there decides by a real majority, or a tie by the chair's vote if it is among them.

    A veto seat that answers anything but yes settles it at once in its own words, whatever the others
    say: its return returns the case, its deferral puts it off. Its abstention or interest stops nothing.
    """
    vetoes = [seat.key for seat in seats if seat.veto]
    heard = [made for made in decisions if made.seat in vetoes]
    veto = next((made.choice for made in heard if made.choice.counted and not made.choice.favourable), None)
    if veto:
        return veto
    choice = _counted(decisions, seats, quorum, final=final, counted=counted)
    # Whoever may stop it is heard before it goes on.
    if choice and choice.favourable and len(heard) < len(vetoes) and not final:
        return None
    return choice


def vetoed_by(answers: Mapping[str, Choice], seats: Sequence[Seat]) -> str | None:
    """Return the key of the seat that stopped a question by itself, of several the first; None if none did.

    `answers` are what each seat answered, in the order in which they were accepted.
    """
    vetoes = [seat.key for seat in seats if seat.veto]
    stopping = (
        key for key, choice in answers.items() if key in vetoes and choice.counted and not choice.favourable
    )
    return next(stopping, None)


def cast_by(
    answers: Mapping[str, Choice], seats: Sequence[Seat], quorum: Quorum, outcome: Choice | None
) -> str | None:
    """Return the key of the chair's seat where the chair's vote broke a tie; None if none had to."""
    if quorum.rule is not QuorumRule.MAJORITY or not quorum.casting or outcome is None:
        return None
    views = {key: choice for key, choice in answers.items() if choice.counted}
    tied = 2 * sum(choice.favourable for choice in views.values()) == len(views)
    chair = next((seat.key for seat in seats if seat.chair and seat.key in views), None)
    return chair if tied and vetoed_by(answers, seats) is None else None


def hopeless(decisions: Sequence[Decision], seats: Sequence[Seat], quorum: Quorum) -> bool:
    """Say whether so many have declared an interest that no quorum can be met, whoever else answers."""
    if quorum.rule is not QuorumRule.MAJORITY:
        return False
    interests = sum(made.choice is Choice.DECLARE_INTEREST for made in decisions)
    return len(seats) - interests < needed_present(quorum, interests)


def needed_present(quorum: Quorum, interests: int) -> int:
    """Return how many must be present once so many have declared an interest."""
    return max(quorum.present - interests, 1) if quorum.interest_lowers_quorum else quorum.present


def _counted(
    decisions: Sequence[Decision], seats: Sequence[Seat], quorum: Quorum, *, final: bool, counted: bool
) -> Choice | None:
    views = [made.choice for made in decisions if made.choice.counted]
    interests = sum(made.choice is Choice.DECLARE_INTEREST for made in decisions)
    waiting = 0 if final else len(seats) - len(decisions)
    match quorum.rule:
        case QuorumRule.ONE_OF:
            return _one_of(views)
        case QuorumRule.ALL_OF:
            return _all_of(views, missing=len(seats) - len(decisions))
        case QuorumRule.N_OF_M:
            return _n_of_m(views, waiting, quorum.needed)
        case QuorumRule.MAJORITY:
            if len(decisions) - interests < needed_present(quorum, interests):
                return None
            casting = _casting(decisions, seats) if quorum.casting else None
            if counted and not final:
                # A tie may still be broken, by whoever has not voted.
                return _majority(views, 0, casting) if casting or not _tied(views) else None
            if quorum.even_vote_open and not waiting and not casting and _tied(views):
                return None
            return _majority(views, waiting, casting)


def undecided(decisions: Sequence[Decision], quorum: Quorum) -> str:
    """Return why answers make no outcome although all are in: a key of the reason."""
    views = [made.choice for made in decisions if made.choice.counted]
    interests = sum(made.choice is Choice.DECLARE_INTEREST for made in decisions)
    if len(decisions) - interests < needed_present(quorum, interests):
        return "inquorate"
    if not views:
        return "no_view"
    return "tied" if _tied(views) else "too_few"


def _one_of(views: Sequence[Choice]) -> Choice | None:
    return views[0] if views else None


def _all_of(views: Sequence[Choice], missing: int) -> Choice | None:
    """A seat that stays empty to the end has not agreed, so nothing is agreed without it."""
    against = [view for view in views if not view.favourable]
    if against:
        return against[0]
    return _combined(views) if views and not missing else None


def _n_of_m(views: Sequence[Choice], waiting: int, needed: int) -> Choice | None:
    favourable = [view for view in views if view.favourable]
    if len(favourable) >= needed:
        return _combined(favourable)
    if len(favourable) + waiting < needed:
        return _most_frequent([view for view in views if not view.favourable])
    return None


def _majority(views: Sequence[Choice], waiting: int, casting: Choice | None) -> Choice | None:
    """More must be for it than against it, in whatever words they are against it."""
    favourable = [view for view in views if view.favourable]
    against = [view for view in views if not view.favourable]
    if len(favourable) > len(against) + waiting:
        return _combined(favourable)
    if len(against) > len(favourable) + waiting:
        return _leading(against, waiting, casting)
    if waiting or not views:
        return None
    if casting and casting.favourable:
        return _combined(favourable)
    # An even vote carries nothing.
    return casting or _leading(against, waiting, casting)


def _tied(views: Sequence[Choice]) -> bool:
    return 2 * sum(view.favourable for view in views) == len(views)


def _casting(decisions: Sequence[Decision], seats: Sequence[Seat]) -> Choice | None:
    """Return the chair's view, which breaks a tie."""
    chair = next((seat.key for seat in seats if seat.chair), None)
    word = next((made.choice for made in decisions if made.seat == chair), None)
    return word if word and word.counted else None


def _leading(views: Sequence[Choice], waiting: int, casting: Choice | None) -> Choice | None:
    """Return the view most often held, once no other can overtake it; of equals the chair's, or the first."""
    (leader, most), *others = Counter(views).most_common()
    second = others[0][1] if others else 0
    if most > second + waiting:
        return leader
    if waiting:
        return None
    return casting if casting and views.count(casting) == most else leader


def _combined(views: Sequence[Choice]) -> Choice:
    """One favourable word for several: conditions set by any of them bind all."""
    return next((view for view in views if view.conditional), views[0])


def _most_frequent(views: Sequence[Choice]) -> Choice | None:
    """Return the choice most often made; of two made equally often, the earlier."""
    return Counter(views).most_common(1)[0][0] if views else None
