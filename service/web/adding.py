"""Asking one more post to approve a proposal, or no more: who may, whom, until when (ad-hoc approvers)."""

from dataclasses import dataclass

from service import telling
from service.errors import Conflict, Forbidden, Malformed, NotFound, Problem
from service.handbook import Edition
from service.store import approvers, cases, intents, steps
from service.store.approvers import Approver
from service.store.cases import CaseView
from service.store.engine import Tx
from service.web import forms, withdrawing
from service.web.roles import Role
from service.web.visits import Visit
from workflows.model import Choice
from workflows.rules import states

KIND = "extra"


@dataclass(frozen=True)
class Wish:
    """A post to be asked, and why, as it was checked."""

    post: str
    reason: str


def may(visit: Visit, case: CaseView) -> bool:
    """Say whether the asker may add an approver: for the sponsor's side, or as the PMO."""
    return visit.rules.plays(visit.me.id, "pmo", visit.today) or withdrawing.may(visit, case)


def possible(case: CaseView, rules: Edition) -> bool:
    """Say whether somebody may still be added to a case."""
    return case.undecided and KIND in rules.steps and KIND in rules.clauses


def open_case(tx: Tx, visit: Visit, ref: str) -> CaseView:
    """Return a case to which the asker may add an approver now."""
    case = cases.find(tx, ref)
    if case is None or case.organisation != visit.rules.organisation:
        raise NotFound
    if case.kind != "proposal":
        raise Conflict("It asks only whoever is to do it and whoever checks it.")
    if not may(visit, case):
        if visit.api and Role.READ_CASE not in visit.roles:
            # It may not even know that there is such a case.
            raise NotFound
        raise Forbidden("Only its sponsor's side and the PMO may ask for one more approval.")
    rules = telling.edition(tx, case.edition)
    if case.open and KIND not in rules.steps:
        raise Conflict("The edition of the handbook under which it was opened lets nobody be added.")
    if not possible(case, rules):
        raise Conflict("It has been decided or has come to its end, so nobody more is asked to approve it.")
    return case


def checked(tx: Tx, visit: Visit, case: CaseView, post: str, reason: str) -> Wish:
    """Return whom to ask and why. Raises Malformed with all that is wrong, field by field."""
    said = forms.clean(reason)
    problems = [Problem(field="post", message=told) for told in _unfit(tx, visit, case, post)]
    if problem := forms.unfit_reason(said, "Say why: everybody who is asked sees it"):
        problems.append(problem)
    if problems:
        raise Malformed(problems=problems)
    return Wish(post=post, reason=said)


def _unfit(tx: Tx, visit: Visit, case: CaseView, post: str) -> list[str]:
    """Say why a post cannot be asked: nothing if it can."""
    rules, people = telling.edition(tx, case.edition), telling.directory(tx, case)
    if post not in rules.posts:
        return ["Choose whose approval is asked for"]
    title = telling.title(rules, post, visit.today)
    if post in _asked(case):
        return [f"{title} is asked already"]
    if (before := _known(tx, case.ref, post)) and before.taken_back_at:
        return [f"{title} was asked besides and taken back, and cannot be added a second time"]
    holder = people.holder(post, visit.today)
    if holder is None:
        return [f"Nobody holds the post {title} today"]
    if holder.id == visit.me.id:
        return [f"You hold {title} yourself: ask somebody else"]
    if asked := next((each for each in _asked(case) if people.holder(each, visit.today) == holder), ""):
        known = telling.title(rules, asked, visit.today)
        return [f"{title} is held by whoever is {known}, who is asked already"]
    if holder.id in telling.barred(tx, case, KIND, (), True, visit.today):
        return [f"{title} wrote this proposal, or covers for somebody who did, and may not approve it"]
    return []


def _asked(case: CaseView) -> list[str]:
    """Return the posts that a case's way asks before it is approved."""
    legs = states.approval_legs(case.route)
    return [seat.post for leg in legs for ask in leg.asks for seat in ask.seats]


def added(visit: Visit, ref: str, post: str, reason: str) -> Approver:
    """Write down that a post is asked besides. The first time stands."""
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        case = open_case(tx, visit, ref)
        before = _known(tx, ref, post)
        if (
            before
            and before.taken_back_at is None
            and before.reason == forms.clean(reason)
            and before.by == visit.me.id
        ):
            return before
        wish = checked(tx, visit, case, post, reason)
        rules = telling.edition(tx, case.edition)
        approvers.added(
            tx,
            ref,
            post=wish.post,
            clause=rules.clauses[KIND].number,
            reason=wish.reason,
            by=visit.me.id,
            by_post=_as(visit, case),
        )
        return _must(tx, ref, post)


def to_take_back(tx: Tx, case: CaseView, rules: Edition) -> tuple[Approver, ...]:
    """Return the approvers who were added to a case, have not answered, and may be taken back."""
    if not possible(case, rules):
        return ()
    return tuple(
        one
        for one in approvers.of_case(tx, case.ref)
        if one.state not in approvers.GONE and not _answered(tx, case, one)
    )


def _answered(tx: Tx, case: CaseView, added: Approver) -> bool:
    """Say whether an approver has answered about the version in hand; putting it off is no answer."""
    keys = [ask.key for ask in added.leg.asks]
    put = [step for step in steps.of_version(tx, case.ref, case.version) if step.key in keys]
    if not put:
        return False
    step = max(put, key=lambda step: step.round)
    if not step.open:
        return step.choice not in (None, Choice.DEFER)
    return bool(intents.decisions_of_step(tx, step.id, strict=False) or intents.unsettled(tx, step.id))


def with_approver(tx: Tx, visit: Visit, ref: str, post: str) -> tuple[CaseView, Approver]:
    """Return a case and an approver of it whom the asker may take back now."""
    case = open_case(tx, visit, ref)
    known = _known(tx, ref, post)
    if known is None or known.state == approvers.TOO_LATE:
        raise NotFound
    if known.state not in approvers.GONE and _answered(tx, case, known):
        title = telling.title(telling.edition(tx, case.edition), post, visit.today)
        raise Conflict(f"{title} has answered, and an answer that was given stands.")
    return case, known


def taken_back(visit: Visit, ref: str, post: str, reason: str) -> Approver:
    """Write down that a post is not asked any more. The first time stands."""
    said = forms.clean(reason)
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        case, known = with_approver(tx, visit, ref, post)
        if known.state in approvers.GONE:
            return known
        if problem := forms.unfit_reason(said, "Say why: whoever was asked is told"):
            raise Malformed(problems=[problem])
        approvers.taken_back(tx, ref, post, reason=said, by=visit.me.id, by_post=_as(visit, case))
        return _must(tx, ref, post)


def _must(tx: Tx, ref: str, post: str) -> Approver:
    made = _known(tx, ref, post)
    if made is None:
        raise ValueError(f"{ref}: {post} was not added")
    return made


def _known(tx: Tx, ref: str, post: str) -> Approver | None:
    return next((one for one in approvers.of_case(tx, ref) if one.post == post), None)


def _as(visit: Visit, case: CaseView) -> str:
    """Return the post through which somebody adds another: the sponsor's, the lead's, or one they hold."""
    pmo = visit.rules.roles["pmo"]
    own = (case.sponsor, case.lead, *case.proposal.co_authors, pmo, *visit.posts)
    return next((post for post in own if post in visit.posts), "")


def posts(tx: Tx, visit: Visit, case: CaseView) -> list[tuple[str, str]]:
    """Return the posts that may be asked, by title."""
    rules = telling.edition(tx, case.edition)
    fit = [(post, known.title_on(visit.today)) for post, known in rules.posts.items()]
    return sorted((pair for pair in fit if not _unfit(tx, visit, case, pair[0])), key=lambda pair: pair[1])
