"""What arrived of the orders that were due, and when: the evidence for fill rate and OTIF."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CompoundSelect, Integer, Uuid, cast, exists, null, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.deliveries.models import Delivery, DeliveryReport
from fieldsales.deliveries.queries import kept_here, statuses_of
from fieldsales.exports.rules import check_period
from fieldsales.fulfilment import rules
from fieldsales.fulfilment.rules import Measures, measure
from fieldsales.orders.models import Order, OrderLine, OrderState
from fieldsales.people.models import User
from fieldsales.people.rules import Actor

LONGEST_PROMISE = timedelta(730)


class By(StrEnum):
    """What measures are broken down by."""

    ALL = "all"
    REP = "rep"
    CUSTOMER = "customer"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Row:
    """The measures of one rep, customer or product; of all for `name` “all”."""

    key: uuid.UUID | None
    name: str
    measures: Measures


def fulfilment(session: Session, actor: Actor | None, first: date, last: date, by: By = By.ALL) -> list[Row]:
    """Return the measures of the orders that were due between two days, both included, by name.

    Orders that were cancelled before anything came do not count; what a customer refused does. Raises `PeriodInvalid`.
    """
    check_period(first, last)
    groups: dict[uuid.UUID | None, list[rules.Order]] = defaultdict(list)
    for order, due in due_orders(session, actor, first, last):
        for key, some in _split(order, due, by):
            groups[key].append(some)
    names = _names(session, by, groups)
    nobody = "all" if by is By.ALL else "nobody"
    rows = [Row(key, names.get(key, nobody), measure(some)) for key, some in groups.items()]
    return sorted(rows, key=lambda row: (row.name, str(row.key)))


@dataclass(frozen=True, slots=True)
class Due:
    """Between which days an order was promised, and what came of each line on which day."""

    first: date
    last: date
    came: dict[int, list[tuple[date, int]]]


def due_orders(session: Session, actor: Actor | None, first: date, last: date) -> Iterable[tuple[Order, Due]]:
    """Return the orders that were due between two days, as `fulfilment` counts them."""
    theirs = visible_customers(actor).with_only_columns(Customer.id)
    begun = select(Delivery.id).where(Delivery.promised_until.between(first, last))
    untouched = ~select(Delivery.id).where(Delivery.id == Order.id).exists()
    wanted = (
        select(Order)
        .where(kept_here(session), Order.state == OrderState.PLACED, Order.customer_id.in_(theirs))
        .where(Order.ordered_on.between(first - LONGEST_PROMISE, last))
        .where(Order.id.in_(begun) | untouched)
        .order_by(Order.ordered_on, Order.id)
    )
    orders = session.scalars(wanted).all()
    came = _came(session, [each.id for each in orders])
    found = statuses_of(session, orders)
    for order in orders:
        status = found[order.id]
        if first <= status.promised_until <= last:
            yield order, Due(status.promised_from, status.promised_until, came.get(order.id, {}))


def untouched(session: Session, first: date, last: date) -> CompoundSelect[Any]:
    """Return the lines of orders whose delivery nobody began, and with no product the orders themselves.

    Some of them are due between two days, some are not: what was promised depends on the policy of their day. Orders
    from before the day that the policy names in `since` are left out, and so few are left where deliveries are kept.
    """
    there = (
        kept_here(session),
        Order.state == OrderState.PLACED,
        Order.ordered_on.between(first - LONGEST_PROMISE, last),
        ~exists().where(Delivery.id == Order.id),
    )
    head: tuple[Any, ...] = (Order.rep_id, Order.customer_id, Order.ordered_on, Order.wanted_on)
    none, one = cast(0, Integer), cast(1, Integer)
    lines = select(*head, OrderLine.product_id, *_sums(OrderLine.quantity, none))
    orders = select(*head, cast(null(), Uuid()), *_sums(none, one))
    return lines.join(Order, Order.id == OrderLine.order_id).where(*there).union_all(orders.where(*there))


def _sums(pieces: Any, due: Any) -> tuple[Any, ...]:
    none = cast(0, Integer)
    return pieces.label("due_pieces"), none.label("delivered"), due.label("due"), none.label("otif")


def _came(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[int, list[tuple[date, int]]]]:
    """Return what came of each line of orders, by day."""
    found: dict[uuid.UUID, dict[int, list[tuple[date, int]]]] = defaultdict(lambda: defaultdict(list))
    for start in range(0, len(ids), 500):
        some = select(DeliveryReport).where(DeliveryReport.delivery_id.in_(ids[start : start + 500]))
        for report in session.scalars(some):
            for line in report.lines:
                if line["delivered"]:
                    found[report.delivery_id][line["line_no"]].append((report.day, line["delivered"]))
    return found


def _split(order: Order, due: Due, by: By) -> Iterable[tuple[uuid.UUID | None, rules.Order]]:
    lines = [(line.product_id, line_due(line.quantity, line.amount_minor, due, line.line_no)) for line in order.lines]
    if by is By.PRODUCT:
        for product_id in sorted({each for each, _ in lines}):
            some = tuple(line for each, line in lines if each == product_id)
            yield product_id, rules.Order(due.last, order.currency, some)
        return
    key = {By.ALL: None, By.REP: order.rep_id, By.CUSTOMER: order.customer_id}[by]
    yield key, rules.Order(due.last, order.currency, tuple(line for _, line in lines))


def line_due(ordered: int, amount_minor: int, due: Due, number: int) -> rules.Line:
    """Return what was ordered of a line, and what of it came."""
    came = due.came.get(number, [])
    in_time = sum(pieces for day, pieces in came if due.first <= day <= due.last)
    return rules.Line(ordered, sum(pieces for _, pieces in came), in_time, amount_minor)


def _names(session: Session, by: By, keys: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    columns = {
        By.REP: (User.id, User.name),
        By.CUSTOMER: (Customer.id, Customer.name),
        By.PRODUCT: (Product.id, Product.name),
    }
    if by is By.ALL:
        return {}
    which, name = columns[by]
    ids = [each for each in keys if each is not None]
    found: dict[uuid.UUID | None, str] = {}
    for start in range(0, len(ids), 500):
        found.update(session.execute(select(which, name).where(which.in_(ids[start : start + 500]))).all())
    return found
