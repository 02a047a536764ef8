"""Money in hand is recorded, whatever is odd about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.base import new_id
from fieldsales.invoices.queries import collected_on
from fieldsales.money import UnknownCurrency
from fieldsales.receivables.models import Method, Payment
from fieldsales.receivables.rules import LARGE_CASH_MINOR, PaymentInvalid, Receipt
from fieldsales.receivables.service import PaymentTaken, collect
from fieldsales.visits.models import Visit
from fieldsales.visits.service import Call


@pytest.fixture
def world(session):
    return small_town.build(session)


def receipt(world, amount=1234, shop="Bakery", currency="EUR", method=Method.CASH, **more):
    return Receipt(new_id(), world.customers[shop].id, method, currency, amount, **more)


def pay(session, world, by="anna", at=NOON, flags=(), **told):
    return collect(session, receipt(world, **told), Call(getattr(world, by).id, at, at, flags=flags))


def test_money_is_kept_as_it_was_told_on_the_territorys_day(session, world):
    late = NOON.replace(hour=22, minute=30)
    paid = pay(session, world, at=late, method=Method.CHEQUE, reference="No. 7", flags=("late",))
    session.expire_all()
    kept = session.get_one(Payment, paid.id)
    assert (kept.amount_minor, kept.currency, kept.method, kept.reference) == (1234, "EUR", Method.CHEQUE, "No. 7")
    assert (kept.paid_on, kept.paid_at, kept.flags) == ((NOON + timedelta(1)).date(), late, ["late"])


def test_what_is_odd_about_it_is_flagged(session, world):
    assert pay(session, world, shop="Fish").flags == ["not_assigned"]
    assert pay(session, world, currency="USD").flags == ["foreign_currency"]
    assert pay(session, world, amount=LARGE_CASH_MINOR).flags == []
    assert pay(session, world, amount=LARGE_CASH_MINOR + 1).flags == ["large_cash"]
    assert pay(session, world, amount=LARGE_CASH_MINOR + 1, method=Method.TRANSFER).flags == []
    world.customers["Bakery"].active = False
    session.flush()
    assert pay(session, world).flags == ["customer_inactive"]


def test_money_waits_for_no_visit(session, world):
    for rep, shop, flags in (("anna", "Bakery", []), ("anna", "Corner", ["visit_mismatch"]), ("ben", "Bakery", None)):
        visit = Visit(id=new_id(), customer_id=world.customers[shop].id, rep_id=getattr(world, rep).id, day=NOON.date())
        session.add(visit)
        session.flush()
        paid = pay(session, world, visit_id=visit.id)
        assert paid.flags == (["visit_mismatch"] if flags is None else flags)
        assert paid.visit_id == (None if paid.flags else visit.id)
    paid = pay(session, world, visit_id=new_id())
    assert (paid.visit_id, paid.flags) == (None, ["visit_unknown"])


def test_what_cannot_be_money_is_refused(session, world):
    for amount in (0, -1, 10**15 + 1):
        with pytest.raises(PaymentInvalid):
            receipt(world, amount)
    with pytest.raises(UnknownCurrency):
        receipt(world, currency="ZZZ")
    with pytest.raises(CustomerNotFound):
        collect(session, Receipt(new_id(), new_id(), Method.CASH, "EUR", 1), Call(world.anna.id, NOON, NOON))
    same = receipt(world)
    collect(session, same, Call(world.anna.id, NOON, NOON))
    with pytest.raises(PaymentTaken):
        collect(session, same, Call(world.anna.id, NOON, NOON))


def test_a_days_money_is_summed_by_rep_and_currency(session, world):
    for by, amount, currency in (("anna", 1, "EUR"), ("anna", 2, "EUR"), ("anna", 5, "USD"), ("ben", 10**15, "EUR")):
        pay(session, world, by, amount=amount, currency=currency)
    pay(session, world, amount=7, at=NOON + timedelta(days=1))
    reps = [world.anna.id, world.ben.id, world.sara.id]
    assert collected_on(session, reps, NOON.date()) == {
        world.anna.id: {"EUR": 3, "USD": 5},
        world.ben.id: {"EUR": 10**15},
    }
