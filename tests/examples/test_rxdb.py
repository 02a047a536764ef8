"""The example for RxDB, with the real library against a real server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from worlds.node_example import NodeExample
from worlds.pricing_phone import FOURTH_FREE, open_shop
from worlds.rx_phone import RxPhone, switched_on
from worlds.served_town import ServedTown

from fieldsales.catalog.models import Product
from fieldsales.changes.service import new_epoch
from fieldsales.customers.models import Assignment, Customer
from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.receivables.models import Payment
from fieldsales.visits.models import Visit, VisitEvent
from sync.faces.rxdb.collections import COLLECTIONS
from sync.faces.rxdb.downstream import pull_documents
from sync.models import Mutation


@pytest.fixture
def example(node_example: Callable[[str], NodeExample]) -> NodeExample:
    """The folder, ready to run."""
    return node_example("rxdb")


@pytest.fixture
def phone(example: NodeExample, anna: dict[str, str]) -> Iterator[RxPhone]:
    """Anna's phone, loaded."""
    with switched_on(example.folder, anna) as phone:
        yield phone


def count(town: ServedTown, what: Any) -> Any:
    with reading(town.engine) as session:
        return session.scalar(select(what))


def bakery(town: ServedTown) -> str:
    return str(town.world.customers["Bakery"].id)


def shown(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in {"_deleted", "rows"} and value is not None}


LEFT_OUT = {
    *("agreements", "approvals", "deliveries", "gift_budgets", "invoices", "order_contexts", "price_books"),
    *("settlements", "stock_levels", "van_stocks", "warehouses"),
}
"""Collections that the example does not open: RxDB without a licence opens few."""


def assert_equal(town: ServedTown, phone: RxPhone) -> None:
    """The phone holds exactly what the server would tell one that loads everything now."""
    for collection, entity in COLLECTIONS.items():
        if collection in LEFT_OUT:
            continue
        with reading(town.engine) as session:
            pulled = pull_documents(session, town.world.anna.id, entity, None, 2000)
        told = {each["id"]: shown(each) for each in pulled.documents if not each["_deleted"]}
        held = {key: shown(each) for key, each in phone.all(collection).items()}
        assert held == told, collection


def test_it_runs_as_its_readme_says(example: NodeExample, town: ServedTown, anna: dict[str, str]) -> None:
    # On a slow machine a push is repeated after the document went on; the replay is then told as a conflict.
    told = [line for line in example.run("phone.js", **anna).splitlines() if not line.startswith("overruled in ")]
    assert told[:2] == ["loaded 3 customers: Bakery, Corner, Dairy", "worked without a network"]
    assert int(told[2].split()[1]) > 3
    taken, paid = count(town, func.sum(Order.amount_minor)), count(town, func.sum(Payment.amount_minor))
    holds = f"holds 3 visits, 3 orders of {taken}, payments of {paid} minor units of EUR"
    assert told[3:] == [holds, "equal to the server"]
    assert count(town, func.count(Order.id)) == count(town, func.count(Payment.id)) == 3
    assert (count(town, func.count(Visit.id)), count(town, func.count(VisitEvent.id))) == (3, 6)


def test_a_phone_ends_equal_to_the_server_however_many_answers_are_lost(town: ServedTown, phone: RxPhone) -> None:
    phone.do("network", {"loseEvery": 2})
    for quantity in range(1, 6):
        phone.do("order", bakery(town), quantity)
    phone.do("settle")
    phone.do("network", {"loseEvery": 0})
    phone.do("settle")
    assert count(town, func.count(Order.id)) == 5
    assert count(town, func.sum(Order.amount_minor)) == sum(
        each["amount_minor"] for each in phone.all("orders").values()
    )
    assert_equal(town, phone)


def test_an_order_by_the_price_book_and_a_return_by_the_case_come_to_the_servers_cent(
    town: ServedTown, example: NodeExample, anna: dict[str, str]
) -> None:
    open_shop(town.desk("max"), town.world.products, FOURTH_FREE)
    with switched_on(example.folder, anna | {"BY_BOOK": "yes"}) as phone:
        sell_and_take_back(town, phone)


def sell_and_take_back(town: ServedTown, phone: RxPhone) -> None:
    shop = bakery(town)
    wanted = {"product_id": str(town.world.products["coffee"].id), "quantity": 1, "unit": "case"}
    sale = phone.do("pricedOrder", shop, [wanted], {"day": "2026-03-02"})
    phone.do("settle")
    held = phone.all("orders")[sale["id"]]
    assert (held["state"], held["flags"], held["amount_minor"]) == ("placed", [], sale["amount_minor"])
    assert [(line["quantity"], line["promotion"]) for line in held["lines"]] == [(12, None), (4, "4FOR3")]
    half = {"day": "2026-03-02", "amends_id": sale["id"]}
    amended = phone.do("pricedOrder", shop, [{**wanted, "unit": "each", "quantity": 6}], half)
    phone.do("settle")
    assert [line["quantity"] for line in phone.all("orders")[amended["id"]]["lines"]] == [6, 2]
    paid = {
        "product_id": wanted["product_id"],
        "unit": "each",
        "unit_quantity": 6,
        "amount_minor": amended["amount_minor"],
    }
    free = paid | {"unit_quantity": 2, "amount_minor": 0}
    more = {"currency": "EUR", "reason": "Damaged.", "against_id": amended["id"]}
    back = phone.do("takeBack", shop, [paid, free], more)
    phone.do("settle")
    assert phone.all("orders")[back]["amount_minor"] == -amended["amount_minor"]
    assert phone.do("heard")["takenBack"] == []


def test_what_others_do_comes_by_the_stream_without_asking(town: ServedTown, phone: RxPhone) -> None:
    with transaction(town.engine) as session:
        session.get_one(Customer, town.world.customers["Corner"].id).name = "Corner 2"
    assert phone.do("appears", "customers", {"name": "Corner 2"}) == str(town.world.customers["Corner"].id)


def test_what_is_taken_out_of_scope_is_deleted(town: ServedTown, phone: RxPhone) -> None:
    with transaction(town.engine) as session:
        mine = session.scalars(select(Assignment).where(Assignment.customer_id == town.world.customers["Corner"].id))
        mine.one().ended_at = town.clock()
        session.get_one(Product, town.world.products["soap"].id).active = False
    phone.do("settle")
    assert {each["name"] for each in phone.all("customers").values()} == {"Bakery", "Dairy"}
    assert len(phone.all("products")) == 3
    assert_equal(town, phone)


def test_a_refused_document_is_taken_back_told_and_sent_no_more(town: ServedTown, phone: RxPhone) -> None:
    order = {"customer_id": bakery(town), "currency": "EUR", "lines": []}
    key = phone.do("insert", "orders", order)
    phone.do("settle")
    phone.do("settle")
    assert phone.all("orders") == {}
    assert phone.do("heard")["takenBack"] == [["orders", key]]
    (why,) = phone.all("mutations").values()
    assert (why["status"], why["entity"]["id"], why["outcome"]["problem"]["code"]) == ("rejected", key, "order.invalid")
    assert_is_quiet(phone)
    assert_equal(town, phone)


def assert_is_quiet(phone: RxPhone) -> None:
    """Let time for some retries pass: RxDB has nothing more to say."""
    before = phone.do("pushes")
    time.sleep(1.5)
    assert phone.do("pushes") == before


def test_two_edits_of_one_customer_meet_and_the_rep_is_told_what_lost(town: ServedTown, phone: RxPhone) -> None:
    phone.do("network", {"up": False})
    with transaction(town.engine) as session:
        theirs = session.get_one(Customer, town.world.customers["Bakery"].id)
        theirs.phone, theirs.version = "+302610000001", theirs.version + 1
    phone.do("patch", "customers", bakery(town), {"phone": "+302610000002", "city": "Patras"})
    phone.do("network", {"up": True})
    phone.do("settle")
    held = phone.all("customers")[bakery(town)]
    assert (held["phone"], held["city"]) == ("+302610000001", "Patras")
    assert phone.do("heard")["overruled"] == [["customers", bakery(town)]]
    assert_is_quiet(phone)
    assert_equal(town, phone)


def test_what_is_the_servers_stays_as_it_is(town: ServedTown, phone: RxPhone) -> None:
    soap = str(town.world.products["soap"].id)
    phone.do("patch", "products", soap, {"price_minor": 1})
    phone.do("remove", "products", str(town.world.products["rice"].id))
    phone.do("settle")
    assert phone.all("products")[soap]["price_minor"] == 199
    assert_is_quiet(phone)
    assert_equal(town, phone)


def test_any_mutation_goes_out_through_its_collection_and_its_outcome_comes_back(
    town: ServedTown, phone: RxPhone
) -> None:
    track = str(new_id())
    told = {"type": "van.count", "entity": {"type": "van", "id": track}, "data": {"boxes": 3}}
    key = phone.do("insert", "mutations", told)
    phone.do("settle")
    assert phone.all("mutations")[key]["status"] == "held"
    with transaction(town.engine) as session:
        session.scalars(select(Mutation)).one().status = "rejected"
    assert phone.do("appears", "mutations", {"status": "rejected"}) == key


def test_after_a_backup_was_restored_all_is_loaded_again_and_the_unsent_is_sent(
    town: ServedTown, phone: RxPhone
) -> None:
    phone.do("network", {"up": False})
    note = phone.do("insert", "notes", {"customer_id": bakery(town), "text": "Unsent."})
    with transaction(town.engine) as session:
        session.delete(session.get_one(Product, town.world.products["soap"].id))
        session.connection().exec_driver_sql("DELETE FROM change WHERE entity = 'product' AND op = 'delete'")
        new_epoch(session)
    phone.do("network", {"up": True})
    phone.do("settle")
    assert {each["sku"] for each in phone.all("products").values()} == {"water", "coffee", "rice"}
    assert list(phone.all("notes")) == [note]
    assert_equal(town, phone)
