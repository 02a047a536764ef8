"""A rep's key accounts become a plan: on the best day, within their days, never beyond the shift."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.accounts.rules import Terms
from fieldsales.accounts.service import assign
from fieldsales.db.base import new_id
from fieldsales.people.models import User
from fieldsales.people.queries import PersonNotFound
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, Source
from fieldsales.rounds.rules import Stop
from fieldsales.rounds.service import plan_round
from fieldsales.spreads.rules import Fate
from fieldsales.visits.models import Visit

MONDAY = date(2026, 3, 2)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=ahead) for ahead in (1, 2, 3))
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town, on either database."""
    return small_town.build(session)


def give(session: Session, town: SmallTown, names: str, *reps: User, **terms: Any) -> None:
    ids = [town.customers[name].id for name in names.split()]
    boss = Actor(town.max.id, town.max.role, town.max.territory_id)
    assign(session, ids, [rep.id for rep in reps], Terms(**terms), now=NOW, by=boss)


def plan(session: Session, rep: User, *days: date, **more: Any) -> dict[str, Stop]:
    actor = Actor(rep.id, rep.role, rep.territory_id)
    found = plan_round(session, rep.id, by=actor, now=NOW, days=days or None, **more)
    return {stop.customer_name: stop for stop in found.stops}


def squeeze(rep: User) -> None:
    """Leave the rep room for one visit a day."""
    assert rep.work_pattern is not None
    rep.work_pattern.shift_from, rep.work_pattern.shift_to = time(8, 30), time(9, 15)
    rep.work_pattern.lunch_minutes = 0


def test_the_plan_is_in_the_reps_name_and_a_dry_run_writes_nothing(session: Session, town: SmallTown) -> None:
    give(session, town, "Bakery", town.anna, priority=1, instruction="Ask for Eleni")
    tried = plan(session, town.anna, dry_run=True)
    assert session.scalars(select(PlannedVisit)).all() == []
    assert plan(session, town.anna) == tried
    visit = session.scalars(select(PlannedVisit)).one()
    assert (visit.source, visit.added_by, visit.value) == (Source.KEY_ACCOUNT, town.anna.id, 200)
    assert visit.reason == "key account, given by Max: Ask for Eleni; every 2 weeks; Anna's first visit"


def test_the_priority_goes_first_where_there_is_no_room_for_all(session: Session, town: SmallTown) -> None:
    squeeze(town.anna)
    give(session, town, "Bakery Corner", town.anna, priority=4)
    give(session, town, "Dairy", town.anna, priority=1)
    found = plan(session, town.anna, TUESDAY, WEDNESDAY)
    assert {name: stop.fate for name, stop in found.items()} == {
        "Dairy": Fate.PLANNED, "Bakery": Fate.PLANNED, "Corner": Fate.NO_ROOM,
    }  # fmt: skip
    assert {day for stop in found.values() for _, day in stop.slots} == {TUESDAY, WEDNESDAY}


def test_an_account_is_planned_on_days_on_which_it_counts_and_is_due(session: Session, town: SmallTown) -> None:
    give(session, town, "Bakery", town.anna, from_on=WEDNESDAY, until_on=WEDNESDAY)
    give(session, town, "Corner", town.anna, rrule="FREQ=WEEKLY")
    give(session, town, "Dairy", town.anna, until_on=MONDAY)
    last = THURSDAY - timedelta(days=7)
    session.add(Visit(id=new_id(), customer_id=town.customers["Corner"].id, rep_id=town.anna.id, day=last))
    session.flush()
    found = plan(session, town.anna, TUESDAY, WEDNESDAY, THURSDAY)
    assert {name: stop.slots for name, stop in found.items()} == {
        "Bakery": ((town.anna.id, WEDNESDAY),),
        "Corner": ((town.anna.id, THURSDAY),),
    }


def test_who_is_not_due_within_the_days_is_told_when(session: Session, town: SmallTown) -> None:
    give(session, town, "Corner", town.anna, rrule="FREQ=WEEKLY")
    session.add(Visit(id=new_id(), customer_id=town.customers["Corner"].id, rep_id=town.anna.id, day=MONDAY))
    session.flush()
    stop = plan(session, town.anna, TUESDAY, WEDNESDAY)["Corner"]
    assert (stop.fate, stop.due_on) == (Fate.NOT_DUE, MONDAY + timedelta(days=7))
    assert stop.reason == "Due on Mon 9 Mar; Anna went Mon 2 Mar."


def test_those_who_go_together_need_a_day_that_has_room_for_both(session: Session, town: SmallTown) -> None:
    squeeze(town.ben)
    give(session, town, "Bakery Corner", town.anna, town.ben, together=True)
    found = plan(session, town.anna, TUESDAY)
    assert {name: stop.fate for name, stop in found.items()} == {"Bakery": Fate.PLANNED, "Corner": Fate.NO_ROOM}
    assert {rep for rep, _ in found["Bakery"].slots} == {town.anna.id, town.ben.id}
    reasons = {each.rep_id: each.reason for each in session.scalars(select(PlannedVisit))}
    assert reasons[town.anna.id].endswith("together with Ben")
    assert reasons[town.ben.id].endswith("together with Anna")


def test_a_rep_who_is_on_the_plan_of_that_day_keeps_the_other_away(session: Session, town: SmallTown) -> None:
    give(session, town, "Bakery", town.anna, town.ben)
    plan(session, town.anna, TUESDAY)
    told = plan(session, town.ben, TUESDAY)["Bakery"]
    assert (told.fate, told.reason) == (
        Fate.TOO_SOON, "Too near to another visit of the customer, on 2026-03-03.",
    )  # fmt: skip
    assert plan(session, town.ben, TUESDAY, WEDNESDAY)["Bakery"].slots == ((town.ben.id, WEDNESDAY),)


def test_nobody_plans_for_a_rep_out_of_scope(session: Session, town: SmallTown) -> None:
    anna = Actor(town.anna.id, town.anna.role, town.anna.territory_id)
    with pytest.raises(PersonNotFound):
        plan_round(session, town.ben.id, by=anna, now=NOW)
    assert plan(session, town.anna) == {}
