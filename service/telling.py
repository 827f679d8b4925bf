"""What the record holds, put as letters and pages tell it: titles for posts, names for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256

from service import seating
from service.handbook import Edition
from service.store import cases, covers, editions, intents, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import Condition, DecisionView
from service.store.letters import LedgerRow, QueuedLetter
from service.store.steps import StepView
from workflows import letters
from workflows.model import Choice, Ending, Leg, LegAsk, Outcome, Seat, SeatAsk, Share, State
from workflows.rules import calendar, course, routing

SAID = "said"
"""The value of a named answer that is all words."""
_FROZEN: dict[str, Edition] = {}


def edition(tx: Tx, hash: str) -> Edition:
    """Return an edition by its hash; each is read once, for it never changes."""
    if hash not in _FROZEN:
        _FROZEN[hash] = Edition.from_json(editions.get(tx, hash))
    return _FROZEN[hash]


def directory(tx: Tx, case: CaseView) -> Edition:
    """Return the edition by which people are found: the one in force, whatever a case's rules are.

    A case keeps the rules it opened with. It does not keep the people: who has left must not decide.
    """
    hash = editions.in_force_hash(tx, case.organisation)
    return edition(tx, hash or case.edition)


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


def told(decision: DecisionView, rules: Edition) -> letters.Answer:
    """Return a decision as others may read it: what a forum's secretary writes down is the forum's."""
    on = calendar.local_day(decision.submitted_at)
    forum = recorded_for(decision.forum, decision.kind, decision.post, rules)
    return letters.Answer(
        who=forum or title(rules, decision.post, on),
        choice=decision.choice,
        kind=decision.kind,
        on=on,
        for_whom=name(rules, decision.on_behalf_of),
        reason=_CHANGED if decision.altered else decision.reason or "",
        remarks=tuple(
            (question, remark(answer.value, answer.text)) for question, answer in decision.answers.items()
        ),
        conditions=tuple(condition(put, rules) for put in decision.conditions),
        until=decision.until,
    )


_CHANGED = "What was written here was changed afterwards, and is not shown."


def recorded_for(forum: str, kind: str, post: str, rules: Edition) -> str:
    """Return the name of the forum whose answer a post writes down as its secretary; empty if its own.

    Where members vote, a secretary who is one of them votes for nobody else.
    """
    known = rules.forums.get(forum)
    votes = kind in ("srg", "referral")
    return known.name if known and known.secretary == post and not votes else ""


def condition(put: Condition, rules: Edition) -> letters.Condition:
    """Return a condition with its owner's title."""
    return letters.Condition(text=put.text, owner=title(rules, put.owner, put.by), by=put.by)


def remark(value: str, text: str) -> str:
    """Return a named answer as it is read: whether there is a concern, and the words."""
    if value == SAID:
        return text
    said = {"no_concern": "No concern", "concern": "Concern"}.get(value, value.replace("_", " "))
    return f"{said}: {text}" if text else said


def budget(rules: Edition, post: str, amount: Decimal | None) -> letters.Budget | None:
    """Return a post's budget and what a yes would leave of it, where the handbook knows it."""
    held = rules.budget(post)
    if held is None or amount is None:
        return None
    return letters.Budget(total=held.total, committed=held.committed, would_remain=held.remaining - amount)


def coincidences(case: CaseView, rules: Edition, day: date) -> Iterator[str]:
    """Say where one post plays two parts in a proposal: allowed, and never hidden."""
    if any(share.post == case.sponsor for share in case.proposal.shares):
        yield f"The sponsor, {title(rules, case.sponsor, day)}, is also a funding party."
    if any(leg.leg == "principal_customer" and case.sponsor in leg.who for leg in case.route):
        yield f"The sponsor, {title(rules, case.sponsor, day)}, is also the Principal Customer."
    # It may also come to SRG by an answer that refers it there.
    to_srg = case.state == State.WITH_SRG or any(leg.leg == "srg" for leg in case.route)
    if to_srg and rules.route.srg and case.sponsor in rules.forums[rules.route.srg].members:
        yield f"The sponsor, {title(rules, case.sponsor, day)}, is a member of SRG."


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
        capital=case.capital,
        revenue=(content.get("cost_profile") or {}).get("revenue_gbp_per_year"),
        sponsor=title(rules, case.sponsor, day),
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
        name=person.name, address=people.address(pmo, person.id), post_title=title(rules, pmo, day)
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


def share_of(case: CaseView, step: StepView | str, post: str) -> Share | None:
    """Return the share a step asks about: the seat's own, or for an authority the party's."""
    key = step if isinstance(step, str) else step.key
    party = routing.party(key, post)
    return next((share for share in case.proposal.shares if share.post == party), None)


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


def away(tx: Tx, case: CaseView, deciding: bool, day: date) -> dict[str, str]:
    """Return who is covered on a day, and by whom; nobody by the sponsor where something is decided (A26)."""
    sponsor = directory(tx, case).holder(case.sponsor, day)
    found = covers.on_day(tx, day)
    if not deciding or sponsor is None:
        return found
    return {person: cover for person, cover in found.items() if cover != sponsor.id}


def barred(
    tx: Tx, case: CaseView, kind: str, asked: Sequence[SeatAsk], deciding: bool, day: date
) -> frozenset[str]:
    """Return who may not answer on a day, because they or whom they cover for wrote the proposal."""
    rules, people = edition(tx, case.edition), directory(tx, case)
    excused = seating.excused(case.proposal, kind, asked, rules, people, day)
    return seating.barred(case.authors, covers.on_day(tx, day), deciding=deciding, excused=excused)


def looked_at_anew(tx: Tx, case: CaseView, step: StepView, day: date) -> tuple[Seat, ...]:
    """Return a step's seats as people are on a day: with whoever has come, or covers, for a silent one."""
    decides = step.terms.deciding
    return seating.reseated(
        step.asked,
        step.silent,
        directory(tx, case),
        day,
        away(tx, case, decides, day),
        barred(tx, case, step.kind, step.asked, decides, day),
        answering_elsewhere(tx, case.ref, step.key, step.version),
    )


def answering_elsewhere(tx: Tx, ref: str, key: str, version: int) -> tuple[str, ...]:
    """Return those who may answer the other question about a share, or did so of this version.

    Nobody approves it in both places.
    """
    other = routing.same_share(key)
    if not other:
        return ()
    about = [step for step in steps.of_case(tx, ref) if step.key == other and step.version == version]
    asked = (person for step in about if step.open for person in step.people)
    ids = [step.id for step in about]
    answered = (made.person for made in intents.decisions_of(tx, ref, strict=False) if made.step in ids)
    return tuple(dict.fromkeys((*asked, *answered)))


def about(case: CaseView, key: str, rules: Edition) -> tuple[str, ...]:
    """Return the names of the principles or corporate systems that a question is about."""
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
) -> letters.Next | None:
    """Say where a case goes once questions that were put together, by their keys, came to their outcomes.

    `put` are the steps of the version: what an earlier one added may still be owed. Nobody is named
    whom nobody asks yet.
    """
    earlier = {step.key: came_to(step, step.choice) for step in put if step.key not in outcomes}
    after = course.to_come(outcomes, case.route, case.branches, earlier)
    if not after:
        return None
    asked = next((leg for leg in after if leg.asks), None)
    if asked is None:
        return letters.Next(leg=after[0].leg)
    return letters.Next(
        leg=asked.leg, who=tuple(title(rules, post, day) for post in asked.who), on=asked.meeting
    )


def came_to(step: StepView, choice: Choice | None) -> Outcome:
    """Return what a step came to, as its process is told it."""
    ending = Ending.DECIDED if choice else step.ending or Ending.SILENT
    return Outcome(step=step.id, ending=ending, choice=choice, at=step.opened, kind=step.kind)


def together(case: CaseView, step: StepView, asked: Sequence[StepView]) -> list[StepView]:
    """Return the latest round of each question that is put together with a step's, about its version.

    Of a question that goes to somebody else because nobody answers, that is the last who was asked.
    """
    questions = [
        [ask.key for ask in (first, *first.otherwise)]
        for leg in course.together_with(step.key, case.route, case.branches)
        for first in leg.asks
    ]
    latest: list[StepView] = []
    for keys in questions:
        put = [one for one in asked if one.key in keys and one.version == step.version]
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
