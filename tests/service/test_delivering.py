"""How projects are delivered: what our handbooks say, and that nothing wrong in one goes unnoticed."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from service import assessing, handbook
from service.handbook import Edition, ahead, boards, differences
from service.handbook.delivering import FILE_TYPES, TolerancesEntry
from tests.support.handbooks import SHIPPED, change, copied, faults
from workflows.delivery import Authority, GateKind, Tolerances
from workflows.model import Choice, Quorum, QuorumRule, Silence, Size
from workflows.rules import reports

TODAY = date(2026, 3, 2)
LEICESTER = handbook.load("leicester", today=TODAY)
LITERAL = handbook.load("leicester/framework-2004", today=TODAY)
HEREFORDSHIRE = handbook.load("herefordshire", today=TODAY)
EVERY = pytest.mark.parametrize("edition", [LEICESTER, LITERAL, HEREFORDSHIRE], ids=lambda each: each.title)
assert LEICESTER.delivery is not None
DELIVERY = LEICESTER.delivery
FROZEN = (Path(__file__).parent / "frozen" / "leicester.json").read_text("utf-8")


# ------------------------------------------------------------------------ what ours says


@EVERY
def test_every_shipped_handbook_delivers_projects(edition: Edition) -> None:
    assert edition.delivers
    assert edition.delivery is not None
    assert [*edition.delivery.templates] == ["prince2", "gateways"]
    assert edition.delivery.assessment is not None
    standards = edition.delivery.standards is not None
    kinds = reports.needed(srg=bool(edition.route.srg), standards=standards, assesses=True)
    assert {*kinds} == {*edition.steps} & {*reports.KINDS}
    assert {*kinds} <= {*edition.delivery_clauses()}
    numbers = {clause.number for clause in edition.clauses.values()}
    assert {*edition.delivery_clauses().values()} <= numbers


@EVERY
@pytest.mark.parametrize("kind", ["gate", "exception_board"])
def test_a_project_board_decides_by_a_majority_of_two_with_its_executive_s_vote(
    edition: Edition, kind: str
) -> None:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=2, casting=True, closes_hopeless=True)
    assert edition.terms()[kind].quorum == quorum


@EVERY
def test_reports_are_anybody_s_to_write_and_silence_ends_only_the_highlight_report(edition: Edition) -> None:
    terms = {kind: each for kind, each in edition.terms().items() if kind in reports.KINDS}
    assert [kind for kind, each in terms.items() if not each.deciding] == [
        kind for kind in terms if kind in reports.DECIDES_NOTHING
    ]
    ended = [kind for kind, each in terms.items() if each.silence is Silence.EXPIRE]
    assert ended == ["highlight"]


def test_the_five_gateway_reviews_end_three_stages() -> None:
    gateways = DELIVERY.template("gateways")
    gates = [(GateKind.START_UP, 0), (GateKind.INITIATION, 0), (GateKind.BOUNDARY, 1), (GateKind.BOUNDARY, 2)]
    assert gateways.stages == 3
    assert [gateways.gate(*gate).name for gate in (*gates, (GateKind.CLOSURE, 3))] == [
        "Business justification",
        "Delivery strategy",
        "Investment decision",
        "Readiness for service",
        "Benefits realisation",
    ]
    assert all(gateways.gate(*gate).rating for gate in gates)


@pytest.mark.parametrize(
    ("template", "kind", "stage", "name"),
    [
        ("prince2", GateKind.START_UP, 0, "Start-up"),
        ("prince2", GateKind.INITIATION, 0, "Initiation"),
        ("prince2", GateKind.BOUNDARY, 1, "Stage boundary"),
        ("prince2", GateKind.BOUNDARY, 7, "Stage boundary"),
        ("prince2", GateKind.CLOSURE, 2, "Closure"),
        # a plan with more stages than its template has gates is refused; it would pass the last of them again
        ("gateways", GateKind.BOUNDARY, 3, "Readiness for service"),
        # a template that is no longer there
        ("waterfall", GateKind.BOUNDARY, 1, "Stage boundary"),
    ],
)
def test_a_gate_is_found_by_its_kind_and_the_stage_that_ends_with_it(
    template: str, kind: GateKind, stage: int, name: str
) -> None:
    assert DELIVERY.gate(template, kind, stage).name == name


@pytest.mark.parametrize(
    ("template", "kind", "stage", "pilot", "names"),
    [
        ("prince2", GateKind.START_UP, 0, False, ["Project mandate"]),
        ("prince2", GateKind.INITIATION, 0, False, ["Project initiation document"]),
        ("prince2", GateKind.BOUNDARY, 1, False, ["Plan of the next stage"]),
        ("prince2", GateKind.BOUNDARY, 1, True, ["Plan of the next stage", "Report of the pilot"]),
        ("prince2", GateKind.CLOSURE, 2, False, ["Acceptance by its users"]),
        ("gateways", GateKind.BOUNDARY, 1, False, ["Business case", "Plan of the next stage"]),
        ("gateways", GateKind.BOUNDARY, 2, False, ["Plan of the next stage", "Report of the tests"]),
    ],
)
def test_a_gate_asks_for_its_papers_and_after_a_pilot_for_its_report(
    template: str, kind: GateKind, stage: int, pilot: bool, names: list[str]
) -> None:
    assert [*DELIVERY.documents_at(template, kind, stage, pilot=pilot).values()] == names


MAJOR, PROGRAMME = (Size.MAJOR, False), (Size.MINOR, True)


@pytest.mark.parametrize(
    ("what", "day", "checked"),
    [
        (MAJOR, date(2003, 2, 28), False),
        (MAJOR, date(2003, 3, 1), True),
        (MAJOR, date(2008, 1, 14), True),
        (PROGRAMME, date(2007, 3, 31), False),
        (PROGRAMME, date(2007, 4, 1), True),
        ((Size.MAJOR, True), date(2003, 3, 1), True),
        ((Size.MINOR, False), date(2008, 1, 14), False),
    ],
)
def test_major_projects_are_checked_from_march_2003_and_those_of_the_programme_from_2007(
    what: tuple[Size, bool], day: date, checked: bool
) -> None:
    size, programme = what
    checker = LEICESTER.standards_checker(size, day, programme=programme)
    assert checker == ("corp-projects-manager" if checked else "")
    assert HEREFORDSHIRE.standards_checker(size, day, programme=programme) == ""


def test_standards_are_checked_by_whoever_acts_for_the_post() -> None:
    posts = LEICESTER.posts
    manager = posts["corp-projects-manager"].model_copy(
        update={"succeeded_by": "pmo", "succeeded_on": date(2007, 4, 1)}
    )
    edition = LEICESTER.model_copy(update={"posts": posts | {manager.key: manager}})
    assert edition.standards_checker(Size.MAJOR, date(2007, 4, 1)) == "pmo"


def test_the_programme_has_seven_strategies_and_leads_whose_posts_are_known() -> None:
    assert {strategy.name: strategy.lead for strategy in DELIVERY.strategies.values()} == {
        "Information Management Strategy": "head-ict-resources",
        "Web Strategy": "",
        "Communications Strategy": "",
        "Customer Access Strategy": "",
        "Departmental ICT Strategies": "",
        "Core Systems Strategy": "head-ict-resources",
        "Technical Infrastructure Strategy": "head-technology",
    }


@EVERY
def test_who_decides_past_tolerance_ends_with_whoever_stands_highest(edition: Edition) -> None:
    assert edition.delivery is not None
    highest = Authority.SRG if edition.route.srg else Authority.BOARD
    assert edition.delivery.matrix[-1].authority is highest
    assert all(band.illustrative for band in edition.delivery.matrix)


def test_where_there_is_no_srg_nothing_is_put_to_it() -> None:
    assert HEREFORDSHIRE.delivery is not None
    assert HEREFORDSHIRE.delivery.standards is None
    assert not {*reports.put_to(reports.Put.SRG)} & {*HEREFORDSHIRE.steps}
    assert not [kind for kind, terms in HEREFORDSHIRE.terms().items() if Choice.REFER_UP in terms.choices]


def test_what_a_handbook_leaves_out_is_as_usual(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / "delivery.yaml").read_text("utf-8")
    kept = [
        part
        for part in text.split("\n\n")
        if not any(f"\n  {left_out}:" in f"\n{part}" for left_out in LEFT_OUT)
    ]
    (folder / "delivery.yaml").write_text("\n\n".join(kept), "utf-8")
    delivery = handbook.load(folder).delivery
    assert delivery is not None
    assert (delivery.attachments.megabytes, delivery.attachments.types) == (10, FILE_TYPES)
    assert (delivery.report_weeks, delivery.review.months, delivery.track_record.least) == (4, 6, 5)
    assert delivery.benefits.months == (3, 6, 12, 24)
    assert not any((delivery.attachments.illustrative, delivery.review.illustrative, delivery.strategies))


LEFT_OUT = ("attachments", "report_weeks", "review", "track_record", "strategies")


# ----------------------------------------------------------------------- project boards


@pytest.mark.parametrize(
    ("board", "manager", "told"),
    [
        (("bh-dmh", "head-technology", "ict-services"), "pmo", ""),
        (("bh-dmh", "head-technology"), "pmo", ""),
        # a post with two places has one seat
        (("bh-dmh", "head-technology", "bh-dmh"), "pmo", ""),
        (("bh-dmh", "bh-dmh", "bh-dmh"), "pmo", "2 must answer for it to decide, and one person alone could"),
        # whoever manages it has none, and their line is asked in their place
        (("bh-dmh", "head-technology"), "head-technology", ""),
        ((), "", "2 must answer for it to decide, and nobody could"),
        (("chief-executive", ""), "pmo", "2 must answer for it to decide, and one person alone could"),
        (("bh-dmh", "chief-executive"), "chief-executive", "2 must answer for it to decide, and one person"),
    ],
)
def test_a_project_board_can_pass_a_gate(board: tuple[str, ...], manager: str, told: str) -> None:
    short = boards.lacking_project(LEICESTER, board, TODAY, manager)
    assert str(short or "").startswith(told)
    assert bool(short) == bool(told)


def test_a_project_board_is_of_those_who_act_for_its_posts_on_the_day() -> None:
    two = ("sd-ict-ca", "sd-information")
    assert boards.lacking_project(LEICESTER, two, date(2007, 3, 30)) is None
    short = boards.lacking_project(LEICESTER, two, date(2007, 4, 2))
    assert short is not None
    assert (short.people, short.needed) == (1, 2)


# -------------------------------------------------------------------------- editions


def test_an_edition_of_before_there_were_projects_keeps_its_hash_and_has_none() -> None:
    edition = Edition.from_json(FROZEN)
    assert edition.hash == sha256(FROZEN.encode()).hexdigest()
    assert edition.delivery is None
    assert not edition.delivers
    assert edition.standards_checker(Size.MAJOR, TODAY) == ""


@pytest.mark.parametrize(
    "without",
    [
        {"delivery": None},
        {"steps": {kind: terms for kind, terms in LEICESTER.steps.items() if kind != "end_stage"}},
        {"clauses": {leg: clause for leg, clause in LEICESTER.clauses.items() if leg != "benefit"}},
    ],
)
def test_without_rules_terms_or_a_clause_there_are_no_projects(without: dict[str, Any]) -> None:
    assert LEICESTER.delivers
    assert not LEICESTER.model_copy(update=without).delivers


def test_what_is_tolerated_and_who_decides_travel_as_values_of_their_own() -> None:
    assert isinstance(DELIVERY.tolerances, Tolerances)
    assert (int(DELIVERY.tolerances.cost_percent), DELIVERY.tolerances.days) == (10, 20)
    assert [band.authority for band in DELIVERY.matrix] == [*Authority]
    again = Edition.from_json(LEICESTER.to_json())
    assert again.delivery == DELIVERY
    assert '"over_percent":"10.00"' in LEICESTER.to_json()


# ------------------------------------------------------------------------------ faults

BOUNDARY = """      boundary:
        name: Stage boundary
        authorises: the next delivery stage
        documents: [stage_plan]
        after_pilot: [pilot_report]
"""
INVESTMENT = "        - name: Investment decision\n"
CHECKS = "      manager: {name: It has a project manager who is named and has the time for it}\n"
BANDS = """    - {budget: 100000, over_percent: 10, late: 20, authority: programme_office, illustrative: true}
    - {over_percent: 25, late: 60, authority: board, illustrative: true}
    - {authority: srg, illustrative: true}
"""
RULES = """      - {since: 2003-03-01, applies_to: major}
      - {since: 2007-04-01, applies_to: programme, illustrative: true}
"""
LAST = "    - {authority: srg, illustrative: true}\n"
MORE_GATES = "".join(
    f"        - {{name: Review {number}, authorises: the next stage}}\n" for number in range(6)
)
QUORUM = "    quorum: {rule: majority, present: 2, casting: true}\n"


def written(*rows: str) -> str:
    return "".join(f"    - {{{row}}}\n" for row in rows)


@pytest.mark.parametrize(
    ("old", "new", "below", "key", "message"),
    [
        # gates
        (BOUNDARY, "", None, "delivery.templates.prince2", "needs boundary, the gate after each stage, or"),
        (
            "      boundaries:\n" + INVESTMENT,
            BOUNDARY + "      boundaries:\n" + INVESTMENT,
            5,
            "delivery.templates.gateways.boundaries",
            "must be left out, or boundary must: a stage ends at one gate",
        ),
        (
            INVESTMENT,
            MORE_GATES + INVESTMENT,
            -1,
            "delivery.templates.gateways.boundaries",
            "names 8 gates, for 9 stages; a plan has 8 at most",
        ),
        (
            "name: Start-up\n",
            'name: ""\n',
            0,
            "delivery.templates.prince2.start_up.name",
            "must say it in words",
        ),
        (
            "authorises: the next delivery stage\n",
            'authorises: " "\n',
            0,
            "delivery.templates.prince2.boundary.authorises",
            "must say it in words",
        ),
        ("name: PRINCE 2 stages\n", 'name: ""\n', 0, "prince2.name", "must say what it is called"),
        (
            "        authorises: the next delivery stage\n",
            "",
            None,
            "delivery.templates.prince2.boundary.authorises",
            "is missing",
        ),
        (
            "    prince2:\n",
            "    prince 2:\n",
            0,
            "delivery.templates.prince 2",
            "is a key, and must be a word",
        ),
        (
            "      closure:\n        name: Closure\n",
            "      close:\n        name: Closure\n",
            0,
            "close",
            "is not a key",
        ),
        # papers
        (
            "documents: [initiation, procurement]",
            "documents: [initiation, tender]",
            0,
            "delivery.templates.gateways.initiation.documents[2]",
            "there is no kind of document tender",
        ),
        (
            "documents: [stage_plan, test_report]",
            "documents: [stage_plan, stage_plan]",
            0,
            "delivery.templates.gateways.boundaries[2].documents[2]",
            "stage_plan is asked for twice",
        ),
        (
            BOUNDARY,
            BOUNDARY.replace("[pilot_report]", "[stage_plan]"),
            4,
            "delivery.templates.prince2.boundary.after_pilot[1]",
            "stage_plan is asked for twice",
        ),
        (
            "    business_case: {name: Business case}\n",
            "    business case: {name: Business case}\n",
            0,
            "delivery.documents.business case",
            "is a key, and must be a word",
        ),
        (
            "megabytes: 10",
            "megabytes: 51",
            0,
            "delivery.attachments.megabytes",
            "is 51, and may be 50 at most",
        ),
        ("megabytes: 10", "megabytes: 0", 0, "delivery.attachments.megabytes", "must be more than 0"),
        ("megabytes: 10", "megabytes: ten", 0, "delivery.attachments.megabytes", "must be a whole number"),
        (
            "types: [pdf,",
            "types: [exe,",
            0,
            "delivery.attachments.types[1]",
            "is exe, a type whose content nobody could check; known are pdf, docx,",
        ),
        ("types: [pdf,", "types: [pdf, pdf,", 0, "delivery.attachments.types[2]", "pdf is named twice"),
        (
            "types: [pdf, docx, xlsx, pptx, odt, ods, odp, png, jpg, txt, csv]",
            "types: []",
            0,
            "delivery.attachments.types",
            "names none, so that no document could be handed in",
        ),
        # tolerance
        (
            "cost_percent: 10,",
            "cost_percent: -1,",
            0,
            "delivery.tolerances.cost_percent",
            "must be 0 or more",
        ),
        (
            "cost_percent: 10,",
            "cost_percent: lots,",
            0,
            "cost_percent",
            "must be a percentage, written as 10 or",
        ),
        (
            "cost_percent: 10,",
            "cost_percent: 101,",
            0,
            "cost_percent",
            "is more than 100 percent, and tolerates",
        ),
        ("days: 20,", "days: -5,", 0, "delivery.tolerances.days", "must be 0 or more"),
        ("days: 20,", "days: 2.5,", 0, "delivery.tolerances.days", "must be a whole number"),
        ("{cost_percent: 10, days: 20,", "{cost_percent: 10,", 0, "delivery.tolerances.days", "is missing"),
        # who decides past it
        (
            "  matrix:\n" + BANDS,
            "  matrix: []\n",
            0,
            "delivery.matrix",
            "has no row, so that nobody would decide",
        ),
        (
            LAST,
            written("over_percent: 50, authority: srg"),
            0,
            "delivery.matrix[3].over_percent",
            "must be left out: the last row has no limits, or nobody would decide beyond them",
        ),
        (BANDS, written("budget: 1, authority: srg"), 0, "delivery.matrix[1].budget", "must be left out"),
        (BANDS, written("late: 1, authority: srg"), 0, "delivery.matrix[1].late", "must be left out"),
        (
            BANDS,
            written("authority: board", "authority: srg"),
            1,
            "delivery.matrix[2]",
            "is never reached: row 1 holds wherever it would",
        ),
        (
            BANDS,
            written(
                "over_percent: 25, authority: board",
                "over_percent: 25, late: 5, authority: board",
                "authority: srg",
            ),
            1,
            "delivery.matrix[2]",
            "is never reached: row 1 holds wherever it would",
        ),
        (
            BANDS,
            written(
                "over_percent: 10, late: 20, authority: programme_office",
                "over_percent: 25, authority: board",
                "over_percent: 5, late: 20, budget: 1000, authority: board",
                "authority: srg",
            ),
            2,
            "delivery.matrix[3]",
            "is never reached: row 1 holds wherever it would",
        ),
        (
            BANDS,
            written("late: 5, authority: board", "authority: programme_office"),
            1,
            "delivery.matrix[2].authority",
            "is programme_office, less than board in the row before, for more",
        ),
        (
            LAST,
            written("authority: cabinet"),
            0,
            "delivery.matrix[3].authority",
            "is cabinet, and must be one of",
        ),
        (
            LAST,
            written("authority: srg, over: 5"),
            0,
            "delivery.matrix[3].over",
            "is not a key that is known",
        ),
        (BANDS, BANDS.replace("100000", "-1"), 0, "delivery.matrix[1].budget", "must be 0 or more"),
        (
            BANDS,
            BANDS.replace("over_percent: 25", "over_percent: a lot"),
            1,
            "delivery.matrix[2].over_percent",
            "must be a percentage",
        ),
        (
            BANDS,
            BANDS.replace("late: 60", "late: soon"),
            1,
            "delivery.matrix[2].late",
            "must be a whole number",
        ),
        # months and weeks
        (
            "[3, 6, 12, 24]",
            "[3, 6, 6, 24]",
            0,
            "delivery.benefits.months[3]",
            "is 6, and must be more than 6",
        ),
        (
            "[3, 6, 12, 24]",
            "[6, 3]",
            0,
            "delivery.benefits.months[2]",
            "is 3, and must be more than 6, the one",
        ),
        ("[3, 6, 12, 24]", "[0, 6]", 0, "delivery.benefits.months[1]", "must be more than 0"),
        ("[3, 6, 12, 24]", "[3, 121]", 0, "delivery.benefits.months[2]", "is 121, and may be 120 at most"),
        ("[3, 6, 12, 24]", "[]", 0, "delivery.benefits.months", "names none, so that nobody would be asked"),
        ("review: {months: 6,", "review: {months: 0,", 0, "delivery.review.months", "must be more than 0"),
        ("review: {months: 6,", "review: {months: 121,", 0, "delivery.review.months", "may be 120 at most"),
        ("least: 5", "least: 0", 0, "delivery.track_record.least", "must be more than 0"),
        ("least: 5", "least: 1", 0, "delivery.track_record.least", "is 1, and must be from 5 to 100 cases"),
        ("least: 5", "least: 4", 0, "delivery.track_record.least", "is 4, and must be from 5 to 100 cases"),
        ("least: 5", "least: 101", 0, "delivery.track_record.least", "must be from 5 to 100 cases"),
        # what no box of a report would take
        ("days: 20,", "days: 521,", 0, "delivery.tolerances.days", "is 521, and must be from 0 to 520"),
        ("late: 60,", "late: 1301,", 0, "delivery.matrix[2].late", "must be from 0 to 1300 working days"),
        (
            "over_percent: 25,",
            "over_percent: 1000.5,",
            0,
            "delivery.matrix[2].over_percent",
            "must be from 0 to 1000 percent",
        ),
        (
            "    checks:\n",
            "    put_right_days: 1000000\n    checks:\n",
            0,
            "delivery.standards.put_right_days",
            "is 1000000, and must be from 1 to 250 working days",
        ),
        # names by which people choose
        (
            "mandate: {name: Project mandate}",
            'mandate: {name: ""}',
            0,
            "delivery.documents.mandate.name",
            "must have words in it",
        ),
        (
            "web: {name: Web Strategy}",
            'web: {name: "-"}',
            0,
            "delivery.strategies.web.name",
            "must have words",
        ),
        (
            "web: {name: Web Strategy}",
            'web: {name: "communications  strategy"}',
            1,
            "delivery.strategies.communications.name",
            "as that of web is: nobody could tell them apart",
        ),
        (
            "name: Five gateway reviews",
            "name: PRINCE 2 stages",
            0,
            "delivery.templates.gateways.name",
            "is PRINCE 2 stages, as that of prince2 is: nobody could tell them apart",
        ),
        ("report_weeks: 4", "report_weeks: 0", 0, "delivery.report_weeks", "must be more than 0"),
        ("report_weeks: 4", "report_weeks: 27", 0, "delivery.report_weeks", "is 27, and may be 26 at most"),
        (
            "report_weeks: 4",
            "report_weeks: 1",
            None,
            "steps.highlight.ladder",
            "highlight ends on day 8, and reports are asked for every week: it must end before day 5, when",
        ),
        # standards
        (RULES, "", None, "delivery.standards.rules", "must be a list"),
        (
            "    rules:\n" + RULES,
            "    rules: []\n",
            0,
            "delivery.standards.rules",
            "has none, so that no project",
        ),
        (
            RULES,
            RULES + "      - {since: 2009-01-01, applies_to: major}\n",
            2,
            "delivery.standards.rules[3].applies_to",
            "major projects have a rule already, which has no end",
        ),
        (
            RULES,
            RULES.replace("2003-03-01", "2003-02-30"),
            0,
            "since",
            "2003-02-30 is not a date that exists",
        ),
        (
            RULES,
            RULES.replace("to: major", "to: all"),
            0,
            "rules[1].applies_to",
            "is all, and must be one of",
        ),
        (
            CHECKS,
            CHECKS.replace("manager:", "project manager:"),
            0,
            "delivery.standards.checks.project manager",
            "is a key, and must be a word",
        ),
        # assessments
        (
            "      in_house: {name",
            "      in.house: {name",
            0,
            "delivery.assessment.options.in.house",
            "is a key, and must be a word",
        ),
        (
            "{name: Partnership,",
            "{name: ' ',",
            0,
            "delivery.assessment.options.partnership.name",
            "must say what it is called",
        ),
        (
            "{name: Partnership,",
            "{name: in-house,",
            0,
            "delivery.assessment.options.partnership.name",
            "another option is called in-house already",
        ),
        (
            "    options:\n      in_house",
            "    choices:\n      in_house",
            0,
            "delivery.assessment.choices",
            "is not a key that is known here",
        ),
        # strategies
        (
            "Web Strategy}",
            "Web Strategy, lead: head-strategy-delivery}",
            0,
            "delivery.strategies.web.lead",
            "there is no post head-strategy-delivery",
        ),
        (
            "    web: {name",
            "    web.site: {name",
            0,
            "delivery.strategies.web.site",
            "is a key, and must be a word",
        ),
    ],
)
def test_every_fault_of_delivery_is_named_by_line_and_key(
    tmp_path: Path, old: str, new: str, below: int | None, key: str, message: str
) -> None:
    folder = copied(tmp_path)
    line = change(folder, "delivery.yaml", old, new)
    found = [fault for fault in faults(folder) if message in fault.message and key in fault.key]
    assert found, [str(fault) for fault in faults(folder)]
    if below is not None:
        places = [(fault.file, fault.line) for fault in found]
        assert (f"{folder}/delivery.yaml", line + below) in places


def test_a_handbook_without_templates_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / "delivery.yaml").read_text("utf-8")
    start, end = text.index("  templates:\n"), text.index("  documents:\n    mandate:")
    (folder / "delivery.yaml").write_text(f"{text[:start]}  templates: {{}}\n\n{text[end:]}", "utf-8")
    (fault,) = faults(folder)
    assert (fault.key, fault.message) == (
        "delivery.templates",
        "has none, so that no project could pass a gate",
    )


def test_standards_need_something_to_be_checked(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / "delivery.yaml").read_text("utf-8")
    start, end = text.index("    checks:\n"), text.index("    rules:\n")
    (folder / "delivery.yaml").write_text(f"{text[:start]}    checks: {{}}\n{text[end:]}", "utf-8")
    (fault,) = faults(folder)
    assert (fault.key, fault.message) == (
        "delivery.standards.checks",
        "has none, so that there would be nothing to check",
    )


@pytest.mark.parametrize(("name", "told"), [('""', "must have words"), ("SAME", "as that of")])
def test_what_standards_are_checked_by_is_told_apart(tmp_path: Path, name: str, told: str) -> None:
    folder = copied(tmp_path)
    assert DELIVERY.standards is not None
    first, second, *_ = DELIVERY.standards.checks.items()
    change(folder, "delivery.yaml", second[1].name, first[1].name if name == "SAME" else name)
    (fault,) = faults(folder)
    assert (fault.key, told in fault.message) == (f"delivery.standards.checks.{second[0]}.name", True)


def test_a_section_that_is_left_empty_says_that_proposals_will_wait(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "delivery.yaml").write_text("delivery:\n", "utf-8")
    told = handbook.explained(handbook.load(folder), TODAY)
    assert any("approved major proposals will wait" in sentence for sentence in told)


def test_a_strategy_whose_lead_s_post_is_vacant_is_told() -> None:
    held = tuple(one for one in LEICESTER.holdings if one.post != "head-technology")
    assert not [each for each in handbook.explained(LEICESTER, TODAY) if "the post that leads" in each]
    vacant = LEICESTER.model_copy(update={"holdings": held})
    (told,) = [each for each in handbook.explained(vacant, TODAY) if "the post that leads" in each]
    assert told.startswith("Nobody holds the post that leads, on ")
    assert "Technical Infrastructure Strategy (" in told


@pytest.mark.parametrize("options", ["{}", "{in_house: {name: In-house}}"])
def test_between_fewer_than_two_options_there_is_no_choice(tmp_path: Path, options: str) -> None:
    folder = copied(tmp_path)
    text = (folder / "delivery.yaml").read_text("utf-8")
    start = text.index("    options:\n      in_house")
    (folder / "delivery.yaml").write_text(f"{text[:start]}    options: {options}\n", "utf-8")
    (fault,) = faults(folder)
    assert fault.key == "delivery.assessment.options"
    assert fault.message.endswith("and there is no choice between fewer than two")


def test_without_options_nothing_is_assessed_and_no_terms_are_needed(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / "delivery.yaml").read_text("utf-8")
    start = text.index("\n  # How business processes are assessed")
    (folder / "delivery.yaml").write_text(text[: start + 1], "utf-8")
    for kind in ("assessment", "assessment_srg"):
        change(folder, "steps.yaml", step(kind), "")
    edition = handbook.load(folder)
    assert edition.delivers
    assert not assessing.assesses(edition)
    assert "Business processes are not assessed." in handbook.explained(edition, TODAY)


def test_where_there_is_no_srg_somebody_else_has_to_be_able_to_choose(tmp_path: Path) -> None:
    folder = copied(tmp_path, SHIPPED.parent / "herefordshire")
    text = (folder / "steps.yaml").read_text("utf-8")
    change(folder, "steps.yaml", text[text.index("  assessment_choice:\n") :], "")
    (fault,) = faults(folder)
    assert (fault.key, fault.message) == (
        "steps",
        "has no terms for assessment_choice, which an assessment may pass",
    )


# ------------------------------------------------------------------- terms and clauses


def step(kind: str) -> str:
    """The terms of a kind of question, as they are written."""
    text = (SHIPPED / "steps.yaml").read_text("utf-8")
    start = text.index(f"\n  {kind}:\n", text.index("\nsteps:\n")) + 1
    lines = text[start:].splitlines(keepends=True)
    following = (number for number, line in enumerate(lines[1:], start=1) if not line.startswith("    "))
    return "".join(lines[: next(following, len(lines))])


def offering(kind: str, choices: tuple[Choice, ...]) -> str:
    """The terms of a kind of question as they are written, with other choices."""
    written = step(kind)
    start, end = written.index("[") + 1, written.index("]")
    return written[:start] + ", ".join(choices) + written[end:]


NEEDED = reports.needed(srg=True, standards=True, assesses=True)
"""The kinds of question that Leicester has terms for."""


@pytest.mark.parametrize("kind", NEEDED)
def test_each_kind_of_question_needs_its_terms(tmp_path: Path, kind: str) -> None:
    folder = copied(tmp_path)
    change(folder, "steps.yaml", step(kind), "")
    (fault,) = faults(folder)
    who = "an assessment" if kind.startswith("assessment") else "a project"
    told = f"has no terms for {kind}, which {who} may pass"
    assert (fault.file, fault.key, fault.message) == (f"{folder}/steps.yaml", "steps", told)


@pytest.mark.parametrize("clause", reports.clauses(tuple(reports.KINDS)))
def test_each_question_needs_the_clause_that_puts_it(tmp_path: Path, clause: str) -> None:
    folder = copied(tmp_path)
    change(folder, "clauses.yaml", f"  {clause}:\n", "  another:\n")
    found = {(fault.key, fault.message) for fault in faults(folder)}
    assert found == {("clauses", f"has no clause for {clause}")}


WAYS = [
    (kind, ways, "refuse" if not any(choice.favourable for choice in ways) else "go on")
    for kind, each in reports.KINDS.items()
    if kind in NEEDED
    for ways in each.needs
    # Those without any other choice offer none at all then, which is told by itself.
    if {*each.choices} - {*ways}
]


@pytest.mark.parametrize(("kind", "ways", "what"), WAYS)
def test_a_question_without_a_way_to_go_on_or_to_refuse_is_told(
    tmp_path: Path, kind: str, ways: tuple[Choice, ...], what: str
) -> None:
    folder = copied(tmp_path)
    left = tuple(choice for choice in LEICESTER.terms()[kind].choices if choice not in ways)
    change(folder, "steps.yaml", step(kind), offering(kind, left))
    (fault,) = faults(folder)
    assert fault.key == f"steps.{kind}.choices"
    assert fault.message == f"leaves no way to {what}: it needs {' or '.join(ways)}"


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        ("gate", (Choice.AUTHORISE, Choice.RETURN)),
        ("gate", (Choice.AUTHORISE_WITH_CONDITIONS, Choice.CLOSE_EARLY)),
        ("highlight", (Choice.REPORT,)),
        ("exception_board", (Choice.EXCEPTION_PLAN, Choice.CLOSE_EARLY)),
        ("exception", (Choice.MORE_TOLERANCE, Choice.REFER_UP)),
        ("exception_srg", (Choice.EXCEPTION_PLAN, Choice.CLOSE_EARLY)),
        ("mandate", (Choice.REPORT,)),
    ],
)
def test_a_handbook_may_offer_less(tmp_path: Path, kind: str, choices: tuple[Choice, ...]) -> None:
    folder = copied(tmp_path)
    change(folder, "steps.yaml", step(kind), offering(kind, choices))
    assert handbook.load(folder).terms()[kind].choices == choices


@pytest.mark.parametrize(
    ("kind", "old", "new", "key", "message"),
    [
        ("gate", QUORUM, "", "steps.gate", "needs a quorum, by which the 3 seats of a board decide it"),
        ("exception_board", QUORUM, "", "steps.exception_board", "needs a quorum, by which the 3 seats of a"),
        (
            "gate",
            "present: 2",
            "present: 4",
            "steps.gate.quorum.present",
            "4 must be present, but there are 3 seats",
        ),
        (
            "exception_board",
            "rule: majority, present: 2, casting: true",
            "rule: n_of_m, needed: 4",
            "steps.exception_board.quorum.needed",
            "4 must agree, but there are 3 seats",
        ),
        (
            "gate",
            "rule: majority, present: 2, casting: true",
            "rule: one_of",
            "steps.gate.ladder",
            "project-board counts votes, and this is decided by no majority",
        ),
        (
            "gate",
            "    ladder: project-board\n",
            "    ladder: project-board\n    forum: srg\n",
            "steps.gate.forum",
            "must be left out: gate goes to the project's own board, not to a forum",
        ),
        (
            "review",
            "    ladder: delivery\n",
            "    ladder: delivery\n    forum: srg\n",
            "steps.review.forum",
            "must be left out: one post answers review",
        ),
        (
            "gate",
            "ladder: project-board",
            "ladder: money",
            "steps.gate.ladder",
            "money turns to the members' line, who would decide in the place of the members",
        ),
        (
            "gate_srg",
            "    ladder: board-meeting\n",
            "    ladder: board\n    silence: expire\n",
            "steps.gate_srg.ladder",
            "must not end with close, as board does: it stays open",
        ),
        (
            "exception_srg",
            "ladder: board-meeting",
            "ladder: at-the-meeting",
            "steps.exception_srg.ladder",
            "at-the-meeting turns to the secretary's line, who would decide in the place of the members",
        ),
        (
            "end_stage",
            "    ladder: consultation\n",
            "    ladder: challenge\n    silence: expire\n",
            "steps.end_stage.ladder",
            "must not end with close, as challenge does: it stays open",
        ),
        (
            "highlight",
            "    ladder: highlight\n    silence: expire\n",
            "    ladder: money\n",
            "steps.highlight.silence",
            "must be expire: the next report is asked for all the same",
        ),
        (
            "end_stage",
            "    deciding: false\n",
            "",
            "steps.end_stage.deciding",
            "must be false: a report settles nothing, and whoever wrote the proposal may write it",
        ),
        (
            "review_check",
            "    assurance: link\n",
            "    assurance: link\n    deciding: false\n",
            "steps.review_check.deciding",
            "must be true: of what is asked, only notification, bid_outcome,",
        ),
        (
            "highlight",
            "[report, unchanged, stage_done]",
            "[report, unchanged, approve]",
            "steps.highlight.choices[3]",
            "is approve, which leads nowhere; highlight may offer report, unchanged, stage_done",
        ),
        ("mandate", "[report, defer]", "[]", "steps.mandate.choices", "offers no choice"),
    ],
)
def test_terms_by_which_a_project_would_come_to_a_standstill_are_told(
    tmp_path: Path, kind: str, old: str, new: str, key: str, message: str
) -> None:
    folder = copied(tmp_path)
    terms = step(kind)
    assert terms.count(old) == 1
    change(folder, "steps.yaml", terms, terms.replace(old, new))
    found = [fault for fault in faults(folder) if fault.key == key and message in fault.message]
    assert found, [str(fault) for fault in faults(folder)]


def test_a_longer_ladder_needs_more_weeks_between_reports(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "steps.yaml", "{day: 8, nudge: close}", "{day: 20, nudge: close}")
    (fault,) = faults(folder)
    assert fault.key == "steps.highlight.ladder"
    assert (
        "ends on day 20, and reports are asked for every 4 weeks: it must end before day 20" in fault.message
    )
    change(folder, "delivery.yaml", "report_weeks: 4", "report_weeks: 5")
    assert handbook.load(folder).delivers


@pytest.mark.parametrize("kind", ["gate", "exception_board"])
def test_a_board_s_silence_ends_its_question_only_where_srg_stands_above(tmp_path: Path, kind: str) -> None:
    folder = copied(tmp_path)
    silent = step(kind).replace("    ladder: project-board\n", "    ladder: board\n    silence: expire\n")
    change(folder, "steps.yaml", step(kind), silent)
    assert handbook.load(folder).terms()[kind].silence is Silence.EXPIRE
    change(folder, "money.yaml", "  srg: srg\n", "")
    told = {(fault.key, fault.message) for fault in faults(folder)}
    assert (f"steps.{kind}.ladder", "must not end with close, as board does: it stays open") in told


def test_whoever_checks_reviews_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "money.yaml", "  reviewer: corp-projects-manager\n", "")
    (fault,) = faults(folder)
    assert (fault.key, fault.message.partition(":")[0]) == ("route.reviewer", "is missing")


def test_without_an_srg_nothing_waits_for_it(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "money.yaml", "  srg: srg\n", "")
    told = {fault.key: fault.message for fault in faults(folder)}
    assert told["delivery.matrix[3].authority"] == "is srg, but no SRG is named in route.srg"
    assert told["delivery.standards"].startswith("must be left out: SRG alone settles an exception from them")
    for kind in ("gate", "exception", "exception_board"):
        assert told[f"steps.{kind}.choices"] == "offers refer_up, but no SRG is named to refer to"


def test_without_the_section_nothing_is_asked_of_projects(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "delivery.yaml").unlink()
    change(folder, "steps.yaml", step("benefit"), "")
    change(folder, "clauses.yaml", "  highlight:\n", "  another:\n")
    edition = handbook.load(folder)
    assert edition.delivery is None
    assert not edition.delivers


# -------------------------------------------------------------------------------- ahead


SRG_MEETS = "    meets: {which: last, weekday: thursday, a_week_earlier_in: [december]}\n"


def test_what_projects_put_to_srg_waits_for_a_meeting_that_comes(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder, "forums.yaml", "    decides: email_then_meeting\n", "    decides: email\n")
    handbook.load(folder)
    change(folder, "forums.yaml", SRG_MEETS, "    also_meets: [2004-05-12]\n")
    (fault,) = faults(folder)
    assert (fault.key, fault.message.partition(",")[0]) == (
        "forums.srg",
        "has no meeting to come that papers can still reach",
    )


@pytest.mark.parametrize(
    ("file", "old", "key"),
    [
        ("forums.yaml", "    secretary: srg-secretary\n", "forums.srg.secretary"),
        (
            "organisation.yaml",
            "  corporate_projects_manager: corp-projects-manager\n",
            "roles.corporate_projects_manager",
        ),
    ],
)
def test_somebody_writes_down_what_srg_decides_and_checks_the_standards(
    tmp_path: Path, file: str, old: str, key: str
) -> None:
    folder = copied(tmp_path)
    change(folder, "forums.yaml", "    decides: email_then_meeting\n", "    decides: email\n")
    change(
        folder, "posts.yaml", "posts:\n", "posts:\n  loner: {title: Loner, email: loner@leicester.example}\n"
    )
    before, _, _ = old.partition(": ")
    change(folder, file, old, f"{before}: loner\n")
    (fault,) = faults(folder)
    assert (fault.key, fault.message.partition(",")[0]) == (key, "nobody holds loner")


def test_where_nothing_is_put_to_srg_its_secretary_and_meetings_are_not_waited_for() -> None:
    srg = LEICESTER.forums["srg"].model_copy(update={"meetings": (), "decides": handbook.Decides.EMAIL})
    edition = LEICESTER.model_copy(update={"forums": LEICESTER.forums | {"srg": srg}})
    assert [trail for trail, _ in ahead.gaps(edition, TODAY)] == [("forums", "srg")]
    assert not [*ahead.gaps(edition.model_copy(update={"delivery": None}), TODAY)]


# ------------------------------------------------------------------- told in words


@pytest.mark.parametrize(
    ("edition", "sentence"),
    [
        (
            LEICESTER,
            "PRINCE 2 stages: Stage boundary after each stage but the last authorises the next delivery "
            "stage. It asks for: Plan of the next stage, Report of the pilot (after a pilot).",
        ),
        (
            LEICESTER,
            "Five gateway reviews: Readiness for service after stage 2 authorises going live, and the stage "
            "in which it is taken into service. It asks for: Plan of the next stage, Report of the tests, "
            "Report of the pilot (after a pilot), how confident its board is of delivery.",
        ),
        (
            LEICESTER,
            "A project manager reports every 4 weeks; 10% of cost and 20 working days are tolerated, unless "
            "a plan that its board approves says otherwise.",
        ),
        (
            LEICESTER,
            "Who decides past tolerance: the PMO up to 10% over and 20 working days late of a budget up to "
            "£100,000; the project board up to 25% over and 60 working days late; else Strategic Resources "
            "Group.",
        ),
        (
            LEICESTER,
            "6 months after go-live a project is reviewed by its proposal's lead officer, checked by the "
            "Corporate Projects Manager - ICT & CA, and noted by Strategic Resources Group.",
        ),
        (
            LEICESTER,
            "The owner of a benefit says what has come about 3, 6, 12 and 24 months after go-live; a "
            "directorate's record is shown from 5 cases on.",
        ),
        (
            HEREFORDSHIRE,
            "Who decides past tolerance: the PMO up to 10% over and 20 working days late of a budget up to "
            "£100,000; else the project board.",
        ),
        (HEREFORDSHIRE, "Project standards are not checked."),
        (
            HEREFORDSHIRE,
            "6 months after go-live a project is reviewed by its proposal's lead officer, checked by the "
            "Corporate Programme Manager.",
        ),
        (
            LEICESTER,
            "Whoever assesses a business process weighs each of these, or says why not, and recommends one; "
            "Strategic Resources Group chooses: In-house; Shared with other councils; Partnership; Managed "
            "service; Outsourced.",
        ),
        (
            HEREFORDSHIRE,
            "Whoever assesses a business process weighs each of these, or says why not, and recommends one; "
            "the PMO chooses: In-house; Shared with other councils; Partnership; Managed service; "
            "Outsourced.",
        ),
        (
            LEICESTER.model_copy(update={"delivery": None}),
            "There are no rules for projects: approved major proposals will wait. None of them is "
            "delivered, reported on, reviewed or closed under this edition.",
        ),
    ],
)
def test_the_rules_of_delivery_are_explained(edition: Edition, sentence: str) -> None:
    assert sentence in handbook.explained(edition, TODAY)


def test_the_standards_and_the_strategies_are_explained() -> None:
    told = handbook.explained(LEICESTER, TODAY)
    checked = (
        "checks the standards of major projects from 1 March 2003 and projects that serve a strategy from"
    )
    assert any(checked in sentence for sentence in told)
    assert any(sentence.startswith("Gate SRG: authorise, ") for sentence in told)
    assert any("Information Management Strategy (led by the Head of ICT, Resources)" in each for each in told)


WHOLE = DELIVERY.model_dump()
GATEWAYS = WHOLE["templates"]["gateways"]


def _with(**parts: Any) -> dict[str, Any]:
    return WHOLE | parts


@pytest.mark.parametrize(
    ("after", "what", "was", "would_be"),
    [
        (_with(report_weeks=2), "report weeks", "4", "2"),
        (
            _with(
                tolerances=TolerancesEntry(
                    cost_percent=DELIVERY.tolerances.cost_percent, days=30
                ).model_dump()
            ),
            "tolerances: days",
            "20",
            "30",
        ),
        (
            _with(matrix=[WHOLE["matrix"][0] | {"budget": 250000, "over_percent": 10}, *WHOLE["matrix"][1:]]),
            "matrix: 1: budget",
            "£100,000",
            "£250,000",
        ),
        (
            _with(
                matrix=[WHOLE["matrix"][0], WHOLE["matrix"][1] | {"over_percent": "12.5"}, WHOLE["matrix"][2]]
            ),
            "matrix: 2: over percent",
            "25%",
            "12.5%",
        ),
        (
            _with(matrix=WHOLE["matrix"][1:]),
            "matrix: 3",
            "budget nothing, over percent nothing, late nothing, authority srg",
            "nothing",
        ),
        (
            _with(
                templates=WHOLE["templates"]
                | {
                    "gateways": GATEWAYS
                    | {
                        "boundaries": [
                            GATEWAYS["boundaries"][0] | {"documents": ()},
                            GATEWAYS["boundaries"][1],
                        ]
                    }
                }
            ),
            "templates: gateways: boundaries: 1: documents",
            "business_case; stage_plan",
            "nothing",
        ),
        (
            _with(templates={"prince2": WHOLE["templates"]["prince2"]}),
            "templates: gateways",
            "Five gateway reviews",
            "nothing",
        ),
        (_with(benefits={"months": (3, 12)}), "benefits: months", "3; 6; 12; 24", "3; 12"),
        (
            _with(
                standards=WHOLE["standards"]
                | {
                    "rules": [
                        WHOLE["standards"]["rules"][0] | {"since": "2003-04-01"},
                        WHOLE["standards"]["rules"][1],
                    ]
                }
            ),
            "standards: rules: 1: since",
            "1 March 2003",
            "1 April 2003",
        ),
        (
            _with(
                strategies=WHOLE["strategies"] | {"web": {"name": "Web Strategy", "lead": "sd-information"}}
            ),
            "strategies: web: lead",
            "nothing",
            "sd-information",
        ),
    ],
)
def test_what_differs_in_how_projects_are_delivered_is_told(
    after: dict[str, Any], what: str, was: str, would_be: str
) -> None:
    edition = Edition.model_validate(LEICESTER.model_dump() | {"delivery": after})
    told = {each.what: each for each in differences(LEICESTER, edition)}
    assert (told[what].section, told[what].before, told[what].after) == (
        "How projects are delivered",
        was,
        would_be,
    )


def test_an_edition_that_begins_to_deliver_projects_is_told() -> None:
    before = LEICESTER.model_copy(update={"delivery": None})
    (one,) = differences(before, LEICESTER)
    assert (one.section, one.what, one.before) == ("How projects are delivered", "", "nothing")
    assert "PRINCE 2 stages" in one.after
