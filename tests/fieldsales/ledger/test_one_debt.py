"""An order taken here and an invoice told by another system are one debt, whichever comes first."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.debtors import TODAY, bill, check_books, pay
from worlds.small_town import NOON, SmallTown

from fieldsales.billing.service import bill as bill_order
from fieldsales.billing.service import unbill
from fieldsales.credits.queries import standings
from fieldsales.credits.rules import CREDIT
from fieldsales.db.base import new_id
from fieldsales.db.desk import Desk
from fieldsales.invoices.models import Credit, Invoice
from fieldsales.ledger.queries import customer_balance
from fieldsales.orders.models import Order, OrderKind, OrderState, Origin
from fieldsales.policies.service import put

POLICY: dict[str, Any] = {"invoicing": "at_submit", "over_limit": "hold", "payment_days": 30, "uninvoiced_days": 30}


@pytest.fixture
def world(session: Session) -> SmallTown:
    return small_town.build(session)


@pytest.fixture
def shop(world: SmallTown) -> uuid.UUID:
    return world.customers["Bakery"].id


def choose(session: Session, **more: str) -> None:
    put(session, CREDIT, POLICY | more, now=NOON)


def order(session: Session, world: SmallTown, amount: int, order_id: uuid.UUID | None = None, **told: Any) -> Order:
    """Have Anna's phone submit an order."""
    found = Order(
        id=order_id or new_id(),
        customer_id=world.customers["Bakery"].id,
        rep_id=world.anna.id,
        kind=told.pop("kind", OrderKind.SALE),
        origin=Origin.FIELD,
        ordered_on=TODAY,
        ordered_at=NOON,
        currency="EUR",
        amount_minor=amount,
        tax_minor=0,
        flags=[],
        **told,
    )
    session.add(found)
    session.flush()
    bill_order(Desk(session), found, NOON)
    session.flush()
    return found


def owed(session: Session, shop: uuid.UUID) -> int:
    session.flush()
    return sum(customer_balance(session, shop, "EUR").values())


def counts(session: Session, shop: uuid.UUID) -> int:
    """What counts against the customer's limit."""
    return standings(session, [shop], TODAY).get(shop, {})["EUR"].owed_minor


def test_an_order_and_its_invoice_are_one_debt_in_any_order_of_arrival(
    session: Session, world: SmallTown, shop: uuid.UUID
) -> None:
    """Submit, invoice, invoice again, payment: every permutation ends with the same debt."""
    choose(session)
    for at, way in enumerate(itertools.permutations(("submit", "invoice", "again", "pay"))):
        before, order_id, number = owed(session, shop), new_id(), f"R-{at}"
        for step in way:
            if step == "submit":
                order(session, world, 1000, order_id)
            elif step == "pay":
                pay(session, world, shop, 400)
            else:
                assert bill(session, shop, number, 1000, order=str(order_id)).code is None
            check_books(session, [shop])
        assert owed(session, shop) == before + 600, way
        [invoice] = session.scalars(select(Invoice).where(Invoice.reference == number))
        assert (invoice.order_id, invoice.amount_minor) == (order_id, 1000), way


@pytest.mark.parametrize("invoicing", ["at_submit", "by_import"])
def test_a_billed_order_counts_once_against_the_limit(
    session: Session, world: SmallTown, shop: uuid.UUID, invoicing: str
) -> None:
    choose(session, invoicing=invoicing)
    first, second = new_id(), new_id()
    order(session, world, 1000, first)
    bill(session, shop, "R-1", 1000, order=str(first))
    bill(session, shop, "R-2", 500, order=str(second))
    order(session, world, 500, second)
    assert counts(session, shop) == 1500


def test_the_invoice_of_another_amount_stands_and_what_was_paid_pays_it(
    session: Session, world: SmallTown, shop: uuid.UUID
) -> None:
    """Only part was delivered: the other system bills 600 of the 1,000, of which 800 were paid."""
    choose(session)
    sale = order(session, world, 1000)
    pay(session, world, shop, 800)
    assert bill(session, shop, "R-1", 600, order=str(sale.id)).fate == "matched"
    check_books(session, [shop])
    [invoice] = session.scalars(select(Invoice))
    assert (invoice.amount_minor, invoice.open_minor, invoice.reference) == (600, 0, "R-1")
    assert session.scalars(select(Credit.left_minor)).one() == 200
    assert bill(session, shop, "R-2", 400, order=str(sale.id)).fate == "new"
    assert owed(session, shop) == 200


def test_an_invoice_that_may_be_of_a_billed_order_is_not_guessed_at(
    session: Session, world: SmallTown, shop: uuid.UUID
) -> None:
    choose(session)
    sale = order(session, world, 1000)
    refused = bill(session, shop, "R-1", 1000)
    assert (refused.fate, refused.code) == ("refused", "invoice.order_unclear")
    assert str(sale.id) in (refused.problem or "")
    assert owed(session, shop) == 1000
    assert bill(session, shop, "R-1", 1000, order="").fate == "new"
    assert bill(session, shop, "R-2", 1000, order=str(sale.id)).fate == "matched"
    assert owed(session, shop) == 2000


def test_an_order_like_an_invoice_that_names_none_is_billed_and_flagged(
    session: Session, world: SmallTown, shop: uuid.UUID
) -> None:
    choose(session)
    bill(session, shop, "R-1", 1000)
    assert order(session, world, 1000).flags == ["billed_alike"]
    assert order(session, world, 999).flags == []


def test_an_invoice_of_an_order_of_another_customer_is_refused(
    session: Session, world: SmallTown, shop: uuid.UUID
) -> None:
    choose(session)
    sale = order(session, world, 1000)
    other = next(each.id for name, each in world.customers.items() if name != "Bakery")
    assert bill(session, other, "R-1", 1000, order=str(sale.id)).code == "invoice.order_of_another"
    assert owed(session, other) == 0


def test_an_amended_order_is_billed_under_the_one_that_stands(
    session: Session, world: SmallTown, shop: uuid.UUID
) -> None:
    choose(session)
    sale = order(session, world, 1000)
    sale.state = OrderState.AMENDED
    unbill(session, sale, NOON)
    later = order(session, world, 700, amends_id=sale.id)
    assert bill(session, shop, "R-1", 700, order=str(sale.id)).fate == "matched"
    assert session.scalars(select(Invoice.order_id).where(Invoice.reference == "R-1")).one() == later.id
    assert owed(session, shop) == 700


@pytest.mark.parametrize("first", ["phone", "erp"])
def test_goods_that_came_back_are_credited_once(
    session: Session, world: SmallTown, shop: uuid.UUID, first: str
) -> None:
    choose(session)
    back = new_id()
    if first == "phone":
        order(session, world, -300, back, kind=OrderKind.RETURN)
    assert bill(session, shop, "G-1", -300, order=str(back)).code is None
    if first == "erp":
        order(session, world, -300, back, kind=OrderKind.RETURN)
    assert owed(session, shop) == -300
    assert session.scalar(select(func.count()).select_from(Credit)) == 1


def test_of_the_states_of_an_invoice_the_highest_version_stands_however_they_arrive(
    session: Session, shop: uuid.UUID
) -> None:
    states = [(1, 1000, 1000), (2, 900, 900), (3, 900, 250)]
    for at, way in enumerate(itertools.permutations(states)):
        number, before = f"R-{at}", owed(session, shop)
        highest = 0
        for version, amount, left in way:
            fate = bill(session, shop, number, amount, open_minor=left, version=version).fate
            assert (fate == "older") == (version < highest), way
            highest = max(highest, version)
            check_books(session, [shop])
        assert owed(session, shop) == before + 250, way


def test_one_version_cannot_say_two_things(session: Session, shop: uuid.UUID) -> None:
    bill(session, shop, "R-1", 1000, version=4)
    assert bill(session, shop, "R-1", 1000, version=4).fate == "same"
    assert bill(session, shop, "R-1", 900, version=4).code == "feed.version_taken"
    assert bill(session, shop, "R-1", 900).code == "invoice.reference_taken"
    assert owed(session, shop) == 1000
