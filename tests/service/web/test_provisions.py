"""What a proposal says beside its principles, on its pages, and what a case gathers on its way."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from service.handbook import Edition
from service.store import provisions
from service.web import tasks, tender
from tests.service.web.office import BEGINS, Browser, Office, proposal
from workflows.model import Choice, State

API = "/api/v1"
ACCESS = "Service Director (ICT & Customer Access)"
AGREED = {"personal_data": True, "reference": "ISA 12", "since": "2004-04-01", "until": "2004-09-15"}
SHARES = {"sharing": {"personal_data": True}}


@pytest.fixture
def sponsor(office: Office) -> Browser:
    return office.signed_in("hoict-ce")


def drafted(office: Office, **more: Any) -> str:
    """A plain proposal that is not submitted; returns its reference."""
    document = {**proposal("PROP-01"), "decision_needed_by": "2004-11-30", **more}
    return office.draft(document, owner="hoict-ce").ref


def pages(edition: Edition, document: dict[str, Any]) -> list[str]:
    return [page.key for task in tasks.tasks(edition, document) for page in task.pages]


# -------------------------------------------------------------------- where each is asked


@pytest.mark.parametrize(
    ("principle", "asked"),
    [
        ("P02", ["equality"]),
        ("P05", ["continuity"]),
        ("P06", ["addresses"]),
        ("P07", ["partners", "sharing"]),
        ("P14", ["standards"]),
    ],
)
def test_a_page_follows_its_principle_unless_that_does_not_apply(
    edition: Edition, principle: str, asked: list[str]
) -> None:
    for said in ("met", "deviates", ""):
        found = pages(edition, {"principles": {principle: said}})
        place = found.index(principle.lower())
        assert found[place + 1 : place + 1 + len(asked)] == asked
    assert not set(pages(edition, {"principles": {principle: "not_applicable"}})) & {*asked}


def test_who_holds_no_personal_data_is_not_asked_with_whom_they_are_shared(edition: Edition) -> None:
    assert "sharing" in pages(edition, {})
    assert "sharing" not in pages(edition, {"personal_data": "no"})
    assert "sharing" not in pages(edition, {"personal_data": False})


def test_the_kind_of_system_decides_which_standards_are_asked_about(office: Office, sponsor: Browser) -> None:
    ref = drafted(office)
    sponsor.see(f"/proposals/{ref}/edit/system")
    sponsor.press(system_kind="web")
    sponsor.see(f"/proposals/{ref}/edit/standards")
    assert "BS7666" in sponsor.words
    assert "Public Records Office" not in sponsor.words
    sponsor.see(f"/proposals/{ref}/edit/system")
    sponsor.press(system_kind="documents")
    sponsor.see(f"/proposals/{ref}/edit/standards")
    assert "Public Records Office standards" in sponsor.words


def test_a_page_that_does_not_apply_is_not_there(office: Office, sponsor: Browser) -> None:
    ref = drafted(office)
    assert sponsor.see(f"/proposals/{ref}/edit/addresses") == 404  # P06 does not apply
    assert sponsor.see(f"/proposals/{ref}/edit/own-services") == 404


def test_a_principle_that_stops_applying_leads_past_its_page(office: Office, sponsor: Browser) -> None:
    ref = drafted(office)
    for said, onward in (("met", "equality"), ("not_applicable", "p03")):
        sponsor.see(f"/proposals/{ref}/edit/p02")
        sponsor.press(**{"principles.P02": said, "principle_notes.P02": "No public use"})
        assert sponsor.at == f"/proposals/{ref}/edit/{onward}"


# -------------------------------------------------------------------------- filling it in


def test_building_again_what_is_shared_is_warned_of_and_needs_a_reason(
    office: Office, sponsor: Browser
) -> None:
    ref = drafted(office)
    sponsor.see(f"/proposals/{ref}/edit/services")
    sponsor.press(**{"shared_services.security": "own", "shared_services.e-payment": "shared"})
    assert sponsor.at == f"/proposals/{ref}/edit/own-services"
    assert f"It builds its own security. There is one to share, kept by {ACCESS}: firewalls" in sponsor.words
    sponsor.press()
    sponsor.see(f"/proposals/{ref}/check")
    assert "Say why it builds its own security, though there is one to share" in sponsor.words
    assert f'href="/proposals/{ref}/edit/own-services"' in sponsor.page
    sponsor.see(f"/proposals/{ref}/edit/own-services")
    sponsor.press(**{"shared_service_reasons.security": "The cell has no line"})
    sponsor.see(f"/proposals/{ref}/check")
    assert "still needed" not in sponsor.words
    assert "Warning It builds its own security." in sponsor.words
    assert "Reason: The cell has no line." in sponsor.words
    assert "E-payment It uses the shared one" in sponsor.words


def test_a_provision_that_was_asked_for_and_left_blank_blocks(office: Office, sponsor: Browser) -> None:
    ref = drafted(office)
    sponsor.see(f"/proposals/{ref}/check")
    assert "still needed" not in sponsor.words
    sponsor.see(f"/proposals/{ref}/edit/p05")
    sponsor.press(**{"principles.P05": "met"})
    assert sponsor.at == f"/proposals/{ref}/edit/continuity"
    sponsor.press()
    sponsor.see(f"/proposals/{ref}/check")
    assert "1 thing is still needed" in sponsor.words
    assert "Say how business goes on when the system fails" in sponsor.words
    assert f'href="/proposals/{ref}/edit/continuity"' in sponsor.page
    assert "What will happen" not in sponsor.words
    sponsor.see(f"/proposals/{ref}/edit/continuity")
    sponsor.press(**{"continuity.provision": "Restored elsewhere", "continuity.recovery_hours": "73"})
    sponsor.see(f"/proposals/{ref}/check")
    assert "What will happen" in sponsor.words
    assert "Planned recovery takes 73 hours; the aim is 72 hours or less (P05)." in sponsor.words


def test_what_cannot_be_read_is_told_beside_its_box_which_keeps_it(office: Office, sponsor: Browser) -> None:
    ref = drafted(office)
    sponsor.see(f"/proposals/{ref}/edit/continuity")
    typed = {"continuity.provision": "Restored", "continuity.recovery_hours": "three days"}
    day = {"continuity.tested_on-day": "31", "continuity.tested_on-month": "2"}
    assert sponsor.press(**typed, **day, **{"continuity.tested_on-year": "2004"}) == 422
    assert "Planned recovery must be whole hours in digits only, such as 72" in sponsor.words
    assert "Day of the last recovery test must be a date that exists" in sponsor.words
    assert 'value="three days"' in sponsor.page
    assert "Restored" in sponsor.page
    assert 'href="#continuity-recovery_hours"' in sponsor.page


def test_a_partner_without_a_result_is_asked_about_and_kept(office: Office, sponsor: Browser) -> None:
    ref = drafted(office)
    sponsor.see(f"/proposals/{ref}/edit/partners")
    assert sponsor.press(**{"partners.0.name": "Police"}) == 422
    assert "Say what came of considering Police as a partner" in sponsor.words
    assert 'value="Police"' in sponsor.page
    assert sponsor.press(**{"partners.0.name": "Police", "partners.0.result": "Not now"}) == 200
    sponsor.see(f"/proposals/{ref}/check")
    assert "Which agency? Police What came of considering it? Not now" in sponsor.words


def test_the_check_says_what_is_not_said_and_where_to_say_it(office: Office, sponsor: Browser) -> None:
    ref = drafted(office, **SHARES)
    sponsor.see(f"/proposals/{ref}/check")
    assert "This can be submitted as it is. Whoever decides is told what is not said" in sponsor.words
    for told, page in (
        ("The equality checklist (P02)", "equality"),
        ("The planned recovery time (P05)", "continuity"),
        ("Which standards it meets: BS7666, e-GIF", "standards"),
        ("Which shared services it needs", "services"),
        ("Which partners were considered (P07)", "partners"),
        ("An information sharing agreement that is in date", "sharing"),
    ):
        assert told in sponsor.words
        assert f'href="/proposals/{ref}/edit/{page}"' in sponsor.page
    assert "It cannot go live without one." in sponsor.words


def test_shared_services_given_as_a_list_show_in_their_boxes_and_stay(
    office: Office, sponsor: Browser
) -> None:
    ref = drafted(office, shared_services=["authentication"])
    sponsor.see(f"/proposals/{ref}/edit/services")
    assert sponsor.form().fields["shared_services.authentication"] == "shared"
    assert "shared_services.security" not in sponsor.form().fields


# ---------------------------------------------------------------------------- by program


def test_a_program_is_told_each_field_that_is_wrong(office: Office) -> None:
    program = office.browser()
    program.headers.update(office.token("hoict-ce"))
    body = {
        **proposal("PROP-01"),
        "shared_services": {"telepathy": "own"},
        "equality": {"height": "None"},
        "continuity": {"recovery_hours": "long"},
        "standards": {"BS7666": "perhaps"},
        "addresses": {"held": "some"},
        "sharing": {"until": "for ever"},
    }
    answer = program.post(f"{API}/proposals", json=body)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {
        "shared_services.telepathy",
        "equality.height",
        "continuity.recovery_hours",
        "standards.BS7666",
        "addresses.held",
        "sharing.until",
    }


def test_a_program_that_began_a_part_finishes_it_before_it_submits(office: Office) -> None:
    program = office.browser()
    program.headers.update(office.token("hoict-ce"))
    body = {
        **proposal("PROP-01"),
        "decision_needed_by": "2004-11-30",
        "shared_services": {"security": "own"},
        "continuity": {"recovery_hours": 48},
        "equality": {"race": "No effect"},
    }
    ref = program.post(f"{API}/proposals", json=body).json()["ref"]
    answer = program.post(f"{API}/proposals/{ref}/submit")
    assert answer.status_code == 422
    told = {error["field"] for error in answer.json()["errors"]}
    assert {"shared_service_reasons.security", "continuity.provision", "equality.age"} <= told
    assert "equality.race" not in told
    whole = {"shared_services": None, "equality": None, "continuity": None}
    program.patch(f"{API}/proposals/{ref}", json=whole)
    assert program.post(f"{API}/proposals/{ref}/submit").status_code == 200


def test_which_checklist_was_answered_is_ours_to_say(office: Office, edition: Edition) -> None:
    program = office.browser()
    program.headers.update(office.token("hoict-ce"))
    assert edition.provisions.equality is not None
    answers = dict.fromkeys(edition.provisions.equality.named, "No effect")
    body = {**proposal("PROP-01"), "decision_needed_by": "2004-11-30", "equality": answers}
    ref = program.post(f"{API}/proposals", json={**body, "equality_checklist": "Mine"}).json()["ref"]
    assert program.post(f"{API}/proposals/{ref}/submit").status_code == 200
    reader = office.signed_in("cd-ce")
    reader.see(f"/cases/{ref}")
    assert f"Equality ({edition.provisions.equality.version}) Race: No effect" in reader.words


# --------------------------------------------------------------- those who decide are shown


def test_whoever_decides_sees_what_is_said_what_is_not_and_what_is_flagged(office: Office) -> None:
    ref = office.submitted(
        "PROP-01",
        shared_services={"security": "own"},
        shared_service_reasons={"security": "The cell has no line"},
        continuity={"provision": "Restored elsewhere", "recovery_hours": 96},
        **SHARES,
    )
    approver = office.browser()
    approver.see(office.link(office.asked(ref, "funding-cd-ce"), "cd-ce"))
    approver.press()
    for told in (
        "What it provides for",
        "Security: builds its own: The cell has no line",
        f"There is one to share, kept by {ACCESS}",
        "Business continuity Restored elsewhere",
        "Planned recovery takes 96 hours; the aim is 72 hours or less (P05).",
        "Personal data shared with a partner Yes; no agreement was given with the proposal",
        "no information sharing agreement is in date on 13 September 2004. It cannot go live without one.",
        "Not said The equality checklist (P02)",
    ):
        assert told in approver.words, approver.words


def test_the_next_version_shows_what_changed_beside_the_principles(office: Office) -> None:
    ref = office.submitted("PROP-01", continuity={"provision": "Restored elsewhere", "recovery_hours": 96})
    office.became(ref, State.RETURNED)
    office.resubmitted(ref, continuity={"provision": "Restored elsewhere", "recovery_hours": 24})
    approver = office.browser()
    approver.see(office.link(office.asked(ref, "funding-cd-ce"), "cd-ce"))
    approver.press()
    assert "What has changed since version 1" in approver.words
    assert "Planned hours until it works again 96 24" in approver.words


# ---------------------------------------------------------------------- before it goes live


def completing(office: Office, ref: str) -> Browser:
    """The lead officer's browser on the page where a minor proposal is confirmed as complete."""
    office.became(ref, State.APPROVED, number=2)
    browser = office.browser()
    browser.see(office.link(office.asked(ref, "completion"), "hoict-ce"))
    browser.press()
    assert browser.at.startswith("/a/read/"), browser.words
    return browser


def agreed(office: Office, ref: str, since: str, until: str) -> None:
    with office.store.writing() as tx:
        days = {"since": date.fromisoformat(since), "until": date.fromisoformat(until)}
        provisions.agreed(tx, ref, reference="ISA 13", by=office.holder("hoict-ce"), **days)


def test_without_an_agreement_a_completion_is_refused_in_words_and_taken_with_one(office: Office) -> None:
    ref = office.submitted("PROP-01", **SHARES)
    lead = completing(office, ref)
    assert lead.press(choice="verify") == 422
    assert (
        "no information sharing agreement is in date on 13 September 2004. It cannot go live without one, so "
        "it cannot be confirmed as complete. Its sponsor or lead officer can record an agreement on the page "
        f"of {ref}; then answer again" in lead.words
    )
    assert office.engine.decided == []
    agreed(office, ref, "2004-09-13", "2005-09-12")
    assert lead.press(choice="verify") == 200
    assert lead.press() == 200
    assert [made.choice for made in office.engine.decided] == [Choice.VERIFY]


@pytest.mark.parametrize(
    ("since", "until", "taken"),
    [
        ("2004-09-14", "2005-09-12", False),
        ("2004-01-01", "2004-09-12", False),
        ("2004-01-01", "2004-09-13", True),
    ],
)
def test_an_agreement_counts_on_its_own_days_only(
    office: Office, since: str, until: str, taken: bool
) -> None:
    ref = office.submitted("PROP-01", **SHARES)
    lead = completing(office, ref)
    agreed(office, ref, since, until)
    assert (lead.press(choice="verify") == 200) == taken


def test_an_agreement_that_runs_out_before_it_is_confirmed_is_noticed(office: Office) -> None:
    ref = office.submitted("PROP-01", sharing=AGREED)
    lead = completing(office, ref)
    assert lead.press(choice="verify") == 200
    assert lead.at.startswith("/a/check/")
    office.days_pass(3)
    assert lead.press() == 409
    assert "then answer again. Nothing was counted." in lead.words
    assert "no information sharing agreement is in date on 16 September 2004" in lead.words
    assert office.engine.decided == []


def test_a_completion_may_be_put_off_without_an_agreement(office: Office) -> None:
    lead = completing(office, office.submitted("PROP-01", **SHARES))
    until = {"until-day": "20", "until-month": "9", "until-year": "2004"}
    assert lead.press(choice="defer", reason="Until the agreement is signed", **until) == 200
    assert lead.at.startswith("/a/check/")


def test_who_shares_nothing_needs_no_agreement(office: Office) -> None:
    ref = office.submitted("PROP-01", sharing={"personal_data": False})
    lead = completing(office, ref)
    assert lead.press(choice="verify") == 200
    reader = office.signed_in("hoict-ce")
    reader.see(f"/cases/{ref}")
    assert "Before it goes live" not in reader.words
    assert reader.see(f"/cases/{ref}/agreement") == 404


def test_a_case_says_that_an_agreement_is_outstanding_until_one_is_recorded(office: Office) -> None:
    ref = office.submitted("PROP-03", decision_needed_by="2004-11-30")
    lead = office.signed_in("hoict-sch")
    lead.see(f"/cases/{ref}")
    assert "Outstanding: It shares personal data with a partner" in lead.words
    lead.see(f"/cases/{ref}/agreement")
    wrong = {**typed("since", "1", "4", "2004"), **typed("until", "31", "3", "2004")}
    assert lead.press(reference=" ", **wrong) == 422
    assert "Give the reference of the agreement" in lead.words
    assert "The last day must not be before the first" in lead.words
    assert lead.press(reference="ISA 12", **typed("until", "31", "3", "2005")) == 200
    assert lead.at == f"/cases/{ref}"
    assert "Information sharing agreement ISA 12, from 1 April 2004 to 31 March 2005." in lead.words
    assert "Outstanding" not in lead.words
    assert "put information sharing agreement ISA 12 on record, from 1 April 2004 to" in lead.words


# --------------------------------------------------------------------------- the tender


def typed(name: str, day: str, month: str, year: str) -> dict[str, str]:
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


def test_the_tender_annex_holds_the_parameters_in_force_on_the_day(
    office: Office, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = office.submitted("PROP-02")
    last = BEGINS.date() + timedelta(days=1)
    ending = edition.technical_parameters["TP3"].model_copy(update={"until": last})
    with monkeypatch.context() as patch:
        patch.setitem(edition.technical_parameters, "TP3", ending)
        office.opens()
        reader = office.signed_in("cd-rad")
        reader.see(f"/cases/{ref}/tender")
        assert "These are in force on Monday 13 September 2004. They go to every possible" in reader.words
        assert "TP3 database Oracle or SQL Server must be one of" in reader.words
        office.days_pass(2)
        reader.see(f"/cases/{ref}/tender")
        assert "TP2" in reader.words
        assert "TP3" not in reader.words
        assert "Record a supplier" not in reader.words
        file = reader.get(f"/cases/{ref}/tender-annex.md")
    assert file.headers["content-type"] == "text/markdown; charset=utf-8"
    assert file.headers["content-disposition"] == (f'attachment; filename="{ref}-tender-annex-2004-09-15.md"')
    assert "In force on 15 September 2004." in file.text
    assert "| TP2 | network operating system | Novell Netware is the standard | standard |" in file.text
    assert "TP3" not in file.text


def test_no_title_writes_anything_of_its_own_into_the_annex(office: Office, edition: Edition) -> None:
    ref = office.submitted("PROP-02", title="A | B <script> [x](y)\u00a0# c")
    text = office.signed_in("cd-rc").get(f"/cases/{ref}/tender-annex.md").text
    assert text.splitlines()[0] == r"# Technical parameters: A \| B \<script\> \[x\](y) \# c"


def test_who_has_had_the_parameters_is_put_on_record_and_shown(office: Office) -> None:
    ref = office.submitted("PROP-02")
    lead = office.signed_in("hoict-rc")
    lead.see(f"/cases/{ref}")
    assert "No supplier is on record as having had them." in lead.words
    lead.see(f"/cases/{ref}/suppliers")
    assert lead.form().fields["parameters"] == ["TP1", "TP2", "TP3", "TP4", "TP5"]
    assert lead.press(supplier="", parameters=[], **typed("on", "14", "9", "2004")) == 422
    for told in (
        "Say which supplier it is",
        "Say which parameters it had",
        "The day must be today or before",
    ):
        assert told in lead.words
    assert lead.press(supplier="Acme & Sons", parameters=["TP1"], **typed("on", "10", "9", "2004")) == 200
    assert lead.at == f"/cases/{ref}/tender"
    had = "Acme & Sons had TP1 on 10 September 2004, put on record by"
    assert had in lead.words
    assert "It has not had TP2, TP3, TP4 and TP5." in lead.words
    lead.see(f"/cases/{ref}/suppliers")
    lead.press(supplier="ACME & sons", **typed("on", "13", "9", "2004"))
    assert "It has not had" not in lead.words
    lead.see(f"/cases/{ref}")
    assert had in lead.words
    assert "put on record that Acme & Sons had TP1 on 10 September 2004." in lead.words


@pytest.mark.parametrize("path", ["suppliers", "agreement"])
def test_the_label_of_every_box_leads_to_it(office: Office, path: str) -> None:
    ref = office.submitted("PROP-03", decision_needed_by="2004-11-30")
    lead = office.signed_in("hoict-sch")
    lead.see(f"/cases/{ref}/{path}")
    ids = re.findall(r'\sid="([^"]+)"', lead.page)
    assert len(ids) == len(set(ids)), ids
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', lead.page)) <= {*ids}


def test_pressing_twice_records_a_supplier_once(office: Office) -> None:
    ref = office.submitted("PROP-02")
    lead = office.signed_in("hoict-rc")
    for _ in range(2):
        lead.see(f"/cases/{ref}/suppliers")
        lead.press(supplier="Acme", **typed("on", "13", "9", "2004"))
    with office.store.reading() as tx:
        assert len(provisions.served(tx, ref)) == 1
    assert lead.words.count("Acme had") == 1


@pytest.mark.parametrize("what", ["suppliers", "agreement"])
def test_only_its_own_people_put_something_on_record_and_only_while_it_is_open(
    office: Office, what: str
) -> None:
    ref = office.submitted("PROP-03", decision_needed_by="2004-11-30")
    path = f"/cases/{ref}/{what}"
    assert office.signed_in("cd-rad").see(path) == 403
    for post in ("cd-sch", "hoict-sch"):
        assert office.signed_in(post).see(path) == 200
    lead = office.signed_in("hoict-sch")
    lead.see(path)
    office.became(ref, State.WITHDRAWN)
    assert lead.press(supplier="Acme", reference="ISA", **typed("on", "13", "9", "2004")) == 409
    assert "Record a" not in lead.words
    lead.see(f"/cases/{ref}")
    assert "Record a" not in lead.words


def test_a_supplier_that_had_what_is_no_longer_in_force_owes_nothing(edition: Edition) -> None:
    old = provisions.Served(
        supplier="Acme", on=date(2004, 5, 3), parameters=("TP1", "TP0"), by="nobody", at=BEGINS
    )
    (told,) = tender.told([old], edition.model_copy(update={"technical_parameters": {}}), date(2004, 9, 13))
    assert told == "Acme had TP1 and TP0 on 3 May 2004, put on record by somebody who has left."
