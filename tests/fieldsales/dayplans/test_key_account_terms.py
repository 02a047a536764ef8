"""A day is planned by what a manager said of key accounts: days, cadence, together; and asks where buying changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.accounts.rules import Terms
from fieldsales.accounts.service import assign
from fieldsales.anomalies.models import Anomaly
from fieldsales.customers.models import Customer
from fieldsales.dayplans.service import plan_day
from fieldsales.db.base import new_id
from fieldsales.db.session import transaction
from fieldsales.driving.rules import Driving
from fieldsales.orders.models import Order, Origin
from fieldsales.people.models import User
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.visits.models import Visit
from routing.pool import SolverPool

TUESDAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DRIVING = Driving(circuity=1.3, speed_kmh=30.0, solve_seconds=0.05)


@pytest.fixture
def town(engine: Engine) -> SmallTown:
    """The small town, committed."""
    with transaction(engine) as session:
        world = small_town.build(session)
        session.flush()
        session.expunge_all()
    return world


def give(engine: Engine, town: SmallTown, **terms: object) -> None:
    """Bakery, Anna's own, goes to Anna and Ben."""
    with transaction(engine) as session:
        both = [town.anna.id, town.ben.id]
        assign(session, [town.customers["Bakery"].id], both, Terms(**terms), now=NOW)  # type: ignore[arg-type]


def planned(engine: Engine, *reps: User, day: date = TUESDAY) -> dict[str, str]:
    """Plan a day, of some reps or of all, and return who visits Bakery with what reason; a second run says the same."""
    rep_ids = [rep.id for rep in reps] or None
    for again in (False, True):
        with transaction(engine) as session, SolverPool(0) as solver:
            done = plan_day(session, day, solver=solver, driving=DRIVING, now=NOW, rep_ids=rep_ids)
        assert not (again and done.changed)
    with transaction(engine) as session:
        rows = session.execute(
            select(User.name, PlannedVisit.reason)
            .join(PlannedVisit, PlannedVisit.rep_id == User.id)
            .join(Customer, Customer.id == PlannedVisit.customer_id)
            .where(Customer.name == "Bakery", PlannedVisit.day == day, PlannedVisit.status == PlanStatus.PLANNED)
        )
        return dict(rows.all())


def test_reps_who_go_together_are_both_planned_whether_at_once_or_one_by_one(engine: Engine, town: SmallTown) -> None:
    give(engine, town, together=True, rrule="FREQ=WEEKLY")
    assert set(planned(engine, town.anna)) == {"Anna"}
    assert set(planned(engine, town.ben)) == {"Anna", "Ben"}
    assert set(planned(engine)) == {"Anna", "Ben"}
    assert planned(engine)["Ben"].endswith("together with Anna")


def test_reps_who_take_turns_are_never_both_planned(engine: Engine, town: SmallTown) -> None:
    give(engine, town)
    [first] = planned(engine, town.anna, town.ben)
    assert set(planned(engine, town.ben)) == {first}
    assert set(planned(engine, town.anna)) == {first}


def test_an_account_is_planned_between_its_days_and_by_its_own_cadence(engine: Engine, town: SmallTown) -> None:
    with transaction(engine) as session:
        for rep in (town.anna, town.ben):
            day = TUESDAY - timedelta(days=3)
            session.add(Visit(id=new_id(), customer_id=town.customers["Bakery"].id, rep_id=rep.id, day=day))
    give(engine, town, rrule="FREQ=DAILY", until_on=TUESDAY)
    [(_, reason)] = planned(engine).items()
    assert "key account" in reason
    assert "daily" in reason
    assert planned(engine, day=TUESDAY + timedelta(days=1)) == {}


def test_a_visit_for_the_tier_asks_why_the_customer_buys_less(engine: Engine, town: SmallTown) -> None:
    with transaction(engine) as session:
        for name in ("Bakery", "Corner"):
            for ago in range(40 if name == "Bakery" else 5, 600, 7):
                day = TUESDAY - timedelta(days=ago)
                order = Order(customer_id=town.customers[name].id, origin=Origin.IMPORT, ordered_on=day, currency="EUR")
                order.amount_minor = 20_000
                session.add(order)
        day = TUESDAY - timedelta(days=30)
        for name in ("Bakery", "Corner"):
            session.add(Visit(id=new_id(), customer_id=town.customers[name].id, rep_id=town.anna.id, day=day))
    assert "churn risk" in planned(engine)["Anna"]
    with transaction(engine) as session:
        asks = {
            each.customer.name: (each.asks_cause, each.promotion)
            for each in session.scalars(select(PlannedVisit).where(PlannedVisit.rep_id == town.anna.id))
        }
        assert [each.customer.name for each in session.scalars(select(Anomaly))] == ["Bakery"]
    assert asks["Bakery"] == (True, "Welcome back: a discount on the first order")
    assert asks["Corner"] == (False, None)
