"""Handbooks: a changed one is rehearsed, put forward by one person and published by another."""

import re
from datetime import date, timedelta

import pytest

from service import handbook, publishing
from service.errors import Conflict
from service.handbook import Edition
from service.store import cases, editions, journal, letters, rebuild
from service.store.editions import Draft, Player
from service.store.line import ORGANISATION
from tests.service.web.office import BEGINS, Office

PMO, ADMINISTRATOR = "corp-projects-manager", "pmo"
LITERAL = handbook.load("leicester/framework-2004")


def drafted(office: Office, edition: Edition = LITERAL, post: str = PMO) -> int:
    """Put a handbook forward as the command line does; return the draft's number."""
    with office.store.writing() as tx:
        return publishing.put_forward_from(tx, edition, office.holder(post), office.links.page).number


def found(office: Office, edition: Edition = LITERAL) -> int:
    """Have the installation find a handbook in its files."""
    with office.store.writing() as tx:
        assert publishing.kept(tx, edition, office.links.page)
        return editions.drafts(tx, edition.organisation)[0].number


def draft(office: Office, number: int) -> Draft:
    with office.store.reading() as tx:
        return editions.draft(tx, number)


def in_force(office: Office) -> str | None:
    with office.store.reading() as tx:
        return editions.in_force_hash(tx, "leicester")


def changed(office: Office, **parts: object) -> Edition:
    return Edition.model_validate(office.edition.model_dump() | parts)


def sent(office: Office) -> list[tuple[str, str]]:
    """The subjects of the letters that were sent, with the addresses they went to."""
    return sorted((str(letter["To"]), str(letter["Subject"])) for letter in office.mail.sent)


def test_a_draft_shows_what_it_would_do_to_every_stored_proposal(office: Office) -> None:
    major, minor = office.submitted("PROP-02"), office.submitted("PROP-01")
    browser = office.signed_in(ADMINISTRATOR)
    assert browser.see(f"/handbooks/{drafted(office)}") == 200
    assert browser.heading == LITERAL.title
    assert "2 proposals: 1 would go another way (1 of them still under way)" in browser.words
    assert "SRG decides 1 of them now and would decide 0: 1 would have missed SRG" in browser.words
    assert "5 working days saved in all, and 5 working days saved in the middle one" in browser.words
    assert re.search(r"Strategic Resources Group 1 0 -1 .*Chief Executive 1 0 -1", browser.words)
    assert "No longer SRG: Strategic Resources Group (clause SRG-1)" in browser.words
    assert (major in browser.words, minor in browser.words) == (True, False)
    assert "SRG decides major yes no" in browser.words
    assert "Put forward by E. Holder, Corporate Projects, Corporate Projects Manager" in browser.words


def test_each_bar_is_as_long_as_its_figure_and_the_table_says_the_same(office: Office) -> None:
    office.submitted("PROP-02")
    browser = office.signed_in(ADMINISTRATOR)
    browser.see(f"/handbooks/{drafted(office)}")
    bars = re.findall(r'class="assent-bars__(before|after)".*?width="([\d.]+)"', browser.page)
    assert {*bars} == {("before", "160.0"), ("after", "0.0")}
    assert browser.page.count('<svg aria-hidden="true"') == len(bars) / 2 == 9


def test_without_a_proposal_the_page_says_so(office: Office) -> None:
    browser = office.signed_in(PMO)
    assert browser.see(f"/handbooks/{drafted(office)}") == 200
    assert "No proposal has been submitted" in browser.words
    assert "Nobody: each post and forum has as much work as before." in browser.words


def test_a_rehearsal_is_made_again_when_something_was_submitted_since(office: Office) -> None:
    number, browser = drafted(office), office.signed_in(PMO)
    for proposals in ("1 proposal:", "2 proposals:"):
        office.submitted("PROP-02")
        browser.see(f"/handbooks/{number}")
        assert proposals in browser.words


def test_a_second_person_publishes_and_everybody_who_may_is_told(office: Office) -> None:
    old = office.submitted("PROP-02")
    number = drafted(office)
    # What is left to be sent when a page has been given is sent before the web ends.
    with office.signed_in(ADMINISTRATOR) as browser:
        browser.see(f"/handbooks/{number}/publish")
        assert "cases that are under way finish under the handbook they began with" in browser.words
        assert in_force(office) == office.edition.hash, "looking changes nothing"
        assert browser.press() == 200
        assert "Published by L. Holder, Programme Office" in browser.words
    assert in_force(office) == LITERAL.hash
    new = office.submitted("PROP-02")
    with office.store.reading() as tx:
        before, after = cases.get(tx, old), cases.get(tx, new)
    assert (before.edition, after.edition) == (office.edition.hash, LITERAL.hash)
    assert "srg" in [leg.leg for leg in before.route]
    assert "srg" not in [leg.leg for leg in after.route]
    subject = "Published: a changed handbook of Leicester City Council"
    assert [told for _, told in sent(office)] == [subject, subject]


def test_who_published_and_who_put_forward_is_on_record_with_their_posts(office: Office) -> None:
    browser = office.signed_in(ADMINISTRATOR)
    browser.see(f"/handbooks/{drafted(office)}/publish")
    browser.press()
    with office.store.reading() as tx:
        line = next(each for each in journal.lines(tx, ORGANISATION) if each.data.get("draft"))
    assert (line.kind, line.actor) == ("edition.adopted", "p-028")
    assert (line.data["role"], line.data["post"]) == ("administrator", "pmo")
    assert line.data["put_forward"] == {"person": "p-021", "role": "pmo", "post": "corp-projects-manager"}
    before = rebuild.dump(office.store)
    rebuild.rebuild(office.store)
    assert rebuild.dump(office.store) == before


def test_whoever_put_it_forward_is_refused_in_words(office: Office) -> None:
    number, browser = drafted(office), office.signed_in(PMO)
    browser.see(f"/handbooks/{number}")
    assert "You put it forward, so somebody else has to publish it: L. Holder" in browser.words
    browser.see(f"/handbooks/{number}/publish")
    assert browser.heading == "You cannot publish this handbook"
    browser.see(f"/handbooks/{number}/withdraw")
    csrf = browser.form().hidden["csrf"]
    data = {"csrf": csrf, "instead_of": office.edition.hash}
    answer = browser.post(f"/handbooks/{number}/publish", data=data)
    assert answer.status_code == 403
    assert "You put this handbook forward, so somebody else has to publish it." in answer.text
    assert in_force(office) == office.edition.hash


def test_a_form_that_is_not_ours_publishes_nothing(office: Office) -> None:
    number, browser = drafted(office), office.signed_in(ADMINISTRATOR)
    data = {"instead_of": office.edition.hash}
    assert browser.post(f"/handbooks/{number}/publish", data=data).status_code == 403
    assert in_force(office) == office.edition.hash


def test_what_was_found_in_the_files_needs_two_people(office: Office) -> None:
    number = found(office)
    other = office.signed_in(PMO)
    with office.signed_in(ADMINISTRATOR) as one:
        one.see(f"/handbooks/{number}")
        assert "Nobody has put it forward yet." in one.words
        one.see(f"/handbooks/{number}/publish")
        assert "Somebody who may publish handbooks today has to put it forward first." in one.words
        one.see(f"/handbooks/{number}")
        assert one.press(True, "/forward") == 200
        assert "You put it forward" in one.words
    address = office.edition.posts[PMO].email
    assert sent(office) == [(f'"E. Holder, Corporate Projects" <{address}>', SUBJECT)]
    other.see(f"/handbooks/{number}/publish")
    assert other.press() == 200
    assert in_force(office) == LITERAL.hash


MANAGER = "E. Holder, Corporate Projects, Corporate Projects Manager - ICT & CA"
SUBJECT = "Check and publish: a changed handbook of Leicester City Council"


def test_a_draft_is_told_to_the_others_who_may_publish_and_one_that_was_found_to_all(office: Office) -> None:
    drafted(office)
    with office.store.reading() as tx:
        (row,) = letters.unsent(tx)
    assert (row.kind, row.person, row.props["put_forward_by"]) == (
        "handbook_drafted",
        "p-028",
        MANAGER,
    )
    found(office, changed(office, title="Another"))
    with office.store.reading() as tx:
        told = {(row.person, row.props["put_forward_by"]) for row in letters.unsent(tx)} - {
            (row.person, row.props["put_forward_by"])
        }
    assert told == {("p-021", ""), ("p-028", "")}


@pytest.mark.parametrize("post", [PMO, ADMINISTRATOR])
def test_either_withdraws_a_draft(office: Office, post: str) -> None:
    number, browser = drafted(office), office.signed_in(post)
    browser.see(f"/handbooks/{number}/withdraw")
    assert draft(office, number).open
    assert browser.press() == 200
    assert "Withdrawn by" in browser.words
    other = office.signed_in(ADMINISTRATOR)
    assert other.see(f"/handbooks/{number}/publish") == 200
    assert other.at == f"/handbooks/{number}", "there is nothing to publish"


def test_a_draft_that_another_has_overtaken_says_so_and_is_looked_at_again(office: Office) -> None:
    behind, other = drafted(office, changed(office, title="Another")), drafted(office)
    late, early = office.signed_in(ADMINISTRATOR), office.signed_in(ADMINISTRATOR)
    late.see(f"/handbooks/{behind}/publish")
    early.see(f"/handbooks/{other}/publish")
    assert early.press() == 200
    assert late.press() == 409
    assert "Another handbook has come into force since you opened this page." in late.words
    late.see(f"/handbooks/{behind}")
    assert "The handbook in force has changed since this draft was kept." in late.words
    late.see(f"/handbooks/{behind}/publish")
    assert late.press() == 200
    assert in_force(office) == draft(office, behind).hash


def test_whoever_put_it_forward_must_still_be_in_the_part_when_it_is_published(office: Office) -> None:
    number = drafted(office, post=ADMINISTRATOR)
    office.leaves(office.holder(ADMINISTRATOR))
    browser = office.signed_in(PMO)
    browser.see(f"/handbooks/{number}")
    assert "Whoever put it forward may no longer publish handbooks." in browser.words
    assert "L. Holder, Programme Office" in browser.words, "the handbook of the time still knows them"
    browser.see(f"/handbooks/{number}/publish")
    assert browser.heading == "You cannot publish this handbook"
    browser.see(f"/handbooks/{number}")
    browser.press(True, "/forward")
    assert draft(office, number).put_by == office.holder(PMO)


def test_a_handbook_under_which_nobody_could_publish_the_next_is_not_put_forward(office: Office) -> None:
    alone = changed(office, roles=office.edition.roles | {"administrator": PMO})
    with pytest.raises(Conflict, match="fewer than two different people"):
        drafted(office, alone)


@pytest.mark.parametrize(("until", "told"), [(1, ""), (400, " from ")])
def test_a_handbook_under_which_a_board_could_not_decide_is_not_put_forward(
    office: Office, until: int, told: str
) -> None:
    leaving = [*office.edition.forums["srg"].members[1:6], "sd-ict-ca", "sd-information"]
    last = BEGINS.date() + timedelta(days=until if told else -until)
    held = tuple(
        one.model_copy(update={"until": last}) if one.post in leaving else one
        for one in office.edition.holdings
    )
    with pytest.raises(Conflict, match=f"forums.srg.members: 4 must answer.*could{told}"):
        drafted(office, changed(office, holdings=held))


def test_a_board_whose_posts_are_handed_over_across_a_weekend_is_no_reason_to_refuse_a_handbook(
    office: Office,
) -> None:
    members, first = office.edition.forums["srg"].members, date(2004, 9, 20)
    held = tuple(
        part
        for one in office.edition.holdings
        for part in (
            (
                one.model_copy(update={"until": first - timedelta(days=3)}),
                one.model_copy(update={"since": first}),
            )
            if one.post in members
            else (one,)
        )
    )
    drafted(office, changed(office, holdings=held))


def test_a_handbook_whose_last_meeting_has_passed_meanwhile_is_not_published(office: Office) -> None:
    forum = office.edition.forums["heads-of-ict"]
    last = forum.model_copy(update={"meetings": tuple(day for day in forum.meetings if day.year <= 2004)})
    number = drafted(office, changed(office, forums=office.edition.forums | {"heads-of-ict": last}))
    office.days_pass(150)
    now, publisher = in_force(office) or "", office.holder(ADMINISTRATOR)
    told = "not today: forums.heads-of-ict: has no meeting to come that papers can still reach"
    with office.store.writing() as tx, pytest.raises(Conflict, match=told):
        publishing.publish(tx, number, publisher, office.links.page, instead_of=now)


def test_whoever_a_published_handbook_no_longer_names_is_not_let_in(office: Office) -> None:
    gone = tuple(held for held in office.edition.holdings if held.person != office.holder("hoict-rc"))
    number = drafted(office, changed(office, holdings=gone))
    leaver, browser = office.signed_in("hoict-rc"), office.signed_in(ADMINISTRATOR)
    assert leaver.get("/work").status_code == 200
    browser.see(f"/handbooks/{number}")
    assert "Who holds which post" in browser.words
    browser.see(f"/handbooks/{number}/publish")
    browser.press()
    assert leaver.get("/work").status_code == 303


def test_the_list_names_what_is_in_force_and_every_draft(office: Office) -> None:
    browser = office.signed_in(PMO)
    browser.see("/handbooks")
    assert "There is no draft." in browser.words
    assert "Leicester City Council ICT investment handbook (leicester)" in browser.words
    number = drafted(office)
    browser.see("/handbooks")
    assert f"{LITERAL.title} , draft {number} Put forward" in browser.words
    assert "Besides you, these may: L. Holder, Programme Office" in browser.words


@pytest.mark.parametrize("post", ["cd-rc", "internal-audit"])
def test_others_see_nothing_of_it(office: Office, post: str) -> None:
    number, browser = drafted(office), office.signed_in(post)
    for path in ("/handbooks", f"/handbooks/{number}", f"/handbooks/{number}/publish"):
        assert browser.get(path).status_code == 403
    browser.see("/work")
    assert "Handbooks" not in browser.page


@pytest.fixture
def herefordshire(office: Office) -> Edition:
    edition = handbook.load("herefordshire")
    with office.store.writing() as tx:
        editions.put(tx, edition.to_json(), organisation="herefordshire", name="herefordshire")
    return edition


def test_the_drafts_of_another_organisation_are_not_there(office: Office, herefordshire: Edition) -> None:
    other = Edition.model_validate(herefordshire.model_dump() | {"title": "Another"})
    with office.store.writing() as tx:
        by = Player(person="p-108", role="pmo", post="programme-manager")
        kept = editions.drafted(tx, other.to_json(), organisation="herefordshire", name="x", by=by)
    browser = office.signed_in(PMO)
    assert browser.get(f"/handbooks/{kept.number}").status_code == 404
    browser.see("/handbooks")
    assert "Herefordshire Council" in browser.words, "but what is in force is"
    assert "Another" not in browser.words


@pytest.mark.parametrize("number", ["0", "99", "x", "9" * 40, "-1"])
def test_a_draft_that_is_not_there(office: Office, number: str) -> None:
    assert office.signed_in(PMO).get(f"/handbooks/{number}").status_code in (404, 422)
