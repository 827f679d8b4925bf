"""The relay: brings to the engine what people have submitted, until there is an answer.

A page writes what somebody decided before it asks the engine. If the engine did not answer, or the
page's process died, the record still has it, and the relay repeats it under the same id.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from service import convening, foreseeing, sittings
from service.errors import Unavailable
from service.foreseeing import AsOf, Missing
from service.gateway import Counted, Gateway, Refused
from service.links import Links
from service.sittings import Overtaken
from service.store import (
    Store,
    anchors,
    approvers,
    cases,
    editions,
    failing,
    housekeeping,
    intents,
    letters,
    orders,
    projects,
    sizes,
    undoing,
)
from service.store.anchors import Anchor
from service.store.approvers import Approver
from service.store.cases import Unstarted
from service.store.engine import Tx
from service.store.intents import StoredIntent
from service.store.letters import LedgerRow, QueuedLetter
from service.store.projects import ProjectView
from service.store.sizes import SetSize
from service.store.undoing import StoredUndo
from service.telling import edition, name, pmo_letter, tell_failing, title
from workflows.letters import Addressee
from workflows.letters import Anchor as AnchorLetter
from workflows.model import Withdrawal
from workflows.rules.quorum import Refusal

log = structlog.get_logger()

Thing = TypeVar("Thing")

EVERY = 1.0
"""Seconds between rounds."""
AT_ONCE = 8
"""Things that are brought at the same time, so that one process in trouble keeps back none of the others."""
PAGE_PATIENCE = timedelta(seconds=9)
"""For how long a decision is left to the page that submitted it."""
LETTER_PATIENCE = timedelta(minutes=3)
"""For how long a letter is left to whoever wrote it, which is longer than a page tries to send one."""
LETTERS_EVERY = 60.0
"""Seconds between two looks for letters and orders that are owed."""
MEETINGS_EVERY = 15.0
"""Seconds between two looks for cases that wait for a meeting which was moved or called off."""
LATE = timedelta(minutes=3)
"""For how long a decision may be on its way before it is told that its process does not take it."""
UNCOUNTED = "uncounted:"
"""How the keys of decisions begin in what fails."""
FAULT = "fault:"
"""How the keys of letters about faults begin."""
SERIES_EVERY = 3600.0
"""Seconds between two looks whether the process of each forum's meetings still runs."""
SWEEP_EVERY = 600.0
"""Seconds between two sweeps of what has run out."""


class Relay:
    """Goes round what is not settled, for as long as it is run."""

    def __init__(self, store: Store, gateway: Gateway, links: Links) -> None:
        self._store = store
        self._links = links
        self._gateway = gateway
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._writing: set[asyncio.Task[None]] = set()
        self._swept = self._posted = time.monotonic()
        self._met = self._looked = self._revived = float("-inf")
        self._people_of: AsOf | None = None
        """As of when it is known that every open step asks whom it ought to."""

    async def run(self) -> None:
        """Go round until cancelled. What fails now is tried again in the next round."""
        while True:
            for part in (
                self.processes,
                self.withdrawals,
                self.approvers,
                self.taken_back,
                self.sizes,
                self.project_people,
                self.wanted_reports,
                self.decisions,
                self.second_thoughts,
                self.people,
                self.meetings,
                self.series,
                self.days,
                self.letters,
                self.held_up,
                self.leftovers,
            ):
                await self._try(part)
            await asyncio.sleep(EVERY)

    async def processes(self) -> None:
        """Start the process of each proposal and assessment that has none, and tell a returned proposal of
        its new version.
        """
        await self._each(self._unstarted, self._take_up)

    async def withdrawals(self) -> None:
        """Bring each withdrawal to its case."""
        await self._each(self._unfinished_withdrawals, self._withdraw)

    async def approvers(self) -> None:
        """Bring each approver who was added to the case."""
        await self._each(self._unheard, self.add_approver)

    async def add_approver(self, added: Approver) -> None:
        """Bring an approver who was added to the case, and write down whether it came in time."""
        asked = await self._gateway.add_approver(added.case, added.unworded)
        await asyncio.to_thread(self._heard, added, asked)

    async def taken_back(self) -> None:
        """Bring to the case each approver who was taken back."""
        await self._each(self._not_let_go, self.take_back_approver)

    async def take_back_approver(self, taken_back: Approver) -> None:
        """Bring to the case that an approver was taken back, and write down that it has heard."""
        if await self._gateway.take_back_approver(taken_back.case, taken_back.unworded):
            await asyncio.to_thread(self._let_go, taken_back)

    async def sizes(self) -> None:
        """Bring to the case each size that the PMO has set."""
        await self._each(self._unheard_sizes, self.set_size)

    async def set_size(self, said: SetSize) -> None:
        """Bring to the case the size that the PMO has set, and write down whether it came in time."""
        in_time = await self._gateway.set_size(said.case, said.sizing)
        await asyncio.to_thread(self._heard_size, said, in_time)

    async def project_people(self) -> None:
        """Bring to each project that somebody was put in another's place."""
        await self._each(self._unheard_people, self.change_people)

    async def change_people(self, changed: ProjectView) -> None:
        """Bring to a project that somebody was put in another's place, and write down that it has heard."""
        if await self._gateway.people_changed(changed.ref, changed.people):
            await asyncio.to_thread(self._heard_people, changed)

    async def wanted_reports(self) -> None:
        """Bring to each project that a report is wanted."""
        await self._each(self._unheard_wishes, self.want_report)

    async def want_report(self, wanted: ProjectView) -> None:
        """Bring to a project that a report is wanted, and write down whether it asks for one."""
        asked = await self._gateway.report_now(wanted.ref, wanted.reports_wanted)
        await asyncio.to_thread(self._heard_wish, wanted, asked)

    async def decisions(self) -> None:
        """Bring each unsettled decision to its step, and write down what the step says."""
        await self._each(self._unsettled, self.settle)
        await self.written()

    async def second_thoughts(self) -> None:
        """Bring each wish to take back an answer to its step, and write down what the step says."""
        await self._each(self._unsettled_undos, self.take_back)

    async def people(self) -> None:
        """Bring to open steps who has come, gone or named a cover, and tell the PMO whom cases will miss."""
        now = await asyncio.to_thread(self._as_of)
        if now == self._people_of:
            return
        steps = await asyncio.to_thread(self._moved)
        if not all(await asyncio.gather(*(self._people_moved(step) for step in steps))):
            return
        for letter in await asyncio.to_thread(self._missed):
            await self._gateway.deliver(letter)
        self._people_of = now

    async def meetings(self) -> None:
        """Bring to the cases that wait for a forum's meeting that it was moved or called off."""
        if time.monotonic() - self._met > MEETINGS_EVERY:
            self._met = time.monotonic()
            await self._each(self._overtaken, self._sittings_changed)

    async def series(self) -> None:
        """Start the process of each forum that meets, and tell it what of its calendar or record is new.

        One that an operator ended begins again within the hour: else nobody would be called to meetings.
        """
        await self._each(self._unaware, self._looks_again)
        if time.monotonic() - self._revived > SERIES_EVERY:
            self._revived = time.monotonic()
            await self._each(self._looked_after, self._gateway.start_series)

    async def settle(self, intent: StoredIntent) -> Counted | Refused | None:
        """Bring one decision to its step; None if there is no answer yet.

        Whoever submitted it need not wait until it says in the record, too, that it counts.
        """
        answer = await self._gateway.decide(intent.decision())
        match answer:
            case Counted():
                self._behind(partial(asyncio.to_thread, self._accepted, intent, answer))
            case Refused():
                await asyncio.to_thread(self._refused, intent, answer)
            case _:
                return None
        return answer

    async def take_back(self, undo: StoredUndo) -> Counted | Refused | None:
        """Bring one wish to take back an answer to its step, after the answer; None if nothing is known yet.

        What it says is in the record before this returns: the next answer may follow at once.
        """
        intent = await asyncio.to_thread(self._intent, undo)
        answer = await self.settle(intent) if intent and intent.state == intents.SUBMITTED else None
        if intent is None or intent.state == intents.REFUSED or isinstance(answer, Refused):
            said: Counted | Refused | None = Refused(Refusal.NOTHING_THERE)
        elif intent.state == intents.SUBMITTED and answer is None:
            return None
        else:
            heard = await self._gateway.undo(undo.asked)
            said = heard if isinstance(heard, Counted | Refused) else None
        if said is not None:
            await asyncio.to_thread(self._taken_back, undo, said)
        return said

    async def written(self, within: float | None = None) -> None:
        """Wait, so many seconds at most, until the record has it that what was answered here counts."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=within)

    async def days(self) -> None:
        """Close the record's last whole day, and send its head and word of faults on their way."""
        await self._each(self._closed_day, self._gateway.deliver)

    async def letters(self) -> None:
        """Have sent, once a minute, what is still owed, orders too: a page may have died with it."""
        if time.monotonic() - self._posted > LETTERS_EVERY:
            self._posted = time.monotonic()
            await self._each(self._owed, self._gateway.deliver)
            await self._each(self._owed_orders, self._gateway.send)

    async def held_up(self) -> None:
        """Tell the PMO, once a minute at most, of decisions that their processes do not count for minutes.

        Only while the engine and a worker answer: if they do not, nothing moves, and it is known elsewhere.
        """
        if time.monotonic() - self._looked > LETTERS_EVERY:
            self._looked = time.monotonic()
            late, noted = await asyncio.to_thread(self._late)
            if (late and await self._gateway.answers()) or (noted and not late):
                await asyncio.to_thread(self._hold_up, late)

    async def leftovers(self) -> None:
        """Throw away, now and then, what was only of use for minutes or hours."""
        if time.monotonic() - self._swept > SWEEP_EVERY:
            self._swept = time.monotonic()
            await asyncio.to_thread(self._sweep)

    async def _take_up(self, version: Unstarted) -> None:
        if version.taken_up:
            await self._gateway.resubmit(version.ref, version.version)
        else:
            await self._gateway.start(version.ref, version.kind)

    async def _looks_again(self, one: tuple[str, str]) -> None:
        series, as_of = one
        if as_of:
            await self._gateway.look_again(series, as_of)
        else:
            await self._gateway.start_series(series)

    async def _withdraw(self, asked: tuple[str, Withdrawal]) -> None:
        await self._gateway.withdraw(*asked)

    async def _sittings_changed(self, one: Overtaken) -> None:
        await self._gateway.sittings_changed(one.case, one.forum, one.sittings, change=one.change)

    async def _each(
        self, look_up: Callable[[], Iterable[Thing]], bring: Callable[[Thing], Awaitable[object]]
    ) -> None:
        """Bring each thing, some at a time. One that cannot be brought must not keep back the others."""
        things = await asyncio.to_thread(look_up)
        await asyncio.gather(*(self._in_turn(partial(bring, thing)) for thing in things))

    def _behind(self, part: Callable[[], Awaitable[object]]) -> None:
        writing = asyncio.create_task(self._try(part))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)

    async def _in_turn(self, part: Callable[[], Awaitable[object]]) -> None:
        async with self._turn:
            await self._try(part)

    async def _try(self, part: Callable[[], Awaitable[object]]) -> None:
        try:
            await part()
        except Unavailable as error:
            log.warning("the record does not answer", error=str(error))
        except Exception:
            log.exception("not relayed")

    def _unstarted(self) -> tuple[Unstarted, ...]:
        with self._store.reading() as tx:
            return cases.unstarted(tx)

    def _unfinished_withdrawals(self) -> tuple[tuple[str, Withdrawal], ...]:
        with self._store.reading() as tx:
            return cases.unfinished_withdrawals(tx)

    def _unheard(self) -> tuple[Approver, ...]:
        with self._store.reading() as tx:
            return approvers.unheard(tx)

    def _not_let_go(self) -> tuple[Approver, ...]:
        with self._store.reading() as tx:
            return approvers.not_let_go(tx)

    def _let_go(self, taken_back: Approver) -> None:
        with self._store.writing() as tx:
            approvers.let_go(tx, taken_back.case, taken_back.post)

    def _heard(self, added: Approver, asked: bool | None) -> None:
        with self._store.writing() as tx:
            if asked is None and not cases.get(tx, added.case).open:
                # Its process has come to its end, and nobody will ever answer.
                asked = False
            if asked is not None:
                approvers.heard(tx, added.case, added.post, asked=asked)

    def _unheard_sizes(self) -> tuple[SetSize, ...]:
        with self._store.reading() as tx:
            return sizes.unheard(tx)

    def _heard_size(self, said: SetSize, in_time: bool | None) -> None:
        with self._store.writing() as tx:
            if in_time is None and not cases.get(tx, said.case).open:
                # Its process has come to its end, and goes by nothing any more.
                in_time = False
            if in_time is not None:
                sizes.heard(tx, said.case, said.number, in_time=in_time)

    def _unheard_people(self) -> tuple[ProjectView, ...]:
        with self._store.reading() as tx:
            return projects.unheard_people(tx)

    def _heard_people(self, changed: ProjectView) -> None:
        with self._store.writing() as tx:
            projects.people_heard(tx, changed.ref, changed.people)

    def _unheard_wishes(self) -> tuple[ProjectView, ...]:
        with self._store.reading() as tx:
            return projects.unheard_wishes(tx)

    def _heard_wish(self, wanted: ProjectView, asked: bool | None) -> None:
        with self._store.writing() as tx:
            if asked is None and not cases.get(tx, wanted.ref).open:
                # Its process has come to its end, and asks for nothing any more.
                asked = False
            if asked is not None:
                projects.report_heard(tx, wanted.ref, wanted.reports_wanted, asked=asked)

    def _unaware(self) -> tuple[tuple[str, str], ...]:
        with self._store.reading() as tx:
            return convening.unheard(tx)

    def _looked_after(self) -> tuple[str, ...]:
        with self._store.reading() as tx:
            return convening.looked_after(tx)

    def _unsettled(self) -> tuple[StoredIntent, ...]:
        with self._store.reading() as tx:
            left_to_pages = tx.real - PAGE_PATIENCE
            return tuple(intent for intent in intents.unsettled(tx) if intent.recorded_real <= left_to_pages)

    def _late(self) -> tuple[tuple[StoredIntent, ...], bool]:
        """Return the decisions that are on their way for too long, and whether any is noted."""
        with self._store.reading() as tx:
            since = tx.real - LATE
            late = tuple(intent for intent in intents.unsettled(tx) if intent.recorded_real <= since)
            return late, bool(failing.keys_of(tx, UNCOUNTED))

    def _hold_up(self, late: Iterable[StoredIntent]) -> None:
        with self._store.writing() as tx:
            for intent in late:
                failing.failed(
                    tx,
                    f"{UNCOUNTED}{intent.key}",
                    case=intent.case,
                    doing="counting an answer",
                    since=intent.recorded_real,
                )
                tell_failing(tx, intent.case, self._links.page)
            failing.only(tx, UNCOUNTED, [f"{UNCOUNTED}{intent.key}" for intent in late])

    def _unsettled_undos(self) -> tuple[StoredUndo, ...]:
        with self._store.reading() as tx:
            left_to_pages = tx.real - PAGE_PATIENCE
            return tuple(undo for undo in undoing.unsettled(tx) if undo.recorded_real <= left_to_pages)

    def _intent(self, undo: StoredUndo) -> StoredIntent | None:
        """Return the answer that is to be taken back, if it is the one its seat has given last."""
        with self._store.reading() as tx:
            intent = intents.get(tx, undo.decision)
        return intent if intent and intent.attempt == undo.attempt else None

    def _taken_back(self, undo: StoredUndo, said: Counted | Refused) -> None:
        with self._store.writing() as tx:
            if isinstance(said, Counted):
                undoing.accepted(tx, undo.asked)
            else:
                undoing.refused(tx, undo.key, said.why)
                if said.why is Refusal.FAULT and (intent := intents.get(tx, undo.decision)):
                    self._tell_fault(tx, intent, undo.key, undoing=True)

    def _overtaken(self) -> tuple[Overtaken, ...]:
        with self._store.reading() as tx:
            return tuple(sittings.overtaken(tx))

    async def _people_moved(self, step: str) -> bool:
        async with self._turn:
            return await self._gateway.people_moved(step)

    def _as_of(self) -> AsOf:
        with self._store.reading() as tx:
            return foreseeing.as_of(tx)

    def _moved(self) -> tuple[str, ...]:
        with self._store.reading() as tx:
            return tuple(foreseeing.moved(tx))

    def _missed(self) -> tuple[str, ...]:
        """Write to the PMO of posts that cases will find vacant, once for each; return the letters' keys."""
        with self._store.reading() as tx:
            found = [one for one in foreseeing.missing(tx) if letters.get(tx, _ahead(one)) is None]
        with self._store.writing() as tx:
            written = [self._write_ahead(tx, one) for one in found]
        return tuple(key for key in written if key)

    def _write_ahead(self, tx: Tx, one: Missing) -> str:
        case = cases.get(tx, one.case)
        cause = "short_ahead" if one.board else "vacant_ahead"
        letter = pmo_letter(
            tx,
            case,
            self._links.page,
            cause=cause,
            key=_ahead(one),
            seat=one.title,
            facts={"if_others_silent": one.otherwise},
        )
        return letters.queue_direct(tx, letter).key if letter else ""

    def _closed_day(self) -> tuple[str, ...]:
        """Close yesterday if it is still open; return the letters about days that have not been sent."""
        with self._store.reading() as tx:
            known = anchors.last(tx)
            yesterday = tx.today - timedelta(days=1)
            due = (known is None or known.day < yesterday) and bool(editions.organisations(tx))
        if due:
            with self._store.writing() as tx:
                closed = anchors.close_day(tx, yesterday)
                if closed:
                    for letter in auditors_letters(tx, closed):
                        letters.queue_direct(tx, letter)
        with self._store.reading() as tx:
            return tuple(row.key for row in letters.unsent(tx) if row.kind == "anchor" or _is_fault(row))

    def _owed(self) -> tuple[str, ...]:
        with self._store.reading() as tx:
            return tuple(row.key for row in letters.unsent(tx, before=tx.real - LETTER_PATIENCE))

    def _owed_orders(self) -> tuple[str, ...]:
        with self._store.reading() as tx:
            return orders.owed(tx, before=tx.real - LETTER_PATIENCE)

    def _sweep(self) -> None:
        with self._store.writing() as tx:
            housekeeping.sweep(tx)

    def _accepted(self, intent: StoredIntent, answer: Counted) -> None:
        with self._store.writing() as tx:
            intents.accepted(tx, intent.key, answer.settled, intent.attempt)

    def _refused(self, intent: StoredIntent, answer: Refused) -> None:
        with self._store.writing() as tx:
            intents.refused(tx, intent.key, answer.why, intent.attempt)
            if answer.why is Refusal.FAULT:
                self._tell_fault(tx, intent, f"{intent.key}:{intent.attempt}")

    def _tell_fault(self, tx: Tx, intent: StoredIntent, key: str, *, undoing: bool = False) -> None:
        """Tell the PMO that what somebody submitted, or took back, ran into a fault of ours."""
        case = cases.get(tx, intent.case)
        told = pmo_letter(
            tx,
            case,
            self._links.page,
            cause="fault",
            key=f"{FAULT}{key}",
            seat=title(edition(tx, case.edition), intent.post, tx.today),
            facts={"undoing": undoing},
        )
        if told:
            letters.queue_direct(tx, told)


def _ahead(one: Missing) -> str:
    return f"ahead:{one.case}:{one.version}:{one.post}"


def _is_fault(row: LedgerRow) -> bool:
    return row.key.startswith(FAULT)


def auditors_letters(tx: Tx, anchor: Anchor) -> Iterator[QueuedLetter]:
    """Write to each organisation's auditor what a day of the record came to."""
    for organisation in editions.organisations(tx):
        rules = edition(tx, editions.in_force_hash(tx, organisation) or "")
        post = rules.roles["auditor"]
        auditor = rules.holder(post, tx.today)
        if auditor is None:
            continue
        letter = AnchorLetter(
            to=Addressee(
                name=name(rules, auditor.id),
                address=rules.address(post, auditor.id, tx.today),
                post_title=title(rules, post, tx.today),
            ),
            organisation=rules.organisation_name,
            day=anchor.day,
            digest=anchor.digest,
            cases=anchor.cases,
        )
        yield QueuedLetter(
            key=f"anchor:{organisation}:{anchor.day.isoformat()}",
            case="",
            person=auditor.id,
            post=post,
            address=letter.to.address,
            kind=letter.kind,
            props=letter.model_dump(mode="json"),
        )
