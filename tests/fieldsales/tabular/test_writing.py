"""What a workbook keeps of a number."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from fieldsales.tabular.writing import write_workbook


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (Decimal("999999999999.999"), 999999999999.999),
        (Decimal("9007199254740.992"), "9007199254740.992"),  # 16 digits, though less than 10^15
        (999_999_999_999_999, 999_999_999_999_999),
        (-(2**53), "-9007199254740992"),
    ],
)
def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_written_as_text(number, kept):
    file = io.BytesIO()
    write_workbook(file, ("amount",), [[number]])
    assert load_workbook(file).active["A2"].value == kept
