"""Pages, lists and the API have every case, also a project and what follows from it."""

from datetime import date
from typing import Any

import pytest

from activities.benefits import Benefits
from activities.projects import Projects
from service.store import cases, projects
from tests.service.store import samples
from tests.service.web.office import BEGINS, Office
from tests.service.web.test_rights import routes
from tests.support.activities import FakeMailroom, done
from workflows.delivery import GateKind, GatePassed, ProjectInHand, ProjectTold
from workflows.model import Ask, CaseWaiting, SeatAsk, State, StepOpening

MANDATE = samples.MANDATE.model_copy(
    update={
        "manager": "hoict-rc",
        "executive": "cd-rc",
        "senior_user": "bh-dmh",
        "senior_supplier": "ict-services",
        "linked": (),
    }
)


@pytest.fixture
def course(office: Office) -> Projects:
    return Projects(office.store, FakeMailroom(), office.links)


@pytest.fixture
def project(office: Office, course: Projects) -> ProjectInHand:
    """A project in its first stage, of which a report is late."""
    parent = office.submitted()
    office.became(parent, State.APPROVED)
    ref = done(course.opened(parent))
    done(course.in_hand(ref))
    told = ProjectTold(case=ref, step=f"{ref}.mandate.1", at=BEGINS)
    with office.store.writing() as tx:
        projects.named(tx, told, MANDATE)
        projects.planned(tx, told, samples.PLAN)
    passed = GatePassed(
        case=ref, number=1, gate=GateKind.INITIATION, stage=0, step="s", plan_step=told.step, at=BEGINS
    )
    done(course.gate_passed(passed))
    with office.store.writing() as tx:
        report = told.model_copy(update={"step": f"{ref}.highlight.1", "stage": 1})
        projects.reported(tx, report, samples.REPORT)
    return done(course.in_hand(ref))


@pytest.fixture
def exception(office: Office, project: ProjectInHand) -> str:
    told = ProjectTold(case=project.case, step=f"{project.case}.standards-1.1", at=BEGINS, stage=1)
    with office.store.writing() as tx:
        case = cases.get(tx, project.case)
        return projects.checked(
            tx, case, told, {"risks": "not_met"}, title="Its standards", summary="No owner"
        )


def asked(office: Office, project: ProjectInHand, kind: str, *posts: str, **facts: Any) -> str:
    ask = Ask.model_validate(
        {
            "case": project.case,
            "key": kind,
            "round": 1,
            "version": 1,
            "content_hash": project.content_hash,
            "clause": project.clauses[kind],
            "seats": [SeatAsk(key=post, post=post) for post in posts],
            "terms": project.terms[kind],
            **facts,
        }
    )
    done(office.register.opened(StepOpening(ask=ask, at=BEGINS)))
    return ask.step


@pytest.mark.parametrize(
    ("kind", "listed"),
    [("project", "PRJ-2004-0001"), ("benefit", "BEN-2004-0001"), ("standards_exception", "EXC-2004-0001")],
)
def test_each_kind_has_its_list_its_page_and_its_record(
    office: Office, project: ProjectInHand, exception: str, kind: str, listed: str
) -> None:
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases?kind={kind}") == 200
    assert listed in browser.words
    assert browser.see(f"/cases?kind={kind}&overdue=yes") == 200
    for page in (f"/cases/{listed}", f"/cases/{listed}/record", f"/cases/{listed}/versions"):
        assert browser.see(page) == 200, page
    assert browser.see("/cases") == 200
    assert listed not in browser.words


def test_the_page_of_a_project_tells_its_course_in_words(
    office: Office, project: ProjectInHand, exception: str
) -> None:
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{project.case}")
    for told in (
        "It was opened, as it follows from INV-2004-0001.",
        "Head of ICT, Regeneration and Culture manages it; its board are Corporate Director",
        "A plan was put forward: 2 stages, £140,000, going live on 31 March 2005.",
        "It passed the gate of initiation. Its plan is baseline 1, by which it is measured.",
        "£168,000 and go-live on 2 May 2005 are forecast.",
        f"Its standards were checked: 1 standard is not met, and {exception} was raised.",
    ):
        assert told in browser.words
    browser.see(f"/cases/{project.parent}")
    assert f"Its project {project.case} was opened." in browser.words
    assert "Benefit BEN-2004-0001 was opened." in browser.words


def test_the_api_tells_a_project_as_it_tells_other_cases(
    office: Office, project: ProjectInHand, exception: str
) -> None:
    browser, headers = office.browser(), office.token("corp-projects-manager")
    listed = browser.get("/api/v1/cases?kind=project", headers=headers).json()["items"]
    assert [(one["ref"], one["kind"], one["state"]) for one in listed] == [
        (project.case, "project", "starting")
    ]
    for ref in (project.case, exception, "BEN-2004-0001"):
        told = browser.get(f"/api/v1/cases/{ref}", headers=headers)
        assert told.status_code == 200, told.text
        assert told.json()["route"] == []
        assert browser.get(f"/api/v1/cases/{ref}/journal", headers=headers).status_code == 200


def test_where_a_project_is_says_what_comes_next_and_when(office: Office, project: ProjectInHand) -> None:
    wait = CaseWaiting(
        case=project.case,
        number=1,
        key="highlight",
        leg="highlight",
        since=BEGINS,
        until=BEGINS.replace(year=2005),
        on="hoict-rc",
    )
    done(office.course.waits(wait))
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{project.case}")
    assert "the next highlight report is asked for." in browser.words


def test_a_proposal_in_project_does_not_say_that_its_project_is_still_to_come(
    office: Office, project: ProjectInHand
) -> None:
    office.became(project.parent, State.IN_PROJECT, number=2)
    wait = CaseWaiting(
        case=project.parent, number=1, key="project", leg="project", since=BEGINS, until=None, on="cd-rc"
    )
    done(office.course.waits(wait))
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{project.parent}")
    assert "Its review follows when the project has ended." in browser.words
    assert "until its project begins" not in browser.words


@pytest.mark.parametrize(
    ("kind", "posts", "question"),
    [
        ("gate", ("cd-rc", "bh-dmh", "ict-services"), "May this project pass its next gate?"),
        ("exception", ("corp-projects-manager",), "The forecast is past what is tolerated."),
    ],
)
def test_a_question_of_a_project_is_read_with_how_it_stands(
    office: Office, project: ProjectInHand, kind: str, posts: tuple[str, ...], question: str
) -> None:
    step = asked(office, project, kind, *posts)
    browser = office.browser()
    browser.see(office.link(step, posts[0]))
    browser.press()
    assert browser.at.startswith("/a/read/"), browser.words
    assert question in browser.words
    assert "£168,000 forecast, £28,000 (20%) over the approved £140,000" in browser.words
    assert "£0" not in browser.words


def test_what_is_put_before_srg_is_on_its_agenda_and_in_its_pack(
    office: Office, project: ProjectInHand, exception: str
) -> None:
    srg = office.edition.forums["srg"]
    about = done(Projects(office.store, FakeMailroom(), office.links).exception_in_hand(exception))
    day = next(day for day in srg.meetings if day > BEGINS.date())
    wait = CaseWaiting(
        case=exception,
        number=1,
        key="standards",
        leg="meeting",
        since=BEGINS,
        until=BEGINS.replace(year=day.year, month=day.month, day=day.day),
        on="srg",
    )
    done(office.course.waits(wait))
    browser = office.signed_in(srg.secretary)
    assert browser.see(f"/meetings/srg/{day}") == 200
    assert f"Its standards ({exception}) Exception from the project standards." in browser.words
    assert browser.see(f"/meetings/srg/{day}/items/{exception}.standards") == 200
    assert "Summary No owner Sponsor Corporate Director, Regeneration and Culture" in browser.words
    assert "£0" not in browser.words
    assert browser.get(f"/meetings/srg/{day}/pack.pdf").status_code == 200
    assert about.case == project.case


def test_a_benefit_in_hand_goes_by_when_its_project_goes_live(office: Office, project: ProjectInHand) -> None:
    benefit = done(Benefits(office.store, FakeMailroom()).in_hand("BEN-2004-0001"))
    assert benefit.go_live is not None
    assert (benefit.go_live.day, benefit.go_live.certain) == (date(2005, 5, 2), False)


@pytest.mark.parametrize("ref", ["PRJ-2004-0001", "BEN-2004-0001", "EXC-2004-0001"])
def test_no_page_or_answer_about_it_is_a_fault(
    office: Office, project: ProjectInHand, exception: str, ref: str
) -> None:
    """What only proposals have is not found, or refused, and never breaks."""
    browser = office.signed_in("corp-projects-manager")
    token = office.token("corp-projects-manager")
    paths = [path for method, path, _ in routes(office) if method == "GET" and path.count("{") == 1]
    pages = {path.replace("{ref}", ref) for path in paths if "{ref}" in path}
    assert f"/cases/{ref}" in pages
    faults = {}
    for page in sorted(pages):
        status = browser.get(page, headers=token if page.startswith("/api") else {}).status_code
        if status >= 500:
            faults[page] = status
    assert faults == {}


def test_no_list_is_a_fault_where_a_project_waits(
    office: Office, project: ProjectInHand, exception: str
) -> None:
    asked(office, project, "gate", "cd-rc", "bh-dmh", "ict-services")
    office.days_pass(60)
    browser = office.signed_in("corp-projects-manager")
    token = office.token("corp-projects-manager")
    lists = [path for method, path, _ in routes(office) if method == "GET" and "{" not in path]
    found = {path: browser.get(path, headers=token if path.startswith("/api") else {}) for path in lists}
    assert [path for path, answer in found.items() if answer.status_code >= 500] == []
    assert project.case in browser.get("/cases?kind=project&overdue=yes").text
