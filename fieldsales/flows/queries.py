"""Facts summed up: the sums of each row of a question, and of each currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FromClause

from fieldsales.cuts.queries import Cut
from fieldsales.registry.rules import OF_A_CURRENCY
from fieldsales.rollups.models import NOBODY

Keys = tuple[Any, ...]
Sums = dict[Keys, dict[str | None, dict[str, int]]]
"""By the keys of a row, by currency (None for what has none), by the name of a sum."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How facts are cut, the days, and the earliest day that it is today anywhere."""

    cut: Cut
    first: date
    last: date
    today: date
    dirty: frozenset[date]
    """Days of which kept sums are not true."""

    @property
    def days(self) -> tuple[date, date, frozenset[date]]:
        """The period, and what is dirty of it."""
        return self.first, self.last, self.dirty


def add(into: Sums, more: Sums) -> None:
    """Add sums to others."""
    for keys, by_currency in more.items():
        for currency, sums in by_currency.items():
            there = into.setdefault(keys, {}).setdefault(currency, {})
            for name, value in sums.items():
                there[name] = there.get(name, 0) + value


def read(session: Session, statement: Select[Any], keys: int, names: Sequence[str], *, currency: bool) -> Sums:
    """Return what a statement finds: so many keys, the currency if there is one, then a sum for each name."""
    found: Sums = {}
    for row in session.execute(statement):
        there = tuple(None if key == NOBODY else key for key in row[:keys])
        told = {name: int(value) for name, value in zip(names, row[keys + currency :], strict=True) if value}
        plain = {name: value for name, value in told.items() if name not in OF_A_CURRENCY}
        for coin, sums in (
            (row[keys] if currency else None, {n: told[n] for n in told if n not in plain}),
            (None, plain),
        ):
            if sums:
                add(found, {there: {coin: sums}})
    return found


def flow(session: Session, asked: Asked, fact: FromClause, sums: Mapping[str, ColumnElement[Any]]) -> Sums:
    """Return sums of facts, which have a currency or not."""
    return tally(session, asked.cut, fact, {name: func.sum(each) for name, each in sums.items()})


def tally(session: Session, cut: Cut, fact: FromClause, sums: Mapping[str, ColumnElement[Any]]) -> Sums:
    """Return sums, counts or whatever else is told of facts, which have a currency or not."""
    coins = [fact.c.currency] if "currency" in fact.c else []
    statement = cut.of(fact, [*coins, *(each.label(name) for name, each in sums.items())]).group_by(*coins)
    return read(session, statement, len(cut.by), list(sums), currency=bool(coins))
