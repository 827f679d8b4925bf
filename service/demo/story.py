"""The story of the demo: on-line booking for De Montfort Hall, from its draft to its last benefit.

Two shorter ones follow: a proposal that does not meet every principle, and one that is sent back.

Everything in it is done as its people would: pages are opened, forms filled in, letters read from the
mail catcher and their links followed. The Clock jumps over the days on which nobody does anything.
"""

import sys
import time
from datetime import UTC, date, datetime

import httpx2 as httpx

from service import handbook
from service.demo.life import Delivered
from service.demo.people import NotTrue, Received, until
from service.demo.stage import Teller, answers_of, day_boxes, sample
from service.errors import AssentError
from service.stack import Stack
from service.store import Store, actions, cases, intents, open_store, orders, verify
from workflows.model import State

BEGINS = datetime(2004, 9, 13, 8, 0, tzinfo=UTC)
"""Where the Clock of the demo begins: the Monday on which the proposal is written."""
PROPOSAL, DEVIATING, DUPLICATE = "PROP-02", "PROP-04", "PROP-05"
CONDITION = "The images move to the corporate system once there is one."
HEAD_OF_PROFESSION = "head-of-profession@leicester.example"
PRINCIPAL_CUSTOMER = "sd-ict-ca@leicester.example"
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


class Story(Delivered):
    """The story as it goes: one proposal from its draft to SRG, and two that go another way."""

    def __init__(self, stack: Stack, store: Store, teller: Teller) -> None:
        super().__init__(stack, store, teller)
        self._began = time.monotonic()

    async def play(self) -> None:
        """Tell it from beginning to end."""
        await self.ready()
        await self.handbook_is_loaded()
        await self.cover_is_arranged()
        await self.proposal_is_drafted_and_submitted()
        await self.heads_of_ict_are_notified()
        await self.funders_approve()
        await self.srg_decides()
        await self.sponsor_is_told()
        await self.project_is_started()
        await self.project_is_planned()
        await self.deviation_is_discussed_first()
        await self.everybody_asked_sees_the_condition()
        await self.condition_is_met()
        await self.deviation_is_withdrawn()
        await self.duplicate_is_sent_back()
        await self.it_comes_again_and_is_closed()
        await self.report_is_past_tolerance()
        await self.gate_waits_for_its_condition()
        await self.project_goes_live()
        await self.benefits_are_read_and_the_review_is_late()
        await self.benefits_are_read_to_the_end()
        await self.journal_verifies()
        await self.ended()

    # ---------------------------------------------------------------------- the parts

    async def handbook_is_loaded(self) -> None:
        """The organisation's rules are in force."""
        edition = handbook.load("leicester")
        self.fact(
            "handbook.loaded",
            f"The {edition.organisation_name} handbook is in force: {len(edition.posts)} posts, "
            f"{len(edition.forums)} forums, {len(edition.principles)} principles "
            f"(edition {edition.hash[:12]}).",
            edition=edition.hash,
        )

    async def cover_is_arranged(self) -> None:
        """A member of SRG will be away, and says who covers."""
        member = self.person(AWAY)
        await member.sign_in()
        page = await member.open("/cover")
        form, _ = page.form("Save")
        cover = handbook.load("leicester").person_at(COVER, BEGINS.date())
        if cover is None or cover.id not in form.choices["cover"]:
            raise NotTrue(f"{COVER} cannot be chosen as cover")
        saved = await member.press(
            page,
            "Save",
            {"cover": cover.id}
            | day_boxes("starts", date(2004, 10, 11))
            | day_boxes("ends", date(2004, 11, 5)),
        )
        if cover.name not in saved.text:
            raise NotTrue(f"{AWAY} is not covered: {saved.text[:200]}")
        self.fact(
            "cover.set",
            "The Corporate Director, Social Care and Health, signs in by an emailed code. They will be "
            "away from 11 October, and name who covers for them.",
            covered=AWAY,
            cover=COVER,
        )

    async def proposal_is_drafted_and_submitted(self) -> None:
        """The lead officer writes the proposal, is told what is missing, and submits it."""
        lead = self.person(LEAD)
        await lead.sign_in()
        ref = await self.draft(lead, sample(PROPOSAL), but_for="people")
        self.fact(
            "proposal.drafted",
            f"The Head of ICT, Regeneration and Culture, drafts {ref}: {sample(PROPOSAL)['title']}. "
            "Every page is saved as it is left.",
        )
        checked = await lead.open(f"/proposals/{ref}/check")
        if "still needed" not in checked.text:
            raise NotTrue("a draft without its lead officer counts as complete")
        await self.fill(lead, ref, "people", answers_of(sample(PROPOSAL))["people"])
        checked = await lead.open(f"/proposals/{ref}/check")
        if "What will happen" not in checked.text:
            raise NotTrue(f"the draft is not complete: {checked.text[:300]}")
        self.fact(
            "proposal.checked",
            "Checked: one page was missing, it is filled in, and the way the proposal will go is shown, "
            "each part with its clause.",
        )
        await lead.press(checked, "Submit")
        await self.state(State.NOTIFYING)
        await self.letter(SPONSOR, "We have your proposal")
        listed = await self.letter(SECRETARY, "On the agenda")
        self.fact(
            "proposal.submitted",
            f"Submitted, frozen as version 1 ({self.case().content_hash[:12]}). Sponsor and lead are told. "
            f"The Heads of ICT are notified for their next meeting that serves: “{listed.subject}”.",
            version=1,
            content_hash=self.case().content_hash,
        )

    async def heads_of_ict_are_notified(self) -> None:
        """On the day of the meeting its secretary is asked, and replies."""
        await self.jump(on=date(2004, 10, 13))
        asked = await self.letter(SECRETARY, "Reply by")
        await self.person(SECRETARY).decide(asked, NO_CONCERN)
        await self.state(State.WITH_FUNDERS)
        self.fact(
            "notification.noted",
            "The Heads of ICT meet. Their secretary follows the letter's link and replies on fit, "
            "infrastructure and network security: no concern.",
            meeting="2004-10-13",
        )

    async def funders_approve(self) -> None:
        """Both funders are asked; one approves at once, the other needs a reminder."""
        prompt = await self.letter(PROMPT_FUNDER, "Decide by")
        silent = await self.letter(SILENT_FUNDER, "Decide by")
        self.fact(
            "funders.asked",
            f"Both funders are asked by email: “{prompt.subject}”, “{silent.subject}”. "
            "The council's mail scanner opens every link first; nothing is decided by that.",
        )
        await self.person(PROMPT_FUNDER).decide(prompt, {"choice": "approve"})
        self.fact(
            "decision.made",
            "The Budget holder, Sports Services, follows the link, types the emailed code, reads, chooses, "
            "checks and confirms: approved.",
            by=PROMPT_FUNDER,
            choice="approve",
        )
        await self.jump()
        reminder = await self.letter(SILENT_FUNDER, "eminder")
        self.fact(
            "reminder.sent",
            f"De Montfort Hall has not answered, and is reminded: “{reminder.subject}”.",
            to=SILENT_FUNDER,
        )
        await self.person(SILENT_FUNDER).decide(reminder, {"choice": "approve"})
        await self.state(State.WITH_SRG)
        self.fact(
            "decision.made",
            "The Budget holder, De Montfort Hall, answers from the reminder: approved. SRG is asked, because "
            "the proposal is major.",
            by=SILENT_FUNDER,
            choice="approve",
        )

    async def srg_decides(self) -> None:
        """SRG's members are asked; a cover answers for the one who is away; the quorum is reached."""
        covering = await self.letter(COVER, "covering")
        self.fact(
            "cover.asked",
            "The member who is away is not waited for: their cover is asked in their place, and both are "
            f"told (“{covering.subject}”).",
            to=COVER,
        )
        asked = [(address, await self.letter(address, "Decide by")) for address in BOARD]
        for address, letter in ((COVER, covering), *asked):
            await self.person(address).decide(letter, {"choice": "approve"})
        await self.state(State.APPROVED)
        answered = len(self.decisions("srg"))
        self.fact(
            "quorum.reached",
            f"{answered} of 8 members have answered, one through cover; 4 make a quorum, and no answer "
            "still to come could change the outcome. SRG approves.",
            answered=answered,
            choice="approve",
        )

    async def sponsor_is_told(self) -> None:
        """The sponsor hears the decision."""
        letter = await self.letter(SPONSOR, "Your proposal is approved")
        self.fact("sponsor.told", f"The sponsor is told: “{letter.subject}”.", to=SPONSOR)
        with self.store.reading() as tx:
            raised = orders.of_case(tx, self.ref or "")
        if len(raised) != 1:
            raise NotTrue(f"the approval has raised {len(raised)} orders")
        self._mentions(letter, raised[0].number)
        self.fact(
            "order.raised",
            f"One order is raised, {raised[0].number} for £{raised[0].amount:,.0f}.",
            number=raised[0].number,
        )

    async def deviation_is_discussed_first(self) -> None:
        """A proposal that does not meet two principles goes to the Head of Profession before anybody else."""
        lead = self.person(LEAD)
        ref = await self.draft(lead, sample(DEVIATING))
        await self.submit(lead, ref)
        asked = await self.letter(HEAD_OF_PROFESSION, "Reply by")
        self.fact(
            "deviation.raised",
            f"A second proposal, {ref}: {sample(DEVIATING)['title']}. It does not meet two principles, so "
            f"the Head of Profession is asked before any funder: “{asked.subject}”.",
            to=HEAD_OF_PROFESSION,
        )
        condition = {
            "choice": "support_with_conditions",
            "reason": "The services cannot wait for the corporate system.",
            "conditions": CONDITION,
            "condition_owner": "hoict-rc",
            **day_boxes("condition_by", date(2005, 6, 30)),
        }
        await self.person(HEAD_OF_PROFESSION).decide(asked, condition)
        await self.state(State.NOTIFYING)
        self.fact(
            "deviation.supported",
            f"The Head of Profession supports it, on a condition: {CONDITION}",
            by=HEAD_OF_PROFESSION,
            choice="support_with_conditions",
        )

    async def everybody_asked_sees_the_condition(self) -> None:
        """The condition is in every letter that asks from here on: Heads of ICT, funder and SRG."""
        await self.jump(on=date(2004, 11, 10))
        noted = await self.letter(SECRETARY, "Reply by")
        self._mentions(noted, CONDITION)
        await self.person(SECRETARY).decide(noted, NO_CONCERN)
        funder = await self.letter(SPONSOR, "Decide by")
        self._mentions(funder, CONDITION)
        await self.person(SPONSOR).decide(funder, {"choice": "approve"})
        for address in (*BOARD, AWAY):
            letter = await self.letter(address, "Decide by")
            self._mentions(letter, CONDITION)
            await self.person(address).decide(letter, {"choice": "approve"})
        await self.state(State.APPROVED)
        self.fact(
            "deviation.approved",
            "The Heads of ICT note it, its funder approves and so does SRG; each letter had the condition.",
            choice="approve",
        )

    async def condition_is_met(self) -> None:
        """The condition is an action now: its owner reports it done, and whoever set it checks it."""
        with self.store.reading() as tx:
            (action,) = actions.of_case(tx, self.ref or "")
        asked = await self.mail.letter(LEAD, "Complete by", action.ref)
        self._mentions(asked, CONDITION)
        report = "The images were moved over the weekend; the list of those checked is with the service desk."
        await self.person(LEAD).decide(asked, {"choice": "claim_complete", "reason": report})
        check = await self.mail.letter(HEAD_OF_PROFESSION, "Check by", action.ref)
        self._mentions(check, report)
        await self.person(HEAD_OF_PROFESSION).decide(check, {"choice": "verify"})

        async def verified() -> bool | None:
            with self.store.reading() as tx:
                return True if not actions.must(tx, action.ref).open else None

        await until(verified, f"the end of {action.ref}")
        self.fact(
            "condition.verified",
            f"The condition has become an action, {action.ref}. Its owner reports it done, and the Head of "
            "Profession, who set it, confirms it.",
            action=action.ref,
        )

    async def deviation_is_withdrawn(self) -> None:
        """With the images on the corporate system there is nothing left to deliver."""
        lead, ref = self.person(LEAD), self.ref or ""
        await lead.press(await lead.open(f"/cases/{ref}/withdraw"), "Withdraw it")
        await self.state(State.WITHDRAWN)
        self.fact(
            "proposal.withdrawn",
            "With the images on the corporate system, nothing is left for a project to do: the lead officer "
            "withdraws the proposal, and the project that it had opened falls away.",
        )

    async def duplicate_is_sent_back(self) -> None:
        """What does the work of a corporate system is put to that system's Principal Customer."""
        lead = self.person(LEAD)
        ref = await self.draft(lead, sample(DUPLICATE) | {"decision_needed_by": {"date": date(2005, 1, 31)}})
        await self.submit(lead, ref)
        asked = await self.letter(PRINCIPAL_CUSTOMER, "Reply by")
        reason = "Mapping shows road works already; nothing of its own is needed."
        await self.person(PRINCIPAL_CUSTOMER).decide(asked, {"choice": "not_support", "reason": reason})
        await self.state(State.RETURNED)
        news = await self.letter(SPONSOR, "Back with you")
        self._mentions(news, reason)
        self.fact(
            "proposal.returned",
            f"A third, {ref}, would have a map viewer of its own. The Principal Customer of Mapping says "
            f"that the corporate one can be used, and it goes back: “{news.subject}”.",
            by=PRINCIPAL_CUSTOMER,
            choice="not_support",
        )

    async def it_comes_again_and_is_closed(self) -> None:
        """The lead officer uses the corporate system, and the second version passes."""
        lead, ref = self.person(LEAD), self.ref or ""
        system = {"corporate_system.relation": "integrates", "corporate_system.ids": ["CS8"]}
        await self.fill(lead, ref, "systems", system)
        await self.fill(lead, ref, "p08", {"principles.P08": "met", "principle_notes.P08": ""})
        await self.submit(lead, ref)
        await self.state(State.NOTIFYING)
        self.fact(
            "proposal.resubmitted",
            "The lead officer prepares a second version that uses the corporate system. It is notified anew.",
            version=2,
        )
        await self.jump(on=date(2004, 12, 8))
        await self.person(SECRETARY).decide(await self.letter(SECRETARY, "Reply by"), NO_CONCERN)
        funder = await self.letter(SPONSOR, "Decide by")
        await self.person(SPONSOR).decide(funder, {"choice": "approve"})
        done = await self.letter(LEAD, "Confirm by")
        await lead.decide(done, {"choice": "verify"})
        await self.state(State.CLOSED)
        self.fact(
            "case.closed",
            "Its funder approves, the lead officer confirms completion, and it is closed: it is minor, and "
            "needs no SRG.",
        )

    async def journal_verifies(self) -> None:
        """Nobody has changed the record."""
        await self.settled()
        with self.store.reading() as tx:
            found = verify.verify(tx)
        if not found.intact:
            raise NotTrue(f"the journal does not verify: {found.faults}")
        self.fact(
            "journal.verified",
            f"The journal verifies: {found.lines} lines in {found.cases} chains, as they were written.",
            lines=found.lines,
        )

    async def ended(self) -> None:
        """Count what happened."""
        caught = len(await self.mail.all())
        with self.store.reading() as tx:
            states = {ref: cases.get(tx, ref).state for ref in self.refs}
            made = sum(len(intents.decisions_of(tx, ref)) for ref in self.refs)
        seconds = round(time.monotonic() - self._began, 1)
        told = ", ".join(f"{ref} is {state}" for ref, state in states.items())
        self.fact(
            "story.ended",
            f"{told}. {caught} letters, {made} decisions on them, {seconds} seconds.",
            cases=states,
            letters=caught,
            decisions=made,
            journal="verified",
            seconds=seconds,
        )

    def _mentions(self, letter: Received, words: str) -> None:
        if words not in " ".join(letter.text.split()):
            raise NotTrue(f"“{letter.subject}” does not say: {words}")
