"""The record of a decision: page, PDF and JSON of one and the same, made from the record alone."""

import io
import json
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from service import telling
from service.handbook import Edition
from service.store import cases, editions, intents, letters
from service.store.intents import Condition, Intent
from service.web import printing
from tests.service.web.office import BEGINS, Office
from workflows.model import Choice, Ending, Guard, Outcome, State, StepClosing, decision_key

REF = "INV-2004-0001"
PATH = f"/cases/{REF}/decision-record"
HOSTILE = '#import "secret.typ": x $x^2$ *bold* _it_ @foo <label> // no \\ {} [] `raw` {{ 7*7 }} <script>'


def answers(
    office: Office,
    key: str,
    seat: str,
    choice: Choice,
    reason: str = "",
    *,
    came_to: Choice | None = None,
    **more: Any,
) -> str:
    """Ask a question of the case's way, have a seat answer it, and close it; returns the step.

    It comes to that answer, or to what others are said to have made of it.
    """
    step = office.asked(REF, key)
    view = office.step(step)
    place = view.seat(seat)
    assert place is not None
    with office.store.writing() as tx:
        intent = Intent(
            key=decision_key(step, 1, seat),
            case=REF,
            step=step,
            round=1,
            seat=seat,
            person=place.holders[0].person,
            post=place.post,
            choice=choice,
            reason=reason,
            content_hash=view.content_hash,
            shown_hash=("5" if choice is Choice.APPROVE else "6") * 64,
            submitted_at=tx.now,
            **more,
        )
        intents.submit(tx, intent)
        outcome = Outcome(step=step, ending=Ending.DECIDED, choice=came_to or choice, at=tx.now)
    office.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=(intent.decision(),)))
    return step


def decided(office: Office, reason: str = "It pays for itself", **changes: Any) -> None:
    """PROP-02, noted by the meeting, approved by both funders, one with a condition, and by SRG."""
    options = [
        {"title": "Do nothing", "do_nothing": True, "why_not": "Queues at the box office"},
        {"title": "Buy in a service", "capital_gbp": 90000, "why_not": "Dearer in the third year"},
    ]
    office.submitted("PROP-02", **{"options": options, "summary": "Booking on the web.", **changes})
    answers(office, "notification", "heads-of-ict-secretary", Choice.NOTE)
    answers(
        office,
        "funding-bh-dmh",
        "bh-dmh",
        Choice.APPROVE_WITH_CONDITIONS,
        reason,
        conditions=(
            Condition(
                text="Train the staff",
                owner="bh-sports",
                by=date(2004, 12, 1),
                evidence="The list of those trained",
                verifier="bh-dmh",
                guards=Guard.PROJECT,
            ),
        ),
    )
    answers(office, "funding-bh-sports", "bh-sports", Choice.APPROVE)
    step = answers(
        office, "srg", "cd-hsg", Choice.DECLARE_INTEREST, "My department supplies it", came_to=Choice.APPROVE
    )
    office.became(REF, State.APPROVED, because=step)


def read(office: Office, post: str = "cd-rc") -> tuple[str, str, dict[str, Any]]:
    """The page, the PDF and the JSON, the first two as words."""
    browser = office.signed_in(post)
    assert browser.see(PATH) == 200
    told = browser.get(f"{PATH}.json")
    return browser.words, text(browser.get(f"{PATH}.pdf").content), json.loads(told.content)


def text(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def arrives(office: Office, post: str, title: str = "") -> str:
    """Bring a handbook into force in which somebody new holds a post, itself new if it has a title."""
    rules = office.edition.model_dump()
    rules["people"]["p-900"] = {
        "id": "p-900",
        "name": "N. Newcomer",
        "email": "n.newcomer@people.leicester.example",
    }
    if title:
        known = office.edition.posts["bh-dmh"].model_dump()
        rules["posts"][post] = known | {"key": post, "title": title, "email": "new-post@leicester.example"}
    rules["holdings"] = [
        *(one for one in rules["holdings"] if one["post"] != post),
        {"post": post, "person": "p-900", "since": date(2004, 9, 1), "until": None},
    ]
    office.edition = Edition.model_validate(rules)
    with office.store.writing() as tx:
        editions.put(tx, office.edition.to_json(), organisation="leicester", name="leicester")
    return "p-900"


def test_whoever_came_after_the_case_was_opened_is_named(office: Office) -> None:
    office.submitted("PROP-02")
    arrives(office, "bh-dmh")
    answers(office, "notification", "heads-of-ict-secretary", Choice.NOTE)
    answers(office, "funding-bh-dmh", "bh-dmh", Choice.APPROVE)
    answers(office, "funding-bh-sports", "bh-sports", Choice.APPROVE)
    step = answers(office, "srg", "cd-hsg", Choice.APPROVE)
    office.became(REF, State.APPROVED, because=step)
    page, paper, told = read(office)
    assert "N. Newcomer" in page
    assert "N. Newcomer" in paper
    assert "N. Newcomer" in [one["person"] for one in told["decided_by"]]
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{REF}/record")
    assert "N. Newcomer approved" in browser.words
    assert "p-900" not in browser.words


def test_a_post_that_came_after_the_case_was_opened_has_its_title(office: Office) -> None:
    office.submitted("PROP-02")
    arrives(office, "head-of-culture", "Head of Culture")
    with office.store.reading() as tx:
        rules = telling.rules_of(tx, cases.get(tx, REF))
        assert rules.hash == cases.get(tx, REF).edition != office.edition.hash
    assert telling.title(rules, "head-of-culture", BEGINS.date()) == "Head of Culture"
    assert rules.holder("head-of-culture", BEGINS.date()) is None, "who holds it is no rule of the case's"


def test_it_says_what_was_decided_by_whom_why_and_what_else_there_was(office: Office) -> None:
    decided(office)
    page, paper, told = read(office)
    for said in (
        "Approved on Monday 13 September 2004",
        "Booking on the web.",
        "Budget holder, De Montfort Hall (A. Holder, De Montfort Hall budget)",
        "approved with conditions on Monday 13 September 2004",
        "Clause FUND-1: ",
        "Reasons: It pays for itself",
        "Train the staff (Budget holder, Sports Services, by Wednesday 1 December 2004). Shown by: The list "
        "of those trained. Checked by Budget holder, De Montfort Hall. The project cannot start before it is "
        "met. Followed up as ACT-2004-0001.",
        "Fingerprint of what was shown: " + "5" * 64,
        "Do nothing Queues at the box office",
        "Buy in a service Capital £90,000. Dearer in the third year",
        "declared an interest on 13 September 2004 and did not vote: My department supplies it",
        "Corporate Director, Regeneration and Culture",
        "£84,000 (60%)",
        "£56,000 (40%)",
        "would remain",
        "ORD-2004-0001",
    ):
        assert said in page, said
        assert said in paper, said
    assert (told["decision"], told["decided_on"], told["version"]) == ("approved", "2004-09-13", 1)
    assert [(made["post"], made["clause"], made["choice"]) for made in told["decided_by"]] == [
        ("bh-dmh", "FUND-1", "approve_with_conditions"),
        ("bh-sports", "FUND-1", "approve"),
    ]
    assert told["decided_by"][0]["conditions"] == [
        {
            "text": "Train the staff",
            "owner": "bh-sports",
            "owner_title": "Budget holder, Sports Services",
            "by": "2004-12-01",
            "evidence": "The list of those trained",
            "verifier": "bh-dmh",
            "verifier_title": "Budget holder, De Montfort Hall",
            "guards": "project",
            "action": "ACT-2004-0001",
        }
    ]
    assert [made["post"] for made in told["consulted"]] == ["heads-of-ict-secretary"]
    assert [(payer["amount"], payer["percent"]) for payer in told["payers"]] == [
        ("84000.00", "60"),
        ("56000.00", "40"),
    ]
    assert [interest["declared"] for interest in told["interests"]] == [True, False]
    assert told["edition_hash"] == office.edition.hash
    assert all(len(made["shown_hash"]) == 64 for made in told["decided_by"])


def test_every_number_on_the_page_is_on_paper_and_the_other_way_round(office: Office) -> None:
    decided(office)
    page, paper, _ = read(office)
    numbers = {word.strip(".,;()") for word in page.split() if any(sign.isdigit() for sign in word)}
    assert len(numbers) > 20
    assert [number for number in numbers if number not in paper] == []


def test_the_page_of_the_case_leads_to_it_once_it_is_decided(office: Office) -> None:
    office.submitted("PROP-02")
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{REF}")
    assert PATH not in browser.page
    office.became(REF, State.APPROVED)
    browser.see(f"/cases/{REF}")
    assert PATH in browser.page


@pytest.mark.parametrize("state", [None, State.WITH_FUNDERS, State.RETURNED, State.LAPSED, State.WITHDRAWN])
def test_before_a_decision_there_is_none(office: Office, state: State | None) -> None:
    office.submitted("PROP-02")
    if state:
        office.became(REF, state)
    browser = office.signed_in("cd-rc")
    for ending in ("", ".json", ".pdf"):
        assert browser.see(PATH + ending) == 404
        assert "has not been decided, so there is no record of a decision yet" in browser.words
    api = office.browser().get(f"/api/v1{PATH}", headers=office.token("cd-rc"))
    assert (api.status_code, api.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.REJECTED, "Rejected on Monday 13 September 2004"),
        (State.CLOSED_UNFUNDED, "Closed, unfunded on Monday 13 September 2004"),
    ],
)
def test_a_refusal_has_one_too_and_raises_no_order(office: Office, state: State, said: str) -> None:
    office.submitted("PROP-02")
    step = answers(office, "funding-bh-dmh", "bh-dmh", Choice.REJECT, "No money this year")
    office.became(REF, state, because=step)
    page, paper, told = read(office)
    for words in (said, "Reasons: No money this year", "The proposal names no alternatives"):
        assert words in page
        assert words in paper
    assert told["order"] == ""
    assert "Order" not in page


def test_what_came_after_the_decision_is_no_part_of_it(office: Office) -> None:
    decided(office)
    office.days_pass(3)
    before = read(office)[2]
    office.became(REF, State.WITHDRAWN, 2)
    page, paper, told = read(office)
    for words in ("Approved on Monday 13 September 2004", "Withdrawn on Thursday 16 September 2004"):
        assert words in page
        assert words in paper
    assert told["decided_by"] == before["decided_by"]
    assert told["decided_at"] == before["decided_at"]


def test_an_answer_to_an_earlier_version_decided_nothing(office: Office) -> None:
    office.submitted("PROP-02")
    step = answers(office, "funding-bh-dmh", "bh-dmh", Choice.RETURN, "Which sites?")
    office.became(REF, State.RETURNED, because=step)
    office.resubmitted(REF, summary="The depots first.")
    office.became(REF, State.APPROVED, 2)
    told = read(office)[2]
    assert (told["version"], told["decided_by"]) == (2, [])


def test_it_is_for_whoever_reads_the_case_and_for_programs_that_may(office: Office) -> None:
    decided(office)
    for ending in ("", ".json", ".pdf"):
        assert office.browser().see(PATH + ending) == 200, "led to signing in"
        assert "decision" not in office.browser().get(PATH + ending).text
        assert office.signed_in("cd-hsg").get(PATH + ending).status_code == 200
    told = office.browser().get(f"/api/v1{PATH}", headers=office.token("cd-rc"))
    assert told.json() == read(office)[2]
    starting = office.browser().get(f"/api/v1{PATH}", headers=office.token("cd-rc", "start:case"))
    assert starting.status_code == 403


def test_the_downloads_are_kept_and_not_run(office: Office) -> None:
    decided(office)
    browser = office.signed_in("cd-rc")
    for ending, kind in (("json", "application/json"), ("pdf", "application/pdf")):
        answer = browser.get(f"{PATH}.{ending}")
        assert answer.headers["content-type"] == kind
        assert (
            answer.headers["content-disposition"] == f'attachment; filename="decision-record-{REF}.{ending}"'
        )
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["cache-control"] == "no-store"


def test_the_paper_can_be_read_aloud_and_is_the_same_each_time(office: Office) -> None:
    decided(office)
    browser = office.signed_in("cd-rc")
    paper = browser.get(f"{PATH}.pdf").content
    office.days_pass(1)
    assert browser.get(f"{PATH}.pdf").content == paper
    found = PdfReader(io.BytesIO(paper))
    root: Any = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata is not None
    assert found.metadata.title == f"Decision record of {REF}"
    assert "pdfuaid:part" in root["/Metadata"].get_object().get_data().decode()
    fonts: dict[str, Any] = found.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    for font in fonts.values():
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(described), "every font is in it"


def test_hostile_words_are_words(office: Office) -> None:
    decided(office, HOSTILE, summary=HOSTILE)
    page, paper, told = read(office)
    assert paper.count(HOSTILE) == 2
    assert told["summary"] == HOSTILE
    browser = office.signed_in("cd-rc")
    browser.see(PATH)
    assert "&lt;script&gt;" in browser.page
    assert "<script>" not in browser.page
    assert "49" not in page.split()


def test_signs_that_no_font_has_are_named_and_none_is_lost(office: Office) -> None:
    decided(office, "Ready \U0010fffd 中文 – naïve café £5 Ω Ж")
    _, paper, told = read(office)
    assert "naïve café £5 Ω Ж" in paper
    assert "[U+10FFFD]" in paper
    assert told["decided_by"][0]["reason"].startswith("Ready \U0010fffd 中文")


def test_ten_thousand_characters_in_one_word_stay_on_the_paper(office: Office) -> None:
    decided(office, "w" * 10_000)
    browser = office.signed_in("cd-rc")
    found = PdfReader(io.BytesIO(browser.get(f"{PATH}.pdf").content))
    words = "".join(page.extract_text() for page in found.pages)
    assert words.count("w") >= 10_000
    assert max(len(line) for line in words.splitlines()) < 200


def test_many_unknown_signs_are_named_without_looking_each_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[object] = []
    made = printing._made

    def counted(*given: Any) -> bytes:
        tries.append(given)
        return made(*given)

    monkeypatch.setattr(printing, "_made", counted)
    signs = [chr(0x13000 + number) for number in range(500)]
    data = {
        "title": "T",
        "organisation": "O",
        "sections": [{"heading": "H", "rows": [{"what": "W", "which": ["".join(signs)]}], "empty": ""}],
    }
    said = text(printing.pdf("cases/decision_record.typ", data)).replace(" ", "")
    assert [sign for sign in signs if sign not in said and f"[U+{ord(sign):04X}]" not in said] == []
    assert 1 <= len(tries) < 20


def test_the_typesetter_reads_no_file(office: Office) -> None:
    """What it is given is data; and even a template of ours could read nothing beside itself."""
    decided(office, '#read("/etc/passwd") #include "../../app.py"')
    _, paper, _ = read(office)
    assert "root:" not in paper
    assert '#read("/etc/passwd")' in paper


def test_the_passing_of_time_changes_nothing(office: Office) -> None:
    decided(office)
    first = read(office)
    office.days_pass(400)
    assert read(office) == first


def test_srg_that_decided_on_a_referral_decided_and_the_sponsor_s_vote_on_it_is_an_interest(
    office: Office,
) -> None:
    costs = {"capital_gbp": 20000, "revenue_gbp_per_year": 9000}
    office.submitted("PROP-04", size="minor", cost_profile=costs)
    with office.store.reading() as tx:
        branches = cases.get(tx, REF).branches
    key = next(ask.key for leg in branches.values() for ask in leg.asks if ask.kind == "referral")
    answers(office, key, "cd-hsg", Choice.APPROVE)
    step = answers(office, "funding-cd-rc", "cd-rc", Choice.APPROVE)
    office.became(REF, State.APPROVED, because=step)
    page, _, told = read(office)
    assert {made["post"] for made in told["decided_by"]} == {"cd-hsg", "cd-rc"}
    assert told["consulted"] == []
    sponsor = "The sponsor, Corporate Director, Regeneration and Culture, is"
    assert [one["text"] for one in told["interests"]] == [
        f"{sponsor} also a funding party.",
        f"{sponsor} a member of Strategic Resources Group.",
    ]
    assert told["revenue"] == "9000.00"
    assert "Revenue a year £9,000" in page


def test_a_budget_s_own_approvals_are_in_what_was_committed_before(office: Office) -> None:
    decided(office)
    other = office.submitted("PROP-02")
    step = office.asked(other, "funding-bh-dmh")
    assert office.step(step).seats[0].amount == 84000
    with office.store.reading() as tx:
        (asked,) = (row for row in letters.of_step(tx, step) if row.kind == "request")
    assert asked.props["budget"]["approved_here"] == "84000.00"
    _, _, told = read(office)
    assert [payer["approved_here"] for payer in told["payers"]] == ["0.00", "0.00"]


def approved_from_a_letter(office: Office) -> str:
    """A proposal that one post pays for, and approves by the link in its letter; returns its reference."""
    ref = office.submitted(
        "PROP-02",
        size="minor",
        funding_parties=[{"post": "bh-land-charges", "share_percent": 100}],
        cost_profile={"capital_gbp": 42000, "revenue_gbp_per_year": 0},
    )
    step = office.asked(ref, "funding-bh-land-charges")
    browser = office.browser()
    browser.see(office.link(step, "bh-land-charges"))
    browser.press()
    browser.press(choice="approve")
    assert browser.press() == 200
    made = office.engine.decided[-1]
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=made.choice, at=made.submitted_at)
    office.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=(made,)))
    office.became(ref, State.APPROVED, because=step)
    return ref


def test_what_becomes_of_another_proposal_changes_no_record(office: Office) -> None:
    first, second = approved_from_a_letter(office), approved_from_a_letter(office)
    path = f"/cases/{second}/decision-record.json"
    browser = office.signed_in("cd-rc")
    before = browser.get(path).content
    (payer,) = json.loads(before)["payers"]
    assert (payer["committed"], payer["would_remain"]) == ("54000.00", "-21000.00")
    office.became(first, State.WITHDRAWN, number=2)
    assert browser.get(path).content == before
