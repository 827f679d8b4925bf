"""Says in sentences what an edition means: who decides what, and what happens to silence."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from service.handbook.delivering import BandEntry, DeliveryRules, GateRules, Monitored, Template
from service.handbook.edition import Decides, Edition, Forum
from service.handbook.words import in_words, listed, pounds
from workflows.delivery import Authority, Tolerances
from workflows.model import Assurance, Nudge, Quorum, QuorumRule, Terms
from workflows.rules import actions

_NUDGES = {
    Nudge.REMIND: "reminded",
    Nudge.COVER: "their cover asked too",
    Nudge.LINE: "the post above asked too",
    Nudge.COUNT: "the votes cast by then are counted, and decide if they make a quorum",
    Nudge.PMO: "the PMO told",
    Nudge.CLOSE: "closed without an answer",
}


def counts(edition: Edition) -> dict[str, int]:
    """Count what the edition holds."""
    return {
        "departments": len(edition.departments),
        "posts": len(edition.posts),
        "people": len(edition.people),
        "forums": len(edition.forums),
        "principles": len(edition.principles),
        "corporate systems": len(edition.corporate_systems),
        "technical parameters": len(edition.technical_parameters),
        "clauses": len(edition.clauses),
    }


def explained(edition: Edition, day: date) -> tuple[str, ...]:
    """Explain the edition as it stands on a day, a sentence an item."""
    return tuple(_sentences(edition, day))


def _sentences(edition: Edition, day: date) -> Iterator[str]:
    yield ", ".join(f"{count} {what}" for what, count in counts(edition).items()) + "."
    yield f"A proposal is major from {pounds(edition.route.major_capital)} of capital, or when declared so."
    yield from _embargo(edition, day)
    yield from _principles(edition)
    yield from _systems(edition)
    yield from _provisions(edition)
    yield from _notification(edition, day)
    yield from _bids(edition)
    yield (
        "Each funding party approves its share; above its delegated limit, the first post up the line "
        "whose limit covers the share approves it too."
    )
    yield from _limits(edition)
    yield from _srg(edition)
    yield from _validity(edition)
    yield from _versions(edition)
    yield from _delivery(edition, day)
    if "extra" in edition.steps and "extra" in edition.clauses:
        yield "Before it is approved, its sponsor's side or the PMO may ask one more post, with a reason."
    yield from (f"{_kind(kind)}: {_terms(terms)}" for kind, terms in edition.terms().items())
    yield (
        "Parts: "
        + ", ".join(
            f"{role.replace('_', ' ')} is {edition.posts[post].title}" for role, post in edition.roles.items()
        )
        + "."
    )
    vacant = [post for post in edition.posts if edition.holder(post, day) is None]
    if vacant:
        yield f"Held by nobody on {in_words(day)}: {', '.join(vacant)}."


def _embargo(edition: Edition, day: date) -> Iterator[str]:
    embargo = edition.embargo
    if embargo is None:
        return
    rules = edition.routing(day).embargo
    owners = rules.owners if rules else ()
    owner = next((owner.forum.name for owner in owners if owner.on(day)), "nobody")
    free = ", ".join(embargo.exempt.values()) or "nothing"
    yield f"An embargo holds spending; it leaves free: {free}. On {in_words(day)} {owner} grants exceptions."


def _principles(edition: Edition) -> Iterator[str]:
    to: dict[str, list[str]] = {}
    for key, principle in edition.principles.items():
        to.setdefault(edition.posts[principle.deviation_to].title, []).append(key)
    for post, keys in to.items():
        which = "any principle" if len(to) == 1 else ", ".join(keys)
        yield f"Before any funder is asked, a deviation from {which} is discussed with the {post}."
    for key, principle in edition.principles.items():
        if principle.issue_leg == "issue_resolution":
            bodies = ", then ".join(_body(edition, body) for body in principle.issue_to)
            yield f"An issue with {key} ({principle.short_name}) is settled by {bodies}."


def _systems(edition: Edition) -> Iterator[str]:
    chain = next(
        (each.issue_to for each in edition.principles.values() if each.issue_leg == "principal_customer"), ()
    )
    if edition.corporate_systems:
        others = ", then ".join(_body(edition, body) for body in chain[1:])
        unanswered = f"; if nobody answers, {others}" if others else ""
        yield f"A duplicate of a corporate system is put to its Principal Customer{unanswered}."


def _provisions(edition: Edition) -> Iterator[str]:
    known = edition.provisions
    if known.shared_services:
        names = ", ".join(service.name for service in known.shared_services.values())
        yield f"Shared by all, and built again only with a reason: {names}."
    if known.equality:
        number = len(known.equality.questions)
        yield f"{known.equality.principle} asks {number} questions ({known.equality.version})."
    if known.continuity:
        aim = known.continuity
        yield f"{aim.principle} aims for recovery within {aim.recovery_hours} hours; more is flagged."
    if known.standards:
        names = ", ".join(standard.name for standard in known.standards.items)
        yield f"{known.standards.principle} asks about {names}."
    if known.addresses:
        yield f"{known.addresses.principle} takes addresses from the {known.addresses.gazetteer}."
    if known.partners:
        yield (
            f"{known.partners.principle} asks about partners; what shares personal data with one goes live "
            "only under an agreement in date."
        )


def _versions(edition: Edition) -> Iterator[str]:
    rules = edition.versions
    if rules is None:
        yield "Every new version of a proposal is put anew to everybody."
        return
    yield (
        "A new version keeps the favourable answers that were given about the one before, unless one of "
        f"these has changed: {', '.join(map(_field, rules.material)) or 'nothing'}."
    )
    yield f"Without asking anybody again, these may change: {', '.join(map(_field, rules.immaterial))}."


def _field(name: str) -> str:
    return name.replace("_", " ").replace(".", ": ")


def _body(edition: Edition, key: str) -> str:
    if key in edition.forums:
        return edition.forums[key].name
    return edition.posts[key].title if key in edition.posts else f"its {key.replace('-', ' ')}"


def _bids(edition: Edition) -> Iterator[str]:
    if edition.route.bids:
        title = edition.posts[edition.route.bids].title
        yield f"Where the money depends on a bid, the {title} says what became of it; then funders are asked."


def _notification(edition: Edition, day: date) -> Iterator[str]:
    key = edition.route.notification_forum
    if key is None:
        yield "Proposals are not notified."
        return
    forum = edition.forums[key]
    direct = edition.posts[edition.acting(edition.roles["direct_notifications"], day)].title
    yield (
        f"Every proposal is notified at a meeting of {forum.name} before its decision date, with papers in "
        f"{forum.papers_days} working days ahead; if none serves, to the {direct} directly."
    )
    following = next((meeting for meeting in forum.meetings if meeting >= day), None)
    if following:
        yield f"{forum.name} meets next on {in_words(following)}, and last on {in_words(forum.meetings[-1])}."


def _limits(edition: Edition) -> Iterator[str]:
    by_sum: dict[Decimal, list[str]] = {}
    for post, limit in edition.limits.items():
        by_sum.setdefault(limit, []).append(f"{post} (then {edition.next_authority[post]})")
    for limit in sorted(by_sum):
        yield f"Up to {pounds(limit)} alone: {', '.join(by_sum[limit])}."


def _srg(edition: Edition) -> Iterator[str]:
    key = edition.route.srg
    if key is None:
        return
    forum = edition.forums[key]
    when = "every major proposal, and " if edition.route.srg_decides_major else "only "
    yield f"{forum.name} decides {when}what is referred to it: {_sits(forum)}."
    if forum.decides is Decides.EMAIL_THEN_MEETING:
        yield "What its members do not decide by email goes to its next meeting that the papers can reach."


def _validity(edition: Edition) -> Iterator[str]:
    rules = edition.validity
    if rules is None:
        yield "An approval does not lapse."
        return
    days = " and ".join(str(days) for days in sorted(rules.warn_days, reverse=True))
    warned = f"; sponsor and lead officer are warned {days} working days before" if days else ""
    months = "month" if rules.months == 1 else "months"
    yield f"An approval that is not put to use within {rules.months} {months} lapses{warned}."


def _delivery(edition: Edition, day: date) -> Iterator[str]:
    rules = edition.delivery
    if rules is None:
        yield (
            "There are no rules for projects: approved major proposals will wait. None of them is delivered, "
            "reported on, reviewed or closed under this edition."
        )
        return
    yield from _gates(rules)
    every = "every week" if rules.report_weeks == 1 else f"every {rules.report_weeks} weeks"
    yield (
        f"A project manager reports {every}; {_tolerated(rules.tolerances)} are tolerated, unless a plan "
        "that its board approves says otherwise."
    )
    *bands, last = (_band(band, edition) for band in rules.matrix)
    yield f"Who decides past tolerance: {'; '.join((*bands, f'else {last}' if bands else last))}."
    yield from _monitored(edition, rules, day)
    checker = edition.posts[edition.acting(edition.route.reviewer, day)].title
    noted = f", and noted by {edition.forums[edition.route.srg].name}" if edition.route.srg else ""
    yield (
        f"{_after(rules.review.months)} go-live a project is reviewed by its proposal's lead officer, "
        f"checked by the {checker}{noted}."
    )
    months = listed([str(month) for month in rules.benefits.months])
    yield (
        f"The owner of a benefit says what has come about {months} months after go-live; a directorate's "
        f"record is shown from {rules.track_record.least} cases on."
    )
    led = (
        f"{strategy.name} (led by the {edition.posts[strategy.lead].title})"
        if strategy.lead
        else strategy.name
        for strategy in rules.strategies.values()
    )
    if rules.strategies:
        yield f"Projects may serve: {'; '.join(led)}."
    unled = [
        f"{strategy.name} ({edition.posts[strategy.lead].title})"
        for strategy in rules.strategies.values()
        if strategy.lead and edition.holder(strategy.lead, day) is None
    ]
    if unled:
        yield f"Nobody holds the post that leads, on {in_words(day)}: {'; '.join(unled)}."
    yield from _assessed(edition, rules)


def _assessed(edition: Edition, rules: DeliveryRules) -> Iterator[str]:
    if rules.assessment is None:
        yield "Business processes are not assessed."
        return
    chooses = edition.forums[edition.route.srg].name if edition.route.srg else "the PMO"
    options = "; ".join(option.name for option in rules.assessment.options.values())
    yield (
        f"Whoever assesses a business process weighs each of these, or says why not, and recommends one; "
        f"{chooses} chooses: {options}."
    )


def _gates(rules: DeliveryRules) -> Iterator[str]:
    for template in rules.templates.values():
        for when, gate in _in_turn(template):
            asked = [rules.documents[kind].name for kind in gate.documents]
            asked += [f"{rules.documents[kind].name} (after a pilot)" for kind in gate.after_pilot]
            asked += ["how confident its board is of delivery"] if gate.rating else []
            needs = f" It asks for: {', '.join(asked)}." if asked else ""
            yield f"{template.name}: {gate.name}{when} authorises {gate.authorises}.{needs}"
    types = ", ".join(rules.attachments.types)
    yield f"Documents have {rules.attachments.megabytes} MB at most, and are of these types: {types}."


def _in_turn(template: Template) -> Iterator[tuple[str, GateRules]]:
    yield "", template.start_up
    yield "", template.initiation
    if template.boundary:
        yield " after each stage but the last", template.boundary
    yield from ((f" after stage {number}", gate) for number, gate in enumerate(template.boundaries, start=1))
    yield "", template.closure


def _band(band: BandEntry, edition: Edition) -> str:
    limits = [f"{_percent(band.over_percent)} over"] if band.over_percent is not None else []
    limits += [f"{band.late} working days late"] if band.late is not None else []
    budget = f" of a budget up to {pounds(band.budget)}" if band.budget is not None else ""
    upto = f" up to {listed(limits)}" if limits else ""
    return f"{_authority(band.authority, edition)}{upto}{budget}"


def _tolerated(tolerances: Tolerances) -> str:
    return f"{_percent(tolerances.cost_percent)} of cost and {tolerances.days} working days"


def _percent(percent: Decimal) -> str:
    return f"{percent.normalize():f}%"


def _authority(authority: Authority, edition: Edition) -> str:
    match authority:
        case Authority.PROGRAMME_OFFICE:
            return "the PMO"
        case Authority.BOARD:
            return "the project board"
        case Authority.SRG:
            return edition.forums[edition.route.srg].name if edition.route.srg else "SRG"


def _monitored(edition: Edition, rules: DeliveryRules, day: date) -> Iterator[str]:
    if rules.standards is None:
        yield "Project standards are not checked."
        return
    whose = {Monitored.MAJOR: "major projects", Monitored.PROGRAMME: "projects that serve a strategy"}
    since = " and ".join(
        f"{whose[rule.applies_to]} from {in_words(rule.since)}" for rule in rules.standards.rules
    )
    checker = edition.posts[edition.acting(edition.roles["corporate_projects_manager"], day)].title
    checks = "; ".join(check.name for check in rules.standards.checks.values())
    yield f"The {checker} checks the standards of {since}: {checks}."


def _after(months: int) -> str:
    return "1 month after" if months == 1 else f"{months} months after"


def _sits(forum: Forum) -> str:
    told = [f"{len(forum.members)} seats", *([_quorum(forum.quorum)] if forum.quorum else [])]
    told += [f"{post} may stop it alone" for post in forum.veto]
    told += [f"{post} sits for {member}" for member, post in forum.substitutes.items()]
    return ", ".join((*told, *(["votes are shown once it is decided"] if forum.blind else [])))


def _quorum(quorum: Quorum) -> str:
    match quorum.rule:
        case QuorumRule.ONE_OF:
            return "any one answers"
        case QuorumRule.ALL_OF:
            return "all must agree"
        case QuorumRule.N_OF_M:
            return f"{quorum.needed} must agree"
        case QuorumRule.MAJORITY:
            casting = ", the chair has a casting vote" if quorum.casting else ""
            return f"a majority with {quorum.present} present{casting}"


def _terms(terms: Terms) -> str:
    choices = ", ".join(choice.replace("_", " ") for choice in terms.choices)
    rungs = "; ".join(f"day {rung.day} {_NUDGES[rung.nudge]}" for rung in terms.ladder.rungs)
    due = f"in {terms.ladder.due} working days"
    if terms.kind == actions.DO:
        due = f"on its own day, which counts as day {terms.ladder.due}"
    answered = f"{_assured(terms)}{_held(terms)}"
    return f"{choices}. Due {due}; the silent: {rungs}. {answered}."


def _assured(terms: Terms) -> str:
    if terms.assurance is Assurance.CODE:
        return "Answered from the link with a code"
    if terms.code_above is not None:
        return f"Answered from the link, above {pounds(terms.code_above)} with a code"
    return "Answered from the link"


def _held(terms: Terms) -> str:
    if terms.hold is None:
        return ""
    minutes = terms.hold.minutes
    if minutes is None:
        return ", and may be taken back to the end of the working day"
    return f", and may be taken back for {minutes} minute{'' if minutes == 1 else 's'}"


def _kind(kind: str) -> str:
    words = kind.replace("_", " ").replace("srg", "SRG")
    return words[:1].upper() + words[1:]
