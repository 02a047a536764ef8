"""What there is of a product is what its moves come to, whoever moves it and whenever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from worlds import stocked_town
from worlds.small_town import NOON
from worlds.stocked_town import StockedTown, put

from fieldsales.db.session import insist, reading, transaction
from fieldsales.stock.models import Condition, StockBalance, StockCause, StockMove
from fieldsales.stock.queries import drifted, on_hand
from fieldsales.stock.rules import Entry, Leg, StockInvalid, StockShort
from fieldsales.stock.service import move

PLACES = st.sampled_from(["house", "van", None])
WARES = ("water", "coffee")
DEEDS = st.tuples(PLACES, PLACES, st.sampled_from(WARES), st.integers(1, 9), st.booleans())


def load(session: Session, world: StockedTown, pieces: int, **also: bool) -> None:
    leg = Leg(world.product("water"), pieces, world.house.id, world.van.id)
    move(session, Entry(StockCause.LOADING, NOON, NOON.date(), (leg,), **also))


def test_loading_a_van_takes_from_the_house_what_it_gives_to_the_van(session: Session) -> None:
    world = stocked_town.build(session)
    put(session, world.house, world.product("water"), 10)
    load(session, world, 4)
    assert on_hand(session, world.house.id) == {world.product("water"): 6}
    assert on_hand(session, world.van.id) == {world.product("water"): 4}


def test_what_is_not_there_cannot_be_loaded_and_it_is_said_how_much_there_is(session: Session) -> None:
    world = stocked_town.build(session)
    put(session, world.house, world.product("water"), 10)
    with pytest.raises(StockShort, match="11 of water are to leave MAIN, 10 are free there") as short:
        load(session, world, 11)
    assert short.value.facts["short"][0] | {"warehouse_id": "", "product_id": ""} == {
        "warehouse_id": "",
        "warehouse": "MAIN",
        "product_id": "",
        "sku": "water",
        "wanted": 11,
        "there": 10,
    }
    assert session.scalar(select(func.count()).select_from(StockMove)) == 1
    assert on_hand(session, world.van.id) == {}


def test_goods_that_are_gone_already_leave_a_balance_below_zero(session: Session) -> None:
    world = stocked_town.build(session)
    load(session, world, 3, below_zero=True)
    assert on_hand(session, world.house.id) == {world.product("water"): -3}


def test_damaged_goods_are_kept_apart_from_those_that_can_be_sold(session: Session) -> None:
    world = stocked_town.build(session)
    put(session, world.van, world.product("water"), 5, condition=Condition.DAMAGED)
    assert on_hand(session, world.van.id) == {}
    assert on_hand(session, world.van.id, Condition.DAMAGED) == {world.product("water"): 5}


def test_what_is_told_after_a_count_but_happened_before_it_changes_nothing(session: Session) -> None:
    world = stocked_town.build(session)
    water = world.product("water")
    put(session, world.van, water, 10)
    session.execute(update(StockBalance).values(settled_at=NOON + timedelta(hours=5)))
    for hours, left in ((1, 10), (6, 8)):
        at = NOON + timedelta(hours=hours)
        sold = Entry(StockCause.SALE, at, at.date(), (Leg(water, 2, world.van.id),), below_zero=True)
        move(session, sold)
        assert on_hand(session, world.van.id) == {water: left}
    causes = session.scalars(select(StockMove.cause).where(StockMove.quantity == 2).order_by(StockMove.at)).all()
    assert sorted(causes) == [StockCause.COUNT, StockCause.SALE, StockCause.SALE]
    assert drifted(session) == {}


@pytest.mark.parametrize(("quantity", "there"), [(0, True), (-1, True), (1, False)])
def test_goods_that_are_none_or_go_nowhere_do_not_move(session: Session, quantity: int, there: bool) -> None:
    world = stocked_town.build(session)
    with pytest.raises(StockInvalid):
        Leg(world.product("water"), quantity, to_id=world.house.id if there else None)


def test_what_is_in_the_books_can_neither_be_changed_nor_deleted(session: Session) -> None:
    world = stocked_town.build(session)
    put(session, world.house, world.product("water"), 10)
    for statement in (update(StockMove).values(quantity=1), delete(StockMove)):
        with pytest.raises(DatabaseError, match="is final"), session.begin_nested():
            session.execute(statement)
    assert session.scalar(select(func.count()).select_from(StockMove)) == 1


def test_a_row_that_goes_nowhere_is_refused_by_the_database(session: Session) -> None:
    world = stocked_town.build(session)
    here, water = world.house.id, world.product("water")
    right = {"entry_id": here, "cause": "receipt", "day": NOON.date(), "at": NOON, "product_id": water, "quantity": 1}
    for wrong in ({"quantity": 0, "to_id": here}, {}, {"from_id": here, "to_id": here}):
        with pytest.raises(DatabaseError), session.begin_nested():
            session.add(StockMove(**right | wrong))
            session.flush()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DEEDS, max_size=12))
def test_balances_are_what_the_moves_come_to_in_any_course_of_events(engine: Engine, deeds: list) -> None:
    with Session(engine) as session:
        world = stocked_town.build(session)
        ids = {"house": world.house.id, "van": world.van.id, None: None}
        outside = dict.fromkeys(WARES, 0)
        for start, end, ware, pieces, gone in deeds:
            if start == end:
                continue
            before = {name: on_hand(session, ids[name]).get(world.product(ware), 0) for name in ("house", "van")}
            entry = Entry(
                StockCause.TRANSFER,
                NOON,
                NOON.date(),
                (Leg(world.product(ware), pieces, ids[start], ids[end]),),
                below_zero=gone,
            )
            try:
                move(session, entry)
            except StockShort:
                assert not gone
                assert start is not None
                assert before[start] < pieces
                continue
            assert gone or start is None or before[start] >= pieces
            outside[ware] += {start: -pieces, end: pieces}.get(None, 0)
        for ware in WARES:
            inside = sum(on_hand(session, ids[name]).get(world.product(ware), 0) for name in ("house", "van"))
            assert inside == -outside[ware]
        assert drifted(session) == {}
        session.rollback()


def test_two_who_load_the_last_case_at_once_do_not_both_get_it(engine: Engine) -> None:
    with transaction(engine) as session:
        world = stocked_town.build(session)
        wares = [world.product(name) for name in WARES]
        for each in wares:
            put(session, world.house, each, 12)
        house, van = world.house.id, world.van.id
        session.expunge_all()

    def load_all(seed: int) -> bool:
        legs = tuple(Leg(each, 12, house, van) for each in (wares if seed % 2 else wares[::-1]))

        def once(session: Session) -> bool:
            move(session, Entry(StockCause.LOADING, NOON, NOON.date(), legs))
            return True

        try:
            return insist(engine, once)
        except StockShort:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(load_all, range(6))) == 1
    with reading(engine) as session:
        assert on_hand(session, house) == {}
        assert on_hand(session, van) == dict.fromkeys(wares, 12)
        assert drifted(session) == {}
