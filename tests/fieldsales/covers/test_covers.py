"""Others stand in for a rep who is away, on either database."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.calendars.queries import free_days
from fieldsales.covers.models import Cover, CoverKind
from fieldsales.covers.queries import CoverNotFound, covers_visible_to, stand_ins_of
from fieldsales.covers.rules import BadCover, CoverOver, CoverOverlaps, Held, StandInAway, Wanted, parts
from fieldsales.covers.service import arrange, call_off, extend
from fieldsales.customers.models import AssignmentKind
from fieldsales.customers.queries import customer_card
from fieldsales.customers.service import assign_key_account, set_owner
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.people.service import add_person

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TUESDAY, FRIDAY = date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town on a Monday morning."""
    return small_town.build(session)


def wanted(town: SmallTown, **more: Any) -> Wanted:
    told = {
        "rep_id": town.anna.id,
        "kind": CoverKind.ABSENCE,
        "from_on": TUESDAY,
        "until_on": FRIDAY,
        "reason": "Leave",
        "stand_ins": (town.ben.id,),
    }
    return Wanted(**(told | more))


def cover(session: Session, town: SmallTown, **more: Any) -> Cover:
    return arrange(session, wanted(town, **more), by=None, now=NOW)


def shops(session: Session, made: Cover) -> set[str]:
    return {each.customer.name for each in stand_ins_of(session, made).values()}


def test_the_stand_in_serves_every_customer_of_the_rep_and_the_rep_keeps_them(
    session: Session, town: SmallTown
) -> None:
    made = cover(session, town)
    assert shops(session, made) == {"Bakery", "Corner", "Dairy"}
    card = customer_card(session, None, town.customers["Bakery"].id)
    assert card.owner_id == town.anna.id
    assert [(each.rep_id, each.from_on, each.until_on) for each in card.stand_ins] == [(town.ben.id, TUESDAY, FRIDAY)]


def test_the_days_are_off_in_the_reps_calendar_until_the_cover_is_called_off(session: Session, town: SmallTown) -> None:
    made = cover(session, town)
    days = [TUESDAY + timedelta(days=at) for at in range(4)]
    assert free_days(session, [town.anna], TUESDAY, FRIDAY)[town.anna.id] == dict.fromkeys(days, "Leave")
    call_off(session, made.id, by=None, now=NOW)
    assert free_days(session, [town.anna], TUESDAY, FRIDAY)[town.anna.id] == {}
    assert shops(session, made) == set()
    with pytest.raises(CoverOver):
        call_off(session, made.id, by=None, now=NOW)


def test_of_several_stand_ins_each_gets_an_area_and_every_customer_somebody(session: Session, town: SmallTown) -> None:
    carl = add_person(session, login="carl", name="Carl", role=Role.REP, territory_id=town.north.id, now=NOW)
    carl.work_pattern = _pattern(town.ben, 38.30)
    session.flush()
    made = cover(session, town, stand_ins=(town.ben.id, carl.id))
    who = {each.rep_id for each in stand_ins_of(session, made).values()}
    assert shops(session, made) == {"Bakery", "Corner", "Dairy"}
    assert who == {town.ben.id, carl.id}


def test_who_serves_the_customer_for_good_needs_no_second_assignment(session: Session, town: SmallTown) -> None:
    assign_key_account(session, town.customers["Bakery"].id, [town.ben.id], now=NOW)
    assert shops(session, cover(session, town)) == {"Corner", "Dairy"}


def test_a_customer_that_the_rep_gets_meanwhile_is_given_out_too_and_only_once(
    session: Session, town: SmallTown
) -> None:
    made = cover(session, town)
    set_owner(session, town.customers["Hotel"].id, town.anna.id, now=NOW)
    assert extend(session, made, now=NOW) == 1
    assert extend(session, made, now=NOW) == 0
    assert "Hotel" in shops(session, made)


def test_the_same_stand_in_can_stand_in_again_later(session: Session, town: SmallTown) -> None:
    cover(session, town)
    later = cover(session, town, from_on=date(2026, 4, 1), until_on=date(2026, 4, 3))
    assert shops(session, later) == {"Bakery", "Corner", "Dairy"}


def test_who_stands_in_and_goes_away_too_passes_on_what_is_not_the_own(session: Session, town: SmallTown) -> None:
    carl = add_person(session, login="carl", name="Carl", role=Role.REP, territory_id=town.north.id, now=NOW)
    cover(session, town)
    bens = cover(session, town, rep_id=town.ben.id, from_on=FRIDAY, until_on=FRIDAY, stand_ins=(carl.id,))
    assert shops(session, bens) == {"Bakery", "Corner", "Dairy", "Fish", "Grocer", "Hotel"}


def test_days_that_are_covered_already_are_refused(session: Session, town: SmallTown) -> None:
    cover(session, town)
    with pytest.raises(CoverOverlaps):
        cover(session, town, from_on=FRIDAY, until_on=FRIDAY)


def test_nobody_stands_in_who_is_away(session: Session, town: SmallTown) -> None:
    cover(session, town)
    with pytest.raises(StandInAway, match="Anna is away from 2026-03-03 to 2026-03-06"):
        cover(session, town, rep_id=town.ben.id, stand_ins=(town.anna.id,))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"stand_ins": ()}, "Nobody stands in"),
        ({"until_on": date(2026, 3, 1)}, "wrong way round"),
        ({"from_on": date(2026, 2, 1), "until_on": date(2026, 2, 2)}, "is over"),
        ({"until_on": None}, "An absence has a last day"),
        ({"reason": " "}, "not told"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_wrong(
    session: Session, town: SmallTown, more: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadCover, match=told):
        cover(session, town, **more)


def test_a_rep_cannot_stand_in_for_himself(session: Session, town: SmallTown) -> None:
    with pytest.raises(BadCover):
        cover(session, town, stand_ins=(town.anna.id,))


def test_covers_of_other_territories_are_not_seen(session: Session, town: SmallTown) -> None:
    made = cover(session, town)
    south = Actor(uuid.uuid4(), Role.SUPERVISOR, town.south.id)
    assert covers_visible_to(session, south) == []
    assert list(covers_visible_to(session, Actor(town.sara.id, Role.SUPERVISOR, town.town.id))) == [made]
    with pytest.raises(CoverNotFound):
        call_off(session, made.id, by=south, now=NOW)


def test_a_key_account_is_covered_on_its_own_days_only(session: Session, town: SmallTown) -> None:
    [given_out] = assign_key_account(session, town.customers["Fish"].id, [town.anna.id], now=NOW)
    given_out.until_on = date(2026, 3, 4)
    carl = add_person(session, login="carl", name="Carl", role=Role.REP, territory_id=town.north.id, now=NOW)
    made = cover(session, town, stand_ins=(carl.id,))
    fish = stand_ins_of(session, made)[town.customers["Fish"].id]
    assert (fish.kind, fish.from_on, fish.until_on) == (AssignmentKind.STAND_IN, TUESDAY, date(2026, 3, 4))


days = st.dates(date(2026, 1, 1), date(2026, 1, 20))


@given(
    st.lists(st.tuples(st.integers(0, 4), st.none() | days, st.none() | days), max_size=8),
    days,
    st.none() | days,
)
def test_every_customer_is_given_out_once_and_on_no_day_outside_the_cover(
    held: list[tuple[int, date | None, date | None]], from_on: date, until_on: date | None
) -> None:
    shop = [uuid.UUID(int=at) for at in range(5)]
    who = dict.fromkeys(shop, uuid.UUID(int=99))
    found = list(parts([Held(shop[at], *span) for at, *span in held], who, {}, from_on, until_on))
    assert len({each.customer_id for each in found}) == len(found)
    for each in found:
        assert each.from_on >= from_on
        assert each.until_on is None or each.from_on <= each.until_on
        assert until_on is None or (each.until_on is not None and each.until_on <= until_on)
    unbounded = {shop[at] for at, *span in held if span == [None, None]}
    if until_on is None or until_on >= from_on:
        assert unbounded <= {each.customer_id for each in found} | {
            shop[at] for at, *span in held if span != [None, None]
        }


def _pattern(like: User, latitude: float) -> Any:
    from fieldsales.people.models import WorkPattern  # noqa: PLC0415

    have = like.work_pattern
    assert have is not None
    return WorkPattern(
        start_latitude=latitude, start_longitude=have.start_longitude, shift_from=have.shift_from,
        shift_to=have.shift_to, lunch_from=have.lunch_from, lunch_to=have.lunch_to, lunch_minutes=30,
    )  # fmt: skip
