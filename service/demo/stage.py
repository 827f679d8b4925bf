"""The stage of the demo: its people, their mail, and a Clock that jumps over days on which nobody acts."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from importlib import resources
from typing import Any

import httpx2 as httpx
import yaml

from service.demo.people import Mail, NotTrue, Person, Received, until
from service.stack import HOST, Stack
from service.store import Store, cases, intents, letters, steps
from workflows.model import ZONE, State
from workflows.rules import calendar


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


class Stage:
    """A running stack with its people, and the case that the story is about just now."""

    def __init__(self, stack: Stack, store: Store, teller: Teller) -> None:
        self._base_url = f"http://{HOST}:{stack.ports.web}"
        self.store = store
        self.teller = teller
        self.mail = Mail(self._base_url)
        self._driver = httpx.AsyncClient(base_url=self._base_url, timeout=60)
        self._people: dict[str, Person] = {}
        self.refs: list[str] = []
        """Every case of the story; the last is in hand."""

    @property
    def ref(self) -> str | None:
        """The case in hand, once there is one."""
        return self.refs[-1] if self.refs else None

    async def close(self) -> None:
        """Close every browser and the mailbox."""
        for person in self._people.values():
            await person.close()
        await self.mail.close()
        await self._driver.aclose()

    def person(self, address: str) -> Person:
        """Return somebody by their address."""
        if address not in self._people:
            self._people[address] = Person(address, self._base_url, self.mail)
        return self._people[address]

    def fact(self, event: str, sentence: str, **more: Any) -> None:
        """Tell something that has come true now."""
        with self.store.reading() as tx:
            now = tx.now
        self.teller.fact(event, case=self.ref, at=now, sentence=sentence, **more)

    def case(self) -> cases.CaseView:
        """Return the case in hand."""
        with self.store.reading() as tx:
            return cases.get(tx, self.ref or "")

    def decisions(self, key: str = "") -> list[intents.DecisionView]:
        """Return its decisions, or those of one question."""
        with self.store.reading() as tx:
            made = intents.decisions_of(tx, self.ref or "")
        return [decision for decision in made if f".{key}" in decision.step]

    async def fill(self, person: Person, ref: str, key: str, typed: Mapping[str, Any]) -> None:
        """Fill in a page of a draft."""
        page = await person.open(f"/proposals/{ref}/edit/{key}")
        saved = await person.press(page, "Save and continue", typed)
        if saved.status != 200:
            raise NotTrue(f"the page “{page.title}” was not saved: {saved.text[:300]}")

    async def ready(self) -> None:
        """Wait for the stack."""

        async def answers() -> bool | None:
            try:
                answer = await self._driver.get("/readyz")
            except httpx.TransportError:
                return None
            return True if answer.status_code == 200 else None

        await until(answers, "the stack")
        self.teller.say(f"Everything runs at {self._base_url}. The Clock begins in September 2004.")

    async def letter(self, to: str, says: str) -> Received:
        """Wait for a letter to somebody about the case in hand."""
        return await self.mail.letter(to, says, self.ref or "")

    async def state(self, state: State) -> None:
        """Wait for the case to come to a state."""

        async def reached() -> bool | None:
            with self.store.reading() as tx:
                case = cases.find(tx, self.ref or "")
            return True if case and case.state == state else None

        await until(reached, f"the state {state} of {self.ref}")

    async def settled(self) -> None:
        """Wait until nothing that was owed is still to be sent."""

        async def nothing_owed() -> bool | None:
            with self.store.reading() as tx:
                return None if steps.open_steps(tx) or letters.unsent(tx) else True

        await until(nothing_owed, "the end of every question and letter")

    async def jump(self, on: date | None = None) -> None:
        """Move the Clock to the start of a day's business, or to the next thing that is due."""

        async def something_due() -> bool | None:
            with self.store.reading() as tx:
                return True if steps.next_moment(tx) else None

        await until(something_due, "something to wait for")
        body: dict[str, Any] = {"to": calendar.opening(on).isoformat()} if on else {"next": True}
        answer = await self._driver.post("/dev/clock", json=body)
        answer.raise_for_status()

    async def draft(self, lead: Person, proposal: Mapping[str, Any], *, but_for: str = "") -> str:
        """Write a proposal on its pages, all but for one; return its reference."""
        page = await lead.press(await lead.open("/proposals"), "Begin")
        ref = page.url.rstrip("/").rpartition("/")[2]
        self.refs.append(ref)
        for key, typed in answers_of(proposal).items():
            if key != but_for:
                await self.fill(lead, ref, key, typed)
        return ref

    async def submit(self, lead: Person, ref: str) -> None:
        """Check a draft, and submit it."""
        checked = await lead.open(f"/proposals/{ref}/check")
        if "What will happen" not in checked.text:
            raise NotTrue(f"the draft is not complete: {checked.text[:300]}")
        await lead.press(checked, "Submit")


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
            "summary": f"It brings: {'; '.join(_within(benefit) for benefit in proposal['benefits'])}.",
            "department": proposal["department"],
            "size": proposal["size"]["value"],
        }
        | day_boxes("decision_needed_by", proposal["decision_needed_by"]["date"]),
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
        "continuity": {
            "continuity.provision": "Restored at the recovery centre from the copy of the night before.",
            "continuity.recovery_hours": "48",
        },
        "services": {
            f"shared_services.{service}": "shared" for service in proposal.get("shared_services", ())
        },
        "people": {"sponsor_post": proposal["sponsor_post"], "lead_post": proposal["lead_post"]},
    }


def _within(sentence: str) -> str:
    """Return a sentence as a part of another."""
    return sentence[:1].lower() + sentence[1:]


def day_boxes(name: str, day: date) -> dict[str, str]:
    """Return what is typed into the three boxes of a day."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
