"""What the shops of the demo owe: invoices of the last months, some overdue, limits, and a debt to be given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.claims.service import file_claims
from fieldsales.clock import local_day
from fieldsales.credits.service import set_terms
from fieldsales.customers.models import Customer
from fieldsales.demo.dice import dice
from fieldsales.demo.places import TIME_ZONE
from fieldsales.invoices.models import Invoice
from fieldsales.invoices.rules import Claim
from fieldsales.orders.models import Order, OrderKind
from fieldsales.people.rules import Actor
from fieldsales.writeoffs.service import ask_write_off

DEBTORS = 24
_BACK = timedelta(days=110)
_TERM = timedelta(days=30)
_LIMITS = 8
_PAY_IN_TIME = 0.9
_KEPT = 5
"""One in so many of the invoices that were paid is told of."""


def owe(session: Session, seed: int, today: date, now: datetime) -> int:
    """Bill the last months' orders of some shops, most of which paid; return how many invoices were made."""
    chance = dice(seed, "debts")
    orders = list(_orders(session, chance, today))
    told = [_claim(order, number, chance, today) for number, order in enumerate(orders, start=1)]
    claims = [each for number, each in enumerate(told) if each.open_minor is None or number % _KEPT == 0]
    file_claims(session, [_row(each) for each in claims], by=None, now=now)
    _limit(session, claims, now)
    return len(claims)


def give_up_a_debt(session: Session, supervisor: Actor, now: datetime) -> bool:
    """Have the supervisor ask that the largest overdue debt be written off; False: nothing is overdue."""
    late = select(Invoice).where(Invoice.open_minor > 0, Invoice.due_on < local_day(now, TIME_ZONE))
    invoice = session.scalars(late.order_by(Invoice.open_minor.desc(), Invoice.reference).limit(1)).first()
    if invoice is None:
        return False
    ask_write_off(
        session, invoice.id, None, "The pallet came back broken, and no credit note was made.", by=supervisor, now=now
    )
    return True


def _orders(session: Session, chance: Random, today: date) -> Iterator[Order]:
    shops = session.scalars(select(Customer.id).order_by(Customer.id)).all()
    some = chance.sample(shops, min(DEBTORS, len(shops)))
    theirs = select(Order).where(
        Order.customer_id.in_(some),
        Order.kind == OrderKind.SALE,
        Order.amount_minor > 0,
        Order.ordered_on.between(today - _BACK, today - timedelta(days=1)),
    )
    yield from session.scalars(theirs.order_by(Order.ordered_on, Order.reference))


def _claim(order: Order, number: int, chance: Random, today: date) -> Claim:
    issued = order.ordered_on + timedelta(days=1)
    due = issued + _TERM
    paid = due < today and chance.random() < _PAY_IN_TIME
    return Claim(
        order.customer_id,
        f"FA{number:05d}",
        order.currency,
        order.amount_minor,
        issued,
        due,
        open_minor=0 if paid else None,
        order=order.reference,
    )


def _row(claim: Claim) -> tuple[str, Callable[[], Claim]]:
    return claim.reference, lambda: claim


def _limit(session: Session, claims: Sequence[Claim], now: datetime) -> None:
    """Give those who owe most a limit, which every second of them is over."""
    owed: dict[object, tuple[int, Claim]] = {}
    for each in claims:
        more = each.amount_minor if each.open_minor is None else 0
        owed[each.customer_id] = (owed.get(each.customer_id, (0, each))[0] + more, each)
    most = sorted(owed.values(), key=lambda found: (-found[0], found[1].reference))[:_LIMITS]
    for number, (minor, claim) in enumerate(most):
        limit = minor * (9 if number % 2 else 14) // 10
        set_terms(session, claim.customer_id, claim.currency, limit, None, by=None, now=now)
