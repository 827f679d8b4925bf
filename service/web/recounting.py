"""The record in plain words: one sentence for each kind of line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from notifications import sayings
from service import assessing, telling
from service.handbook import Edition
from service.store import canonical, intents
from service.store.line import Line
from service.store.projects import BOARD
from service.web import words
from workflows.delivery import Rag
from workflows.model import Choice, Moving, Nudge
from workflows.rules.quorum import Refusal


@dataclass(frozen=True)
class Told:
    """A line of the record, told."""

    seq: int
    at: datetime
    recorded: datetime
    sentence: str
    kind: str
    fingerprint: str


def recount(lines: Iterable[Line], edition: Edition) -> list[Told]:
    """Tell the record of a case, from its first line on."""
    kinds: dict[str, str] = {}
    seats: dict[str, list[dict[str, Any]]] = {}
    told: list[Told] = []
    for line in lines:
        step = str(line.data.get("step", ""))
        if line.kind == "step.opened":
            kinds[step] = str(line.data["ask"]["terms"]["kind"])
        told.append(
            Told(
                seq=line.seq,
                at=line.at,
                recorded=line.recorded,
                sentence=_sentence(_asking(line, kinds, seats), edition),
                kind=line.kind,
                fingerprint=words.fingerprint(line.mac),
            )
        )
        if "seats" in line.data:
            seats[step] = line.data["seats"]
    return told


def _asking(line: Line, kinds: Mapping[str, str], seats: Mapping[str, Sequence[dict[str, Any]]]) -> Line:
    """Return a line that says which kind of question it is about, in which words its answers are told, and
    who was asked before.
    """
    step = str(line.data.get("step", ""))
    if not step:
        # It is about no question, and what it says was asked is another thing.
        return line
    known = {"asked": kinds.get(step, ""), "before": seats.get(step, ())}
    return line.model_copy(update={"data": line.data | known})


def told_kinds() -> tuple[str, ...]:
    """Return the kinds of line that have words of their own."""
    return tuple(_TELLING)


def gist(lines: Iterable[Line]) -> list[Line]:
    """Leave out what only the full record needs: each letter's way, and what is told twice."""
    return [line for line in lines if line.kind not in _DETAIL and not _in_time(line)]


def _in_time(line: Line) -> bool:
    """Say whether a line says of what somebody had done before no more than that it came in time."""
    if line.kind == "size.heard":
        return bool(line.data.get("in_time", True))
    return line.kind == "approver.heard" and bool(line.data.get("asked", True))


_DETAIL = (
    "approver.let_go",
    "case.begun",
    "decision.submitted",
    "decision.taking_back",
    "letter.queued",
    "letter.sent",
    "link.followed",
    "link.reissued",
    "links.revoked",
    "project.people_heard",
)


def _sentence(line: Line, edition: Edition) -> str:
    tell = _TELLING.get(line.kind)
    if tell is None:
        return words.plain(line.kind.replace(".", " ")) + "."
    return tell(line, edition)


def _who(line: Line, edition: Edition) -> str:
    who = telling.name(edition, line.actor) or ("Assent" if line.actor == "engine" else line.actor)
    covered = telling.name(edition, line.on_behalf_of)
    return f"{who}, on behalf of {covered}," if covered else who


def _post(data: dict[str, Any], edition: Edition, at: datetime) -> str:
    return telling.title(edition, str(data.get("post", "")), words.local(at))


def _submitted(line: Line, edition: Edition) -> str:
    hash = words.fingerprint(line.data.get("content_hash", ""))
    return f"{_who(line, edition)} submitted version {line.data.get('version')} (fingerprint {hash})."


def _begun(line: Line, edition: Edition) -> str:
    kept = len(line.data.get("kept", ()))
    stand = f", and {words.count(kept, 'answer stands', 'answers stand')} from before" if kept else ""
    return f"Version {line.data.get('version')} set out on its way{stand}."


def _approver_added(line: Line, edition: Edition) -> str:
    return f"{_who(line, edition)} asked for the approval of {_post(line.data, edition, line.at)} besides."


def _approver_heard(line: Line, edition: Edition) -> str:
    post = _post(line.data, edition, line.at)
    return f"{post} {'is' if line.data.get('asked') else 'was added too late to be'} asked besides."


def _approver_taken_back(line: Line, edition: Edition) -> str:
    return f"{_who(line, edition)} had {_post(line.data, edition, line.at)} asked no more."


def _approver_let_go(line: Line, edition: Edition) -> str:
    return f"{_post(line.data, edition, line.at)} is not waited for any more."


def _size_set(line: Line, edition: Edition) -> str:
    data = line.data
    confirms = data.get("size") == data.get("by_rule")
    done = "confirmed that it is" if confirms else "said that it is to be"
    return f"{_who(line, edition)} {done} {data.get('size')}."


def _size_heard(line: Line, edition: Edition) -> str:
    return (
        "Its size is as was said."
        if line.data.get("in_time")
        else "What was said of its size came too late, and it stays as it was."
    )


def _sized(line: Line, edition: Edition) -> str:
    return f"It is {line.data.get('size')} from now on."


def _became(line: Line, edition: Edition) -> str:
    state = str(line.data.get("state", ""))
    named = words.state(state)
    valid = line.data.get("valid_until")
    until = f", valid until {words.short_day(date.fromisoformat(valid))}" if valid else ""
    return f"It became: {named[:1].lower()}{named[1:]}{until}."


def _waiting(line: Line, edition: Edition) -> str:
    who = telling.title(edition, str(line.data.get("on", "")), words.local(line.at))
    if until := line.data.get("until"):
        on = words.day(words.local(canonical.moment(until)))
        if told := _ASKED_ON.get(str(line.data.get("leg"))):
            return f"It waits for {on}, when {who} is asked for {told}."
        return f"It waits for {words.day(words.local(canonical.moment(until)))}, when it goes to {who}."
    return {
        "conditions": f"It waits for conditions to be met, the first of them by {who}.",
        "project": "It waits for its project.",
        "go_live": "It waits for its project to go live.",
        "resubmission": f"It waits for {who} to submit the next version.",
    }.get(str(line.data.get("leg")), f"It waits for {who}.")


_ASKED_ON = {
    "highlight": "the next report",
    "benefit": "a reading",
    "post_implementation_review": "the review",
}
"""What is asked for on the day that is waited for, by the leg that waits."""


def _moved(line: Line, edition: Edition) -> str:
    data = line.data
    was = f"the meeting of {words.day(date.fromisoformat(data['was']))}" if data["was"] else ""
    return _MOVED[Moving(data["because"])].format(was)


_MOVED = {
    Moving.LATE: "It came after the last day for papers for {}, and goes another way.",
    Moving.PASSED: "It came after {}, and goes another way.",
    Moving.MOVED: "It goes along with {}, which was moved.",
    Moving.CALLED_OFF: "It goes another way, because {} was called off.",
    Moving.OUT_OF_TIME: "It goes another way, because {} was moved too far for it.",
    Moving.PUT_OFF: "Its members deferred it to a meeting.",
    Moving.UNDECIDED: "There was no decision by email, so it goes to a meeting.",
}


def _opened(line: Line, edition: Edition) -> str:
    seats = line.data.get("seats") or ()
    asked = _posts(seats, edition, words.local(line.at))
    return f"Asked: {asked or 'nobody could be found to ask'}."


def _nudged(line: Line, edition: Edition) -> str:
    data, day = line.data, words.local(line.at)
    silent = [seat for seat in data["seats"] if seat["key"] in data["silent"]]
    nudge, they = Nudge(data["rung"]["nudge"]), f"{_posts(silent, edition, day)} had not answered"
    if rolled_on := data.get("rolled_on"):
        to = words.short_day(date.fromisoformat(rolled_on))
        return f"{they}, and nobody was reminded: the meeting on {to} has it."
    if nudge in _NOBODY:
        before = {seat["key"]: seat["holders"] for seat in data["before"] if nudge is not Nudge.REMIND}
        reached = [seat for seat in silent if seat["holders"] != before.get(seat["key"], [])]
        if not reached:
            return f"{they}, and {_NOBODY[nudge]}."
        they = f"{_posts(reached, edition, day)} had not answered"
    return f"{they}, so {_NUDGED[nudge]}."


def _posts(seats: Iterable[Mapping[str, Any]], edition: Edition, day: date) -> str:
    posts = [telling.title(edition, str(seat["post"]), day) for seat in seats]
    return words.listed(list(dict.fromkeys(posts)))


_NUDGED = {
    Nudge.REMIND: "a reminder was sent",
    Nudge.COVER: "their cover or substitute was asked as well",
    Nudge.LINE: "the next person up the line was asked as well",
    Nudge.COUNT: "the votes cast by then were counted, to decide if they make a quorum",
    Nudge.PMO: "the programme office was told",
}
"""What a rung did about those who were silent; that a question closed is told as its closing."""

_NOBODY = {
    Nudge.REMIND: "there was nobody to remind",
    Nudge.COVER: "there was no cover or substitute still to be asked",
    Nudge.LINE: "there was nobody up the line still to be asked",
}
"""That a rung could reach nobody, of those that write to whoever they reach."""


def _decided(line: Line, edition: Edition, said: str = "") -> str:
    if line.data.get("outside_guidelines") or intents.GUIDELINES in line.data.get("answers", ()):
        said = f", as outside the guidelines{said}"
    choice = str(line.data.get("choice", ""))
    asked, key = str(line.data["asked"]), words.key_of(str(line.data["step"]))
    done = words.did(Choice(choice), asked, key=key) if choice in list(Choice) else "answered"
    post = _post(line.data, edition, line.at)
    return f"{_who(line, edition)}{f' ({post})' if post else ''} {done}{said}."


def _decision_submitted(line: Line, edition: Edition) -> str:
    return _decided(line, edition, ", and the answer was on its way")


def _decision_recorded(line: Line, edition: Edition) -> str:
    return _decided(line, edition)


def _closed(line: Line, edition: Edition) -> str:
    choice = str(line.data.get("choice") or "")
    if choice in list(Choice):
        asked, key = str(line.data["asked"]), words.key_of(str(line.data["step"]))
        return f"The question closed: {words.became(Choice(choice), asked, key)}."
    return "The question closed without a decision."


def _held(line: Line, edition: Edition) -> str:
    if until := line.data.get("until"):
        return f"The question was settled; it takes effect on {words.moment(canonical.moment(until))}."
    return "The question was open again."


def _taken_back(said: str) -> Callable[[Line, Edition], str]:
    def tell(line: Line, edition: Edition) -> str:
        who = telling.name(edition, str(line.data.get("person", ""))) or "Somebody"
        return f"{who} {said}."

    return tell


def _not_taken_back(line: Line, edition: Edition) -> str:
    refusal = str(line.data.get("refusal", ""))
    return _taken_back(_WHY_NOT_TAKEN_BACK.get(refusal, "could not take an answer back"))(line, edition)


_WHY_NOT_TAKEN_BACK: dict[str, str] = {
    Refusal.TOO_LATE: "asked too late to take an answer back, and it stands",
    Refusal.ENDED: "asked to take an answer back once the question was over",
    Refusal.NOTHING_THERE: "asked to take back an answer that did not count",
    Refusal.FAULT: "asked to take an answer back, which a fault in Assent prevented",
}
"""What came of the wish to take an answer back, by why it was refused; another reason is not told."""


def _rolled_on(line: Line, edition: Edition) -> str:
    forum = telling.title(edition, line.data["forum"], words.local(line.at))
    day, to = (words.short_day(date.fromisoformat(line.data[end])) for end in ("day", "to"))
    return f"{forum} came to no outcome on {day}, and takes it up on {to}."


def _expiring(line: Line, edition: Edition) -> str:
    until = date.fromisoformat(str(line.data["valid_until"]))
    return f"Sponsor and lead officer were warned that the approval lapses after {words.short_day(until)}."


def _follows(line: Line, edition: Edition) -> str:
    data = line.data
    owner = telling.title(edition, data["owner"], words.local(line.at))
    return (
        f"Action {data['action']} was opened: {owner}, by {words.short_day(date.fromisoformat(data['due']))}."
    )


def _action_opened(line: Line, edition: Edition) -> str:
    data = line.data
    owner, verifier = (
        telling.title(edition, data[part], words.local(line.at)) for part in ("owner", "verifier")
    )
    due = words.short_day(date.fromisoformat(data["due"]))
    return f"It was opened, as it follows from {data['parent']}: {owner}, by {due}. {verifier} checks it."


def _opened_from(line: Line, edition: Edition) -> str:
    return f"It was opened, as it follows from {line.data['parent']}."


def _project_named(line: Line, edition: Edition) -> str:
    data, day = line.data, words.local(line.at)
    manager = telling.title(edition, data["manager"], day)
    seats = dict.fromkeys(telling.title(edition, data[seat], day) for seat in BOARD if data[seat])
    return f"{manager} manages it; its board are {words.listed(list(seats))}."


def _people_changed(line: Line, edition: Edition) -> str:
    day = words.local(line.at)
    changed = [
        f"{telling.title(edition, post, day)} as {_PLACES[place]}"
        for place, post in line.data["posts"].items()
    ]
    return f"{_who(line, edition)} named {words.listed(changed)}."


_PLACES = {
    "manager": "project manager",
    "executive": "executive",
    "senior_user": "senior user",
    "senior_supplier": "senior supplier",
}


def _plan_proposed(line: Line, edition: Edition) -> str:
    plan = line.data["plan"]
    cost = sum((Decimal(stage["cost"]) for stage in plan["stages"]), Decimal(0))
    stages = words.count(len(plan["stages"]), "stage")
    live = words.short_day(date.fromisoformat(plan["go_live"]))
    return f"A plan was put forward: {stages}, {words.money(cost)}, going live on {live}."


def _project_reported(line: Line, edition: Edition) -> str:
    data = line.data
    live = words.short_day(date.fromisoformat(data["forecast"]["go_live"]))
    forecast = f"{words.money(Decimal(data['forecast']['cost']))} and go-live on {live} are forecast"
    same = "Nothing has changed: " if data["unchanged"] else ""
    return words.sentence(f"{same}{forecast}{'; the stage is done' if data['stage_done'] else ''}")


def _gate_passed(line: Line, edition: Edition) -> str:
    data, made = line.data, line.data["baseline"]
    gate = _GATES[data["gate"]].format(data["stage"])
    baseline = f" Plan {made['number']} is approved with it, by which it is measured." if made else ""
    rated = f" Confidence of delivery: {data['rating']}." if data.get("rating") else ""
    return f"It passed {gate}.{rated}{baseline}"


_GATES = {
    "start_up": "the gate of start-up",
    "initiation": "the gate of initiation",
    "boundary": "the gate after stage {}",
    "closure": "the gate of closure",
    "exception_plan": "the gate of its new plan",
}


def _exceeded(line: Line, edition: Edition) -> str:
    return (
        f"The forecast is past what is tolerated (exception {line.data['number']}), and the next gate waits."
    )


def _settled(line: Line, edition: Edition) -> str:
    data, more = line.data, line.data["tolerances"]
    if more:
        over, late = f"{Decimal(more['cost_percent']).normalize():f}%", words.working_days(more["days"])
        return (
            f"Exception {data['number']} was settled: {over} over and {late} late are tolerated from now on."
        )
    choice = str(data["choice"])
    said = words.became(Choice(choice), "exception") if choice in list(Choice) else "it is over"
    return f"Exception {data['number']} was settled: {said}."


def _standards_checked(line: Line, edition: Edition) -> str:
    data = line.data
    short = sum(found == "not_met" for found in data["found"].values())
    if not data["exception"]:
        return "Its standards were checked, and it keeps to them."
    which = words.count(short, "standard is", "standards are")
    return f"Its standards were checked: {which} not met, and {data['exception']} was raised."


def _assessment_opened(line: Line, edition: Edition) -> str:
    data = line.data
    owner = telling.title(edition, data["owner"], words.local(line.at))
    due, in_place = (words.short_day(date.fromisoformat(data[day])) for day in ("report_due", "in_place_by"))
    return (
        f"{_who(line, edition)} opened it: {owner} is to assess it by {due}, and what is chosen is to be in "
        f"place by {in_place}."
    )


def _assessment_reported(line: Line, edition: Edition) -> str:
    data = line.data
    weighed = sum(bool(one["weighed"]) for one in data["options"])
    of = words.count(len(data["options"]), "option")
    recommended = assessing.name_of(edition, data["recommended"])
    return f"{weighed} of {of} were weighed, and this one is recommended: {recommended}."


def _assessment_chosen(line: Line, edition: Edition) -> str:
    data = line.data
    same = "as was recommended" if data["option"] == data["recommended"] else "which was not recommended"
    return f"An option was chosen, {same}: {assessing.name_of(edition, data['option'])}."


def _benefit_read(line: Line, edition: Edition) -> str:
    data = line.data
    return f"Read {words.count(data['month'], 'month')} after go-live: {data['value']} ({data['rating']})."


def _supplied(line: Line, edition: Edition) -> str:
    data = line.data
    which, on = words.listed(list(data["parameters"])), words.short_day(date.fromisoformat(data["on"]))
    return f"{_who(line, edition)} put on record that {data['supplier']} had {which} on {on}."


def _agreed(line: Line, edition: Edition) -> str:
    data = line.data
    since, until = (words.short_day(date.fromisoformat(data[end])) for end in ("since", "until"))
    which = f"information sharing agreement {data['reference']}"
    return f"{_who(line, edition)} put {which} on record, from {since} to {until}."


def _letter(done: str) -> Callable[[Line, Edition], str]:
    def tell(line: Line, edition: Edition) -> str:
        kind = sayings.letter(str(line.data.get("kind", "")))
        who = telling.name(edition, str(line.data.get("person", "")))
        return f"A letter ({kind}){f' to {who}' if who else ''} {done}."

    return tell


def _order(done: str) -> Callable[[Line, Edition], str]:
    def tell(line: Line, edition: Edition) -> str:
        notice = str(line.data.get("order", "")).endswith(":cancelled")
        return f"{'Word that the order is called off' if notice else 'The order'} {done}."

    return tell


def _waits_for(line: Line, edition: Edition) -> str:
    return f"{_who(line, edition)} said that it waits for {line.data['other']}."


def _waits_no_more(line: Line, edition: Edition) -> str:
    return f"{_who(line, edition)} said that it waits for {line.data['other']} no more."


def _report_wanted(line: Line, edition: Edition) -> str:
    return f"{_who(line, edition)} asked for a report at once."


def _report_heard(line: Line, edition: Edition) -> str:
    if line.data["asked"]:
        return "The project manager is asked for a report."
    return "No report was asked for: one was asked for already, or no report is due as things stand."


def _corrected(line: Line, edition: Edition) -> str:
    data = line.data
    rated = words.RAGS[Rag(data["rating"])][0].lower()
    months = words.count(int(data["month"]), "month")
    return (
        f"{_who(line, edition)} corrected the reading {months} after go-live to {data['value']} ({rated}). "
        "The earlier one is kept."
    )


def _document(line: Line, edition: Edition) -> str:
    data = line.data
    hash, size = words.fingerprint(str(data.get("hash", ""))), words.size(int(data.get("size", 0)))
    return f"{_who(line, edition)} handed in document {data.get('number')} ({size}, fingerprint {hash})."


def _review_checked(line: Line, edition: Edition) -> str:
    lessons = len(line.data["lessons"])
    return f"Its review was checked, with {words.count(lessons, 'lesson') if lessons else 'no lesson'}."


_TELLING: dict[str, Callable[[Line, Edition], str]] = {
    "proposal.submitted": _submitted,
    "case.begun": _begun,
    "case.became": _became,
    "case.waiting": _waiting,
    "case.moved": _moved,
    "withdrawal.requested": lambda line, edition: f"{_who(line, edition)} asked to withdraw it.",
    "action.follows": _follows,
    "action.opened": _action_opened,
    "project.follows": lambda line, edition: f"Its project {line.data['project']} was opened.",
    "project.opened": _opened_from,
    "project.named": _project_named,
    "project.people_changed": _people_changed,
    "project.linked": lambda line, edition: (
        f"{_who(line, edition)} had it measured together with {line.data['other']}."
    ),
    "plan.proposed": _plan_proposed,
    "project.reported": _project_reported,
    "gate.passed": _gate_passed,
    "exception.raised": _exceeded,
    "exception.settled": _settled,
    "standards.checked": _standards_checked,
    "standards_exception.opened": _opened_from,
    "assessment.opened": _assessment_opened,
    "assessment.reported": _assessment_reported,
    "assessment.chosen": _assessment_chosen,
    "benefit.follows": lambda line, edition: f"Benefit {line.data['benefit']} was opened.",
    "benefit.opened": _opened_from,
    "benefit.completed": lambda line, edition: (
        "The mandate of its project says who sees to it, how it is measured and how it is brought about."
    ),
    "benefit.read": _benefit_read,
    "review.checked": _review_checked,
    "parameters.supplied": _supplied,
    "agreement.recorded": _agreed,
    "approver.added": _approver_added,
    "approver.heard": _approver_heard,
    "approver.taken_back": _approver_taken_back,
    "approver.let_go": _approver_let_go,
    "size.set": _size_set,
    "size.heard": _size_heard,
    "case.sized": _sized,
    "step.opened": _opened,
    "step.nudged": _nudged,
    "step.reseated": lambda line, edition: "Somebody who came, or who covers, was asked as well.",
    "step.held": _held,
    "step.closed": _closed,
    "decision.submitted": _decision_submitted,
    "decision.recorded": _decision_recorded,
    "decision.taking_back": _taken_back("asked to take an answer back"),
    "decision.undone": _taken_back("took an answer back, and the question waits for them again"),
    "decision.not_taken_back": _not_taken_back,
    "approval.expiring": _expiring,
    "question.rolled_on": _rolled_on,
    "decision.refused": lambda line, edition: "An answer was not counted.",
    "letter.queued": _letter("was written"),
    "letter.sent": _letter("was sent"),
    "letter.undeliverable": _letter("could not be delivered"),
    "link.followed": lambda line, edition: f"{_who(line, edition)} followed a link in a letter.",
    "link.reissued": lambda line, edition: f"{_who(line, edition)} was sent a new link.",
    "links.revoked": lambda line, edition: "Links that are no longer needed were revoked.",
    "order.raised": lambda line, edition: f"Order {line.data.get('number')} was raised.",
    "order.cancelled": lambda line, edition: "The order was called off.",
    "order.accepted": _order("was accepted"),
    "order.failed": _order("could not be sent"),
    "order.sent_again": lambda line, edition: f"{_who(line, edition)} had the order sent again.",
    "project.people_heard": lambda line, edition: "Whoever comes in another's place is asked from now on.",
    "project.waits_for": _waits_for,
    "project.waits_no_more": _waits_no_more,
    "report.wanted": _report_wanted,
    "report.heard": _report_heard,
    "benefit.corrected": _corrected,
    "document.attached": _document,
    "attempt.refused": lambda line, edition: "An attempt to answer was refused.",
}
