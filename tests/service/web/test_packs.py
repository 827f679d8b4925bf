"""The pack and the minutes of a meeting: whole, literal, tagged, with the figures of the decision page."""

import io
import re
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from service import telling
from service.store import cases, intents
from service.web import packs, printing
from service.web.packs import (
    Member,
    MinuteItem,
    Minutes,
    Pack,
    PackItem,
    Section,
    Table,
    minutes_pdf,
    pack_pdf,
)
from tests.service.web.office import Office
from tests.service.web.test_decision_record import answers
from workflows.model import Choice, decision_key

DAY = date(2004, 10, 28)
ITEM = PackItem(
    number=1,
    title="On-line booking",
    ref="INV-2004-0002",
    decision_sought="Does SRG approve this proposal of £140,000?",
    clause="The group decides every major proposal (clause SRG-1).",
    sponsor="Corporate Director",
    version=2,
    submitted=date(2004, 9, 13),
    fingerprint="ab" * 32,
    figures=(("Capital", "£140,000"), ("Revenue", "£22,000 a year")),
    sections=(
        Section(heading="Principles", sentences=("All are plainly met.",)),
        Section(
            heading="Costs by year", table=Table(columns=("Year", "Capital"), rows=(("2004/05", "£140,000"),))
        ),
    ),
    closing="Put together from the record on Thursday 21 October 2004.",
)
PACK = Pack(
    organisation="Leicester City Council",
    forum="Strategic Resources Group",
    day=DAY,
    starts="10:00",
    place="Town Hall",
    members=(Member(title="Chief Executive", chair=True), Member(title="Corporate Director")),
    papers_closed=date(2004, 10, 21),
    items=(
        ITEM,
        ITEM.model_copy(update={"number": 2, "title": "A tool kit", "carried_over_from": date(2004, 9, 30)}),
        PackItem(number=3, title="Told directly", ref="INV-2004-0003", for_information=True),
    ),
)
MINUTES = Minutes(
    organisation="Leicester City Council",
    forum="Strategic Resources Group",
    day=DAY,
    starts="10:00",
    place="Town Hall",
    present=("Chief Executive (chair)", "Corporate Director"),
    apologies=("Head of Finance",),
    absent=("Head of Culture",),
    quorum="4 of 6 were present; 4 were needed.",
    next_meeting=date(2004, 11, 25),
    items=(
        MinuteItem(
            number=1,
            reference="SRG 28 October 2004, item 1",
            ref="INV-2004-0002",
            title="On-line booking",
            outcome="Approved with conditions.",
        ),
        MinuteItem(number=2, title="A tool kit", carried_over_to=date(2004, 11, 25)),
    ),
)
HOSTILE = (
    '#panic("gone") #import "secret.typ": x',
    "*bold* _it_ `raw` $x^2$ @foo <label> = Heading",
    "] } ) // comment /* comment */ \\ \\u{41} #[ #{ ",
    "naïve café £5 – “quoted” Ω Ж",
)


def read(paper: bytes) -> list[str]:
    """The words of each page."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(paper)).pages]


def whole(paper: bytes) -> str:
    return " ".join(read(paper))


def squeezed(text: str) -> str:
    """Words without what a line's end may add or take away."""
    return re.sub(r"\s|\u200b", "", text)


def headings(paper: bytes) -> list[tuple[str, int]]:
    """The bookmarks of the second level, each with its page from 1."""
    found = PdfReader(io.BytesIO(paper))
    [_, under] = found.outline
    assert isinstance(under, list)
    told = [one for one in under if not isinstance(one, list)]
    return [(str(one.title), (found.get_destination_page_number(one) or 0) + 1) for one in told]


# ---------------------------------------------------------------------------- the PDFs


@pytest.mark.parametrize(
    ("paper", "title"),
    [
        (pack_pdf(PACK), "Papers for Strategic Resources Group, Thursday 28 October 2004"),
        (minutes_pdf(MINUTES), "Draft minutes of Strategic Resources Group, Thursday 28 October 2004"),
    ],
    ids=["pack", "minutes"],
)
def test_the_papers_can_be_read_aloud(paper: bytes, title: str) -> None:
    found = PdfReader(io.BytesIO(paper))
    root: Any = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata is not None
    assert found.metadata.title == title
    assert "pdfuaid:part" in root["/Metadata"].get_object().get_data().decode()
    tags = list(_tags(root["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/L", "/P"} <= set(tags)
    if title.startswith("Papers"):
        assert {"/H3", "/Table", "/TR", "/TH", "/TD"} <= set(tags)


def _tags(node: Any) -> Any:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for one in node:
            yield from _tags(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from _tags(node["/K"])


def test_each_item_begins_on_a_page_of_its_own_and_says_first_what_is_sought() -> None:
    paper = pack_pdf(PACK)
    pages = read(paper)
    assert headings(paper) == [
        ("Contents", 1),
        ("1. On-line booking (INV-2004-0002)", 2),
        ("2. A tool kit (INV-2004-0002)", 3),
        ("3. Told directly (INV-2004-0003)", 4),
    ]
    sought = "Decision sought: Does SRG approve this proposal of £140,000?"
    for page, words in (
        (1, f"1. On-line booking (INV-2004-0002) {sought} Why it is here"),
        (2, f"2. A tool kit (INV-2004-0002) {sought} Carried over from the meeting of Thursday 30 September"),
        (3, "3. Told directly (INV-2004-0003) For information: no decision is sought."),
    ):
        assert pages[page].removeprefix("Leicester City Council ").startswith(words)


def test_the_first_page_says_when_and_where_who_sits_and_on_which_page_what_is() -> None:
    paper = pack_pdf(PACK)
    page = read(paper)[0]
    for words in (
        "Thursday 28 October 2004 at 10:00",
        "Town Hall",
        "Chief Executive (chair) Corporate Director",
        "Papers closed Thursday 21 October 2004",
        "1. On-line booking (INV-2004-0002) Decision sought: Does SRG approve this proposal of £140,000? 2",
        "3. Told directly (INV-2004-0003) For information: no decision is sought. 4",
        "Page 1 of 4",
    ):
        assert words in page
    links = PdfReader(io.BytesIO(paper)).pages[0]["/Annots"]
    assert len(links) >= 2 * len(PACK.items)  # type: ignore[arg-type]


def test_sixty_items_keep_their_numbers_and_their_order() -> None:
    many = PACK.model_copy(
        update={"items": tuple(ITEM.model_copy(update={"number": n}) for n in range(1, 61))}
    )
    found = headings(pack_pdf(many))[1:]
    assert [title.partition(".")[0] for title, _ in found] == [str(number) for number in range(1, 61)]
    pages = [page for _, page in found]
    assert pages == sorted(set(pages))


def test_a_pack_without_items_says_so() -> None:
    assert "Nothing is on the agenda." in whole(pack_pdf(PACK.model_copy(update={"items": ()})))


def test_minutes_say_who_was_there_what_was_decided_and_that_they_are_a_draft() -> None:
    said = whole(minutes_pdf(MINUTES))
    for words in (
        "Draft: these minutes are not confirmed yet.",
        "Present Chief Executive (chair) Corporate Director",
        "Apologies Head of Finance",
        "Absent Head of Culture",
        "Quorum 4 of 6 were present; 4 were needed. Next meeting Thursday 25 November 2004",
        "1. On-line booking (INV-2004-0002) Outcome Approved with conditions.",
        "Minute SRG 28 October 2004, item 1",
        "2. A tool kit Carried over To Thursday 25 November 2004.",
    ):
        assert words in said
    assert "Corrected" not in said


def test_confirmed_minutes_say_when_and_what_was_corrected() -> None:
    confirmed = {
        "status": "confirmed",
        "confirmed": date(2004, 11, 25),
        "corrections": ("Item 1: by 5 to 1.",),
    }
    paper = minutes_pdf(MINUTES.model_copy(update=confirmed))
    said = whole(paper)
    assert "Confirmed on Thursday 25 November 2004." in said
    assert "Corrected since the draft • Item 1: by 5 to 1." in said
    assert "raft minutes" not in said
    assert [title for title, _ in headings(paper)][-1] == "Corrected since the draft"


def test_an_item_without_an_outcome_says_so_and_no_items_are_named_as_none() -> None:
    bare = MINUTES.model_copy(update={"items": (MinuteItem(number=1, title="A tool kit"),)})
    assert "1. A tool kit Outcome No outcome is recorded." in whole(minutes_pdf(bare))
    assert "Nothing was on the agenda." in whole(minutes_pdf(MINUTES.model_copy(update={"items": ()})))


# ------------------------------------------------------------------------ hostile words


def _typed(value: Any, hostile: str) -> Any:
    """Put hostile words in the place of all words but dates and keys."""
    if isinstance(value, dict):
        return {
            name: inner if name in ("status", "digest") else _typed(inner, hostile)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return tuple(_typed(inner, hostile) for inner in value)
    return hostile if isinstance(value, str) and value else value


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_was_typed_is_printed_as_it_was_typed(hostile: str) -> None:
    pack = Pack.model_validate(_typed(PACK.model_dump(), hostile))
    minutes = Minutes.model_validate(_typed(MINUTES.model_dump(), hostile))
    for paper, typed in ((pack_pdf(pack), 30), (minutes_pdf(minutes), 12)):
        assert squeezed(whole(paper)).count(squeezed(hostile)) > typed


def test_text_from_right_to_left_and_signs_that_no_font_has_are_not_lost() -> None:
    title = "עברית \U0010fffd \u202egnp.exe\u202c"
    said = whole(pack_pdf(PACK.model_copy(update={"items": (ITEM.model_copy(update={"title": title}),)})))
    assert "[U+10FFFD] gnp.exe" in said
    assert set("עברית") <= set(said)
    assert "\u202e" not in said


def test_signs_that_no_font_has_do_not_cost_a_run_of_the_whole_pack_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: list[bytes] = []
    made = printing._made

    def counted(compiler: Any, source: bytes, data: Any) -> bytes:
        tries.append(source)
        return made(compiler, source, data)

    monkeypatch.setattr(printing, "_made", counted)
    titles = [chr(0x1F600 + 7 * number) * 2 + "é" for number in range(30)]
    items = tuple(ITEM.model_copy(update={"number": n, "title": title}) for n, title in enumerate(titles, 1))
    said = squeezed(whole(pack_pdf(PACK.model_copy(update={"items": items}))))
    assert all(sign in said or f"[U+{ord(sign):04X}]" in said for title in titles for sign in title)
    assert tries.count(printing._source("meetings/pack.typ")) == 1


@pytest.mark.parametrize(
    "reason", ["word " * 1_000, "w" * 5_000, "line\n" * 1_000], ids=["words", "one", "lines"]
)
def test_five_thousand_characters_are_whole(reason: str) -> None:
    items = (MINUTES.items[0].model_copy(update={"outcome": reason}), MINUTES.items[1])
    said = squeezed(whole(minutes_pdf(MINUTES.model_copy(update={"items": items}))))
    letter = reason.strip()[-1]
    assert said.count(letter) >= reason.count(letter)
    assert "2.Atoolkit" in said
    long = ITEM.model_copy(update={"sections": (Section(heading="So far", sentences=(reason,)),)})
    assert squeezed(whole(pack_pdf(PACK.model_copy(update={"items": (long,)})))).count(
        letter
    ) >= reason.count(letter)


def test_an_answer_without_a_word_of_its_own_is_told_by_itself() -> None:
    said = Section(heading="So far", lines=(packs.Line(what="Head of ICT supported it on 13 October 2004."),))
    item = ITEM.model_copy(update={"sections": (said,)})
    paper = squeezed(whole(pack_pdf(PACK.model_copy(update={"items": (item,)}))))
    assert "SofarHeadofICTsupportediton13October2004." in paper


def test_the_same_papers_are_the_same_bytes() -> None:
    assert pack_pdf(PACK) == pack_pdf(PACK)
    assert minutes_pdf(MINUTES) == minutes_pdf(MINUTES)


# ------------------------------------------------------------------- what an item says

REF = "INV-2004-0001"


def gathered(office: Office, step: str = "", **more: Any) -> PackItem:
    """The paper of the case for a step, or for a meeting that is only told."""
    with office.store.reading() as tx:
        case = cases.get(tx, REF)
        rules = telling.edition(tx, case.edition)
        return packs.item(tx, case, office.step(step) if step else None, rules, DAY, 4, **more)


def lines(item: PackItem) -> list[str]:
    """All that an item says, in pieces."""
    said = [item.title, item.decision_sought, item.clause, *(which for _, which in item.figures)]
    for section in item.sections:
        said += section.sentences
        said += [word for line in section.lines for word in (line.what, *line.which)]
        said += [cell for row in (section.table.rows if section.table else ()) for cell in row]
    return said


def test_a_paper_says_what_the_decision_page_says(office: Office) -> None:
    office.submitted("PROP-02")
    answers(office, "notification", "heads-of-ict-secretary", Choice.NOTE, "No concerns at all")
    step = office.asked(REF, "srg")
    member = next(seat for seat in office.step(step).seats if seat.holders)
    browser = office.browser()
    browser.see(office.link(step, member.post))
    browser.press()
    if "code" in browser.at:
        browser.press(code=office.mail.code)
    assert browser.at.startswith("/a/read/"), browser.words
    item = gathered(office, step)
    assert item.number == 4
    assert "No concerns at all" in " ".join(lines(item))
    paid = next(section for section in item.sections if section.heading == "What it does to budgets")
    own = {word for line in paid.lines for word in (line.what, *line.which)}
    squashed = squeezed(browser.words)
    assert [said for said in lines(item) if said not in own and squeezed(said) not in squashed] == []


def test_a_paper_of_what_is_still_to_come_asks_what_will_be_asked(office: Office) -> None:
    office.submitted("PROP-02")
    with office.store.reading() as tx:
        case = cases.get(tx, REF)
        rules = telling.edition(tx, case.edition)
        leg = next(leg for leg in case.route if leg.leg == "notification")
        item = packs.item(tx, case, leg.asks[0], rules, DAY, 1, carried_over_from=date(2004, 9, 8))
    assert item.decision_sought == "Do you have any concerns about this proposal?"
    assert "(clause NOTIFY-1)." in item.clause
    assert (item.fingerprint, item.version) == (case.content_hash, 1)
    assert item.carried_over_from == date(2004, 9, 8)
    assert not item.for_information
    [section] = [section for section in item.sections if section.heading == "So far"]
    assert section.sentences == ("Nobody has answered yet.",)
    assert "What may be answered" in [section.heading for section in item.sections]


def test_what_a_board_did_not_decide_by_email_is_put_to_its_meeting_in_the_same_words(office: Office) -> None:
    office.submitted("PROP-04", decision_needed_by="2005-01-31")
    with office.store.reading() as tx:
        case = cases.get(tx, REF)
        rules = telling.edition(tx, case.edition)
        [first] = next(leg for leg in case.route if leg.leg == "srg").asks
        [at_its_meeting] = first.otherwise
        by_email, there = (
            packs.item(tx, case, ask, rules, DAY, 1).decision_sought for ask in (first, at_its_meeting)
        )
    assert there == by_email
    assert there.startswith("Does Strategic Resources Group approve this proposal of £")


def test_a_paper_for_information_asks_nothing_and_tells_what_was_answered(office: Office) -> None:
    office.submitted("PROP-02")
    answers(office, "notification", "heads-of-ict-secretary", Choice.NOTE, "No concerns at all")
    item = gathered(office)
    assert item.for_information
    assert (item.decision_sought, item.clause) == ("", "")
    assert "No concerns at all" in " ".join(lines(item))
    assert "What may be answered" not in [section.heading for section in item.sections]


def test_what_members_may_not_see_of_one_another_is_in_no_pack(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = office.edition.terms()["srg"].model_copy(update={"blind": True})
    monkeypatch.setitem(office.edition.steps, "srg", blind)
    office.submitted("PROP-02")
    step = office.asked(REF, "srg")
    seat = next(seat for seat in office.step(step).seats if seat.holders)
    with office.store.writing() as tx:
        given = intents.Intent(
            key=decision_key(step, 1, seat.key),
            case=REF,
            step=step,
            round=1,
            seat=seat.key,
            person=seat.holders[0].person,
            post=seat.post,
            choice=Choice.REJECT,
            reason="A secret between us",
            content_hash=office.step(step).content_hash,
            shown_hash="5" * 64,
            submitted_at=tx.now,
        )
        intents.submit(tx, given)
    office.engine.decided.append(given.decision())
    office.recorded(step)
    assert office.step(step).seat(seat.key).choice is Choice.REJECT  # type: ignore[union-attr]
    assert "A secret between us" not in " ".join(lines(gathered(office)))


def test_the_whole_of_a_gathered_paper_is_printed(office: Office) -> None:
    office.submitted("PROP-02")
    answers(office, "notification", "heads-of-ict-secretary", Choice.NOTE, "No concerns at all")
    item = gathered(office, office.asked(REF, "srg"))
    pages = read(pack_pdf(PACK.model_copy(update={"items": (item,)})))
    # What goes on over the foot of one page and the head of the next is interrupted by them.
    between = (
        r"^Leicester City Council( Figure Value How it was worked out)?|Papers for \S.* Page \d+ of \d+$"
    )
    said = squeezed("".join(re.sub(between, "", page) for page in pages))
    assert [word for word in lines(item) if squeezed(word) not in said] == []
