"""What is known of how customers buy and pay, as rules and from either database."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.buyers import TODAY, every, history
from worlds.small_town import SmallTown

from fieldsales.customers.models import Customer
from fieldsales.history.queries import buying_history
from fieldsales.measures.rules import (
    FEWEST_PEERS,
    LONGEST,
    YEAR,
    Component,
    Measures,
    city_class,
    credit,
    growth,
    margin,
    potential,
)
from fieldsales.measures.service import measure
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.receivables.models import Method, Payment


def ints(*values: int) -> Any:
    return np.array(values, dtype=np.int64)


def told(values: Any) -> list[float | None]:
    return [None if np.isnan(each) else round(float(each), 6) for each in values]


def test_the_margin_of_lines_of_known_cost_is_scaled_up_to_all_that_was_bought() -> None:
    measured, numbers = margin(ints(1000, 1000, 1000, 0), ints(800, 400, 0, 0), ints(600, 300, 0, 0))
    assert told(measured) == [250, None, None, 0], "known of 80 %, of 40 %, of nothing; and nothing bought"
    assert numbers["minor"].tolist() == [250, 0, 0, 0]


def test_growth_compares_half_a_year_with_the_same_half_a_year_before() -> None:
    found = history(
        {
            "twice as much": [(TODAY - timedelta(days=10), 200), (TODAY - timedelta(days=374), 100)],
            "new": [(TODAY - timedelta(days=10), 200)],
            "stopped": [(TODAY - timedelta(days=374), 100)],
            "between": [(TODAY - timedelta(days=200), 100), (TODAY - timedelta(days=363), 100)],
            "more came back": [(TODAY - timedelta(days=10), -200), (TODAY - timedelta(days=374), 100)],
        }
    )
    measured, numbers = growth(found, TODAY)
    assert told(measured) == [round(2 / 3, 6), None, 0, None, 0]
    assert numbers["recent_minor"].tolist() == [200, 200, 0, 0, 0]


def test_potential_is_what_the_best_quarter_of_the_likest_group_that_is_large_enough_buys() -> None:
    alike, wide = ints(*[0] * 8, 1, 1), ints(*[0] * 10)
    revenue = ints(10, 20, 30, 40, 50, 60, 70, 80, 1000, 0)
    measured, numbers = potential(revenue, [alike, wide])
    assert told(measured) == [60, 60, 60, 60, 60, 60, 70, 80, 1000, 70]
    assert numbers["level"].tolist() == [0] * 8 + [1, 1]
    assert numbers["peers"].tolist() == [8] * 8 + [9, 9]
    few, _ = potential(revenue[: FEWEST_PEERS - 1], [alike[: FEWEST_PEERS - 1]])
    assert told(few) == [None] * (FEWEST_PEERS - 1)
    assert told(potential(ints(0, 0), [ints(0, 0)])[0]) == [None, None]


def test_credit_is_the_share_that_was_paid_and_unknown_without_a_payment() -> None:
    measured, _ = credit(ints(50, 300, 0, 10), ints(100, 100, 100, 0))
    assert told(measured) == [0.5, 1.0, None, None]


def test_cities_are_told_apart_by_size() -> None:
    assert [city_class(size) for size in (1, 9, 10, 49, 50, 199, 200)] == [0, 0, 1, 1, 2, 2, 3]


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The bakery bought with lines and paid, the corner shop without lines, the fishmonger goods without a cost."""
    world = small_town.build(session)
    world.products["soap"].cost_minor = None
    sell(session, world, "Bakery", {"coffee": 10, "water": 20})
    sell(session, world, "Bakery", {"coffee": -2}, kind=OrderKind.RETURN)
    sell(session, world, "Bakery", {"rice": 100}, state=OrderState.CANCELLED)
    sell(session, world, "Bakery", {"rice": 100}, kind=OrderKind.GIFT)
    sell(session, world, "Bakery", {"rice": 1}, days=366)
    sell(session, world, "Corner", {}, amount=50_000)
    sell(session, world, "Fish", {"soap": 50})
    for amount, days, currency in ((3_000, 3, "EUR"), (1_000, 300, "EUR"), (9_999, 400, "EUR"), (9_999, 3, "USD")):
        session.add(
            Payment(
                id=uuid.uuid4(),
                customer_id=world.customers["Bakery"].id,
                rep_id=world.anna.id,
                method=Method.CASH,
                currency=currency,
                amount_minor=amount,
                paid_on=TODAY - timedelta(days=days),
                paid_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )
    session.flush()
    return world


def sell(
    session: Session,
    world: SmallTown,
    name: str,
    goods: dict[str, int],
    *,
    days: int = 30,
    amount: int | None = None,
    kind: OrderKind = OrderKind.SALE,
    state: OrderState = OrderState.PLACED,
) -> None:
    lines = [
        OrderLine(
            line_no=number,
            product_id=world.products[sku].id,
            quantity=quantity,
            unit_price_minor=world.products[sku].price_minor,
            amount_minor=quantity * world.products[sku].price_minor,
        )
        for number, (sku, quantity) in enumerate(goods.items(), start=1)
    ]
    session.add(
        Order(
            customer_id=world.customers[name].id,
            kind=kind,
            state=state,
            origin=Origin.IMPORT,
            ordered_on=TODAY - timedelta(days=days),
            currency="EUR",
            amount_minor=sum(line.amount_minor for line in lines) if amount is None else amount,
            lines=lines,
        )
    )
    session.flush()


def measured(session: Session) -> Measures:
    return measure(session, buying_history(session, TODAY - LONGEST, TODAY), TODAY, frozenset(Component))


def of(found: Measures, world: SmallTown, component: Component) -> dict[str, float | None]:
    names = {customer.id: name for name, customer in world.customers.items()}
    values = told(found.values[component])
    return {names[who]: value for who, value in zip(found.customers, values, strict=True)}


def test_the_database_gives_what_stands_and_nothing_else(session: Session, town: SmallTown) -> None:
    found = measured(session)
    # 8 coffees at 6.20 that cost 4.00, and 20 waters at 0.50 that cost 0.30.
    assert of(found, town, Component.REVENUE)["Bakery"] == 8 * 620 + 20 * 50
    assert of(found, town, Component.MARGIN) == {
        "Bakery": 8 * 220 + 20 * 20, "Corner": None, "Dairy": 0, "Fish": None, "Grocer": 0, "Hotel": 0,
    }  # fmt: skip
    assert of(found, town, Component.CREDIT) == {
        "Bakery": round(4_000 / 5_960, 6), "Corner": None, "Dairy": None, "Fish": None, "Grocer": None, "Hotel": None,
    }  # fmt: skip
    assert of(found, town, Component.FREQUENCY)["Bakery"] == 1
    assert set(of(found, town, Component.POTENTIAL).values()) == {None}, "three buyers are too few"
    assert dict(zip(of(found, town, Component.REVENUE), found.buying.tolist(), strict=True)) == {
        "Bakery": True, "Corner": True, "Dairy": False, "Fish": True, "Grocer": False, "Hotel": False,
    }  # fmt: skip


def test_only_what_is_wanted_is_read(session: Session, town: SmallTown) -> None:
    short = buying_history(session, TODAY - YEAR, TODAY)
    found = measure(session, short, TODAY, frozenset({Component.REVENUE}))
    assert set(found.values) == {Component.REVENUE, Component.FREQUENCY}


def test_those_of_one_kind_are_compared_whatever_the_case_of_their_letters(session: Session, town: SmallTown) -> None:
    for at in range(FEWEST_PEERS):
        name = f"cafe {at}"
        customer = Customer(
            name=name,
            territory_id=town.north.id,
            category="Cafe" if at % 2 else " cafe",
            created_at=small_town.NOON,
            updated_at=small_town.NOON,
        )
        session.add(customer)
        session.flush()
        town.customers[name] = customer
        sell(session, town, name, {}, amount=1000 * (at + 1))
    found = of(measured(session), town, Component.POTENTIAL)
    assert [found[f"cafe {at}"] for at in range(FEWEST_PEERS)] == [6000] * 6 + [7000, 8000]
    assert found["Corner"] == 50_000


def test_a_year_is_whole_weeks_where_halves_are_compared() -> None:
    weekly = history({"steady": every(7, since=729)})
    assert told(growth(weekly, TODAY)[0]) == [0.5]
