"""Numbers, dates and truths as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.tabular.values import (
    BadValue,
    date_readings,
    number_readings,
    parse_date,
    parse_number,
    parse_truth,
    parse_whole,
    plain_minor,
)


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("12", None, "12"),
        ("187.5", None, "187.5"),
        ("187,5", None, "187.5"),
        ("1,234.50", None, "1234.50"),
        ("1.234,50", None, "1234.50"),
        ("1.234.567", None, "1234567"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("0,125", None, "0.125"),
        ("1 234,5", None, "1234.5"),
        ("1\u202f234\u00a0567", None, "1234567"),
        ("1'234.50", None, "1234.50"),
        ("$1,234.50", None, "1234.50"),
        ("-€ 5.00", None, "-5"),
        ("5-", None, "-5"),
        ("(12.50)", None, "-12.50"),
        ("−3", None, "-3"),
        ("+3", None, "3"),
        ("１２.５", None, "12.5"),
        (".5", None, "0.5"),
    ],
)
def test_a_number_is_read(text, mark, value):
    assert parse_number(text, mark) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "mark", "code"),
    [
        ("1,234", None, "number.ambiguous"),
        ("1.234", None, "number.ambiguous"),
        ("12,34.5", None, "number.invalid"),
        ("1.5", ",", "number.invalid"),
        ("1,5", ".", "number.invalid"),
        ("", None, "number.invalid"),
        ("n/a", None, "number.invalid"),
        ("NaN", None, "number.invalid"),
        ("Infinity", None, "number.invalid"),
        ("1e5", None, "number.invalid"),
        ("--5", None, "number.invalid"),
        ("-(5)", None, "number.invalid"),
        ("12 34", None, "number.invalid"),
        ("1_000", None, "number.invalid"),
    ],
)
def test_what_is_no_number_or_two_numbers_is_refused(text, mark, code):
    with pytest.raises(BadValue) as refused:
        parse_number(text, mark)
    assert refused.value.code == code


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_way_of_writing_a_number_means_the_same(value):
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_number(english, ".") == parse_number(german, ",") == value
    assert "." in number_readings(english)
    assert "," in number_readings(german)


def test_one_cell_often_decides_for_the_whole_file():
    assert number_readings("1,234") == {".", ","}
    assert number_readings("187.5") == {"."}
    assert number_readings("x") == frozenset()
    assert date_readings("04/01/2021") == {"dmy", "mdy"}
    assert date_readings("13/01/2021") == {"dmy"}
    assert date_readings("01/13/2021") == {"mdy"}
    assert date_readings("2021-01-04") == {"dmy", "mdy"}


def test_a_whole_number_may_have_zeros_after_the_mark():
    assert parse_whole("12.0", ".") == 12
    with pytest.raises(BadValue, match="not a whole number"):
        parse_whole("1.5", ".")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2021-01-04", None),
        ("2021/1/4", None),
        ("20210104", None),
        ("2021-01-04T23:59:00Z", None),
        ("2021-01-04 00:00:00", None),
        ("4.1.2021", None),
        ("04.01.21", "mdy"),
        ("04/01/2021", "dmy"),
        ("01/04/2021", "mdy"),
        ("1-4-21", "mdy"),
        ("04-JAN-21", None),
        ("4 January 2021", None),
        ("Jan 4, 2021", None),
        ("2021年1月4日", None),
        ("２０２１－０１－０４", None),
    ],
)
def test_a_date_is_read(text, order):
    assert parse_date(text, order) == date(2021, 1, 4)


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("04/01/2021", None, "date.ambiguous"),
        ("13/13/2021", None, "date.invalid"),
        ("13/01/2021", "mdy", "date.invalid"),
        ("2021-02-30", None, "date.invalid"),
        ("31.11.2021", None, "date.invalid"),
        ("44200", None, "date.invalid"),
        ("", None, "date.invalid"),
        ("yesterday", None, "date.invalid"),
        ("0000-00-00", None, "date.invalid"),
        ("04 Foo 2021", None, "date.invalid"),
    ],
)
def test_what_is_no_date_or_two_dates_is_refused(text, order, code):
    with pytest.raises(BadValue) as refused:
        parse_date(text, order)
    assert refused.value.code == code


def test_a_day_that_reads_alike_in_both_orders_is_not_ambiguous():
    assert parse_date("03/03/2021", None) == date(2021, 3, 3)


def test_truths_are_read():
    assert [parse_truth(text) for text in ("A", "yes", " 1 ", "TRUE", "是")] == [True] * 5
    assert [parse_truth(text) for text in ("I", "no", "0", "False", "停用")] == [False] * 5
    with pytest.raises(BadValue):
        parse_truth("maybe")


@given(st.integers(-(10**14), 10**14), st.integers(0, 3))
def test_the_short_way_to_an_amount_is_the_long_one(minor: int, digits: int) -> None:
    text = str(Decimal(minor).scaleb(-digits))
    assert plain_minor(text, digits) in (None, minor)
    assert plain_minor(f"{minor}", 0) == minor


@pytest.mark.parametrize(
    "text", ["", "-", ".5", "1,5", "1.2.3", "1.234", "٣", "1e3", "(5)", "5-", " 5", "+5", "1.x", "--5", "9" * 16]
)
def test_what_is_not_written_plainly_goes_the_long_way(text: str) -> None:
    assert plain_minor(text, 2) is None
