"""The sums that measures are made of, each read where it is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FromClause

from fieldsales.catalog.models import Product
from fieldsales.dues import queries as dues
from fieldsales.facts import queries as facts
from fieldsales.flows.queries import Asked, Sums, add, flow
from fieldsales.reaches import queries as reaches
from fieldsales.registry.rules import GOODS, Measure, Source
from fieldsales.rollups import queries as rollups
from fieldsales.spans.rules import Span

ADDITIVE = frozenset(Source) - {Source.COVERAGE, Source.RANGE, Source.DEBTS}
"""Sources whose rows add up to the total; of others the total must be asked for."""


def sums_of(session: Session, asked: Asked, measures: Collection[Measure]) -> tuple[Sums, Sums]:
    """Return the sums of each row, and those of everything, which are the only entry under no keys."""
    rows: Sums = {}
    whole: Sums = {}
    for source in dict.fromkeys(each.source for each in measures):
        needed = {name.lstrip("-") for each in measures if each.source is source for name in (*each.part, *each.whole)}
        found = _READERS[source](session, asked, needed)
        add(rows, found)
        if source in ADDITIVE or not asked.cut.by:
            add(whole, _folded(found))
        else:
            everything = replace(asked, cut=replace(asked.cut, by=()))
            add(whole, _READERS[source](session, everything, needed))
    return rows, whole


def _folded(sums: Sums) -> Sums:
    whole: Sums = {}
    for by_currency in sums.values():
        add(whole, {(): by_currency})
    return whole


def _sales(session: Session, asked: Asked, needed: set[str]) -> Sums:
    """Sum by day what needs no product, all in one look where something does."""
    costs = needed & {"costed", "cost"}
    if not costs and not GOODS & asked.cut.dimensions:
        fact = rollups.sales_by_day(*asked.days)
        return flow(session, asked, fact, {name: fact.c[name] for name in sorted(needed)})
    found: Sums = {}
    if "orders" in needed:  # which no product has
        needed -= {"orders"}
        add(found, _sales(session, asked, {"orders"}))
    fact = _by_product(asked)
    sums: dict[str, ColumnElement[Any]] = {name: fact.c[name] for name in sorted(needed - costs)}
    if costs:
        known = Product.cost_minor.is_not(None) & (Product.currency == fact.c.currency)
        sums["costed"] = case((known, fact.c.sold - fact.c.tax), else_=0)
        sums["cost"] = case((known, fact.c.pieces * Product.cost_minor), else_=0)
        asked = replace(asked, cut=replace(asked.cut, priced=True))
    add(found, flow(session, asked, fact, sums))
    return found


def _by_product(asked: Asked) -> FromClause:
    """What is kept by month knows neither days nor weeks; the shorter of two ways knows no customers."""
    if {Span.DAY, Span.WEEK} & set(asked.cut.by):
        return facts.sales([(asked.first, asked.last)]).subquery("sale")
    if asked.cut.knows_customers:
        return rollups.sales_by_month(*asked.days)
    return rollups.products_by_month(*asked.days)


def _calls(session: Session, asked: Asked, needed: set[str]) -> Sums:
    found: Sums = {}
    if told := sorted(needed - {"dropped"}):
        fact = rollups.calls_by_day(*asked.days)
        add(found, flow(session, asked, fact, {name: fact.c[name] for name in told}))
    if "dropped" in needed:
        sale = rollups.sales_by_day(*asked.days)
        add(found, flow(session, asked, sale, {"dropped": sale.c.dropped}))
    return found


def _payments(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    fact = facts.payments([(asked.first, asked.last)]).subquery("paid_by")
    return flow(session, asked, fact, {"paid": fact.c.paid})


def _plans(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    """A day that is not over counts what is done of it."""
    fact = facts.plans([(asked.first, asked.last)]).subquery("plan")
    over = case((fact.c.day < asked.today, fact.c.planned), else_=fact.c.planned_done)
    return flow(session, asked, fact, {"planned": over, "planned_done": fact.c.planned_done})


_READERS: Mapping[Source, Callable[[Session, Asked, set[str]], Sums]] = {
    Source.SALES: _sales,
    Source.CALLS: _calls,
    Source.PAYMENTS: _payments,
    Source.PLANS: _plans,
    Source.COVERAGE: reaches.coverage,
    Source.RANGE: reaches.reach,
    Source.DELIVERIES: dues.deliveries,
    Source.DEBTS: dues.debts,
    Source.FIRSTS: dues.firsts,
}
