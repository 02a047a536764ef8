"""What is broken, too much or unlucky in a push of WatermelonDB spoils nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from worlds.answers import count
from worlds.watermelon import AT, Melon, take_order
from worlds.web import Web

from fieldsales.notes.models import Note
from fieldsales.orders.models import Order
from sync.faces.watermelon.pushing import PART
from sync.faces.watermelon.tables import TABLES


def test_another_device_than_the_one_that_is_logged_in_is_refused(web: Web, melon: Melon) -> None:
    take_order(web, melon)
    body = {"changes": melon.changes(), "meta": {"device_id": "another"}}
    reply = web.anna.post("/sync/v1/watermelon", body)
    assert (reply.status_code, reply.json["code"]) == (403, "sync.wrong_device")
    assert count(web.engine, Order) == 0


def test_more_records_than_one_transaction_takes_are_all_done(small_web: Web) -> None:
    melon = Melon(small_web.anna)
    melon.pull()
    for number in range(2 * PART + 1):
        melon.put("notes", text=f"note {number}", customer_id=str(small_web.customers["Bakery"]), stamp=AT)
    melon.sync()
    assert melon.unsent() == set()
    assert count(small_web.engine, Note) == 2 * PART + 1


def test_what_a_stumbling_database_could_not_do_stays_unsent(small_web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    melon = Melon(small_web.anna)
    melon.pull()
    visit, order = take_order(small_web, melon)
    with monkeypatch.context() as patch:
        patch.setattr("fieldsales.visits.service.check_in", _stumble)
        patch.setattr("fieldsales.orders.service.place_order", _stumble)
        melon.sync()
    assert {each["status"] for each in melon.answer["results"]} == {"retry"}
    assert melon.unsent() == {visit, order}
    melon.sync()
    assert melon.unsent() == set()
    assert count(small_web.engine, Order) == 1


def _stumble(*_args: Any) -> None:
    raise OperationalError("INSERT", {}, Exception("disk I/O error"))


@pytest.mark.parametrize(
    "changes",
    [None, [], {"visits": []}, {"visits": {"created": {}}}, {"visits": {"created": [1]}}],
)
def test_what_is_no_change_of_the_library_is_refused_whole(web: Web, changes: Any) -> None:
    reply = web.anna.post("/sync/v1/watermelon", {"changes": changes})
    assert (reply.status_code, reply.json["code"]) == (422, "sync.changes_invalid")


BROKEN: tuple[dict[str, Any], ...] = (
    {},
    {"id": None},
    {"id": 5},
    {"id": "abc"},
    {"id": "x\ud800"},
    {"lines": "[" * 5000},
    {"lines": '[7, {"product_id": []}]', "kind": 7},
    {"check_in": "no json"},
    {"check_in": "[[[[]]]]", "check_out": "{}"},
    {"check_in": '{"wall": 5, "position": 7}'},
    {"customer_id": "\u0000"},
    {"stamp": "9"},
    {"taken_at": 1e300, "type": 4, "entity": "[]"},
)


@pytest.mark.parametrize("table", [*TABLES, "unknown"])
def test_no_record_breaks_a_push(small_web: Web, table: str) -> None:
    melon = Melon(small_web.anna)
    kept = melon.put("notes", text="kept", customer_id=str(small_web.customers["Bakery"]), stamp=AT)
    for raw in BROKEN:
        melon.put(table, **raw)
    before = melon.push(lost=True)
    melon.push()
    assert {each["id"]: each["status"] for each in melon.answer["results"]}[kept] in ("applied", "held")
    assert [each["status"] for each in before["results"]] == [each["status"] for each in melon.answer["results"]]
    for identity in {*melon.tables[table]} - {kept}:
        melon.change(table, identity, **BROKEN[6])
    melon.push()
