"""A day planned, routed and stored: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.changes.models import Change, Op
from fieldsales.clock import local_day
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.dayplans.rules import PlanOutdated
from fieldsales.dayplans.service import DayOutOfRange, DayPlanned, gather, plan_day, solve, store
from fieldsales.db.session import reading, transaction
from fieldsales.driving.rules import Driving
from fieldsales.orders.models import Order, Origin
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop, Source
from fieldsales.planning.queries import rep_day
from fieldsales.planning.service import add_manual_visit, mark_done
from fieldsales.visits.models import Visit
from routing.pool import SolverPool

TODAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
SUNDAY = date(2026, 3, 8)
Planner = Callable[..., DayPlanned]
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DRIVING = Driving(circuity=1.3, speed_kmh=30.0, solve_seconds=0.05)


@pytest.fixture
def solver() -> Iterator[SolverPool]:
    """Searches in this process."""
    with SolverPool(0) as pool:
        yield pool


@pytest.fixture
def plan(solver: SolverPool) -> Planner:
    """Plan Tuesday, or another day, in a transaction of its own."""

    def run(engine: Engine, day: date = TUESDAY, **options: object) -> DayPlanned:
        with transaction(engine) as session:
            return plan_day(session, day, solver=solver, driving=DRIVING, now=NOW, **options)  # type: ignore[arg-type]

    return run


def everybody_was_seen(session: Session, world: SmallTown, day: date) -> None:
    """Give every customer a visit by its owner on a day."""
    for assignment in session.scalars(select(Assignment)):
        session.add(Visit(id=uuid.uuid4(), customer_id=assignment.customer_id, rep_id=assignment.rep_id, day=day))


def the_town_is_due(engine: Engine) -> SmallTown:
    """Build the town; everybody orders weekly and was last visited ten weeks ago, so that all are due."""
    with transaction(engine) as session:
        world = small_town.build(session)
        for name, customer in world.customers.items():
            for week in range(1, 30):
                day = TODAY - timedelta(days=7 * week)
                amount = 10_000 + 1_000 * len(name)
                session.add(
                    Order(
                        customer_id=customer.id,
                        origin=Origin.IMPORT,
                        ordered_on=day,
                        currency="EUR",
                        amount_minor=amount,
                    )
                )
        everybody_was_seen(session, world, TODAY - timedelta(days=70))
        session.flush()
        session.expunge_all()
    return world


def visits_of(engine: Engine, rep_id: uuid.UUID, day: date = TUESDAY) -> dict[str, PlannedVisit]:
    with reading(engine) as session:
        found = session.scalars(select(PlannedVisit).where(PlannedVisit.rep_id == rep_id, PlannedVisit.day == day))
        return {visit.customer.name: visit for visit in found}


def changes(engine: Engine) -> dict[tuple[str, uuid.UUID], tuple[int, Op]]:
    with reading(engine) as session:
        return {(change.entity, change.entity_id): (change.tx, change.op) for change in session.scalars(select(Change))}


def test_due_customers_are_planned_and_routed_for_their_owner(engine: Engine, plan: Planner) -> None:
    world = the_town_is_due(engine)
    done = plan(engine)
    assert [(rep.login, rep.visits, rep.left_out, rep.changed) for rep in done.reps] == [
        ("anna", 3, 0, True),
        ("ben", 2, 1, True),
    ]
    with reading(engine) as session:
        day = rep_day(session, world.anna.id, TUESDAY)
        assert {stop.planned_visit.customer.name for stop in day.stops} == {"Bakery", "Corner", "Dairy"}
        assert all(stop.planned_visit.source is Source.TIER for stop in day.stops)
        assert "last visit Mon 22 Dec" in day.stops[0].planned_visit.reason


def test_moments_are_utc_and_inside_the_shift_of_the_territory(engine: Engine, plan: Planner) -> None:
    """Athens is two hours ahead of UTC in March: a shift from 08:30 to 17:00 is 06:30 to 15:00 UTC."""
    world = the_town_is_due(engine)
    plan(engine)
    with reading(engine) as session:
        route = rep_day(session, world.anna.id, TUESDAY).route
        assert route is not None
        assert datetime(2026, 3, 3, 6, 30, tzinfo=UTC) <= route.starts_at
        assert route.ends_at <= datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
        arrivals = [stop.arrival_at for stop in route.stops]
        assert arrivals == sorted(arrivals)
        assert local_day(arrivals[0], "Europe/Athens") == TUESDAY


def test_a_customer_without_a_position_is_listed_with_what_to_do(engine: Engine, plan: Planner) -> None:
    world = the_town_is_due(engine)
    plan(engine)
    hotel = visits_of(engine, world.ben.id)["Hotel"]
    assert (hotel.status, hotel.left_out_code) == (PlanStatus.LEFT_OUT, "no_position")
    assert hotel.left_out_reason == (
        "No position: import its latitude and longitude, or have them set with PATCH /api/v1/customers/{id}; "
        "then it can be routed."
    )


def test_running_it_twice_changes_nothing_and_tells_the_phones_nothing(engine: Engine, plan: Planner) -> None:
    the_town_is_due(engine)
    plan(engine)
    before = changes(engine)
    again = plan(engine)
    assert not again.changed
    assert again.tiers_moved == 0
    assert changes(engine) == before


def test_customers_without_a_tier_before_are_counted_apart_and_the_newest_order_is_told(
    engine: Engine, plan: Planner
) -> None:
    world = the_town_is_due(engine)
    with transaction(engine) as session:
        for name in ("Bakery", "Fish"):
            session.get_one(Customer, world.customers[name].id).tier = None
    done = plan(engine)
    assert (done.tiers_first, done.tiers_moved > done.tiers_first) == (2, True)
    assert done.newest_order == TODAY - timedelta(days=7)
    assert plan(engine).tiers_first == 0


def test_a_first_visit_tells_the_last_order_that_was_imported(engine: Engine, plan: Planner) -> None:
    """Nobody was ever there; within two weeks every shop of the town has its turn."""
    the_town_is_due(engine)
    with transaction(engine) as session:
        session.execute(delete(Visit))
    for ahead in range(14):
        plan(engine, TUESDAY + timedelta(days=ahead))
    with reading(engine) as session:
        first = [told for told in session.scalars(select(PlannedVisit.reason)) if "first planned visit" in told]
    assert first
    assert all("first planned visit, last order Mon 23 Feb" in told for told in first)


@pytest.mark.parametrize("day", [date.min, date(1999, 12, 31), date(2101, 1, 1), date.max])
def test_a_day_that_is_a_slip_of_the_pen_is_refused(sqlite_engine: Engine, plan: Planner, day: date) -> None:
    with pytest.raises(DayOutOfRange, match=r"Use a day from 2000-01-01 to 2100-12-31\."):
        plan(sqlite_engine, day)


def test_the_first_of_all_days_can_be_planned(sqlite_engine: Engine, plan: Planner) -> None:
    the_town_is_due(sqlite_engine)
    assert plan(sqlite_engine, date(2000, 1, 1)).day == date(2000, 1, 1)


def test_a_visit_already_done_is_never_touched(engine: Engine, plan: Planner) -> None:
    """Once a day has begun, even a customer who closes down leaves no mark on it."""
    world = the_town_is_due(engine)
    plan(engine)
    with transaction(engine) as session:
        mark_done(session, world.anna.id, world.customers["Bakery"].id, TUESDAY)
        session.get_one(Customer, world.customers["Dairy"].id).active = False
    before = visits_of(engine, world.anna.id)
    again = plan(engine)
    after = visits_of(engine, world.anna.id)
    assert {name: (visit.id, visit.status) for name, visit in after.items()} == {
        name: (visit.id, visit.status) for name, visit in before.items()
    }
    assert after["Bakery"].status is PlanStatus.DONE
    assert again.reps[0].note == "the day has begun and is left as it is"


def test_a_customer_who_closed_down_leaves_the_plan_as_a_tombstone(engine: Engine, plan: Planner) -> None:
    world = the_town_is_due(engine)
    plan(engine)
    gone = visits_of(engine, world.anna.id)["Dairy"].id
    with transaction(engine) as session:
        session.get_one(Customer, world.customers["Dairy"].id).active = False
    assert plan(engine).reps[0].changed
    assert set(visits_of(engine, world.anna.id)) == {"Bakery", "Corner"}
    assert changes(engine)["planned_visit", gone][1] is Op.DELETE
    with reading(engine) as session:
        assert len(rep_day(session, world.anna.id, TUESDAY).stops) == 2


def test_what_a_rep_added_by_hand_stays_and_comes_first(engine: Engine, plan: Planner) -> None:
    """The day after a visit nobody is due, yet the visit that Anna wants is routed, again and again."""
    with transaction(engine) as session:
        world = small_town.build(session)
        everybody_was_seen(session, world, TODAY)
        add_manual_visit(
            session,
            world.anna.id,
            world.customers["Corner"].id,
            TUESDAY,
            by=world.anna.id,
            reason="asked for a call",
            now=NOW,
        )
        anna = world.anna.id
    assert plan(engine).reps[0].visits == 1
    assert not plan(engine).reps[0].changed
    corner = visits_of(engine, anna)["Corner"]
    assert (corner.source, corner.reason, corner.status) == (Source.MANUAL, "asked for a call", PlanStatus.PLANNED)
    with reading(engine) as session:
        assert [stop.planned_visit_id for stop in rep_day(session, anna, TUESDAY).stops] == [corner.id]


def test_a_day_too_short_leaves_out_the_least_valuable_with_its_reason(engine: Engine, plan: Planner) -> None:
    world = the_town_is_due(engine)
    with transaction(engine) as session:
        for name, minutes in (("Bakery", 200), ("Corner", 200), ("Dairy", 200)):
            session.get_one(Customer, world.customers[name].id).service_minutes = minutes
    plan(engine)
    visits = visits_of(engine, world.anna.id)
    left = [visit for visit in visits.values() if visit.status is PlanStatus.LEFT_OUT]
    assert len(left) == 1
    assert left[0].value == min(visit.value for visit in visits.values())
    assert left[0].left_out_code is not None
    assert left[0].left_out_reason is not None


def test_a_rep_who_does_not_work_that_day_gets_no_plan_and_is_told(engine: Engine, plan: Planner) -> None:
    the_town_is_due(engine)
    assert [rep.note for rep in plan(engine, SUNDAY).reps] == ["does not work on Sundays"] * 2
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(PlannedVisit)) == 0


def test_who_was_left_out_or_missed_is_due_the_next_day_with_growing_urgency(engine: Engine, plan: Planner) -> None:
    """Monday's plan lies in the past when Wednesday is planned on Wednesday; nobody went."""
    world = the_town_is_due(engine)
    plan(engine)
    first = visits_of(engine, world.anna.id)
    wednesday = TUESDAY + timedelta(days=1)
    plan(engine, wednesday, rep_ids=[world.anna.id])
    assert visits_of(engine, world.anna.id, wednesday) == {}, "planned on Tuesday, which is still to come"
    with transaction(engine) as session, SolverPool(0) as solver:
        late = NOW + timedelta(days=2)
        plan_day(session, wednesday, solver=solver, driving=DRIVING, now=late)
    second = visits_of(engine, world.anna.id, wednesday)
    assert second.keys() == first.keys()
    assert all(second[name].value >= first[name].value for name in first)


def test_without_driving_there_is_a_plan_and_no_route(engine: Engine, solver: SolverPool) -> None:
    world = the_town_is_due(engine)
    with transaction(engine) as session:
        store(session, solve(gather(session, TUESDAY, driving=None, now=NOW), solver, DRIVING))
    with reading(engine) as session:
        day = rep_day(session, world.anna.id, TUESDAY)
        assert (day.route, len(day.unrouted)) == (None, 3)


def test_a_draft_writes_nothing(engine: Engine, solver: SolverPool) -> None:
    the_town_is_due(engine)
    with reading(engine) as session:
        draft = solve(gather(session, TUESDAY, driving=DRIVING, now=NOW), solver, DRIVING)
    assert [len(plan.lines) for plan in draft.plans] == [3, 3]
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(PlannedVisit)) == 0


def test_customers_that_change_hands_during_the_search_stop_the_storing(engine: Engine, solver: SolverPool) -> None:
    world = the_town_is_due(engine)
    with reading(engine) as session:
        draft = solve(gather(session, TUESDAY, driving=DRIVING, now=NOW), solver, DRIVING)
    with transaction(engine) as session:
        session.scalars(select(Assignment).where(Assignment.rep_id == world.anna.id)).first().ended_at = NOW  # type: ignore[union-attr]
    with pytest.raises(PlanOutdated, match="Plan the day again"), transaction(engine) as session:
        store(session, draft)


def test_a_key_account_enters_the_new_reps_day_and_leaves_the_old(engine: Engine, plan: Planner) -> None:
    """The Grocer is Ben's; given to Anna, it moves to her Tuesday: never two reps at one door."""
    world = the_town_is_due(engine)
    plan(engine)
    with transaction(engine) as session:
        session.add(
            Assignment(
                customer_id=world.customers["Grocer"].id,
                rep_id=world.anna.id,
                kind=AssignmentKind.KEY_ACCOUNT,
                assigned_by=world.max.id,
                instruction="show the new range",
                assigned_at=NOW,
            )
        )
    plan(engine, rep_ids=[world.anna.id, world.ben.id])
    grocer = visits_of(engine, world.anna.id)["Grocer"]
    assert (grocer.source, grocer.reason) == (
        Source.KEY_ACCOUNT,
        "key account, given by Max: show the new range; Anna's first visit",
    )
    assert "Grocer" not in visits_of(engine, world.ben.id)


def test_a_stop_never_outlives_its_visit(engine: Engine, plan: Planner) -> None:
    world = the_town_is_due(engine)
    plan(engine)
    with transaction(engine) as session:
        session.execute(select(Assignment))
        for assignment in session.scalars(select(Assignment).where(Assignment.rep_id == world.anna.id)):
            assignment.ended_at = NOW
    plan(engine)
    with reading(engine) as session:
        assert session.scalars(select(Route.rep_id)).all() == [world.ben.id]
        assert session.scalar(select(func.count()).select_from(RouteStop)) == 2


def test_a_visit_by_hand_on_a_day_off_stays_while_the_rep_serves_the_customer(engine: Engine, plan: Planner) -> None:
    """On Sunday Anna does not work; what she wants stands without a route, until the customer is no longer hers."""
    with transaction(engine) as session:
        world = small_town.build(session)
        anna, corner = world.anna.id, world.customers["Corner"].id
        add_manual_visit(session, anna, corner, SUNDAY, by=anna, reason="a word after church", now=NOW)
    assert plan(engine, SUNDAY).reps[0].note == "does not work on Sundays"
    assert set(visits_of(engine, anna, SUNDAY)) == {"Corner"}
    with transaction(engine) as session:
        for assignment in session.scalars(select(Assignment).where(Assignment.rep_id == anna)):
            assignment.ended_at = NOW
    plan(engine, SUNDAY)
    assert visits_of(engine, anna, SUNDAY) == {}, "the rep's phone no longer holds the customer"
