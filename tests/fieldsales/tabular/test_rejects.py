"""What is rejected can be mended and read again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.tabular.faults import Fault
from fieldsales.tabular.rejects import neutralise, restore, write_rejects
from fieldsales.tabular.table import examine

WRONG = Fault("value.bad", "is wrong, very")


def rejected(source: Path, to: Path) -> None:
    """Write every row of a file as rejected, with its own fault or another."""
    file = examine(source)
    with file.open() as table, write_rejects(to, file.columns) as rejects:
        for row in table.rows():
            rejects.add(row.line, row.cells, row.fault or WRONG)


def test_line_and_reason_stand_at_the_end_of_every_row(tmp_path):
    source, to = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("a,b\n1,2\n3\n4,5,6\n")
    rejected(source, to)
    rows = list(csv.DictReader(to.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["a"], row["b"], row["line"]) for row in rows] == [("1", "2", "2"), ("3", "", "3"), ("4", "5", "4")]
    assert [row["reason"].split(":")[0] for row in rows] == ["value.bad", "row.too_few_fields", "row.too_many_fields"]
    assert rows[2][None] == ["6"]


def test_a_mended_file_reads_as_the_original(tmp_path):
    source, to = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("name,amount,note\n=HYPERLINK(1),-12.50,+1 (2)\n'=x,-1,@home\n")
    rejected(source, to)
    assert "'=HYPERLINK(1),-12.50,'+1 (2)" in to.read_text(encoding="utf-8-sig")
    file = examine(to)
    assert (file.mended, file.columns) == (True, ("name", "amount", "note"))
    with file.open() as table:
        assert [row.cells for row in table.rows()] == [["=HYPERLINK(1)", "-12.50", "+1 (2)"], ["'=x", "-1", "@home"]]


def test_a_row_with_a_broken_shape_is_rejected_again_until_it_is_mended(tmp_path):
    source, once, twice = (tmp_path / name for name in ("in.csv", "once.csv", "twice.csv"))
    source.write_text('a,b,c\n1,2\n1,2,3,4\n5,"Unclosed,6\n7,Ki\0osk,8\n')
    rejected(source, once)
    rejected(once, twice)
    reasons = [
        [row["reason"] for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())]
        for path in (once, twice)
    ]
    assert reasons[0] == reasons[1]
    mended = once.read_text(encoding="utf-8-sig").replace("1,2,,", "1,2,3,").replace(",4\n", "\n").replace(",4\r", "\r")
    once.write_text(mended.replace('"""Unclosed"', "Closed").replace("�", ""))
    with examine(once).open() as table:
        rows = list(table.rows())
    assert [row.fault for row in rows] == [None] * 4
    assert [row.cells for row in rows] == [["1", "2", "3"], ["1", "2", "3"], ["5", "Closed", "6"], ["7", "Kiosk", "8"]]


def test_no_file_appears_when_nothing_was_rejected_or_the_work_failed(tmp_path):
    with write_rejects(tmp_path / "none.csv", ["a"]):
        pass
    with pytest.raises(KeyboardInterrupt), write_rejects(tmp_path / "none.csv", ["a"]) as rejects:
        rejects.add(2, ["1"], WRONG)
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@given(st.text())
def test_whatever_is_neutralised_can_be_restored(text):
    safe = neutralise(text)
    assert restore(safe) == text or not text.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe == text or not safe.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("number", ["-1", "-12.50", "+3", "-1.234,5", "-1 000", "- 5", "-3%"])
def test_negative_numbers_are_left_alone(number):
    assert neutralise(number) == number


@pytest.mark.parametrize(
    "formula", ["=1", "+1+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "-", "+A1", "\t=1", "\n=1", "＝1", "＠A1"]
)
def test_formulas_are_neutralised(formula):
    assert neutralise(formula) == "'" + formula
