"""What is taken back is what was paid for it, and the steps in which it happens change nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.clawbacks.rules import Paid, take_back
from fieldsales.earnings.rules import Entry, EntryKind, Line, Part, Source, SourceKind
from fieldsales.schemes.rules import read_scheme

REP, ORDER, SHOP, DAY = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3), date(2026, 4, 30)
BODY: dict[str, Any] = {"currency": "EUR", "rules": [{"name": "r", "basis": "amount", "rate_bp": 100}]}
SCHEME = read_scheme(BODY | {"claw_back": {"returns": True, "unpaid_days": 30}})

parts = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 5_000)), min_size=1, max_size=4)
states = st.lists(
    st.tuples(st.lists(st.integers(0, 50), min_size=4, max_size=4), st.integers(0, 100), st.booleans()),
    min_size=1,
    max_size=6,
)


def entry(told: list[tuple[int, int]]) -> Entry:
    made = tuple(Part(at, units, 0, None, 0, None, cents) for at, (units, cents) in enumerate(told, start=1))
    kinds = (EntryKind.EARNED, SourceKind.ORDER)
    return Entry(REP, "r", *kinds, ORDER, DAY, SHOP, 0, sum(cents for _, cents in told), parts=made)


def source(told: list[tuple[int, int]], state: tuple[list[int], int, bool]) -> Source:
    left, unpaid, standing = state
    made = tuple(
        Line(at, units, min(units, some), 0)
        for at, ((units, _), some) in enumerate(zip(told, left, strict=False), start=1)
    )
    return Source(
        SourceKind.ORDER, ORDER, DAY, SHOP, (), made, standing=standing, unpaid_minor=unpaid, claimed_minor=100
    )


def after(paid: Paid, found: list[Entry]) -> Paid:
    returned, unpaid = defaultdict(int, paid.returned), paid.unpaid
    for each in found:
        if each.kind is EntryKind.UNPAID:
            unpaid += each.amount_minor
        for part in each.parts:
            returned[part.line_no] += part.amount_minor
    return replace(paid, returned=dict(returned), unpaid=unpaid)


@given(parts, states)
def test_it_does_not_matter_in_how_many_steps_it_happened(told: list[tuple[int, int]], path: Any) -> None:
    paid = straight = Paid(uuid.uuid4(), entry(told))
    for state in path:
        paid = after(paid, take_back(SCHEME, paid, source(told, state), DAY))
    straight = after(straight, take_back(SCHEME, straight, source(told, path[-1]), DAY))
    assert {line: cents for line, cents in paid.returned.items() if cents} == {
        line: cents for line, cents in straight.returned.items() if cents
    }
    assert paid.unpaid == straight.unpaid
    assert take_back(SCHEME, paid, source(told, path[-1]), DAY) == []


@given(parts, states)
def test_never_more_is_taken_back_than_was_paid(told: list[tuple[int, int]], path: Any) -> None:
    paid = Paid(uuid.uuid4(), entry(told))
    for state in path:
        paid = after(paid, take_back(SCHEME, paid, source(told, state), DAY))
        assert 0 <= paid.entry.amount_minor + sum(paid.returned.values()) + paid.unpaid <= paid.entry.amount_minor


def amounts(told: list[tuple[int, int]], state: Any, scheme: Any = SCHEME) -> list[tuple[str, int]]:
    found = take_back(scheme, Paid(uuid.uuid4(), entry(told)), source(told, state), DAY)
    return [(each.kind.value, each.amount_minor) for each in found]


def test_goods_that_come_back_take_what_they_earned_and_no_more() -> None:
    assert amounts([(10, 100), (5, 500)], ([7, 5], 0, True)) == [("returned", -30)]


def test_an_order_that_is_called_off_takes_all_back_even_where_returns_do_not() -> None:
    kept = read_scheme(BODY | {"claw_back": {"returns": False, "unpaid_days": None}})
    assert amounts([(10, 100)], ([7], 0, True), kept) == []
    assert amounts([(10, 100)], ([7], 0, False), kept) == [("returned", -100)]


def test_what_is_not_paid_takes_its_share_of_what_is_left() -> None:
    assert amounts([(10, 100)], ([5], 40, True)) == [("returned", -50), ("unpaid", -20)]


def test_what_came_back_without_a_sale_is_given_back_when_that_return_is_called_off() -> None:
    back = replace(entry([(10, 100)]), amount_minor=-100, parts=(Part(1, -10, 0, None, 0, None, -100),))
    gone = replace(source([(10, 100)], ([10], 0, False)), kind=SourceKind.RETURN)
    [found] = take_back(SCHEME, Paid(uuid.uuid4(), back), gone, DAY)
    assert (found.kind, found.amount_minor) == (EntryKind.RETURNED, 100)
