"""Who gets what is there: never more than there is, and whoever asked first has all before the next has any."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from worlds import stocked_town
from worlds.small_town import NOON
from worlds.stocked_town import StockedTown, put

from fieldsales.db.base import new_id
from fieldsales.db.session import insist, reading, transaction
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin
from fieldsales.reservations.models import Reservation
from fieldsales.reservations.rules import IssueInvalid, Need, lacking, share
from fieldsales.reservations.service import Issue, carry, issue, release, reserve
from fieldsales.stock.models import StockBalance, StockCause
from fieldsales.stock.queries import drifted, held, on_hand
from fieldsales.stock.rules import Entry, Leg, StockShort
from fieldsales.warehouses.models import Warehouse

NEEDS = st.lists(
    st.builds(Need, st.uuids(), st.integers(0, 5).map(lambda each: NOON + timedelta(minutes=each)), st.integers(0, 20)),
    max_size=12,
    unique_by=lambda each: each.id,
)


@given(st.integers(-20, 100), NEEDS)
def test_no_more_is_promised_than_is_on_hand_and_nothing_lies_idle_while_anybody_waits(
    pieces: int, needs: list[Need]
) -> None:
    shares = share(pieces, needs)
    assert shares.keys() == {each.id for each in needs}
    assert all(0 <= shares[each.id] <= each.pieces for each in needs)
    assert sum(shares.values()) == min(max(pieces, 0), sum(each.pieces for each in needs))


@given(st.integers(0, 100), NEEDS)
def test_whoever_asked_first_has_all_before_the_next_has_any(pieces: int, needs: list[Need]) -> None:
    shares = share(pieces, needs)
    ordered = sorted(needs, key=lambda each: (each.asked_at, each.id))
    for number, each in enumerate(ordered):
        if shares[each.id]:
            assert all(shares[older.id] == older.pieces for older in ordered[:number])


@given(st.integers(0, 100), st.integers(0, 20), NEEDS)
def test_goods_that_come_in_take_nothing_from_anybody(pieces: int, more: int, needs: list[Need]) -> None:
    before, after = share(pieces, needs), share(pieces + more, needs)
    assert all(before[each] <= after[each] for each in before)


@given(st.integers(0, 100), NEEDS, st.integers(0, 20))
def test_who_asks_last_takes_nothing_from_anybody(pieces: int, needs: list[Need], wanted: int) -> None:
    before = share(pieces, needs)
    after = share(pieces, [*needs, Need(uuid.uuid4(), NOON + timedelta(hours=1), wanted)])
    assert all(after[each] == before[each] for each in before)


@given(st.dictionaries(st.uuids(), st.integers(1, 9)), st.integers(-5, 20))
def test_what_is_lacking_is_what_is_wanted_less_what_is_free(wanted: dict[uuid.UUID, int], free: int) -> None:
    beyond = lacking(wanted, dict.fromkeys(wanted, free))
    assert {each: pieces - beyond.get(each, 0) for each, pieces in wanted.items()} == {
        each: min(pieces, max(free, 0)) for each, pieces in wanted.items()
    }


def ordered(session: Session, world: StockedTown, pieces: int, ware: str = "water") -> Order:
    """Put an order into the books, past everything that a phone's order goes through."""
    order = Order(
        id=new_id(),
        customer_id=world.town.customers["Bakery"].id,
        rep_id=world.town.anna.id,
        kind=OrderKind.SALE,
        origin=Origin.FIELD,
        ordered_on=NOON.date(),
        ordered_at=NOON,
        currency="EUR",
        amount_minor=50 * pieces,
        flags=[],
        lines=[
            OrderLine(
                line_no=1,
                product_id=world.product(ware),
                quantity=pieces,
                unit_price_minor=50,
                amount_minor=50 * pieces,
            )
        ],
    )
    session.add(order)
    session.flush()
    return order


def receive(session: Session, world: StockedTown, pieces: int, ware: str = "water") -> None:
    leg = Leg(world.product(ware), pieces, to_id=world.house.id)
    carry(session, Entry(StockCause.RECEIPT, NOON, NOON.date(), (leg,)))


@pytest.fixture
def waiting(session: Session) -> tuple[StockedTown, list[Order]]:
    """Ten waters, and three orders of six each, a minute apart."""
    world = stocked_town.build(session)
    put(session, world.house, world.product("water"), 10)
    orders = [ordered(session, world, 6) for _ in range(3)]
    for number, each in enumerate(orders):
        reserve(session, each, world.house, NOON + timedelta(minutes=number))
    return world, orders


def promised(session: Session, orders: list[Order]) -> list[int]:
    rows = dict(session.execute(select(Reservation.order_id, Reservation.reserved)).all())
    return [rows[each.id] for each in orders]


def test_goods_that_come_in_serve_back_orders_oldest_first(
    session: Session, waiting: tuple[StockedTown, list[Order]]
) -> None:
    world, orders = waiting
    assert promised(session, orders) == [6, 4, 0]
    receive(session, world, 5)
    assert promised(session, orders) == [6, 6, 3]
    receive(session, world, 5)
    assert promised(session, orders) == [6, 6, 6]
    assert held(session, world.house.id)[world.product("water")].free == 2


def test_what_is_promised_cannot_be_loaded_on_a_van(session: Session, waiting: tuple[StockedTown, list[Order]]) -> None:
    world, orders = waiting
    release(session, orders[2].id, NOON)
    release(session, orders[1].id, NOON)
    load = Leg(world.product("water"), 5, world.house.id, world.van.id)
    with pytest.raises(StockShort, match="4 are free there"):
        carry(session, Entry(StockCause.LOADING, NOON, NOON.date(), (load,)))


def test_handing_out_takes_what_was_promised_and_no_more_than_is_wanted(
    session: Session, waiting: tuple[StockedTown, list[Order]]
) -> None:
    world, orders = waiting
    issue(session, Issue(orders[0].id, {1: 4}, NOON, NOON.date()))
    assert on_hand(session, world.house.id) == {world.product("water"): 6}
    assert promised(session, orders) == [2, 4, 0]
    with pytest.raises(IssueInvalid, match="still wants 2 pieces, not 3"):
        issue(session, Issue(orders[0].id, {1: 3}, NOON, NOON.date()))
    issue(session, Issue(orders[0].id, {1: 2}, NOON, NOON.date()))
    assert promised(session, orders) == [0, 4, 0]
    with pytest.raises(IssueInvalid, match="still wants 0"):
        issue(session, Issue(orders[0].id, {1: 1}, NOON, NOON.date()))


def test_what_is_promised_to_one_order_is_not_handed_out_for_another(
    session: Session, waiting: tuple[StockedTown, list[Order]]
) -> None:
    world, orders = waiting
    with pytest.raises(StockShort), session.begin_nested():
        issue(session, Issue(orders[1].id, {1: 5}, NOON, NOON.date()))
    session.expire_all()
    assert promised(session, orders) == [6, 4, 0]
    assert on_hand(session, world.house.id) == {world.product("water"): 10}


def test_goods_that_are_lost_are_missed_by_who_asked_last(
    session: Session, waiting: tuple[StockedTown, list[Order]]
) -> None:
    world, orders = waiting
    leg = Leg(world.product("water"), 3, from_id=world.house.id)
    carry(session, Entry(StockCause.DAMAGE, NOON, NOON.date(), (leg,), below_zero=True))
    assert promised(session, orders) == [6, 1, 0]


def test_orders_at_the_same_time_are_promised_no_piece_twice(engine: Engine) -> None:
    with transaction(engine) as session:
        world = stocked_town.build(session)
        for ware in ("water", "coffee"):
            put(session, world.house, world.product(ware), 20)
        orders = [ordered(session, world, 7, ware).id for ware in ("water", "coffee") * 4]
        house = world.house.id
        session.expunge_all()

    def promise(order_id: uuid.UUID) -> None:
        insist(
            engine,
            lambda session: reserve(session, session.get_one(Order, order_id), session.get_one(Warehouse, house), NOON),
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(promise, orders))
    with reading(engine) as session:
        balances = session.scalars(select(StockBalance).where(StockBalance.warehouse_id == house)).all()
        assert [each.reserved for each in balances] == [20, 20]
        assert sorted(session.scalars(select(Reservation.reserved))) == [0, 0, 6, 6, 7, 7, 7, 7]
        assert drifted(session) == {}
