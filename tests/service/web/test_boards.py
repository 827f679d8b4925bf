"""A board votes by link: what each reader is shown of it, while it is open and afterwards."""

from datetime import timedelta

import pytest

from service import telling
from service.store import covers, intents, letters
from service.store.covers import Cover
from tests.service.web.office import Office
from tests.support.activities import done
from workflows.model import (
    Ask,
    Capacity,
    Choice,
    Ending,
    Nudge,
    Outcome,
    StepClosing,
    StepNudged,
    StepOpening,
)

REASON = "Far too dear"


def asked(office: Office, ref: str, **terms: object) -> str:
    """Put SRG's question with some of its terms changed; returns the step's id."""
    ask = office._ask(ref, "srg", 1)
    return opened(office, ask.model_copy(update={"terms": ask.terms.model_copy(update=terms)}))


def opened(office: Office, ask: Ask) -> str:
    with office.store.reading() as tx:
        at = tx.now
    done(office.register.opened(StepOpening(ask=ask, at=at)))
    return ask.step


def votes(office: Office, step: str, post: str, choice: str, reason: str = "") -> str:
    """Vote by the link of a letter; returns the page that says what has become of it."""
    member = office.browser()
    member.see(office.link(step, post))
    member.press()
    member.press(choice=choice, reason=reason)
    member.press()
    office.recorded(step)
    member.see(f"/a/done/{office.row(step, post).id}")
    return member.words


def reads(office: Office, step: str, post: str) -> str:
    member = office.browser()
    member.see(office.link(step, post))
    member.press()
    return member.words


def everything(office: Office, ref: str, step: str) -> dict[str, str]:
    """Return every page, answer of the API and letter that somebody else could read of an open question."""
    found = {}
    colleague = office.browser()
    colleague.see(office.link(step, "chief-finance-officer"))
    colleague.press()
    found["a member's page"] = colleague.page
    roles = office.edition.roles
    for reader in ("hoict-rc", "cd-sch", roles["pmo"], roles["auditor"]):
        browser = office.signed_in(reader)
        for path in (
            "/work",
            "/cases",
            f"/cases/{ref}",
            f"/cases/{ref}/record",
            f"/cases/{ref}/decision-record",
        ):
            browser.see(path)
            found[f"{reader} {path}"] = browser.page
        headers = office.token(reader)
        for path in (
            f"cases/{ref}",
            f"cases/{ref}/journal",
            "steps",
            "cases",
            f"cases/{ref}/decision-record",
        ):
            found[f"{reader} API {path}"] = office.browser().get(f"/api/v1/{path}", headers=headers).text
    voter = office.holder("chief-executive")
    with office.store.reading() as tx:
        for row in letters.of_step(tx, step):
            if row.person != voter:
                found[f"letter {row.key}"] = str(row.props)
    return found


def test_nobody_else_can_read_a_hidden_vote_anywhere_and_everybody_can_afterwards(office: Office) -> None:
    ref = office.submitted("PROP-02")
    step = asked(office, ref, blind=True)
    own = votes(office, step, "chief-executive", "reject", REASON)
    assert REASON in own, "the voter sees their own"
    signs = (REASON, "Chief Executive</strong> rejected", "Chief Executive rejected", " 1 against")
    for where, text in everything(office, ref, step).items():
        for sign in (*signs, '"choice":"reject"', "'choice': 'reject'"):
            assert sign not in text, (where, sign)
    page = reads(office, step, "cd-rc")
    assert "1 of 8 present; 4 needed." in page, "that somebody has voted is told"
    assert "How anybody votes is shown when it is decided." in page
    outcome = Outcome(
        step=step, ending=Ending.DECIDED, choice=Choice.REJECT, at=office.step(step).opened, kind="srg"
    )
    office.closed(step, StepClosing(step=step, outcome=outcome))
    member = office.signed_in("cd-sch")
    member.see(f"/cases/{ref}")
    assert REASON in member.words
    assert "Strategic Resources Group: 1 of 8 present; 4 needed. 0 for, 1 against." in member.words


def test_open_votes_are_counted_for_all_and_the_chair_is_told_what_theirs_can_do(office: Office) -> None:
    ref = office.submitted("PROP-02")
    step = asked(office, ref)
    for post, choice in (("cd-rc", "approve"), ("cd-sch", "reject"), ("cd-hsg", "abstain")):
        votes(office, step, post, choice, REASON)
    chair = reads(office, step, "chief-executive")
    assert "3 of 8 present; 4 needed." in chair
    assert "1 more must vote for the votes to count, of: Chief Executive; " in chair
    assert "So far 1 for, 1 against, 1 abstaining." in chair
    assert "the casting vote of Chief Executive would decide" in chair
    assert "You chair: if votes are even, yours decides." in chair
    other = reads(office, step, "cd-ell")
    assert "You chair" not in other
    assert (
        "the votes that have been cast decide, if they make a quorum; otherwise more are waited for" in other
    )
    assert "it closes; what is not decided by then goes to its next meeting" in other
    case = office.signed_in("cd-rad")
    case.see(f"/cases/{ref}")
    assert "3 of 8 present; 4 needed." in case.words
    assert 'role="img" aria-label="3 of 8 present; 4 needed."' in case.page
    told = office.browser().get(f"/api/v1/steps?case={ref}", headers=office.token("hoict-rc")).json()
    quorum = told["steps"][0]["quorum"]
    assert (quorum["present"], quorum["needed"], quorum["wanting"]) == (3, 4, 1)
    assert (quorum["in_favour"], quorum["against"], quorum["abstaining"]) == (1, 1, 1)
    told = office.browser().get(f"/api/v1/cases/{ref}", headers=office.token("hoict-rc")).json()
    assert told["quorum"] == {step: quorum}


def test_whoever_declares_an_interest_is_out_of_it_and_sees_nobody_s_vote(office: Office) -> None:
    ref = office.submitted("PROP-02")
    step = asked(office, ref)
    votes(office, step, "cd-sch", "reject", REASON)
    said = votes(office, step, "cd-rc", "declare_interest", "My partner works for the supplier")
    assert "You are out of this question" in said
    assert "1 of 8 present; 4 needed; 1 has declared an interest." in said
    assert "against" not in said
    for post, sees in (("cd-rc", False), ("cd-rad", True)):
        browser = office.signed_in(post)
        browser.see(f"/cases/{ref}")
        assert (REASON in browser.words) is sees
        assert ("So far 0 for, 1 against." in browser.words) is sees
        api = office.browser().get(f"/api/v1/cases/{ref}", headers=office.token(post)).text
        assert (REASON in api) is sees


def test_a_veto_s_holder_is_told_so(office: Office) -> None:
    ask = office._ask(office.submitted("PROP-02"), "srg", 1)
    seats = tuple(seat.model_copy(update={"veto": seat.key == "cd-rc"}) for seat in ask.seats)
    step = opened(office, ask.model_copy(update={"seats": seats}))
    assert "You may stop this alone" in reads(office, step, "cd-rc")
    assert "You may stop this alone" not in reads(office, step, "cd-sch")
    waits = "It does not go on before an answer of Corporate Director, Regeneration and Culture, who may stop"
    assert waits in reads(office, step, "cd-sch")
    votes(office, step, "cd-rc", "abstain", "I was not there")
    assert "It does not go on before an answer" not in reads(office, step, "cd-sch")


@pytest.mark.parametrize(
    ("choice", "told"),
    [("reject", "may stop it alone, and did"), ("return", "may return it alone, and did")],
)
def test_a_veto_is_told_in_the_words_of_its_answer(office: Office, choice: str, told: str) -> None:
    ref = office.submitted("PROP-02")
    ask = office._ask(ref, "srg", 1)
    seats = tuple(seat.model_copy(update={"veto": seat.key == "cd-rc"}) for seat in ask.seats)
    step = opened(office, ask.model_copy(update={"seats": seats}))
    votes(office, step, "cd-rc", choice, REASON)
    outcome = Outcome(
        step=step, ending=Ending.DECIDED, choice=Choice(choice), at=office.step(step).opened, kind="srg"
    )
    office.closed(step, StepClosing(step=step, outcome=outcome))
    browser = office.signed_in("cd-sch")
    browser.see(f"/cases/{ref}")
    assert told in browser.words


def test_a_member_reads_that_theirs_is_one_vote_of_several(office: Office) -> None:
    ask = office._ask(office.submitted("PROP-02"), "srg", 1)
    seats = tuple(seat.model_copy(update={"veto": seat.key == "cd-rad"}) for seat in ask.seats)
    step = opened(office, ask.model_copy(update={"seats": seats}))
    member = office.browser()
    member.see(office.link(step, "cd-rc"))
    member.press()
    alone = ("The proposal ends here", "everybody who must approve", "Your clock stops")
    assert not any(said in member.words for said in alone)
    member.press(choice="reject", reason=REASON)
    told = "Your vote counts against it. If it fails by that, the sponsor is told why."
    assert f"What happens next {told}" in member.words
    assert "The proposal ends here" in reads(office, step, "cd-rad"), "a veto stops it"


@pytest.mark.parametrize("post", ["bh-dmh"])
def test_a_forum_s_substitute_votes_in_the_place_of_a_member_who_is_away(office: Office, post: str) -> None:
    ref = office.submitted("PROP-02")
    ask = office._ask(ref, "srg", 1)
    seats = tuple(
        seat.model_copy(update={"substitute": post}) if seat.key == "cd-sch" else seat for seat in ask.seats
    )
    member, private = office.holder("cd-sch"), office.holder("bh-land-charges")
    with office.store.writing() as tx:
        covers.set(tx, Cover(person=member, cover=private, starts=tx.today, ends=tx.today, set_by=member))
    step = opened(office, ask.model_copy(update={"seats": seats}))
    seat = next(seat for seat in office.step(step).seats if seat.key == "cd-sch")
    assert seat.substitute == post
    assert [(one.person, one.capacity) for one in seat.holders] == [
        (office.holder(post), Capacity.SUBSTITUTE),
        (member, Capacity.HOLDER),
    ]
    page = reads(office, step, post)
    assert f"substitute for {office.edition.people[member].name}" in page
    votes(office, step, post, "approve")
    seat = next(seat for seat in office.step(step).seats if seat.key == "cd-sch")
    assert (seat.person, seat.choice) == (office.holder(post), Choice.APPROVE)
    with office.store.reading() as tx:
        (cover,) = [row for row in letters.of_step(tx, step) if row.kind == "cover"]
    assert cover.props["substitute"]
    assert cover.props["covering"] == office.edition.people[member].name


def test_an_answer_names_the_member_for_whom_a_substitute_sat(office: Office) -> None:
    step = asked(office, office.submitted("PROP-02"))
    votes(office, step, "cd-rc", "approve")
    with office.store.reading() as tx:
        (made,) = intents.decisions_of_step(tx, step)
    srg = office.edition.forums["srg"].model_copy(update={"substitutes": {"cd-sch": "bh-dmh"}})
    rules = office.edition.model_copy(update={"forums": {**office.edition.forums, "srg": srg}})
    sat = made.model_copy(update={"forum": "srg", "post": "bh-dmh", "on_behalf_of": ""})
    told = telling.told(sat, rules)
    assert (told.substitute, told.for_whom) == (True, telling.title(rules, "cd-sch", told.on))
    for other in (sat.model_copy(update={"post": "cd-rc"}), sat.model_copy(update={"forum": ""})):
        assert not telling.told(other, rules).substitute


def test_the_record_names_who_was_silent_at_each_rung_and_tells_what_was_done(office: Office) -> None:
    ref = office.submitted("PROP-02")
    step = asked(office, ref)
    silent = ("cd-sch", "cd-hsg")

    def told(nudge: Nudge) -> str:
        """What the record says of the first rung of a kind, once it has come due."""
        rung = next(rung for rung in office.step(step).rungs if rung.nudge is nudge)
        done(office.register.nudged(StepNudged(step=step, rung=rung, silent=silent, at=rung.at)))
        reader = office.signed_in(office.edition.roles["pmo"])
        reader.see(f"/cases/{ref}/record")
        return reader.words

    words = told(Nudge.REMIND)
    both = "Corporate Director, Social Care and Health and Corporate Director, Housing"
    assert f"{both} had not answered, so a reminder was sent." in words
    assert "Nobody" not in words
    office.covers("cd-sch", by="bh-dmh", until=office.step(step).due.date() + timedelta(days=30))
    words = told(Nudge.COVER)
    one = both.removesuffix(" and Corporate Director, Housing")
    assert f"{one} had not answered, so their cover or substitute was asked as well." in words
    assert f"{both} had not answered, so the programme office was told." in told(Nudge.PMO)


def test_the_record_says_where_nobody_was_there_to_be_asked_as_well(office: Office) -> None:
    ref = office.submitted("PROP-02")
    step = asked(office, ref)
    rung = next(rung for rung in office.step(step).rungs if rung.nudge is Nudge.COVER)
    done(office.register.nudged(StepNudged(step=step, rung=rung, silent=("cd-hsg",), at=rung.at)))
    reader = office.signed_in(office.edition.roles["pmo"])
    reader.see(f"/cases/{ref}")
    assert "had not answered, and there was no cover or substitute still to be asked." in reader.words
    assert "was asked as well" not in reader.words


def test_what_is_to_come_promises_no_cover_to_those_who_have_none(office: Office) -> None:
    ref = office.submitted("PROP-02")
    step = asked(office, ref)
    for rung in office.step(step).rungs[:2]:
        done(office.register.nudged(StepNudged(step=step, rung=rung, silent=("cd-hsg",), at=rung.at)))
    reader = office.signed_in(office.edition.roles["pmo"])
    reader.see(f"/cases/{ref}")
    assert "their cover or substitute, if there is one, is asked as well." in reader.words
