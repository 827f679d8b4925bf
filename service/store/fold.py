"""From the journal to the tables that pages read: one function for each kind of line, and no other writer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Update

from service.store import canonical
from service.store.canonical import day, moment
from service.store.line import Line
from service.store.tables import (
    ACTIONS,
    AGREEMENTS,
    ANCHORED,
    APPROVERS,
    ASSESSED_OPTIONS,
    ASSESSMENTS,
    ATTACHED,
    ATTENDANCE,
    BASELINES,
    BENEFIT_READINGS,
    BENEFITS,
    CASE_VERSIONS,
    CASE_WAITS,
    CASES,
    CLOCK_SEGMENTS,
    COVERS,
    DECISIONS,
    EDITION_DRAFTS,
    EDITIONS_IN_FORCE,
    GATES,
    HOLDERS,
    LESSONS,
    MEETING_ITEMS,
    MEETING_SERIES,
    MEETINGS,
    ORDERS,
    PROJECT_DEPENDENCIES,
    PROJECT_EXCEPTIONS,
    PROJECT_LINKS,
    PROJECT_REPORTS,
    PROJECTS,
    REVIEWS,
    SEATS,
    SIZINGS,
    STANDARDS_CHECKS,
    STANDARDS_EXCEPTIONS,
    STEPS,
    SUPPLIERS,
)
from workflows.delivery import AssessmentState, BenefitState, ExceptionState, GateKind, ProjectState
from workflows.model import ActionState, Leg, Nudge, State
from workflows.rules import actions, assessments, course, projects, routing, states

Fold = Callable[[Connection, Line], None]


def _ends(transitions: Mapping[Any, Sequence[Any]]) -> list[Any]:
    """Return the states after which there is none."""
    return [state for state, following in transitions.items() if not following]


ENDED = frozenset(
    str(state)
    for state in (
        *filter(states.is_end, State),
        *filter(actions.is_end, ActionState),
        *_ends(projects.TRANSITIONS),
        *_ends(projects.OF_EXCEPTIONS),
        *_ends(projects.OF_BENEFITS),
        *_ends(assessments.TRANSITIONS),
    )
)
"""The states in which a case has nothing more to come, whatever its kind: no word means two things."""

# What the everyday lines of a case do, built once (see `Tx`); what others do is built where it is done.
_CHANGE_CASE = update(CASES).where(CASES.c.ref == bindparam("its_ref"))
_WAY = select(CASE_VERSIONS.c.route, CASE_VERSIONS.c.branches).where(
    CASE_VERSIONS.c.ref == bindparam("ref"), CASE_VERSIONS.c.version == bindparam("version")
)
_PROPOSAL = select(CASE_VERSIONS.c.proposal).where(
    CASE_VERSIONS.c.ref == bindparam("ref"), CASE_VERSIONS.c.version == bindparam("version")
)
_CHANGE_VERSION = update(CASE_VERSIONS).where(
    CASE_VERSIONS.c.ref == bindparam("its_ref"), CASE_VERSIONS.c.version == bindparam("its_version")
)
_END_WAITS = delete(CASE_WAITS).where(CASE_WAITS.c.case == bindparam("case"))
_END_WAIT = _END_WAITS.where(CASE_WAITS.c.key == bindparam("key"))
_END_PASSED_WAITS = _END_WAITS.where(
    or_(CASE_WAITS.c.key == bindparam("key"), CASE_WAITS.c.until <= bindparam("at"))
)
_NEW_WAIT = insert(CASE_WAITS)
_CHANGE_STEP = update(STEPS).where(STEPS.c.id == bindparam("its_id"))
_RUNGS = select(STEPS.c.rungs).where(STEPS.c.id == bindparam("id"))
_NEW_STEP = insert(STEPS)
_ANSWER_SEAT = update(SEATS).where(
    SEATS.c.step == bindparam("its_step"), SEATS.c.seat == bindparam("its_seat")
)
_CLOSE_SEATS = (
    update(SEATS).where(SEATS.c.step == bindparam("its_step"), SEATS.c.waiting).values(waiting=False)
)
_NEW_SEAT = insert(SEATS)
_ANSWER_HOLDERS = update(HOLDERS).where(
    HOLDERS.c.step == bindparam("its_step"), HOLDERS.c.seat == bindparam("its_seat")
)
_CLOSE_HOLDERS = (
    update(HOLDERS).where(HOLDERS.c.step == bindparam("its_step"), HOLDERS.c.waiting).values(waiting=False)
)
_THIS_DECISION = DECISIONS.c.attempt == bindparam("its_attempt")
_RECORD_DECISION = update(DECISIONS).where(DECISIONS.c.key == bindparam("its_key"), _THIS_DECISION)
_KNOWN_DECISION = select(DECISIONS.c.key).where(DECISIONS.c.key == bindparam("key"))
_DROP_DECISION = delete(DECISIONS).where(
    DECISIONS.c.key == bindparam("key"), DECISIONS.c.recorded_at.is_(None)
)
_FORGET_DECISION = delete(DECISIONS).where(DECISIONS.c.key == bindparam("key"))
_UNDO_DECISION = _FORGET_DECISION.where(_THIS_DECISION)
_NEW_DECISION = insert(DECISIONS)
_OPEN = select(STEPS.c.open).where(STEPS.c.id == bindparam("id"))


def apply(connection: Connection, line: Line) -> None:
    """Bring the tables up to date with one more line."""
    if line.kind not in RECORD_ONLY:
        FOLDS[line.kind](connection, line)


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        connection.execute(_new(connection.dialect.name, table), rows)


@cache
def _new(dialect: str, table: Table) -> Executable:
    new: Executable = _dialect(dialect).insert(table).on_conflict_do_nothing()
    return new


def _dialect(name: str) -> Any:
    return postgresql if name == "postgresql" else sqlite


# --------------------------------------------------------------------- the installation


def _clock_moved(connection: Connection, line: Line) -> None:
    connection.execute(
        insert(CLOCK_SEGMENTS),
        {
            "number": line.data["number"],
            "real": moment(line.data["real"]),
            "clock": moment(line.data["clock"]),
            "rate": float(line.data["rate"]),
        },
    )


def _edition_adopted(connection: Connection, line: Line) -> None:
    organisation = line.data["organisation"]
    connection.execute(delete(EDITIONS_IN_FORCE).where(EDITIONS_IN_FORCE.c.organisation == organisation))
    connection.execute(
        insert(EDITIONS_IN_FORCE),
        {
            "organisation": organisation,
            "hash": line.data["hash"],
            "number": line.data["number"],
            "since": line.at,
        },
    )
    # A line of before there were drafts names none; nor does what an installation adopts from its files.
    if draft := line.data.get("draft"):
        _end_draft(connection, line, draft, "published")


def _edition_drafted(connection: Connection, line: Line) -> None:
    data = line.data
    kept = {name: data[name] for name in ("organisation", "hash", "name", "base")}
    # Drafts of an earlier program are called by their line.
    row = kept | {"number": data.get("number", line.seq), "kept_at": line.at, "state": "kept"}
    connection.execute(insert(EDITION_DRAFTS), row | _put_forward(line) if data["post"] else row)


def _edition_put_forward(connection: Connection, line: Line) -> None:
    draft = update(EDITION_DRAFTS).where(EDITION_DRAFTS.c.number == line.data["draft"])
    connection.execute(draft.values(**_put_forward(line)))


def _put_forward(line: Line) -> dict[str, Any]:
    return {"put_by": line.actor, "put_as": line.data["post"], "put_at": line.at, "state": "put_forward"}


def _edition_withdrawn(connection: Connection, line: Line) -> None:
    _end_draft(connection, line, line.data["draft"], "withdrawn")


def _end_draft(connection: Connection, line: Line, draft: int, state: str) -> None:
    ended = {"state": state, "ended_by": line.actor, "ended_as": line.data["post"], "ended_at": line.at}
    connection.execute(update(EDITION_DRAFTS).where(EDITION_DRAFTS.c.number == draft).values(**ended))


def _cover_set(connection: Connection, line: Line) -> None:
    connection.execute(
        insert(COVERS),
        {
            "number": line.seq,
            "person": line.data["person"],
            "cover": line.data["cover"],
            "starts": day(line.data["starts"]),
            "ends": day(line.data["ends"]),
            "set_by": line.actor,
            "set_at": line.at,
        },
    )


def _cover_ended(connection: Connection, line: Line) -> None:
    last = day(line.data["day"])
    # One that has not begun ends before it begins, and so never holds.
    theirs = update(COVERS).where(COVERS.c.person == line.data["person"], COVERS.c.ends > last)
    if "number" in line.data:
        theirs = theirs.where(COVERS.c.number == line.data["number"])
    connection.execute(theirs.values(ends=last))


def _day_closed(connection: Connection, line: Line) -> None:
    heads: dict[str, tuple[int, str]] = line.data["heads"]
    rows = [{"case": case, "seq": seq, "mac": mac} for case, (seq, mac) in heads.items()]
    if rows:
        vouched = _dialect(connection.dialect.name).insert(ANCHORED)
        newer = {"seq": vouched.excluded.seq, "mac": vouched.excluded.mac}
        connection.execute(vouched.on_conflict_do_update(index_elements=["case"], set_=newer), rows)


# -------------------------------------------------------------------------------- cases


def _proposal_submitted(connection: Connection, line: Line) -> None:
    _put_forward_version(connection, line, State.SUBMITTED)


def _action_opened(connection: Connection, line: Line) -> None:
    data = line.data
    _put_forward_version(connection, line, ActionState.AGREED)
    connection.execute(
        insert(ACTIONS),
        {
            "ref": line.case,
            "parent": data["parent"],
            "source": data["source"],
            "number": data["number"],
            "owner": data["owner"],
            "verifier": data["verifier"],
            "due": day(data["due"]),
            "guards": data["guards"],
        },
    )


def _put_forward_version(connection: Connection, line: Line, state: str) -> None:
    data = line.data
    connection.execute(
        insert(CASE_VERSIONS),
        {
            "ref": line.case,
            "version": data["version"],
            "content_hash": data["content_hash"],
            "edition": data["edition"],
            "author": data["author"],
            "authors": canonical.dumps(data["authors"]),
            "submitted": line.at,
            "proposal": canonical.dumps(data["proposal"]),
            "route": canonical.dumps(data["route"]),
            "branches": canonical.dumps(data["branches"]),
            "kept": "{}",
        },
    )
    proposal = data["proposal"]
    now = {
        "department": proposal["department"],
        "title": data["title"],
        "state": str(state),
        "version": data["version"],
        "content_hash": data["content_hash"],
        "sponsor": proposal["sponsor"],
        "lead": proposal["lead"],
        "size": proposal["size"],
        "capital": canonical.pounds(proposal["capital"]),
        "decide_by": day(proposal["decide_by"]),
        "changed": line.at,
        "because": "",
    }
    if data["version"] == 1:
        opened = {
            "ref": line.case,
            "kind": data["kind"],
            "organisation": proposal["organisation"],
            "edition": data["edition"],
            "open": True,
            "taken_up": 0,
            "opened": line.at,
        }
        connection.execute(insert(CASES), opened | now)
        return
    connection.execute(_CHANGE_CASE, {"its_ref": line.case} | now)
    # It waited for this.
    connection.execute(delete(CASE_WAITS).where(CASE_WAITS.c.case == line.case, CASE_WAITS.c.until.is_(None)))


def _case_begun(connection: Connection, line: Line) -> None:
    version = line.data["version"]
    connection.execute(_CHANGE_CASE, {"its_ref": line.case, "taken_up": version})
    # A line of before answers were kept names none, nor does one of a version that keeps none.
    if kept := line.data.get("kept"):
        its = update(CASE_VERSIONS).where(
            CASE_VERSIONS.c.ref == line.case, CASE_VERSIONS.c.version == version
        )
        connection.execute(its.values(kept=canonical.dumps(kept)))


def _case_became(connection: Connection, line: Line) -> None:
    state = line.data["state"]
    connection.execute(
        _CHANGE_CASE,
        {
            "its_ref": line.case,
            "state": state,
            "open": state not in ENDED,
            "changed": line.at,
            "because": line.data["because"],
            # Only an approval says until when it is good, and of those only what may lapse.
            **({"valid_until": day(until)} if (until := line.data.get("valid_until")) else {}),
        },
    )
    connection.execute(_END_WAITS, {"case": line.case})


def _case_waiting(connection: Connection, line: Line) -> None:
    data = line.data
    connection.execute(_END_WAIT, {"case": line.case, "key": data["key"]})
    connection.execute(
        _NEW_WAIT,
        {
            "case": line.case,
            "key": data["key"],
            "leg": data["leg"],
            "on": data["on"],
            "since": moment(data["since"]),
            "until": moment(data["until"]) if data["until"] else None,
        },
    )


def _case_moved(connection: Connection, line: Line) -> None:
    data = line.data
    which = {"ref": line.case, "version": data["version"]}
    way = connection.execute(_WAY, which).one()
    legs = [Leg.model_validate(leg) for leg in data["legs"]]

    def moved(leg: dict[str, Any]) -> dict[str, Any]:
        return course.instead(Leg.model_validate(leg), legs, data["key"]).model_dump(mode="json")

    route = [moved(leg) for leg in canonical.loads(way.route)]
    branches = {name: moved(leg) for name, leg in canonical.loads(way.branches).items()}
    connection.execute(
        _CHANGE_VERSION,
        {
            "its_ref": line.case,
            "its_version": data["version"],
            "route": canonical.dumps(route),
            "branches": canonical.dumps(branches),
        },
    )
    # It does not wait for the former meeting any more.
    connection.execute(_END_WAIT, {"case": line.case, "key": data["key"]})


def _withdrawal_requested(connection: Connection, line: Line) -> None:
    connection.execute(
        update(CASES)
        .where(CASES.c.ref == line.case, CASES.c.withdrawal_key.is_(None))
        .values(withdrawal_key=line.key, withdrawal_by=line.actor, withdrawal_at=line.at)
    )


def _parameters_supplied(connection: Connection, line: Line) -> None:
    data = line.data
    connection.execute(
        insert(SUPPLIERS),
        {
            "case": line.case,
            "number": line.seq,
            "supplier": data["supplier"],
            "on": day(data["on"]),
            "parameters": canonical.dumps(data["parameters"]),
            "set_by": line.actor,
            "set_at": line.at,
        },
    )


def _agreement_recorded(connection: Connection, line: Line) -> None:
    data = line.data
    connection.execute(
        insert(AGREEMENTS),
        {
            "case": line.case,
            "number": line.seq,
            "reference": data["reference"],
            "since": day(data["since"]),
            "until": day(data["until"]),
            "set_by": line.actor,
            "set_at": line.at,
        },
    )


def _approver_added(connection: Connection, line: Line) -> None:
    data = line.data
    connection.execute(
        insert(APPROVERS),
        {
            "case": line.case,
            "post": data["post"],
            "number": line.seq,
            "clause": data["clause"],
            "reason": data["reason"],
            "added_by": line.actor,
            "added_as": data["by_post"],
            "added_at": line.at,
            "state": "added",
        },
    )


def _approver_heard(connection: Connection, line: Line) -> None:
    data = line.data
    theirs = _approver(line).where(APPROVERS.c.state == "added")
    connection.execute(theirs.values(state="asked" if data["asked"] else "too_late"))


def _approver_taken_back(connection: Connection, line: Line) -> None:
    connection.execute(
        _approver(line).values(
            state="taking_back",
            taken_back_by=line.actor,
            taken_back_as=line.data["by_post"],
            taken_back_why=line.data["reason"],
            taken_back_at=line.at,
        )
    )


def _approver_let_go(connection: Connection, line: Line) -> None:
    connection.execute(_approver(line).values(state="taken_back"))
    # They may have put their answer off.
    connection.execute(_END_WAIT, {"case": line.case, "key": routing.extra_key(line.data["post"])})


def _approver(line: Line) -> Update:
    return update(APPROVERS).where(APPROVERS.c.case == line.case, APPROVERS.c.post == line.data["post"])


def _size_set(connection: Connection, line: Line) -> None:
    data = line.data
    kept = {name: data[name] for name in ("number", "version", "size", "by_rule", "reason")}
    by = {"set_by": line.actor, "set_as": data["by_post"], "set_at": line.at}
    connection.execute(insert(SIZINGS), {"case": line.case, "state": "set", **kept, **by})


def _size_heard(connection: Connection, line: Line) -> None:
    # What its process has written is taken up, whether or not the answer came through.
    said = _sizing(line).where(SIZINGS.c.state == "set")
    connection.execute(said.values(state="taken_up" if line.data["in_time"] else "too_late"))


def _case_sized(connection: Connection, line: Line) -> None:
    data, size = line.data, line.data["size"]
    connection.execute(_sizing(line).values(state="taken_up"))
    connection.execute(_CHANGE_CASE, {"its_ref": line.case, "size": size, "changed": line.at})
    which = {"ref": line.case, "version": data["version"]}
    proposal = canonical.loads(connection.execute(_PROPOSAL, which).one().proposal) | {"size": size}
    connection.execute(
        _CHANGE_VERSION,
        {
            "its_ref": line.case,
            "its_version": data["version"],
            "proposal": canonical.dumps(proposal),
            "route": canonical.dumps(data["route"]),
        },
    )


def _sizing(line: Line) -> Update:
    return update(SIZINGS).where(SIZINGS.c.case == line.case, SIZINGS.c.number == line.data["number"])


# -------------------------------------------------------------------------------- steps


def _step_opened(connection: Connection, line: Line) -> None:
    data, ask = line.data, line.data["ask"]
    step = data["step"]
    rungs = data["rungs"]
    connection.execute(
        _NEW_STEP,
        {
            "id": step,
            "case": line.case,
            "key": ask["key"],
            "round": ask["round"],
            "kind": ask["terms"]["kind"],
            "ask": canonical.dumps(ask),
            "opened": line.at,
            "due": moment(data["due"]),
            "rungs": canonical.dumps(rungs),
            "climbed": 0,
            "next_at": moment(rungs[0]["at"]) if rungs else None,
            "open": True,
            "why": "",
        },
    )
    seats = data["seats"]
    connection.execute(_NEW_SEAT, [_seat(step, place, seat) for place, seat in enumerate(seats)])
    insert_new(connection, HOLDERS, list(_holders(step, seats, waiting={seat["key"] for seat in seats})))
    # The forum's day, or the day to which this question was deferred, has come.
    connection.execute(_END_PASSED_WAITS, {"case": line.case, "key": ask["key"], "at": line.at})


def _seat(step: str, place: int, seat: dict[str, Any]) -> dict[str, Any]:
    return {
        "step": step,
        "seat": seat["key"],
        "place": place,
        "post": seat["post"],
        "amount": canonical.pounds(seat["amount"]),
        "chair": seat["chair"],
        "veto": seat["veto"],
        "waiting": True,
    }


def _holders(step: str, seats: Iterable[dict[str, Any]], waiting: set[str]) -> Iterable[dict[str, Any]]:
    for seat in seats:
        for place, holder in enumerate(seat["holders"]):
            yield {
                "step": step,
                "seat": seat["key"],
                "person": holder["person"],
                "place": place,
                "post": holder["post"],
                "capacity": holder["capacity"],
                "waiting": seat["key"] in waiting,
            }


def _step_nudged(connection: Connection, line: Line) -> None:
    step, number = line.data["step"], line.data["rung"]["number"]
    rungs = connection.execute(_RUNGS, {"id": step}).scalar_one()
    connection.execute(_CHANGE_STEP, {"its_id": step} | _climbed(rungs, number, line))
    insert_new(connection, HOLDERS, list(_holders(step, line.data["seats"], set(line.data["silent"]))))


def _climbed(rungs: str, number: int, line: Line) -> dict[str, Any]:
    """Say how far up its ladder a step is past a rung; a reminder that came due meanwhile is sent no more."""
    left = [rung for rung in canonical.loads(rungs) if rung["number"] > number]
    while left and left[0]["nudge"] == Nudge.REMIND and moment(left[0]["at"]) <= line.at:
        number = left.pop(0)["number"]
    return {"climbed": number, "next_at": moment(left[0]["at"]) if left else None}


def _step_reseated(connection: Connection, line: Line) -> None:
    insert_new(
        connection, HOLDERS, list(_holders(line.data["step"], line.data["seats"], set(line.data["silent"])))
    )


def _step_held(connection: Connection, line: Line) -> None:
    step, until = line.data["step"], line.data["until"]
    if until:
        held = {"held_until": moment(until), "next_at": moment(until)}
    else:
        known = connection.execute(select(STEPS).where(STEPS.c.id == step)).one()._mapping
        climbed = max(known["climbed"], line.data.get("climbed", 0))
        held = {"held_until": None} | _climbed(known["rungs"], climbed, line)
    connection.execute(_CHANGE_STEP, {"its_id": step} | held)


def _step_closed(connection: Connection, line: Line) -> None:
    data = line.data
    step = data["step"]
    connection.execute(
        _CHANGE_STEP,
        {
            "its_id": step,
            "open": False,
            "next_at": None,
            "ending": data["ending"],
            "choice": data["choice"],
            "why": data["why"],
            "until": day(data["until"]),
            "closed": line.at,
            "held_until": None,
        },
    )
    connection.execute(_CLOSE_SEATS, {"its_step": step})
    connection.execute(_CLOSE_HOLDERS, {"its_step": step})


# ---------------------------------------------------------------------------- decisions


def _decision_submitted(connection: Connection, line: Line) -> None:
    # An answer that was taken back may still stand here, if its seat was quick to give another.
    connection.execute(_FORGET_DECISION, {"key": line.data["decision"]})
    connection.execute(_NEW_DECISION, _decision(line))


def _decision_refused(connection: Connection, line: Line) -> None:
    connection.execute(_DROP_DECISION, {"key": line.data["decision"]})


def _decision_recorded(connection: Connection, line: Line) -> None:
    data = line.data
    this = {"its_key": data["decision"], "its_attempt": data.get("attempt", 1)}
    recorded = connection.execute(_RECORD_DECISION, this | {"recorded_at": line.at})
    if not recorded.rowcount and not connection.execute(_KNOWN_DECISION, {"key": data["decision"]}).first():
        connection.execute(_NEW_DECISION, _decision(line) | {"recorded_at": line.at})
    seat = {"its_step": data["step"], "its_seat": data["seat"]}
    answer = {
        "waiting": False,
        "person": data["person"],
        "choice": data["choice"],
        "answered_at": moment(data["submitted_at"]),
    }
    connection.execute(_ANSWER_SEAT, seat | answer)
    connection.execute(_ANSWER_HOLDERS, seat | {"waiting": False})


def _decision_undone(connection: Connection, line: Line) -> None:
    data = line.data
    connection.execute(_UNDO_DECISION, {"key": data["decision"], "its_attempt": data["attempt"]})
    seat = {"its_step": data["step"], "its_seat": data["seat"]}
    waiting = bool(connection.execute(_OPEN, {"id": data["step"]}).scalar_one())
    silent = {"waiting": waiting, "person": None, "choice": None, "answered_at": None}
    connection.execute(_ANSWER_SEAT, seat | silent)
    connection.execute(_ANSWER_HOLDERS, seat | {"waiting": waiting})


def _decision(line: Line) -> dict[str, Any]:
    data = line.data
    return {
        "key": data["decision"],
        "case": line.case,
        "step": data["step"],
        "round": data["round"],
        "seat": data["seat"],
        "person": data["person"],
        "post": data.get("post", ""),
        "on_behalf_of": data.get("on_behalf_of", ""),
        "choice": data["choice"],
        "conditions": canonical.dumps(data.get("conditions", [])),
        "answers": canonical.dumps(data.get("answers", {})),
        "words_hash": data.get("words_hash", ""),
        "until": day(data["until"]),
        "next_meeting": data.get("next_meeting", False),
        "content_hash": data["content_hash"],
        "shown_hash": data.get("shown_hash", ""),
        "payload_hash": data["payload_hash"],
        "assurance": data.get("assurance", ""),
        "submitted_at": moment(data["submitted_at"]),
        "attempt": data.get("attempt", 1),
        "held_until": moment(held) if (held := data.get("held_until")) else None,
    }


# ----------------------------------------------------------------------------- projects


def _project_opened(connection: Connection, line: Line) -> None:
    _put_forward_version(connection, line, ProjectState.STARTING)
    unknown = ("manager", "executive", "senior_user", "senior_supplier", "template", "strategy")
    none_yet = {"stage": 0, "baseline": 0, "plan": "", "plan_step": ""}
    none_yet |= dict.fromkeys(("people", "people_heard", "reports_wanted", "reports_heard"), 0)
    row = {"ref": line.case, "parent": line.data["parent"]} | dict.fromkeys(unknown, "") | none_yet
    connection.execute(insert(PROJECTS), row)


def _project_named(connection: Connection, line: Line) -> None:
    data = line.data
    named = ("manager", "executive", "senior_user", "senior_supplier", "template", "strategy")
    _change_project(connection, line, **{name: data[name] for name in named})
    rows = [{"case": line.case, "other": other} for other in data["linked"]]
    insert_new(connection, PROJECT_LINKS, rows)


def _project_people_changed(connection: Connection, line: Line) -> None:
    _change_project(connection, line, people=line.data["number"], **line.data["posts"])


def _project_people_heard(connection: Connection, line: Line) -> None:
    _change_project(connection, line, people_heard=line.data["number"])


def _report_wanted(connection: Connection, line: Line) -> None:
    _change_project(connection, line, reports_wanted=line.data["number"])


def _report_heard(connection: Connection, line: Line) -> None:
    _change_project(connection, line, reports_heard=line.data["number"])


def _project_waits_for(connection: Connection, line: Line) -> None:
    data = line.data
    row = {"case": line.case, "declared_by": line.actor, "declared_as": data["by_post"]}
    said = {name: data[name] for name in ("number", "other", "reason")}
    connection.execute(
        insert(PROJECT_DEPENDENCIES), row | said | {"declared_at": line.at, "ended_as": "", "ended_why": ""}
    )


def _project_waits_no_more(connection: Connection, line: Line) -> None:
    data = line.data
    this = (PROJECT_DEPENDENCIES.c.case == line.case, PROJECT_DEPENDENCIES.c.number == data["number"])
    ended = {"ended_as": data["by_post"], "ended_why": data["reason"], "ended_at": line.at}
    connection.execute(update(PROJECT_DEPENDENCIES).where(*this).values(**ended))


def _project_linked(connection: Connection, line: Line) -> None:
    insert_new(connection, PROJECT_LINKS, [{"case": line.case, "other": line.data["other"]}])


def _plan_proposed(connection: Connection, line: Line) -> None:
    plan = line.data["plan"]
    _change_project(connection, line, plan=canonical.dumps(plan), plan_step=line.data["step"])
    # Until one is approved there is nothing else by which to say when it goes live.
    unplanned = update(PROJECTS).where(PROJECTS.c.ref == line.case, PROJECTS.c.baseline == 0)
    connection.execute(unplanned.values(go_live=day(plan["go_live"])))


def _project_reported(connection: Connection, line: Line) -> None:
    data = line.data
    went_live = day(data["went_live"])
    connection.execute(
        insert(PROJECT_REPORTS),
        {
            "case": line.case,
            "step": data["step"],
            "line": line.seq,
            "kind": data["kind"],
            "stage": data["stage"],
            "at": line.at,
            "person": data["person"],
            "forecast": canonical.dumps(data["forecast"]),
            "variance": canonical.dumps(data["variance"]),
            "linked": canonical.dumps(data["linked"]) if data["linked"] else "",
            "unchanged": data["unchanged"],
            "stage_done": data["stage_done"],
            "objectives": data["objectives"],
            "went_live": went_live,
        },
    )
    # That it went live is said once, and may be corrected.
    live = {"went_live": went_live} if went_live else {}
    _change_project(connection, line, go_live=day(data["forecast"]["go_live"]), **live)


def _gate_passed(connection: Connection, line: Line) -> None:
    data, made = line.data, line.data["baseline"]
    connection.execute(
        insert(GATES),
        {
            "case": line.case,
            "number": data["number"],
            "gate": data["gate"],
            "stage": data["stage"],
            "step": data["step"],
            "report": data["report"],
            "over": canonical.pounds(data["over"]),
            "over_percent": canonical.pounds(data["over_percent"]),
            "late": data["late"],
            "objectives": data["objectives"],
            "rating": data.get("rating", ""),
            "baseline": made["number"] if made else 0,
            "at": line.at,
        },
    )
    now: dict[str, Any] = {}
    if data["gate"] in (GateKind.INITIATION, GateKind.BOUNDARY):
        now["stage"] = data["stage"] + 1
    if made:
        plan = made["plan"]
        row = {"case": line.case, "number": made["number"], "step": made["step"], "since": line.at}
        connection.execute(insert(BASELINES), row | {"plan": canonical.dumps(plan)})
        now |= {"baseline": made["number"], "plan": "", "plan_step": ""}
        # A boundary's plan is of its next stage, and leaves go-live where it was forecast last.
        if data["gate"] != GateKind.BOUNDARY:
            now["go_live"] = day(plan["go_live"])
    if now:
        _change_project(connection, line, **now)


def _exception_raised(connection: Connection, line: Line) -> None:
    data = line.data
    connection.execute(
        insert(PROJECT_EXCEPTIONS),
        {
            "case": line.case,
            "number": data["number"],
            "stage": data["stage"],
            "step": data["step"],
            "crossing": canonical.dumps(data["crossing"]),
            "raised": line.at,
            "settled_by": "",
            "choice": "",
            "tolerances": "",
        },
    )


def _exception_settled(connection: Connection, line: Line) -> None:
    data, more = line.data, line.data["tolerances"]
    this = (PROJECT_EXCEPTIONS.c.case == line.case, PROJECT_EXCEPTIONS.c.number == data["number"])
    connection.execute(
        update(PROJECT_EXCEPTIONS)
        .where(*this)
        .values(
            settled=line.at,
            settled_by=data["step"],
            choice=data["choice"],
            tolerances=canonical.dumps(more) if more else "",
        )
    )
    if not more:
        return
    last = (BASELINES.c.case == line.case, BASELINES.c.number == data["baseline"])
    plan = canonical.loads(connection.execute(select(BASELINES.c.plan).where(*last)).scalar_one())
    # What was tolerated when the plan was approved stays beside what is by now.
    first = plan.get("tolerated_first", plan["tolerances"])
    tolerating = canonical.dumps(plan | {"tolerances": more, "tolerated_first": first})
    connection.execute(update(BASELINES).where(*last).values(plan=tolerating))


def _standards_checked(connection: Connection, line: Line) -> None:
    data = line.data
    connection.execute(
        insert(STANDARDS_CHECKS),
        {
            "case": line.case,
            "step": data["step"],
            "line": line.seq,
            "stage": data["stage"],
            "at": line.at,
            "found": canonical.dumps(data["found"]),
            "exception": data["exception"],
        },
    )


def _standards_exception_opened(connection: Connection, line: Line) -> None:
    _put_forward_version(connection, line, ExceptionState.RAISED)
    origin = {name: line.data[name] for name in ("parent", "step", "stage")}
    connection.execute(insert(STANDARDS_EXCEPTIONS), {"ref": line.case} | origin)


def _change_project(connection: Connection, line: Line, **values: Any) -> None:
    connection.execute(update(PROJECTS).where(PROJECTS.c.ref == line.case).values(**values))


# -------------------------------------------------------------------------- assessments


def _assessment_opened(connection: Connection, line: Line) -> None:
    data = line.data
    _put_forward_version(connection, line, AssessmentState.ASSESSING)
    row = {
        "ref": line.case,
        "wish": data["wish"],
        "opened_as": data["by_post"],
        "owner": data["owner"],
        "report_due": day(data["report_due"]),
        "in_place_by": day(data["in_place_by"]),
    }
    later = dict.fromkeys(("reported_by", "recommended", "chosen_by", "chosen"), "")
    connection.execute(insert(ASSESSMENTS), row | later)


def _assessment_reported(connection: Connection, line: Line) -> None:
    data = line.data
    connection.execute(delete(ASSESSED_OPTIONS).where(ASSESSED_OPTIONS.c.case == line.case))
    rows = [
        {
            "case": line.case,
            "option": one["option"],
            "weighed": one["weighed"],
            "cost": canonical.pounds(one["cost"]),
        }
        for one in data["options"]
    ]
    connection.execute(insert(ASSESSED_OPTIONS), rows)
    this = ASSESSMENTS.c.ref == line.case
    said = {"reported_by": data["step"], "recommended": data["recommended"]}
    connection.execute(update(ASSESSMENTS).where(this).values(**said))


def _assessment_chosen(connection: Connection, line: Line) -> None:
    data, this = line.data, ASSESSMENTS.c.ref == line.case
    said = {"chosen_by": data["step"], "chosen": data["option"]}
    connection.execute(update(ASSESSMENTS).where(this).values(**said))


# ----------------------------------------------------------------------------- benefits


def _benefit_opened(connection: Connection, line: Line) -> None:
    data = line.data
    _put_forward_version(connection, line, BenefitState.EXPECTED)
    own = {name: data[name] for name in ("parent", "number", "owner")}
    connection.execute(
        insert(BENEFITS), {"ref": line.case, "claimed": canonical.pounds(data["claimed"])} | own
    )


def _benefit_completed(connection: Connection, line: Line) -> None:
    """What a benefit says is more than it was; it is the same version, about which nobody was asked yet."""
    data = line.data
    said = {"content_hash": data["content_hash"]}
    connection.execute(update(CASE_VERSIONS).where(CASE_VERSIONS.c.ref == line.case).values(**said))
    connection.execute(update(CASES).where(CASES.c.ref == line.case).values(**said, changed=line.at))
    connection.execute(update(BENEFITS).where(BENEFITS.c.ref == line.case).values(owner=data["owner"]))


def _benefit_read(connection: Connection, line: Line) -> None:
    data = line.data
    read = {name: data[name] for name in ("step", "month", "person", "value", "rating")}
    connection.execute(insert(BENEFIT_READINGS), {"case": line.case, "line": line.seq, "at": line.at} | read)


def _benefit_corrected(connection: Connection, line: Line) -> None:
    data = line.data
    # A correction answers no question: it has the place of one, by its number.
    place = {"step": f"{line.case}.correction-{data['number']}", "person": line.actor}
    read = {name: data[name] for name in ("month", "value", "rating")}
    row = {"case": line.case, "line": line.seq, "at": line.at} | place | read
    connection.execute(insert(BENEFIT_READINGS), row)


# ------------------------------------------------------------------------------ reviews


def _review_checked(connection: Connection, line: Line) -> None:
    data = line.data
    said = {name: data[name] for name in ("objectives", "system_kind", "strategy")}
    connection.execute(
        insert(REVIEWS),
        {
            "case": line.case,
            "at": line.at,
            "review_step": data["review"],
            "check_step": data["check"],
            "final_cost": canonical.pounds(data["final_cost"]),
            "systems": canonical.dumps(data["systems"]),
        }
        | said,
    )
    lessons = enumerate(data["lessons"], start=1)
    rows = [{"case": line.case, "number": number, "words": words} for number, words in lessons]
    insert_new(connection, LESSONS, rows)


# ------------------------------------------------------------------------------- orders


def _order_raised(connection: Connection, line: Line) -> None:
    data = line.data
    content = ("content_hash", "edition", "sponsor", "department", "size", "shares", "approvals")
    # An order that was raised before it said its revenue goes on without.
    said = ("revenue",) if data.get("revenue") is not None else ()
    row = {
        "key": data["order"],
        "kind": "raised",
        "case": line.case,
        "organisation": data["organisation"],
        "number": data["number"],
        "version": data["version"],
        "amount": canonical.pounds(data["amount"]),
        "content": canonical.dumps({name: data[name] for name in (*content, *said)}),
        "state": "owed" if data["sending"] else "kept",
    }
    connection.execute(insert(ORDERS), row | _unsettled(line))


def _order_cancelled(connection: Connection, line: Line) -> None:
    order = select(ORDERS).where(ORDERS.c.key == line.data["order"])
    raised = connection.execute(order).one()._mapping
    if raised["state"] != "accepted":
        _change_order(connection, raised["key"], state="called_off", settled=line.at)
    if notice := line.data["notice"]:
        row = dict(raised) | {"key": notice, "kind": "cancelled", "state": "owed"}
        connection.execute(insert(ORDERS), row | _unsettled(line))


def _order_accepted(connection: Connection, line: Line) -> None:
    data = line.data
    taken = {"status": data["status"], "receipt": data["receipt"], "digest": data["digest"]}
    _change_order(connection, data["order"], state="accepted", settled=line.at, why="", **taken)


def _order_failed(connection: Connection, line: Line) -> None:
    _change_order(connection, line.data["order"], state="failed", settled=line.at, why=line.data["why"])


def _order_sent_again(connection: Connection, line: Line) -> None:
    data = line.data
    since = {"round": data["round"], "owed_real": line.recorded}
    _change_order(connection, data["order"], state="owed", settled=None, why="", **since)


def _unsettled(line: Line) -> dict[str, Any]:
    return {
        "raised": line.at,
        "round": 0,
        "owed_real": line.recorded,
        "settled": None,
        "status": None,
        "receipt": "",
        "digest": "",
        "why": "",
    }


def _change_order(connection: Connection, key: str, **values: Any) -> None:
    connection.execute(update(ORDERS).where(ORDERS.c.key == key).values(values))


# ----------------------------------------------------------------------------- meetings


def _meeting_planned(connection: Connection, line: Line) -> None:
    data = line.data
    _known_series(connection, line)
    of_series = MEETING_SERIES.c.series == line.case
    connection.execute(update(MEETING_SERIES).where(of_series).values(as_of=data["as_of"]))
    for passed in data["missed"]:
        _known_meeting(connection, line, passed)
        _change_meeting(connection, line, passed, state="missed")
    if data["day"]:
        _known_meeting(connection, line, data["day"])
        # Until its members are called to it, it is where and when the handbook has it, or people have said.
        ours = and_(MEETINGS.c.revision == 0, MEETINGS.c.extraordinary.is_(False))
        connection.execute(
            update(MEETINGS)
            .where(
                _is_meeting(line, data["day"]),
                MEETINGS.c.state == "planned",
                MEETINGS.c.called.is_(None),
                or_(MEETINGS.c.time == "", ours),
            )
            .values(place=data["place"], time=data["time"])
        )


def _meeting_moved(connection: Connection, line: Line) -> None:
    data = line.data
    was, to = day(data["day"]), day(data["to"])
    _stirred(connection, line)
    _known_meeting(connection, line, data["day"])
    before = connection.execute(select(MEETINGS).where(_is_meeting(line, data["day"]))).one()._mapping
    _change_meeting(connection, line, data["day"], state="moved", moved_to=to, why=data["why"])
    _known_meeting(connection, line, data["to"])
    # Whoever was called to it is told, and need not be called again. Its papers close anew.
    kept = ("extraordinary", "place", "time", "order", "called")
    carried = {name: before[name] for name in kept} | {"revision": before["revision"] + 1}
    state = "called" if before["called"] else "planned"
    _change_meeting(connection, line, data["to"], moved_from=was, state=state, **carried)
    own = (MEETING_ITEMS.c.series == line.case, MEETING_ITEMS.c.day == was)
    # What it was to let roll on is before it on its new day.
    connection.execute(
        update(MEETING_ITEMS).where(*own, MEETING_ITEMS.c.rolled).values(note="", rolled=False)
    )
    connection.execute(update(MEETING_ITEMS).where(*own).values(day=to))


def _meeting_called_off(connection: Connection, line: Line) -> None:
    _stirred(connection, line)
    _known_meeting(connection, line, line.data["day"])
    off = {"state": "called_off", "why": line.data["why"], "revision": MEETINGS.c.revision + 1}
    _change_meeting(connection, line, line.data["day"], **off)


def _meeting_added(connection: Connection, line: Line) -> None:
    _stirred(connection, line)
    _known_meeting(connection, line, line.data["day"])
    new = {"state": "planned", "extraordinary": True, "why": line.data["why"]}
    _change_meeting(connection, line, line.data["day"], **new)


def _meeting_arranged(connection: Connection, line: Line) -> None:
    _known_meeting(connection, line, line.data["day"])
    now = {"place": line.data["place"], "time": line.data["time"], "revision": MEETINGS.c.revision + 1}
    _change_meeting(connection, line, line.data["day"], **now)


def _meeting_called(connection: Connection, line: Line) -> None:
    _change_meeting(connection, line, line.data["day"], state="called", called=line.at)


def _papers_closed(connection: Connection, line: Line) -> None:
    listed = canonical.dumps([item["key"] for item in line.data["agenda"]])
    _change_meeting(connection, line, line.data["day"], papers_closed=line.at, agenda=listed)


def _meeting_left(connection: Connection, line: Line) -> None:
    _change_meeting(connection, line, line.data["day"], state="unrecorded")


def _agenda_ordered(connection: Connection, line: Line) -> None:
    # One after the next is only in the calendar until something is said of it.
    _known_meeting(connection, line, line.data["day"])
    _change_meeting(connection, line, line.data["day"], order=canonical.dumps(line.data["order"]))


def _business_added(connection: Connection, line: Line) -> None:
    _known_item(connection, line, f"business-{line.seq}", title=line.data["title"])


def _attended(connection: Connection, line: Line) -> None:
    own = (ATTENDANCE.c.series == line.case, ATTENDANCE.c.day == day(line.data["day"]))
    connection.execute(delete(ATTENDANCE).where(*own))
    rows = [
        {
            "series": line.case,
            "day": day(line.data["day"]),
            "post": post,
            "presence": known["presence"],
            "substitute": known["substitute"],
        }
        for post, known in line.data["members"].items()
    ]
    insert_new(connection, ATTENDANCE, rows)


def _interests_declared(connection: Connection, line: Line) -> None:
    _change_item(connection, line, interests=canonical.dumps(line.data["posts"]))


def _votes_counted(connection: Connection, line: Line) -> None:
    counts = ("in_favour", "against", "abstained")
    votes = {name: line.data[name] for name in counts if name in line.data}
    _change_item(connection, line, votes=canonical.dumps(votes) if votes else "")


def _item_noted(connection: Connection, line: Line) -> None:
    _change_item(connection, line, note=line.data["note"], rolled=False)


def _item_rolled(connection: Connection, line: Line) -> None:
    _change_item(connection, line, rolled=True, note=line.data["why"])


def _item_decided(connection: Connection, line: Line) -> None:
    _change_item(connection, line, decided=line.data["answer"])


def _meeting_closed(connection: Connection, line: Line) -> None:
    data = line.data
    _stirred(connection, line)
    _known_meeting(connection, line, data["day"])
    _change_meeting(
        connection,
        line,
        data["day"],
        state=data["how"],
        closed=line.at,
        closed_by=line.actor,
        items=canonical.dumps(data["items"]),
        present=canonical.dumps(data["present"]),
    )


def _minutes_drafted(connection: Connection, line: Line) -> None:
    hashed = line.data["minutes"]
    drafted = {"minutes": "drafted", "minutes_hash": hashed, "draft_hash": hashed}
    _change_meeting(connection, line, line.data["day"], **drafted)


def _minutes_corrected(connection: Connection, line: Line) -> None:
    _change_meeting(
        connection, line, line.data["day"], minutes="corrected", minutes_hash=line.data["minutes"]
    )


def _minutes_confirmed(connection: Connection, line: Line) -> None:
    confirmed = {"minutes": "confirmed", "confirmed_at": day(line.data["at_meeting"])}
    _change_meeting(connection, line, line.data["day"], **confirmed)


def _known_series(connection: Connection, line: Line) -> None:
    row = {
        "series": line.case,
        "organisation": line.data["organisation"],
        "forum": line.data["forum"],
        "since": day(line.data["today"]),
        "stirred": 0,
        "as_of": "",
    }
    insert_new(connection, MEETING_SERIES, [row])


def _stirred(connection: Connection, line: Line) -> None:
    """Let the process of the series hear of a line."""
    _known_series(connection, line)
    of_series = MEETING_SERIES.c.series == line.case
    connection.execute(update(MEETING_SERIES).where(of_series).values(stirred=line.seq))


def _known_meeting(connection: Connection, line: Line, on: str) -> None:
    row = {
        "series": line.case,
        "day": day(on),
        "state": "planned",
        "extraordinary": False,
        "why": "",
        "revision": 0,
        "place": line.data.get("place", ""),
        "time": line.data.get("time", ""),
        "agenda": "[]",
        "order": "[]",
        "items": "[]",
        "present": "[]",
        "minutes": "",
        "minutes_hash": "",
        "draft_hash": "",
    }
    insert_new(connection, MEETINGS, [row])


def _is_meeting(line: Line, on: str) -> Any:
    return (MEETINGS.c.series == line.case) & (MEETINGS.c.day == day(on))


def _change_meeting(connection: Connection, line: Line, on: str, **values: Any) -> None:
    connection.execute(update(MEETINGS).where(_is_meeting(line, on)).values(**values))


def _known_item(connection: Connection, line: Line, item: str, *, title: str = "") -> None:
    row = {
        "series": line.case,
        "day": day(line.data["day"]),
        "item": item,
        "title": title,
        "note": "",
        "interests": "[]",
        "votes": "",
        "rolled": False,
        "decided": "",
    }
    insert_new(connection, MEETING_ITEMS, [row])


def _change_item(connection: Connection, line: Line, **values: Any) -> None:
    item = line.data["item"]
    _known_item(connection, line, item)
    own = (
        MEETING_ITEMS.c.series == line.case,
        MEETING_ITEMS.c.day == day(line.data["day"]),
        MEETING_ITEMS.c.item == item,
    )
    connection.execute(update(MEETING_ITEMS).where(*own).values(**values))


# ---------------------------------------------------------------------------- documents


def _document_attached(connection: Connection, line: Line) -> None:
    data = line.data
    earlier = update(ATTACHED).where(
        ATTACHED.c.case == line.case, ATTACHED.c.name == data["name"], ATTACHED.c.superseded_by.is_(None)
    )
    connection.execute(earlier.values(superseded_by=data["number"]))
    said = ("number", "step", "kind", "name", "media_type", "size", "hash", "by_post")
    row = {name: data[name] for name in said}
    connection.execute(insert(ATTACHED), row | {"case": line.case, "by": line.actor, "at": line.at})


FOLDS: dict[str, Fold] = {
    "clock.moved": _clock_moved,
    "edition.adopted": _edition_adopted,
    "edition.drafted": _edition_drafted,
    "edition.put_forward": _edition_put_forward,
    "edition.withdrawn": _edition_withdrawn,
    "cover.set": _cover_set,
    "cover.ended": _cover_ended,
    "day.closed": _day_closed,
    "proposal.submitted": _proposal_submitted,
    "case.begun": _case_begun,
    "case.became": _case_became,
    "case.waiting": _case_waiting,
    "case.moved": _case_moved,
    "withdrawal.requested": _withdrawal_requested,
    "action.opened": _action_opened,
    "project.opened": _project_opened,
    "project.named": _project_named,
    "project.people_changed": _project_people_changed,
    "project.people_heard": _project_people_heard,
    "report.wanted": _report_wanted,
    "report.heard": _report_heard,
    "project.waits_for": _project_waits_for,
    "project.waits_no_more": _project_waits_no_more,
    "project.linked": _project_linked,
    "plan.proposed": _plan_proposed,
    "project.reported": _project_reported,
    "gate.passed": _gate_passed,
    "exception.raised": _exception_raised,
    "exception.settled": _exception_settled,
    "standards.checked": _standards_checked,
    "standards_exception.opened": _standards_exception_opened,
    "assessment.opened": _assessment_opened,
    "assessment.reported": _assessment_reported,
    "assessment.chosen": _assessment_chosen,
    "benefit.opened": _benefit_opened,
    "benefit.completed": _benefit_completed,
    "benefit.read": _benefit_read,
    "benefit.corrected": _benefit_corrected,
    "review.checked": _review_checked,
    "parameters.supplied": _parameters_supplied,
    "agreement.recorded": _agreement_recorded,
    "approver.added": _approver_added,
    "approver.heard": _approver_heard,
    "approver.taken_back": _approver_taken_back,
    "approver.let_go": _approver_let_go,
    "size.set": _size_set,
    "size.heard": _size_heard,
    "case.sized": _case_sized,
    "step.opened": _step_opened,
    "step.nudged": _step_nudged,
    "step.reseated": _step_reseated,
    "step.held": _step_held,
    "step.closed": _step_closed,
    "decision.submitted": _decision_submitted,
    "decision.refused": _decision_refused,
    "decision.recorded": _decision_recorded,
    "decision.undone": _decision_undone,
    "order.raised": _order_raised,
    "order.cancelled": _order_cancelled,
    "order.accepted": _order_accepted,
    "order.failed": _order_failed,
    "order.sent_again": _order_sent_again,
    "meeting.planned": _meeting_planned,
    "meeting.moved": _meeting_moved,
    "meeting.called_off": _meeting_called_off,
    "meeting.added": _meeting_added,
    "meeting.arranged": _meeting_arranged,
    "meeting.called": _meeting_called,
    "papers.closed": _papers_closed,
    "meeting.left": _meeting_left,
    "agenda.ordered": _agenda_ordered,
    "business.added": _business_added,
    "attendance.recorded": _attended,
    "interests.declared": _interests_declared,
    "votes.counted": _votes_counted,
    "item.noted": _item_noted,
    "item.rolled_on": _item_rolled,
    "item.decided": _item_decided,
    "meeting.closed": _meeting_closed,
    "minutes.drafted": _minutes_drafted,
    "minutes.corrected": _minutes_corrected,
    "minutes.confirmed": _minutes_confirmed,
    "document.attached": _document_attached,
}

RECORD_ONLY = frozenset(
    {
        "approval.expiring",
        "question.rolled_on",
        "decision.taking_back",
        "decision.not_taken_back",
        "action.follows",
        "project.follows",
        "benefit.follows",
        "letter.queued",
        "letter.sent",
        "letter.undeliverable",
        "meeting.chased",
        "link.followed",
        "link.reissued",
        "links.revoked",
        "attempt.refused",
        "token.created",
        "token.revoked",
    }
)
"""Kinds that no page's table follows from."""
