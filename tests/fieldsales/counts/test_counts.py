"""A count brings the books to what is there; a large difference waits until somebody else agrees."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from worlds import stocked_town
from worlds.small_town import NOON
from worlds.stocked_town import StockedTown, put

from fieldsales.approvals.models import ApprovalState
from fieldsales.approvals.queries import find_approvals
from fieldsales.approvals.rules import OwnRequest
from fieldsales.counts.models import CountState, StockCount
from fieldsales.counts.rules import CountChanged, CountEnded, CountInvalid, CountUnderWay
from fieldsales.counts.service import discard_count, end_count, enter, start_count
from fieldsales.db.paging import PageWanted
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.policies.service import put as put_policy
from fieldsales.stock.models import Condition, StockCause
from fieldsales.stock.queries import drifted, on_hand
from fieldsales.stock.rules import STOCK, Entry, Leg
from fieldsales.stock.service import move
from sync.review.approving import decide_approval

LATER = NOON + timedelta(hours=1)
SELLABLE = Condition.SELLABLE


def actor(person: User) -> Actor:
    return Actor(person.id, Role(person.role), person.territory_id)


@pytest.fixture
def world(session: Session) -> StockedTown:
    """Ten waters (cost 30) and ten coffees (cost 400) in the van; a difference of more than 10 euros needs approval."""
    found = stocked_town.build(session)
    for ware in ("water", "coffee"):
        put(session, found.van, found.product(ware), 10)
    put_policy(session, STOCK, dict(STOCK.default) | {"count_approval_above": {"EUR": 1000}}, now=NOON)
    return found


def counted(session: Session, world: StockedTown, **pieces: int) -> StockCount:
    anna = actor(world.town.anna)
    count = start_count(session, world.van, None, by=anna, now=NOON)
    enter(session, count, {(world.product(ware), SELLABLE): many for ware, many in pieces.items()})
    end_count(session, count, LATER, by=anna, now=LATER)
    return count


def stock(session: Session, world: StockedTown) -> dict[str, int]:
    names = {each.id: sku for sku, each in world.town.products.items()}
    return {names[product_id]: pieces for product_id, pieces in on_hand(session, world.van.id).items()}


def request(session: Session, world: StockedTown) -> uuid.UUID:
    page = find_approvals(session, actor(world.town.sara), PageWanted(), LATER, ApprovalState.OPEN)
    [found] = page.items
    return found.id


def test_a_small_difference_goes_into_the_books_at_once(session: Session, world: StockedTown) -> None:
    count = counted(session, world, water=8)
    assert count.state is CountState.POSTED
    assert stock(session, world) == {"water": 8, "coffee": 10}
    assert [(each.expected, each.counted) for each in count.lines if each.counted is not None] == [(10, 8)]
    assert drifted(session) == {}


def test_too_many_here_do_not_make_up_for_too_few_there(session: Session, world: StockedTown) -> None:
    count = counted(session, world, water=30, coffee=8)
    assert count.state is CountState.WAITING
    assert stock(session, world) == {"water": 10, "coffee": 10}


def test_a_large_difference_waits_until_somebody_else_agrees(session: Session, world: StockedTown) -> None:
    count = counted(session, world, coffee=5)
    asked = request(session, world)
    with pytest.raises(OwnRequest):
        decide_approval(session, asked, grant=True, reason=None, by=actor(world.town.anna), now=LATER)
    found = decide_approval(session, asked, grant=True, reason="Seen it.", by=actor(world.town.sara), now=LATER)
    assert (found.state, count.state) == (ApprovalState.GRANTED, CountState.POSTED)
    assert found.facts["lines"] == [
        {
            "sku": "coffee",
            "condition": "sellable",
            "expected": 10,
            "counted": 5,
            "worth_minor": 2000,
            "currency": "EUR",
        }
    ]
    assert stock(session, world) == {"water": 10, "coffee": 5}


def test_a_difference_that_is_refused_leaves_the_books_as_they_were(session: Session, world: StockedTown) -> None:
    count = counted(session, world, coffee=5)
    sara = actor(world.town.sara)
    decide_approval(session, request(session, world), grant=False, reason="Count again.", by=sara, now=LATER)
    assert count.state is CountState.REFUSED
    assert stock(session, world) == {"water": 10, "coffee": 10}
    assert counted(session, world, water=10).state is CountState.POSTED


def test_what_moved_while_the_count_waited_counts_on_top(session: Session, world: StockedTown) -> None:
    counted(session, world, coffee=5)
    after = LATER + timedelta(hours=1)
    gone = Leg(world.product("coffee"), 2, from_id=world.van.id)
    move(session, Entry(StockCause.SALE, after, after.date(), (gone,)))
    decide_approval(session, request(session, world), grant=True, reason=None, by=actor(world.town.sara), now=after)
    assert stock(session, world) == {"water": 10, "coffee": 3}


def test_a_sale_before_the_count_that_is_told_while_it_waits_makes_the_difference_smaller(
    session: Session, world: StockedTown
) -> None:
    counted(session, world, coffee=5)
    gone = Leg(world.product("coffee"), 2, from_id=world.van.id)
    move(session, Entry(StockCause.SALE, NOON, NOON.date(), (gone,)))
    decide_approval(session, request(session, world), grant=True, reason=None, by=actor(world.town.sara), now=LATER)
    assert stock(session, world) == {"water": 10, "coffee": 5}


def test_more_than_was_asked_for_is_not_what_was_approved(session: Session, world: StockedTown) -> None:
    counted(session, world, coffee=5)
    put(session, world.van, world.product("coffee"), 9, at=NOON)
    with pytest.raises(CountChanged):
        decide_approval(session, request(session, world), grant=True, reason=None, by=actor(world.town.sara), now=LATER)


def test_a_count_settles_a_stock_below_zero(session: Session, world: StockedTown) -> None:
    gone = Leg(world.product("water"), 12, from_id=world.van.id)
    move(session, Entry(StockCause.SALE, NOON, NOON.date(), (gone,), below_zero=True))
    assert stock(session, world)["water"] == -2
    counted(session, world, water=1)
    assert stock(session, world)["water"] == 1


def test_one_count_at_a_time_is_under_way_and_one_that_is_over_takes_no_more(
    session: Session, world: StockedTown
) -> None:
    first = start_count(session, world.van, None, by=None, now=NOON)
    with pytest.raises(CountUnderWay):
        start_count(session, world.van, None, by=None, now=NOON)
    discard_count(session, first, by=None, now=NOON)
    with pytest.raises(CountEnded):
        enter(session, first, {(world.product("water"), SELLABLE): 1})
    second = start_count(session, world.van, None, by=None, now=NOON)
    with pytest.raises(CountInvalid, match="Nothing was counted"):
        end_count(session, second, NOON, by=None, now=NOON)
    with pytest.raises(CountInvalid, match="-1 pieces"):
        enter(session, second, {(world.product("water"), SELLABLE): -1})
    enter(session, second, {(world.product("coffee"), SELLABLE): 1})
    with pytest.raises(CountInvalid, match="not known who asks"):
        end_count(session, second, NOON, by=None, now=NOON)
