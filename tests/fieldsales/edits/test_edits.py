"""What people do to planned visits, within the policy, and what is kept of it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.audit.queries import history_of
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.session import transaction
from fieldsales.edits.queries import trail_of
from fieldsales.edits.rules import (
    PLANNING,
    USUAL,
    AlreadyThere,
    BadSkip,
    MayNotEdit,
    MovedToDayOff,
    MovedTooFar,
    PlannedVisitNotFound,
    TooManySkips,
    VisitChanged,
    VisitMade,
)
from fieldsales.edits.service import Edited, StaleDay, add_visit, move_visit, restore_visit, skip_visit
from fieldsales.people.models import User
from fieldsales.people.queries import PersonNotFound
from fieldsales.people.rules import Actor
from fieldsales.planning.models import STALE, PlannedVisit, PlanStatus, Route, RouteStop, Source
from fieldsales.planning.rules import AlreadyPlanned, DayOver, NotServed
from fieldsales.planning.service import mark_done
from fieldsales.policies.rules import PolicyInvalid
from fieldsales.policies.service import put

TUESDAY = date(2026, 3, 3)
WEDNESDAY, THURSDAY = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def town(session: Session) -> SmallTown:
    return small_town.build(session)


def actor(person: User) -> Actor:
    return Actor(person.id, person.role, person.territory_id)


def planned(session: Session, town: SmallTown, name: str = "Bakery", day: date = TUESDAY, **facts: Any) -> PlannedVisit:
    """A visit that the planner put on Anna's day."""
    columns = {"rep_id": town.anna.id, "source": Source.TIER, "reason": "B, every 2 weeks", "value": 50} | facts
    visit = PlannedVisit(customer_id=town.customers[name].id, day=day, **columns)
    session.add(visit)
    session.flush()
    return visit


def share(session: Session, town: SmallTown, name: str = "Bakery") -> None:
    """Ben serves the customer, too."""
    session.add(
        Assignment(customer_id=town.customers[name].id, rep_id=town.ben.id, kind=AssignmentKind.KEY_ACCOUNT,
                   assigned_at=NOW)
    )  # fmt: skip
    session.flush()


def routed(session: Session, *visits: PlannedVisit) -> Route:
    """A route that passes these visits."""
    moments = dict.fromkeys(("starts_at", "ends_at"), NOW)
    lengths = dict.fromkeys(
        ("lunch_minutes", "travel_s", "wait_s", "service_s", "distance_m", "home_travel_s", "home_distance_m"), 0
    )
    route = Route(rep_id=visits[0].rep_id, day=visits[0].day, fingerprint="fits", **moments, **lengths)
    route.stops = [
        RouteStop(position=at, planned_visit_id=each.id, arrival_at=NOW, departure_at=NOW, wait_s=0, service_s=0,
                  travel_s=0, distance_m=0)
        for at, each in enumerate(visits, start=1)
    ]  # fmt: skip
    session.add(route)
    session.flush()
    return route


def set_policy(session: Session, **changed: object) -> None:
    put(session, PLANNING, {**USUAL, **changed}, now=NOW)


def told(session: Session, town: SmallTown, visit: PlannedVisit) -> list[tuple[str, str | None]]:
    return [(str(each.step.kind), each.by) for each in trail_of(session, actor(town.max), visit.id).steps]


def test_a_moved_visit_keeps_its_id_source_and_reason_and_becomes_a_persons(session: Session, town: SmallTown) -> None:
    visit = planned(session, town, status=PlanStatus.LEFT_OUT, left_out_code="day_full", left_out_reason="no room")
    edited = move_visit(session, visit.id, to_day=THURSDAY, by=actor(town.max), reason="away", now=NOW)
    assert edited == Edited(
        visit, (StaleDay(town.anna.id, TUESDAY, begun=False), StaleDay(town.anna.id, THURSDAY, begun=False))
    )
    assert (visit.day, visit.source, visit.reason, visit.added_by) == (
        THURSDAY, Source.TIER, "B, every 2 weeks", town.max.id
    )  # fmt: skip
    assert (visit.status, visit.left_out_code, visit.left_out_reason) == (PlanStatus.PLANNED, None, None)
    assert visit.version == 2
    [step] = trail_of(session, actor(town.anna), visit.id).steps
    assert (step.by, step.from_rep, step.step.from_day, step.to_rep, step.step.to_day, step.step.reason) == (
        "Max", "Anna", TUESDAY, "Anna", THURSDAY, "away"
    )  # fmt: skip
    [entry] = history_of(session, ("planned_visit", visit.id))
    assert (entry.action, entry.facts["from_day"], entry.facts["to_day"]) == (
        "plan.visit_moved", "2026-03-03", "2026-03-05"
    )  # fmt: skip


def test_a_visit_that_leaves_a_day_comes_off_its_route(session: Session, town: SmallTown) -> None:
    leaving, staying = planned(session, town), planned(session, town, "Corner")
    route = routed(session, leaving, staying)
    move_visit(session, leaving.id, to_day=THURSDAY, by=actor(town.sara), now=NOW)
    assert [stop.planned_visit_id for stop in route.stops] == [staying.id]
    assert route.fingerprint == STALE


def test_a_supervisor_moves_a_visit_to_another_rep_who_serves_the_customer(session: Session, town: SmallTown) -> None:
    visit, sara = planned(session, town), actor(town.sara)
    with pytest.raises(NotServed):
        move_visit(session, visit.id, to_rep=town.ben.id, by=sara, now=NOW)
    share(session, town)
    edited = move_visit(session, visit.id, to_rep=town.ben.id, by=sara, now=NOW)
    assert (visit.rep_id, visit.day) == (town.ben.id, TUESDAY)
    assert {each.rep_id for each in edited.days} == {town.anna.id, town.ben.id}
    with pytest.raises(PlannedVisitNotFound):
        skip_visit(session, visit.id, code="closed", by=actor(town.anna), now=NOW)
    with pytest.raises(PersonNotFound):
        move_visit(session, visit.id, to_rep=town.sara.id, by=sara, now=NOW)


def test_moving_a_visit_to_where_it_stands_changes_nothing(session: Session, town: SmallTown) -> None:
    visit = planned(session, town)
    assert move_visit(session, visit.id, to_day=TUESDAY, by=actor(town.anna), now=NOW) == Edited(visit)
    assert (visit.added_by, visit.version, told(session, town, visit)) == (None, 1, [])


def test_a_visit_of_the_planner_makes_room_for_one_that_is_moved_there(session: Session, town: SmallTown) -> None:
    mine, planners = planned(session, town), planned(session, town, day=THURSDAY)
    routed(session, planners)
    gone = planners.id
    move_visit(session, mine.id, to_day=THURSDAY, by=actor(town.max), now=NOW)
    assert session.scalars(select(PlannedVisit.id)).all() == [mine.id]
    trail = trail_of(session, actor(town.anna), gone)
    assert trail.visit is None
    assert [(str(each.step.kind), each.by, each.step.to_day) for each in trail.steps] == [("taken_off", "Max", None)]


@pytest.mark.parametrize("skipped", [False, True], ids=["put there", "skipped there"])
def test_a_visit_of_a_person_makes_no_room(session: Session, town: SmallTown, skipped: bool) -> None:
    mine = planned(session, town)
    there = planned(session, town, day=THURSDAY, added_by=None if skipped else town.max.id)
    if skipped:
        skip_visit(session, there.id, code="closed", by=actor(town.anna), now=NOW)
    with pytest.raises(AlreadyThere) as refused:
        move_visit(session, mine.id, to_day=THURSDAY, by=actor(town.max), now=NOW)
    assert refused.value.facts["visit"]["id"] == str(there.id)


def test_no_two_reps_are_moved_to_one_door(session: Session, town: SmallTown) -> None:
    share(session, town)
    mine = planned(session, town)
    planned(session, town, day=THURSDAY, rep_id=town.ben.id)
    with pytest.raises(AlreadyPlanned, match="Ben visits this customer on 2026-03-05"):
        move_visit(session, mine.id, to_day=THURSDAY, by=actor(town.sara), now=NOW)


def test_a_skipped_visit_stays_on_its_day_with_the_reason_and_can_be_restored(
    session: Session, town: SmallTown
) -> None:
    visit, anna = planned(session, town), actor(town.anna)
    skipped = skip_visit(session, visit.id, code="closed", reason="shutters down", by=anna, now=NOW)
    assert (visit.status, visit.skip_code, visit.skip_reason) == (PlanStatus.SKIPPED, "closed", "shutters down")
    assert (visit.day, visit.added_by, len(skipped.days)) == (TUESDAY, None, 1)
    again = skip_visit(session, visit.id, code="closed", reason="shutters down", by=anna, now=NOW)
    assert again == Edited(visit)
    restore_visit(session, visit.id, by=actor(town.sara), now=NOW)
    assert (visit.status, visit.skip_code, visit.skip_reason, visit.added_by) == (
        PlanStatus.PLANNED, None, None, town.sara.id
    )  # fmt: skip
    assert restore_visit(session, visit.id, by=anna, now=NOW) == Edited(visit)
    assert told(session, town, visit) == [("skipped", "Anna"), ("restored", "Sara")]
    assert [each.action for each in history_of(session, ("planned_visit", visit.id))] == [
        "plan.visit_skipped",
        "plan.visit_restored",
    ]


def test_a_skipped_visit_is_not_restored_once_another_rep_goes(session: Session, town: SmallTown) -> None:
    share(session, town)
    visit, sara = planned(session, town), actor(town.sara)
    skip_visit(session, visit.id, code="no_time", by=actor(town.anna), now=NOW)
    add_visit(session, town.ben.id, visit.customer_id, TUESDAY, by=sara, reason="instead of Anna", now=NOW)
    with pytest.raises(AlreadyPlanned, match="Ben visits"):
        restore_visit(session, visit.id, by=sara, now=NOW)


def test_a_skipped_visit_that_is_moved_is_to_be_made_again(session: Session, town: SmallTown) -> None:
    visit = planned(session, town)
    skip_visit(session, visit.id, code="closed", by=actor(town.anna), now=NOW)
    move_visit(session, visit.id, to_day=WEDNESDAY, by=actor(town.anna), now=NOW)
    assert (visit.day, visit.status, visit.skip_code) == (WEDNESDAY, PlanStatus.PLANNED, None)


def test_whoever_checks_in_at_a_skipped_visit_has_made_it(session: Session, town: SmallTown) -> None:
    visit = planned(session, town)
    skip_visit(session, visit.id, code="no_time", by=actor(town.anna), now=NOW)
    mark_done(session, town.anna.id, visit.customer_id, TUESDAY)
    session.refresh(visit)
    assert (visit.status, visit.skip_code, visit.version) == (PlanStatus.DONE, None, 3)


EDITS: dict[str, Callable[..., Edited]] = {
    "move": lambda session, visit, by, **more: move_visit(session, visit, to_day=THURSDAY, by=by, **more),
    "skip": lambda session, visit, by, **more: skip_visit(session, visit, code="closed", by=by, **more),
    "restore": lambda session, visit, by, **more: restore_visit(session, visit, by=by, **more),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_is_over_or_made_is_left_as_it_was(session: Session, town: SmallTown, edit: Callable[..., Edited]) -> None:
    over, made = planned(session, town, day=TUESDAY - timedelta(days=2)), planned(session, town, "Corner")
    mark_done(session, town.anna.id, made.customer_id, TUESDAY)
    with pytest.raises(DayOver):
        edit(session, over.id, actor(town.max), now=NOW)
    with pytest.raises(VisitMade) as refused:
        edit(session, made.id, actor(town.max), now=NOW)
    assert (refused.value.status, refused.value.code) == (409, "plan.visit_made")


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_nobody_changes_what_is_out_of_scope(session: Session, town: SmallTown, edit: Callable[..., Edited]) -> None:
    visit = planned(session, town)
    for identity in (visit.id, uuid.uuid4()):
        with pytest.raises(PlannedVisitNotFound):
            edit(session, identity, actor(town.ben), now=NOW)
        with pytest.raises(PlannedVisitNotFound):
            trail_of(session, actor(town.ben), identity)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_change_of_what_changed_meanwhile_is_refused_with_what_it_is_now(
    session: Session, town: SmallTown, edit: Callable[..., Edited]
) -> None:
    visit = planned(session, town)
    skip_visit(session, visit.id, code="no_time", by=actor(town.anna), now=NOW, version=1)
    with pytest.raises(VisitChanged) as refused:
        edit(session, visit.id, actor(town.max), now=NOW, version=1)
    now = refused.value.facts["visit"]
    assert (refused.value.status, now["version"], now["status"], now["skip_code"]) == (409, 2, "skipped", "no_time")


def test_of_two_who_change_a_visit_at_once_one_is_told(engine: Engine) -> None:
    with transaction(engine) as session:
        town = small_town.build(session)
        visit, people = planned(session, town).id, [actor(town.max), actor(town.sara)]
    both, outcomes = threading.Barrier(2), []

    def edit(by: Actor) -> None:
        both.wait()
        try:
            with transaction(engine) as session:
                move_visit(session, visit, to_day=THURSDAY, by=by, version=1, now=NOW)
            outcomes.append("moved")
        except VisitChanged as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=edit, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "plan.visit_changed"]


def test_a_rep_may_do_what_the_policy_says_and_a_leader_all(session: Session, town: SmallTown) -> None:
    set_policy(session, rep_may_add=False, rep_may_move=False, rep_may_skip=False)
    visit, anna, max_ = planned(session, town), actor(town.anna), actor(town.max)
    for edit in EDITS.values():
        with pytest.raises(MayNotEdit, match="Ask your supervisor"):
            edit(session, visit.id, anna, now=NOW)
    corner = town.customers["Corner"].id
    with pytest.raises(MayNotEdit, match="may not add"):
        add_visit(session, town.anna.id, corner, TUESDAY, by=anna, reason="why not", now=NOW)
    for edit in EDITS.values():
        edit(session, visit.id, max_, now=NOW)
    assert (
        add_visit(session, town.anna.id, corner, TUESDAY, by=max_, reason="please", now=NOW).visit.added_by
        == max_.user_id
    )


def test_a_rep_adds_own_customers_to_the_own_day_only(session: Session, town: SmallTown) -> None:
    ben, bakery = actor(town.ben), town.customers["Bakery"].id
    with pytest.raises(PersonNotFound):
        add_visit(session, town.anna.id, bakery, TUESDAY, by=ben, reason="why not", now=NOW)
    with pytest.raises(CustomerNotFound):
        add_visit(session, town.ben.id, bakery, TUESDAY, by=ben, reason="why not", now=NOW)


def test_a_rep_moves_no_visit_to_a_day_off_but_a_leader_may(session: Session, town: SmallTown) -> None:
    saturday = TUESDAY + timedelta(days=4)
    visit = planned(session, town)
    with pytest.raises(MovedToDayOff, match="no work on Saturdays"):
        move_visit(session, visit.id, to_day=saturday, by=actor(town.anna), now=NOW)
    assert move_visit(session, visit.id, to_day=saturday, by=actor(town.sara), now=NOW).visit.day == saturday


def test_a_rep_does_not_carry_a_visit_away_step_by_step(session: Session, town: SmallTown) -> None:
    """Days are counted from where the visit was planned first."""
    set_policy(session, rep_move_days=2)
    visit, anna = planned(session, town), actor(town.anna)
    move_visit(session, visit.id, to_day=THURSDAY, by=anna, now=NOW)
    with pytest.raises(MovedTooFar, match="from 2026-03-01 to 2026-03-05"):
        move_visit(session, visit.id, to_day=THURSDAY + timedelta(days=1), by=anna, now=NOW)
    move_visit(session, visit.id, to_day=THURSDAY + timedelta(days=20), by=actor(town.max), now=NOW)


def test_a_rep_skips_some_visits_a_day_and_not_more(session: Session, town: SmallTown) -> None:
    set_policy(session, rep_skips_a_day=1)
    first, second, third = (planned(session, town, name) for name in ("Bakery", "Corner", "Dairy"))
    skip_visit(session, third.id, code="closed", by=actor(town.sara), now=NOW)
    skip_visit(session, first.id, code="closed", by=actor(town.anna), now=NOW)
    skip_visit(session, first.id, code="no_time", by=actor(town.anna), now=NOW)
    with pytest.raises(TooManySkips, match="1 of a day's visits"):
        skip_visit(session, second.id, code="closed", by=actor(town.anna), now=NOW)
    skip_visit(session, second.id, code="closed", by=actor(town.sara), now=NOW)


@pytest.mark.parametrize("reason", [None, " "])
def test_a_skip_says_why(session: Session, town: SmallTown, reason: str | None) -> None:
    visit, anna = planned(session, town), actor(town.anna)
    with pytest.raises(BadSkip, match="There are: closed, customer_asked"):
        skip_visit(session, visit.id, code="rain", by=anna, now=NOW)
    with pytest.raises(BadSkip, match="Say it in words"):
        skip_visit(session, visit.id, code="other", reason=reason, by=anna, now=NOW)
    skip_visit(session, visit.id, code="other", reason="a wedding in the street", by=anna, now=NOW)


def test_the_policy_that_holds_on_the_day_of_the_change_counts(session: Session, town: SmallTown) -> None:
    put(session, PLANNING, {**USUAL, "rep_may_skip": False}, now=NOW, effective_from=TUESDAY)
    monday, tuesday = planned(session, town, day=THURSDAY), planned(session, town, "Corner", day=THURSDAY)
    skip_visit(session, monday.id, code="closed", by=actor(town.anna), now=NOW)
    with pytest.raises(MayNotEdit):
        skip_visit(session, tuesday.id, code="closed", by=actor(town.anna), now=NOW + timedelta(days=1))


def test_a_policy_lists_each_cause_once(session: Session) -> None:
    with pytest.raises(BadSkip, match="listed twice"):
        PLANNING.read({**USUAL, "skip_causes": [{"code": "closed", "label": "Closed"}] * 2})
    with pytest.raises(PolicyInvalid):
        PLANNING.read({**USUAL, "skip_causes": []})
