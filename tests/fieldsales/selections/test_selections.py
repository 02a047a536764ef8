"""A selection becomes a plan: who goes, on which day, and why somebody is passed over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.accounts.rules import Terms
from fieldsales.accounts.service import assign, end_expired
from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.anomalies.queries import AnomalyFilter
from fieldsales.audit.models import AuditEntry
from fieldsales.customers.models import Assignment
from fieldsales.customers.queries import CustomerFilter
from fieldsales.db.base import new_id
from fieldsales.orders.models import Order, Origin
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.selections.rules import CustomerChoice, Outcome, Selection, SelectionAmbiguous
from fieldsales.selections.service import plan_selection
from fieldsales.spreads.rules import Fate
from fieldsales.visits.models import Visit

MONDAY = date(2026, 3, 2)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=ahead) for ahead in (1, 2, 3))
DAYS = (TUESDAY, WEDNESDAY, THURSDAY)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town, on either database."""
    return small_town.build(session)


def acting(person: User) -> Actor:
    return Actor(person.id, person.role, person.territory_id)


def alarm(session: Session, town: SmallTown, name: str, money: int = 100, **more: Any) -> Anomaly:
    found = Anomaly(
        customer_id=town.customers[name].id, opened_on=MONDAY, seen_on=MONDAY, reason="buys for half", evidence={},
        at_risk_minor=money, **({"kind": AnomalyKind.AMOUNT_PLUNGE} | more),
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found


def visited(session: Session, town: SmallTown, name: str, rep: User, day: date) -> None:
    session.add(Visit(id=new_id(), customer_id=town.customers[name].id, rep_id=rep.id, day=day))
    session.flush()


def tap(session: Session, by: User, wanted: Selection, **more: Any) -> dict[str, Outcome]:
    found = plan_selection(session, wanted, by=acting(by), now=NOW, **({"days": DAYS} | more))
    return {each.customer_name: each for each in found.outcomes}


ALARMS = Selection(anomalies=AnomalyFilter())


def test_a_visit_is_a_persons_says_why_and_is_in_the_books(session: Session, town: SmallTown) -> None:
    flag = alarm(session, town, "Bakery")
    told = tap(session, town.sara, ALARMS)["Bakery"]
    visit = session.scalars(select(PlannedVisit)).one()
    assert (told.fate, told.slots) == (Fate.PLANNED, ((town.anna.id, TUESDAY),))
    assert (visit.source, visit.added_by, visit.anomaly_id) == (Source.ANOMALY, town.sara.id, flag.id)
    assert (visit.reason, visit.value) == ("amount plunge: buys for half", 50)
    assert (visit.asks_cause, visit.promotion) == (True, told.promotion)
    assert session.scalars(select(AuditEntry.action)).all() == ["plan.visit_placed"]


def test_a_dry_run_writes_nothing(session: Session, town: SmallTown) -> None:
    alarm(session, town, "Bakery")
    assert tap(session, town.sara, ALARMS, dry_run=True)["Bakery"].fate is Fate.PLANNED
    assert session.scalars(select(PlannedVisit)).all() == []
    assert session.scalars(select(AuditEntry)).all() == []


def test_two_flags_of_a_customer_are_one_visit_and_the_money_of_both_counts(session: Session, town: SmallTown) -> None:
    for name, money in (("Bakery", 100), ("Corner", 150)):
        alarm(session, town, name, money)
    alarm(session, town, "Bakery", 80, kind=AnomalyKind.COUNT_PLUNGE)
    assert list(tap(session, town.sara, ALARMS)) == ["Bakery", "Corner"]
    assert len(session.scalars(select(PlannedVisit)).all()) == 2


def test_the_weekday_on_which_a_customer_orders_is_kept_to(session: Session, town: SmallTown) -> None:
    alarm(session, town, "Bakery")
    for weeks in range(1, 8):
        day = THURSDAY - timedelta(weeks=weeks)
        order = Order(customer_id=town.customers["Bakery"].id, origin=Origin.IMPORT, ordered_on=day, currency="EUR")
        order.amount_minor = 100
        session.add(order)
    session.flush()
    assert tap(session, town.sara, ALARMS)["Bakery"].slots == ((town.anna.id, THURSDAY),)


def test_a_shop_is_visited_when_it_is_open(session: Session, town: SmallTown) -> None:
    for name, hours in (("Bakery", "We 08:00-20:00"), ("Corner", "Mo-Su 20:00-23:00")):
        town.customers[name].opening_hours = hours
        alarm(session, town, name)
    told = tap(session, town.sara, ALARMS)
    assert told["Bakery"].slots == ((town.anna.id, WEDNESDAY),)
    assert told["Corner"].fate is Fate.CLOSED


def test_a_visit_lies_some_days_from_others_of_the_customer(session: Session, town: SmallTown) -> None:
    for name in ("Bakery", "Fish"):
        alarm(session, town, name)
        visited(session, town, name, town.anna if name == "Bakery" else town.ben, MONDAY)
    assert tap(session, town.sara, ALARMS, dry_run=True)["Bakery"].slots == ((town.anna.id, THURSDAY),)
    early = tap(session, town.sara, ALARMS, days=[TUESDAY, WEDNESDAY], dry_run=True)["Bakery"]
    assert (early.fate, early.reason) == (Fate.TOO_SOON, "Too near to another visit of the customer, on 2026-03-02.")
    near = Selection(anomalies=AnomalyFilter(), minimum_gap_days=1)
    assert tap(session, town.sara, near)["Bakery"].slots == ((town.anna.id, TUESDAY),)
    tier_b = Selection(customers=CustomerChoice(CustomerFilter(search="Fish")))
    assert tap(session, town.sara, tier_b, dry_run=True)["Fish"].fate is Fate.THERE


def test_the_gap_of_a_customer_filter_is_the_tiers(session: Session, town: SmallTown) -> None:
    visited(session, town, "Fish", town.ben, MONDAY - timedelta(days=5))
    fish = Selection(customers=CustomerChoice(CustomerFilter(search="Fish")))
    assert tap(session, town.sara, fish)["Fish"].fate is Fate.TOO_SOON


def test_of_a_key_account_the_rep_goes_whose_turn_it_is(session: Session, town: SmallTown) -> None:
    bakery = town.customers["Bakery"].id
    assign(session, [bakery], [town.ben.id], Terms(), now=NOW)
    visited(session, town, "Bakery", town.anna, MONDAY - timedelta(days=9))
    alarm(session, town, "Bakery")
    assert tap(session, town.sara, ALARMS, dry_run=True)["Bakery"].slots[0][0] == town.ben.id
    visited(session, town, "Bakery", town.ben, MONDAY - timedelta(days=5))
    assert tap(session, town.sara, ALARMS, dry_run=True)["Bakery"].slots[0][0] == town.anna.id
    assert tap(session, town.ben, ALARMS)["Bakery"].slots[0][0] == town.ben.id


def test_whom_nobody_serves_is_told(session: Session, town: SmallTown) -> None:
    alarm(session, town, "Bakery")
    for assignment in session.scalars(select(Assignment).where(Assignment.rep_id == town.anna.id)):
        assignment.ended_at = NOW
    session.flush()
    assert tap(session, town.sara, ALARMS)["Bakery"].fate is Fate.NOBODY


def test_a_flag_that_was_closed_meanwhile_is_told(session: Session, town: SmallTown) -> None:
    flag = alarm(session, town, "Bakery", closed_on=MONDAY, closed_because="cause: price")
    told = tap(session, town.sara, Selection(anomaly_ids=(flag.id,)))["Bakery"]
    assert (told.fate, told.reason) == (Fate.NOT_OPEN, "Closed on 2026-03-02: cause: price.")


def test_nobody_is_sent_on_the_days_of_a_hold_but_after_it(session: Session, town: SmallTown) -> None:
    alarm(session, town, "Bakery", held_out=True, trial_bp=1000, trial_until=THURSDAY)
    assert tap(session, town.sara, ALARMS, dry_run=True)["Bakery"].slots == ((town.anna.id, THURSDAY),)
    found = plan_selection(session, ALARMS, by=acting(town.sara), now=NOW, days=DAYS[:2])
    assert [each.fate for each in found.outcomes] == [Fate.HELD_OUT]
    assert [each.customer.name for each in found.held_out] == ["Bakery"]


def test_a_visit_to_a_selected_customer_asks_for_no_cause_while_it_is_held_out(
    session: Session, town: SmallTown
) -> None:
    alarm(session, town, "Bakery", held_out=True, trial_bp=1000, trial_until=MONDAY + timedelta(days=20))
    alarm(session, town, "Corner")
    told = tap(session, town.sara, Selection(customers=CustomerChoice(CustomerFilter(territory_id=town.north.id))))
    visits = {each.customer.name: each for each in session.scalars(select(PlannedVisit))}
    assert {name: visit.asks_cause for name, visit in visits.items()} == {
        "Bakery": False, "Corner": True, "Dairy": False,
    }  # fmt: skip
    assert visits["Corner"].reason == "selected by Sara; amount plunge: buys for half"
    assert {visit.source for visit in visits.values()} == {Source.MANUAL}
    assert told["Bakery"].promotion is None


def test_a_full_day_takes_no_more_and_what_was_left_out_takes_no_room(session: Session, town: SmallTown) -> None:
    pattern = town.anna.work_pattern
    assert pattern is not None
    pattern.shift_from, pattern.shift_to, pattern.lunch_minutes = time(8, 30), time(9, 15), 0
    standing = PlannedVisit(
        rep_id=town.anna.id, customer_id=town.customers["Corner"].id, day=TUESDAY, source=Source.TIER, reason="due",
        value=1, status=PlanStatus.PLANNED,
    )  # fmt: skip
    session.add(standing)
    alarm(session, town, "Bakery")
    assert tap(session, town.sara, ALARMS, dry_run=True)["Bakery"].slots == ((town.anna.id, WEDNESDAY),)
    assert tap(session, town.sara, ALARMS, days=[TUESDAY], dry_run=True)["Bakery"].fate is Fate.NO_ROOM
    standing.status = PlanStatus.LEFT_OUT
    session.flush()
    assert tap(session, town.sara, ALARMS, days=[TUESDAY])["Bakery"].fate is Fate.PLANNED


def test_a_selection_is_one_of_three() -> None:
    for wrong in ({}, {"anomaly_ids": (), "anomalies": AnomalyFilter()}):
        with pytest.raises(SelectionAmbiguous):
            Selection(**wrong)


def test_an_account_that_ended_sends_nobody(session: Session, town: SmallTown) -> None:
    bakery = town.customers["Bakery"].id
    assign(session, [bakery], [town.ben.id], Terms(until_on=MONDAY - timedelta(days=1)), now=NOW)
    alarm(session, town, "Bakery")
    assert tap(session, town.ben, ALARMS, dry_run=True)["Bakery"].fate is Fate.NOBODY
    end_expired(session, NOW)
    assert tap(session, town.ben, ALARMS) == {}
