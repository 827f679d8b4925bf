"""A review of what was delivered: whoever writes, checks or notes it sees what came of each benefit."""

from datetime import date

import pytest

from service import telling
from service.store import benefits, cases, letters
from service.web import packs
from tests.service.web.delivery import MANAGER, Delivery, begun
from tests.service.web.office import Office
from tests.service.web.test_project_reports import REVIEW
from workflows.delivery import BenefitRead, Rag
from workflows.model import LegAsk

CLAIMS = [
    {"title": "Posts saved", "amount_gbp_per_year": "40000.00", "cashable": True, "from_year": "2005/06"},
    {"title": "Seats sold on the day", "amount_gbp_per_year": "9000.00", "cashable": False},
    {"title": "Fewer telephone calls"},
]
TOGETHER = "Of £40,000 a year claimed of these, £12,000 has come about (30%)."
ROWS = (
    "Posts saved ({}) £40,000 a year £12,000, 6 months after go-live 30% of what was claimed, rated red",
    "Seats sold on the day ({}) £9,000 a year Nothing yet Not known yet",
    "Fewer telephone calls ({}) No sum was claimed 310, 6 months after go-live Rated amber",
)


@pytest.fixture
def over(office: Office) -> Delivery:
    """A project whose benefits were read, an early month put right last."""
    one = begun(office, benefits=CLAIMS)
    one.in_stage()
    posts, _, calls = refs(one)
    reads(one, posts, 3, "9000", Rag.AMBER)
    reads(one, posts, 6, "12000", Rag.RED)
    reads(one, calls, 6, "310", Rag.AMBER)
    by = {"reason": "A week was left out", "by": "p-pmo", "by_post": "pmo"}
    with office.store.writing() as tx:
        assert benefits.corrected(tx, posts, month=3, value="11000", rating=Rag.GREEN, **by)
    return one


def refs(one: Delivery) -> list[str]:
    with one.office.store.reading() as tx:
        return [each.ref for each in benefits.of_proposal(tx, one.parent)]


def reads(one: Delivery, ref: str, month: int, value: str, rating: Rag) -> None:
    with one.office.store.writing() as tx:
        read = BenefitRead(case=ref, step=f"{ref}.benefit-{month}.1", month=month, at=tx.now)
        benefits.read(tx, read, person="p-owner", value=value, rating=rating)


def rows(one: Delivery) -> list[str]:
    return [row.format(ref) for row, ref in zip(ROWS, refs(one), strict=True)]


def test_whoever_writes_or_checks_a_review_sees_readings_against_claims(over: Delivery) -> None:
    step = over.put("review", MANAGER, case=over.parent)
    page = over.reading(step, MANAGER).words.replace(" )", ")").replace("( ", "(")
    assert page.index(TOGETHER) < page.index("Your answer")
    for row in rows(over):
        assert row in page
    over.answers(step, MANAGER, REVIEW)
    checker = over.office.edition.routing(date(2004, 9, 13)).reviewer
    check = over.put("review_check", checker, case=over.parent)
    page = over.reading(check, checker).words
    assert page.index("Lesson 1") < page.index(rows(over)[0]) < page.index("Your answer")
    with over.office.store.reading() as tx:
        asked = [row for each in (step, check) for row in letters.of_step(tx, each) if row.kind == "request"]
    assert [TOGETHER in row.props["stands"] for row in asked] == [True, True]


@pytest.mark.parametrize("asked", [False, True])
def test_srg_has_readings_against_claims_in_its_papers(over: Delivery, asked: bool) -> None:
    over.answers(over.put("review", MANAGER, case=over.parent), MANAGER, REVIEW)
    rules = over.office.edition
    question = LegAsk(key="review-srg", kind="review_srg", seats=())
    step = over.put("review_srg", rules.forums["srg"].secretary, key="review-srg", case=over.parent)
    with over.office.store.reading() as tx:
        case = cases.get(tx, over.parent)
        put = over.office.step(step) if asked else question
        item = packs.item(tx, case, put, telling.rules_of(tx, case), date(2005, 11, 24), 1)
        told = packs.item(tx, case, None, telling.rules_of(tx, case), date(2005, 11, 24), 1)
    (section,) = [each for each in item.sections if each.heading == "What has come of its benefits"]
    assert TOGETHER in section.sentences
    assert section.table is not None
    assert [" ".join(row) for row in section.table.rows] == [
        row.removesuffix(" Not known yet") + (" " if row.endswith("Not known yet") else "")
        for row in rows(over)
    ]
    assert "What has come of its benefits" not in [each.heading for each in told.sections]
    assert packs.pack_pdf(packs.Pack(organisation="L", forum="SRG", day=date(2005, 11, 24), items=(item,)))


def test_the_secretary_reads_them_where_the_review_is_noted(over: Delivery) -> None:
    over.answers(over.put("review", MANAGER, case=over.parent), MANAGER, REVIEW)
    secretary = over.office.edition.forums["srg"].secretary
    step = over.put("review_srg", secretary, key="review-srg", case=over.parent)
    page = over.reading(step, secretary).words
    for row in rows(over):
        assert row in page
    assert "What was read" not in page


def test_a_benefit_s_page_says_what_counts_of_it(over: Delivery) -> None:
    posts, _, calls = refs(over)
    browser = over.office.signed_in(MANAGER)
    browser.see(f"/cases/{posts}")
    assert "Come about by the last reading £12,000 of £40,000 a year (30%)" in browser.words
    browser.see(f"/cases/{calls}")
    assert "No sum was claimed, so only its owner's rating says how it stands" in browser.words
    assert "%" not in browser.words
    browser.see(f"/cases/{over.parent}")
    assert "Last read: £12,000 of £40,000 a year (30%), red." in browser.words
    assert "Last read: 310, amber." in browser.words
