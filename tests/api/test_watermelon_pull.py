"""Apps with WatermelonDB pull: tables that fit, deletions, numbers to come back with."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import select
from worlds.watermelon import AT, Melon, take_order
from worlds.web import Web

from fieldsales.changes.service import new_epoch
from fieldsales.db.session import reading, transaction
from sync.faces.watermelon.tables import TABLES
from sync.models import DeviceHealth


def test_a_first_pull_names_every_table_and_fits_its_columns(web: Web) -> None:
    melon = Melon(web.anna)
    told = melon.pull()
    assert told["changes"].keys() == TABLES.keys()
    assert {each["name"] for each in told["changes"]["customers"]["updated"]} == {"Bakery", "Corner", "Dairy"}
    kinds = {"string": str, "number": int | float, "boolean": bool}
    for name, found in told["changes"].items():
        assert found["created"] == found["deleted"] == []
        columns = {each.name: kinds[each.type] for each in TABLES[name].columns}
        for raw in found["updated"]:
            assert all(value is None or isinstance(value, columns[key]) for key, value in raw.items() if key != "id")


def test_what_a_phone_may_not_write_comes_back_as_it_is(web: Web, melon: Melon) -> None:
    product = str(web.products["water"])
    melon.change("products", product, price_minor=1)
    melon.push()
    [refused] = melon.answer["results"]
    assert (refused["status"], refused["problem"]["code"], refused["stays"]) == ("rejected", "record.read_only", False)
    assert melon.get("products", product)["price_minor"] == 1
    melon.pull()
    assert melon.get("products", product)["price_minor"] == 50


def test_what_a_phone_may_not_delete_comes_back(web: Web, melon: Melon) -> None:
    customer = str(web.customers["Bakery"])
    melon.delete("customers", customer)
    melon.delete("notes", "never-sent")
    melon.push()
    assert {each["id"]: each["status"] for each in melon.answer["results"]} == {
        customer: "rejected",
        "never-sent": "applied",
    }
    melon.pull()
    assert melon.get("customers", customer)["name"] == "Bakery"
    assert melon.unsent() == set()


def test_a_held_record_is_taken_back_when_it_is_refused_in_the_end(web: Web, melon: Melon) -> None:
    _, order = take_order(web, melon)
    melon.change(
        "orders", order, lines=[{"product_id": str(web.products["water"]), "quantity": 1, "unit_price_minor": 1}]
    )
    melon.change("orders", order, amount_minor=1)
    melon.sync()
    [held] = [each for each in melon.answer["results"] if each["id"] == order]
    assert (held["status"], held["stays"]) == ("held", False)
    [fate] = melon.tables["mutations"]
    reply = web.sara.post(f"/sync/v1/review/{fate}", {"action": "discard", "reason": "A slip."})
    assert reply.status_code == 200, reply.text
    melon.pull()
    assert order not in melon.tables["orders"]
    assert melon.get("mutations", fate)["status"] == "rejected"


def test_the_server_may_be_restored_from_a_backup(web: Web, melon: Melon) -> None:
    _, order = take_order(web, melon)
    with transaction(web.engine) as session:
        new_epoch(session)
    assert melon.caller.get("/sync/v1/watermelon", last_pulled_at=melon.last_pulled_at).status_code == 410
    melon.pull()
    assert order in melon.tables["orders"]
    melon.sync()
    assert melon.unsent() == set()


def test_a_timestamp_of_somebody_else_is_worthless(web: Web, melon: Melon) -> None:
    ben = Melon(web.ben, last_pulled_at=melon.last_pulled_at)
    reply = ben.caller.get("/sync/v1/watermelon", last_pulled_at=ben.last_pulled_at)
    assert (reply.status_code, reply.json["code"]) == (410, "sync.cursor_expired")


def test_a_timestamp_is_a_number_that_javascript_keeps(melon: Melon) -> None:
    assert 0 < (melon.last_pulled_at or 0) < 2**53
    before = melon.last_pulled_at or 0
    assert melon.pull()["timestamp"] >= before


def test_its_device_is_seen_and_its_app_hears_how_it_stands(web: Web, melon: Melon) -> None:
    take_order(web, melon)
    assert melon.push(app_version="2.0.0", sent=AT)["app"]["status"] == "current"
    web.now += timedelta(hours=1)
    assert melon.pull()["app"]["status"] == "current"
    with reading(web.engine) as session:
        [health] = session.scalars(select(DeviceHealth))
    assert health.pushed_at
    assert health.cursor_tx
    assert health.boot_id == "b"


def test_tables_that_an_update_of_the_app_brought_are_told_whole(melon: Melon) -> None:
    assert melon.pull()["changes"] == {}
    migration = {"from": 1, "tables": ["products"], "columns": [{"table": "own", "columns": ["x"]}]}
    told = melon.pull(migration=json.dumps(migration), schema_version=2)
    assert {name: len(each["updated"]) for name, each in told["changes"].items()} == {"products": 4}


def test_a_customer_that_is_left_takes_its_photos_along(web: Web, melon: Melon) -> None:
    visit, _ = take_order(web, melon)
    photo = melon.put(
        "photos",
        visit_id=visit,
        kind="shelf",
        sha256="ab" * 32,
        size_bytes=1000,
        content_type="image/png",
        stamp=AT,
    )
    melon.sync()
    assert melon.get("photos", photo)["taken_at"]
    given = {"rep_id": str(web.people["ben"])}
    reply = web.max.put(f"/api/v1/customers/{web.customers['Bakery']}/owner", given)
    assert reply.status_code < 300, reply.text
    melon.pull()
    assert photo not in melon.tables["photos"]
    assert visit not in melon.tables["visits"]
