"""Measures of results as whole numbers, so that targets can be divided exactly and thresholds compared.

| unit of the measure | a whole number is |
|---|---|
| money | minor units of a currency |
| share | basis points (10 000 is all) |
| ratio | hundredths |
| pieces, count, days, minutes | one of them |
"""

from __future__ import annotations

from dataclasses import dataclass

from fieldsales.errors import Invalid
from fieldsales.money import exponent
from fieldsales.registry.rules import Measure, Unit, require_measure

_SCALE = {Unit.SHARE: 10_000, Unit.RATIO: 100}


class CurrencyNeeded(Invalid):
    """Amounts are of a currency, and nothing else is."""

    code = "measure.currency"
    title = "Amounts are of a currency, and nothing else is"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a measure is in a period; None: there is nothing to divide by. `before` is of the compared period."""

    value: int | None
    before: int | None = None


def measured(code: str) -> Measure:
    """Return the measure of a code; raise `MeasureUnknown`."""
    return require_measure(code)


def is_sum(measure: Measure) -> bool:
    """Tell whether what reps have adds up to what their team has."""
    return not measure.is_ratio and measure.code != "receivables"


def as_whole(measure: Measure, value: float | None) -> int | None:
    """Return a value of a measure as a whole number."""
    return None if value is None else round(value * _SCALE.get(measure.unit, 1))


def unit_told(measure: Measure) -> str:
    """Return what one of the whole numbers is: `minor`, `bp`, `hundredths`, or the measure's own unit."""
    return {Unit.MONEY: "minor", Unit.SHARE: "bp", Unit.RATIO: "hundredths"}.get(measure.unit, str(measure.unit))


def say(measure: Measure, value: int | None, currency: str | None) -> str:
    """Return a value as people read it: 1,234.50 EUR, 83.5 %, 12 calls."""
    if value is None:
        return "—"
    if measure.unit is Unit.MONEY and currency:
        return say_money(value, currency)
    if measure.unit is Unit.SHARE:
        return f"{value / 100:,.1f} %"
    if measure.unit is Unit.RATIO:
        return f"{value / 100:,.2f}"
    return f"{value:,}" if measure.unit is Unit.COUNT else f"{value:,} {measure.unit}"


def say_money(minor: int, currency: str) -> str:
    """Return an amount with its currency."""
    digits = exponent(currency)
    return f"{minor / 10**digits:,.{digits}f} {currency}"


def check_currency(measure: Measure, currency: str | None) -> None:
    """Raise `CurrencyNeeded` for an amount without a currency, or another measure with one; `UnknownCurrency`."""
    if measure.is_money != (currency is not None):
        need = "needs a currency" if measure.is_money else "has no currency"
        raise CurrencyNeeded(f"{measure.code} {need}.", mend="Give one for amounts only.", field="currency")
    if currency is not None:
        exponent(currency)
