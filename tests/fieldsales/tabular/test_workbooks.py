"""XLSX sheets give the same text that a person sees in the cells."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from fieldsales.errors import FieldsalesError
from fieldsales.tabular.table import examine


@pytest.fixture
def book(tmp_path: Path):
    """Save sheets of rows, given by name, and return the path."""

    def save(**sheets):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for title, rows in sheets.items():
            sheet = made.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "book.xlsx"
        made.save(path)
        return path

    return save


def read(path: Path, sheet: str | None = None):
    with examine(path, sheet=sheet).open() as table:
        return [(row.line, row.cells, row.fault and row.fault.code) for row in table.rows()]


def test_numbers_dates_and_truths_become_plain_text(book):
    path = book(
        data=[
            ["code", "amount", "on", "at", "open"],
            [88004022723, 0.1 + 0.2, date(2022, 1, 4), datetime(2022, 1, 4, 8, 30), True],  # noqa: DTZ001 -- as Excel has it
            ["007", 12.0, None, None, False],
        ]
    )
    assert read(path) == [
        (2, ["88004022723", "0.3", "2022-01-04", "2022-01-04 08:30:00", "true"], None),
        (3, ["007", "12", "", "", "false"], None),
    ]


def test_zeros_that_only_the_format_shows_are_kept(book, tmp_path):
    path = book(data=[["gtin"], [88004022723]])
    made = openpyxl.load_workbook(path)
    made.active["A2"].number_format = "000000000000"
    made.save(path)
    assert read(path)[0][1] == ["088004022723"]


def test_blank_rows_are_passed_over_and_row_numbers_are_those_of_the_sheet(book):
    path = book(data=[[], ["code", "name"], [], ["1", "Kiosk"], [None, ""], ["2"], ["3", "x", "y"]])
    assert read(path) == [(4, ["1", "Kiosk"], None), (6, ["2", ""], None), (7, ["3", "x", "y"], "row.too_many_fields")]


def test_the_first_visible_sheet_is_read_unless_one_is_named(book):
    path = book(notes=[["x"], ["y"]], data=[["code"], ["1"]])
    made = openpyxl.load_workbook(path)
    made["notes"].sheet_state = "hidden"
    made.active = 1
    made.save(path)
    assert examine(path).sheet == "data"
    assert read(path, "notes") == [(2, ["y"], None)]
    with pytest.raises(FieldsalesError, match="It has: data, notes"):
        read(path, "Data")


def test_a_sheet_without_rows_is_no_table(book):
    with pytest.raises(FieldsalesError, match="has no rows"):
        examine(book(data=[]))
