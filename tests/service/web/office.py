"""An office to visit: the shipped handbook, a real record, an engine with lists, and people with browsers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import yaml
from fastapi.testclient import TestClient

from activities.cases import Cases
from activities.meetings import Meetings
from activities.register import Register
from service.config import Keys, Settings
from service.gateway import Answer, Counted, Gateway
from service.handbook import Edition
from service.links import Links
from service.store import (
    Store,
    actions,
    cases,
    clock,
    covers,
    drafts,
    editions,
    journal,
    letters,
    links,
    projects,
    sessions,
    steps,
    tokens,
)
from service.store.actions import Wanted
from service.store.covers import Cover
from service.store.drafts import Draft
from service.store.links import LinkRow
from service.store.projects import Mandate
from service.store.steps import StepView
from service.web import submitting
from service.web.app import Application, create_app
from tests.support.activities import FakeMailroom, done
from workflows.delivery import AssessmentState, ExceptionState, ProjectState, ProjectTold
from workflows.model import (
    MEETING,
    ActionState,
    Ask,
    Becoming,
    CaseWaiting,
    Choice,
    Decision,
    Ending,
    Happening,
    Leg,
    MeetingHappens,
    MeetingNext,
    Outcome,
    SeatAsk,
    Segment,
    Sizing,
    State,
    StepClosing,
    StepDecided,
    StepOpening,
    Undo,
    Withdrawal,
    decision_key,
)
from workflows.rules import calendar, course
from workflows.rules.clock import jump

SAMPLES = Path(__file__).parents[3] / "service/samples/proposals-sample.yaml"
BEGINS = datetime(2004, 9, 13, 9, tzinfo=UTC)
BASE = "http://approvals.example"


class FakeEngine:
    """Takes what the gateway would bring to processes, and remembers it."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.decided: list[Decision] = []
        self.undone: list[Undo] = []
        self.withdrawn: list[str] = []
        self.resubmitted: list[tuple[str, int]] = []
        self.added: list[tuple[str, Leg]] = []
        self.in_time: bool | None = True
        """What a case says of an approver who is added, or of its size; None if it does not answer."""
        self.sized: list[tuple[str, Sizing]] = []
        self.taken_back: list[tuple[str, Leg]] = []
        self.hears = True
        """A case says that it has heard of an approver who is taken back."""
        self.people_changed_of: list[tuple[str, int]] = []
        self.reports_wanted: list[tuple[str, int]] = []
        self.sent: list[str] = []
        self.moved: list[tuple[Segment, tuple[str, ...]]] = []
        self.stirred: list[tuple[str, str]] = []
        self.delivered: list[str] = []
        self.answer: Answer = Counted(None)
        self.alive = True

    async def start(self, ref: str, kind: str = "proposal") -> bool:
        self.started.append(ref)
        return True

    async def decide(self, decision: Decision) -> Answer:
        self.decided.append(decision)
        return self.answer

    async def undo(self, undo: Undo) -> Answer:
        self.undone.append(undo)
        return self.answer

    async def withdraw(self, case: str, withdrawal: Withdrawal) -> bool:
        self.withdrawn.append(case)
        return True

    async def resubmit(self, case: str, version: int) -> bool:
        self.resubmitted.append((case, version))
        return True

    async def add_approver(self, case: str, leg: Leg) -> bool | None:
        self.added.append((case, leg))
        return self.in_time

    async def set_size(self, case: str, sizing: Sizing) -> bool | None:
        self.sized.append((case, sizing))
        return self.in_time

    async def people_changed(self, project: str, number: int) -> bool:
        self.people_changed_of.append((project, number))
        return self.hears

    async def report_now(self, project: str, number: int) -> bool | None:
        self.reports_wanted.append((project, number))
        return self.in_time

    async def take_back_approver(self, case: str, leg: Leg) -> bool:
        self.taken_back.append((case, leg))
        return self.hears

    async def clock_moved(self, segment: Segment, processes: Iterable[str]) -> None:
        self.moved.append((segment, tuple(processes)))

    async def send(self, order: str) -> bool:
        self.sent.append(order)
        return True

    async def look_again(self, series: str, as_of: str) -> bool:
        self.stirred.append((series, as_of))
        return True

    async def deliver(self, letter: str) -> bool:
        self.delivered.append(letter)
        return True

    async def answers(self) -> bool:
        return self.alive


class FakeMail:
    """Keeps letters in a list."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    async def send(self, message: EmailMessage) -> bytes:
        self.sent.append(message)
        return message.as_bytes()

    @property
    def text(self) -> str:
        """The words of the last letter."""
        body = self.sent[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def code(self) -> str:
        """The code in the last letter."""
        found = re.search(r"\b(\d{3}) (\d{3})\b", self.text)
        assert found is not None, self.text
        return found[1] + found[2]


@dataclass
class Office:
    """Everything a test needs to put on record, and to look at."""

    store: Store
    settings: Settings
    edition: Edition
    engine: FakeEngine = field(default_factory=FakeEngine)
    mail: FakeMail = field(default_factory=FakeMail)

    @cached_property
    def keys(self) -> Keys:
        return self.settings.keys()

    @cached_property
    def links(self) -> Links:
        return Links(self.keys, self.settings.base_url)

    @cached_property
    def app(self) -> Application:
        gateway = cast(Gateway, self.engine)
        return create_app(self.settings, self.store, gateway, mail=self.mail, relaying=False)

    def browser(self) -> "Browser":
        """A new browser that has never been here."""
        return Browser(self.app, base_url=self.settings.base_url, follow_redirects=False)

    def opens(self) -> None:
        """Bring the handbook into force and begin the Clock."""
        with self.store.writing() as tx:
            editions.put(
                tx,
                self.edition.to_json(),
                organisation=self.edition.organisation,
                name=self.edition.name,
            )
            clock.begin(tx, BEGINS)

    def days_pass(self, days: float) -> None:
        """Move the Clock."""
        with self.store.writing() as tx:
            number = len(tx.clock.segments) + 1
            clock.add(tx, Segment(number=number, real=tx.real, clock=tx.now + timedelta(days=days)))

    # ------------------------------------------------------------------------- people

    def holder(self, post: str) -> str:
        """The person who holds a post."""
        found = self.edition.holder(post, BEGINS.date())
        assert found is not None, post
        return found.id

    def brings_into_force(self, rules: Mapping[str, Any]) -> None:
        """Bring another handbook into force."""
        self.edition = Edition.model_validate(rules)
        with self.store.writing() as tx:
            editions.put(
                tx,
                self.edition.to_json(),
                organisation=self.edition.organisation,
                name=self.edition.name,
            )

    def leaves(self, person: str) -> None:
        """Bring a handbook into force in which somebody has left, the day before the Clock began."""
        gone = BEGINS.date() - timedelta(days=1)
        holdings = tuple(
            holding.model_copy(update={"until": gone}) if holding.person == person else holding
            for holding in self.edition.holdings
        )
        self.brings_into_force(self.edition.model_dump() | {"holdings": holdings})

    def forgets(self, person: str) -> None:
        """Bring a handbook into force that does not name somebody any more."""
        named = self.edition.model_dump()
        named["people"] = {id: one for id, one in named["people"].items() if id != person}
        named["holdings"] = [one for one in named["holdings"] if one["person"] != person]
        self.brings_into_force(named)

    def hands_over(self, post: str, to: str) -> None:
        """Bring a handbook into force in which a post is held by the holder of another."""
        person = self.holder(to)
        holdings = tuple(
            holding.model_copy(update={"person": person}) if holding.post == post else holding
            for holding in self.edition.holdings
        )
        self.brings_into_force(self.edition.model_dump() | {"holdings": holdings})

    def signed_in(self, post: str) -> "Browser":
        """A browser in which the holder of a post has signed in."""
        browser = self.browser()
        with self.store.writing() as tx:
            begun = sessions.begin(tx, person=self.holder(post), how="code", raised=True)
        browser.cookies.set("sid", begun.token)
        return browser

    def token(self, post: str, *scopes: str) -> dict[str, str]:
        """The header of a program that has a token."""
        with self.store.writing() as tx:
            made = tokens.create(
                tx,
                post=post,
                person=self.holder(post),
                scopes=scopes or ("read:case", "start:case"),
                by="pmo",
            )
        return {"Authorization": f"Bearer {made.token}"}

    # -------------------------------------------------------------------------- cases

    def draft(self, document: Mapping[str, Any], owner: str = "hoict-rc") -> Draft:
        """A draft in the record."""
        with self.store.writing() as tx:
            return drafts.create(tx, "leicester", self.holder(owner), document)

    def submitted(self, sample: str = "PROP-02", **changes: Any) -> str:
        """A proposal of the samples, submitted and set out on its way; returns its reference."""
        made = self.draft({**proposal(sample), "decision_needed_by": "2004-11-30", **changes})
        with self.store.writing() as tx:
            submitting.submit(tx, self.app.desk, made, made.owner)
        done(self.course.begun(made.ref))
        return made.ref

    def resubmitted(self, ref: str, **changes: Any) -> None:
        """Submit a returned case's next version, changed."""
        with self.store.writing() as tx:
            drafts.save(tx, ref, changes)
            made = drafts.get(tx, ref)
            submitting.submit(tx, self.app.desk, made, made.owner)
        done(self.course.begun(ref))

    @property
    def course(self) -> Cases:
        return Cases(self.store, FakeMailroom(), self.links)

    @property
    def register(self) -> Register:
        return Register(self.store, FakeMailroom(), self.links)

    def became(
        self,
        ref: str,
        state: State | ActionState | AssessmentState | ExceptionState | ProjectState,
        number: int = 1,
        because: str = "",
        valid_until: date | None = None,
    ) -> None:
        """Change a case's state."""
        with self.store.reading() as tx:
            at = tx.now
        becoming = Becoming(
            case=ref, state=state, at=at, number=number, because=because, valid_until=valid_until
        )
        done(self.course.became(becoming))

    def asked(self, ref: str, key: str, round: int = 1, forum: str = "") -> str:
        """Open the step that a case's route has under a key; returns the step's id."""
        ask = self._ask(ref, key, round)
        ask = ask.model_copy(update={"forum": forum or ask.forum})
        with self.store.reading() as tx:
            at = tx.now
        done(self.register.opened(StepOpening(ask=ask, at=at)))
        return ask.step

    def action(self, ref: str) -> str:
        """Open an action that follows from a case; returns its reference."""
        wanted = Wanted(
            source="dec:1",
            number=1,
            title="Train the staff",
            text="Train the staff",
            owner="hoict-rc",
            verifier="cd-rc",
            due=date(2004, 12, 1),
        )
        with self.store.writing() as tx:
            return actions.opened(tx, cases.get(tx, ref), wanted, at=tx.now)

    def project(self, ref: str, manager: str = "hoict-rc", *, named: bool = True) -> str:
        """Open the project of a case, with a manager unless it has no mandate yet; returns its reference."""
        mandate = Mandate(
            manager=manager,
            executive="cd-rc",
            senior_user="cd-ce",
            senior_supplier="cd-sch",
            template="prince2",
        )
        with self.store.writing() as tx:
            made = projects.opened(tx, cases.get(tx, ref), "On-line booking", at=tx.now)
            told = ProjectTold(case=made, step=f"{made}.mandate.1", at=tx.now)
            if named:
                projects.named(tx, told, mandate)
            projects.begun(tx, made)
        return made

    def asked_of_action(self, action: str, kind: str, round: int = 1) -> str:
        """Open one of an action's two steps, as its process does; returns the step's id."""
        begun = done(self.course.action_begun(action))
        post = begun.verifier if kind == "action_check" else begun.owner
        ask = Ask(
            case=action,
            key=kind,
            round=round,
            version=1,
            content_hash=begun.content_hash,
            clause=begun.clause,
            seats=(SeatAsk(key=post, post=post),),
            terms=begun.terms[kind],
            due=begun.due if kind == "action" else None,
        )
        with self.store.reading() as tx:
            at = tx.now
        done(self.register.opened(StepOpening(ask=ask, at=at)))
        return ask.step

    def _ask(self, ref: str, key: str, round: int) -> Ask:
        with self.store.reading() as tx:
            case = cases.get(tx, ref)
        leg, question = next(
            (leg, ask)
            for leg in (*case.route, *case.branches.values())
            for ask in course.asked_by(leg)
            if ask.key == key
        )
        return Ask(
            case=ref,
            key=key,
            round=round,
            version=case.version,
            content_hash=case.content_hash,
            clause=leg.clause,
            seats=question.seats,
            terms=self.edition.terms()[question.kind],
            inform=question.inform,
            forum=question.forum or leg.forum,
        )

    def closed(self, step: str, closing: StepClosing) -> None:
        done(self.register.closed(closing))

    def course_waits(
        self, ref: str, key: str, until: date, *, forum: str = "heads-of-ict", leg: str = MEETING
    ) -> None:
        """Let a case wait for the meeting of a forum on a day."""
        wait = CaseWaiting(
            case=ref,
            number=1,
            key=key,
            leg=leg,
            since=BEGINS,
            until=calendar.opening(until),
            on=forum,
        )
        done(self.course.waits(wait))

    def settled(
        self, step: str, post: str, choice: Choice, *, held: tuple[datetime, datetime] | None = None
    ) -> None:
        """Close a step with the answer of one seat, as the engine would have it written: one of now, or one
        that was held from an instant to another.
        """
        asked = self.step(step)
        with self.store.reading() as tx:
            at = tx.now
        made = Decision(
            key=decision_key(step, asked.round, asked.seats[0].key),
            step=step,
            round=asked.round,
            seat=asked.seats[0].key,
            person=self.holder(post),
            choice=choice,
            content_hash=asked.content_hash,
            payload_hash="p",
            submitted_at=held[0] if held else at,
            held_until=held[1] if held else None,
        )
        outcome = Outcome(step=step, ending=Ending.DECIDED, choice=choice, at=at, kind=asked.kind)
        self.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=(made,)))

    def covers(self, post: str, *, by: str, until: date) -> None:
        """Let the holder of a post cover for that of another, from today."""
        with self.store.writing() as tx:
            person = self.holder(post)
            covers.set(
                tx,
                Cover(person=person, cover=self.holder(by), starts=tx.today, ends=until, set_by=person),
            )

    def recorded(self, step: str) -> None:
        """Have the step record what the engine has counted."""
        with self.store.reading() as tx:
            at = tx.now
        made = tuple(decision for decision in self.engine.decided if decision.step == step)
        done(self.register.decided(StepDecided(step=step, decisions=made, at=at)))

    def record(self) -> list[str]:
        """Every line of the record, as it is exported."""
        with self.store.reading() as tx:
            return [journal.export(tx, case) for case in journal.cases(tx)]

    def step(self, step: str) -> StepView:
        with self.store.reading() as tx:
            found = steps.get(tx, step)
        assert found is not None
        return found

    # ----------------------------------------------------------------------- meetings

    @property
    def convener(self) -> Meetings:
        return Meetings(self.store, FakeMailroom(), self.links)

    def looks(self, forum: str = "heads-of-ict") -> MeetingNext:
        """Have the series of a forum look which meeting comes next."""
        return done(self.convener.next(f"MTG-leicester-{forum}"))

    def happens(self, day: date, *what: Happening, forum: str = "heads-of-ict") -> None:
        """Have a series bring about what a meeting's day brings."""
        with self.store.reading() as tx:
            at = tx.now
        for each in what:
            told = MeetingHappens(series=f"MTG-leicester-{forum}", day=day, what=each, at=at)
            done(self.convener.happens(told))

    def it_is(self, day: date, hour: int = 10) -> None:
        """Move the Clock to an hour of a day."""
        with self.store.writing() as tx:
            clock.add(
                tx, jump(tx.clock, to=datetime(day.year, day.month, day.day, hour, tzinfo=UTC), real=tx.real)
            )

    # -------------------------------------------------------------------------- links

    def row(self, step: str, post: str) -> LinkRow:
        """The row of the link that the first letter of a step to a post has."""
        person = self.holder(post)
        with self.store.reading() as tx:
            row = next(row for row in letters.of_step(tx, step) if row.person == person and row.link_id)
            found = links.get(tx, row.link_id or "")
        assert found is not None
        return found

    def link(self, step: str, post: str) -> str:
        """The path of a link in a letter."""
        row = self.row(step, post)
        return self.links.to(row.id, row.kid).removeprefix(self.settings.base_url)


class Browser(TestClient):
    """A browser: it fills in the one form of a page and sends it, as a person would."""

    page: str = ""

    def see(self, path: str) -> int:
        """Open a page, following where it leads; returns its status."""
        response = self.get(path, follow_redirects=True)
        self.page, self.at = response.text, response.url.path
        return response.status_code

    def hand_in(self, documents: Mapping[str, tuple[str, bytes]], /, **answers: str) -> int:
        """Send the page's form with documents in its boxes, each with what it is called."""
        form = self.form("/documents" if "/documents" in self.at else "/a/read/")
        empty = dict.fromkeys(form.boxes, ("", b""))
        data = {name: value for name, value in form.fields.items() if name not in form.boxes}
        response = self.post(
            form.action,
            data={**data, **answers},
            files={**empty, **documents},
            follow_redirects=True,
            headers=SAME_ORIGIN,
        )
        self.page, self.at = response.text, response.url.path
        return response.status_code

    def press(self, follow: bool = True, action: str = "", /, **answers: str | list[str]) -> int:
        """Send the page's form with what it has hidden, and with these answers."""
        form = self.form(action)
        data = {**form.fields, **answers}
        response = self.post(form.action, data=data, follow_redirects=follow, headers=SAME_ORIGIN)
        self.page, self.at = response.text, response.url.path
        return response.status_code

    def form(self, action: str = "") -> "Form":
        """The first form of the page, or the one sent to an address with these words, as it stands."""
        reader = FormReader()
        reader.feed(self.page)
        for found in reader.forms:
            if action in found.action and (action or found.action != "/sign-out"):
                return found
        raise AssertionError(f"no form on {self.at}: {self.words}")

    at: str = ""

    @property
    def words(self) -> str:
        """The page as words."""
        main = re.search(r"<main.*?</main>", self.page, re.S)
        text = re.sub(r"<[^>]+>", " ", main[0] if main else self.page)
        return " ".join(text.replace("&#39;", "'").replace("&amp;", "&").split())

    @property
    def heading(self) -> str:
        """The page's one first-level heading."""
        found = re.findall(r"<h1[^>]*>(.*?)</h1>", self.page, re.S)
        assert len(found) == 1, found
        return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


@dataclass
class Form:
    """A form as a browser would send it."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str | list[str]] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    """The names of the boxes for documents."""


class FormReader(HTMLParser):
    """Reads what the forms of a page hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = ""
        self._list = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self.forms.append(Form(given["action"]))
        elif tag == "textarea":
            self._area = given["name"]
            self._put(self._area, "")
        elif tag == "select":
            self._list = given["name"]
        elif tag == "option" and "selected" in given:
            self._put(self._list, given["value"])
        elif tag == "input" and "name" in given:
            self._input(given)

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "hidden" and self.forms:
            self.forms[-1].hidden[given["name"]] = given["value"]
        if kind == "file" and self.forms:
            self.forms[-1].boxes.append(given["name"])
        if kind == "checkbox" and "checked" in given:
            several = self.forms[-1].fields.setdefault(given["name"], [])
            assert isinstance(several, list)
            several.append(given["value"])
        elif kind not in ("radio", "checkbox") or "checked" in given:
            self._put(given["name"], given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area and self.forms:
            # A browser drops the line break that follows the tag.
            self._put(self._area, data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def _put(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].fields[name] = value


SAME_ORIGIN = {"Origin": BASE, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1"}


def proposal(sample: str) -> dict[str, Any]:
    """A proposal of the samples, with every reason that is asked for."""
    found = _samples()[sample]
    notes = {
        key: "It does not apply" for key, said in found["principles"].items() if said == "not_applicable"
    }
    given = {key: value for key, value in found.items() if key in submitting.GIVEN}
    given["principle_notes"] = {**notes, **given.get("principle_notes", {})}
    return cast(dict[str, Any], _plain(given))


@cache
def _samples() -> dict[str, dict[str, Any]]:
    """The samples as YAML itself reads them: once, for to read them takes longer than most tests."""
    known = yaml.safe_load(SAMPLES.read_text(encoding="utf-8"))["proposals"]
    return {one["id"]: one for one in known}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
