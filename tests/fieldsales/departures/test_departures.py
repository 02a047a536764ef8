"""A rep is away or leaves, and nobody falls between: on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.covers.models import Cover, CoverKind
from fieldsales.covers.rules import Wanted
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.customers.queries import customer_card
from fieldsales.customers.service import assign_key_account
from fieldsales.dayplans.service import gather
from fieldsales.departures.queries import in_hand
from fieldsales.departures.service import carry_out, stand_in
from fieldsales.driving.rules import Driving
from fieldsales.orders.models import Order, Origin
from fieldsales.orphans.queries import orphans
from fieldsales.people.models import User
from fieldsales.planning.models import PlannedVisit
from fieldsales.planning.service import add_manual_visit

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)
WEEKS_LATER = date(2026, 3, 20)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town on a Monday morning."""
    return small_town.build(session)


def absent(session: Session, town: SmallTown, first: date = TUESDAY, last: date = FRIDAY) -> Cover:
    wanted = Wanted(town.anna.id, CoverKind.ABSENCE, first, last, "Leave", (town.ben.id,))
    return stand_in(session, wanted, by=None, now=NOW)


def leaving(session: Session, town: SmallTown, first: date = FRIDAY) -> Cover:
    wanted = Wanted(town.anna.id, CoverKind.DEPARTURE, first, None, "Left", (town.ben.id,))
    return stand_in(session, wanted, by=None, now=NOW)


def owners(session: Session, town: SmallTown) -> dict[str, str | None]:
    people = {person.id: person.login for person in session.scalars(select(User))}
    cards = {name: customer_card(session, None, each.id) for name, each in town.customers.items()}
    return {name: people[card.owner_id] if card.owner_id else None for name, card in cards.items()}


def planned_by(session: Session, town: SmallTown, first: date, days: int = 1) -> dict[str, set[str]]:
    """Who is to go where on some days, by the planner."""
    names = {each.id: name for name, each in town.customers.items()}
    found: dict[str, set[str]] = {"anna": set(), "ben": set()}
    for at in range(days):
        for plan in gather(session, first + timedelta(days=at), driving=Driving(), now=NOW).plans:
            found[plan.login] |= {names[line.customer_id] for line in plan.lines}
    return found


def test_while_a_rep_is_away_the_planner_sends_the_stand_in_and_the_rep_nowhere(
    session: Session, town: SmallTown
) -> None:
    before = planned_by(session, town, TUESDAY, days=8)
    assert before["anna"]
    absent(session, town, last=WEEKS_LATER)
    during = planned_by(session, town, TUESDAY, days=8)
    assert during["anna"] == set()
    assert before["anna"] <= during["ben"]
    after = planned_by(session, town, WEEKS_LATER + timedelta(days=3), days=30)
    assert after["anna"]
    assert not after["anna"] & after["ben"]


def test_what_people_planned_moves_to_the_stand_in_and_what_lies_outside_stays(
    session: Session, town: SmallTown
) -> None:
    bakery = town.customers["Bakery"].id
    for day in (TUESDAY, FRIDAY + timedelta(days=3)):
        add_manual_visit(session, town.anna.id, bakery, day, by=town.sara.id, reason="asked", now=NOW)
    absent(session, town)
    found = session.execute(select(PlannedVisit.day, PlannedVisit.rep_id).order_by(PlannedVisit.day)).all()
    assert [tuple(row) for row in found] == [(TUESDAY, town.ben.id), (FRIDAY + timedelta(days=3), town.anna.id)]


def test_after_the_last_day_nobody_stands_in_any_more_and_a_second_night_changes_nothing(
    session: Session, town: SmallTown
) -> None:
    absent(session, town)
    assert carry_out(session, now=NOW + timedelta(days=2)).over == 0
    assert carry_out(session, now=NOW + timedelta(days=5)).over == 1
    assert carry_out(session, now=NOW + timedelta(days=6)).over == 0
    assert customer_card(session, None, town.customers["Bakery"].id).stand_ins == []
    assert owners(session, town)["Bakery"] == "anna"


def test_on_the_first_day_without_work_the_customers_become_the_stand_ins_and_the_rep_is_switched_off(
    session: Session, town: SmallTown
) -> None:
    leaving(session, town)
    assert owners(session, town)["Bakery"] == "anna"
    assert carry_out(session, now=NOW + timedelta(days=3)).departed == ()
    assert carry_out(session, now=NOW + timedelta(days=4)).departed == (town.anna.id,)
    assert set(owners(session, town).values()) == {"ben"}
    assert not town.anna.active
    assert orphans(session, None, FRIDAY) == []
    assert carry_out(session, now=NOW + timedelta(days=5)).departed == ()


def test_a_departure_that_lies_back_is_carried_out_at_once(session: Session, town: SmallTown) -> None:
    leaving(session, town, MONDAY)
    assert set(owners(session, town).values()) == {"ben"}


def test_days_after_the_departure_are_planned_for_the_heir_before_it_comes(session: Session, town: SmallTown) -> None:
    before = planned_by(session, town, TUESDAY, days=8)
    leaving(session, town, TUESDAY)
    found = planned_by(session, town, TUESDAY, days=8)
    assert found["anna"] == set()
    assert before["anna"] | before["ben"] == found["ben"]


def test_key_accounts_go_along_on_their_terms_and_once(session: Session, town: SmallTown) -> None:
    [account] = assign_key_account(session, town.customers["Fish"].id, [town.anna.id], now=NOW, instruction="the tea")
    account.priority = 1
    leaving(session, town, MONDAY)
    mine = select(Assignment).where(Assignment.customer_id == town.customers["Fish"].id, Assignment.ended_at.is_(None))
    kinds = {each.kind: (each.rep_id, each.instruction, each.priority) for each in session.scalars(mine)}
    assert kinds[AssignmentKind.KEY_ACCOUNT] == (town.ben.id, "the tea", 1)


def test_orders_stay_with_who_took_them(session: Session, town: SmallTown) -> None:
    order = Order(
        customer_id=town.customers["Bakery"].id, rep_id=town.anna.id, origin=Origin.FIELD, ordered_on=MONDAY,
        currency="EUR", amount_minor=1000,
    )  # fmt: skip
    session.add(order)
    session.flush()
    leaving(session, town, MONDAY)
    assert order.rep_id == town.anna.id


def test_what_a_rep_has_in_hand_is_told(session: Session, town: SmallTown) -> None:
    add_manual_visit(session, town.anna.id, town.customers["Dairy"].id, TUESDAY, by=town.sara.id, reason="x", now=NOW)
    found = in_hand(session, None, town.anna.id, MONDAY)
    assert (found.customers, found.key_accounts, found.planned_visits, found.to_give_back) == (3, 0, 1, ())
