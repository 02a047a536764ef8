"""What was due: deliveries, debts, and the first order of a new customer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Integer, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from fieldsales.clock import local_day
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.flows.queries import Asked, Keys, Sums, add, flow
from fieldsales.fulfilment.queries import due_orders, line_due
from fieldsales.fulfilment.rules import Order as DueOrder
from fieldsales.invoices.models import Allocation, Invoice
from fieldsales.ledger.models import Cause, Posting
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState
from fieldsales.people.models import Territory
from fieldsales.reaches.queries import by_pieces
from fieldsales.registry.rules import GOODS, Dimension
from fieldsales.spans.rules import Span, start_of


def debts(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    """Return what is left to pay at the end of the period, that times its days, and what was invoiced in it."""
    return by_pieces(session, asked, _owed)


def _owed(session: Session, asked: Asked) -> Sums:
    """What is open now, and what was paid or given up since the last day, was open then."""
    first, last = asked.first, asked.last
    issued, none = Invoice.issued_on <= last, cast(0, Integer)
    who = (Invoice.customer_id, Invoice.currency)
    gone = Posting.cause.in_((Cause.ELSEWHERE, Cause.WRITE_OFF))
    parts = union_all(
        select(*who, Invoice.open_minor.label("owed"), none.label("invoiced")).where(issued, Invoice.open_minor > 0),
        select(*who, Allocation.amount_minor, none)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(issued, Allocation.day > last),
        select(*who, Posting.amount_minor, none)
        .join(Invoice, Invoice.id == Posting.source_id)
        .where(issued, gone, Posting.day > last),
        select(*who, none, Invoice.amount_minor).where(Invoice.issued_on.between(first, last)),
    ).subquery("claim")
    owned = select(Assignment.customer_id, Assignment.rep_id).where(
        Assignment.kind == AssignmentKind.OWNER, Assignment.ended_at.is_(None)
    )
    owner = owned.subquery("owner")
    summed = (
        select(parts.c.customer_id, parts.c.currency, *(func.sum(parts.c[name]).label(name) for name in _PARTS))
        .group_by(parts.c.customer_id, parts.c.currency)
        .subquery("claims")
    )
    joined = select(summed, owner.c.rep_id).outerjoin(owner, owner.c.customer_id == summed.c.customer_id)
    fact = joined.subquery("debt")
    days = (last - first).days + 1
    sums = {"owed": fact.c.owed, "owed_days": fact.c.owed * literal(days), "invoiced": fact.c.invoiced}
    return flow(session, asked, fact, sums)


_PARTS = ("owed", "invoiced")


def firsts(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    """Return the customers whose first sale lies in the period, and the days that each had waited since its creation.

    Who bought before being put into the system says nothing about it. A day is that of the customer's territory.
    """
    place = func.row_number().over(partition_by=Order.customer_id, order_by=(Order.ordered_on, Order.id))
    sales = select(Order.customer_id, Order.rep_id, Order.ordered_on.label("day"), place.label("place"))
    ranked = sales.where(Order.kind == OrderKind.SALE, Order.state == OrderState.PLACED).subquery("ranked")
    fact = (
        select(ranked.c.customer_id, ranked.c.rep_id, ranked.c.day, Customer.created_at, Territory.time_zone)
        .join(Customer, Customer.id == ranked.c.customer_id)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(ranked.c.place == 1, ranked.c.day.between(asked.first, asked.last))
        .subquery("first_sale")
    )
    found: Sums = {}
    for *keys, day, created, zone in session.execute(
        asked.cut.each(fact, (fact.c.day, fact.c.created_at, fact.c.time_zone))
    ):
        waited = (day - local_day(created, zone)).days
        if waited >= 0:
            add(found, {tuple(keys): {None: {"firsts": 1, "waited_days": waited}}})
    return found


def deliveries(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    """Return the orders that were due, pieces and all, as `fulfilment` counts them. An order has no product."""
    span = next((each for each in asked.cut.by if isinstance(each, Span)), None)
    at = asked.cut.by.index(span) if span else 0
    due = list(due_orders(session, None, asked.first, asked.last))
    keys_of = _keys(session, asked, [order.id for order, _ in due])
    found: Sums = {}
    for order, promised in due:
        start = (start_of(promised.last, span),) if span else ()
        lines = {
            line.line_no: line_due(line.quantity, line.amount_minor, promised, line.line_no) for line in order.lines
        }
        seen = {number: keys_of[order.id, number] for number in lines if (order.id, number) in keys_of}
        for number, keys in seen.items():
            told = {"due_pieces": lines[number].ordered, "delivered": lines[number].delivered}
            add(found, {(*keys[:at], *start, *keys[at:]): {None: told}})
        if seen and not GOODS & asked.cut.dimensions:
            keys = next(iter(seen.values()))
            otif = DueOrder(promised.last, order.currency, tuple(lines.values())).otif
            add(found, {(*keys[:at], *start, *keys[at:]): {None: {"due": 1, "otif": int(otif)}}})
    return found


def _keys(session: Session, asked: Asked, ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, int], Keys]:
    """Return the keys of lines by order and number, time aside; none for a line that does not count."""
    cut = replace(asked.cut, by=tuple(each for each in asked.cut.by if isinstance(each, Dimension)))
    lines = select(OrderLine.order_id, OrderLine.line_no, OrderLine.product_id, Order.rep_id, Order.customer_id)
    fact = lines.join(Order, Order.id == OrderLine.order_id).subquery("due_line")
    wanted = cut.each(fact, (fact.c.order_id, fact.c.line_no))
    found: dict[tuple[uuid.UUID, int], Keys] = {}
    for start in range(0, len(ids), 500):
        some = wanted.where(fact.c.order_id.in_(ids[start : start + 500]))
        found.update({(order_id, number): tuple(keys) for *keys, order_id, number in session.execute(some)})
    return found
