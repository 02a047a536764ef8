"""Money as an integer count of minor units with an ISO 4217 code; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

from fieldsales.errors import Invalid


class UnknownCurrency(Invalid):
    """A currency code that ISO 4217 does not list."""

    code = "money.unknown_currency"
    title = "There is no such currency"


class CurrencyMismatch(Invalid):
    """Amounts of two currencies in one sum."""

    code = "money.mixed_currency"
    title = "Two currencies in one sum"


@cache
def exponent(currency: str) -> int:
    """Return how many decimal digits the minor unit of a currency has (EUR 2, JPY 0, KWD 3).

    Raises `UnknownCurrency`.
    """
    if currency not in list_currencies():
        raise UnknownCurrency(
            f"“{currency}” is not a currency.", mend="Use an ISO 4217 code such as EUR.", currency=currency
        )
    return get_currency_precision(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """Round an amount in major units half away from zero to minor units."""
    return int(amount.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents) of one currency. Adding two currencies raises `CurrencyMismatch`."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(
                f"{self} and {other} cannot be added.", mend="Keep each currency in an order of its own."
            )
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        digits = exponent(self.currency)
        return f"{Decimal(self.minor).scaleb(-digits):,.{digits}f} {self.currency}"
