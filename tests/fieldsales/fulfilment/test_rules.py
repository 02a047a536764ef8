"""Fill rate and OTIF by their formulas."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.fulfilment.rules import Line, Order, measure

DAY = date(2026, 3, 2)


def order(*lines: tuple[int, int, int, int]) -> Order:
    return Order(DAY, "EUR", tuple(Line(*each) for each in lines))


def test_the_measures_of_three_orders_worked_out_by_hand() -> None:
    whole = order((10, 10, 10, 1000))
    late = order((4, 4, 0, 800), (6, 6, 6, 600))
    short = order((5, 3, 3, 500), (2, 0, 0, 100))
    found = measure([whole, late, short])
    assert (found.orders, found.otif, found.in_full, found.on_time) == (3, 1, 2, 2)
    assert found.otif_rate == Fraction(1, 3)
    assert found.line_fill == Fraction(3, 5)
    assert found.quantity_fill == Fraction(23, 27)
    assert found.value_fill("EUR") == Fraction(1000 + 800 + 600 + 300, 3000)
    assert found.value_fill("USD") is None


def test_an_order_of_which_nothing_came_is_neither_on_time_nor_in_full() -> None:
    found = measure([order((5, 0, 0, 500))])
    assert (found.otif, found.in_full, found.on_time, found.quantity_fill) == (0, 0, 0, 0)


def test_without_orders_there_is_no_rate() -> None:
    found = measure([])
    assert (found.otif_rate, found.line_fill, found.quantity_fill) == (None, None, None)


LINES = st.integers(1, 50).flatmap(
    lambda ordered: st.integers(0, ordered).flatmap(
        lambda came: st.tuples(st.just(ordered), st.just(came), st.integers(0, came), st.integers(0, 10**6))
    )
)


@given(st.lists(st.lists(LINES, min_size=1, max_size=4), min_size=1, max_size=6))
def test_what_is_on_time_and_in_full_is_no_more_than_either(orders: list[list[tuple[int, int, int, int]]]) -> None:
    found = measure([order(*lines) for lines in orders])
    assert found.otif <= min(found.on_time, found.in_full)
    rates = (found.otif_rate, found.line_fill, found.quantity_fill)
    assert all(each is not None and 0 <= each <= 1 for each in rates)
    assert found.in_full != found.orders or found.quantity_fill == found.line_fill == 1
