"""Orders to be delivered are promised goods, and what changes hands at once moves between the van and the shop."""

from __future__ import annotations

import uuid

import pytest
from worlds.answers import codes, count, statuses
from worlds.small_town import NOON
from worlds.stocked_town import put

from fieldsales.credits.rules import CREDIT
from fieldsales.credits.service import set_terms
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.people.queries import person_by_login
from fieldsales.policies.service import put as put_policy
from fieldsales.reservations.service import reservations_of
from fieldsales.stock.models import Condition
from fieldsales.stock.queries import drifted, held, on_hand
from fieldsales.stock.rules import STOCK
from fieldsales.warehouses.models import WarehouseKind
from fieldsales.warehouses.queries import warehouse_by_code
from fieldsales.warehouses.service import NewPlace, open_warehouse


@pytest.fixture
def stocked(town):
    """Ten soaps and ten rices in the house, five soaps in Anna's van."""
    with transaction(town.engine) as session:
        anna = person_by_login(session, "anna")
        house = open_warehouse(session, NewPlace("MAIN", "Main house", WarehouseKind.WAREHOUSE), now=NOON)
        van = open_warehouse(session, NewPlace("VAN-1", "Anna's van", WarehouseKind.VAN, anna.id), now=NOON)
        for each in ("soap", "rice"):
            put(session, house, town.products[each], 10)
        put(session, van, town.products["soap"], 5)
    return town


def policy(town, **changed):
    with transaction(town.engine) as session:
        put_policy(session, STOCK, dict(STOCK.default) | changed, now=NOON)


def stock(town, code, condition=Condition.SELLABLE):
    names = {identity: sku for sku, identity in town.products.items()}
    with reading(town.engine) as session:
        place = warehouse_by_code(session, None, code)
        assert drifted(session) == {}
        return {names[each]: pieces for each, pieces in on_hand(session, place.id, condition).items()}


def free(town, sku):
    with reading(town.engine) as session:
        return held(session, warehouse_by_code(session, None, "MAIN").id)[town.products[sku]].free


def promised(town, mutation):
    with reading(town.engine) as session:
        rows = reservations_of(session, [uuid.UUID(mutation["data"]["order_id"])])
        return [(each.wanted, each.reserved, each.lacking) for each in rows]


def flags(town, mutation, key="order_id"):
    with reading(town.engine) as session:
        return session.get_one(Order, uuid.UUID(mutation["data"][key])).flags


def soap(town, quantity, name="Bakery", rep="anna"):
    return getattr(town, rep).order(town.customers[name], [(town.products["soap"], quantity, 189)])


def test_an_order_is_promised_what_is_there_and_the_rest_is_on_back_order(stocked):
    first = soap(stocked, 7)
    second = soap(stocked, 7)
    assert statuses(stocked.anna.deliver(stocked.engine)) == ["applied"] * 2
    assert promised(stocked, first) == [(7, 7, 0)]
    assert promised(stocked, second) == [(7, 3, 4)]
    assert (flags(stocked, first), flags(stocked, second)) == ([], ["back_order"])
    assert stock(stocked, "MAIN")["soap"] == 10
    assert free(stocked, "soap") == 0


def test_a_promise_that_is_called_off_serves_who_waits(stocked):
    first, second = soap(stocked, 7), soap(stocked, 7)
    stocked.anna.cancel(first["data"]["order_id"])
    assert statuses(stocked.anna.deliver(stocked.engine)) == ["applied"] * 3
    assert promised(stocked, first) == [(7, 0, 0)]
    assert promised(stocked, second) == [(7, 7, 0)]


def test_an_amended_order_keeps_its_turn(stocked):
    first = soap(stocked, 6)
    stocked.anna.deliver(stocked.engine)
    stocked.anna.wait(1)
    second = soap(stocked, 6)
    amended = stocked.anna.amend(first["data"]["order_id"], [(stocked.products["soap"], 8, 189)])
    assert statuses(stocked.anna.deliver(stocked.engine)) == ["applied"] * 2
    assert promised(stocked, amended) == [(8, 8, 0)]
    assert promised(stocked, second) == [(6, 2, 4)]


def test_where_the_policy_lets_nothing_wait_an_order_that_is_short_is_refused_whole(stocked):
    policy(stocked, back_orders="refused")
    first, second, third = soap(stocked, 7), soap(stocked, 4), soap(stocked, 3)
    results = stocked.anna.deliver(stocked.engine)
    assert codes(results) == [None, "stock.no_back_orders", None]
    assert results[1].problem["short"] == [{"product_id": str(stocked.products["soap"]), "wanted": 4, "there": 3}]
    with reading(stocked.engine) as session:
        assert session.get(Order, uuid.UUID(second["data"]["order_id"])) is None
    assert promised(stocked, first) == [(7, 7, 0)]
    assert promised(stocked, third) == [(3, 3, 0)]


def limit(town, name, minor):
    with transaction(town.engine) as session:
        put_policy(session, CREDIT, dict(CREDIT.default) | {"over_limit": "hold"}, now=NOON)
        set_terms(session, town.customers[name], "EUR", minor, None, by=None, now=NOON)


def test_of_an_order_alone_that_is_refused_or_held_after_its_credit_was_judged_nothing_is_kept(stocked):
    policy(stocked, back_orders="refused")
    limit(stocked, "Bakery", 100_000)
    soap(stocked, 11)
    assert codes(stocked.anna.deliver(stocked.engine)) == ["stock.no_back_orders"]
    limit(stocked, "Bakery", 100)
    soap(stocked, 1)
    assert codes(stocked.anna.deliver(stocked.engine)) == ["order.over_credit"]
    assert count(stocked.engine, Order) == 0


def test_where_the_policy_reserves_nothing_orders_go_on_as_if_no_stock_were_kept(stocked):
    policy(stocked, reserve=False)
    order = soap(stocked, 70)
    assert statuses(stocked.anna.deliver(stocked.engine)) == ["applied"]
    assert (promised(stocked, order), flags(stocked, order)) == ([], [])


def test_where_no_stock_is_kept_orders_returns_and_gifts_are_taken_as_ever(town):
    bakery, product = town.customers["Bakery"], town.products["soap"]
    order = soap(town, 70)
    back = town.anna.give_back(bakery, [(product, 1, 189)])
    town.anna.gift(bakery, [(product, 2)])
    assert statuses(town.anna.deliver(town.engine)) == ["applied"] * 3
    assert (flags(town, order), flags(town, back, "return_id")) == ([], [])
    assert promised(town, order) == []


def test_goods_that_come_back_damaged_are_in_the_van_but_not_for_sale(stocked):
    stocked.anna.give_back(stocked.customers["Bakery"], [(stocked.products["soap"], 2, 189)])
    assert statuses(stocked.anna.deliver(stocked.engine)) == ["applied"]
    assert stock(stocked, "VAN-1") == {"soap": 5}
    assert stock(stocked, "VAN-1", Condition.DAMAGED) == {"soap": 2}


def test_goods_that_come_back_unopened_can_be_sold_again(stocked):
    back = stocked.anna.give_back(stocked.customers["Bakery"], [(stocked.products["soap"], 2, 189)])
    back["data"]["lines"][0]["condition"] = "Unopened"
    assert statuses(stocked.anna.deliver(stocked.engine)) == ["applied"]
    assert stock(stocked, "VAN-1") == {"soap": 7}


def test_a_gift_leaves_the_van_and_one_that_was_not_in_it_is_kept_for_a_supervisor_to_see(stocked):
    stocked.anna.gift(stocked.customers["Bakery"], [(stocked.products["soap"], 4)])
    second = stocked.anna.gift(stocked.customers["Bakery"], [(stocked.products["soap"], 4)])
    assert statuses(stocked.anna.deliver(stocked.engine)) == ["applied"] * 2
    assert stock(stocked, "VAN-1") == {"soap": -3}
    assert flags(stocked, second, "gift_id") == ["stock_short"]


def test_calling_off_a_return_or_a_gift_puts_the_goods_where_they_were(stocked):
    gift = stocked.anna.gift(stocked.customers["Bakery"], [(stocked.products["soap"], 4)])
    back = stocked.anna.give_back(stocked.customers["Bakery"], [(stocked.products["soap"], 2, 189)])
    stocked.anna.cancel(gift["data"]["gift_id"])
    stocked.anna.cancel(back["data"]["return_id"])
    assert statuses(stocked.anna.deliver(stocked.engine)) == ["applied"] * 4
    assert stock(stocked, "VAN-1") == {"soap": 5}
    assert stock(stocked, "VAN-1", Condition.DAMAGED) == {}


def test_a_rep_without_a_van_gives_away_what_no_books_know_of(stocked):
    gift = stocked.ben.gift(stocked.customers["Fish"], [(stocked.products["soap"], 4)])
    assert statuses(stocked.ben.deliver(stocked.engine)) == ["applied"]
    assert flags(stocked, gift, "gift_id") == []


def test_a_phone_holds_its_own_van_and_what_its_warehouse_has_few_of(stocked):
    soap(stocked, 10)
    stocked.anna.deliver(stocked.engine)
    stocked.anna.pull(stocked.engine)
    stocked.ben.pull(stocked.engine)

    def held_by(phone, entity):
        return [document for (kind, _), document in phone.store.items() if kind == entity]

    [van] = held_by(stocked.anna, "van_stock")
    assert (van["product_id"], van["on_hand"], van["condition"]) == (str(stocked.products["soap"]), 5, "sellable")
    assert held_by(stocked.ben, "van_stock") == []
    assert sorted(each["code"] for each in held_by(stocked.anna, "warehouse")) == ["MAIN", "VAN-1"]
    assert [each["code"] for each in held_by(stocked.ben, "warehouse")] == ["MAIN"]
    levels = {each["product_id"]: each["level"] for each in held_by(stocked.anna, "stock_level")}
    assert levels == {str(stocked.products["soap"]): "none", str(stocked.products["rice"]): "low"}
