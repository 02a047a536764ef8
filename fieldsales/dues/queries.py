"""What was due: deliveries, debts, and the first order of a new customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Integer, cast, func, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FromClause

from fieldsales.clock import local_day
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.deliveries.rules import DELIVERIES, DeliveryPolicy
from fieldsales.facts import queries as facts
from fieldsales.flows.queries import Asked, Sums, add, flow
from fieldsales.fulfilment.queries import untouched
from fieldsales.invoices.models import Allocation, Invoice
from fieldsales.ledger.models import Cause, Posting
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.people.models import Territory
from fieldsales.policies.queries import in_force
from fieldsales.reaches.queries import by_pieces
from fieldsales.registry.rules import GOODS, Dimension
from fieldsales.rollups import queries as rollups
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
    names, fact = _DUE_PIECES if GOODS & asked.cut.dimensions else _DUE, _begun(asked)
    found = flow(session, asked, fact, {name: fact.c[name] for name in names})
    add(found, _untouched(session, asked, names))
    return found


_DUE_PIECES: Sequence[str] = ("due_pieces", "delivered")
_DUE = (*_DUE_PIECES, "due", "otif")


def _begun(asked: Asked) -> FromClause:
    """What is kept by month knows neither days nor weeks."""
    if not GOODS & asked.cut.dimensions:
        return rollups.dues_by_day(*asked.days)
    if {Span.DAY, Span.WEEK} & set(asked.cut.by):
        return facts.due_lines([(asked.first, asked.last)]).subquery("due")
    return rollups.dues_by_month(*asked.days)


def _untouched(session: Session, asked: Asked, names: Sequence[str]) -> Sums:
    """Return what was due of orders whose delivery nobody began: their promise is what the policy of their day says."""
    fact = untouched(session, asked.first, asked.last).subquery("untouched")
    cut = replace(asked.cut, by=tuple(each for each in asked.cut.by if isinstance(each, Dimension)))
    days = (fact.c.ordered_on, fact.c.wanted_on)
    summed = cut.of(fact, [*days, *(func.sum(fact.c[name]).label(name) for name in names)]).group_by(*days)
    span = next((each for each in asked.cut.by if isinstance(each, Span)), None)
    at, many = asked.cut.by.index(span) if span else 0, len(cut.by)
    policies: dict[date, DeliveryPolicy] = {}
    found: Sums = {}
    for row in session.execute(summed):
        keys, (ordered_on, wanted_on), sums = row[:many], row[many : many + 2], row[many + 2 :]
        if ordered_on not in policies:
            policies[ordered_on] = in_force(session, DELIVERIES, ordered_on).value
        until = policies[ordered_on].promise(ordered_on, wanted_on).last
        told = {name: int(value) for name, value in zip(names, sums, strict=True) if value}
        if asked.first <= until <= asked.last and told:
            start = (start_of(until, span),) if span else ()
            add(found, {(*keys[:at], *start, *keys[at:]): {None: told}})
    return found
