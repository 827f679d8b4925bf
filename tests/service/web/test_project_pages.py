"""The page of a project: where it is, its gates, what is tolerated, its reports and its exceptions."""

import hashlib
import io
import re
from datetime import date

import pytest

from notifications.examples import rendered
from service import delivering
from service.documents import checked
from service.handbook import AttachmentRules
from service.proposals import ProposalDocument, provided
from service.store import actions, benefits, cases, documents, intents, journal, projects, texts, verify
from service.store import letters as ledger
from service.store.intents import Condition
from service.store.rebuild import drift
from service.web import recounting
from service.web.api import telling as api
from service.web.projecting import late, over
from tests.service.web.delivered import (
    MANAGER,
    NOTHING,
    PLAN,
    SPONSOR,
    USER,
    Delivery,
    eventful,
    report,
    stops,
)
from tests.service.web.office import Browser, Office
from tests.support.activities import done
from workflows.delivery import BenefitState, GateKind, ProjectState, Variance
from workflows.letters import read
from workflows.model import ActionState, Choice, Guard, State

PILOT = "Pilot in the hall"

PMO = "corp-projects-manager"


def sees(office: Office, path: str, post: str = "cd-rc") -> Browser:
    browser = office.signed_in(post)
    assert browser.see(path) == 200, browser.words
    return browser


# ------------------------------------------------------------------------ where it is


def test_a_project_that_has_just_begun_says_what_will_be_shown(office: Office) -> None:
    one = Delivery(office)
    page = sees(office, f"/cases/{one.ref}").words
    assert "Starting up Project of INV-2004-0001" in page
    assert "It is starting up" in page
    assert "Nothing is tolerated yet" in page
    assert "There is no plan yet" in page
    assert "Nothing has been reported yet" in page
    assert "It has passed no gate yet" in page
    assert "Project manager Not named yet" in page
    assert "No document has been handed in" in page
    assert "<script" not in sees(office, f"/cases/{one.ref}").page


def test_the_way_is_a_drawing_and_a_list_that_says_where_it_is(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    browser = sees(office, f"/cases/{one.ref}")
    assert "Start-up Done. Start-up passed on 13 September 2004" in browser.words
    assert "Stage 1: Build You are here. Planned to end on 31 January 2005" in browser.words
    way = "Stage 2: Pilot in the hall To come. Planned to end on 15 March 2005. Pilot: The Haymarket foyer"
    assert way in browser.words
    assert browser.page.count('aria-current="step"') == 1
    assert 'role="img"' in browser.page
    assert "It is in stage 1 of 2, Build." in browser.words


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ProjectState.AT_GATE, "It is at the gate after stage 1 of 2, Build."),
        (ProjectState.IN_EXCEPTION, "It is stopped in stage 1 of 2, Build"),
        (ProjectState.CLOSING, "It is being closed."),
        (ProjectState.CLOSED_EARLY, "Closed early"),
    ],
)
def test_each_state_has_a_sentence(office: Office, state: ProjectState, said: str) -> None:
    one = Delivery(office)
    one.in_stage()
    if state is ProjectState.CLOSED_EARLY:
        one.becomes(ProjectState.CLOSING)
    one.becomes(state)
    assert said in sees(office, f"/cases/{one.ref}").words


def test_a_plan_that_is_not_approved_is_shown_as_proposed(office: Office) -> None:
    one = Delivery(office)
    one.named()
    one.planned()
    page = sees(office, f"/cases/{one.ref}").words
    assert (
        "A plan is proposed and not approved yet: 2 stages, £140,000, going live on Thursday 31 March 2005."
        in page
    )


# ---------------------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("missed", "money", "time"),
    [
        (Variance(), "As approved", "As approved"),
        (
            Variance(over="28000.00", over_percent="20.00", late=22),
            "£28,000 over (20%)",
            "22 working days late",
        ),
        (Variance(over="-500.50", over_percent="-0.36", late=-1), "£500.50 under", "1 working day early"),
        (Variance(over="5.00", over_percent="100"), "£5 over (100%)", "As approved"),
    ],
)
def test_a_variance_in_words(missed: Variance, money: str, time: str) -> None:
    assert (over(missed), late(missed.late)) == (money, time)


def test_one_report_is_shown_with_its_charts_and_as_it_was_made(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    office.days_pass(14)
    one.reports(report("147000.00", "2005-04-14", "amber"))
    browser = sees(office, f"/cases/{one.ref}")
    assert "Cost 5% over, 10% tolerated" in browser.words
    assert "Cost £7,000 over (5%) 10% over" in browser.words
    assert "Highlight report 1 , 27 September 2004 £147,000. £7,000 over (5%)" in browser.words
    assert 'id="chart-cost-title"' in browser.page
    assert 'id="chart-go-live-title"' in browser.page
    browser.see(f"/cases/{one.ref}/reports/1")
    assert browser.heading == "Highlight report, 27 September 2004"
    assert "Report 1 of 1. It stays as it was made" in browser.words
    assert "Forecast go-live Thursday 14 April 2005" in browser.words
    assert browser.see(f"/cases/{one.ref}/reports/2") == 404
    assert browser.see(f"/cases/{one.parent}/reports/1") == 404


def test_sixty_reports_fit_and_it_is_counted_how_often_nothing_had_changed(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    one.reports(report("140000.00", "2005-03-31"))
    for _ in range(59):
        office.days_pass(7)
        one.reports(NOTHING, Choice.UNCHANGED)
    browser = sees(office, f"/cases/{one.ref}")
    assert "That nothing had changed was reported 59 times in 60 reports, 59 of them in a row up to now." in (
        browser.words
    )
    assert browser.page.count("Highlight report ") >= 60


def test_a_plan_that_costs_nothing_and_one_that_costs_a_lot(office: Office) -> None:
    one = Delivery(office)
    free = {**PLAN, "stage_cost_1": "0.00", "stage_cost_2": "0.00"}
    one.in_stage(free)
    one.reports(report("0.00", "2005-03-31"))
    assert "0% over, 10% tolerated" in sees(office, f"/cases/{one.ref}").words
    one.reports(report("999999999.99", "2005-03-31"))
    assert "£999,999,999.99 over (100%)" in sees(office, f"/cases/{one.ref}").words


def test_a_day_that_has_passed_is_not_shown_as_kept(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    one.reports(report("140000.00", "2005-03-31", forecast_stage_ends="2005-01-31"))
    # From 13 September 2004 to Monday 18 April 2005.
    office.days_pass(217)
    browser = sees(office, f"/cases/{one.ref}")
    assert "It was to go live on Thursday 31 March 2005, and nobody has said that it did." in browser.words
    assert "Time 12 working days late, 20 tolerated" in browser.words
    assert rows(browser, "Plan against forecast") == [
        "Stage 1: Build 31 January 2005 Not yet: 31 January 2005 has passed 53 working days late",
        "Stage 2: Pilot in the hall 15 March 2005 Not yet: 15 March 2005 has passed 22 working days late",
        "Going live 31 March 2005 Not yet: 31 March 2005 has passed 12 working days late",
    ]
    assert "12 working days late" in sees(office, f"/cases/{one.parent}").words
    one.reports(report("140000.00", "2005-03-31", went_live="2005-03-31"))
    browser = sees(office, f"/cases/{one.ref}")
    assert "nobody has said that it did" not in browser.words
    assert rows(browser, "Plan against forecast")[-1] == (
        "Going live 31 March 2005 31 March 2005, as it was As approved"
    )


# -------------------------------------------------------------- gates and exceptions


def test_a_life_of_gates_exceptions_and_plans(office: Office) -> None:
    one = eventful(office)
    page = sees(office, f"/cases/{one.ref}").words
    assert "Stage boundary after stage 1, passed on 11 January 2005 Passed on" in page
    assert "Passed on Tuesday 11 January 2005 It let go on The next delivery stage." in page
    assert "Budget £25,000 over (17.86%) Time 26 working days late Objectives Partly met" in page
    assert "Condition: Train the box office" in page
    settled = "More is tolerated on 12 December 2004: 25% over and 40 working days late"
    assert f"Exception 1, in stage 1. {settled} Raised on Sunday 12 December 2004" in page
    assert "Past what is tolerated Time (" in page
    assert "risk (rated red)" in page
    assert "Who decides the project board" in page
    assert "More is tolerated on 12 December 2004: 25% over and 40 working days late" in page
    assert "The forecast is past what is tolerated (exception 1), and the next gate waits." in page
    assert "Train the box office ACT-" in page
    assert "The project's next gate waits until it is met." in page
    since = "since 25 January 2005 (0 working days)."
    assert f"Waits for the next report of Head of ICT, Regeneration and Culture {since}" in page
    assert "On Tuesday 8 February 2005, the next highlight report is asked for." in page
    assert drift(office.store) == ()


def test_a_new_plan_is_named_as_such_in_the_record(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    told = one.answered(one.asks("exception_plan", MANAGER, key="exception-plan-1"), said=PLAN)
    done(one.activities.planned(told))
    one.passes(3, GateKind.EXCEPTION_PLAN, 1, plan=told.step)
    browser = sees(office, f"/cases/{one.ref}")
    assert "Exception plan, passed on 13 September 2004 Passed on" in browser.words
    assert "It let go on The new plan, by which reports are measured from then on." in browser.words
    assert "The next delivery stage" not in browser.words
    with office.store.reading() as tx:
        gates = api.project(tx, cases.get(tx, one.ref)).gates
    assert [gate.name for gate in gates] == ["Start-up", "Initiation", "Exception plan"]


def test_what_was_tolerated_when_a_plan_was_approved_is_not_written_over(office: Office) -> None:
    one = eventful(office)
    browser = sees(office, f"/cases/{one.ref}")
    assert rows(browser, "Plans that were approved") == [
        "Plan 1 13 September 2004 £140,000 31 March 2005 "
        "10% over, 20 working days late; later 25% over, 40 working days late"
    ]
    assert "Plan 1 is approved with it, by which it is measured." in browser.words
    assert drift(office.store) == ()


@pytest.mark.parametrize(("gates", "ways"), [(0, "Stopped here"), (1, "Done")])
def test_one_that_falls_away_is_stopped_where_it_stood(office: Office, gates: int, ways: str) -> None:
    one = Delivery(office)
    if gates:
        one.named()
        one.passes(1, GateKind.START_UP)
    one.becomes(ProjectState.CLOSED_EARLY)
    page = sees(office, f"/cases/{one.ref}").words
    assert f"Start-up {ways}" in page
    assert ("Initiation Stopped here" in page) is bool(gates)


def test_the_latest_stands_outright_and_what_is_further_back_is_folded_away(office: Office) -> None:
    one = eventful(office)
    page = sees(office, f"/cases/{one.ref}").page
    outright = re.sub(r"<details.*?</details>", "", page, flags=re.S)
    folded = re.findall(r"<details.*?</details>", page, re.S)
    reports = re.findall(rf"/cases/{one.ref}/reports/(\d)\">", outright)
    before = next(part for part in folded if "5 reports before that" in part)
    assert (reports, re.findall(r"/reports/(\d)\">", before)) == (["6"], ["5", "4", "3", "2", "1"])
    names = [re.sub(r"<[^>]+>", "", part.partition("</summary>")[0]).strip() for part in folded]
    gates = [name for name in names if ", passed on " in name]
    assert [name.partition(",")[0] for name in gates] == [
        "Stage boundary after stage 1",
        "Initiation",
        "Start-up",
    ]
    happened = re.findall(r"<ol class=\"govuk-list\" reversed>.*?</ol>", page, re.S)
    assert happened[0].count("<li>") == 3
    assert "£166,000" in happened[0]
    assert "It was opened" in happened[1]
    assert page.count("<details") == page.count('<details class="govuk-details'), "each by the design system"


def test_an_exception_that_is_not_decided_is_not_folded_away(office: Office) -> None:
    one = Delivery(office)
    stops(one)
    page = sees(office, f"/cases/{one.ref}").page
    assert re.search(r"<details[^>]* open>\s*<summary[^>]*>\s*<span[^>]*>Exception 1, in stage 1", page)


def test_the_report_on_the_whole_says_of_which_report_its_ratings_are(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    ended = {"went_live": "2004-09-10", "final_cost": "150000.00", "objectives": "met"}
    one.reports(ended, kind="end_project", key="end-project")
    assert "As the project manager rated it" not in sees(office, f"/cases/{one.ref}/reports/1").words
    assert "Nothing has been rated yet" in sees(office, f"/cases/{one.ref}").words
    office.days_pass(1)
    one.reports(report("140000.00", "2005-03-31", "amber"))
    office.days_pass(1)
    one.reports(ended, kind="end_project", key="end-project")
    browser = sees(office, f"/cases/{one.ref}/reports/3")
    assert "This report asks for no ratings. These are of report 2 , 14 September 2004." in browser.words
    assert "no ratings" not in sees(office, f"/cases/{one.ref}/reports/2").words
    page = sees(office, f"/cases/{one.ref}").words
    assert "By the report of Tuesday 14 September 2004." in page
    with office.store.reading() as tx:
        told = api.project(tx, cases.get(tx, one.ref)).reports
    assert [bool(each.ratings) for each in told] == [False, True, False]


def test_a_project_that_is_over_is_told_as_what_it_came_to(office: Office) -> None:
    one = eventful(office)
    with office.store.reading() as tx:
        (ref,) = (each.ref for each in actions.of_case(tx, one.ref))
    assert "The project's next gate waits" in sees(office, f"/cases/{one.ref}").words
    office.became(ref, ActionState.VERIFIED)
    assert "The project's next gate waits" not in sees(office, f"/cases/{one.ref}").words
    office.days_pass(100)
    ended = {"went_live": "2005-05-10", "final_cost": "150000.00", "objectives": "met"}
    one.becomes(ProjectState.CLOSING)
    one.reports(ended, kind="end_project", key="end-project")
    with office.store.reading() as tx:
        told = delivering.stands(tx, projects.must(tx, one.ref))
        closed = f"{tx.today:%-d %B %Y}"
    assert told == (
        "£150,000 final cost, £10,000 (7.15%) over the approved £140,000; 25% over was tolerated.",
        "It went live on Tuesday 10 May 2005, 27 working days after the approved Thursday 31 March 2005; "
        "40 were tolerated.",
    )
    one.becomes(ProjectState.CLOSED)
    office.days_pass(400)
    page = sees(office, f"/cases/{one.ref}").page
    plan = page.partition('id="chart-plan-title"')[2].partition("</svg>")[0]
    cost = page.partition('id="chart-cost-title"')[2].partition("</svg>")[0]
    assert "Today" not in plan
    assert closed in cost
    assert "2006" not in cost
    page = sees(office, f"/cases/{one.parent}").words
    assert "Went live Tuesday 10 May 2005" in page
    assert "Final cost £10,000 over" in page
    assert "Goes live" not in page
    assert "Went live on 10 May 2005" in sees(office, "/cases?kind=project").words
    last = sees(office, f"/cases/{one.ref}/reports/7").words
    assert "Final cost £150,000. £10,000 over" in last
    assert "Went live Tuesday 10 May 2005. 27 working days late" in last
    assert "Forecast" not in last.partition("As the project manager")[0]


def test_one_that_closed_early_never_goes_live(office: Office) -> None:
    one = Delivery(office)
    one.named()
    one.becomes(ProjectState.CLOSED_EARLY)
    assert "Never went live" in sees(office, "/cases?kind=project").words
    assert "Went live Never" in sees(office, f"/cases/{one.parent}").words


def test_a_stage_that_was_reported_done_ended_on_that_day(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    office.days_pass(14)
    stands = report("140000.00", "2005-03-31", forecast_stage_ends="2005-01-31")
    one.reports(stands, Choice.STAGE_DONE)
    first = "Stage 1: Build 31 January 2005 27 September 2004, as it was 84 working days early"
    assert rows(sees(office, f"/cases/{one.ref}"), "Plan against forecast")[0] == first
    office.days_pass(1)
    one.reports(stands, kind="end_stage", key="end-stage-1")
    assert rows(sees(office, f"/cases/{one.ref}"), "Plan against forecast")[0] == first
    # Whatever is reported beside its gate, it has ended; only a new plan may have it go on.
    office.days_pass(1)
    one.reports(stands)
    assert rows(sees(office, f"/cases/{one.ref}"), "Plan against forecast")[0] == first
    office.days_pass(1)
    one.passes(3, GateKind.EXCEPTION_PLAN, 1)
    again = "Stage 1: Build 31 January 2005 31 January 2005 As approved"
    assert rows(sees(office, f"/cases/{one.ref}"), "Plan against forecast")[0] == again


def test_checks_of_standards_and_the_exception_they_raise(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    step = one.asks("standards_check", PMO, key="standards-1")
    said = {"standard_plan": "met", "standard_risks": "not_met"}
    told = one.answered(step, Choice.FALL_SHORT, said, reason="There is no list of risks")
    exception = done(one.activities.standards_checked(told))
    page = sees(office, f"/cases/{one.ref}").words
    assert "Not met: Its risks and issues are written down and have owners." in page
    assert exception in page
    browser = sees(office, f"/cases/{exception}")
    assert "Raised Exception from the project standards, of PRJ-2004-0001" in browser.words
    assert "SRG has not taken it up yet" in browser.words
    assert "Its risks and issues are written down and have owners" in browser.words
    assert f"It was opened, as it follows from {one.ref}." in browser.words
    assert exception in sees(office, "/cases?kind=standards_exception").words


def handed_in(
    one: Delivery, name: str, kind: str = "", *, key: str = "", body: bytes = b"", by: str = MANAGER
) -> None:
    """Attach a document, as a report on a question of a key brings it, or as its page does."""
    ref, body = one.ref, body or b"%PDF-1.4 " + name.encode() + b" %%EOF"
    with one.office.store.writing() as tx:
        document = checked(io.BytesIO(body), name, AttachmentRules())
        documents.put(tx, io.BytesIO(body), document)
        paper = documents.paper(document, kind)
        step = f"{ref}.{key}.1" if key else ""
        documents.attached(tx, ref, paper, by=one.office.holder(by), by_post=by, step=step)


def rows(browser: Browser, caption: str) -> list[str]:
    """The rows of a table as words."""
    table = re.search(rf"<caption[^>]*>{caption}.*?</table>", browser.page, re.S)
    found = re.findall(r"<tr.*?</tr>", table[0], re.S)[1:] if table else []
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def test_documents_are_listed_with_what_they_are_which_gate_asks_for_them_and_who_handed_them_in(
    office: Office,
) -> None:
    one = Delivery(office)
    one.in_stage()
    handed_in(one, "Mandate.pdf", "mandate", key="mandate", by=SPONSOR)
    handed_in(one, "Plan.pdf", "stage_plan", key="end-stage-1")
    handed_in(one, "Plan.pdf", "stage_plan", key="end-stage-1", body=b"%PDF-1.4 better %%EOF")
    handed_in(one, "Aside.pdf")
    browser = sees(office, f"/cases/{one.ref}")
    manager = office.edition.people[office.holder(MANAGER)]
    who = f"13 September 2004 by {manager.name}, "

    found = rows(browser, "Documents, the latest first") + rows(browser, "Documents before that")
    assert [row.split()[0] for row in found] == ["Aside.pdf", "Plan.pdf", "Mandate.pdf"]
    assert found[0].startswith(f"Aside.pdf Document 24 bytes {who}")
    assert found[1].startswith(f"Plan.pdf Plan of the next stage Stage boundary after stage 1 21 bytes {who}")
    assert found[2].startswith("Mandate.pdf Project mandate Start-up ")
    assert [row.split()[0] for row in rows(browser, "Documents that were replaced")] == ["Plan.pdf"]
    assert browser.get(f"/cases/{one.ref}/documents/3").content == b"%PDF-1.4 better %%EOF"
    assert f'href="/cases/{one.ref}/documents/3">Plan.pdf<' in browser.page


def test_a_document_that_was_erased_is_named_without_a_way_to_it(office: Office) -> None:
    one = Delivery(office)
    handed_in(one, "Plan.pdf", "initiation")
    with office.store.writing() as tx:
        documents.erase(tx, documents.must(tx, one.ref, 1).hash)
    browser = sees(office, f"/cases/{one.ref}")
    assert "Plan.pdf (erased)" in browser.words
    assert f"/cases/{one.ref}/documents/1" not in browser.page


def test_an_exception_from_the_standards_shows_and_gives_out_the_documents_of_its_project(
    office: Office,
) -> None:
    one = Delivery(office)
    one.in_stage()
    handed_in(one, "Risks.pdf")
    step = one.asks("standards_check", PMO, key="standards-1")
    told = one.answered(step, Choice.FALL_SHORT, {"standard_risks": "not_met"}, reason="No list")
    exception = done(one.activities.standards_checked(told))
    browser = sees(office, f"/cases/{exception}")
    assert "Documents of the project Risks.pdf A PDF, 24 bytes" in browser.words
    assert browser.get(f"/cases/{exception}/documents/1").content == b"%PDF-1.4 Risks.pdf %%EOF"
    assert browser.get(f"/cases/{exception}/documents/2").status_code == 404
    assert "Hand in documents" not in sees(office, f"/cases/{exception}/documents").words
    asked = one.asks("standards_srg", "srg-secretary", key="standards", case=exception)
    reader = office.browser()
    reader.see(office.link(asked, "srg-secretary"))
    reader.press()
    assert "Risks.pdf" in reader.words
    (address,) = re.findall(r'href="(/a/document/[^"]+)"', reader.page)
    assert reader.get(address).content == b"%PDF-1.4 Risks.pdf %%EOF"
    read, hash = office.token(PMO, "read:case"), hashlib.sha256(b"%PDF-1.4 Risks.pdf %%EOF").hexdigest()
    for ref in (one.ref, exception):
        (document,) = browser.get(f"/api/v1/cases/{ref}", headers=read).json()["documents"]
        assert (document["case"], document["name"], document["size"]) == (one.ref, "Risks.pdf", 24)
        assert document["sha256"] == hash
        assert browser.get(document["address"]).status_code == 200
    with office.store.writing() as tx:
        documents.erase(tx, hash)
    (erased,) = browser.get(f"/api/v1/cases/{exception}", headers=read).json()["documents"]
    assert (erased["address"], erased["sha256"]) == (None, hash)


def test_what_stages_are_called_can_be_erased_and_their_figures_stay(office: Office) -> None:
    one = eventful(office)
    said = {f"It is in stage 2 of 2, {PILOT}.", f"Stage 2: {PILOT}", "Pilot: The Haymarket foyer"}
    pages = [f"/cases/{one.ref}", f"/cases/{one.parent}", f"/cases/{one.ref}/record", "/programme"]
    told = " ".join(sees(office, page).words for page in pages)
    assert {words for words in said if words not in told} == set()
    with office.store.writing() as tx:
        record = journal.export(tx, one.ref)
        assert "plan.proposed" in record
        assert [words for words in (PILOT, "The Haymarket foyer", '"Build"') if words in record] == []
        plans = {made.key for made in intents.decisions_of(tx, one.ref) if "stage_name_1" in made.answers}
        for line in journal.lines(tx, one.ref):
            if line.kind == "decision.submitted" and line.data["decision"] in plans:
                texts.erase(tx, line.data["words_hash"])
    told = " ".join(sees(office, page).words for page in pages)
    assert PILOT not in told
    assert "It is in stage 2 of 2, (erased)." in told
    assert "Stage 2: (erased)" in told
    assert "Pilot: (erased)" in told
    headers = office.token("pmo", "read:case")
    answer = office.browser().get(f"/api/v1/cases/{one.ref}", headers=headers).json()
    stages = [(stage["name"], stage["pilot"]) for stage in answer["project"]["baseline"]["stages"]]
    assert stages == [("(erased)", ""), ("(erased)", "(erased)")]
    with office.store.reading() as tx:
        assert verify.verify(tx).intact
    assert drift(office.store) == ()


def test_no_line_of_the_record_is_without_words(office: Office) -> None:
    one = eventful(office)
    one.reads(one.benefits[0], 3, "2500")
    refs = (one.ref, one.parent, *one.benefits)
    with office.store.reading() as tx:
        kinds = {line.kind for ref in refs for line in journal.lines(tx, ref)}
    assert {"project.named", "gate.passed", "benefit.read"} <= kinds
    assert kinds - {*recounting.told_kinds()} == set()
    assert "It passed the gate after stage 1." in sees(office, f"/cases/{one.ref}/record").words


# ----------------------------------------------------------------- proposal, lists, work


def test_the_proposal_shows_its_project_and_its_benefits(office: Office) -> None:
    one = eventful(office)
    page = sees(office, f"/cases/{one.parent}").words
    assert f"Its project is {one.ref}. It is in stage 2 of 2, Pilot in the hall." in page
    assert "Its review follows when the project has ended." in page
    assert f"Project {one.ref} In a stage" in page
    assert "What has come of its benefits" in page
    assert one.benefits[0] in page
    assert "Waits for its project to go live since" in page


def test_the_map_goes_through_project_and_review(office: Office) -> None:
    one = Delivery(office)
    assert one.ref
    assert "Project Here now" in sees(office, f"/cases/{one.parent}").words
    office.became(one.parent, State.IN_REVIEW, number=3)
    page = sees(office, f"/cases/{one.parent}").words
    assert "Project Done" in page
    assert "Post-implementation review Here now" in page
    office.became(one.parent, State.CLOSED, number=4)
    assert "Post-implementation review Done" in sees(office, f"/cases/{one.parent}").words


def test_lists_and_my_work_know_projects_and_benefits(office: Office) -> None:
    one = eventful(office)
    listed = sees(office, "/cases?kind=project").words
    assert one.ref in listed
    assert "10 May 2005" in listed
    assert "Waits for the next report of" in listed
    assert one.benefits[0] in sees(office, "/cases?kind=benefit").words
    assert "No exception is like that" in sees(office, "/cases?kind=standards_exception").words
    work = sees(office, "/work", MANAGER).words
    assert "Your projects, benefits and assessments" in work
    assert "It is in stage 2 of 2, Pilot in the hall." in work
    one.asks("highlight", MANAGER, round=9)
    assert (
        "highlight report, as Head of ICT, Regeneration and Culture" in sees(office, "/work", MANAGER).words
    )
    assert "Your projects, benefits and assessments" not in sees(office, "/work", "internal-audit").words


# -------------------------------------------------------------------------------- people


def changing(office: Office, ref: str, by: str = PMO, **said: str) -> Browser:
    browser = office.signed_in(by)
    assert browser.see(f"/cases/{ref}/people") == 200
    browser.press(**{"reason": "She has left", **said})
    return browser


def test_the_pmo_puts_another_in_the_managers_place(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    browser = changing(office, one.ref, manager="hoict-sch")
    assert browser.heading == "Change who runs this project?"
    assert "in the place of Head of ICT, Regeneration and Culture" in browser.words
    assert office.engine.people_changed_of == []
    assert browser.press(True, "confirm") == 200
    assert office.engine.people_changed_of == [(one.ref, 1)]
    assert "became project manager on Monday 13 September 2004" in browser.words
    assert "She has left." in browser.words
    with office.store.reading() as tx:
        now = projects.must(tx, one.ref)
        assert (now.manager, now.people, now.people_heard) == ("hoict-sch", 1, 1)
    assert "as project manager." in browser.words
    assert drift(office.store) == ()


PEOPLE: list[tuple[dict[str, str], dict[str, str]]] = [
    (
        {"manager": "hoict-sch"},
        {
            "hoict-sch": "You are now the project manager: ",
            MANAGER: "You are no longer the project manager: ",
        },
    ),
    (
        {"senior_user": "bh-sports"},
        {"bh-sports": "You are now the senior user: ", USER: "You are no longer the senior user: "},
    ),
    # Whoever takes another place is written to once, and whoever keeps one hears what they keep.
    (
        {"executive": USER, "senior_user": "bh-sports"},
        {
            USER: "You are now the executive: ",
            "bh-sports": "You are now the senior user: ",
            SPONSOR: "You are no longer the executive: ",
        },
    ),
]


@pytest.mark.parametrize(("said", "told"), PEOPLE)
def test_whoever_comes_to_a_project_and_whoever_leaves_it_has_a_letter(
    office: Office, said: dict[str, str], told: dict[str, str]
) -> None:
    one = Delivery(office)
    one.in_stage()
    changing(office, one.ref, **said).press(True, "confirm")
    with office.store.reading() as tx:
        rows = [row for row in ledger.of_case(tx, one.ref) if row.kind == "project_people"]
    subjects = {row.post: str(rendered(read(row.props))["Subject"]) for row in rows}
    assert {*subjects} == {*told}
    for post, subject in told.items():
        assert subjects[post].startswith(subject)
    assert all(row.props["reason"] == "She has left" for row in rows)
    assert {row.key for row in rows} <= {*office.engine.delivered}
    assert drift(office.store) == ()


def test_what_the_engine_does_not_hear_is_told_again(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    office.engine.hears = False
    changing(office, one.ref, manager="hoict-sch").press(True, "confirm")
    with office.store.reading() as tx:
        assert [project.ref for project in projects.unheard_people(tx)] == [one.ref]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, "Choose another post in at least one of the places"),
        ({"manager": ""}, "Choose a post"),
        ({"manager": "nobody-knows"}, "Choose a post"),
        ({"manager": SPONSOR}, "The executive manages the project as well"),
        ({"manager": "hoict-sch", "reason": " "}, "Say why: it is shown on the project and kept"),
        ({"manager": "hoict-sch", "reason": "x" * 2_001}, "Use 2,000 characters or fewer"),
    ],
)
def test_people_who_cannot_be_are_refused_by_the_box(
    office: Office, said: dict[str, str], error: str
) -> None:
    one = Delivery(office)
    one.in_stage()
    browser = changing(office, one.ref, **said)
    assert error in browser.words
    assert "There is a problem" in browser.words
    assert office.engine.people_changed_of == []


def test_a_change_over_another_is_looked_at_first(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    late = changing(office, one.ref, manager="hoict-sch")
    changing(office, one.ref, by=SPONSOR, manager="hoict-ce").press(True, "confirm")
    assert late.press(True, "confirm") == 409
    with office.store.reading() as tx:
        assert projects.must(tx, one.ref).manager == "hoict-ce"


def twice(browser: Browser, action: str = "confirm", /, **said: str) -> tuple[int, int]:
    """Press the button of a page two times before its answer has come."""
    page, at = browser.page, browser.at
    first = browser.press(True, action, **said)
    browser.page, browser.at = page, at
    return first, browser.press(True, action, **said)


def lines(office: Office, ref: str, kind: str) -> int:
    with office.store.reading() as tx:
        return sum(line.kind == kind for line in journal.lines(tx, ref))


def test_people_who_are_put_in_place_by_two_presses_are_put_there_once(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    browser = changing(office, one.ref, manager="hoict-sch")
    assert twice(browser) == (200, 200)
    assert "became project manager on Monday 13 September 2004" in browser.words
    assert lines(office, one.ref, "project.people_changed") == 1
    other = changing(office, one.ref, manager="hoict-ce")
    same = changing(office, one.ref, manager="hoict-ce", reason="Another reason")
    other.press(True, "confirm")
    assert same.press(True, "confirm") == 409


def test_a_link_that_names_the_proposal_is_shown_on_the_project_as_well(office: Office) -> None:
    first, second = two(office)
    joins(office, first.ref, "links", second.parent).press(True, "confirm")
    assert first.ref in sees(office, f"/cases/{second.ref}").words
    headers = office.token(PMO, "read:case")
    told = office.browser().get(f"/api/v1/cases/{second.ref}", headers=headers).json()
    assert told["project"]["linked"] == [first.ref]


@pytest.mark.parametrize("how", ["live", "closed"])
def test_what_was_delivered_is_closed_by_its_review_and_not_withdrawn(office: Office, how: str) -> None:
    one = Delivery(office)
    one.in_stage()
    browser = sees(office, f"/cases/{one.parent}", SPONSOR)
    assert "Withdraw this proposal" in browser.words
    if how == "live":
        one.reports({"went_live": "2004-09-10"})
    else:
        one.becomes(ProjectState.CLOSED)
    browser.see(f"/cases/{one.parent}")
    assert "Withdraw this proposal" not in browser.words
    assert browser.see(f"/cases/{one.parent}/withdraw") == 409
    assert "What came of it is reviewed" in browser.words


@pytest.mark.parametrize(("act", "kind"), [("links", "project.linked"), ("waits-for", "project.waits_for")])
def test_what_is_joined_by_two_presses_is_joined_once(office: Office, act: str, kind: str) -> None:
    first, second = two(office)
    browser = joins(office, first.ref, act, second.ref)
    assert twice(browser) == (200, 200)
    assert f"/cases/{first.ref}" == browser.at
    assert lines(office, first.ref, kind) == 1


def test_waiting_ended_by_two_presses_is_ended_once_and_may_begin_anew(office: Office) -> None:
    first, second = two(office)
    joins(office, first.ref, "waits-for", second.ref).press(True, "confirm")
    ending = sees(office, f"/cases/{first.ref}/waits-for/{second.ref}/end", PMO)
    assert twice(ending, "/end", reason="They are there") == (200, 200)
    assert lines(office, first.ref, "project.waits_no_more") == 1
    joins(office, first.ref, "waits-for", second.ref).press(True, "confirm")
    assert lines(office, first.ref, "project.waits_for") == 2, "it is another wish than the first"


def test_a_reading_corrected_by_two_presses_is_corrected_once(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    benefit = one.benefits[0]
    one.becomes(BenefitState.MEASURING, benefit)
    one.reads(benefit, 3, "2500")
    browser = sees(office, f"/cases/{benefit}/correct", PMO)
    browser.press(month="3", value="٢٤٠٠", rating="green", reason="A week was left out")
    assert "Enter a number in digits" in browser.words
    browser.press(month="3", value="2400", rating="green", reason="A week was left out")
    assert twice(browser) == (200, 200)
    assert "corrected since" in browser.words
    assert lines(office, benefit, "benefit.corrected") == 1


@pytest.mark.parametrize("number", ["x", "0", "-1", "9" * 30, "²"])
def test_a_report_of_no_number_is_not_found(office: Office, number: str) -> None:
    one = Delivery(office)
    browser = office.signed_in(PMO)
    assert browser.see(f"/cases/{one.ref}/reports/{number}") == 404
    assert browser.heading == "Page not found"


@pytest.mark.parametrize("act", ["people", "report-now", "links", "waits-for"])
def test_only_the_pmo_or_the_executive_steers_a_project(office: Office, act: str) -> None:
    one = Delivery(office)
    one.in_stage()
    path = f"/cases/{one.ref}/{act}"
    of_executive = act in ("people", "report-now")
    assert office.signed_in(PMO).see(path) == 200
    assert office.signed_in(SPONSOR).see(path) == (200 if of_executive else 403)
    assert office.signed_in(MANAGER).see(path) == 403
    assert office.signed_in(PMO).see(f"/cases/{one.parent}/{act}") == 409
    assert office.signed_in(PMO).see(f"/cases/PRJ-2004-0009/{act}") == 404
    assert ("Change the manager" in sees(office, f"/cases/{one.ref}", MANAGER).words) is False


def test_nothing_is_steered_once_it_is_over(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    one.becomes(ProjectState.CLOSING)
    one.becomes(ProjectState.CLOSED_EARLY)
    assert office.signed_in(PMO).see(f"/cases/{one.ref}/people") == 409
    assert "Change the manager" not in sees(office, f"/cases/{one.ref}", PMO).words


# ------------------------------------------------------------------------ report at once


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (True, "The project manager is asked for a report."),
        (False, "No report was asked for: one was asked for already"),
        (None, "asked for a report at once."),
    ],
)
def test_a_report_is_asked_for_at_once(office: Office, asked: bool | None, said: str) -> None:
    one = Delivery(office)
    one.in_stage()
    office.engine.in_time = asked
    browser = sees(office, f"/cases/{one.ref}/report-now", PMO)
    browser.press(reason="")
    assert "Say why" in browser.words
    assert office.engine.reports_wanted == []
    assert browser.press(reason="SRG asks") == 200
    assert office.engine.reports_wanted == [(one.ref, 1)]
    assert said in browser.words
    with office.store.reading() as tx:
        assert len(projects.unheard_wishes(tx)) == (asked is None)


def test_without_a_stage_there_is_nothing_to_report(office: Office) -> None:
    one = Delivery(office)
    browser = sees(office, f"/cases/{one.ref}/report-now", PMO)
    assert browser.press(reason="SRG asks") == 409
    assert "Ask for a report now" not in sees(office, f"/cases/{one.ref}", PMO).words


# ------------------------------------------------------------------------ links, waiting


def two(office: Office) -> tuple[Delivery, Delivery]:
    """Two projects whose plans are approved."""
    first, second = Delivery(office), Delivery(office, "PROP-03")
    first.in_stage()
    second.in_stage()
    return first, second


def joins(office: Office, ref: str, act: str, other: str, reason: str = "It needs its lines") -> Browser:
    browser = sees(office, f"/cases/{ref}/{act}", PMO)
    browser.press(other=other, reason=reason)
    return browser


def test_a_project_is_measured_together_with_another(office: Office) -> None:
    first, second = two(office)
    browser = joins(office, first.ref, "links", second.ref.lower())
    assert browser.heading == f"Measure it together with {second.ref}?"
    assert browser.press(True, "confirm") == 200
    assert f"Measured together with {second.ref}" in browser.words
    assert f"had it measured together with {second.ref}." in browser.words
    for other, error in (
        (second.ref, f"It is measured together with {second.ref} already"),
        (first.ref, "That is this project itself"),
        (first.parent, "That is this project itself"),
        ("PRJ-1999-0001", "Enter the reference of a project or a proposal"),
        ("", "Enter the reference of a project or a proposal"),
        (first.benefits[0], "Enter the reference of a project or a proposal"),
    ):
        assert error in joins(office, first.ref, "links", other).words


def test_a_project_waits_for_another_and_a_circle_is_refused(office: Office) -> None:
    first, second = two(office)
    browser = joins(office, first.ref, "waits-for", second.ref)
    assert browser.press(True, "confirm") == 200
    assert f"Waits for {second.ref}" in browser.words
    assert "It needs its lines" in browser.words
    for ref, other, error in (
        (second.ref, first.ref, f"Then nobody could begin: {second.ref}, which waits for {first.ref}"),
        (first.ref, second.ref, f"It waits for {second.ref} already"),
        (first.ref, first.ref, "A project does not wait for itself"),
        (first.ref, second.parent, "Enter the reference of a project, such as"),
    ):
        assert error in joins(office, ref, "waits-for", other).words
    ending = sees(office, f"/cases/{first.ref}/waits-for/{second.ref}/end", PMO)
    ending.press(reason="")
    assert "Say why" in ending.words
    assert ending.press(reason="They are there") == 200
    assert f"waits for {second.ref} no more." in ending.words
    assert office.signed_in(PMO).see(f"/cases/{first.ref}/waits-for/{second.ref}/end") == 404
    assert drift(office.store) == ()


def test_a_condition_that_two_of_its_board_set_is_shown_once_with_who_asked_for_it(office: Office) -> None:
    one = Delivery(office)
    one.named()
    train = Condition(text="Train the box office", owner=MANAGER, by=date(2005, 4, 1), guards=Guard.GATE)
    one.passes(1, GateKind.START_UP, conditions=(train,), each=True)
    page = sees(office, f"/cases/{one.ref}").words
    said = "Asked for by Budget holder, De Montfort Hall and Corporate Director, Regeneration and Culture"
    assert page.count(f"{said}.") == 1
    with office.store.reading() as tx:
        (action,) = actions.of_case(tx, one.ref)
    assert page.count(f"Train the box office {action.ref} Agreed") == 1
    assert said in sees(office, f"/cases/{action.ref}").words


# ------------------------------------------------------------------------------ benefits


def test_a_benefit_that_is_expected_says_when_it_is_asked(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    page = sees(office, f"/cases/{one.benefits[0]}").words
    assert f"Expected Benefit of {one.parent}" in page
    assert "3; 6; 12; and 24 months after go-live" in page or "3, 6, 12 and 24 months after go-live" in page
    assert "as it is forecast to go live on 31 March 2005" in page
    # So long after go-live is a Saturday.
    assert "31 March 2006; and 2 April 2007" in page or "31 March 2006 and 2 April 2007" in page
    assert "Nothing has been read yet" in page
    assert "Correct a reading" not in page


def test_a_reading_is_corrected_by_a_new_one_and_both_are_shown(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    benefit = one.benefits[0]
    one.becomes(BenefitState.MEASURING, benefit)
    one.reads(benefit, 3, "2500")
    one.reads(benefit, 6, "4100", "amber")
    browser = sees(office, f"/cases/{benefit}", PMO)
    assert 'id="chart-readings-title"' in browser.page
    assert "6 months after go-live" in browser.words
    browser.see(f"/cases/{benefit}/correct")
    browser.press(month="6", value="£4,200", rating="", reason="")
    for error in (
        "Enter a number in digits",
        "Choose how it stands",
        "Say why the earlier reading was wrong",
    ):
        assert error in browser.words
    browser.press(month="6", value="4200", rating="green", reason="A week was left out")
    assert browser.heading == "Correct this reading?"
    assert browser.press(True, "confirm") == 200
    assert "corrected since" in browser.words
    assert "in the place of the one before" in browser.words
    assert "A week was left out" in browser.words
    assert browser.page.count("<del>") == 1
    assert "The earlier one is kept." in browser.words
    with office.store.reading() as tx:
        assert [each.value for each in benefits.readings(tx, benefit)] == ["2500", "4100", "4200"]
    assert drift(office.store) == ()


def test_only_its_owner_and_the_pmo_correct_a_reading(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    benefit = one.benefits[0]
    assert office.signed_in(PMO).see(f"/cases/{benefit}/correct") == 409
    one.reads(benefit, 3, "2500")
    with office.store.reading() as tx:
        owner = benefits.must(tx, benefit).owner
    assert office.signed_in(owner).see(f"/cases/{benefit}/correct") == 200
    assert office.signed_in("internal-audit").see(f"/cases/{benefit}/correct") == 403
    assert office.signed_in(PMO).see(f"/cases/{one.ref}/correct") == 409
    again = sees(office, f"/cases/{benefit}/correct", PMO)
    again.press(month="3", value="2500", rating="green", reason="To be sure")
    assert "That is what the reading says already" in again.words


# ------------------------------------------------------------------------------ programs


def test_programs_are_told_a_project_and_its_benefits(office: Office) -> None:
    one = eventful(office)
    one.reads(one.benefits[0], 3, "2500")
    headers, browser = office.token("cd-rc"), office.browser()
    told = browser.get(f"/api/v1/cases/{one.ref}", headers=headers).json()
    project = told["project"]
    assert (told["kind"], told["state"]) == ("project", "in_stage")
    assert told["waiting"][0]["next"] == "the next highlight report is asked for"
    assert (project["stage"], project["follows"], project["manager"]) == (2, one.parent, MANAGER)
    assert project["board"] == [SPONSOR, USER, "ict-services"]
    assert (project["baseline"]["cost"], project["baseline"]["tolerated_percent"]) == ("140000.00", "25")
    assert (project["forecast"]["cost"], project["forecast"]["over"]) == ("166000.00", "26000.00")
    assert [gate["gate"] for gate in project["gates"]] == ["start_up", "initiation", "boundary"]
    assert project["gates"][2]["objectives"] == "partly"
    assert project["exceptions"][0]["outcome"] == "more_tolerance"
    assert [report["unchanged"] for report in project["reports"]] == [False, True, True, False, False, False]
    assert [
        case["ref"] for case in browser.get("/api/v1/cases?kind=project", headers=headers).json()["items"]
    ] == [one.ref]
    benefit = browser.get(f"/api/v1/cases/{one.benefits[0]}", headers=headers).json()["benefit"]
    assert (benefit["follows"], benefit["readings"][0]["value"]) == (one.parent, "2500")
    described = browser.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert described["ProjectTold"]["example"]["baseline"]["cost"] == "140000.00"
    assert "example" in described["BenefitTold"]
    listed = browser.get("/api/v1/cases?kind=project&status=in_exception", headers=headers).json()
    assert listed["items"] == []


def test_a_proposal_and_a_standards_exception_have_no_project_of_their_own(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    told = one.answered(
        one.asks("standards_check", PMO, key="standards-1"), Choice.FALL_SHORT, reason="No plan"
    )
    exception = done(one.activities.standards_checked(told))
    headers, browser = office.token("cd-rc"), office.browser()
    parent = browser.get(f"/api/v1/cases/{one.parent}", headers=headers).json()
    assert (parent["state"], parent["project"], parent["benefit"]) == ("in_project", None, None)
    raised = browser.get(f"/api/v1/cases/{exception}", headers=headers).json()
    assert raised["standards_exception"]["follows"] == one.ref
    assert raised["project"] is None


def test_a_gate_that_was_passed_by_initiation_makes_the_plan(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    with office.store.reading() as tx:
        assert [gate.gate for gate in projects.gates(tx, one.ref)] == [GateKind.START_UP, GateKind.INITIATION]
    assert "Approved plan Plan 1" in sees(office, f"/cases/{one.ref}").words


def test_a_plan_that_was_made_anew_is_a_second_step_in_the_charts(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    office.days_pass(28)
    one.reports(report("150000.00", "2005-04-29"))
    office.days_pass(14)
    another = {**PLAN, "stage_cost_1": "110000.00", "go_live": "2005-05-31", "stage_ends_2": "2005-05-13"}
    told = one.answered(one.asks("exception_plan", MANAGER, key="exception-plan-1"), said=another)
    done(one.activities.planned(told))
    assert (
        "Another plan is proposed and not approved yet: £160,000" in sees(office, f"/cases/{one.ref}").words
    )
    one.passes(3, GateKind.EXCEPTION_PLAN, 1, plan=told.step)
    browser = sees(office, f"/cases/{one.ref}")
    assert "Exception plan, passed on 25 October 2004 Passed on Monday 25 October 2004" in browser.words
    assert "Approved plan Plan 2: what is reported from then on is held against it" in browser.words
    assert "Plan 2 25 October 2004 £160,000 31 May 2005" in browser.words
    steps = re.findall(r'assent-chart__line--approved" d="(M4[^"]*V[^"]*)"', browser.page)
    assert len(steps) == 2, "of the cost and of the day"


def test_a_project_that_is_closed_has_all_its_way_behind_it(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    one.passes(3, GateKind.BOUNDARY, 1)
    one.becomes(ProjectState.CLOSING)
    assert "Closure You are here" in sees(office, f"/cases/{one.ref}").words
    one.passes(4, GateKind.CLOSURE, 2)
    one.becomes(ProjectState.CLOSED)
    browser = sees(office, f"/cases/{one.ref}")
    assert "Closure Done. Closure passed on 13 September 2004" in browser.words
    assert 'aria-current="step"' not in browser.page
    assert "Closed on 13 September 2004." in browser.words


def test_a_project_that_shares_personal_data_says_what_it_cannot_go_live_without(office: Office) -> None:
    shares, does_not = Delivery(office, "PROP-03"), Delivery(office)
    owed = "It cannot go live without one"
    with office.store.reading() as tx:
        read = ProposalDocument.model_validate(cases.content(tx, shares.parent) or {})
    assert (owed in sees(office, f"/cases/{shares.ref}").words) is provided.shares_with_partner(
        read, office.edition
    )
    assert owed not in sees(office, f"/cases/{does_not.ref}").words
