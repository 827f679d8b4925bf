"""How the facts of the register become what other programs are told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from service import agendas, assessing, boards, delivering, reporting, telling, versions
from service.handbook import Edition
from service.remembering import TrackRecord
from service.store import actions, assessments, benefits, cases, documents, orders, projects, sizes, steps
from service.store.approvers import Approver
from service.store.cases import CaseItem, CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.orders import OrderView
from service.store.projects import Called, Check, Gate, Report
from service.store.sizes import SetSize
from service.store.steps import StepView
from service.web import (
    attaching,
    benefit_page,
    conditions,
    minutebook,
    projecting,
    seclusion,
    standards,
    whereabouts,
    words,
)
from service.web.api.shapes import (
    ActionTold,
    ApproverTold,
    AssessmentTold,
    BenefitTold,
    BudgetTold,
    ChangeTold,
    CheckTold,
    DecisionTold,
    DocumentTold,
    ExceptionTold,
    FigureTold,
    ForecastTold,
    GateTold,
    MeetingItem,
    OptionTold,
    OrderTold,
    PlanTold,
    ProjectTold,
    PutRightTold,
    QuorumTold,
    ReadingTold,
    ReportTold,
    RouteLeg,
    SizeSet,
    StageTold,
    StandardsExceptionTold,
    StepTold,
    TrackRecordTold,
    VotesTold,
    WaitingOn,
)
from service.web.minutebook import Line as MinuteBookLine
from service.web.minutebook import Room
from workflows.delivery import Baseline, Variance
from workflows.letters import Stop
from workflows.model import Leg
from workflows.rules.meter import Meter

KINDS = ("proposal", actions.KIND, projects.KIND, benefits.KIND, projects.STANDARDS, assessments.KIND)
"""Kinds of case that may be listed."""


def meeting(found: Room) -> dict[str, Any]:
    return {
        "date": found.day,
        "state": found.meeting.state,
        "papers_due": found.agenda.papers_due,
        "items": len(minutebook.lines(found)),
        "quorum": QuorumTold(**_metered(found.meter)),
    }


def item(found: Room, item: MinuteBookLine) -> MeetingItem:
    return MeetingItem(
        number=item.number,
        key=item.key,
        kind=item.kind,
        title=item.title,
        case=item.case,
        carried_from=item.carried_from,
        outcome=item.outcome,
        rolled_on=item.rolled_on,
        reference=agendas.reference(found.forum.name, found.day, item.number),
    )


def summary(tx: Tx, case: CaseItem, waiting: tuple[steps.Waiting, ...], today: date) -> dict[str, Any]:
    edition = telling.rules_of(tx, case)
    return {
        "ref": case.ref,
        "kind": case.kind,
        "title": case.title,
        "state": case.state,
        "department": case.department,
        "sponsor": case.sponsor,
        "size": case.size,
        "capital": f"{case.capital:.2f}",
        "version": case.version,
        "decide_by": case.decide_by,
        "opened": case.opened,
        "changed": case.changed,
        "open": case.open,
        "valid_until": case.good_until,
        "waiting": [
            WaitingOn(
                step=wait.step,
                on=wait.on,
                title=wait.who,
                since=wait.began,
                working_days=wait.working_days,
                next=wait.next,
                at=wait.moment,
                action=wait.action,
            )
            for wait in whereabouts.worded(waiting, edition, today)
        ],
    }


def leg(leg: Leg, stop: Stop) -> RouteLeg:
    return RouteLeg(
        leg=leg.leg,
        who=list(leg.who),
        titles=list(stop.who),
        clause=stop.clause.number,
        clause_text=stop.clause.text,
        reason=leg.reason,
        meeting=leg.meeting,
        by=stop.by,
    )


def changes(tx: Tx, case: CaseView, earlier: int, later: int) -> list[ChangeTold]:
    return [
        ChangeTold.model_validate(one.model_dump()) for one in versions.differences(tx, case, earlier, later)
    ]


def decision(tx: Tx, case: CaseView, decision: DecisionView, kept_for: Sequence[int]) -> DecisionTold:
    edition = telling.rules_of(tx, case)
    told = telling.told(decision, edition)
    remarks = {words.asked(name): said for name, said in told.remarks}
    return DecisionTold(
        step=decision.step,
        round=decision.round,
        seat=decision.seat,
        post=decision.post,
        title=telling.title(edition, decision.post, decision.submitted_at.date()),
        on_behalf_of=told.for_whom,
        choice=decision.choice,
        reason=decision.reason or "",
        conditions=[followed.fields() for followed in conditions.of_decision(tx, case, decision)],
        answers={name: answer.model_dump() for name, answer in decision.answers.items()},
        told=remarks,
        outside_guidelines=decision.outside_guidelines,
        until=decision.until,
        next_meeting=decision.next_meeting,
        submitted_at=decision.submitted_at,
        recorded_at=decision.recorded_at,
        content_hash=decision.content_hash,
        shown_hash=decision.shown_hash,
        assurance=decision.assurance,
        version=decision.version,
        kept_for=list(kept_for),
    )


def approver(added: Approver) -> ApproverTold:
    return ApproverTold(
        case=added.case,
        post=added.post,
        reason=added.reason,
        added_by=added.by_post,
        added_at=added.at,
        taken_back_by=added.taken_back_by,
        taken_back_why=added.taken_back_why,
        taken_back_at=added.taken_back_at,
    )


def size(said: SetSize) -> SizeSet:
    return SizeSet(
        case=said.case,
        size=said.size,
        by_rule=said.by_rule,
        by=said.by_post,
        reason=said.reason,
        at=said.at,
    )


def size_set(tx: Tx, case: CaseView) -> SizeSet | None:
    said = sizes.last(tx, case.ref)
    return size(said) if said and said.holds_for(case.version) else None


def action(tx: Tx, case: CaseView) -> ActionTold:
    action, content = actions.must(tx, case.ref), cases.content(tx, case.ref) or {}
    return ActionTold(
        follows=action.parent,
        text=content.get("summary") or "",
        owner=action.owner,
        verifier=action.verifier,
        due=action.due,
        evidence=content.get("evidence") or "",
        guards=action.guards,
    )


def project(tx: Tx, case: CaseView) -> ProjectTold:
    found, edition = projects.must(tx, case.ref), telling.rules_of(tx, case)
    passed, reported = projects.gates(tx, case.ref), projects.reports(tx, case.ref)
    rules, last = edition.delivery, reported[-1] if reported else None
    by = delivering.missed(found, last.forecast if last else None, edition.non_working)
    approved = projecting.approved(tx, found, passed)
    return ProjectTold(
        follows=found.parent,
        manager=found.manager,
        board=list(found.board),
        template=found.template,
        strategy=found.strategy,
        stage=found.stage,
        went_live=found.went_live,
        baseline=_plan(*approved[-1], delivering.called(tx, found)) if approved else None,
        forecast=ForecastTold(**_forecast(last, by)) if last else None,
        gates=[
            GateTold(
                **_missed(one),
                number=one.number,
                gate=one.gate,
                name=delivering.gate(rules, found, one.gate, one.stage).name if rules else "",
                stage=one.stage,
                step=one.step,
                at=one.at,
                objectives=one.objectives,
                rating=one.rating or "",
                plan=one.baseline,
            )
            for one in passed
        ],
        exceptions=[
            ExceptionTold(
                **_missed(one.crossing.linked or one.crossing.variance),
                number=one.number,
                stage=one.stage,
                of=list(one.crossing.of),
                authority=one.crossing.authority,
                raised=one.raised,
                settled=one.settled,
                outcome=one.choice or "",
            )
            for one in projects.exceptions(tx, case.ref)
        ],
        reports=[
            ReportTold(
                **_forecast(one, one.variance),
                number=number,
                step=one.step,
                kind=one.kind,
                stage=one.stage,
                at=one.at,
                unchanged=one.unchanged,
                stage_done=one.stage_done,
                objectives=one.objectives,
                went_live=one.went_live,
            )
            for number, one in enumerate(reported, start=1)
        ],
        linked=list(projects.linked_refs(tx, found)),
        waits_for=[one.other for one in projects.dependencies_of(tx, case.ref) if one.ended is None],
        standards_exceptions=[one.ref for one in projects.standards_exceptions(tx, case.ref)],
        checks=[_check(tx, one) for one in projects.checks(tx, case.ref)],
    )


def _check(tx: Tx, found: Check) -> CheckTold:
    return CheckTold(
        stage=found.stage,
        step=found.step,
        at=found.at,
        not_met=[key for key, value in found.found.items() if value == reporting.NOT_MET],
        exception=found.exception,
        put_right=[
            PutRightTold(action=one.ref, owner=one.owner, due=one.due, state=one.state)
            for one in standards.open_actions(tx, found)
        ],
    )


def _plan(day: date, plan: Baseline, called: Mapping[int, Called]) -> PlanTold:
    return PlanTold(
        number=plan.number,
        approved_on=day,
        cost=f"{plan.cost:.2f}",
        go_live=plan.go_live,
        tolerated_percent=f"{plan.tolerances.cost_percent.normalize():f}",
        tolerated_days=plan.tolerances.days,
        stages=[
            StageTold(
                number=stage.number,
                name=called[stage.number].name,
                ends=stage.ends,
                cost=f"{stage.cost:.2f}",
                report_weeks=stage.report_weeks,
                pilot=called[stage.number].pilot,
            )
            for stage in plan.stages
        ],
    )


def _forecast(report: Report, by: Variance) -> dict[str, Any]:
    now = report.forecast
    return {
        **_missed(by),
        "cost": f"{now.cost:.2f}",
        "go_live": now.go_live,
        "stage_ends": now.stage_ends,
        # The report on the whole asks for no ratings, and keeps those before it.
        "ratings": {str(of): str(rating) for of, rating in now.ratings.items()}
        if report.kind != "end_project"
        else {},
    }


def _missed(by: Variance | Gate) -> dict[str, Any]:
    return {"over": f"{by.over:.2f}", "over_percent": f"{by.over_percent:.2f}", "late": by.late}


def benefit(tx: Tx, case: CaseView) -> BenefitTold:
    found, edition = benefits.must(tx, case.ref), telling.rules_of(tx, case)
    content = cases.content(tx, case.ref) or {}
    return BenefitTold(
        follows=found.parent,
        owner=found.owner,
        claimed=f"{found.claimed:.2f}" if found.claimed is not None else None,
        measure=content.get("summary") or "",
        months=list(edition.delivery.benefits.months) if edition.delivery else [],
        readings=[
            ReadingTold(
                month=one.reading.month,
                at=one.reading.at,
                value=one.reading.value,
                rating=one.reading.rating,
                corrected=one.corrected,
            )
            for one in benefit_page.readings(tx, found, edition)
        ],
    )


def standards_exception(tx: Tx, case: CaseView) -> StandardsExceptionTold | None:
    found, content = projects.standards_exception(tx, case.ref), cases.content(tx, case.ref) or {}
    if found is None:
        return None
    return StandardsExceptionTold(follows=found.parent, stage=found.stage, text=content.get("summary") or "")


def documents_of(tx: Tx, case: CaseView) -> list[DocumentTold]:
    source = attaching.source(tx, case)
    return [
        DocumentTold(
            case=source,
            number=one.number,
            name=one.name,
            kind=one.kind,
            media_type=one.media_type,
            size=one.size,
            sha256=one.hash,
            step=one.step,
            post=one.by_post,
            at=one.at,
            superseded_by=one.superseded_by,
            address=f"/cases/{source}/documents/{one.number}" if documents.is_kept(tx, one.hash) else None,
        )
        for one in documents.of_case(tx, source)
    ]


def assessment(tx: Tx, case: CaseView) -> AssessmentTold | None:
    found, content = assessments.get(tx, case.ref), cases.content(tx, case.ref) or {}
    if found is None:
        return None
    edition = telling.rules_of(tx, case)
    return AssessmentTold(
        purpose=content.get("summary") or "",
        owner=found.owner,
        report_due=found.report_due,
        in_place_by=found.in_place_by,
        options=[
            OptionTold(
                option=one.option,
                name=assessing.name_of(edition, one.option),
                weighed=one.weighed,
                cost=f"{one.cost:.2f}" if one.cost is not None else None,
            )
            for one in assessments.options(tx, case.ref)
        ],
        recommended=found.recommended,
        chosen=found.chosen,
    )


def order(order: OrderView) -> OrderTold:
    return OrderTold.model_validate(
        {
            "number": order.number,
            "amount": f"{order.amount:.2f}",
            "state": "raised" if order.state == orders.OWED else order.state,
            "raised_at": order.raised,
            "accepted_at": order.settled if order.state == orders.ACCEPTED else None,
        }
    )


def _metered(meter: Meter) -> dict[str, Any]:
    return {
        "seats": meter.seats,
        "present": meter.present,
        "interests": meter.interests,
        "needed": meter.needed,
        "wanting": meter.wanting,
        "quorate": meter.quorate,
    }


def quorum(tx: Tx, step: StepView, edition: Edition, reader: str) -> VotesTold | None:
    board = boards.of(tx, step, edition)
    if board is None:
        return None
    meter, out = board.meter, seclusion.is_out(tx, step, reader)
    return VotesTold(
        **_metered(meter),
        possible=meter.possible,
        silent=list(meter.silent),
        in_favour=None if out else meter.in_favour,
        against=None if out else meter.against,
        abstaining=None if out else meter.abstaining,
        blind=board.blind,
        sentences=[board.present, *(() if out else board.wanting), *board.until],
    )


def step(tx: Tx, step: StepView, reader: str) -> StepTold:
    edition = telling.rules_of(tx, cases.get(tx, step.case))
    held = step.takes_effect
    return StepTold(
        id=step.id,
        case=step.case,
        kind=step.kind,
        round=step.round,
        version=step.version,
        clause=step.clause,
        opened=step.opened,
        due=step.due,
        waiting_on=[] if held else [seat.post for seat in step.seats if not seat.answered],
        next=steps.HELD if held else step.next.nudge if step.next else None,
        at=held or (step.next.at if step.next else None),
        quorum=quorum(tx, step, edition, reader),
    )


def track_record(found: TrackRecord | None) -> TrackRecordTold | None:
    if found is None:
        return None
    return TrackRecordTold(
        directorate=found.directorate,
        measures={one.what: one.which for one in found.measures},
        restated=FigureTold.model_validate(found.restated.model_dump()) if found.restated else None,
    )


def budgets(tx: Tx, case: CaseView, rules: Edition) -> Iterator[BudgetTold]:
    for share in case.proposal.shares:
        if held := telling.budget(tx, case, rules, share.post, share.amount):
            yield BudgetTold(
                post=share.post,
                total=f"{held.total:.2f}",
                committed=f"{held.committed:.2f}",
                approved_here=f"{held.approved_here:.2f}",
                would_remain=f"{held.would_remain:.2f}",
                asked_here=f"{held.asked_here:.2f}",
                would_remain_of_all=f"{held.would_remain_of_all:.2f}",
            )
