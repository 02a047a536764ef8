"""Planning far ahead, or for some: what a plan says of customers it is not about."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.customers.models import Assignment, Customer
from fieldsales.dayplans.service import DayTooFar, plan_day
from fieldsales.db.session import reading, transaction
from fieldsales.driving.rules import Driving
from fieldsales.orders.models import Order, Origin
from routing.pool import SolverPool

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DRIVING = Driving(circuity=1.3, speed_kmh=30.0, solve_seconds=0.05)


@pytest.fixture
def town(engine: Engine) -> SmallTown:
    """Everybody ordered weekly until last week, is in no tier yet, and has an anomaly that is not seen any more."""
    with transaction(engine) as session:
        world = small_town.build(session)
        session.execute(update(Customer).values(tier=None, tier_reason=None))
        for customer in world.customers.values():
            session.add(
                Anomaly(customer_id=customer.id, kind=AnomalyKind.CHURN_RISK, opened_on=TODAY - timedelta(days=9),
                        seen_on=TODAY - timedelta(days=9), reason="silent", evidence={}, at_risk_minor=1)
            )  # fmt: skip
            for week in range(1, 30):
                session.add(
                    Order(customer_id=customer.id, origin=Origin.IMPORT, ordered_on=TODAY - timedelta(days=7 * week),
                          currency="EUR", amount_minor=10_000)
                )  # fmt: skip
        session.flush()
        session.expunge_all()
    return world


def plan(engine: Engine, day: date, rep_ids: list[uuid.UUID] | None = None) -> None:
    with transaction(engine) as session, SolverPool(0) as solver:
        plan_day(session, day, solver=solver, driving=DRIVING, now=NOW, rep_ids=rep_ids)


def said(engine: Engine) -> dict[str, tuple[str | None, date | None, bool]]:
    """Tier, since when, and whether the anomaly is open, by customer."""
    with reading(engine) as session:
        rows = session.execute(
            select(Customer.name, Customer.tier, Customer.tier_since, Anomaly.closed_on).join(
                Anomaly, Anomaly.customer_id == Customer.id
            )
        )
        return {name: (tier, since, closed is None) for name, tier, since, closed in rows}


def test_a_day_to_come_is_judged_by_the_orders_there_are_today(engine: Engine, town: SmallTown) -> None:
    """A year from now nobody has ordered for a year, yet nobody sinks to the last tier for it."""
    plan(engine, TODAY + timedelta(days=366))
    far = said(engine)
    assert {tier for tier, _, _ in far.values()} <= {"A", "B", "C"}
    assert {since for _, since, _ in far.values()} == {TODAY}
    plan(engine, TODAY)
    assert said(engine) == far


def test_history_is_replayed_as_of_its_own_day(engine: Engine, town: SmallTown) -> None:
    past = TODAY - timedelta(days=4)
    plan(engine, past)
    assert {(since, is_open) for _, since, is_open in said(engine).values()} == {(past, False)}


def test_a_plan_for_one_rep_judges_that_reps_customers_only(engine: Engine, town: SmallTown) -> None:
    plan(engine, TODAY, [town.anna.id])
    after = said(engine)
    assert {name for name, (tier, _, _) in after.items() if tier is not None} == {"Bakery", "Corner", "Dairy"}
    assert {name for name, (_, _, is_open) in after.items() if is_open} == {"Fish", "Grocer", "Hotel"}
    plan(engine, TODAY)
    assert all(tier is not None and not is_open for tier, _, is_open in said(engine).values())


def test_a_day_more_than_a_year_ahead_is_refused(engine: Engine, town: SmallTown) -> None:
    before = said(engine)
    with pytest.raises(DayTooFar, match="Use a day up to 2027-03-03") as refused:
        plan(engine, TODAY + timedelta(days=367))
    assert (refused.value.code, refused.value.status) == ("plan.day_too_far", 422)
    assert said(engine) == before


def test_a_customer_whom_nobody_serves_is_judged_by_a_plan_for_everybody(engine: Engine, town: SmallTown) -> None:
    with transaction(engine) as session:
        session.execute(
            update(Assignment).where(Assignment.customer_id == town.customers["Fish"].id).values(ended_at=NOW)
        )
    plan(engine, TODAY, [town.anna.id, town.ben.id])
    assert said(engine)["Fish"][0] is None
    plan(engine, TODAY)
    assert said(engine)["Fish"][0] is not None
