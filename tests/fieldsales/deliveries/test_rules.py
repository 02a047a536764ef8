"""Pieces are delivered, waited for or given up; none is made and none is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.deliveries import rules
from fieldsales.deliveries.models import DeliveryState, Rest
from fieldsales.deliveries.rules import DELIVERIES, Progress, Promise, Proof, Told, after, in_full, part_of, state_of

LINES = {1: Progress(10), 2: Progress(5, delivered=2)}
MONDAY = date(2026, 3, 2)


def test_a_report_delivers_waits_and_gives_up() -> None:
    found = after(LINES, [Told(1, 4, "Too few."), Told(2, 1, "Broken.", Rest.CANCEL)])
    assert found == {1: Progress(10, 4), 2: Progress(5, 3, 2)}
    assert state_of(found.values()) is DeliveryState.PARTLY_DELIVERED
    assert after(LINES, in_full(LINES)) == {1: Progress(10, 10), 2: Progress(5, 5)}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (rules.MoreThanOrdered, [Told(1, 11), Told(2, 3)]),
        (rules.MoreThanOrdered, [Told(1, 10), Told(2, 4)]),
        (rules.LineUnknown, [Told(1, 10), Told(2, 3), Told(3, 1)]),
        (rules.LineUnknown, [Told(1, 1, "a"), Told(1, 1, "a"), Told(2, 3)]),
        (rules.LineMissing, [Told(1, 10)]),
        (rules.ReasonMissing, [Told(1, 9), Told(2, 3)]),
        (rules.ReasonMissing, [Told(1, 9, " "), Told(2, 3)]),
    ],
)
def test_what_cannot_have_happened_is_refused(error: type[Exception], told: list[Told]) -> None:
    with pytest.raises(error):
        after(LINES, told)


def test_pieces_below_none_and_half_a_position_are_refused() -> None:
    with pytest.raises(rules.ReportInvalid):
        Told(1, -1)
    with pytest.raises(rules.ReportInvalid):
        Proof(latitude=38.0)


def test_the_state_follows_from_the_lines() -> None:
    for lines, state in (
        ([Progress(3, 3), Progress(2, 2)], DeliveryState.DELIVERED),
        ([Progress(3, 3), Progress(2, 0, 2)], DeliveryState.PARTLY_DELIVERED),
        ([Progress(3, 1), Progress(2)], DeliveryState.PARTLY_DELIVERED),
        ([Progress(3, 0, 3), Progress(2, 0, 2)], DeliveryState.REFUSED),
        ([Progress(3), Progress(2, 0, 2)], DeliveryState.OPEN),
    ):
        assert state_of(lines) is state


@given(st.integers(1, 500), st.integers(0, 10**9), st.data())
def test_the_parts_of_a_line_add_up_to_its_amount(ordered: int, amount: int, data: st.DataObject) -> None:
    before = billed = 0
    while before < ordered:
        some = data.draw(st.integers(1, ordered - before))
        part = part_of(amount, ordered, before, some)
        assert part >= 0
        billed, before = billed + part, before + some
    assert billed == amount


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(Rest)), max_size=12))
def test_no_piece_is_made_or_lost(steps: list[tuple[int, Rest]]) -> None:
    lines = {1: Progress(40)}
    for pieces, rest in steps:
        before = lines[1]
        try:
            lines = after(lines, [Told(1, pieces, "Because.", rest)])
        except rules.MoreThanOrdered:
            assert pieces > before.left
            continue
        assert lines[1].delivered == before.delivered + pieces
        assert lines[1].delivered + lines[1].cancelled + lines[1].left == 40
        assert lines[1].left >= 0


def test_an_order_must_arrive_about_the_day_that_was_wanted_or_within_the_lead_time() -> None:
    policy = DELIVERIES.read({"lead_days": 3, "early_days": 1, "late_days": 2})
    day = timedelta(1)
    assert policy.promise(MONDAY, None) == Promise(MONDAY, MONDAY + 5 * day)
    assert policy.promise(MONDAY, MONDAY + 7 * day) == Promise(MONDAY + 6 * day, MONDAY + 9 * day)
    assert policy.promise(MONDAY, MONDAY) == Promise(MONDAY, MONDAY + 2 * day)
