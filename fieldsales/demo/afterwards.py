"""What became of the last orders of the demo, and the day of one rep, counted and signed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.allocations.service import take_payment
from fieldsales.clock import local_day
from fieldsales.db.base import new_id
from fieldsales.deliveries.models import Rest
from fieldsales.deliveries.rules import DELIVERIES, Proof, Told
from fieldsales.deliveries.service import Report, pick, send_out
from fieldsales.handovers.service import report_delivery
from fieldsales.ledger.models import Account
from fieldsales.orders.models import Order, OrderKind, Origin
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.policies.models import Policy
from fieldsales.receivables.models import Method
from fieldsales.receivables.rules import Receipt
from fieldsales.settlements.queries import expected_of
from fieldsales.settlements.rules import MoneyCount
from fieldsales.settlements.service import Count, count_day, sign
from fieldsales.visits.service import Call

ORDERS = 60
_OPEN, _PICKED, _OUT, _PARTLY, _REFUSED, _LATE = 9, 8, 7, 6, 19, 5
"""Every so many orders are still open, picked, out, delivered in part, refused, or late."""
_LOST_MINOR = 150


def deliver_some(session: Session, now: datetime) -> int:
    """Tell what became of the last orders that were taken in the field; return of how many something is told."""
    newest = select(Order).where(Order.origin == Origin.FIELD, Order.kind == OrderKind.SALE, Order.lines.any())
    orders = session.scalars(newest.order_by(Order.ordered_on.desc(), Order.id).limit(ORDERS)).all()
    if orders:
        _keep_since(session, orders[-1].ordered_on, now)
    told = [each for number, each in enumerate(orders, start=1) if _go_on(session, number, each, now)]
    session.flush()
    return len(told)


def settle_a_day(session: Session, now: datetime) -> bool:
    """Have a rep collect some money, and hand it in a little short; False: there was no rep to do so."""
    newest = select(Order).where(Order.origin == Origin.FIELD, Order.rep_id.is_not(None))
    orders = session.scalars(newest.order_by(Order.ordered_on.desc(), Order.id).limit(ORDERS)).all()
    if not orders:
        return False
    rep = session.get_one(User, orders[0].rep_id)
    assert rep.territory is not None
    day = local_day(now, rep.territory.time_zone)
    for number, order in enumerate([each for each in orders if each.rep_id == rep.id][:6]):
        method = Method.CHEQUE if number % 3 == 2 else Method.CASH
        at = now - timedelta(minutes=10 * number)
        receipt = Receipt(new_id(), order.customer_id, method, order.currency, max(order.amount_minor, 1))
        take_payment(session, receipt, Call(rep.id, at, at))
    cashier = _leader_of(session, rep)
    count = Count(rep.id, day, _counted(session, rep, day))
    found = count_day(session, count, by=cashier, now=now)
    for who in (Actor(rep.id, rep.role, rep.territory_id), cashier):
        sign(session, found.id, found.content_hash, by=who, now=now)
    return True


def _keep_since(session: Session, day: date, now: datetime) -> None:
    """Say that deliveries are kept from a day on, so that two years of orders are not still to be picked."""
    since = day.replace(day=min(day.day, 28))
    body = {"lead_days": 2, "since": since.isoformat()}
    session.add(Policy(kind=DELIVERIES.name, effective_from=since, body=body, note="The demo begins.", made_at=now))
    session.flush()


def _go_on(session: Session, number: int, order: Order, now: datetime) -> bool:
    if number % _OPEN == 0:
        return False
    pick(session, [order.id], by=None, now=now)
    if number % _PICKED == 0:
        return True
    send_out(session, [order.id], by=None, now=now)
    if number % _OUT:
        report_delivery(session, _report(number, order, now), by=None, now=now)
    return True


def _report(number: int, order: Order, now: datetime) -> Report:
    taken = order.ordered_at
    assert taken is not None
    at = min(taken + timedelta(days=4 if number % _LATE == 0 else 1), now)
    lines: tuple[Told, ...] | None = None
    if number % _PARTLY == 0:
        rest = Rest.CANCEL if number % 2 else Rest.BACK_ORDER
        short = [Told(line.line_no, line.quantity // 2, "Not on the shelf.", rest) for line in order.lines[:1]]
        lines = (*short, *(Told(line.line_no, line.quantity) for line in order.lines[1:]))
    refusal = "Had ordered elsewhere." if number % _REFUSED == 0 else None
    return Report(new_id(), order.id, at, at.date(), lines, refusal, Proof("At the till"))


def _counted(session: Session, rep: User, day: date) -> tuple[MoneyCount, ...]:
    sums: dict[tuple[str, Account], int] = {}
    for each in expected_of(session, rep.id, day).items:
        sums[each.currency, each.form] = sums.get((each.currency, each.form), 0) + each.amount_minor
    return tuple(
        MoneyCount(currency, form, amount - min(_LOST_MINOR, amount), note="Change was given out wrong.")
        if form is Account.CASH
        else MoneyCount(currency, form, amount)
        for (currency, form), amount in sorted(sums.items())
    )


def _leader_of(session: Session, rep: User) -> Actor:
    manager = session.scalars(select(User).where(User.role == Role.MANAGER).order_by(User.login)).first()
    assert manager is not None, "the city has a manager"
    return Actor(manager.id, manager.role, manager.territory_id)
