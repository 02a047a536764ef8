"""What another system tells of stock is taken once, and never over something newer."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from worlds import stocked_town
from worlds.small_town import NOON
from worlds.stocked_town import StockedTown, put

from fieldsales.snapshots.rules import Fate, ReferenceTaken, SnapshotInvalid, Telling, TellRow, Told
from fieldsales.snapshots.service import take_snapshot
from fieldsales.stock.models import StockCause
from fieldsales.stock.queries import drifted, on_hand
from fieldsales.stock.rules import Entry, Leg
from fieldsales.stock.service import move


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def tell(
    session: Session, world: StockedTown, hours: float, *rows: TellRow, reference: str | None = None
) -> list[Told]:
    telling = Telling(reference or f"S-{hours}", world.house.id, at(hours), rows)
    return take_snapshot(session, telling, by=None, now=at(48))


def water(session: Session, world: StockedTown) -> int:
    return on_hand(session, world.house.id).get(world.product("water"), 0)


def test_the_books_are_brought_to_what_is_told(session: Session) -> None:
    world = stocked_town.build(session)
    put(session, world.house, world.product("water"), 7)
    [told] = tell(session, world, 1, TellRow("water", 12))
    assert (told.fate, told.before, told.after) == (Fate.CORRECTED, 7, 12)
    [again] = tell(session, world, 2, TellRow("water", 12))
    assert again.fate is Fate.SAME
    assert water(session, world) == 12


def test_what_moved_here_since_then_counts_on_top(session: Session) -> None:
    world = stocked_town.build(session)
    put(session, world.house, world.product("water"), 10)
    load = Leg(world.product("water"), 4, world.house.id, world.van.id)
    move(session, Entry(StockCause.LOADING, at(2), at(2).date(), (load,)))
    tell(session, world, 1, TellRow("water", 20))
    assert water(session, world) == 16


def test_the_same_telling_again_is_answered_as_before_and_changes_nothing(session: Session) -> None:
    world = stocked_town.build(session)
    first = tell(session, world, 1, TellRow("water", 12), TellRow("tea", 3))
    move(session, Entry(StockCause.DAMAGE, at(2), at(2).date(), (Leg(world.product("water"), 2, world.house.id),)))
    assert tell(session, world, 1, TellRow("water", 12), TellRow("tea", 3)) == first
    assert water(session, world) == 10
    with pytest.raises(ReferenceTaken):
        tell(session, world, 1, TellRow("water", 13))


def test_what_is_older_than_what_is_known_is_said_so_and_changes_nothing(session: Session) -> None:
    world = stocked_town.build(session)
    tell(session, world, 5, TellRow("water", 12))
    told = tell(session, world, 1, TellRow("water", 3), TellRow("coffee", 6))
    assert [(each.fate, each.code) for each in told] == [(Fate.OLDER, "stock.older_snapshot"), (Fate.CORRECTED, None)]
    assert water(session, world) == 12
    assert on_hand(session, world.house.id)[world.product("coffee")] == 6


def test_a_row_that_cannot_be_used_is_told_and_the_others_are_done(session: Session) -> None:
    world = stocked_town.build(session)
    told = tell(
        session, world, 1, TellRow("tea", 3), TellRow("water", 12), TellRow("water", 13), TellRow("soap", 10**12)
    )
    assert [each.code for each in told] == [
        "stock.unknown_sku",
        None,
        "stock.snapshot_invalid",
        "stock.snapshot_invalid",
    ]
    assert water(session, world) == 12


def test_stock_of_a_moment_that_is_still_to_come_is_refused(session: Session) -> None:
    world = stocked_town.build(session)
    with pytest.raises(SnapshotInvalid):
        tell(session, world, 49, TellRow("water", 12))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.lists(st.integers(1, 5), max_size=4), st.randoms())
def test_in_whatever_order_tellings_come_the_latest_and_what_moved_since_stand(
    engine: Engine, told: list[int], moves: list[int], dice: random.Random
) -> None:
    with Session(engine) as session:
        world = stocked_town.build(session)
        for number, pieces in enumerate(moves):
            when = at(len(told) + number)
            leg = Leg(world.product("water"), pieces, from_id=world.house.id)
            move(session, Entry(StockCause.DAMAGE, when, when.date(), (leg,), below_zero=True))
        order = list(enumerate(told))
        dice.shuffle(order)
        for hours, pieces in order:
            tell(session, world, hours, TellRow("water", pieces))
        assert water(session, world) == told[-1] - sum(moves)
        assert drifted(session) == {}
        session.rollback()
