"""Planning a day again respects what people did to it, and tells what it did itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.dayplans.rules import PlanOutdated, Step, steps_between
from fieldsales.dayplans.service import DayPlanned, gather, plan_day, solve, store
from fieldsales.db.session import reading, transaction
from fieldsales.drafts.rules import Line
from fieldsales.driving.rules import Driving
from fieldsales.edits.queries import trail_of
from fieldsales.edits.service import move_visit, restore_visit, skip_visit
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.planning.queries import rep_day
from fieldsales.planning.service import mark_done
from fieldsales.steps.models import StepKind
from routing.pool import SolverPool

TUESDAY = date(2026, 3, 3)
WEDNESDAY = TUESDAY + timedelta(days=1)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DRIVING = Driving(circuity=1.3, speed_kmh=30.0, solve_seconds=0.05)

Planning = Callable[..., DayPlanned]


@pytest.fixture
def town(engine: Engine) -> SmallTown:
    """Every shop is due every day."""
    with transaction(engine) as session:
        world = small_town.build(session)
        small_town.set_tiers(session, date(2000, 1, 2), rrule="FREQ=DAILY", minimum_gap_days=1)
        session.flush()
        session.expunge_all()
    return world


@pytest.fixture
def planned(engine: Engine, town: SmallTown) -> Iterator[Planning]:
    """Plan a day of everybody."""
    with SolverPool(0) as pool:

        def plan(day: date = TUESDAY) -> DayPlanned:
            with transaction(engine) as session:
                return plan_day(session, day, solver=pool, driving=DRIVING, now=NOW)

        plan()
        yield plan


def max_(town: SmallTown) -> Actor:
    return Actor(town.max.id, Role.MANAGER, None)


def visit_of(engine: Engine, town: SmallTown, name: str, day: date = TUESDAY) -> PlannedVisit:
    with reading(engine) as session:
        return session.scalars(
            select(PlannedVisit).where(PlannedVisit.customer_id == town.customers[name].id, PlannedVisit.day == day)
        ).one()


def stops(engine: Engine, day: date = TUESDAY) -> dict[str, set[str]]:
    """Whom each rep passes on a day, by login."""
    with reading(engine) as session:
        reps = session.scalars(select(User).where(User.role == Role.REP)).all()
        return {
            rep.login: {stop.planned_visit.customer.name for stop in rep_day(session, rep.id, day).stops}
            for rep in reps
        }


def kinds(engine: Engine, town: SmallTown, visit: PlannedVisit) -> list[tuple[str, str | None]]:
    with reading(engine) as session:
        return [(str(each.step.kind), each.by) for each in trail_of(session, max_(town), visit.id).steps]


def test_a_customer_that_was_moved_off_a_day_is_not_put_back_there(
    engine: Engine, town: SmallTown, planned: Planning
) -> None:
    """Though it is due every day."""
    bakery = visit_of(engine, town, "Bakery")
    with transaction(engine) as session:
        move_visit(session, bakery.id, to_day=WEDNESDAY, by=max_(town), now=NOW)
    planned()
    assert stops(engine)["anna"] == {"Corner", "Dairy"}
    planned(WEDNESDAY)
    moved = visit_of(engine, town, "Bakery", WEDNESDAY)
    assert (moved.id, moved.reason, moved.source) == (bakery.id, bakery.reason, bakery.source)
    assert "Bakery" in stops(engine, WEDNESDAY)["anna"]
    assert kinds(engine, town, moved) == [("added", None), ("moved", "Max")]
    assert not any(planned(day).changed for day in (TUESDAY, WEDNESDAY))


def test_a_visit_moved_to_another_rep_stays_there(engine: Engine, town: SmallTown, planned: Planning) -> None:
    with transaction(engine) as session:
        session.add(
            Assignment(customer_id=town.customers["Bakery"].id, rep_id=town.ben.id, kind=AssignmentKind.KEY_ACCOUNT,
                       assigned_at=NOW)
        )  # fmt: skip
    bakery = visit_of(engine, town, "Bakery")
    with transaction(engine) as session:
        move_visit(session, bakery.id, to_rep=town.ben.id, by=max_(town), now=NOW)
    planned()
    assert {login for login, names in stops(engine).items() if "Bakery" in names} == {"ben"}


def test_a_skipped_visit_comes_off_the_route_and_stays_skipped(
    engine: Engine, town: SmallTown, planned: Planning
) -> None:
    bakery = visit_of(engine, town, "Bakery")
    with transaction(engine) as session:
        skip_visit(session, bakery.id, code="closed", by=max_(town), now=NOW)
    anna = next(rep for rep in planned().reps if rep.login == "anna")
    assert (anna.visits, anna.skipped, anna.left_out) == (2, 1, 0)
    assert stops(engine)["anna"] == {"Corner", "Dairy"}
    again = visit_of(engine, town, "Bakery")
    assert (again.id, again.status, again.skip_code) == (bakery.id, PlanStatus.SKIPPED, "closed")
    with reading(engine) as session:
        day = rep_day(session, town.anna.id, TUESDAY)
        assert ([each.id for each in day.skipped], day.unrouted, day.left_out) == ([bakery.id], (), ())
    assert planned().changed is False


def test_a_rep_who_shares_a_skipped_customer_is_not_sent_instead(
    engine: Engine, town: SmallTown, planned: Planning
) -> None:
    bakery = visit_of(engine, town, "Bakery")
    with transaction(engine) as session:
        skip_visit(session, bakery.id, code="closed", by=max_(town), now=NOW)
        session.add(
            Assignment(customer_id=bakery.customer_id, rep_id=town.ben.id, kind=AssignmentKind.KEY_ACCOUNT,
                       assigned_at=NOW)
        )  # fmt: skip
    planned()
    assert all("Bakery" not in names for names in stops(engine).values())


def test_a_skipped_customer_is_due_on_the_next_day(engine: Engine, town: SmallTown, planned: Planning) -> None:
    """A visit that is to be made counts as made for the next days; one that is skipped does not."""
    with transaction(engine) as session:
        small_town.set_tiers(session, date(2000, 1, 3), rrule="FREQ=WEEKLY", minimum_gap_days=5)
        skip_visit(session, visit_of(engine, town, "Bakery").id, code="closed", by=max_(town), now=NOW)
    planned(WEDNESDAY)
    assert stops(engine, WEDNESDAY)["anna"] == {"Bakery"}
    assert "planned since Tue 3 Mar and not visited yet" in visit_of(engine, town, "Bakery", WEDNESDAY).reason


def test_a_restored_visit_is_made_after_all(engine: Engine, town: SmallTown, planned: Planning) -> None:
    bakery = visit_of(engine, town, "Bakery")
    with transaction(engine) as session:
        skip_visit(session, bakery.id, code="closed", by=max_(town), now=NOW)
    planned()
    with transaction(engine) as session:
        restore_visit(session, bakery.id, by=max_(town), now=NOW)
    planned()
    assert "Bakery" in stops(engine)["anna"]
    assert kinds(engine, town, bakery) == [("added", None), ("skipped", "Max"), ("restored", "Max")]


def test_a_day_that_has_begun_keeps_its_route_and_the_stop_that_is_skipped(
    engine: Engine, town: SmallTown, planned: Planning
) -> None:
    bakery = visit_of(engine, town, "Bakery")
    with transaction(engine) as session:
        mark_done(session, town.anna.id, town.customers["Corner"].id, TUESDAY)
        edited = skip_visit(session, bakery.id, code="no_time", by=max_(town), now=NOW)
        assert [day.begun for day in edited.days] == [True]
    planned()
    with reading(engine) as session:
        day = rep_day(session, town.anna.id, TUESDAY)
        found = {stop.planned_visit.customer.name: str(stop.planned_visit.status) for stop in day.stops}
    assert found == {"Bakery": "skipped", "Corner": "done", "Dairy": "planned"}
    assert day.skipped == ()


def test_a_change_made_while_routes_are_searched_for_is_not_undone(
    engine: Engine, town: SmallTown, planned: Planning
) -> None:
    with SolverPool(0) as pool:
        with reading(engine) as session:
            draft = gather(session, TUESDAY, driving=DRIVING, now=NOW)
        with transaction(engine) as session:
            skip_visit(session, visit_of(engine, town, "Bakery").id, code="closed", by=max_(town), now=NOW)
        with pytest.raises(PlanOutdated), transaction(engine) as session:
            store(session, solve(draft, pool, DRIVING))
    assert visit_of(engine, town, "Bakery").status is PlanStatus.SKIPPED


def test_what_the_planner_takes_off_is_told_after_it_is_gone(
    engine: Engine, town: SmallTown, planned: Planning
) -> None:
    bakery = visit_of(engine, town, "Bakery")
    with transaction(engine) as session:
        session.execute(update(Customer).where(Customer.id == bakery.customer_id).values(active=False))
    planned()
    assert kinds(engine, town, bakery) == [("added", None), ("taken_off", None)]


def test_only_what_somebody_may_ask_about_is_a_step() -> None:
    line = Line(customer_id=uuid.UUID(int=1), source="tier", reason="due", value=10)
    full, closed = line.left_out("day_full", "no room"), line.left_out("closed", "shut")
    other = Line(customer_id=line.customer_id, source="tier", reason="late", value=20)
    cases = {
        (None, line): [Step(StepKind.ADDED, reason="due")],
        (None, full): [Step(StepKind.ADDED, reason="due"), Step(StepKind.LEFT_OUT, "day_full", "no room")],
        (line, other): [Step(StepKind.REPLANNED, reason="late")],
        (full, line): [Step(StepKind.REPLANNED, reason="there is room for it")],
        (full, closed): [Step(StepKind.LEFT_OUT, "closed", "shut")],
        (full, line.left_out("day_full", "still no room")): [],
        (line, Line(customer_id=line.customer_id, source="tier", reason="due", value=11)): [],
    }
    for (before, after), steps in cases.items():
        assert steps_between(before, after) == steps
