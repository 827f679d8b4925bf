"""Questions in words, as pages, papers and letters put them."""

from decimal import Decimal

from notifications import projects, sayings
from service import telling
from service.handbook import Edition
from service.handbook.words import listed, pounds, sentence
from service.store import cases
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.steps import StepView
from workflows.model import LegAsk


def sought(tx: Tx, case: CaseView, question: StepView | LegAsk, rules: Edition) -> str:
    """Put the question of a forum that meets to its members, in the words in which email put it to them.

    `rules` are those the case opened with.
    """
    kind = question.kind.removesuffix("_meeting")
    revenue = telling.revenue(cases.content(tx, case.ref) or {})
    return put(kind, question.key, case, rules, revenue=revenue)


def put(
    kind: str,
    key: str,
    case: CaseView,
    edition: Edition,
    *,
    forum: str = "",
    amount: Decimal | None = None,
    revenue: Decimal | None = None,
    payer: str = "",
) -> str:
    """Put a question of a kind in words: to those who answer it, or to whoever writes down a forum's answer.

    `amount` is the pounds asked of the seat, if it is about a share; `revenue` what the proposal needs a
    year, which is asked for where there is no capital; `payer` the title of the post whose budget pays a
    share, where somebody is asked who does not hold it.
    """
    yearly = f"{pounds(revenue)} of revenue a year" if revenue and not case.capital else ""
    named = telling.about(case, key, edition)
    about = listed(named)
    board = forum or _board(key, case, edition)
    match kind:
        case "embargo_exception" if forum:
            return f"Did {forum} grant an exception from the embargo?"
        case "challenge" if forum:
            return f"Did {forum} find that {about or 'the corporate system'} falls short?"
        case "dataset" if forum:
            return f"Which one source did {forum} settle on for the data that several systems share?"
        case "parameter" if forum:
            return f"What did {forum} make of the technical parameter that limits this proposal?"
        case "notification" if forum:
            return f"Did {forum} have any concerns about this proposal?"
        case "embargo_exception":
            return "Is this an exception from the embargo?"
        case "head_of_profession":
            principles = f"principle{'s' if len(named) > 1 else ''} of {about}" if about else "principles"
            return f"Do you support this proposal, which does not meet the {principles}?"
        case "challenge":
            return f"Does {about or 'the corporate system'} fall short of what this proposal needs?"
        case "consent":
            system = about or "the corporate system"
            return f"Do you consent to a proposal that {case.proposal.relation} {system}?"
        case "dataset":
            return "Which one source holds the data that several systems share?"
        case "parameter":
            return "Shall ICT Services find a way round the technical parameter that limits this proposal?"
        case "solution":
            return "What is the solution to the technical parameter that limits this proposal?"
        case "bid_outcome":
            return "Has the bid for this money succeeded?"
        case "extra" if yearly:
            return f"Do you approve this proposal of {yearly}, with no capital?"
        case "extra":
            return f"Do you approve this proposal of {pounds(case.capital)}?"
        case "funding" if yearly:
            whose, its = (f"the share of {payer} in", "its") if payer else ("your share of", "your")
            return f"Do you approve {whose} {yearly}, with no capital, from {its} budget?"
        case "funding" if amount is not None:
            budget = f"the budget of {payer}" if payer else "your budget"
            return f"Do you approve {pounds(amount)} from {budget}?"
        case "authority" if amount is not None:
            return f"Do you approve this share of {pounds(amount)}?"
        case "notification":
            return "Do you have any concerns about this proposal?"
        case "srg" if yearly:
            return f"Does {board} approve this proposal of {yearly}, with no capital?"
        case "srg":
            return f"Does {board} approve this proposal of {pounds(case.capital)}?"
        case "srg_meeting" if yearly:
            return f"What did {board} decide on this proposal of {yearly}, with no capital?"
        case "srg_meeting":
            return f"What did {board} decide on this proposal of {pounds(case.capital)}?"
        case "referral_meeting":
            return f"Did {board} let this proposal go on? {_why_referred(key, case)}".strip()
        case "referral":
            return f"May this proposal go on? {_why_referred(key, case)}".strip()
        case "completion":
            return "Is this complete?"
        case "action":
            return "Is this done?"
        case "action_check":
            return "Is this done, as it is reported?"
        case _ if asked := sayings.asked(kind):
            return sayings.worded(asked.question, kind, projects.about(kind, key), forum or _srg(edition))
        case _:
            return "What is your answer?"


def _srg(edition: Edition) -> str:
    """Return the name of the forum that decides what is put before SRG."""
    forum = edition.forums.get(edition.route.srg or "")
    return forum.name if forum else "SRG"


def _board(key: str, case: CaseView, edition: Edition) -> str:
    """Return the name of the board that a question of a case is put to."""
    found = telling.place(case, key)
    forum = edition.forums.get(found[1].forum or found[0].forum) if found else None
    return forum.name if forum else "the board"


def _why_referred(key: str, case: CaseView) -> str:
    found = telling.place(case, key)
    return sentence(found[0].reason) if found else ""
