"""Visits that people put on a day, visits made, and how far a team has come."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.audit.models import AuditEntry
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.people.queries import PersonNotFound
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.planning.queries import rep_day
from fieldsales.planning.rules import AlreadyPlanned, AnomalyNotOpen, DayOver, NotServed
from fieldsales.planning.service import add_manual_visit, mark_done, plan_anomalies

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town, on either database."""
    return small_town.build(session)


def added(session: Session, town: SmallTown, name: str, day: date = TUESDAY) -> PlannedVisit:
    rep = town.anna if name in {"Bakery", "Corner", "Dairy"} else town.ben
    return add_manual_visit(session, rep.id, town.customers[name].id, day, by=town.max.id, reason="please", now=NOW)


def alarm(session: Session, town: SmallTown, name: str, kind: AnomalyKind = AnomalyKind.CHURN_RISK) -> Anomaly:
    found = Anomaly(
        customer_id=town.customers[name].id,
        kind=kind,
        opened_on=MONDAY,
        seen_on=MONDAY,
        reason="orders every 7 ± 1 days, last 24 days ago",
        evidence={},
        at_risk_minor=100,
    )
    session.add(found)
    session.flush()
    return found


def test_a_visit_added_by_hand_says_by_whom_and_why(session: Session, town: SmallTown) -> None:
    visit = added(session, town, "Bakery")
    assert (visit.source, visit.reason, visit.added_by, visit.value) == (Source.MANUAL, "please", town.max.id, 50)
    assert session.scalars(select(AuditEntry.action)).all() == ["plan.visit_added"]


def test_adding_it_again_is_the_same_visit(session: Session, town: SmallTown) -> None:
    assert added(session, town, "Bakery").id == added(session, town, "Bakery").id


def test_a_visit_that_had_no_room_is_planned_again_when_a_person_asks(session: Session, town: SmallTown) -> None:
    visit = added(session, town, "Bakery")
    visit.status, visit.left_out_code, visit.left_out_reason = PlanStatus.LEFT_OUT, "day_full", "no room"
    visit = added(session, town, "Bakery")
    assert (visit.status, visit.left_out_code, visit.left_out_reason) == (PlanStatus.PLANNED, None, None)


def test_a_visit_already_made_is_left_as_it_was(session: Session, town: SmallTown) -> None:
    visit = added(session, town, "Bakery")
    mark_done(session, town.anna.id, visit.customer_id, TUESDAY)
    session.refresh(visit)  # closed past the ORM
    visit.reason = "first reason"
    assert added(session, town, "Bakery").reason == "first reason"
    assert visit.status is PlanStatus.DONE


def test_yesterday_cannot_be_planned(session: Session, town: SmallTown) -> None:
    with pytest.raises(DayOver, match="today is 2026-03-02"):
        added(session, town, "Bakery", MONDAY - timedelta(days=1))


def test_a_rep_is_not_sent_to_somebody_elses_customer(session: Session, town: SmallTown) -> None:
    with pytest.raises(NotServed, match="Assign the customer"):
        add_manual_visit(
            session, town.anna.id, town.customers["Fish"].id, TUESDAY, by=town.max.id, reason="why not", now=NOW
        )
    with pytest.raises(PersonNotFound):
        add_manual_visit(
            session, uuid.uuid4(), town.customers["Fish"].id, TUESDAY, by=town.max.id, reason="why not", now=NOW
        )


def test_no_two_reps_are_sent_to_one_door_on_a_day(session: Session, town: SmallTown) -> None:
    """Ben's key account stands on Anna's Tuesday; only when her day has no room for it can Ben take it."""
    bakery = town.customers["Bakery"].id
    session.add(Assignment(customer_id=bakery, rep_id=town.ben.id, kind=AssignmentKind.KEY_ACCOUNT, assigned_at=NOW))
    annas = added(session, town, "Bakery")
    again = {"by": town.ben.id, "reason": "mine too", "now": NOW}
    with pytest.raises(AlreadyPlanned, match="Anna visits this customer on 2026-03-03") as refused:
        add_manual_visit(session, town.ben.id, bakery, TUESDAY, **again)
    assert (refused.value.code, refused.value.status) == ("plan.already_planned", 409)
    assert add_manual_visit(session, town.ben.id, bakery, TUESDAY + timedelta(days=1), **again).rep_id == town.ben.id
    annas.status, annas.left_out_code, annas.left_out_reason = PlanStatus.LEFT_OUT, "day_full", "no room"
    session.flush()
    assert add_manual_visit(session, town.ben.id, bakery, TUESDAY, **again).rep_id == town.ben.id


def test_anomalies_become_visits_of_the_owners_one_for_each_customer(session: Session, town: SmallTown) -> None:
    both = [alarm(session, town, "Bakery"), alarm(session, town, "Bakery", AnomalyKind.AMOUNT_PLUNGE)]
    fish = alarm(session, town, "Fish")
    ids = [each.id for each in (*both, fish)]
    visits = plan_anomalies(session, ids, TUESDAY, by=town.max.id, now=NOW)
    assert [(visit.rep_id, visit.source, visit.anomaly_id) for visit in visits] == [
        (town.anna.id, Source.ANOMALY, both[0].id),
        (town.ben.id, Source.ANOMALY, fish.id),
    ]
    assert visits[0].reason == "churn risk: orders every 7 ± 1 days, last 24 days ago"
    assert visits[0].added_by == town.max.id


def test_a_closed_or_unknown_anomaly_cannot_be_planned(session: Session, town: SmallTown) -> None:
    closed = alarm(session, town, "Bakery")
    closed.closed_on = MONDAY
    for anomaly_id in (closed.id, uuid.uuid4()):
        with pytest.raises(AnomalyNotOpen):
            plan_anomalies(session, [anomaly_id], TUESDAY, by=town.max.id, now=NOW)


def test_an_anomaly_of_a_customer_nobody_owns_says_what_to_do(session: Session, town: SmallTown) -> None:
    bakery = alarm(session, town, "Bakery")
    for assignment in session.scalars(select(Assignment)):
        assignment.ended_at = NOW
    with pytest.raises(NotServed, match="Assign the customer to a rep first"):
        plan_anomalies(session, [bakery.id], TUESDAY, by=town.max.id, now=NOW)


def test_marking_what_was_not_planned_is_no_error(session: Session, town: SmallTown) -> None:
    assert mark_done(session, town.anna.id, town.customers["Bakery"].id, TUESDAY) is None


def test_a_reps_day_tells_routed_unrouted_and_left_out_apart(session: Session, town: SmallTown) -> None:
    waiting, crowded = added(session, town, "Bakery"), added(session, town, "Corner")
    crowded.status = PlanStatus.LEFT_OUT
    session.flush()
    day = rep_day(session, town.anna.id, TUESDAY)
    assert (day.zone, day.route, list(day.stops)) == ("Europe/Athens", None, [])
    assert day.unrouted == (waiting,)
    assert day.left_out == (crowded,)
    with pytest.raises(PersonNotFound):
        rep_day(session, uuid.uuid4(), TUESDAY)
