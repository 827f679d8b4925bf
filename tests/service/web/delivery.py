"""A project to visit: opened from a proposal of the samples, its questions put as its process puts them."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from activities.projects import Projects
from service.documents import checked
from service.handbook import AttachmentRules
from service.store import cases, documents, intents
from service.store.documents import Attached
from service.store.intents import DecisionView
from tests.service.web.office import Browser, Office
from tests.support.activities import FakeMailroom, done
from workflows.delivery import (
    Authority,
    Crossing,
    ExceptionRaised,
    GateKind,
    GatePassed,
    ProjectInHand,
    ProjectReported,
    ProjectTold,
    Tolerance,
)
from workflows.model import Ask, Choice, Ending, Outcome, SeatAsk, State, StepClosing, StepOpening

SPONSOR, MANAGER, USER, SUPPLIER = "cd-rc", "hoict-rc", "bh-dmh", "ict-services"
MANDATE = {
    "manager": MANAGER,
    "executive": SPONSOR,
    "senior_user": USER,
    "senior_supplier": SUPPLIER,
    "template": "prince2",
    "brief": "Put the booking of the hall on the web",
    **{f"benefit_owner_{number}": SPONSOR for number in (1, 2, 3)},
    **{f"benefit_measure_{number}": "Bookings in a month" for number in (1, 2, 3)},
    **{f"benefit_how_realised_{number}": "The box office sends callers to the web" for number in (1, 2, 3)},
}
PLAN = {
    "stage_name_1": "Build",
    "stage_ends_1": "2005-01-31",
    "stage_cost_1": "£90,000",
    "stage_name_2": "Pilot",
    "stage_ends_2": "2005-03-15",
    "stage_cost_2": "50 000",
    "stage_weeks_2": "2",
    "stage_pilot_2": "De Montfort Hall",
    "go_live": "2005-03-31",
    "tolerance_cost": "10%",
    "tolerance_days": "20",
    "tolerance_scope": "None",
    "tolerance_quality": "None",
    "tolerance_risk": "None",
    "tolerance_benefit": "None",
    "approach": "Bought, and fitted to the hall",
}
HIGHLIGHT = {
    **{f"rating_{of}": "green" for of in Tolerance},
    "forecast_cost": "£152,000",
    "forecast_go_live": "2005-03-31",
    "forecast_stage_ends": "2005-01-31",
    "done": "The screens are drawn",
    "next": "Build them",
}
END_STAGE = {
    **{f"rating_{of}": "green" for of in Tolerance},
    "rating_time": "amber",
    "rating_time_words": "The supplier is two weeks late",
    "forecast_cost": "152,000",
    "forecast_go_live": "2005-04-14",
    "objectives": "partly",
    "objectives_words": "All screens but one",
    "products": "The screens, and how they are used",
    "next_ends": "2005-03-29",
    "next_cost": "62,000",
    "next_plan": "Fit them at the hall",
}
EXCEPTION = {
    "cause": "The supplier lost two people",
    "consequences": "Three weeks, and £20,000",
    "corporate": "The hall opens without it",
    "options": "Wait, or pay for others",
    "recommendation": "more_tolerance",
    "recommendation_words": "It is nearly done",
}


@dataclass
class Delivery:
    """A project in an office, and what its process would do with it."""

    office: Office
    parent: str
    project: ProjectInHand
    rounds: dict[str, int] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return self.project.case

    @property
    def course(self) -> Projects:
        return Projects(self.office.store, FakeMailroom(), self.office.links)

    def put(self, kind: str, *seats: str | SeatAsk, key: str = "", case: str = "") -> str:
        """Put a question to posts, about the project or another case; return the step's id."""
        key, case = key or kind, case or self.ref
        self.rounds[key] = self.rounds.get(key, 0) + 1
        with self.office.store.reading() as tx:
            hash = cases.get(tx, case).content_hash
        ask = Ask(
            case=case,
            key=key,
            round=self.rounds[key],
            version=1,
            content_hash=hash,
            clause=self.office.edition.delivery_clauses()[kind],
            seats=tuple(SeatAsk(key=one, post=one) if isinstance(one, str) else one for one in seats),
            terms=self.office.edition.steps[kind],
            forum="srg" if kind.endswith("_srg") else "",
        )
        with self.office.store.reading() as tx:
            at = tx.now
        done(self.office.register.opened(StepOpening(ask=ask, at=at)))
        return ask.step

    def reading(self, step: str, post: str) -> Browser:
        """The browser of a post's holder, on the page where one answers."""
        browser = self.office.browser()
        browser.see(self.office.link(step, post))
        browser.press()
        assert browser.at.startswith("/a/read/"), browser.words
        return browser

    def reading_again(self, step: str, post: str) -> Browser:
        """The browser of a post's holder who follows the link of what they have answered."""
        browser = self.office.browser()
        browser.see(self.office.link(step, post))
        browser.press()
        return browser

    def answers(self, step: str, post: str, sent: Mapping[str, str], choice: str = Choice.REPORT) -> Browser:
        """Answer a question on its pages, with all documents that it asks for, and have the step close with
        that; return the browser.
        """
        browser = self.reading(step, post)
        asked = papers_for(browser)
        if asked and choice == Choice.REPORT:
            browser.hand_in(asked, choice=choice, **sent)
        else:
            browser.press(True, "/a/read/", choice=choice, **sent)
        assert browser.at.startswith("/a/check/"), browser.words
        browser.press()
        assert browser.at.startswith("/a/done/"), browser.words
        self.closes(step, Choice(choice))
        return browser

    def closes(self, step: str, choice: Choice) -> None:
        """Close a step with what was answered."""
        with self.office.store.reading() as tx:
            at = tx.now + timedelta(hours=1)
        made = tuple(one for one in self.office.engine.decided if one.step == step)
        outcome = Outcome(step=step, ending=Ending.DECIDED, choice=choice, at=at)
        self.office.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=made))

    def drops(self, step: str, why: str) -> None:
        """Close a step that nobody is asked any more, though its project goes on."""
        with self.office.store.reading() as tx:
            at = tx.now
        outcome = Outcome(step=step, ending=Ending.WITHDRAWN, choice=None, at=at)
        self.office.closed(step, StepClosing(step=step, outcome=outcome, why=why))

    def told(self, step: str, stage: int = 0) -> ProjectTold:
        with self.office.store.reading() as tx:
            return ProjectTold(case=self.ref, step=step, at=tx.now, stage=stage)

    # ----------------------------------------------------------------------- its course

    def named(self, **changes: str) -> None:
        """Let its mandate name who runs it."""
        step = self.put("mandate", self.project.authority)
        self.answers(step, self.project.authority, MANDATE | changes)
        self.project = done(self.course.named(self.told(step)))

    def planned(self, **changes: str) -> str:
        """Let its manager plan it; return the step."""
        step = self.put("initiation", MANAGER)
        self.answers(step, MANAGER, PLAN | changes)
        self.project = done(self.course.planned(self.told(step)))
        return step

    def in_stage(self, **changes: str) -> None:
        """Let its board approve the plan, so that its first stage begins."""
        self.named()
        plan = self.planned(**changes)
        self.passes(1, GateKind.INITIATION, plan_step=plan)

    def passes(self, number: int, gate: GateKind, stage: int = 0, plan_step: str = "") -> None:
        """Write that a gate was passed."""
        with self.office.store.reading() as tx:
            at = tx.now
        passed = GatePassed(
            case=self.ref, number=number, gate=gate, stage=stage, step="", plan_step=plan_step, at=at
        )
        self.project = done(self.course.gate_passed(passed))

    def reported(
        self, kind: str, sent: Mapping[str, str], choice: str = Choice.REPORT, key: str = ""
    ) -> tuple[str, ProjectReported]:
        """Let its manager report; return the step, and what the report comes to."""
        step = self.put(kind, MANAGER, key=key)
        self.answers(step, MANAGER, sent, choice)
        came = done(self.course.reported(self.told(step, stage=1)))
        if kind == "end_stage":
            self.project = done(self.course.planned(self.told(step, stage=1)))
        return step, came

    def exceeds(self, *of: Tolerance, authority: Authority = Authority.BOARD) -> str:
        """Let a report cross what is tolerated, and be written down as an exception; return the report."""
        late = HIGHLIGHT | {
            "rating_time": "red",
            "rating_time_words": "The supplier lost two people",
            "forecast_cost": "168,000",
            "forecast_go_live": "2005-05-03",
        }
        step, came = self.reported("highlight", late)
        crossing = Crossing(of=of, variance=came.variance, authority=authority)
        with self.office.store.reading() as tx:
            at = tx.now
        raised = ExceptionRaised(case=self.ref, number=1, stage=1, step=step, crossing=crossing, at=at)
        self.project = done(self.course.exception_raised(raised))
        return step

    def has(self, kind: str, body: bytes = b"What it says") -> Attached:
        """Let its manager hand in a document on its own page."""
        with self.office.store.writing() as tx:
            file = io.BytesIO(body)
            number = len(documents.of_case(tx, self.ref)) + 1
            made = checked(file, f"{kind} {number}.txt", AttachmentRules())
            documents.put(tx, file, made)
            by = self.office.holder(MANAGER)
            return documents.attached(tx, self.ref, documents.paper(made, kind), by=by, by_post=MANAGER)

    def made(self, step: str) -> DecisionView:
        """What was answered to a question, of several the last."""
        with self.office.store.reading() as tx:
            return intents.decisions_of_step(tx, step)[-1]


def papers_for(browser: Browser, *kinds: str) -> dict[str, tuple[str, bytes]]:
    """A document for each box on a page that is for one of a kind, or for some of them alone."""
    boxes = [box for box in browser.form("/a/read/").boxes if box.startswith("document_")]
    asked = [f"document_{kind}" for kind in kinds] or boxes
    return {box: (f"{box} on {browser.at[-6:]}.txt", b"What it says") for box in asked}


def begun(office: Office, **changes: Any) -> Delivery:
    """A project of an approved proposal, that nobody runs yet; `changes` are to what the proposal says."""
    parent = office.submitted("PROP-02", **changes)
    office.became(parent, State.APPROVED)
    course = Projects(office.store, FakeMailroom(), office.links)
    return Delivery(office, parent, done(course.in_hand(done(course.opened(parent)))))


def day(said: str) -> date:
    return date.fromisoformat(said)
