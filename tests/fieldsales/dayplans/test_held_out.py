"""A day planned with anomalies passes over those that are held out, and does not tell of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, select
from worlds import small_town

from fieldsales.anomalies.models import Anomaly
from fieldsales.customers.models import Customer
from fieldsales.dayplans.service import plan_day
from fieldsales.db.session import transaction
from fieldsales.driving.rules import Driving
from fieldsales.holdout.rules import HOLDOUT, lot_number
from fieldsales.orders.models import Order, Origin
from fieldsales.planning.models import PlannedVisit, Source
from fieldsales.policies.service import put
from routing.pool import SolverPool

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DRIVING = Driving(circuity=1.3, speed_kmh=30.0, solve_seconds=0.05)
SILENT = ("Bakery", "Fish")


@pytest.fixture
def names(engine: Engine) -> dict[str, object]:
    """All order weekly to this day but Bakery and Fish, who stopped; lots have Bakery held out, and not Fish."""
    with transaction(engine) as session:
        world = small_town.build(session)
        for name, customer in world.customers.items():
            for ago in range(40 if name in SILENT else 5, 600, 7):
                day = TODAY - timedelta(days=ago)
                order = Order(customer_id=customer.id, origin=Origin.IMPORT, ordered_on=day, currency="EUR")
                order.amount_minor = 20_000
                session.add(order)
        bakery, fish = (world.customers[name].id for name in SILENT)
        lots = (
            (str(salt), lot_number(str(salt), bakery, TODAY), lot_number(str(salt), fish, TODAY)) for salt in count()
        )
        salt = next(salt for salt, held, not_held in lots if held < 0.1 <= not_held)
        put(session, HOLDOUT, {"share_bp": 1000, "salt": salt}, now=NOW)
        return {str(customer.id): name for name, customer in world.customers.items()}


def visits(engine: Engine, day: date, now: datetime) -> dict[str, tuple[Source, str]]:
    with transaction(engine) as session, SolverPool(0) as solver:
        plan_day(session, day, solver=solver, driving=DRIVING, now=now, with_anomalies=True)
    with transaction(engine) as session:
        rows = session.execute(
            select(Customer.name, PlannedVisit.source, PlannedVisit.reason)
            .join(PlannedVisit, PlannedVisit.customer_id == Customer.id)
            .where(PlannedVisit.day == day)
        )
        return {name: (source, reason) for name, source, reason in rows}


def test_the_very_night_that_opens_an_anomaly_holds_it_out(engine: Engine, names: dict[str, object]) -> None:
    planned = visits(engine, TODAY, NOW)
    assert "churn risk" in planned["Fish"][1]
    assert "churn risk" not in planned.get("Bakery", (Source.TIER, ""))[1]
    assert planned.get("Bakery", (Source.TIER, ""))[0] is not Source.ANOMALY
    with transaction(engine) as session:
        held = {names[str(each.customer_id)]: each.held_until for each in session.scalars(select(Anomaly))}
    assert held == {"Bakery": TODAY + timedelta(days=28), "Fish": None}


def test_a_day_after_the_hold_tells_of_it_again(engine: Engine, names: dict[str, object]) -> None:
    visits(engine, TODAY, NOW)
    for more, is_told in ((27, False), (28, True)):
        planned = visits(engine, TODAY + timedelta(days=more), NOW)
        assert ("churn risk" in planned.get("Bakery", (Source.TIER, ""))[1]) == is_told
