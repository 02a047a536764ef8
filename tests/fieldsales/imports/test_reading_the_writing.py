"""How a file writes numbers and dates is told from all of it, or asked for."""

from __future__ import annotations

from datetime import date

import pytest

from fieldsales.errors import FieldsalesError
from fieldsales.imports.writing.rules import Writing
from fieldsales.orders.models import Order

HEAD = "date;customer;amount\n"


def stored(desk) -> list[tuple[date, int]]:
    return sorted((order.ordered_on, order.amount_minor) for order in desk.all(Order))


def test_one_clear_cell_decides_for_the_others(stocked):
    stocked.orders(HEAD + "03/04/2021;K1;1.234\n04/04/2021;K1;1.234,50\n25/04/2021;K1;2\n")
    assert stored(stocked) == [(date(2021, 4, 3), 123400), (date(2021, 4, 4), 123450), (date(2021, 4, 25), 200)]


def test_the_clear_cell_may_come_late(stocked, monkeypatch):
    monkeypatch.setattr("fieldsales.imports.service.SAMPLE", 3)
    rows = "".join(f"0{n % 9 + 1}/0{n // 9 + 1}/2021;K1;1,234\n" for n in range(40))
    stocked.orders(HEAD + rows + "01/13/2021;K1;1.5\n")
    assert stored(stocked)[0] == (date(2021, 1, 1), 123400)
    assert (date(2021, 1, 13), 150) in stored(stocked)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("03/04/2021;K1;5\n05/06/2021;K1;6\n", "--dates dmy or --dates mdy"),
        ("2021-04-03;K1;1,234\n", "--decimal point or --decimal comma"),
    ],
)
def test_what_stays_unclear_is_asked_for(stocked, rows, says):
    with pytest.raises(FieldsalesError, match=says) as unclear:
        stocked.orders(HEAD + rows)
    assert unclear.value.code == "import.ambiguous"


def test_what_is_said_is_not_guessed(stocked):
    stocked.orders(HEAD + "03/04/2021;K1;1,234\n", writing=Writing(",", "mdy"))
    assert stored(stocked) == [(date(2021, 3, 4), 123)]


def test_a_cell_that_contradicts_all_others_is_rejected(stocked):
    tally = stocked.orders(HEAD + "13/04/2021;K1;1,5\n14/04/2021;K1;2,5\n04/15/2021;K1;3,5\n16/04/2021;K1;4.5\n")
    assert {code: reason.lines for code, reason in tally.rejected.items()} == {
        "date.invalid": [4],
        "number.invalid": [5],
    }
