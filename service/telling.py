"""What the record holds, put as letters and pages tell it: titles for posts, names for people."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Protocol

from service import appraisal, seating
from service.handbook import Edition, Person
from service.handbook.words import listed
from service.proposals import ProposalDocument, provided
from service.reports import labels, remarks
from service.seating import Seating
from service.store import (
    actions,
    approvers,
    assessments,
    benefits,
    budgets,
    cases,
    covers,
    editions,
    failing,
    intents,
    projects,
    sizes,
    steps,
)
from service.store import letters as ledger
from service.store.actions import ActionView
from service.store.approvers import Approver
from service.store.cases import CaseItem, CaseView
from service.store.engine import Tx
from service.store.intents import OUTSIDE, Answered, Condition, DecisionView
from service.store.letters import LedgerRow, QueuedLetter
from service.store.steps import SeatView, StepView
from workflows import letters
from workflows.model import (
    Capacity,
    Choice,
    Ending,
    Holder,
    Leg,
    LegAsk,
    Outcome,
    SeatAsk,
    Share,
    Terms,
    key_of,
)
from workflows.rules import calendar, course, meetings, reports, routing
from workflows.rules.assessments import ASSESS

SAID = intents.SAID
"""The value of a named answer that is all words."""
_FROZEN: dict[str, Edition] = {}
_NAMING: dict[tuple[str, ...], Edition] = {}


def edition(tx: Tx, hash: str) -> Edition:
    """Return an edition by its hash; each is read once, for it never changes."""
    if hash not in _FROZEN:
        _FROZEN[hash] = Edition.from_json(editions.get(tx, hash))
    return _FROZEN[hash]


def rules_of(tx: Tx, case: CaseItem) -> Edition:
    """Return the edition of a case, which here also knows by name whoever has come, and gone, since.

    A case keeps the rules it opened with, while those who answer are found by the edition in force.
    """
    own, others = case.edition, editions.ever_in_force(tx, case.organisation)
    key = (own, *(hash for hash in others if hash != own))
    if key not in _NAMING:
        # Of somebody whom several know the earliest has the word, so that nothing is said otherwise later.
        first, *later = (edition(tx, hash) for hash in key)
        people = {id: person for one in (*later, first) for id, person in one.people.items()}
        posts = {id: post for one in (*later, first) for id, post in one.posts.items()}
        _NAMING[key] = first.model_copy(update={"people": people, "posts": posts})
    return _NAMING[key]


def directory(tx: Tx, case: CaseView) -> Edition:
    """Return the edition by which people are found: the one in force, whatever a case's rules are.

    A case keeps the rules it opened with. It does not keep the people: who has left must not decide.
    """
    return people_under(tx, edition(tx, case.edition))


def people_under(tx: Tx, rules: Edition) -> Edition:
    """Return the edition in force where the rules are those of an earlier one: it finds people."""
    hash = editions.in_force_hash(tx, rules.organisation)
    return edition(tx, hash) if hash else rules


FAILING = "fault:failing:"
"""How the keys of letters begin about what Assent fails to do for a case."""


def title(rules: Edition, post: str, day: date) -> str:
    """Return what a post, or a forum, is called on a day."""
    if known := rules.posts.get(post):
        return known.title_on(day)
    forum = rules.forums.get(post)
    return forum.name if forum else post


def name(rules: Edition, person: str) -> str:
    """Return a person's name; empty for one the edition does not know."""
    known = rules.people.get(person)
    return known.name if known else ""


def stop(leg: Leg, rules: Edition, day: date, *, by: date | None = None) -> letters.Stop:
    """Return a leg of a way as others may read it; `by` is when it is passed if everybody answers in time."""
    return letters.Stop(
        leg=leg.leg,
        who=tuple(title(rules, post, day) for post in leg.who),
        clause=letters.Clause(number=leg.clause, text=rules.clause_text(leg.clause)),
        reason=leg.reason,
        meeting=leg.meeting,
        by=by,
    )


def stops(
    route: Sequence[Leg], rules: Edition, day: date, kept: Mapping[str, Outcome] = MappingProxyType({})
) -> tuple[letters.Stop, ...]:
    """Tell a way that begins on a day: who, why, and by when if everybody answers in time.

    `kept` are the answers about an earlier version that stand, by the keys of their questions.
    """
    due = {kind: terms.ladder.due for kind, terms in rules.terms().items()}
    nth = partial(calendar.nth_working_day, non_working=rules.non_working)
    days = course.passed_by(route, day, due, nth, kept)
    return tuple(stop(leg, rules, day, by=by) for leg, by in zip(route, days, strict=True))


def told(
    decision: DecisionView, rules: Edition, tracked: Mapping[tuple[str, int], str] = MappingProxyType({})
) -> letters.Answer:
    """Return a decision as others may read it: what a forum's secretary writes down is the forum's.

    `tracked` has the actions by which conditions are followed, by decision and number.
    """
    on = calendar.local_day(decision.submitted_at)
    forum = recorded_for(decision.forum, decision.kind, decision.seat, rules)
    member = sat_for(decision, rules)
    return letters.Answer(
        who=forum or title(rules, decision.post, on),
        substitute=bool(member),
        choice=decision.choice,
        kind=decision.kind,
        key=key_of(decision.step) if decision.kind in reports.KINDS else "",
        on=on,
        for_whom=name(rules, decision.on_behalf_of) or (title(rules, member, on) if member else ""),
        reason=_CHANGED if decision.altered else decision.reason or "",
        remarks=remarked(decision.kind, decision.answers, rules, on),
        conditions=tuple(
            condition(put, rules, tracked.get((decision.key, number), ""))
            for number, put in enumerate(decision.conditions, start=1)
        ),
        until=decision.until,
        next_meeting=decision.next_meeting,
    )


def remarked(
    kind: str, answers: Mapping[str, Answered], rules: Edition, day: date
) -> tuple[tuple[str, str], ...]:
    """Return named answers to a kind of question as others read them: a report's as its boxes are called."""
    known = labels(kind, rules, answers)
    beside = ((name, answer) for name, answer in answers.items() if name not in known)
    return (
        *remarks(kind, answers, rules, day),
        *((name, remark(answer.value, answer.text)) for name, answer in beside),
    )


_CHANGED = "What was written here was changed afterwards, and is not shown."


def sat_for(decision: DecisionView, rules: Edition) -> str:
    """Return the member's post for which a forum's substitute answered; empty if it was no substitute."""
    known = rules.forums.get(decision.forum)
    places = known.substitutes.items() if known else ()
    return next((member for member, post in places if post == decision.post), "")


def recorded_for(forum: str, kind: str, post: str, rules: Edition) -> str:
    """Return the name of the forum whose answer is written down where a post is asked as its secretary.

    It is the forum's whoever answers for that post. Empty if the answer is the post's own.
    Where members vote, a secretary who is one of them votes for nobody else.
    """
    known = rules.forums.get(forum)
    votes = kind in ("srg", "referral")
    return known.name if known and known.secretary == post and not votes else ""


def condition(put: Condition, rules: Edition, action: str = "") -> letters.Condition:
    """Return a condition with the titles of its owner and of whoever checks it."""
    return letters.Condition(
        text=put.text,
        owner=title(rules, put.owner, put.by),
        by=put.by,
        evidence=put.evidence,
        verifier=title(rules, put.verifier, put.by),
        guards=put.guards,
        action=action,
    )


def so_far(tx: Tx, case: CaseView, version: int, at: datetime) -> tuple[letters.Answer, ...]:
    """Return the views given on a version until an instant, as letters that ask tell them.

    Those on a blind step stay unseen while it is open, and those that may still be taken back.
    """
    asked = {step.id: step for step in steps.of_version(tx, case.ref, version)}
    rules, known = rules_of(tx, case), tracked(tx, case.ref)

    def unseen(made: DecisionView) -> bool:
        step, held = asked[made.step], made.held_until
        return step.open and (step.blind or (held is not None and held > at))

    return tuple(
        told(made, rules, known)
        for made in intents.decisions_of(tx, case.ref, strict=False)
        if made.step in asked and made.choice.counted and not unseen(made)
    )


def tracked(tx: Tx, ref: str) -> dict[tuple[str, int], str]:
    """Return the references of the actions that follow from a case, by decision and number."""
    return {key: action.ref for key, action in actions.followed(tx, ref).items()}


def outliving(tx: Tx, ref: str) -> tuple[ActionView, ...]:
    """Return what a refusal or a return left a directorate to do and is open: it stays so whatever becomes of
    the case.
    """
    return tuple(one for one in actions.of_case(tx, ref) if one.open and steps.get(tx, one.source))


def left_to_do(action: ActionView, rules: Edition, day: date) -> letters.Condition:
    """Return what a directorate is left to do, as others are told it."""
    return letters.Condition(
        text="Bring it within the guidelines, or end it.",
        owner=title(rules, action.owner, day),
        by=action.due,
        verifier=title(rules, action.verifier, day),
        action=action.ref,
    )


def asked_at(tx: Tx, step: str) -> dict[tuple[str, str], datetime]:
    """Return when each person was first asked for each seat of a step: whoever is covered was only told."""
    written: dict[tuple[str, str], datetime] = {}
    for row in ledger.of_step(tx, step):
        if row.link_id and row.kind != "covered":
            written.setdefault((row.seat, row.person), row.queued)
    return written


def task(tx: Tx, case: CaseView, action: ActionView, rules: Edition, day: date) -> letters.Task:
    """Return what an action requires, as those whom it asks are told it."""
    content = cases.content(tx, case.ref) or {}
    return letters.Task(
        text=content.get("summary") or "",
        owner=title(rules, action.owner, day),
        by=action.due,
        evidence=content.get("evidence") or "",
        verifier=title(rules, action.verifier, day),
        guards=action.guards,
        asked_by=listed(actions.asked_by(tx, case.ref)),
        action=case.ref,
        follows=action.parent,
    )


_REMARKS = {
    "no_concern": "No concern",
    "concern": "Concern",
    OUTSIDE: "The proposal is outside them",
}


def remark(value: str, text: str) -> str:
    """Return a named answer as it is read: whether there is a concern, and the words."""
    if value == SAID:
        return text
    said = _REMARKS.get(value, value.replace("_", " "))
    return f"{said}: {text}" if text else said


def budget(
    tx: Tx,
    case: CaseView,
    rules: Edition,
    post: str,
    amount: Decimal | None,
    *,
    key: str = "",
    before: datetime | None = None,
) -> letters.Budget | None:
    """Return the budget that a share comes from and what a yes would leave of it; None if it is not known.

    It is that of the post; or where the question `key` asks the authority above a party, that of the party.
    Committed is what the handbook says, and what the post approved here of other proposals before an
    instant, as `budgets.approved` counts it; without an instant, until now, and what other proposals ask of
    it now is told as well: nobody has promised it.
    """
    party = routing.party(key, post)
    held = rules.budget(party)
    if held is None or amount is None:
        return None
    here = budgets.approved(tx, case.organisation, party, beside=case.ref, before=before)
    return letters.Budget(
        total=held.total,
        committed=held.committed + here,
        approved_here=here,
        would_remain=held.remaining - here - amount,
        asked_here=Decimal(0) if before else budgets.asked(tx, case.organisation, party, beside=case.ref),
        whose=title(rules, party, tx.today) if party != post else "",
    )


_PARTS = {
    "head_of_profession": "also the Head of Profession who is consulted",
    "challenge": "also the Principal Customer",
    "consent": "also the Principal Customer",
    "notification": "also the one who is notified of it",
    "dataset": "also the one who settles its issue",
    "parameter": "also the one who settles its issue",
    "solution": "also the one who finds the way round",
    "bid_outcome": "also the one who says what became of the bid",
    "embargo_exception": "also the one who decides on the exception",
    "authority": "also the authority above a funding party",
    "extra": "also an approver who was added",
    "srg": "a member of the board",
    "referral": "a member of the board",
    "srg_meeting": "also the secretary of the board",
    "referral_meeting": "also the secretary of the board",
}
"""What somebody is beside the sponsor who answers a kind of question, where no forum is known by name."""
_BOARDS = ("srg", "referral")


def coincidences(tx: Tx, case: CaseView, rules: Edition, day: date, put: Collection[str]) -> tuple[str, ...]:
    """Say where the sponsor plays another part in a proposal, by any post: allowed, and never hidden.

    `put` are the keys of the questions of the version that have been put, or are now: by them an answer
    may have added whoever was on no route.
    """
    people = directory(tx, case)
    sponsor = people.holder(case.sponsor, day)
    parts: dict[str, None] = {}

    def theirs(post: str) -> bool:
        return post == case.sponsor or (sponsor is not None and people.holder(post, day) == sponsor)

    if any(theirs(share.post) for share in case.proposal.shares):
        parts["also a funding party"] = None
    for leg in course.walked(case.route, case.branches, put):
        asks = (ask for ask in course.asked_by(leg) if ask in leg.asks or ask.key in put)
        for ask in asks:
            part = _PARTS.get(ask.kind)
            if part and any(theirs(seat.post) for seat in ask.seats):
                forum = rules.forums.get(ask.forum or leg.forum)
                there = "a member" if ask.kind in _BOARDS else "also the secretary"
                parts[f"{there} of {forum.name}" if forum else part] = None
    return tuple(f"The sponsor, {title(rules, case.sponsor, day)}, is {part}." for part in parts)


def besides(tx: Tx, case: CaseView, rules: Edition, day: date, but: Collection[str] = ()) -> tuple[str, ...]:
    """Say whose approval somebody asked for besides, and why, but for these posts: everybody is told."""
    return tuple(
        sentence.rstrip(".") + "."
        for one in approvers.of_case(tx, case.ref)
        if one.post not in but and one.state != approvers.TOO_LATE
        for sentence in [f"{asked_besides(one, rules, day)}: {' '.join(one.reason.split())}".rstrip(": ")]
    )


def asked_besides(added: Approver, rules: Edition, day: date) -> str:
    """Say who had asked whom besides."""
    who, whom = title(rules, added.by_post, day), title(rules, added.post, day)
    return f"{who} asked for the approval of {whom} besides"


def size(tx: Tx, case: CaseView, rules: Edition, day: date) -> str:
    """Tell a proposal's size, and who has confirmed or set it, and why, if anybody has."""
    told = case.size.capitalize()
    return f"{told}, {said}" if (said := size_set(tx, case, rules, day)) else told


def size_set(tx: Tx, case: CaseView, rules: Edition, day: date) -> str:
    """Say who has confirmed or set a proposal's size, and why; empty if nobody has."""
    said = sizes.last(tx, case.ref)
    if said is None or not said.holds_for(case.version):
        return ""
    # Until its process goes by it, or where it came to its end before, it is of the size that it was.
    taken_up = said.size is case.size
    done = f"set to {said.size}" if not taken_up else "set" if said.overrides else "confirmed"
    return f"{done} by {title(rules, said.by_post, day)}: {' '.join(said.reason.split())}".rstrip(": ")


def revenue(content: Mapping[str, Any]) -> Decimal | None:
    """Return the pounds of revenue a year that a version says it needs; None if it does not say."""
    said = (content.get("cost_profile") or {}).get("revenue_gbp_per_year")
    return Decimal(said) if said is not None else None


def matter(tx: Tx, case: CaseView, rules: Edition, page: str, day: date) -> letters.Matter:
    """Return what a letter says of the case it is about; `page` is the case's ordinary page."""
    content = cases.content(tx, case.ref, case.version) or {}
    department = rules.departments.get(case.department)
    return letters.Matter(
        ref=case.ref,
        title=case.title,
        organisation=rules.organisation_name,
        page=page,
        summary=content.get("summary") or "",
        capital=case.capital if case.kind == "proposal" else None,
        revenue=revenue(content),
        # An assessment is nobody's proposal: the programme office has it made.
        sponsor="" if case.kind == assessments.KIND else title(rules, case.sponsor, day),
        department=department.name if department else "",
        version=case.version,
    )


def pmo_letter(
    tx: Tx,
    case: CaseView,
    links_page: Callable[[str], str],
    *,
    cause: str,
    key: str,
    seat: str = "",
    day: date | None = None,
    facts: Mapping[str, object] | None = None,
) -> QueuedLetter | None:
    """Return a letter to the PMO on what will not move by itself; None if the post has no holder.

    `links_page` gives the address of an ordinary page by its path, as `Links.page` does; `seat` is the
    title of the post that is asked; `facts` are further fields of `letters.Stuck`.
    """
    day = day or tx.today
    rules, people = edition(tx, case.edition), directory(tx, case)
    pmo = rules.roles["pmo"]
    person = people.holder(pmo, day)
    if person is None:
        return None
    page = links_page(f"cases/{case.ref}")
    to = letters.Addressee(
        name=person.name, address=people.address(pmo, person.id, day), post_title=title(rules, pmo, day)
    )
    stuck = letters.Stuck.model_validate(
        {
            "to": to,
            "matter": matter(tx, case, rules, page, day),
            "desk": page,
            "cause": cause,
            "seat": seat,
            **(facts or {}),
        }
    )
    return QueuedLetter(
        key=key,
        case=case.ref,
        person=person.id,
        post=pmo,
        address=to.address,
        kind=stuck.kind,
        props=stuck.model_dump(mode="json"),
    )


def not_said(tx: Tx, case: CaseView, rules: Edition) -> tuple[str, ...]:
    """Return what applies to a proposal and was not said, though nothing kept it from being submitted."""
    read = ProposalDocument.model_validate(cases.content(tx, case.ref, case.version) or {})
    gaps = provided.gaps(read, rules, calendar.local_day(case.submitted))
    return tuple(gap.told for gap in gaps if not gap.waits)


def worth(tx: Tx, case: CaseView, rules: Edition) -> letters.Worth:
    """Return what a proposal's costs and benefits come to over its life, as its pages work it out."""
    read = ProposalDocument.model_validate(cases.content(tx, case.ref, case.version) or {})
    found = appraisal.appraise(read, rules.appraisal, case.proposal.submitted)
    return letters.Worth(
        whole_life_cost=appraisal.to_the_pound(found.whole_life_cost),
        present_value=appraisal.to_the_pound(found.present_value),
        paid_back=found.payback.year if found.payback else "",
        last=found.years[-1].year,
    )


def share_of(case: CaseView, step: StepView | str, post: str) -> Share | None:
    """Return the share a step asks about: the seat's own, or for an authority the party's."""
    key = step if isinstance(step, str) else step.key
    party = routing.party(key, post)
    return next((share for share in case.proposal.shares if share.post == party), None)


def tell_failing(tx: Tx, ref: str, links_page: Callable[[str], str]) -> None:
    """Write to the PMO, once for all that fails for a case at a time, that it does not move because of it."""
    first = next(iter(failing.of_case(tx, ref)), None)
    key = f"{FAILING}{ref}:{first.since.isoformat()}" if first else ""
    if first is None or ledger.get(tx, key) is not None:
        return
    case, facts = cases.get(tx, ref), {"doing": first.doing}
    if told := pmo_letter(tx, case, links_page, cause="failing", key=key, facts=facts):
        ledger.queue_direct(tx, told)


def otherwise(case: CaseView, key: str) -> LegAsk | None:
    """Return the question that is put in the place of a step's, if nobody answers that."""
    chain = _chain(case, key)
    keys = [ask.key for ask in chain]
    return chain[keys.index(key) + 1] if key in keys[:-1] else None


def before(case: CaseView, key: str) -> tuple[LegAsk, ...]:
    """Return the questions in whose place a step's was put, because nobody answered them."""
    chain = _chain(case, key)
    keys = [ask.key for ask in chain]
    return chain[: keys.index(key)] if key in keys else ()


def unanswered(tx: Tx, case: CaseView, key: str, version: int) -> tuple[StepView, ...]:
    """Return the steps in whose place a step's was put, because nobody answered them at all: of each question
    the last. What a board did not decide goes to its meeting, and is not among them.
    """
    asked = [step for ask in before(case, key) if (step := _last(tx, case, ask, version))]
    if not asked:
        return ()
    given = {made.step for made in intents.decisions_of(tx, case.ref, strict=False)}
    return tuple(
        step for step in asked if step.id not in given and not (step.kind in _BOARDS and _meets(case, key))
    )


def by_members(tx: Tx, case: CaseView, key: str, version: int) -> letters.ByMembers:
    """Say what became of a question by email that is now put at its board's meeting; empty for any other."""
    last = _last(tx, case, before(case, key)[-1], version) if _meets(case, key) else None
    if last is None:
        return ""
    return "put_off" if last.choice is Choice.DEFER else "undecided"


def _last(tx: Tx, case: CaseView, ask: LegAsk, version: int) -> StepView | None:
    rounds = steps.of_version(tx, case.ref, version, [ask.key])
    return max(rounds, key=lambda step: step.round, default=None)


def _meets(case: CaseView, key: str) -> bool:
    found = place(case, key)
    return found is not None and found[1].meets and bool(before(case, key))


def _chain(case: CaseView, key: str) -> tuple[LegAsk, ...]:
    found = place(case, key)
    chains = [(first, *first.otherwise) for first in found[0].asks] if found else []
    return next((chain for chain in chains if key in [ask.key for ask in chain]), ())


def asked(put: LegAsk, rules: Edition, day: date) -> str:
    """Return who is asked a question: the forum, or the post of its first seat."""
    return title(rules, put.forum or put.seats[0].post, day)


def place(case: CaseView, key: str) -> tuple[Leg, LegAsk] | None:
    """Return the leg and the question of a case to which a step's key belongs."""
    legs = (*case.route, *case.branches.values())
    asks = ((leg, ask) for leg in legs for ask in course.asked_by(leg))
    return next(((leg, ask) for leg, ask in asks if ask.key == key), None)


def covers_of(tx: Tx, people: Edition, day: date) -> dict[str, str]:
    """Return who is covered on a day, and by whom; whoever holds no post any more has left, and covers for
    nobody.
    """

    def still() -> dict[str, str]:
        named = covers.on_day(tx, day).items()
        return {person: cover for person, cover in named if people.posts_of(cover, day)}

    return dict(tx.once(("covered", people.hash, day), still))


def away(tx: Tx, case: CaseView, deciding: bool, day: date) -> dict[str, str]:
    """Return who is covered on a day, and by whom; nobody by the sponsor where something is decided (A26)."""
    asking = sponsor(tx, case, deciding, day)
    there = covers_of(tx, directory(tx, case), day)
    return {person: cover for person, cover in there.items() if cover != asking}


def covered(tx: Tx, people: Edition, holder: Holder, post: str, day: date) -> Person | None:
    """Return in whose place somebody answers who was asked for a post: its holder's, or, where they cover for
    the next up the line, that manager's. None for whoever answers as the holder or the manager themselves.
    """
    match holder.capacity:
        case Capacity.HOLDER:
            return None
        case Capacity.LINE:
            manager = people.holder(holder.post, day)
            return manager if manager and covers.on(tx, manager.id, day) == holder.person else None
        case _:
            return people.holder(post, day)


def sponsor(tx: Tx, case: CaseView, deciding: bool, day: date) -> str:
    """Return the person who sponsors a case, where something is decided that they must not; else nobody."""
    holder = directory(tx, case).holder(case.sponsor, day)
    return holder.id if deciding and holder else ""


def writers(tx: Tx, case: CaseView, day: date, kind: str = "") -> tuple[str, ...]:
    """Return whose work is looked at where a case is decided on: the authors of a version, and of its review
    where a question of that `kind` is about that; of an action, whoever holds its owner's post on a day, and
    all who have said that it is done; of a project, whoever manages it, and reported since its last gate; of
    an assessment, its owner, and whoever made it.
    """
    match case.kind:
        case actions.KIND:
            did = intents.decisions_of(tx, case.ref, strict=False)
            claimed = [one.person for one in did if one.choice is Choice.CLAIM_COMPLETE]
            return (*_holding(tx, case, actions.must(tx, case.ref).owner, day), *claimed)
        case projects.KIND:
            return (*_holding(tx, case, projects.must(tx, case.ref).manager, day), *_reporters(tx, case))
        case projects.STANDARDS:
            raised = projects.standards_exception(tx, case.ref)
            manager = projects.must(tx, raised.parent).manager if raised else ""
            return _holding(tx, case, manager, day)
        case assessments.KIND:
            made = intents.decisions_of(tx, case.ref, strict=False)
            wrote = [one.person for one in made if one.kind == ASSESS and one.choice is not Choice.DEFER]
            return (*_holding(tx, case, assessments.must(tx, case.ref).owner, day), *wrote)
        case benefits.KIND:
            return ()
        case _ if kind in _ON_A_REVIEW:
            made = intents.decisions_of(tx, case.ref, strict=False)
            return (*case.authors, *(one.person for one in made if one.kind == "review"))
        case _:
            return case.authors


_ON_A_REVIEW = ("review_check", "review_srg")
"""Questions about what the review of a proposal says."""


def _holding(tx: Tx, case: CaseView, post: str, day: date) -> tuple[str, ...]:
    holder = directory(tx, case).holder(post, day)
    return (holder.id,) if holder else ()


def _reporters(tx: Tx, case: CaseView) -> tuple[str, ...]:
    """Return who has reported on a project, or planned it, since the last gate that it passed."""
    passed = projects.gates(tx, case.ref)[-1:]
    since = passed[0].at if passed else case.opened
    made = intents.decisions_of(tx, case.ref, strict=False)
    # A mandate says who is to run it, and reports on nothing.
    return tuple(
        one.person
        for one in made
        if one.kind in reports.DECIDES_NOTHING
        and one.kind != "mandate"
        and one.choice is not Choice.DEFER
        and one.submitted_at >= since
    )


def barred(
    tx: Tx, case: CaseView, kind: str, asked: Sequence[SeatAsk], deciding: bool, day: date
) -> frozenset[str]:
    """Return who may not answer on a day, because they or whom they cover for wrote it, or did it."""
    if not deciding:
        return frozenset()
    rules, people = edition(tx, case.edition), directory(tx, case)
    excused = seating.excused(case.proposal, kind, asked, rules, people, day)
    return seating.barred(
        writers(tx, case, day, kind), covers_of(tx, people, day), deciding=deciding, excused=excused
    )


class Posed(Protocol):
    """A question that is put, or is about to be: what says who may answer it."""

    @property
    def key(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def terms(self) -> Terms: ...


def seated(tx: Tx, case: CaseView, put: Posed, asked: Sequence[SeatAsk], day: date) -> Seating:
    """Return who is there on a day to answer a question of a case, and who of them may not."""
    deciding = put.terms.deciding
    return Seating(
        people=directory(tx, case),
        day=day,
        covers=away(tx, case, deciding, day),
        barred=barred(tx, case, put.terms.kind, asked, deciding, day),
        elsewhere=answering_elsewhere(tx, case.ref, put.key, put.version),
        sponsor=sponsor(tx, case, deciding, day),
    )


def waiting_for(
    tx: Tx, person: str, day: date
) -> tuple[tuple[CaseView, StepView, tuple[SeatView, ...]], ...]:
    """Return the open steps in which a person may answer on a day, with those seats, the one due first first.

    Whoever was asked and may not answer any more, say as a cover whose days are over, has none.
    """
    found = []
    for step in steps.open_for(tx, person):
        case = cases.get(tx, step.case)
        there = seated(tx, case, step, step.asked, day)
        waiting = [seat for seat in step.seats if seat.waiting]
        able = tuple(
            seat
            for seat in waiting
            if any(asked.person == person and there.may_still(asked, seat) for asked in seat.holders)
        )
        if able:
            found.append((case, step, able))
    return tuple(found)


def answering_elsewhere(tx: Tx, ref: str, key: str, version: int) -> tuple[str, ...]:
    """Return those who may answer the other question about a share, or did so of this version.

    Nobody approves it in both places.
    """
    other = routing.same_share(key)
    if not other:
        return ()
    about = steps.of_version(tx, ref, version, [other])
    asked = (person for step in about if step.open for person in step.people)
    ids = [step.id for step in about]
    answered = (made.person for made in intents.decisions_of(tx, ref, strict=False) if made.step in ids)
    return tuple(dict.fromkeys((*asked, *answered)))


def about(case: CaseView, key: str, rules: Edition) -> tuple[str, ...]:
    """Return the names of the principles or corporate systems that a question is about; of a question of
    delivery, the gate, the stage or the months, where it is about one.
    """
    found = place(case, key)
    keys = found[1].about if found else ()
    return tuple(
        rules.principles[each].short_name
        if each in rules.principles
        else rules.corporate_systems[each].name
        if each in rules.corporate_systems
        else each
        for each in keys
    )


def following(
    case: CaseView,
    outcomes: Mapping[str, Outcome],
    rules: Edition,
    day: date,
    put: Iterable[StepView] = (),
    meet: meetings.Calendar | None = None,
    mine: Callable[[LegAsk], Collection[str]] = lambda ask: (),
) -> letters.Next | None:
    """Say where a case goes once questions that were put together, by their keys, came to their outcomes.

    `put` are the steps of the version: what an earlier one added may still be owed; `meet` is when forums
    meet, if not by their rules; `mine` says for which posts the reader is asked a question. Nobody is named
    whom nobody asks yet.
    """
    earlier = {step.key: came_to(step, step.choice) for step in put if step.key not in outcomes}
    after = course.to_come(outcomes, case.route, case.branches, earlier, case.kept)
    if not after:
        return None
    asked = next((leg for leg in after if leg.asks), None)
    if asked is None:
        return letters.Next(leg=after[0].leg)
    asked = _reached(case, asked, rules, day, meet)
    joining = [leg for leg in after if leg.leg == "extra" and asked.leg == "funding"]
    legs = (asked, *joining)
    who = dict.fromkeys(post for leg in legs for post in _still_asked(leg, case))
    own = [post for leg in legs for ask in course.unkept(leg, case.kept) for post in mine(ask)]
    return letters.Next(
        leg=asked.leg,
        who=tuple(title(rules, post, day) for post in who if post not in own),
        you=any(post in who for post in own),
        seated=bool(own) and not any(post in who for post in own),
        on=asked.meeting,
    )


def _still_asked(leg: Leg, case: CaseView) -> tuple[str, ...]:
    """Return whom a leg names, without those whose answers about an earlier version stand."""
    asks = course.unkept(leg, case.kept)
    if leg.forum or len(asks) == len(leg.asks):
        return leg.who
    return tuple(seat.post for ask in asks for seat in ask.seats)


def _reached(case: CaseView, leg: Leg, rules: Edition, day: date, meet: meetings.Calendar | None) -> Leg:
    """Return a leg as a case will pass it that comes to it on a day: it may be late for its meeting."""
    if leg.meeting is None:
        return leg
    known = rules.routing(case.proposal.submitted)
    ways = routing.ways(case.proposal, known, (leg,))[leg.leg]
    by_rule = meetings.by_rule(known.forums, known, min(day, leg.meeting))
    return meetings.reached(leg, ways, meet or by_rule, day)


def came_to(step: StepView, choice: Choice | None) -> Outcome:
    """Return what a step came to, as its process is told it."""
    ending = Ending.DECIDED if choice else step.ending or Ending.SILENT
    return Outcome(step=step.id, ending=ending, choice=choice, at=step.opened, kind=step.kind)


def put_together(case: CaseView, key: str) -> frozenset[str]:
    """Return the keys of all questions that are put together with one, or in the place of one of them; of a
    project none, which puts each by itself.
    """
    return frozenset(key for keys in _together(case, key) for key in keys)


def _together(case: CaseView, key: str) -> list[list[str]]:
    """Return the keys of the questions that are put together with one, each with those in its place."""
    return [
        [ask.key for ask in (first, *first.otherwise)]
        for leg in course.together_with(key, case.route, case.branches)
        for first in leg.asks
    ]


def together(case: CaseView, step: StepView, asked: Sequence[StepView]) -> list[StepView]:
    """Return the latest round of each question that is put together with a step's, of those `asked`: the
    steps about a version, and those about an earlier one whose answers stand for it.

    Of a question that goes to somebody else because nobody answers, that is the last who was asked.
    """
    latest: list[StepView] = []
    for keys in _together(case, step.key):
        put = [one for one in asked if one.key in keys]
        if put:
            latest.append(max(put, key=lambda one: (keys.index(one.key), one.round)))
    return latest or [step]


def thread(row: LedgerRow) -> str | None:
    """Return the Message-ID under which a letter is shown together with others of its meeting or case."""
    stands_for = str(row.props.get("meeting") or row.case)
    if not stands_for:
        return None
    host = row.message_id.rpartition("@")[2]
    return f"<{sha256(stands_for.encode()).hexdigest()[:32]}@{host}"


def replies_to(rules: Edition) -> str:
    """Return where replies to letters are read: the PMO's mailbox."""
    return rules.posts[rules.roles["pmo"]].email
