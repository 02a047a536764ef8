"""Order histories with one total for a customer's day."""

from __future__ import annotations

from datetime import date

import pytest

from fieldsales.orders.models import Order, OrderKind

TOTALS = "date,store,dollars\n2022-01-03,K1,120.50\n2022-01-03,K2,7\n2022-01-10,K1,-3.25\n2022-01-10,K2,0\n"


def stored(desk) -> dict[tuple[date, int], OrderKind]:
    return {(order.ordered_on, order.amount_minor): order.kind for order in desk.all(Order)}


def test_totals_become_orders_without_lines_and_negative_ones_returns(stocked, batches):
    tally = stocked.orders(TOTALS)
    assert (tally.new, tally.rejects, tally.lines) == (4, 0, 0)
    assert stored(stocked) == {
        (date(2022, 1, 3), 12050): OrderKind.SALE,
        (date(2022, 1, 3), 700): OrderKind.SALE,
        (date(2022, 1, 10), -325): OrderKind.RETURN,
        (date(2022, 1, 10), 0): OrderKind.SALE,
    }


def test_the_same_totals_again_change_nothing_and_another_amount_one(stocked, batches):
    stocked.orders(TOTALS)
    assert stocked.orders(TOTALS).unchanged == 4
    tally = stocked.orders(TOTALS.replace("120.50", "-1.00"))
    assert (tally.changed, tally.unchanged) == (1, 3)
    assert (date(2022, 1, 3), -100) in stored(stocked)


@pytest.mark.parametrize("apart", ["", "2022-01-11,K2,1\n2022-01-12,K2,1\n2022-01-13,K2,1\n"])
def test_a_day_may_stand_in_a_file_only_once(stocked, batches, apart):
    """Else a second import would set each to the other in turn."""
    text = f"date,store,dollars\n2022-01-03,K1,1.50\n{apart}2022-01-03,K1,2.50\n"
    for _ in range(3):
        tally = stocked.orders(text)
        assert tally.rejected["order.repeated"].lines == [3 + apart.count("\n")]
    assert tally.changes_nothing
    assert (date(2022, 1, 3), 150) in stored(stocked)


def test_totals_by_number_leave_orders_with_lines_alone(stocked):
    stocked.orders("date,customer,invoice,product,qty,amount\n2022-01-03,K1,A1,P1,2,1.00\n")
    tally = stocked.orders("date,customer,invoice,amount\n2022-01-03,K1,A1,9.99\n2022-01-04,K1,A2,5.00\n")
    assert (tally.new, tally.unchanged, list(tally.flagged)) == (1, 1, ["total_differs_from_lines"])
    assert (date(2022, 1, 3), 100) in stored(stocked)


def test_lines_fill_an_order_of_which_only_the_total_was_known(stocked):
    stocked.orders("date,customer,invoice,amount\n2022-01-03,K1,A1,1.00\n")
    tally = stocked.orders("date,customer,invoice,product,qty,amount\n2022-01-03,K1,A1,P1,2,1.00\n")
    assert (tally.new, tally.changed) == (0, 1)
    (order,) = stocked.all(Order)
    assert len(order.lines) == 1


def test_unknown_customers_are_rejected(stocked, batches):
    tally = stocked.orders(TOTALS + "2022-01-03,K9,5\n")
    assert tally.rejected["customer.unknown"].lines == [6]
