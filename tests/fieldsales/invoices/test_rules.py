"""When debts are late, which are paid first, and how many days of sales are outstanding."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.invoices.rules import BUCKETS, Claim, InvoiceInvalid, Open, ageing, bucket, dso, oldest_first

DAY = date(2026, 3, 2)
DEBTS = st.lists(
    st.builds(Open, st.uuids(), st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(1, 10_000)),
    max_size=12,
    unique_by=lambda each: each.invoice_id,
)


@pytest.mark.parametrize(
    ("late", "named"),
    [
        *((-5, "not_due"), (0, "not_due"), (1, "days_1_30"), (30, "days_1_30"), (31, "days_31_60")),
        *((60, "days_31_60"), (61, "days_61_90"), (90, "days_61_90"), (91, "over_90"), (4000, "over_90")),
    ],
)
def test_a_debt_is_as_late_as_days_have_passed_since_it_was_due(late: int, named: str) -> None:
    assert bucket(DAY - timedelta(days=late), DAY) == named


@given(DEBTS)
def test_every_debt_is_in_one_bucket(debts: list[Open]) -> None:
    aged = ageing(((each.due_on, each.open_minor) for each in debts), DAY)
    assert tuple(aged) == BUCKETS
    assert sum(aged.values()) == sum(each.open_minor for each in debts)


@given(DEBTS, st.integers(0, 50_000))
def test_money_pays_the_oldest_in_full_before_it_touches_another(debts: list[Open], amount: int) -> None:
    paid = oldest_first(amount, debts)
    left = {each.invoice_id: each.open_minor for each in debts}
    assert sum(part for _, part in paid) == min(amount, sum(left.values()))
    assert all(part == left[invoice] for invoice, part in paid[:-1])
    order = sorted(debts, key=lambda each: (each.due_on, each.invoice_id))
    assert [invoice for invoice, _ in paid] == [each.invoice_id for each in order[: len(paid)]]


def test_the_days_sales_outstanding_are_receivables_by_sales_times_days() -> None:
    assert dso(30_000, 90_000, 90) == 30.0
    assert dso(0, 90_000, 90) == 0.0
    assert dso(30_000, 0, 90) is None


@pytest.mark.parametrize(
    "wrong",
    [{"amount_minor": 0}, {"tax_minor": 501}, {"tax_minor": -1}, {"due_on": date(2026, 3, 1)}, {"open_minor": 501}],
)
def test_an_invoice_that_contradicts_itself_names_the_field(wrong: dict[str, object]) -> None:
    right = {"customer_id": uuid.uuid4(), "reference": "R", "currency": "EUR", "amount_minor": 500, "issued_on": DAY}
    Claim(**right)
    with pytest.raises(InvoiceInvalid) as told:
        Claim(**right | wrong)
    assert told.value.facts["field"] in wrong
