"""What a proposal must say before it can be submitted, or its way worked out."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from service.errors import Problem
from service.handbook import Edition, Principle
from service.handbook.words import in_words, pounds
from service.proposals.document import Answer, Bid, ProposalDocument
from workflows.model import Size
from workflows.rules import routing

HUNDRED = Decimal(100)
FARTHEST_YEARS = 10
"""How far ahead a day may lie, such as that of a decision."""
_WANTED = {
    Answer.NOT_APPLICABLE: "Say why {name} does not apply",
    Answer.DEVIATES: "Say why {name} is not met",
    Answer.ISSUE: "Say what the issue with {name} is",
}
DECIDES_THE_ROUTE = (
    "department",
    "sponsor_post",
    "lead_post",
    "cost_profile.capital_gbp",
    "funding_parties",
    "decision_needed_by",
)


def missing(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    costs = read.cost_profile
    needed: list[tuple[str, object, str]] = [
        ("title", read.title, "Give the proposal a title"),
        ("department", read.department, "Say which department proposes it"),
        ("sponsor_post", read.sponsor_post, "Say which post sponsors it"),
        ("lead_post", read.lead_post, "Say which post leads it"),
        ("size", read.size, "Say whether it is minor or major"),
        (
            "cost_profile.capital_gbp",
            costs.capital_gbp is not None,
            "Give the capital cost, 0 if there is none",
        ),
        (
            "cost_profile.revenue_gbp_per_year",
            costs.revenue_gbp_per_year is not None or read.costs_by_year,
            "Give the revenue cost of a year, 0 if there is none",
        ),
        ("funding_parties", read.funding_parties, "Name at least one party that funds it"),
        ("benefits", read.benefits, "Name at least one benefit"),
        ("decision_needed_by", read.decision_needed_by, "Say by when a decision is needed"),
    ]
    yield from (Problem(field=field, message=told) for field, given, told in needed if not given)


def shares(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    parties = read.funding_parties
    for post, count in Counter(party.post for party in parties).items():
        if post and count > 1:
            told = f"{edition.posts[post].title} is named {count} times; give each party one share"
            yield Problem(field="funding_parties", message=told)
    for number, party in enumerate(parties):
        if party.share_percent is None:
            yield Problem(
                field=f"funding_parties.{number}.share_percent", message="Give the share in percent"
            )
    if any(party.share_percent is None for party in parties):
        return
    whole = sum((party.share_percent or Decimal(0) for party in parties), Decimal(0))
    if parties and whole != HUNDRED:
        told = f"Shares add up to {whole.normalize():f}%; they must add up to 100%"
        yield Problem(field="funding_parties", message=told)


def years(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """Costs by year add up to those in all. Project management may be given in all and for no year."""
    profile, by_year = read.cost_profile, read.costs_by_year
    capital = sum((cost.capital for cost in by_year), Decimal(0))
    if by_year and profile.capital_gbp is not None and capital != profile.capital_gbp:
        told = (
            f"Capital by year adds up to {pounds(capital)}, "
            f"but the capital cost is {pounds(profile.capital_gbp)}"
        )
        yield Problem(field="costs_by_year", message=told)
    management = sum((cost.project_management for cost in by_year), Decimal(0))
    if management and profile.project_management_gbp not in (None, management):
        told = (
            f"Project management by year adds up to {pounds(management)}, "
            f"but the project management cost is {pounds(profile.project_management_gbp or Decimal(0))}"
        )
        yield Problem(field="costs_by_year", message=told)


def dates(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    by, latest = read.decision_needed_by, years_after(today, FARTHEST_YEARS)
    if by and by <= today:
        told = f"Decision needed by must be after today, {in_words(today)}"
        yield Problem(field="decision_needed_by", message=told)
    elif by and by > latest:
        told = f"Decision needed by must be {in_words(latest)} or before, within {FARTHEST_YEARS} years"
        yield Problem(field="decision_needed_by", message=told)
    condition = read.funding_condition
    due = condition.decision_due if condition and condition.pending else None
    if due and due < today:
        told = f"Outcome of the bid due must be today, {in_words(today)}, or later"
        yield Problem(field="funding_condition.decision_due", message=told)
    elif due and due > latest:
        told = f"Outcome of the bid due must be {in_words(latest)} or before, within {FARTHEST_YEARS} years"
        yield Problem(field="funding_condition.decision_due", message=told)


def years_after(day: date, years: int) -> date:
    """Return the same day so many years later; what would be 29 February is the day before."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def answers(
    read: ProposalDocument, edition: Edition, today: date, override: Size | None = None
) -> Iterator[Problem]:
    size = edition.size(read.cost_profile.capital_gbp, read.size, override)
    for key, principle in edition.principles.items():
        answer = read.principles.get(key)
        name = f"{key} ({principle.short_name})"
        if answer is None:
            yield Problem(field=f"principles.{key}", message=f"{name} needs an answer")
        elif answer is Answer.NOT_APPLICABLE and _binds(principle, size):
            told = f"{name} applies to every major proposal, and this one is major"
            yield Problem(field=f"principles.{key}", message=told)
        elif answer is not Answer.MET and not read.principle_notes.get(key):
            yield Problem(field=f"principle_notes.{key}", message=_WANTED[answer].format(name=name))


def _binds(principle: Principle, size: Size) -> bool:
    return size is Size.MAJOR and principle.applies_to == Size.MAJOR


def unknown(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """Complain of names that decide a way and are not in a handbook, such as one that came later."""
    if edition.department_named(read.department) is None:
        told = f"there is no department {read.department}"
        yield Problem(field="department", message=told)
    posts = [("sponsor_post", read.sponsor_post), ("lead_post", read.lead_post)]
    posts += [(f"funding_parties.{n}.post", party.post) for n, party in enumerate(read.funding_parties)]
    if read.funding_condition and read.funding_condition.owner_post:
        posts.append(("funding_condition.owner_post", read.funding_condition.owner_post))
    for field, post in posts:
        if post not in edition.posts:
            yield Problem(field=field, message=f"there is no post {post}")
    for number, key in enumerate(read.corporate_system.ids):
        if key not in edition.corporate_systems:
            told = f"there is no corporate system {key}"
            yield Problem(field=f"corporate_system.ids.{number}", message=told)
    free = edition.embargo.exempt if edition.embargo else {}
    if edition.embargo and read.embargo_exempt and read.embargo_exempt not in free:
        told = f"the embargo does not leave {read.embargo_exempt} free"
        yield Problem(field="embargo_exempt", message=told)


def nobody(read: ProposalDocument, edition: Edition, today: date, people: Edition) -> Iterator[Problem]:
    """Complain of a post that would be asked, and that nobody holds nor any post above it (SYS-24).

    `people` is the edition in force, by which those who answer are found.
    """
    posts = [("lead_post", read.lead_post)]
    posts += [(f"funding_parties.{n}.post", party.post) for n, party in enumerate(read.funding_parties)]
    if read.funding_condition and read.funding_condition.pending:
        posts.append(("funding_condition.owner_post", read.funding_condition.owner_post))
    for field, post in posts:
        if post in edition.posts and not people.answering(post, today):
            title = edition.posts[post].title_on(today)
            told = f"Nobody holds {title}, nor any post above it, so nobody would be asked"
            yield Problem(field=field, message=told)


def authors_alone(
    read: ProposalDocument, edition: Edition, today: date, people: Edition, writers: Collection[str] = ()
) -> Iterator[Problem]:
    """Complain of a share that nobody could decide but those who wrote the proposal or put it forward (A30).

    A sponsor decides for their own post that pays, unless they lead the proposal or write it with others.
    Covers change nothing: an author's is barred as the author is. Who wrote it is known by the edition of the
    case, and who would answer by that in force, `people`; a sponsor who leads it by either is an author.
    """
    rules, sponsor = edition.routing(today), people.holder(read.sponsor_post, today)
    wrote = {*_led(read, edition, today), *writers}
    led = {*_led(read, edition, today), *_led(read, people, today)}
    asks = {sponsor.id} if sponsor else set[str]()
    for number, share in enumerate(read.shares()):
        own = share.post == read.sponsor_post
        asked = [(share.post, wrote - (asks - led) if own else wrote)]
        if above := routing.authority(share, rules):
            asked.append((above, wrote))
        for post, barred in asked:
            if people.answering(post, today) and not _decides(people, post, today, barred, wrote | asks):
                title = edition.posts[post].title_on(today)
                told = (
                    f"Nobody could decide this share for {title}: all who hold that post or one above it "
                    "wrote the proposal or put it forward"
                )
                yield Problem(field=f"funding_parties.{number}.post", message=told)
                break


def _led(read: ProposalDocument, edition: Edition, day: date) -> set[str]:
    """Return who leads a proposal or writes it with others, by an edition on a day."""
    posts = (read.lead_post, *read.co_authors)
    return {writer.id for post in posts if (writer := edition.holder(post, day))}


def _decides(
    edition: Edition, post: str, day: date, barred: Collection[str], barred_above: Collection[str]
) -> bool:
    """Say whether the holder of a post, or of one up its line, is none of those who are barred."""
    holder = edition.holder(post, day)
    if holder and holder.id not in barred:
        return True
    above = [holder for each in edition.above(post) if (holder := edition.holder(each, day))]
    return any(holder.id not in barred_above for holder in above)


def issues(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """An issue needs a body that settles it, and one with a corporate system names the system."""
    for key, answer in read.principles.items():
        principle = edition.principles[key]
        if answer is not Answer.ISSUE:
            continue
        if not principle.issue_leg:
            told = f"No issue is raised with {key} ({principle.short_name}); say whether it is met or not"
            yield Problem(field=f"principles.{key}", message=told)
        elif principle.issue_leg == "principal_customer" and not read.corporate_system.ids:
            told = f"Name the corporate system with which {key} ({principle.short_name}) has an issue"
            yield Problem(field="corporate_system.ids", message=told)


def bid(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """A bid needs somebody who knows what became of it."""
    condition = read.funding_condition
    if condition is not None and condition.status is Bid.FAILED:
        told = "The bid has failed; say who pays instead, and take the bid out"
        yield Problem(field="funding_condition.status", message=told)
    if condition and condition.pending and edition.route.bids is None:
        told = f"{edition.organisation_name} has no rule for money that depends on a bid"
        yield Problem(field="funding_condition", message=told)


def exception(read: ProposalDocument, edition: Edition, today: date) -> Iterator[Problem]:
    """Without the evidence that it calls for, no exception from an embargo can be asked for (SYS-45)."""
    embargo, rules = edition.embargo, edition.routing(today).embargo
    if embargo is None or rules is None or not rules.on(today) or read.embargo_exempt:
        return
    for key in embargo.evidence:
        if read.principles.get(key) not in (None, Answer.MET):
            name = edition.principles[key].short_name
            told = f"An exception from the embargo cannot be asked for without {name}"
            yield Problem(field=f"principles.{key}", message=told)


def listed(unreadable: Sequence[Problem], unfit: Iterable[Problem]) -> list[Problem]:
    """Return all that is wrong, each once; of what cannot be read, nothing follows but that."""
    fields = tuple(problem.field for problem in unreadable)
    within = tuple(f"{field}." for field in fields)
    own = [
        problem for problem in unfit if problem.field not in fields and not problem.field.startswith(within)
    ]
    return list(dict.fromkeys([*unreadable, *own]))
