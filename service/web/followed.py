"""What a link leads to: whose it is, what its reader may see of it, and where it stopped."""

from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from service import boards, telling
from service.store import attempts, intents, letters, limits, links, sessions
from service.store.engine import Tx
from service.store.links import LinkRow
from service.store.sessions import Begun, Session
from service.web import briefing, seclusion, standing, whereabouts
from service.web.desk import Desk
from service.web.faults import Elsewhere, UnknownLink
from service.web.pages import page
from service.web.standing import STATUS, Sight, Standing
from service.web.visits import Visit

BAD_LINKS_A_MINUTE = 60


@dataclass(frozen=True)
class Proof:
    """A link whose every bit is ours. With its key retired it can only be exchanged for a new one."""

    link_id: str
    retired: bool = False

    def look(self, tx: Tx, visit: Visit) -> Sight:
        """Return what the link leads to now."""
        sight = standing.find(tx, self.link_id)
        if sight is None:
            raise UnknownLink
        if self.retired and sight.standing is Standing.OPEN:
            return replace(sight, standing=Standing.EXPIRED)
        return sight


def proved(visit: Visit, token: str) -> Proof:
    """Return a link's proof; whatever is not a link of ours gets one page, and only so often."""
    link_id = visit.desk.links.read(token)
    with visit.desk.store.reading() as tx:
        if link_id and links.get(tx, link_id):
            return Proof(link_id)
        if retired := _retired(tx, visit.desk, token):
            return Proof(retired, retired=True)
    with visit.desk.store.writing() as tx:
        allowed = limits.allow(tx, f"bad-link:{visit.ip}", BAD_LINKS_A_MINUTE, 60)
    raise UnknownLink(404 if allowed else 429)


def _retired(tx: Tx, desk: Desk, token: str) -> str | None:
    kid, _, rest = token.partition(".")
    link = links.get(tx, rest.partition(".")[0])
    return link.id if link and link.kid == kid and desk.keys.named(kid, "links") is None else None


def mine(visit: Visit, link_id: str) -> None:
    """Refuse a link that this browser has not followed, and leave a trace of the attempt."""
    if visit.session is not None and link_id in visit.session.links:
        return
    with visit.desk.store.writing() as tx:
        if link := links.get(tx, link_id):
            attempts.refused(
                tx,
                link.case,
                what=f"decide {link.step}",
                why="not_followed",
                person=visit.session.person or "" if visit.session else "",
                key=f"attempt:{link_id}:{visit.session.ref if visit.session else visit.ip}:not_followed",
                ip=visit.ip,
                user_agent=visit.user_agent,
            )
    raise UnknownLink


def own(tx: Tx, visit: Visit, link_id: str) -> Sight:
    """Return what a link leads to that this browser has followed."""
    sight = standing.find(tx, link_id)
    if sight is None or visit.session is None or visit.session.person != sight.link.person:
        raise UnknownLink
    return sight


def able(tx: Tx, visit: Visit, link_id: str) -> Sight:
    """The same, for somebody who has typed the code if there has to be one."""
    sight = own(tx, visit, link_id)
    if code_missing(sight, visit.session):
        raise Elsewhere(f"/a/code/{link_id}")
    return sight


def code_missing(sight: Sight, session: Session | None) -> bool:
    """Say whether a code has to be typed first: not to be told that there is nothing to see any more."""
    if sight.step is None or sight.standing is Standing.REASSIGNED:
        return False
    return sight.needs_code and not (session and session.raised)


def session_for(tx: Tx, visit: Visit, link: LinkRow) -> Begun:
    """Begin a session, or give this person's own a new id: an id known to others opens nothing."""
    if visit.session is None:
        return sessions.begin(tx, person=link.person, how="link", links=(link.id,))
    return sessions.rotate(tx, visit.token, person=link.person, how="link", link=link.id)


def page_of(visit: Visit, template: str, sight: Sight, *, status: int = 200, **context: Any) -> Response:
    frame = visit.frame(neutral=True, organisation=sight.edition.organisation_name)
    return page(template, frame, status=status, sight=sight, visit=visit, **context)


def stopped(visit: Visit, sight: Sight, *, token: str) -> Response:
    """Tell somebody who has only opened a link why it leads no further, with nothing of the case."""
    status = STATUS[sight.standing]
    return page_of(visit, "links/stopped.html", sight, status=status, token=token, known=False)


def told_of(tx: Tx, visit: Visit, sight: Sight) -> Response:
    """Tell somebody who has continued what has become of the question."""
    match sight.standing:
        case Standing.DECIDED_BY_YOU | Standing.BEING_RECORDED:
            template = "links/done.html"
        case Standing.CHANGED:
            template = "links/changed.html"
        case _:
            template = "links/stopped.html"
    return page_of(
        visit,
        template,
        sight,
        status=STATUS[sight.standing],
        token="",
        known=True,
        **_outcome(tx, visit, sight),
    )


def _outcome(tx: Tx, visit: Visit, sight: Sight) -> dict[str, Any]:
    made = intents.decisions_of_step(tx, sight.link.step)
    mine = next((decision for decision in made if decision.seat == sight.link.seat), None)
    settled = sight.answer.settled if sight.answer else None
    if mine and sight.step and sight.step.blind and sight.step.open and mine.person != sight.link.person:
        mine = None
    out = bool(sight.step and seclusion.is_out(tx, sight.step, sight.link.person))
    came_to = sight.step.choice or settled if sight.step else None
    board = (
        boards.of(tx, sight.step, sight.edition)
        if sight.step and sight.step.open and came_to is None
        else None
    )
    receipt = letters.get(tx, f"{mine.message}:receipt") if mine else None
    waiting = telling.waiting_for(tx, sight.link.person, visit.today)
    mails = [step for _, step, _ in waiting if step.id != sight.link.step]
    return {
        "mine": telling.told(mine, sight.edition) if mine else None,
        "decision": mine,
        "forum": telling.recorded_for(mine.forum, mine.kind, mine.seat, sight.edition)
        if mine and sight.step
        else "",
        "become": whereabouts.since_answer(
            tx, sight.case, sight.step, came_to, counted=not out and board is None
        )
        if sight.step
        else (),
        "board": board,
        "out": boards.OUT if out and came_to is None else "",
        "decided_by": boards.decided_by(tx, sight.step, sight.edition, visit.today, came_to)
        if sight.step
        else "",
        "others_waiting": len(mails),
        "receipt": receipt.state if receipt else letters.QUEUED,
        "changes": briefing.since(tx, sight),
    }
