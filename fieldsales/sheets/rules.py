"""Answers and definitions as rows: for a file, for a terminal, for `docs/measures.md`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from fieldsales.exports.rules import Cell, major
from fieldsales.money import exponent
from fieldsales.registry.rules import MEASURES, Dimension, Measure, Unit
from fieldsales.results.rules import Answer, Row, Value
from fieldsales.spans.rules import Span

TOTAL = "total"
NOBODY = "none"
_DIGITS = {Unit.SHARE: 4, Unit.RATIO: 2, Unit.DAYS: 1, Unit.MINUTES: 1}


def columns(answer: Answer) -> list[str]:
    """Return what the columns of an answer are called; amounts are in major units."""
    before = [f"{code}_before" for code in answer.question.measures] if answer.before_first else []
    ids = [f"{by}_id" for by in answer.question.dimensions]
    return [*(str(by) for by in answer.question.by), *ids, "currency", *answer.question.measures, *before]


def rows(answer: Answer) -> list[list[Cell]]:
    """Return the rows of an answer, and after them the total of each currency where there is more than that."""
    shown = (*answer.rows, *answer.totals) if answer.question.by else answer.totals
    return [_cells(answer, row) for row in shown]


def _cells(answer: Answer, row: Row) -> list[Cell]:
    by = answer.question.by
    none: list[Cell] = [TOTAL, *[None] * (len(by) - 1)]
    names: list[Cell] = [key.name or NOBODY for key in row.keys] or none[: len(by)]
    ids: list[Cell] = [key.id for key, each in zip(row.keys, by, strict=False) if isinstance(each, Dimension)]
    ids = ids or [None] * len(answer.question.dimensions)
    values = (*row.values, *(row.before or ()))
    measures = answer.measures * (2 if answer.before_first else 1)
    told = [number(value, each, row.currency) for value, each in zip(values, measures, strict=True)]
    return [*names, *ids, row.currency, *told]


def number(value: Value, measure: Measure, currency: str | None) -> Decimal | int | None:
    """Return a value as a number to write: amounts in major units, ratios with as many digits as are worth it."""
    if value is None:
        return None
    if measure.is_money:
        return major(round(value), currency) if currency else round(value)
    if isinstance(value, int):
        return value
    return Decimal(f"{value:.{_DIGITS.get(measure.unit, 2)}f}")


def say(value: Value, measure: Measure, currency: str | None) -> str:
    """Return a value as a person reads it in a terminal."""
    if value is None or (measure.is_money and currency is None):
        return "–"
    if measure.is_money and currency:
        return f"{Decimal(round(value)).scaleb(-exponent(currency)):,.{exponent(currency)}f}"
    if measure.unit is Unit.SHARE:
        return f"{100 * value:.1f} %"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.{_DIGITS.get(measure.unit, 2)}f}"


def as_markdown(measures: Iterable[Measure] = MEASURES.values()) -> str:
    """Return `docs/measures.md`."""
    return _HEAD + "".join(
        f"| `{each.code}` | {each.title} | {each.formula} | {each.unit} | {each.source}; {each.grain} | "
        f"{', '.join(sorted(each.by))} | {each.version} |{' managers only' if each.confidential else ''}\n"
        for each in measures
    ).replace(" | 1 | managers only", " | 1, managers only |")


_HEAD = f"""# Measures

Every measure of results, from the one registry that API, console, terminal, reports and alerts read
(`fieldsales/registry/rules.py`). `fieldsales results measures --markdown` writes this page; a test holds it to that.

- `money` is minor units of one currency, kept apart from every other; a `share` is a part of 1.
- Each measure can be asked by {", ".join(Span)} besides the dimensions named here.
- A ratio of a row, a team or a total is the ratio of the sums, never an average of ratios.
- The day of a deed is that of the territory's own time zone. Version: raised when a definition changes.

| code | measure | formula | unit | read from; one row is a | by | version |
|---|---|---|---|---|---|---|
"""
