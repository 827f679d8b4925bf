"""For demos and tests: caught letters, every letter, and a Clock that jumps."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from notifications.examples import EXAMPLES
from tests.service.web.office import Office


def test_caught_letters_are_listed_shown_and_given_to_programs(office: Office) -> None:
    folder = office.settings.mail_folder
    assert folder is not None
    folder.mkdir()
    message = EmailMessage()
    message["To"], message["Subject"] = "bh-dmh@leicester.example", "Decide by Thursday"
    message.set_content("Review and decide: http://approvals.example/a/k.1.2")
    message.add_alternative("<p>Review and <b>decide</b></p>", subtype="html")
    (folder / "000001.eml").write_bytes(message.as_bytes())
    browser = office.browser()
    (letter,) = browser.get("/dev/mail.json").json()
    assert set(letter) == {"id", "at", "to", "subject", "text", "html", "headers", "links"}
    assert letter["links"] == ["http://approvals.example/a/k.1.2"]
    browser.see("/dev/mail")
    assert "Decide by Thursday" in browser.words
    assert browser.see("/dev/mail/1") == 200
    shown = browser.get("/dev/mail/1/html")
    assert shown.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert browser.get("/dev/mail/2").status_code == 404


def test_no_caught_letter_is_an_empty_list(office: Office) -> None:
    assert office.browser().get("/dev/mail.json").json() == []


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_letter_can_be_looked_at(office: Office, name: str) -> None:
    browser = office.browser()
    assert browser.see(f"/dev/letters/{name}") == 200
    assert browser.get(f"/dev/letters/{name}", params={"part": "html"}).status_code == 200


def test_the_clock_jumps_and_every_open_process_is_told(office: Office) -> None:
    ref = office.submitted("PROP-02")
    step = office.asked(ref, "funding-bh-dmh")
    response = office.browser().post("/dev/clock", json={"to": "2004-10-13T09:00:00+01:00"})
    assert response.json()["now"] == "2004-10-13T09:00:00+01:00"
    segment, processes = office.engine.moved[0]
    assert segment.clock == datetime(2004, 10, 13, 8, tzinfo=UTC)
    assert set(processes) == {ref, step}
    with office.store.reading() as tx:
        assert tx.today.isoformat() == "2004-10-13"


def test_the_clock_jumps_to_what_comes_next(office: Office) -> None:
    office.asked(office.submitted("PROP-02"), "funding-bh-dmh")
    response = office.browser().post("/dev/clock", json={"next": True})
    assert response.json()["now"].startswith("2004-09-16T16:00:00")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"to": "yesterday"},
        {"to": "2004-01-01T00:00:00Z"},
        {"to": "2004-10-13"},
        {"to": "2100-01-01T00:00:00Z"},
        {"to": "9999-12-31T23:59:59Z"},
        {"days": -1},
        {"next": True},
    ],
)
def test_a_jump_that_makes_no_sense_is_refused(office: Office, body: dict[str, object]) -> None:
    assert office.browser().post("/dev/clock", json=body).status_code == 422
    assert office.engine.moved == []
