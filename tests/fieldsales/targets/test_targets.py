"""Targets set, divided, followed and adjusted, on either database."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.adjustments.models import AdjustmentState, TargetAdjustment, TargetChange
from fieldsales.adjustments.queries import history_of
from fieldsales.adjustments.rules import AdjustmentInvalid, AdjustmentStale, AdjustmentWaits, Carry
from fieldsales.adjustments.service import ask_adjustment, decide_adjustment
from fieldsales.approvals.models import Approval
from fieldsales.approvals.rules import OwnRequest
from fieldsales.audit.models import AuditEntry
from fieldsales.calendars.service import add_entry
from fieldsales.divisions.rules import DividedAlready, DivisionInvalid, Level, Rule
from fieldsales.divisions.service import divide_target
from fieldsales.forecasts.queries import progress_of
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken, place_order
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.people.service import add_person
from fieldsales.readings.rules import CurrencyNeeded
from fieldsales.targets.models import Target
from fieldsales.targets.queries import require_target
from fieldsales.targets.rules import NotYourTarget, Subject, TargetNotFound, TargetThere, period
from fieldsales.targets.service import set_target

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
"""A Monday: half of March's working days are over with it."""
TODAY = NOW.date()
MARCH = period("2026-03")


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town, with another manager."""
    world = small_town.build(session)
    add_person(session, login="olga", name="Olga", role=Role.MANAGER, now=NOW)
    return world


def actor(session: Session, login: str) -> Actor:
    person = session.scalars(select(User).where(User.login == login)).one()
    return Actor(person.id, person.role, person.territory_id)


def sell(session: Session, town: SmallTown, customer: str, pieces: int, day: date, rep: str = "anna") -> None:
    """Coffee at 5.89, taken by a rep on a day."""
    shop, person = town.customers[customer], getattr(town, rep)
    draft = Draft(uuid.uuid4(), shop.id, "EUR", (Line(town.products["coffee"].id, pieces, 589),), None)
    taken = Taken(person.id, datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    place_order(session, draft, taken)
    session.flush()


def set_for(session: Session, subject: Subject, value: int, **other: Any) -> Target:
    given = {"measure": "sales_amount", "days": MARCH, "currency": "EUR", "by": actor(session, "max"), "now": NOW}
    given |= other
    return set_target(session, subject, given.pop("measure"), value, given.pop("days"), **given)


def parts(session: Session, of: Target) -> dict[str, int]:
    found = session.scalars(select(Target).where(Target.parent_id == of.id))
    return {each.subject: each.value for each in found}


def test_a_target_is_divided_to_reps_by_what_they_sold_a_year_before(session: Session, town: SmallTown) -> None:
    sell(session, town, "Bakery", 20, date(2025, 3, 10))
    sell(session, town, "Fish", 10, date(2025, 3, 31), "ben")
    sell(session, town, "Fish", 500, date(2025, 4, 1), "ben")
    target = set_for(session, Subject(territory_id=town.town.id), 100_000)
    made = divide_target(session, target, Rule.LAST_YEAR, Level.REP, today=TODAY, by=actor(session, "max"), now=NOW)
    assert [(each.subject.split(":")[0], each.value) for each in made] == [
        ("territory", 66_667),
        ("rep", 66_667),
        ("territory", 33_333),
        ("rep", 33_333),
    ]
    assert {each.rule for each in made} == {"last_year"}
    assert made[0].weight == 20 * 589
    with pytest.raises(DividedAlready):
        divide_target(session, target, Rule.EQUAL, Level.REP, today=TODAY, by=None, now=NOW)


def test_a_reps_target_goes_to_customers_and_to_brands_and_still_adds_up(session: Session, town: SmallTown) -> None:
    town.products["coffee"].brand = "Sol"
    for day in (date(2026, 2, 3), date(2026, 2, 10)):
        sell(session, town, "Bakery", 3, day)
    sell(session, town, "Corner", 1, date(2026, 2, 4))
    calls = set_for(session, Subject(rep_id=town.anna.id), 10, measure="orders", currency=None)
    divide_target(session, calls, Rule.LAST_PERIOD, Level.CUSTOMER, today=TODAY, by=None, now=NOW)
    names = {f"customer:{town.customers[name].id}": name for name in town.customers}
    assert {names[each]: value for each, value in parts(session, calls).items()} == {
        "Bakery": 7,
        "Corner": 3,
        "Dairy": 0,
    }
    sales = set_for(session, Subject(rep_id=town.anna.id), 1001)
    divide_target(session, sales, Rule.LAST_PERIOD, Level.BRAND, today=TODAY, by=None, now=NOW)
    assert parts(session, sales) == {f"rep:{town.anna.id}|brand:Sol": 1001}


def test_by_potential_and_where_nothing_is_known_the_parts_are_equal(session: Session, town: SmallTown) -> None:
    target = set_for(session, Subject(territory_id=town.town.id), 101)
    made = divide_target(session, target, Rule.POTENTIAL, Level.CUSTOMER, today=TODAY, by=None, now=NOW)
    shops = [each for each in made if each.customer_id]
    assert sum(each.value for each in shops) == 101
    assert sorted(each.value for each in shops) == [16, 17, 17, 17, 17, 17]
    other = set_for(session, Subject(rep_id=town.ben.id), 100, days=period("2026-04"))
    equal = divide_target(session, other, Rule.LAST_YEAR, Level.CUSTOMER, today=TODAY, by=None, now=NOW)
    assert ({each.rule for each in equal}, sorted(each.value for each in equal)) == ({"equal"}, [33, 33, 34])


def test_a_ratio_is_not_divided_and_an_amount_has_a_currency(session: Session, town: SmallTown) -> None:
    rate = set_for(session, Subject(territory_id=town.town.id), 6000, measure="strike_rate", currency=None)
    with pytest.raises(DivisionInvalid, match="no sum"):
        divide_target(session, rate, Rule.EQUAL, Level.REP, today=TODAY, by=None, now=NOW)
    with pytest.raises(CurrencyNeeded):
        set_for(session, Subject(territory_id=town.town.id), 6000, currency=None)


def test_there_is_one_target_of_a_kind_and_managers_set_it(session: Session, town: SmallTown) -> None:
    set_for(session, Subject(rep_id=town.anna.id), 100)
    with pytest.raises(TargetThere):
        set_for(session, Subject(rep_id=town.anna.id), 200)
    with pytest.raises(NotYourTarget):
        set_for(session, Subject(rep_id=town.ben.id), 200, by=actor(session, "sara"))


def test_a_rep_sees_the_own_target_and_margins_are_told_to_managers(session: Session, town: SmallTown) -> None:
    mine = set_for(session, Subject(rep_id=town.anna.id), 100)
    margin = set_for(session, Subject(rep_id=town.anna.id), 100, measure="gross_margin")
    shop = set_for(session, Subject(customer_id=town.customers["Bakery"].id), 100)
    for seen in (mine, shop):
        assert require_target(session, actor(session, "anna"), seen.id) is seen
        with pytest.raises(TargetNotFound):
            require_target(session, actor(session, "ben"), seen.id)
    for login in ("anna", "sara"):
        with pytest.raises(TargetNotFound):
            require_target(session, actor(session, login), margin.id)
    assert require_target(session, actor(session, "max"), margin.id) is margin


def test_progress_counts_the_working_days_of_the_calendar(session: Session, town: SmallTown) -> None:
    """March has 22 weekdays; the 25th is a holiday in Greece, and Anna is on leave on the 30th and 31st."""
    add_entry(
        session,
        first_day=date(2026, 3, 30),
        last_day=date(2026, 3, 31),
        name="Leave",
        user_id=town.anna.id,
        by=None,
        now=NOW,
    )
    sell(session, town, "Bakery", 11, date(2026, 3, 3))
    target = set_for(session, Subject(rep_id=town.anna.id), 10_000)
    [found] = progress_of(session, [target], TODAY, NOW)
    assert (found.days.done, found.days.left) == (11, 8)
    assert found.reached == 11 * 589
    assert (found.forecast.method, found.forecast.end) == ("working_days", round(11 * 589 * 19 / 11))
    assert found.reached_bp == 6479
    both = set_for(session, Subject(territory_id=town.town.id), 10_000)
    [team] = progress_of(session, [both], TODAY, NOW)
    assert (team.days.done, team.days.left) == (22, 18)


def test_who_usually_sells_at_the_end_of_the_month_is_not_called_late(session: Session, town: SmallTown) -> None:
    for month in (10, 11, 12):
        sell(session, town, "Bakery", 1, date(2025, month, 2))
        sell(session, town, "Bakery", 9, date(2025, month, 28))
    sell(session, town, "Bakery", 1, date(2026, 3, 3))
    target = set_for(session, Subject(rep_id=town.anna.id), 10 * 589)
    [found] = progress_of(session, [target], TODAY, NOW)
    assert (found.forecast.method, found.forecast.periods, found.forecast.usual_bp) == ("usual_shape", 3, 1000)
    assert found.forecast.end == 10 * 589
    assert found.end_bp == 10_000


@pytest.mark.parametrize("named", ["2026-Q1", "2026-H1", "2026"])
def test_longer_periods_learn_from_years_ago(session: Session, town: SmallTown, named: str) -> None:
    for year in (2022, 2023, 2024, 2025):
        for month in (1, 5, 8, 12):
            sell(session, town, "Bakery", 1, date(year, month, 4))
    sell(session, town, "Bakery", 1, date(2026, 1, 5))
    target = set_for(session, Subject(rep_id=town.anna.id), 10 * 589, days=period(named))
    [found] = progress_of(session, [target], TODAY, NOW)
    assert found.forecast.method == "usual_shape"
    assert found.forecast.periods >= 4


def test_before_a_period_nothing_is_projected_and_after_it_what_is_reached_stays(
    session: Session, town: SmallTown
) -> None:
    sell(session, town, "Bakery", 2, date(2026, 2, 28))
    april = set_for(session, Subject(rep_id=town.anna.id), 100, days=period("2026-04"))
    february = set_for(session, Subject(rep_id=town.anna.id), 100, days=period("2026-02"))
    ahead, over = progress_of(session, [april, february], TODAY, NOW)
    assert (ahead.reached, ahead.forecast.end, ahead.forecast.method) == (None, None, "not_begun")
    assert (over.reached, over.forecast.end, over.forecast.method) == (1178, 1178, "over")


@pytest.fixture
def divided(session: Session, town: SmallTown) -> dict[str, Target]:
    """A hundred for the town, half for each of the reps."""
    top = set_for(session, Subject(territory_id=town.town.id), 100)
    made = divide_target(session, top, Rule.EQUAL, Level.REP, today=TODAY, by=None, now=NOW)
    north, anna, south, ben = made
    return {"top": top, "north": north, "anna": anna, "south": south, "ben": ben}


def ask(session: Session, target: Target, value: int, carry: Carry, by: str = "max") -> Approval:
    who = actor(session, by).user_id
    asked = ask_adjustment(session, target, value, carry, "The bridge is closed.", day=TODAY, by=who, now=NOW)
    return session.scalars(select(Approval).where(Approval.adjustment_id == asked.id)).one()


def values(divided: dict[str, Target]) -> dict[str, int]:
    return {name: each.value for name, each in divided.items()}


def test_an_adjustment_waits_for_a_second_person_and_keeps_what_was(
    session: Session, divided: dict[str, Target]
) -> None:
    approval = ask(session, divided["north"], 30, Carry.SIBLINGS)
    assert values(divided) == {"top": 100, "north": 50, "anna": 50, "south": 50, "ben": 50}
    with pytest.raises(OwnRequest):
        decide_adjustment(session, approval.id, grant=True, reason=None, by=actor(session, "max"), now=NOW)
    with pytest.raises(NotYourTarget):
        decide_adjustment(session, approval.id, grant=True, reason=None, by=actor(session, "sara"), now=NOW)
    decide_adjustment(session, approval.id, grant=True, reason="So be it.", by=actor(session, "olga"), now=NOW)
    assert values(divided) == {"top": 100, "north": 30, "anna": 30, "south": 70, "ben": 70}
    [(change, adjustment)] = history_of(session, divided["anna"])
    assert (change.before, change.after, adjustment.reason) == (50, 30, "The bridge is closed.")
    assert adjustment.decided_by == actor(session, "olga").user_id
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "target.adjust")).all()) == 4


def test_what_is_refused_changes_nothing_and_may_be_asked_anew(session: Session, divided: dict[str, Target]) -> None:
    approval = ask(session, divided["anna"], 30, Carry.ABOVE)
    with pytest.raises(AdjustmentWaits):
        ask(session, divided["ben"], 30, Carry.ABOVE)
    decide_adjustment(session, approval.id, grant=False, reason="No.", by=actor(session, "olga"), now=NOW)
    assert session.scalars(select(TargetChange)).all() == []
    again = ask(session, divided["anna"], 30, Carry.ABOVE)
    decide_adjustment(session, again.id, grant=True, reason=None, by=actor(session, "olga"), now=NOW)
    assert values(divided) == {"top": 80, "north": 30, "anna": 30, "south": 50, "ben": 50}


def test_an_adjustment_that_nobody_decided_in_time_waits_no_longer(
    session: Session, divided: dict[str, Target]
) -> None:
    approval = ask(session, divided["anna"], 30, Carry.ABOVE)
    approval.expires_at = NOW
    ask(session, divided["anna"], 40, Carry.ABOVE)
    states = [each.state for each in session.scalars(select(TargetAdjustment).order_by(TargetAdjustment.id))]
    assert states == [AdjustmentState.EXPIRED, AdjustmentState.WAITING]


def test_the_database_itself_lets_one_adjustment_of_a_tree_wait(session: Session, divided: dict[str, Target]) -> None:
    ask(session, divided["anna"], 30, Carry.ABOVE)
    first = session.scalars(select(TargetAdjustment)).one()
    names = ("target_id", "top_id", "value", "carry", "reason", "lines", "asked_by", "asked_at")
    session.add(TargetAdjustment(**{name: getattr(first, name) for name in names}))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_grant_of_what_has_changed_meanwhile_is_refused(session: Session, divided: dict[str, Target]) -> None:
    approval = ask(session, divided["anna"], 30, Carry.ABOVE)
    divided["top"].value = 101
    session.flush()
    with pytest.raises(AdjustmentStale):
        decide_adjustment(session, approval.id, grant=True, reason=None, by=actor(session, "olga"), now=NOW)


def test_an_adjustment_has_a_reason_and_another_value(session: Session, divided: dict[str, Target]) -> None:
    with pytest.raises(AdjustmentInvalid):
        ask(session, divided["anna"], 50, Carry.ABOVE)
    with pytest.raises(AdjustmentInvalid):
        ask_adjustment(
            session, divided["anna"], 40, Carry.ABOVE, "  ", day=TODAY, by=actor(session, "max").user_id, now=NOW
        )
    with pytest.raises(AdjustmentInvalid, match="cannot make up"):
        ask(session, divided["anna"], 60, Carry.SIBLINGS)
