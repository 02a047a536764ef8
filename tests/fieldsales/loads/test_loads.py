"""What goes where by a decision at a desk, and what a van is proposed to take along."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from worlds import stocked_town
from worlds.small_town import NOON
from worlds.stocked_town import StockedTown, put

from fieldsales.contexts.rules import Habit
from fieldsales.counts.rules import NotYourPlace
from fieldsales.db.base import new_id
from fieldsales.loads.queries import propose
from fieldsales.loads.rules import Errand, WrongWay, expected_sales, proposed_load
from fieldsales.loads.service import Goods, move_goods
from fieldsales.orders.models import Order, OrderLine, Origin
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, Source
from fieldsales.stock.models import Condition
from fieldsales.stock.queries import on_hand
from fieldsales.stock.rules import StockShort

DAY = NOON.date() + timedelta(days=1)
WARES = [uuid5(NAMESPACE_OID, str(each)) for each in range(4)]
PIECES = st.dictionaries(st.sampled_from(WARES), st.integers(-3, 30))


def actor(person: User) -> Actor:
    return Actor(person.id, Role(person.role), person.territory_id)


def goods(world: StockedTown, errand: Errand, pieces: int, **told: object) -> Goods:
    return Goods(errand, {world.product("water"): pieces}, **told)  # type: ignore[arg-type]


def test_goods_come_in_are_loaded_and_unloaded_again(session: Session) -> None:
    world = stocked_town.build(session)
    house, van, water = world.house, world.van, world.product("water")
    move_goods(session, goods(world, Errand.RECEIVE, 20, end=house), by=None, now=NOON)
    move_goods(session, goods(world, Errand.LOAD, 8, start=house, end=van), by=actor(world.town.anna), now=NOON)
    move_goods(session, goods(world, Errand.UNLOAD, 3, start=van, end=house), by=actor(world.town.anna), now=NOON)
    move_goods(session, goods(world, Errand.DAMAGE, 1, start=van), by=actor(world.town.anna), now=NOON)
    assert (on_hand(session, house.id), on_hand(session, van.id)) == ({water: 15}, {water: 4})
    assert on_hand(session, van.id, Condition.DAMAGED) == {water: 1}
    move_goods(session, goods(world, Errand.SCRAP, 1, start=van), by=actor(world.town.sara), now=NOON)
    assert on_hand(session, van.id, Condition.DAMAGED) == {}
    with pytest.raises(StockShort):
        move_goods(session, goods(world, Errand.LOAD, 16, start=house, end=van), by=None, now=NOON)


def test_the_same_load_again_moves_nothing(session: Session) -> None:
    world = stocked_town.build(session)
    put(session, world.house, world.product("water"), 20)
    load = goods(world, Errand.LOAD, 8, start=world.house, end=world.van, id=new_id())
    assert move_goods(session, load, by=None, now=NOON) == move_goods(session, load, by=None, now=NOON)
    assert on_hand(session, world.van.id) == {world.product("water"): 8}


def test_goods_do_not_go_every_way_and_reps_touch_no_van_but_their_own(session: Session) -> None:
    world = stocked_town.build(session)
    house, van = world.house, world.van
    for wrong in ({"start": van, "end": house}, {"end": van}, {"start": house}, {}):
        with pytest.raises(WrongWay):
            move_goods(session, goods(world, Errand.LOAD, 1, **wrong), by=None, now=NOON)
    with pytest.raises(NotYourPlace):
        load = goods(world, Errand.LOAD, 1, start=house, end=van)
        move_goods(session, load, by=actor(world.town.ben), now=NOON)
    with pytest.raises(NotYourPlace):
        move_goods(session, goods(world, Errand.RECEIVE, 1, end=van), by=actor(world.town.anna), now=NOON)
    van.active = False
    with pytest.raises(WrongWay, match="VAN-1 is closed"):
        move_goods(session, goods(world, Errand.LOAD, 1, start=house, end=van), by=None, now=NOON)


def bought(session: Session, world: StockedTown, shop: str, ware: str, pieces: int, days_ago: int) -> None:
    order = Order(
        customer_id=world.town.customers[shop].id,
        origin=Origin.IMPORT,
        ordered_on=DAY - timedelta(days=days_ago),
        currency="EUR",
        amount_minor=pieces,
        flags=[],
        lines=[
            OrderLine(
                line_no=1, product_id=world.product(ware), quantity=pieces, unit_price_minor=1, amount_minor=pieces
            )
        ],
    )
    session.add(order)
    session.flush()


def test_a_van_is_proposed_what_the_customers_of_the_day_are_due_to_buy(session: Session) -> None:
    world = stocked_town.build(session)
    for shop, pieces in (("Bakery", 6), ("Corner", 4), ("Dairy", 90)):
        for days_ago in (14, 7):
            bought(session, world, shop, "water", pieces, days_ago)
    bought(session, world, "Bakery", "soap", 5, 3)
    for shop in ("Bakery", "Corner"):
        session.add(
            PlannedVisit(
                rep_id=world.town.anna.id,
                customer_id=world.town.customers[shop].id,
                day=DAY,
                source=Source.TIER,
                reason="due",
                value=1,
            )
        )
    put(session, world.house, world.product("water"), 5)
    put(session, world.van, world.product("water"), 2)
    [found] = propose(session, world.van, world.house, DAY)
    assert found.product_id == world.product("water")
    assert (found.customers, found.expected, found.in_van, found.to_load, found.lacking) == (2, 10, 2, 5, 3)
    assert on_hand(session, world.van.id) == {world.product("water"): 2}
    [without] = propose(session, world.van, None, DAY)
    assert (without.to_load, without.lacking) == (0, 8)


@given(st.dictionaries(st.sampled_from(WARES), st.tuples(st.integers(1, 40), st.integers(1, 5))), PIECES, PIECES)
def test_no_more_is_proposed_than_is_free_and_what_is_missing_is_said(
    expected: dict[UUID, tuple[int, int]], in_van: dict[UUID, int], free: dict[UUID, int]
) -> None:
    for each in proposed_load(expected, in_van, free):
        assert 0 <= each.to_load <= max(free.get(each.product_id, 0), 0)
        assert each.to_load + each.lacking + max(min(in_van.get(each.product_id, 0), each.expected), 0) == each.expected


def test_what_was_bought_once_or_is_not_due_yet_is_not_expected() -> None:
    ware = WARES[0]
    once, due, not_yet = (
        Habit(ware, 1, 6, DAY, None, None),
        Habit(ware, 2, 4, DAY, 7, DAY),
        Habit(ware, 2, 9, DAY, 7, DAY + timedelta(days=1)),
    )
    shops = [(uuid5(NAMESPACE_OID, str(number)), [each]) for number, each in enumerate((once, due, not_yet))]
    assert expected_sales(shops, DAY) == {ware: (4, 1)}
    assert expected_sales(shops, date(2020, 1, 1)) == {}
