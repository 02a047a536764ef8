"""Periods as people write them, and subjects that are one thing."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from fieldsales.targets.rules import Subject, TargetInvalid, period, period_name

REP = uuid.UUID(int=1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
    ],
)
def test_a_period_has_a_first_and_a_last_day_and_the_same_name_again(text: str, first: str, last: str) -> None:
    days = (date.fromisoformat(first), date.fromisoformat(last))
    assert period(text) == days
    assert period_name(*days) == text


@pytest.mark.parametrize("text", ["", "2026-13", "2026-Q5", "2027-W53", "1999", "2026-00", "2026-W00", "26-01"])
def test_what_is_no_period_is_told_with_examples(text: str) -> None:
    with pytest.raises(TargetInvalid, match="2026-Q3"):
        period(text)


def test_other_days_are_written_with_a_slash() -> None:
    assert period_name(date(2026, 1, 5), date(2026, 2, 6)) == "2026-01-05/2026-02-06"


def test_a_target_is_somebodys_and_of_one_kind_of_goods_at_most() -> None:
    with pytest.raises(TargetInvalid):
        Subject()
    with pytest.raises(TargetInvalid):
        Subject(rep_id=REP, customer_id=REP)
    with pytest.raises(TargetInvalid):
        Subject(rep_id=REP, brand="Sol", category="beer")
    assert Subject(rep_id=REP, brand="Sol").key == f"rep:{REP}|brand:Sol"
