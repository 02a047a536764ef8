"""Order histories with lines."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from fieldsales.customers.models import Customer
from fieldsales.db.base import new_id
from fieldsales.db.session import transaction
from fieldsales.imports.lines.rules import lines_after, same_lines
from fieldsales.imports.models import MendedLine
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin

HEAD = "date,customer,invoice,product,qty,amount\n"
TWO_ORDERS = HEAD + (
    "2022-01-03,K1,A1,P1,2,1.00\n2022-01-03,K1,A1,P2,1,6.20\n2022-01-04,K2,A2,P1,-4,-2.00\n2022-01-04,K2,A2,P1,-4,-2\n"
)


def stored(desk) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    """Return what the database holds: by customer and number the lines, in no order."""
    customers = {each.id: each.name for each in desk.all(Customer)}
    return {
        (customers[order.customer_id], order.reference): sorted(
            (line.quantity, line.amount_minor) for line in order.lines
        )
        for order in desk.all(Order)
    }


def assert_sums_hold(desk) -> None:
    for order in desk.all(Order):
        assert order.amount_minor == sum(line.amount_minor for line in order.lines)
        assert order.kind is (OrderKind.RETURN if order.amount_minor < 0 else OrderKind.SALE)
        assert sorted(line.line_no for line in order.lines) == list(range(1, len(order.lines) + 1))


def test_lines_become_orders(stocked, batches):
    tally = stocked.orders(TWO_ORDERS)
    assert (tally.read, tally.new, tally.lines, tally.rejects) == (4, 2, 4, 0)
    assert stored(stocked) == {("Kiosk", "A1"): [(1, 620), (2, 100)], ("Shop", "A2"): [(-4, -200), (-4, -200)]}
    assert_sums_hold(stocked)
    (sale,) = [order for order in stocked.all(Order) if order.kind is OrderKind.SALE]
    assert (sale.ordered_on, sale.origin, sale.currency, sale.rep_id) == (date(2022, 1, 3), Origin.IMPORT, "EUR", None)


def test_the_same_file_again_changes_nothing(stocked, batches):
    stocked.orders(TWO_ORDERS)
    again = stocked.orders(TWO_ORDERS)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


def test_the_order_of_rows_does_not_matter_to_what_is_there(stocked, batches):
    stocked.orders(TWO_ORDERS)
    head, *rows = TWO_ORDERS.splitlines()
    assert stocked.orders("\n".join([head, *reversed(rows)]) + "\n").changes_nothing


def test_lines_of_an_order_may_lie_apart(stocked, batches):
    rows = [f"2022-01-03,K{n % 3 + 1},A{n % 3},P{n % 2 + 1},{n + 1},1.50\n" for n in range(20)]
    tally = stocked.orders(HEAD + "".join(rows))
    assert (tally.new, tally.changed, tally.lines) == (3, 0, 20)
    assert_sums_hold(stocked)
    assert stocked.orders(HEAD + "".join(rows)).unchanged == 3


def test_two_customers_may_have_the_same_number(stocked, batches):
    tally = stocked.orders(HEAD + "2022-01-03,K1,A1,P1,2,1.00\n2022-07-03,K2,A1,P1,3,1.50\n")
    assert (tally.new, tally.flagged) == (2, {})
    assert stored(stocked) == {("Kiosk", "A1"): [(2, 100)], ("Shop", "A1"): [(3, 150)]}


def test_an_order_whose_lines_differ_is_replaced_as_a_whole(stocked, batches):
    stocked.orders(TWO_ORDERS)
    newer = TWO_ORDERS.replace("P2,1,6.20", "P2,2,12.40") + "2022-01-03,K1,A1,P3,1,1.99\n2022-01-05,K1,A3,P3,1,1.99\n"
    tally = stocked.orders(newer)
    assert (tally.new, tally.changed, tally.unchanged) == (1, 1, 1)
    assert stored(stocked)["Kiosk", "A1"] == [(1, 199), (2, 100), (2, 1240)]
    assert_sums_hold(stocked)
    assert stocked.orders(newer).changes_nothing


def test_an_order_with_another_date_or_currency_is_replaced(stocked):
    stocked.orders(TWO_ORDERS)
    assert stocked.orders(TWO_ORDERS.replace("2022-01-03", "2022-01-13")).changed == 1
    assert {order.ordered_on for order in stocked.all(Order)} == {date(2022, 1, 13), date(2022, 1, 4)}
    assert stocked.orders(TWO_ORDERS.replace("2022-01-03", "2022-01-13"), currency="USD").changed == 2


def test_an_order_has_one_date(stocked, batches):
    text = HEAD + "2022-01-03,K1,A1,P1,1,1\n2022-01-03,K2,A2,P1,1,1\n2022-01-09,K1,A1,P2,1,1\n"
    tally = stocked.orders(text)
    assert tally.flagged["date_differs_in_order"].lines == [4]
    assert {order.ordered_on for order in stocked.all(Order)} == {date(2022, 1, 3)}
    assert stocked.orders(text).changes_nothing


BAD = (
    HEAD
    + "2022-01-03,K1,A1,P1,2,1.00\n2022-01-03,K1,A1,P9,1,6.20\n2022-01-03,K9,A1,P1,5,2.50\n2022-01-03,K1,A1,P1,2,1\n"
)


def test_unknown_names_reject_their_rows_and_no_other(stocked, batches):
    tally = stocked.orders(BAD)
    assert {code: reason.lines for code, reason in tally.rejected.items()} == {
        "product.unknown": [3],
        "customer.unknown": [4],
    }
    assert stocked.rejected()[0]["reason"] == "product.unknown: there is no product “P9”; import products first"
    assert stored(stocked) == {("Kiosk", "A1"): [(2, 100), (2, 100)]}


def test_mended_lines_join_their_order_and_stay_there(stocked, batches):
    """Neither the mended file nor the original, imported again, doubles a line or takes one away."""
    original = stocked.file(BAD, "original.csv")
    stocked.orders(original)
    mended = stocked.mend("P9", "P2")
    mended.write_text(mended.read_text().replace("K9", "K1"))
    whole = {("Kiosk", "A1"): [(1, 620), (2, 100), (2, 100), (5, 250)]}
    tally = stocked.orders(mended)
    assert (tally.new, tally.changed, tally.lines, stored(stocked)) == (0, 1, 2, whole)
    assert_sums_hold(stocked)
    assert stocked.orders(mended).changes_nothing
    assert stocked.orders(original).changes_nothing
    corrected = BAD.replace("P9", "P2").replace("K9", "K1")
    assert stocked.orders(corrected).changes_nothing
    assert stored(stocked) == whole
    changed = stocked.orders(corrected.replace("P1,5,2.50", "P1,6,3.00"))
    assert changed.changed == 1
    assert_sums_hold(stocked)


def test_a_mended_line_of_an_order_that_was_rejected_whole(stocked, batches):
    original = stocked.file(HEAD + "2022-01-03,K1,A1,P8,2,1.00\n2022-01-03,K1,A1,P9,1,6.20\n", "original.csv")
    stocked.orders(original)
    tally = stocked.orders(stocked.mend("P8", "P1"))
    assert (tally.new, list(tally.rejected)) == (1, ["product.unknown"])
    assert stocked.orders(stocked.mend("P9", "P2")).changed == 1
    assert len(stocked.all(MendedLine)) == 2
    assert stocked.orders(original).changes_nothing
    assert stored(stocked) == {("Kiosk", "A1"): [(1, 620), (2, 100)]}


def test_what_was_unknown_is_taken_when_the_file_comes_again(stocked, batches):
    stocked.orders(BAD)
    stocked.products("sku,name,price\nP9,Tea,6.20\n")
    tally = stocked.orders(BAD)
    assert (tally.changed, list(tally.rejected)) == (1, ["customer.unknown"])
    assert stored(stocked) == {("Kiosk", "A1"): [(1, 620), (2, 100), (2, 100)]}


def test_an_order_taken_in_the_field_stands(stocked):
    kiosk = next(each for each in stocked.all(Customer) if each.name == "Kiosk")
    with transaction(stocked.engine) as session:
        values = {"customer_id": kiosk.id, "origin": Origin.FIELD, "kind": OrderKind.SALE, "reference": "A1"}
        figures = {"ordered_on": date(2022, 1, 3), "currency": "EUR", "amount_minor": 999, "flags": []}
        session.execute(insert(Order).values(id=new_id(), **values, **figures))
    tally = stocked.orders(TWO_ORDERS)
    assert (tally.new, tally.unchanged, list(tally.flagged)) == (1, 1, ["taken_in_field"])
    assert {order.amount_minor for order in stocked.all(Order)} == {999, -400}


def test_an_order_that_another_way_brought_in_is_found_by_its_number(stocked):
    stocked.orders(TWO_ORDERS)
    with transaction(stocked.engine) as session:
        session.execute(update(Order).values(import_run_id=None))
    assert stocked.orders(TWO_ORDERS).changes_nothing
    assert stocked.orders(TWO_ORDERS.replace("6.20", "6.30")).changed == 1


def test_without_numbers_the_lines_of_a_day_are_one_order(stocked, batches):
    text = "date;store;item;bottles;unit price\n3.1.2022;K1;P1;3;0,335\n3.1.2022;K1;P2;1;6,2\n4.1.2022;K1;P1;1;0,5\n"
    assert stocked.orders(text).new == 2
    assert stored(stocked) == {("Kiosk", "2022-01-03"): [(1, 620), (3, 101)], ("Kiosk", "2022-01-04"): [(1, 50)]}
    assert {line.unit_price_minor for line in stocked.all(OrderLine)} == {34, 620, 50}
    assert stocked.orders(text).changes_nothing


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2022-01-03,K1,A1,P1,0,1.00", "quantity.out_of_range"),
        ("2022-01-03,K1,A1,P1,1.5,1.00", "number.not_whole"),
        ("2022-01-03,K1,A1,P1,many,1.00", "number.invalid"),
        ("2022-01-03,K1,A1,P1,1,", "number.invalid"),
        ("2022-01-03,K1,A1,P1,-1,1.00", "amount.sign"),
        ("2022-01-03,K1,A1,P1,1,9999999999999999", "amount.out_of_range"),
        (f"2022-01-03,K1,A1,P1,1,{'9' * 5000}", "amount.out_of_range"),
        (f"2022-01-03,K1,A1,P1,{'9' * 5000},1", "quantity.out_of_range"),
        ("2022-02-30,K1,A1,P1,1,1", "date.invalid"),
        ("2202-01-03,K1,A1,P1,1,1", "date.out_of_range"),
        ("1901-01-03,K1,A1,P1,1,1", "date.out_of_range"),
        ("2022-01-03,,A1,P1,1,1", "customer.missing"),
        ("2022-01-03,K1,,P1,1,1", "order.missing"),
        ("2022-01-03,K1,A1,,1,1", "product.missing"),
        ("2022-01-03,K1,A1,P1,1", "row.too_few_fields"),
        ('2022-01-03,K1,"A1,P1,1,1', "row.quote"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_line(stocked, row, code):
    tally = stocked.orders(f"{HEAD}2022-01-03,K1,A1,P1,2,1.25\n{row}\n2022-01-04,K1,A2,P1,2,1.00\n")
    assert (tally.new, {code: reason.lines for code, reason in tally.rejected.items()}) == (2, {code: [3]})


def test_a_date_that_has_not_come_is_flagged(stocked):
    assert list(stocked.orders(HEAD + "2026-04-03,K1,A1,P1,2,1.00\n").flagged) == ["date_in_future"]


LINE = st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.just(5), st.just(5))
LINES = st.lists(LINE, max_size=6)


@given(LINES, LINES, LINES)
def test_a_file_replaces_what_files_brought_and_leaves_what_was_mended(base, mended, read):
    now_base, now_mended = lines_after(base, mended, read, from_rejects=False)
    assert same_lines(now_base, read)
    assert not Counter(now_mended) - Counter(mended)
    assert same_lines(lines_after(base, mended, base, from_rejects=False)[1], mended)


@given(LINES, LINES, LINES, st.booleans())
def test_the_same_file_twice_is_the_same_as_once(base, mended, read, from_rejects):
    once = lines_after(base, mended, read, from_rejects=from_rejects)
    twice = lines_after(*once, read, from_rejects=from_rejects)
    assert same_lines(once[0] + once[1], twice[0] + twice[1])
