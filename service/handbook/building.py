"""Makes an edition of what a handbook says: its meetings, its days not worked, its terms."""

from collections.abc import Collection
from datetime import date, timedelta

import holidays

from service.handbook import written
from service.handbook.edition import Decides, Edition, Forum, Holding, Person, VersionRules
from service.handbook.written import Handbook
from workflows.model import Ladder, LadderRung, Quorum, Terms
from workflows.rules import calendar, versions


def edition(handbook: Handbook, *, name: str, variant: str, years: range) -> Edition:
    """Work out an edition, with what follows from the handbook in the years given."""
    non_working = _non_working(handbook.calendar, years)
    return Edition(
        name=name,
        variant=variant,
        title=handbook.organisation.title,
        organisation=handbook.organisation.key,
        organisation_name=handbook.organisation.name,
        departments=handbook.departments,
        posts=handbook.posts,
        people={
            key: Person(id=key, name=person.name, email=person.email, illustrative=person.illustrative)
            for key, person in handbook.people.items()
        },
        holdings=_holdings(handbook),
        forums={key: _forum(forum, years, non_working) for key, forum in handbook.forums.items()},
        roles=handbook.roles.model_dump(exclude={"illustrative"}),
        principles=handbook.principles,
        corporate_systems=handbook.corporate_systems,
        technical_parameters=handbook.technical_parameters,
        route=handbook.route,
        embargo=handbook.embargo,
        appraisal=handbook.appraisal,
        validity=handbook.validity,
        limits=handbook.delegated_limits,
        next_authority=next_authorities(handbook),
        steps={kind: _terms(kind, handbook) for kind in handbook.steps},
        clauses=handbook.clauses,
        budgets=handbook.budgets,
        retention=handbook.retention,
        reports=handbook.reports,
        provisions=handbook.provisions,
        versions=_versions(handbook.versions) if handbook.versions else None,
        delivery=handbook.delivery,
        non_working=non_working,
    )


def _holdings(handbook: Handbook) -> tuple[Holding, ...]:
    return tuple(
        Holding(
            post=hold.post,
            person=key,
            since=hold.since,
            until=hold.until,
            illustrative=person.illustrative or hold.illustrative,
        )
        for key, person in handbook.people.items()
        for hold in person.holds
    )


def next_authorities(handbook: Handbook) -> dict[str, str]:
    """Return who is asked above a limit: as written, else the post above in the line."""
    above = {
        post: handbook.next_authority.get(post, handbook.posts[post].line)
        for post in handbook.delegated_limits
    }
    return {post: authority for post, authority in above.items() if authority}


def held(forum: written.ForumEntry, years: range, non_working: Collection[date]) -> dict[date, date]:
    """Return each day on which a forum's meeting recurs, and that on which it is held.

    One that recurs on a day that is not worked is held on the next that is.
    """
    regular = forum.meets.days(years) if forum.meets else []
    return {day: calendar.nth_working_day(day - timedelta(days=1), 1, non_working) for day in regular}


def _forum(forum: written.ForumEntry, years: range, non_working: Collection[date]) -> Forum:
    regular = held(forum, years, non_working)
    kept = {actual for day, actual in regular.items() if day not in forum.does_not_meet}
    days = sorted({*kept, *forum.also_meets} - {*forum.does_not_meet})
    derived = {"meets", "also_meets", "does_not_meet", "quorum"}
    return Forum(
        **forum.model_dump(exclude=derived),
        quorum=_quorum(forum.quorum) if forum.quorum else None,
        meetings=tuple(days),
    )


def _terms(kind: str, handbook: Handbook) -> Terms:
    step = handbook.steps[kind]
    ladder = handbook.ladders[step.ladder]
    forum = handbook.forums[step.forum] if step.forum else None
    written_quorum = step.quorum or (forum.quorum if forum else None)
    quorum = _quorum(written_quorum) if written_quorum else Quorum()
    if forum and forum.decides is Decides.EMAIL_THEN_MEETING:
        quorum = quorum.model_copy(update={"even_vote_open": True})
    return Terms(
        kind=kind,
        choices=step.choices,
        ladder=Ladder(
            due=ladder.due,
            rungs=tuple(LadderRung(**rung.model_dump()) for rung in ladder.rungs),
        ),
        quorum=quorum,
        silence=step.silence,
        assurance=step.assurance,
        code_above=step.code_above,
        blind=step.blind if step.blind is not None else forum.blind if forum else False,
        deciding=step.deciding,
        answers=step.answers,
        hold=step.hold,
    )


def _versions(entry: written.VersionsEntry) -> VersionRules:
    return VersionRules(
        material=entry.material,
        immaterial=tuple(field for field in versions.fields() if not versions.covers(entry.material, field)),
        illustrative=entry.illustrative,
    )


def _quorum(entry: written.QuorumEntry) -> Quorum:
    return Quorum(**entry.model_dump() | {"closes_hopeless": True})


def _non_working(entry: written.CalendarEntry, years: range) -> tuple[date, ...]:
    """Return public holidays and the organisation's own closure days that fall in the week."""
    public = holidays.country_holidays(entry.country, subdiv=entry.region or None, years=years)
    closed = [
        date(year, *(int(part) for part in day.split("-")))
        for day in entry.closed.every_year
        for year in years
    ]
    days = {*public, *closed, *entry.closed.dates}
    return tuple(sorted(day for day in days if calendar.is_working(day, ())))
