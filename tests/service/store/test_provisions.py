"""Suppliers that had the parameters, and agreements: put on record once, and read back in order."""

from datetime import date

from service.store import Store, journal, provisions, rebuild
from tests.service.store.samples import CASE

MAY, JUNE = date(2004, 5, 28), date(2004, 6, 1)


def test_suppliers_are_told_in_the_order_in_which_they_were_put_on_record(store: Store) -> None:
    with store.writing() as tx:
        assert provisions.supplied(tx, CASE, supplier="Zeta", on=JUNE, parameters=["TP2", "TP1"], by="p-lead")
        assert provisions.supplied(tx, CASE, supplier="Acme", on=MAY, parameters=["TP1"], by="p-hall")
        told = [(each.supplier, each.on, each.parameters, each.by) for each in provisions.served(tx, CASE)]
    assert told == [("Zeta", JUNE, ("TP1", "TP2"), "p-lead"), ("Acme", MAY, ("TP1",), "p-hall")]


def test_the_same_is_put_on_record_once_whoever_says_it(store: Store) -> None:
    with store.writing() as tx:
        provisions.supplied(tx, CASE, supplier="Zeta", on=JUNE, parameters=["TP1", "TP2"], by="p-lead")
        provisions.agreed(tx, CASE, reference="ISA 12", since=MAY, until=JUNE, by="p-lead")
    with store.writing() as tx:
        assert not provisions.supplied(
            tx, CASE, supplier="Zeta", on=JUNE, parameters=["TP2", "TP1"], by="p-hall"
        )
        assert not provisions.agreed(tx, CASE, reference="ISA 12", since=MAY, until=JUNE, by="p-hall")
        assert provisions.agreed(tx, CASE, reference="ISA 12", since=JUNE, until=JUNE, by="p-hall")
        assert [each.by for each in provisions.served(tx, CASE)] == ["p-lead"]
        assert [(each.since, each.by) for each in provisions.agreements(tx, CASE)] == [
            (MAY, "p-lead"),
            (JUNE, "p-hall"),
        ]
        assert len(journal.lines(tx, CASE)) == 3


def test_another_case_has_none_of_it(store: Store) -> None:
    with store.writing() as tx:
        provisions.supplied(tx, CASE, supplier="Zeta", on=JUNE, parameters=["TP1"], by="p-lead")
        provisions.agreed(tx, CASE, reference="ISA 12", since=MAY, until=JUNE, by="p-lead")
        assert provisions.served(tx, "INV-2004-0002") == ()
        assert provisions.agreements(tx, "INV-2004-0002") == ()


def test_an_agreement_holds_on_its_first_day_and_on_its_last(store: Store) -> None:
    with store.writing() as tx:
        provisions.agreed(tx, CASE, reference="ISA 12", since=MAY, until=JUNE, by="p-lead")
        (agreement,) = provisions.agreements(tx, CASE)
    days = [date(2004, 5, 27), MAY, JUNE, date(2004, 6, 2)]
    assert [agreement.in_date(day) for day in days] == [False, True, True, False]


def test_the_tables_follow_from_the_journal(store: Store) -> None:
    with store.writing() as tx:
        provisions.supplied(tx, CASE, supplier="Zeta", on=JUNE, parameters=["TP1"], by="p-lead")
        provisions.agreed(tx, CASE, reference="ISA 12", since=MAY, until=JUNE, by="p-lead")
    assert rebuild.drift(store) == ()
    before = rebuild.dump(store)
    rebuild.rebuild(store)
    assert rebuild.dump(store) == before
