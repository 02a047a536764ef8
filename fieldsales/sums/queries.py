"""The sums that measures are made of, for each row of a question and each currency."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FromClause

from fieldsales.catalog.models import Product
from fieldsales.cuts.queries import Cut
from fieldsales.facts import queries as facts
from fieldsales.registry.rules import OF_A_CURRENCY, Measure, Source

Keys = tuple[Any, ...]
Sums = dict[Keys, dict[str | None, dict[str, int]]]
"""By the keys of a row, by currency (None for what has none), by the name of a sum."""
ADDITIVE = frozenset(Source) - {Source.COVERAGE, Source.RANGE, Source.DEBTS}
"""Sources whose rows add up to the total; of others the total must be asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How facts are cut, the days, and the earliest day that it is today anywhere."""

    cut: Cut
    first: date
    last: date
    today: date


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


def add(into: Sums, more: Sums) -> None:
    """Add sums to others."""
    for keys, by_currency in more.items():
        for currency, sums in by_currency.items():
            there = into.setdefault(keys, {}).setdefault(currency, {})
            for name, value in sums.items():
                there[name] = there.get(name, 0) + value


def _folded(sums: Sums) -> Sums:
    whole: Sums = {}
    for by_currency in sums.values():
        add(whole, {(): by_currency})
    return whole


def read(session: Session, statement: Select[Any], keys: int, names: Iterable[str], *, currency: bool) -> Sums:
    """Return what a statement finds: so many keys, the currency if there is one, then a sum for each name."""
    names, found = list(names), Sums()
    for row in session.execute(statement):
        values = row[keys + currency :]
        sums = {name: int(value) for name, value in zip(names, values, strict=True) if value}
        if sums:
            found.setdefault(tuple(row[:keys]), {})[row[keys] if currency else None] = sums
    return found


def _flow(
    session: Session, asked: Asked, fact: FromClause, sums: Mapping[str, ColumnElement[Any]], *, currency: bool
) -> Sums:
    """Return sums of facts of the days that are asked for."""
    if not sums:
        return {}
    coins = [fact.c.currency] if currency else []
    totals = [func.sum(each).label(name) for name, each in sums.items()]
    statement = asked.cut.of(fact, [*coins, *totals]).where(fact.c.day.between(asked.first, asked.last))
    if currency:
        statement = statement.group_by(fact.c.currency)
    return read(session, statement, len(asked.cut.by), sums, currency=currency)


def _sales(session: Session, asked: Asked, needed: set[str]) -> Sums:
    fact = facts.sales().subquery("sale")
    plain = {name: fact.c[name] for name in needed & set(fact.c.keys())}
    money = {name: each for name, each in plain.items() if name in OF_A_CURRENCY}
    found = _flow(session, asked, fact, money, currency=True)
    add(found, _flow(session, asked, fact, {name: plain[name] for name in set(plain) - set(money)}, currency=False))
    if needed & {"costed", "cost"}:
        add(found, _costs(session, asked, fact))
    return found


def _costs(session: Session, asked: Asked, fact: FromClause) -> Sums:
    known = Product.cost_minor.is_not(None) & (Product.currency == fact.c.currency)
    sums = {
        "costed": case((known, fact.c.sold - fact.c.tax), else_=0),
        "cost": case((known, fact.c.pieces * Product.cost_minor), else_=0),
    }
    return _flow(session, replace(asked, cut=replace(asked.cut, priced=True)), fact, sums, currency=True)


def _calls(session: Session, asked: Asked, needed: set[str]) -> Sums:
    fact, drop = facts.calls().subquery("call"), facts.drops().subquery("dropped_at")
    plain = {name: fact.c[name] for name in sorted(needed - {"dropped"})}
    found = _flow(session, asked, fact, plain, currency=False)
    if "dropped" in needed:
        add(found, _flow(session, asked, drop, {"dropped": drop.c.dropped}, currency=True))
    return found


def _payments(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    fact = facts.payments().subquery("paid_by")
    return _flow(session, asked, fact, {"paid": fact.c.paid}, currency=True)


def _plans(session: Session, asked: Asked, _needed: set[str]) -> Sums:
    """A day that is not over counts what is done of it."""
    fact = facts.plans().subquery("plan")
    over = case((fact.c.day < asked.today, fact.c.planned), else_=fact.c.planned_done)
    return _flow(session, asked, fact, {"planned": over, "planned_done": fact.c.planned_done}, currency=False)


_READERS: Mapping[Source, Callable[[Session, Asked, set[str]], Sums]] = {
    Source.SALES: _sales,
    Source.CALLS: _calls,
    Source.PAYMENTS: _payments,
    Source.PLANS: _plans,
}
