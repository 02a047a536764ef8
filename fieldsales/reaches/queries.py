"""How far reps and products reach: customers visited of those assigned, customers who buy of those there are.

Customers are counted, each once: the rows of such an answer do not add up to its total.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Double, Select, cast, distinct, func, or_, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.cuts.queries import Cut
from fieldsales.flows.queries import Asked, Sums, add, tally
from fieldsales.registry.rules import GOODS, WHO, Dimension
from fieldsales.rollups.queries import calls_by_day, pieces_by_month, sales_by_day, through_indexes
from fieldsales.spans.rules import Span, pieces, start_of

Piece = Callable[[Session, Asked], Sums]


def by_pieces(session: Session, asked: Asked, read: Piece) -> Sums:
    """Return what is read of each piece of time by itself, where the period is cut into any."""
    span = next((each for each in asked.cut.by if isinstance(each, Span)), None)
    if span is None:
        return read(session, asked)
    at = asked.cut.by.index(span)
    cut, found = replace(asked.cut, by=tuple(each for each in asked.cut.by if each is not span)), Sums()
    for first, last in pieces(asked.first, asked.last, span):
        start = start_of(first, span)
        for keys, sums in read(session, replace(asked, cut=cut, first=first, last=last)).items():
            add(found, {(*keys[:at], start, *keys[at:]): sums})
    return found


def coverage(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    """Return how many customers were assigned to reps in the period, and how many of them these reps visited."""
    return by_pieces(session, asked, _covered)


def _covered(session: Session, asked: Asked) -> Sums:
    call = calls_by_day(*asked.days)
    visited = select(call.c.rep_id, call.c.customer_id).distinct().subquery("visited")
    there = (visited.c.rep_id == Assignment.rep_id) & (visited.c.customer_id == Assignment.customer_id)
    fact = (
        select(Assignment.rep_id, Assignment.customer_id, visited.c.customer_id.label("visited"))
        .outerjoin(visited, there)
        .where(*_in_force(asked.first, asked.last))
        .subquery("served")
    )
    sums = {"assigned": func.count(distinct(fact.c.customer_id)), "covered": func.count(distinct(fact.c.visited))}
    return tally(session, asked.cut, fact, sums)


def _in_force(first: date, last: date) -> tuple[Any, ...]:
    """The days of an assignment are those of UTC: a few hours at the edge of a period do not matter here."""
    begin, end = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(1)))
    return (
        Assignment.assigned_at < end,
        or_(Assignment.ended_at.is_(None), Assignment.ended_at >= begin),
        or_(Assignment.from_on.is_(None), Assignment.from_on <= last),
        or_(Assignment.until_on.is_(None), Assignment.until_on >= first),
    )


def reach(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    """Return how many active customers there are, and how many of them bought more than they gave back."""
    return by_pieces(session, asked, _reached)


def _reached(session: Session, asked: Asked) -> Sums:
    """Without products it matters only whether anything was bought, which kept sums by day know in fewer rows."""
    owned, by_goods = owners().subquery("owned"), bool(GOODS & asked.cut.dimensions)
    sale = pieces_by_month(*asked.days) if by_goods else sales_by_day(*asked.days)
    columns = [sale.c.customer_id, *([sale.c.product_id] if by_goods else [])]
    left = func.sum(cast(sale.c.pieces, Double))  # of whole numbers exact, and on PostgreSQL half the work
    bought = select(*columns).group_by(*reversed(columns)).having(left > 0)
    if by_goods and not WHO & asked.cut.dimensions and asked.cut.sees_everything:
        active = select(Customer.id).where(Customer.active)
        fact = bought.where(sale.c.customer_id.in_(active)).subquery("stock")
    else:
        stock = bought.subquery("stock")
        goods = [stock.c.product_id] if by_goods else []
        there = stock.c.customer_id == owned.c.customer_id
        fact = select(owned.c.rep_id, owned.c.customer_id, *goods).join(stock, there).subquery("stocking")
    once = Dimension.PRODUCT in asked.cut.by or not by_goods  # each customer is there once for each product
    count = func.count(fact.c.customer_id) if once else func.count(distinct(fact.c.customer_id))
    with through_indexes(session, asked.first, asked.last) if by_goods else nullcontext():
        found = tally(session, asked.cut, fact, {"stocking": count})
    shops = _without_goods(asked.cut)
    universe = tally(session, shops, owned, {"universe": func.count(distinct(owned.c.customer_id))})
    kept = [at for at, each in enumerate(asked.cut.by) if each not in GOODS]
    if len(kept) == len(asked.cut.by):
        add(found, universe)
        return found
    for keys in found:
        add(found, {keys: universe.get(tuple(keys[at] for at in kept), {})})
    return found


def _without_goods(cut: Cut) -> Cut:
    only = replace(cut.only, products=(), brand=None, category=None)
    return replace(cut, by=tuple(each for each in cut.by if each not in GOODS), only=only)


def owners() -> Select[Any]:
    """Return every active customer with the rep who owns it, None where nobody does."""
    owned = (
        (Assignment.customer_id == Customer.id)
        & (Assignment.kind == AssignmentKind.OWNER)
        & Assignment.ended_at.is_(None)
    )
    columns: tuple[Any, ...] = (Customer.id.label("customer_id"), Assignment.rep_id.label("rep_id"))
    return select(*columns).outerjoin(Assignment, owned).where(Customer.active)
