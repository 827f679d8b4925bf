"""What was typed into a report is never lost: it is there when its page is opened again, until it is sent."""

import pytest
from sqlalchemy import bindparam, select

from service.store import report_drafts, texts
from service.store.tables import INTENTS
from tests.service.web import delivery
from tests.service.web.delivery import END_STAGE, HIGHLIGHT, MANAGER, SPONSOR, Delivery, papers_for
from tests.service.web.office import Browser, Office
from tests.support import files
from workflows.delivery import Tolerance
from workflows.model import Choice

WORDS_OF = select(INTENTS.c.words_hash).where(INTENTS.c.step == bindparam("step"))
LONG = END_STAGE | {"issues": "The lines are late.\nNobody has the key.", "lessons": "Ask the hall first"}
KEY = "end-stage-1"


@pytest.fixture
def stage(office: Office) -> Delivery:
    """A project in its first stage, with an approved plan."""
    town = delivery.begun(office)
    town.in_stage()
    return town


def asked(stage: Delivery) -> str:
    """Ask for the end stage report, or ask again."""
    return stage.put("end_stage", MANAGER, key=KEY)


def boxes(browser: Browser) -> dict[str, str]:
    return {name: str(said) for name, said in browser.form("/a/read/").fields.items()}


def typed_day(fields: dict[str, str], name: str) -> str:
    return "-".join(fields[f"{name}-{part}"] for part in ("year", "month", "day"))


def test_it_is_saved_for_later_as_it_is_and_stands_there_when_its_page_is_opened_again(
    stage: Delivery,
) -> None:
    step = asked(stage)
    browser = stage.reading(step, MANAGER)
    days = {"next_ends-day": "31", "next_ends-month": "", "next_ends-year": "2005"}
    half = {name: said for name, said in LONG.items() if name not in ("objectives", "next_ends")}
    assert browser.press(True, "/a/read/", keep="later", **half | days | {"forecast_cost": "about 1"}) == 200
    assert "Nothing is handed in yet" in browser.words
    assert stage.office.engine.decided[-1].step != step
    again = stage.reading(step, MANAGER)
    assert "The boxes hold what you typed on" in again.words
    fields = boxes(again)
    assert fields["issues"].splitlines() == ["The lines are late.", "Nobody has the key."]
    assert (fields["forecast_cost"], fields["rating_time"]) == ("about 1", "amber")
    assert typed_day(fields, "next_ends") == "2005--31"
    assert fields["choice"] == Choice.REPORT, "or the boxes would not be seen"


def test_a_box_that_was_cleared_stays_clear(stage: Delivery) -> None:
    step = stage.put("highlight", MANAGER)
    browser = stage.reading(step, MANAGER)
    assert boxes(browser)["forecast_cost"] == "140,000"
    empty = {f"forecast_go_live-{part}": "" for part in ("day", "month", "year")}
    browser.press(True, "/a/read/", keep="later", forecast_cost="", **empty)
    fields = boxes(stage.reading(step, MANAGER))
    assert (fields["forecast_cost"], typed_day(fields, "forecast_go_live")) == ("", "--")


def test_what_was_left_with_its_faults_is_there_again(stage: Delivery) -> None:
    step = asked(stage)
    assert (
        stage.reading(step, MANAGER).press(True, "/a/read/", choice="report", **LONG | {"products": ""})
        == 422
    )
    fields = boxes(stage.reading(step, MANAGER))
    assert (fields["lessons"], fields["products"]) == (LONG["lessons"], "")


def test_what_was_left_before_it_was_confirmed_is_there_again(stage: Delivery) -> None:
    step = asked(stage)
    browser = stage.reading(step, MANAGER)
    assert browser.hand_in(papers_for(browser), choice="report", **LONG) == 200
    assert browser.at.startswith("/a/check/")
    fields = boxes(stage.reading(step, MANAGER))
    assert (fields["lessons"], typed_day(fields, "next_ends")) == (LONG["lessons"], "2005-3-29")


def test_a_report_that_is_put_off_keeps_what_was_typed_and_uploaded_for_the_next_round(
    stage: Delivery,
) -> None:
    step = asked(stage)
    browser = stage.reading(step, MANAGER)
    later = {
        "until-day": "14",
        "until-month": "2",
        "until-year": "2005",
        "reason": "The last tests are next week",
    }
    assert browser.hand_in({"document": ("Tests.pdf", files.PDF)}, **LONG | later, choice="defer") == 200
    assert browser.at.startswith("/a/check/")
    browser.press()
    stage.closes(step, Choice.DEFER)
    assert "documents" not in stage.made(step).answers
    again = stage.reading(asked(stage), MANAGER)
    fields = boxes(again)
    assert (fields["lessons"], fields["issues"].splitlines()[-1]) == (LONG["lessons"], "Nobody has the key.")
    assert "Tests.pdf" in again.words
    assert fields["choice"] == Choice.REPORT
    assert again.hand_in(papers_for(again), **{**fields, "choice": "report"}) == 200
    assert again.at.startswith("/a/check/"), again.words
    again.press()
    assert "Tests.pdf" in stage.made(f"{stage.ref}.{KEY}.2").answers["documents"].text


def test_once_it_is_handed_in_nothing_is_kept_and_a_returned_one_begins_with_what_was_sent(
    stage: Delivery,
) -> None:
    step = asked(stage)
    stage.reading(step, MANAGER).press(True, "/a/read/", keep="later", **LONG | {"lessons": "Not this"})
    stage.answers(step, MANAGER, LONG)
    with stage.office.store.reading() as tx:
        person = stage.office.holder(MANAGER)
        assert report_drafts.get(tx, case=stage.ref, key=KEY, person=person) is None
    again = stage.reading(asked(stage), MANAGER)
    assert boxes(again)["lessons"] == LONG["lessons"]
    assert "did not hand in" not in again.words


def test_what_was_typed_can_be_thrown_away(stage: Delivery) -> None:
    step = stage.put("highlight", MANAGER)
    browser = stage.reading(step, MANAGER)
    assert "Throw away what I typed" not in browser.page
    browser.press(True, "/a/read/", keep="later", **HIGHLIGHT)
    assert "Throw away what I typed" in browser.page
    browser.press(True, "/a/read/", keep="nothing")
    assert (boxes(browser)["forecast_cost"], boxes(browser)["done"]) == ("140,000", "")
    assert "did not hand in" not in browser.words


def test_a_report_that_was_frozen_is_not_written_anew(stage: Delivery) -> None:
    step = asked(stage)
    stage.reading(step, MANAGER).press(True, "/a/read/", keep="later", **LONG)
    stage.drops(step, "frozen")
    assert boxes(stage.reading(asked(stage), MANAGER))["lessons"] == LONG["lessons"]


def test_nobody_else_sees_it(stage: Delivery) -> None:
    stage.reading(asked(stage), MANAGER).press(True, "/a/read/", keep="later", **LONG)
    other = stage.put("end_stage", "bh-dmh", key=KEY)
    browser = stage.reading(other, "bh-dmh")
    assert boxes(browser)["lessons"] == ""
    assert "Ask the hall first" not in browser.page


def test_what_the_law_has_erased_of_a_report_is_erased_where_it_is_written_again(stage: Delivery) -> None:
    stage.answers(asked(stage), MANAGER, LONG)
    again = asked(stage)
    stage.reading(again, MANAGER).press(True, "/a/read/", keep="later", products="More screens")
    with stage.office.store.writing() as tx:
        hash = tx.value(WORDS_OF, step=f"{stage.ref}.{KEY}.1")
        texts.erase(tx, hash)
    browser = stage.reading(again, MANAGER)
    assert "Ask the hall first" not in browser.page
    assert boxes(browser)["products"] == "More screens"


def test_a_document_that_will_not_do_is_told_though_the_rest_is_saved(stage: Delivery) -> None:
    step = asked(stage)
    browser = stage.reading(step, MANAGER)
    assert browser.hand_in({"document": ("Bad.pdf", b"x")}, **LONG, keep="later") == 422
    assert "Bad.pdf is called a PDF" in browser.words
    assert boxes(stage.reading(step, MANAGER))["lessons"] == LONG["lessons"]


def test_what_is_decided_is_chosen_anew_though_what_was_typed_with_it_is_kept(stage: Delivery) -> None:
    stage.exceeds(Tolerance.COST)
    step = stage.put("exception_board", SPONSOR, key="exception-1")
    browser = stage.reading(step, SPONSOR)
    browser.press(
        True, "/a/read/", keep="later", choice="more_tolerance", tolerance_cost="25", tolerance_days="40"
    )
    fields = boxes(stage.reading(step, SPONSOR))
    assert (fields["tolerance_cost"], fields["tolerance_days"]) == ("25", "40")
    assert "choice" not in fields


def test_a_report_that_is_asked_anew_has_the_figures_reported_since_and_all_else_of_its_own(
    stage: Delivery,
) -> None:
    stage.reported("end_stage", LONG | {"next_cost": "52,000"}, key=KEY)
    red = {"rating_risk": "red", "rating_risk_words": "The supplier is late"}
    stage.reported("highlight", HIGHLIGHT | red | {"forecast_cost": "168,000"})
    fields = boxes(stage.reading(asked(stage), MANAGER))
    assert (fields["forecast_cost"], fields["rating_risk"]) == ("168,000", "red")
    own = ("lessons", "objectives", "next_plan")
    assert {name: fields[name] for name in own} == {name: LONG[name] for name in own}
    assert (fields["next_cost"], typed_day(fields, "next_ends")) == ("52,000", "2005-3-29")
