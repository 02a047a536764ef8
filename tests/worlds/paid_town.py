"""The small town in spring: what its reps sold, took back and were paid, and the schemes that they are paid by."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy.orm import Session
from worlds.small_town import NOON, SmallTown

from fieldsales.allocations.service import take_payment
from fieldsales.claims.rules import Filed
from fieldsales.claims.service import file_claims
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.db.base import new_id
from fieldsales.invoices.rules import Claim
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.receivables.models import Method
from fieldsales.receivables.rules import Receipt
from fieldsales.schemes.models import CommissionScheme
from fieldsales.schemes.service import put_scheme
from fieldsales.visits.service import Call

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
RATES = {"claw_back": {"returns": True, "unpaid_days": None}}


def body(*rules: dict[str, Any], **told: Any) -> dict[str, Any]:
    """Return the document of a scheme; without rules it pays 10 % of sales."""
    usual = {"name": "sales", "basis": "amount", "rate_bp": 1000}
    return {"currency": "EUR", "rules": list(rules or (usual,)), **RATES, **told}


def scheme(
    session: Session, *rules: dict[str, Any], since: date = MARCH, code: str = "field", **told: Any
) -> CommissionScheme:
    """Put a scheme that pays from a month on."""
    return put_scheme(session, code, body(*rules, **told), effective_from=since, now=NOON)


def sell(
    session: Session, world: SmallTown, day: date, *, shop: str = "Bakery", rep: str | None = "anna", **wares: int
) -> Order:
    """Note that a rep (None: nobody) sold so many pieces of some wares at the list price; below 0 they came back."""
    kind = OrderKind.SALE if all(many > 0 for many in wares.values()) else OrderKind.RETURN
    order = Order(
        id=new_id(),
        customer_id=world.customers[shop].id,
        rep_id=getattr(world, rep).id if rep else None,
        kind=kind,
        origin=Origin.FIELD,
        ordered_on=day,
        ordered_at=noon(day),
        currency="EUR",
        amount_minor=0,
        state=OrderState.PLACED,
        flags=[],
    )
    order.lines = [
        OrderLine(
            line_no=number,
            product_id=world.products[sku].id,
            quantity=many,
            unit_price_minor=world.products[sku].price_minor,
            amount_minor=many * world.products[sku].price_minor,
            computed_price_minor=world.products[sku].price_minor,
        )
        for number, (sku, many) in enumerate(wares.items(), start=1)
    ]
    order.amount_minor = sum(each.amount_minor for each in order.lines)
    session.add(order)
    session.flush()
    return order


def bring_back(session: Session, world: SmallTown, sale: Order, day: date, **wares: int) -> Order:
    """Note that pieces of a sale came back."""
    shop = next(name for name, each in world.customers.items() if each.id == sale.customer_id)
    back = sell(session, world, day, shop=shop, **{sku: -many for sku, many in wares.items()})
    back.against_id = sale.id
    session.flush()
    return back


def call_off(session: Session, order: Order) -> None:
    """End an order."""
    order.state, order.ended_at = OrderState.CANCELLED, NOON
    session.flush()


def bill(session: Session, order: Order, due_on: date) -> Filed:
    """Have another system bill an order."""
    claim = Claim(
        order.customer_id, f"I-{order.id}", "EUR", order.amount_minor, order.ordered_on, due_on, order=str(order.id)
    )
    return file_claims(session, [("1", lambda: claim)], by=None, now=NOON)[0]


def pay(
    session: Session, world: SmallTown, shop: str, amount: int, day: date, method: Method = Method.CASH
) -> uuid.UUID:
    """Have Anna take money, which pays the oldest invoice first; return the payment's id."""
    receipt = Receipt(new_id(), world.customers[shop].id, method, "EUR", amount)
    return take_payment(session, receipt, Call(world.anna.id, noon(day), noon(day))).payment.id


def share_out(session: Session, world: SmallTown, shop: str, *reps: str, at: datetime = NOON) -> None:
    """Make a shop the key account of some reps."""
    for rep in reps:
        who = getattr(world, rep).id
        session.add(
            Assignment(
                customer_id=world.customers[shop].id, rep_id=who, kind=AssignmentKind.KEY_ACCOUNT, assigned_at=at
            )
        )
    session.flush()


def noon(day: date) -> datetime:
    """Return noon of a day, UTC."""
    return datetime.combine(day, time(12), UTC)


def who(user: User) -> Actor:
    """Return a person as one who asks for something."""
    return Actor(user.id, Role(user.role), None if user.role is Role.MANAGER else user.territory_id)
