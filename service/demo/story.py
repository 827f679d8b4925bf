"""The story of the demo: on-line booking for De Montfort Hall, from its draft to SRG's decision.

Everything in it is done as its people would: pages are opened, forms filled in, letters read from the
mail catcher and their links followed. The Clock jumps over the days on which nobody does anything.
"""

import json
import sys
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

import httpx2 as httpx
import yaml

from service import handbook
from service.demo.people import Mail, NotTrue, Person, until
from service.errors import AssentError
from service.stack import HOST, Stack
from service.store import Store, cases, intents, letters, open_store, steps, verify
from workflows.model import ZONE, State
from workflows.rules import calendar

BEGINS = datetime(2004, 9, 13, 8, 0, tzinfo=UTC)
"""Where the Clock of the demo begins: the Monday on which the proposal is written."""
PROPOSAL = "PROP-02"
LEAD = "head-ict-rc@leicester.example"
SPONSOR = "cd-rc@leicester.example"
SECRETARY = "heads-of-ict@leicester.example"
PROMPT_FUNDER = "budget-sports@leicester.example"
SILENT_FUNDER = "budget-dmh@leicester.example"
AWAY, COVER = "cd-sch@leicester.example", "holder-hoict-sch@people.leicester.example"
BOARD = (
    "chief-executive@leicester.example",
    "cd-hsg@leicester.example",
    "cd-ell@leicester.example",
    "chief-finance-officer@leicester.example",
)
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}


class Teller:
    """Tells the story: in sentences to people, or in facts to programs."""

    def __init__(self, *, json: bool) -> None:
        self._json = json

    def say(self, sentence: str) -> None:
        """Say a sentence to people."""
        if not self._json:
            print(sentence, flush=True)

    def fact(self, event: str, *, case: str | None, at: datetime, sentence: str, **more: Any) -> None:
        """Tell something that has come true on a moment of the Clock."""
        if self._json:
            print(json.dumps({"event": event, "case": case, "at": at.isoformat(), **more}), flush=True)
        else:
            local = at.astimezone(ZONE)
            print(f"{local:%a} {local.day:>2} {local:%b %Y %H:%M}  {sentence}", flush=True)


async def play(stack: Stack, teller: Teller) -> bool:
    """Play the story on a running stack; say whether every part of it came true."""
    store = open_store(stack.settings)
    story = Story(stack, store, teller)
    try:
        await story.play()
    except (NotTrue, LookupError, AssentError, httpx.HTTPError) as error:
        print(f"The story did not come true: {error}", file=sys.stderr, flush=True)
        return False
    finally:
        await story.close()
        store.close()
    return True


class Story:
    """The story as it goes."""

    def __init__(self, stack: Stack, store: Store, teller: Teller) -> None:
        self._base_url = f"http://{HOST}:{stack.ports.web}"
        self._store = store
        self._teller = teller
        self._mail = Mail(self._base_url)
        self._driver = httpx.AsyncClient(base_url=self._base_url, timeout=60)
        self._people: dict[str, Person] = {}
        self._began = time.monotonic()
        self._ref: str | None = None

    async def play(self) -> None:
        """Tell it from beginning to end."""
        await self._ready()
        await self.handbook_is_loaded()
        await self.cover_is_arranged()
        await self.proposal_is_drafted_and_submitted()
        await self.heads_of_ict_are_notified()
        await self.funders_approve()
        await self.srg_decides()
        await self.sponsor_is_told()
        await self.journal_verifies()
        await self.ended()

    # ---------------------------------------------------------------------- the parts

    async def handbook_is_loaded(self) -> None:
        """The organisation's rules are in force."""
        edition = handbook.load("leicester")
        self._fact(
            "handbook.loaded",
            f"The {edition.organisation_name} handbook is in force: {len(edition.posts)} posts, "
            f"{len(edition.forums)} forums, {len(edition.principles)} principles "
            f"(edition {edition.hash[:12]}).",
            edition=edition.hash,
        )

    async def cover_is_arranged(self) -> None:
        """A member of SRG will be away, and says who covers."""
        member = self._person(AWAY)
        await member.sign_in()
        page = await member.open("/cover")
        form, _ = page.form("Save")
        cover = handbook.load("leicester").person_at(COVER, BEGINS.date())
        if cover is None or cover.id not in form.choices["cover"]:
            raise NotTrue(f"{COVER} cannot be chosen as cover")
        saved = await member.press(
            page,
            "Save",
            {"cover": cover.id} | _day("starts", date(2004, 10, 11)) | _day("ends", date(2004, 11, 5)),
        )
        if cover.name not in saved.text:
            raise NotTrue(f"{AWAY} is not covered: {saved.text[:200]}")
        self._fact(
            "cover.set",
            "The Corporate Director, Social Care and Health, signs in by an emailed code. They will be "
            "away from 11 October, and name who covers for them.",
            covered=AWAY,
            cover=COVER,
        )

    async def proposal_is_drafted_and_submitted(self) -> None:
        """The lead officer writes the proposal, is told what is missing, and submits it."""
        lead = self._person(LEAD)
        await lead.sign_in()
        page = await lead.press(await lead.open("/proposals"), "Begin")
        self._ref = ref = page.url.rstrip("/").rpartition("/")[2]
        answers = answers_of(sample(PROPOSAL))
        last = answers.popitem()
        for key, typed in answers.items():
            await self._fill(lead, ref, key, typed)
        self._fact(
            "proposal.drafted",
            f"The Head of ICT, Regeneration and Culture, drafts {ref}: {sample(PROPOSAL)['title']}. "
            "Every page is saved as it is left.",
        )
        checked = await lead.open(f"/proposals/{ref}/check")
        if "still needed" not in checked.text:
            raise NotTrue("a draft without its lead officer counts as complete")
        await self._fill(lead, ref, *last)
        checked = await lead.open(f"/proposals/{ref}/check")
        if "What will happen" not in checked.text:
            raise NotTrue(f"the draft is not complete: {checked.text[:300]}")
        self._fact(
            "proposal.checked",
            "Checked: one page was missing, it is filled in, and the way the proposal will go is shown, "
            "each part with its clause.",
        )
        await lead.press(checked, "Submit")
        await self._state(State.NOTIFYING)
        await self._mail.letter(SPONSOR, "We have your proposal")
        listed = await self._mail.letter(SECRETARY, "On the agenda")
        self._fact(
            "proposal.submitted",
            f"Submitted, frozen as version 1 ({self._case().content_hash[:12]}). Sponsor and lead are told. "
            f"The Heads of ICT are notified for their next meeting that serves: “{listed.subject}”.",
            version=1,
            content_hash=self._case().content_hash,
        )

    async def heads_of_ict_are_notified(self) -> None:
        """On the day of the meeting its secretary is asked, and replies."""
        await self._jump(on=date(2004, 10, 13))
        asked = await self._mail.letter(SECRETARY, "Reply by")
        await self._person(SECRETARY).decide(asked, NO_CONCERN)
        await self._state(State.WITH_FUNDERS)
        self._fact(
            "notification.noted",
            "The Heads of ICT meet. Their secretary follows the letter's link and replies on fit, "
            "infrastructure and network security: no concern.",
            meeting="2004-10-13",
        )

    async def funders_approve(self) -> None:
        """Both funders are asked; one approves at once, the other needs a reminder."""
        prompt = await self._mail.letter(PROMPT_FUNDER, "Decide by")
        silent = await self._mail.letter(SILENT_FUNDER, "Decide by")
        self._fact(
            "funders.asked",
            f"Both funders are asked by email: “{prompt.subject}”, “{silent.subject}”. "
            "The council's mail scanner opens every link first; nothing is decided by that.",
        )
        await self._person(PROMPT_FUNDER).decide(prompt, {"choice": "approve"})
        self._fact(
            "decision.made",
            "The Budget holder, Sports Services, follows the link, types the emailed code, reads, chooses, "
            "checks and confirms: approved.",
            by=PROMPT_FUNDER,
            choice="approve",
        )
        await self._jump()
        reminder = await self._mail.letter(SILENT_FUNDER, "eminder")
        self._fact(
            "reminder.sent",
            f"De Montfort Hall has not answered, and is reminded: “{reminder.subject}”.",
            to=SILENT_FUNDER,
        )
        await self._person(SILENT_FUNDER).decide(reminder, {"choice": "approve"})
        await self._state(State.WITH_SRG)
        self._fact(
            "decision.made",
            "The Budget holder, De Montfort Hall, answers from the reminder: approved. SRG is asked, because "
            "the proposal is major.",
            by=SILENT_FUNDER,
            choice="approve",
        )

    async def srg_decides(self) -> None:
        """SRG's members are asked; a cover answers for the one who is away; the quorum is reached."""
        covering = await self._mail.letter(COVER, "covering")
        self._fact(
            "cover.asked",
            "The member who is away is not waited for: their cover is asked in their place, and both are "
            f"told (“{covering.subject}”).",
            to=COVER,
        )
        asked = [(address, await self._mail.letter(address, "Decide by")) for address in BOARD]
        for address, letter in ((COVER, covering), *asked):
            await self._person(address).decide(letter, {"choice": "approve"})
        await self._state(State.APPROVED)
        answered = len(self._decisions("srg"))
        self._fact(
            "quorum.reached",
            f"{answered} of 8 members have answered, one through cover; 4 make a quorum, and no answer "
            "still to come could change the outcome. SRG approves.",
            answered=answered,
            choice="approve",
        )

    async def sponsor_is_told(self) -> None:
        """The sponsor hears the decision."""
        letter = await self._mail.letter(SPONSOR, "Your proposal is approved")
        self._fact("sponsor.told", f"The sponsor is told: “{letter.subject}”.", to=SPONSOR)

    async def journal_verifies(self) -> None:
        """Nobody has changed the record."""
        await self._settled()
        with self._store.reading() as tx:
            found = verify.verify(tx)
        if not found.intact:
            raise NotTrue(f"the journal does not verify: {found.faults}")
        self._fact(
            "journal.verified",
            f"The journal verifies: {found.lines} lines in {found.cases} chains, as they were written.",
            lines=found.lines,
        )

    async def ended(self) -> None:
        """Count what happened."""
        caught = len(await self._mail.all())
        made = len(self._decisions())
        state = self._case().state
        seconds = round(time.monotonic() - self._began, 1)
        self._fact(
            "story.ended",
            f"{self._ref} is {state}; its project is still to come. {caught} letters, {made} decisions, "
            f"{seconds} seconds.",
            cases={self._ref: state},
            letters=caught,
            decisions=made,
            journal="verified",
            seconds=seconds,
        )

    # ----------------------------------------------------------------------- helpers

    async def close(self) -> None:
        """Close every browser and the mailbox."""
        for person in self._people.values():
            await person.close()
        await self._mail.close()
        await self._driver.aclose()

    def _person(self, address: str) -> Person:
        if address not in self._people:
            self._people[address] = Person(address, self._base_url, self._mail)
        return self._people[address]

    def _fact(self, event: str, sentence: str, **more: Any) -> None:
        with self._store.reading() as tx:
            now = tx.now
        self._teller.fact(event, case=self._ref, at=now, sentence=sentence, **more)

    def _case(self) -> cases.CaseView:
        with self._store.reading() as tx:
            return cases.get(tx, self._ref or "")

    def _decisions(self, key: str = "") -> list[intents.DecisionView]:
        with self._store.reading() as tx:
            made = intents.decisions_of(tx, self._ref or "")
        return [decision for decision in made if f".{key}" in decision.step]

    async def _fill(self, person: Person, ref: str, key: str, typed: Mapping[str, Any]) -> None:
        page = await person.open(f"/proposals/{ref}/edit/{key}")
        saved = await person.press(page, "Save and continue", typed)
        if saved.status != 200:
            raise NotTrue(f"the page “{page.title}” was not saved: {saved.text[:300]}")

    async def _ready(self) -> None:
        async def ready() -> bool | None:
            try:
                answer = await self._driver.get("/readyz")
            except httpx.TransportError:
                return None
            return True if answer.status_code == 200 else None

        await until(ready, "the stack")
        self._teller.say(f"Everything runs at {self._base_url}. The Clock begins in September 2004.")

    async def _state(self, state: State) -> None:
        async def reached() -> bool | None:
            with self._store.reading() as tx:
                case = cases.find(tx, self._ref or "")
            return True if case and case.state == state else None

        await until(reached, f"the state {state} of {self._ref}")

    async def _settled(self) -> None:
        """Wait until nothing that was owed is still to be sent."""

        async def nothing_owed() -> bool | None:
            with self._store.reading() as tx:
                return None if steps.open_steps(tx) or letters.unsent(tx) else True

        await until(nothing_owed, "the end of every question and letter")

    async def _jump(self, on: date | None = None) -> None:
        """Move the Clock to the start of a day's business, or to the next thing that is due."""

        async def something_due() -> bool | None:
            with self._store.reading() as tx:
                return True if steps.next_moment(tx) else None

        await until(something_due, "something to wait for")
        body: dict[str, Any] = {"to": calendar.opening(on).isoformat()} if on else {"next": True}
        answer = await self._driver.post("/dev/clock", json=body)
        answer.raise_for_status()


# ------------------------------------------------------------------------ the proposal


def sample(ref: str) -> dict[str, Any]:
    """Return one of the sample proposals that are shipped."""
    text = resources.files("service").joinpath("samples/proposals-sample.yaml").read_text()
    found: dict[str, Any] = next(one for one in yaml.safe_load(text)["proposals"] if one["id"] == ref)
    return found


def answers_of(proposal: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a sponsor types on each page of a new proposal, page by page."""
    costs, system = proposal["cost_profile"], proposal["corporate_system"]
    notes = proposal.get("principle_notes", {})
    principles = {
        key.lower(): {f"principles.{key}": answer, f"principle_notes.{key}": notes.get(key, "")}
        for key, answer in proposal["principles"].items()
    }
    return {
        "about": {
            "title": proposal["title"],
            "summary": f"{proposal['title']}.",
            "department": proposal["department"],
            "size": proposal["size"]["value"],
        }
        | _day("decision_needed_by", proposal["decision_needed_by"]["date"]),
        "systems": {
            "corporate_system.relation": system["relation"],
            "corporate_system.ids": system["ids"],
        },
        "why": {"why": " ".join(f"{benefit}." for benefit in proposal["benefits"])},
        "costs": {
            f"cost_profile.{key}": str(costs[key])
            for key in ("capital_gbp", "revenue_gbp_per_year", "project_management_gbp")
        },
        "payers": {
            f"funding_parties.{number}.{field}": str(party[field])
            for number, party in enumerate(proposal["funding_parties"])
            for field in ("post", "share_percent")
        },
        "benefits": {
            f"benefits.{number}.title": benefit for number, benefit in enumerate(proposal["benefits"])
        },
        **principles,
        "people": {"sponsor_post": proposal["sponsor_post"], "lead_post": proposal["lead_post"]},
    }


def _day(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
