"""Money is exact, of one currency, and rounds as people do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.money import CurrencyMismatch, Money, UnknownCurrency, exponent, to_minor

MINOR = st.integers(min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("IDR", 2)])
def test_minor_units_are_those_of_the_currency(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


@given(MINOR, MINOR, MINOR)
def test_the_order_of_a_sum_changes_nothing(a: int, b: int, c: int) -> None:
    one, two, three = (Money(minor, "EUR") for minor in (a, b, c))
    assert (one + two) + three == three + (two + one)


@given(MINOR)
def test_an_amount_and_its_negative_are_nothing(minor: int) -> None:
    assert Money(minor, "EUR") + -Money(minor, "EUR") == Money(0, "EUR")


@given(MINOR, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_major_and_back_is_the_same(minor: int, currency: str) -> None:
    assert to_minor(Decimal(minor).scaleb(-exponent(currency)), currency) == minor


def test_half_a_cent_rounds_away_from_nothing() -> None:
    assert [to_minor(Decimal(text), "EUR") for text in ("0.005", "-0.005", "0.0049")] == [1, -1, 0]


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(CurrencyMismatch, match=r"1.00 EUR and 1 JPY"):
        Money(100, "EUR") + Money(1, "JPY")


def test_a_currency_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownCurrency, match="“EURO” is not a currency"):
        Money(1, "EURO")


def test_money_reads_as_people_write_it() -> None:
    assert [str(Money(1234567, code)) for code in ("EUR", "JPY", "KWD")] == [
        "12,345.67 EUR",
        "1,234,567 JPY",
        "1,234.567 KWD",
    ]
