"""The example for WatermelonDB, with the real library against a real server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select
from worlds.melon_phone import MelonPhone, switched_on
from worlds.node_example import NodeExample
from worlds.pricing_phone import FOURTH_FREE, open_shop
from worlds.served_town import PASSWORD, ServedTown

from fieldsales.changes.service import new_epoch
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.receivables.models import Payment
from fieldsales.visits.models import Visit, VisitEvent
from sync.faces.watermelon.pulling import pull_tables
from sync.faces.watermelon.tables import TABLES


@pytest.fixture
def example(node_example: Callable[[str], NodeExample]) -> NodeExample:
    """The folder, ready to run."""
    return node_example("watermelondb")


@pytest.fixture
def phone(example: NodeExample, town: ServedTown) -> Iterator[MelonPhone]:
    """Anna's phone, loaded."""
    with switched_on(example.folder, town.base, "anna", PASSWORD, "anna's own") as phone:
        yield phone


def test_its_schema_is_ours(example: NodeExample) -> None:
    told = example.run("-e", "import('./schema.js').then(({schema}) => console.log(JSON.stringify(schema.tables)))")
    theirs = {
        name: {column["name"]: (column["type"], column["isOptional"]) for column in table["columnArray"]}
        for name, table in json.loads(told).items()
    }
    assert theirs == {name: {each.name: (each.type, True) for each in table.columns} for name, table in TABLES.items()}


def test_it_runs_as_its_readme_says(example: NodeExample, town: ServedTown, anna: dict[str, str]) -> None:
    told = example.run("phone.js", **anna).splitlines()
    assert told[0] == "loaded 3 customers: Bakery, Corner, Dairy"
    assert told[1:4] == [
        "sync in a cellar: no network",
        "sync on a bad line: the answer got lost",
        "sync: 0 records want the eye of the rep",
    ]
    with reading(town.engine) as session:
        visits = session.scalars(select(func.count()).select_from(Visit)).one()
        taken = session.scalars(select(func.sum(Order.amount_minor))).one()
        paid = session.scalars(select(func.sum(Payment.amount_minor))).one()
        flags = {tuple(flags) for flags in session.scalars(select(VisitEvent.flags))}
    holds = f"holds {visits} visits, 3 orders of {taken}, payments of {paid} minor units of EUR"
    assert told[4:] == [holds, "equal to the server"]
    assert visits == 3
    assert flags == {("no_position",)}, "a place that nobody told is not made up"


def holds_what_the_server_does(phone: MelonPhone, town: ServedTown) -> None:
    """Compare each record that the phone holds with what a fresh load would give it, column by column."""
    with reading(town.engine) as session:
        told = pull_tables(session, town.world.anna.id, None)
    for name, table in told.tables.items():
        down = [each.name for each in TABLES[name].columns if not each.only_up]
        rows = phone.rows(name)
        assert {row["_status"] for row in rows.values()} <= {"synced"}, name
        assert {i: {key: row[key] for key in ("id", *down)} for i, row in rows.items()} == table.held, name


def test_a_day_with_every_second_answer_lost_ends_equal_to_the_cent(phone: MelonPhone, town: ServedTown) -> None:
    phone.do("loseEverySecondAnswer", on=True)
    amount = 0
    for number, customer in enumerate(sorted(phone.rows("customers")), start=1):
        done = phone.do("workAt", customer=customer, sku="coffee", quantity=number)
        amount += done["amount"]
        phone.do("sync")
        phone.do("leave", visit=done["visit"])
    found = phone.do("sync")
    assert found["tries"] > 1
    assert found["news"] == []
    with reading(town.engine) as session:
        assert session.scalars(select(func.sum(Order.amount_minor))).one() == amount
        assert session.scalars(select(func.sum(Payment.amount_minor))).one() == amount
        assert session.scalars(select(func.count()).select_from(VisitEvent)).one() == 6
        assert set(session.scalars(select(Visit.summary))) == {"shelf is full again"}
        assert set(session.scalars(select(Visit.checked_out_at >= Visit.checked_in_at))) == {True}
    holds_what_the_server_does(phone, town)


def test_an_order_by_the_price_book_and_its_amendment_come_to_the_servers_cent(
    phone: MelonPhone, town: ServedTown
) -> None:
    open_shop(town.desk("max"), town.world.products, FOURTH_FREE)
    phone.do("sync")
    shop, day = str(town.world.customers["Bakery"].id), {"day": "2026-03-02"}
    wanted = {"product_id": str(town.world.products["coffee"].id), "quantity": 1, "unit": "case"}
    sale = phone.do("sellByBook", customer=shop, wanted=[wanted], more=day)
    half = phone.do(
        "sellByBook",
        customer=shop,
        wanted=[wanted | {"unit": "each", "quantity": 6}],
        more=day | {"amends_id": sale["order"]},
    )
    phone.do("sync")
    with reading(town.engine) as session:
        first, second = (session.get_one(Order, uuid.UUID(each["order"])) for each in (sale, half))
        assert [(str(each.state), each.flags) for each in (first, second)] == [("amended", []), ("placed", [])]
        assert (first.amount_minor, second.amount_minor) == (sale["amount"], half["amount"])
        assert [(line.quantity, line.promotion) for line in second.lines] == [(6, None), (2, "4FOR3")]


def test_the_plain_order_of_synchronize_doubles_nothing_either(phone: MelonPhone, town: ServedTown) -> None:
    [customer, *_] = phone.rows("customers")
    done = phone.do("workAt", customer=customer, sku="coffee", quantity=2)
    phone.do("plainSync")
    phone.do("leave", visit=done["visit"])
    phone.do("plainSync")
    phone.do("plainSync")
    holds_what_the_server_does(phone, town)
    with reading(town.engine) as session:
        assert session.scalars(select(Order.amount_minor)).all() == [done["amount"]]


def test_a_customer_that_is_given_away_leaves_and_takes_no_work_along(phone: MelonPhone, town: ServedTown) -> None:
    bakery = str(town.world.customers["Bakery"].id)
    done = phone.do("workAt", customer=bakery, sku="coffee", quantity=2)
    phone.do("sync")
    phone.do("leave", visit=done["visit"])
    ben = {"rep_id": str(town.world.ben.id)}
    town.desk("max")("PUT", f"/api/v1/customers/{bakery}/owner", json=ben)
    phone.do("sync")
    assert bakery not in phone.rows("customers")
    assert phone.rows("visits") == phone.rows("orders") == phone.rows("payments") == {}
    with reading(town.engine) as session:
        assert session.scalars(select(Visit.summary)).all() == ["shelf is full again"]
    holds_what_the_server_does(phone, town)


def test_an_edit_of_a_customer_that_the_office_edited_too_is_weighed(phone: MelonPhone, town: ServedTown) -> None:
    bakery = str(town.world.customers["Bakery"].id)
    town.desk("max")("PATCH", f"/api/v1/customers/{bakery}", json={"phone": "+302610111111"})
    phone.do("edit", customer=bakery, edits={"phone": "+302610222222", "city": "Patras"})
    assert phone.do("sync")["news"] == []
    row = phone.rows("customers")[bakery]
    assert (row["phone"], row["city"]) == ("+302610111111", "Patras")
    holds_what_the_server_does(phone, town)


def test_a_refused_order_stays_on_the_phone_and_the_rep_hears_why(phone: MelonPhone, town: ServedTown) -> None:
    bakery = str(town.world.customers["Bakery"].id)
    done = phone.do("workAt", customer=bakery, sku="coffee", quantity=2)
    phone.do("change", table="orders", id=done["order"], columns={"currency": "USD"})
    [news] = phone.do("sync")["news"]
    assert (news["table"], news["id"], news["problem"]["code"]) == ("orders", done["order"], "order.wrong_currency")
    assert phone.rows("orders")[done["order"]]["_status"] == "created"
    phone.do("change", table="orders", id=done["order"], columns={"currency": "EUR"})
    assert phone.do("sync")["news"] == []
    holds_what_the_server_does(phone, town)


def test_what_is_not_the_phones_to_write_or_delete_comes_back(phone: MelonPhone, town: ServedTown) -> None:
    [product, other, *_] = phone.rows("products")
    phone.do("change", table="products", id=product, columns={"price_minor": 1})
    phone.do("remove", table="products", id=other)
    assert {each["problem"]["code"] for each in phone.do("sync")["news"]} == {"record.read_only"}
    holds_what_the_server_does(phone, town)


def test_the_outbox_is_emptied_and_a_held_mutation_comes_back_to_it(phone: MelonPhone, town: ServedTown) -> None:
    [customer, *_] = phone.rows("customers")
    done = phone.do("workAt", customer=customer, sku="coffee", quantity=1)
    leaving = {"visit_id": done["visit"], "position": None, "summary": "by the outbox"}
    phone.do("queue", type="visit.check_out", entity={"type": "visit", "id": done["visit"]}, data=leaving)
    unknown = phone.do("queue", type="visit.teleport", entity={"type": "visit", "id": done["visit"]}, data={})
    [news] = phone.do("sync")["news"]
    assert (news["id"], news["status"]) == (unknown, "held")
    assert phone.rows("visits")[done["visit"]]["summary"] == "by the outbox"
    holds_what_the_server_does(phone, town)


def test_after_a_restored_backup_the_phone_loads_afresh_and_keeps_its_work(phone: MelonPhone, town: ServedTown) -> None:
    [customer, *_] = phone.rows("customers")
    phone.do("workAt", customer=customer, sku="coffee", quantity=1)
    with transaction(town.engine) as session:
        new_epoch(session)
    phone.do("sync")
    holds_what_the_server_does(phone, town)
    assert len(phone.rows("orders")) == 1
