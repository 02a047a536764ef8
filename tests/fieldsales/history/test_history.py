"""Histories as arrays: sums, counts and habits."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.buyers import TODAY, every, history, named

from fieldsales.history.queries import buying_history
from fieldsales.history.rules import History, from_rows, usual_weekdays
from fieldsales.orders.models import Order, OrderKind, Origin

YEAR = TODAY - timedelta(days=365)
ORDERS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(1, 400)), st.integers(-(10**15), 10**15), max_size=40)


@given(orders=ORDERS, since=st.integers(1, 400), length=st.integers(0, 400))
def test_sums_are_those_of_plain_arithmetic(orders: dict[tuple[int, int], int], since: int, length: int) -> None:
    """Exact even where floats would round."""
    customers = [uuid.UUID(int=number) for number in range(5)]
    rows = [(customers[who], TODAY - timedelta(days=ago), amount, amount > 0) for (who, ago), amount in orders.items()]
    start = TODAY - timedelta(days=since)
    end = start + timedelta(days=length)
    told = from_rows([(customer, "EUR") for customer in customers], rows)
    sums: dict[uuid.UUID, int] = defaultdict(int)
    days: dict[uuid.UUID, int] = defaultdict(int)
    for who, day, amount, ordered in rows:
        if start <= day < end:
            sums[who] += amount
            days[who] += ordered
    assert told.revenue(start, end).tolist() == [sums[customer] for customer in customers]
    assert told.order_days(start, end).tolist() == [days[customer] for customer in customers]


def test_the_last_order_is_that_before_the_day() -> None:
    told = history({"weekly": every(7, since=70), "never": []})
    last = told.last_order(TODAY - timedelta(days=1)).tolist()
    assert last == [(TODAY - timedelta(days=7)).toordinal(), 0]


def test_a_weekday_is_a_habit_only_when_it_is_clear() -> None:
    mondays = list(every(7, since=140, until=7))
    scattered = list(every(9, since=140, until=7))
    few = list(every(7, since=35, until=7))
    told = history({"mondays": mondays, "scattered": scattered, "few": few, "never": []})
    assert usual_weekdays(told, YEAR, TODAY) == [0, None, None, None]


def test_a_return_is_no_order_day() -> None:
    told = history({"returning": [(TODAY - timedelta(days=3), -500), (TODAY - timedelta(days=2), 900)]})
    assert told.order_days(YEAR, TODAY).tolist() == [1]
    assert told.revenue(YEAR, TODAY).tolist() == [400]


def test_columns_of_different_length_are_refused() -> None:
    good = history({"one": every(7, since=70)})
    with pytest.raises(ValueError, match="differ in length"):
        History(good.customers, good.currencies, good.who[1:], good.day, good.amount, good.ordered)
    with pytest.raises(ValueError, match="1 customers but 0 currencies"):
        History(good.customers, (), good.who, good.day, good.amount, good.ordered)


def test_the_database_adds_up_a_customers_day(session: Session) -> None:
    """Two invoices and a return on one day are one row; another currency and a closed shop are not counted."""
    world = small_town.build(session)
    bakery, corner = world.customers["Bakery"], world.customers["Corner"]
    corner.active = False
    day = date(2026, 2, 2)
    for who, kind, currency, amount in (
        (bakery, OrderKind.SALE, "EUR", 700),
        (bakery, OrderKind.SALE, "EUR", 500),
        (bakery, OrderKind.RETURN, "EUR", -200),
        (bakery, OrderKind.SALE, "USD", 9_999),
        (corner, OrderKind.SALE, "EUR", 100),
    ):
        order = Order(customer_id=who.id, kind=kind, origin=Origin.IMPORT, ordered_on=day)
        order.currency, order.amount_minor = currency, amount
        session.add(order)
    session.flush()
    told = buying_history(session, day, day + timedelta(days=1))
    bought = dict(zip(told.customers, told.revenue(day, TODAY).tolist(), strict=True))
    assert bought[bakery.id] == 1_000
    assert corner.id not in bought
    assert len(told.day) == 1
    assert len(buying_history(session, day + timedelta(days=1), TODAY).day) == 0
    assert named("anybody") not in bought
