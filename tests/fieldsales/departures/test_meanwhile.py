"""What happens between the arranging of a cover and its end leaves nobody without somebody: on either database."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.calendars.queries import free_days
from fieldsales.calendars.service import add_entry
from fieldsales.covers.models import Cover, CoverKind
from fieldsales.covers.queries import stand_ins_of
from fieldsales.covers.rules import StandInAway, Wanted
from fieldsales.customers.service import assign_key_account, set_owner
from fieldsales.dayplans.service import gather
from fieldsales.departures.service import carry_out, stand_in, take_back
from fieldsales.driving.rules import Driving
from fieldsales.orphans.queries import orphans
from fieldsales.orphans.rules import Why
from fieldsales.people.models import Role, User, WorkPattern
from fieldsales.people.rules import Actor
from fieldsales.people.service import add_person, change_person
from fieldsales.planning.models import PlannedVisit, Source
from fieldsales.planning.service import add_manual_visit, plan_anomalies
from fieldsales.rounds.service import plan_round

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
NEXT_NIGHT = NOW + timedelta(days=1)
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 3, day) for day in (2, 3, 4, 6))


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town on a Monday morning."""
    return small_town.build(session)


@pytest.fixture
def carl(session: Session, town: SmallTown) -> User:
    """A third rep, of whom nobody knows where the day starts."""
    return add_person(session, login="carl", name="Carl", role=Role.REP, territory_id=town.north.id, now=NOW)


def absent(session: Session, rep: User, *by: User, first: date = TUESDAY, last: date = FRIDAY) -> Cover:
    wanted = Wanted(rep.id, CoverKind.ABSENCE, first, last, "Leave", tuple(each.id for each in by))
    return stand_in(session, wanted, by=None, now=NOW)


def leaving(session: Session, rep: User, *by: User, first: date = MONDAY) -> Cover:
    wanted = Wanted(rep.id, CoverKind.DEPARTURE, first, None, "Left", tuple(each.id for each in by))
    return stand_in(session, wanted, by=None, now=NOW)


def by_hand(session: Session, town: SmallTown, rep: User, day: date = FRIDAY) -> None:
    add_manual_visit(session, rep.id, town.customers["Bakery"].id, day, by=town.sara.id, reason="asked", now=NOW)


def planned(session: Session) -> Sequence[tuple[str, date]]:
    rows = session.execute(
        select(User.login, PlannedVisit.day).join(PlannedVisit, PlannedVisit.rep_id == User.id).order_by(User.login)
    )
    return [(login, day) for login, day in rows]


def crew(session: Session, cover: Cover) -> set[str]:
    return {session.get_one(User, each.rep_id).login for each in stand_ins_of(session, cover).values()}


def test_a_cover_that_is_called_off_gives_the_visits_of_days_to_come_back(session: Session, town: SmallTown) -> None:
    by_hand(session, town, town.anna)
    cover = absent(session, town.anna, town.ben)
    assert planned(session) == [("ben", FRIDAY)]
    by_hand(session, town, town.ben, WEDNESDAY)
    take_back(session, cover.id, by=None, now=NEXT_NIGHT)
    assert sorted(planned(session)) == [("anna", WEDNESDAY), ("anna", FRIDAY)]


def test_a_cover_called_off_in_the_middle_leaves_the_days_off_that_are_over(session: Session, town: SmallTown) -> None:
    cover = absent(session, town.anna, town.ben)
    take_back(session, cover.id, by=None, now=NEXT_NIGHT + timedelta(days=1))
    assert list(free_days(session, [town.anna], TUESDAY, FRIDAY)[town.anna.id]) == [TUESDAY]


def test_where_the_stand_in_serves_for_good_the_visits_move_all_the_same(session: Session, town: SmallTown) -> None:
    assign_key_account(session, town.customers["Bakery"].id, [town.ben.id], now=NOW)
    by_hand(session, town, town.anna)
    absent(session, town.anna, town.ben)
    assert planned(session) == [("ben", FRIDAY)]


def test_a_customer_that_was_moved_by_hand_meanwhile_is_stood_in_for_no_more(
    session: Session, town: SmallTown, carl: User
) -> None:
    cover, bakery = absent(session, town.anna, town.ben), town.customers["Bakery"].id
    set_owner(session, bakery, carl.id, now=NOW)
    carry_out(session, now=NEXT_NIGHT)
    assert bakery not in stand_ins_of(session, cover)


def test_a_stand_in_who_is_switched_off_is_followed_by_the_others(
    session: Session, town: SmallTown, carl: User
) -> None:
    cover = absent(session, town.anna, town.ben)
    cover.stand_ins = [*cover.stand_ins, str(carl.id)]
    change_person(session, town.ben.id, {"active": False}, now=NOW)
    carry_out(session, now=NEXT_NIGHT)
    assert crew(session, cover) == {"carl"}


def test_where_no_stand_in_is_left_the_customers_are_told_of(session: Session, town: SmallTown) -> None:
    cover = absent(session, town.anna, town.ben)
    change_person(session, town.ben.id, {"active": False}, now=NOW)
    carry_out(session, now=NEXT_NIGHT)
    assert crew(session, cover) == set()
    found = {each.name: each.why for each in orphans(session, None, TUESDAY)}
    assert (found["Bakery"], found["Fish"]) == (Why.OWNER_AWAY, Why.OWNER_OFF)


def test_who_leaves_passes_on_where_the_own_place_was_in_anothers(
    session: Session, town: SmallTown, carl: User
) -> None:
    cover = absent(session, town.anna, town.ben)
    leaving(session, town.ben, carl)
    set_owner(session, town.customers["Fish"].id, town.anna.id, now=NOW)
    carry_out(session, now=NEXT_NIGHT)
    assert crew(session, cover) == {"carl"}
    assert town.customers["Fish"].id in stand_ins_of(session, cover)


def test_a_stand_in_of_two_who_share_a_customer_can_leave_too(session: Session, town: SmallTown, carl: User) -> None:
    dora = add_person(session, login="dora", name="Dora", role=Role.REP, territory_id=town.north.id, now=NOW)
    assign_key_account(session, town.customers["Bakery"].id, [town.ben.id], now=NOW)
    covers = [absent(session, town.anna, carl), absent(session, town.ben, carl)]
    leaving(session, carl, dora)
    assert [crew(session, each) for each in covers] == [{"dora"}, {"dora"}]


def test_if_all_heirs_were_switched_off_the_customers_are_told_of_and_not_given_to_them(
    session: Session, town: SmallTown, carl: User
) -> None:
    leaving(session, town.anna, carl, first=TUESDAY)
    change_person(session, carl.id, {"active": False}, now=NOW)
    carry_out(session, now=NEXT_NIGHT)
    told = {(each.name, each.owner_id) for each in orphans(session, None, TUESDAY)}
    assert told == {(name, town.anna.id) for name in ("Bakery", "Corner", "Dairy")}


def test_nothing_stays_planned_for_who_has_left_and_keeps_others_out(session: Session, town: SmallTown) -> None:
    bakery = town.customers["Bakery"].id
    session.add(
        PlannedVisit(rep_id=town.anna.id, customer_id=bakery, day=WEDNESDAY, source=Source.TIER, reason="due", value=1)
    )
    session.flush()
    leaving(session, town.anna, town.ben)
    assert planned(session) == []


def test_a_stand_in_without_a_known_start_holds_up_no_night(session: Session, town: SmallTown, carl: User) -> None:
    cover = absent(session, town.anna, town.ben)
    cover.stand_ins = [*cover.stand_ins, str(carl.id)]
    set_owner(session, town.customers["Hotel"].id, town.anna.id, now=NOW)
    assert carry_out(session, now=NEXT_NIGHT).given_out == 1
    assert crew(session, cover) == {"ben"}


def test_nobody_stands_in_who_has_days_off_by_the_calendar(session: Session, town: SmallTown) -> None:
    add_entry(session, first_day=FRIDAY, last_day=FRIDAY, name="Moving", user_id=town.ben.id, by=None, now=NOW)
    with pytest.raises(StandInAway, match="Ben is off from 2026-03-06 to 2026-03-06: Moving"):
        absent(session, town.anna, town.ben)


def test_a_stand_in_who_goes_away_too_is_no_help(session: Session, town: SmallTown) -> None:
    last = date(2026, 3, 13)
    absent(session, town.anna, town.ben, last=last)
    assert orphans(session, None, TUESDAY) == []
    add_entry(session, first_day=WEDNESDAY, last_day=last, name="Ill", user_id=town.ben.id, by=None, now=NOW)
    assert {each.name for each in orphans(session, None, TUESDAY)} == set(town.customers)


def test_the_planner_sends_whoever_stands_in_for_the_stand_in(session: Session, town: SmallTown, carl: User) -> None:
    carl.work_pattern = pattern_of(town.ben)
    before, last = sent(session), date(2026, 3, 20)
    absent(session, town.anna, town.ben, last=last)
    absent(session, town.ben, carl, last=last)
    after = sent(session)
    assert before["anna"]
    assert after["anna"] == after["ben"] == set()
    assert before["anna"] | before["ben"] <= after["carl"]


def sent(session: Session) -> dict[str, set[uuid.UUID]]:
    """Who is to go where in a week, by the planner."""
    found: dict[str, set[uuid.UUID]] = defaultdict(set)
    for ahead in range(8):
        for plan in gather(session, TUESDAY + timedelta(days=ahead), driving=Driving(), now=NOW).plans:
            found[plan.login] |= {line.customer_id for line in plan.lines}
    return found


def test_one_tap_on_an_anomaly_sends_who_stands_in(session: Session, town: SmallTown) -> None:
    found = Anomaly(
        customer_id=town.customers["Bakery"].id, kind=AnomalyKind.CHURN_RISK, opened_on=MONDAY, seen_on=MONDAY,
        reason="Nothing for weeks", evidence={}, at_risk_minor=1,
    )  # fmt: skip
    session.add(found)
    session.flush()
    absent(session, town.anna, town.ben)
    for day in (FRIDAY, FRIDAY + timedelta(days=3)):
        plan_anomalies(session, [found.id], day, by=town.sara.id, now=NOW)
    assert planned(session) == [("anna", FRIDAY + timedelta(days=3)), ("ben", FRIDAY)]


def test_a_round_of_the_stand_in_has_the_key_accounts_of_who_is_away(
    session: Session, town: SmallTown, carl: User
) -> None:
    fish = town.customers["Fish"].id
    set_owner(session, fish, carl.id, now=NOW)
    assign_key_account(session, fish, [town.anna.id], now=NOW)
    absent(session, town.anna, town.ben)
    sara = Actor(town.sara.id, Role.SUPERVISOR, town.town.id)
    assert [each.customer_id for each in plan_round(session, town.ben.id, by=sara, now=NOW).stops] == [fish]


def pattern_of(like: User) -> WorkPattern:
    have = like.work_pattern
    assert have is not None
    return WorkPattern(
        start_latitude=have.start_latitude, start_longitude=have.start_longitude, shift_from=have.shift_from,
        shift_to=have.shift_to, lunch_from=have.lunch_from, lunch_to=have.lunch_to, lunch_minutes=30,
    )  # fmt: skip
