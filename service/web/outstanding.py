"""What an answer still wants before it may be given: an agreement to share personal data before a proposal
goes live (SYS-13), the documents that a gate asks for (SYS-16, SYS-66), and enough members at the meeting
whose word is written down.
"""

from datetime import date

from service import agendas, boards, gating
from service.agendas import AgendaItem
from service.handbook import Edition, Forum
from service.proposals import ProposalDocument, provided
from service.store import cases, meetings, provisions
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.meetings import MeetingView
from service.web import minutebook, reported, words
from service.web.standing import Sight
from workflows.model import Choice
from workflows.rules import calendar, meter

COMPLETION = "completion"
"""The kind of question by which a minor proposal goes live; a major one does with its project."""
GATES = ("gate", "gate_srg")
AUTHORISING = (Choice.AUTHORISE, Choice.AUTHORISE_WITH_CONDITIONS)


def flags(tx: Tx, case: CaseView, read: ProposalDocument, edition: Edition) -> tuple[str, ...]:
    """Return what whoever decides should know beside the figures."""
    owed = agreement_owed(tx, case, read, edition)
    return (*provided.flags(read, edition, tx.today), *((owed,) if owed else ()))


def agreement_owed(tx: Tx, case: CaseView, read: ProposalDocument, edition: Edition) -> str:
    """Say that a proposal cannot go live today, for want of an agreement in date; nothing if it can."""
    if not _owed(tx, case, read, edition, tx.today):
        return ""
    return (
        "It shares personal data with a partner, and no information sharing agreement is in date on "
        f"{words.short_day(tx.today)}. It cannot go live without one"
    )


def not_live(tx: Tx, sight: Sight, day: date) -> str:
    """Say that a project cannot have gone live on a day, for want of an agreement that was in date on it;
    nothing if it can, and of the day that is on record.
    """
    project = reported.about(tx, sight)
    if project is None or project.went_live == day:
        return ""
    parent = cases.get(tx, project.parent)
    read = ProposalDocument.model_validate(cases.content(tx, parent.ref) or {})
    if not _owed(tx, parent, read, sight.edition, day):
        return ""
    return (
        "It shares personal data with a partner, and no information sharing agreement was in date on "
        f"{words.short_day(day)}. It cannot go live without one, so it cannot be reported as live on that "
        f"day. Its sponsor or lead officer can record an agreement on the page of {parent.ref}; then answer "
        "again"
    )


def hindrance(tx: Tx, sight: Sight, choice: Choice | None) -> str:
    """Say why an answer cannot be given today; nothing if it can.

    It is asked before the engine hears of an answer, so that no question is ever left without one: as soon
    as what is wanting is on record the same answer is taken.
    """
    return (
        _agreement_wanting(tx, sight, choice)
        or _papers_wanting(tx, sight, choice)
        or quorum_wanting(tx, sight)
    )


def _agreement_wanting(tx: Tx, sight: Sight, choice: Choice | None) -> str:
    if choice is not Choice.VERIFY or sight.open_step.kind != COMPLETION:
        return ""
    content = cases.content(tx, sight.case.ref, sight.open_step.version) or {}
    read = ProposalDocument.model_validate(content)
    owed = agreement_owed(tx, sight.case, read, sight.edition)
    if not owed:
        return ""
    return (
        f"{owed}, so it cannot be confirmed as complete. Its sponsor or lead officer can record an agreement "
        f"on the page of {sight.case.ref}; then answer again"
    )


def _papers_wanting(tx: Tx, sight: Sight, choice: Choice | None) -> str:
    """Say that a gate cannot be authorised, for want of documents that it asks for; nothing if it can."""
    kind, rules = sight.open_step.kind, sight.edition.delivery
    project = reported.about(tx, sight) if kind in GATES and choice in AUTHORISING else None
    if project is None or rules is None:
        return ""
    gate, stage = reported.gate_of(sight.open_step.key, project)
    missing = gating.missing(tx, project, rules, gate, stage)
    if not missing:
        return ""
    it = "it" if len(missing) == 1 else "them"
    return (
        f"{gating.wanted(missing.values())}. Its manager, its lead officer or the PMO can hand {it} in on "
        f"the page of {project.ref}; until then it can be returned or put off"
    )


def meeting_of(tx: Tx, sight: Sight) -> str:
    """Return the page of the meeting that a forum's question is before, if it is put at one."""
    found = _before_meeting(tx, sight)
    return f"/meetings/{found[0].key}/{found[1].day.isoformat()}" if found else ""


def quorum_wanting(tx: Tx, sight: Sight) -> str:
    """Say that a forum cannot decide yet, for want of members at its meeting; nothing if it can.

    What a board was to decide by email has a quorum at its meeting too, so that its record must say who is
    there. Another question may be answered from the letter before anybody has written down who is.
    """
    of_a_board = sight.open_step.kind.endswith("_meeting")
    found = _before_meeting(tx, sight)
    if found is None:
        return _meeting_wanting(tx, sight) if of_a_board else ""
    forum, view, item = found
    held = words.day(view.day)
    if not view.open:
        closed = f"The record of the meeting of {held} is closed, and this rolled on to the next"
        return closed if of_a_board else ""
    there = [one.post for one in view.attendance if one.presence.counts]
    out = minutebook.kept_out(tx, sight.people, forum, item, view.day)
    interested = {*view.heard_of(item.key).interests, *out.declared}
    came = meter.by_presence(forum.quorum, forum.members, there, interested, out.wrote)
    if came.quorate or not (view.attendance or of_a_board):
        return ""
    if not view.attendance:
        return f"Say first who is at the meeting of {held}, on its page"
    return (
        f"Too few members are at the meeting of {held} to decide this: {boards.present(came)}. "
        "On its page it can roll on to the next"
    )


def _meeting_wanting(tx: Tx, sight: Sight) -> str:
    """Say for which meeting a board's question waits: its own was moved or called off, or was over before
    the question was put.
    """
    forum = sight.people.forums.get(sight.open_step.ask.forum)
    if forum is None:
        return ""
    if coming := agendas.still_open(tx, sight.people, forum, tx.today):
        return f"It is before the meeting of {words.day(coming)}, so it cannot be answered until then"
    return (
        f"It is answered at a meeting of {forum.name}, and no meeting to come is known. "
        "Its secretary can add one on the page of its meetings"
    )


def _before_meeting(tx: Tx, sight: Sight) -> tuple[Forum, MeetingView, AgendaItem] | None:
    """Return the meeting that a forum's question is before, and its place on the agenda."""
    step, rules = sight.open_step, sight.people
    forum = rules.forums.get(step.ask.forum)
    if forum is None or not agendas.at_a_meeting(tx, rules, step.ask):
        return None
    since = calendar.local_day(step.opened)
    day = max((day for day in agendas.met(tx, rules, forum) if since <= day <= tx.today), default=None)
    if day is None:
        return None
    items = agendas.agenda(tx, rules, forum, day).items
    item = next((one for one in items if one.step == step.id), None)
    return (forum, meetings.view(tx, agendas.series_of(rules, forum), day), item) if item else None


def _owed(tx: Tx, case: CaseView, read: ProposalDocument, edition: Edition, day: date) -> bool:
    return provided.shares_with_partner(read, edition) and not _in_date(tx, case, read, day)


def _in_date(tx: Tx, case: CaseView, read: ProposalDocument, day: date) -> bool:
    given = bool(read.sharing and read.sharing.in_date(day))
    return given or any(agreement.in_date(day) for agreement in provisions.agreements(tx, case.ref))
