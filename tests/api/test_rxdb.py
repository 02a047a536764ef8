"""RxDB's endpoints, as HTTP tells them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from worlds.web import Web

from fieldsales.changes.service import new_epoch
from fieldsales.db.session import transaction
from sync.faces.rxdb.collections import COLLECTIONS

RXDB = "/sync/v1/rxdb"


def note(web: Web, text: str = "Ask for the owner.", **more: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "customer_id": str(web.customers["Bakery"]), "text": text} | more


def row(document: dict[str, Any], assumed: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"newDocumentState": document} | ({"assumedMasterState": assumed} if assumed else {})


def test_a_collection_is_pulled_with_the_checkpoint_of_the_last_time(web: Web) -> None:
    first = web.anna.get(f"{RXDB}/products/pull", limit=3).json
    rest = web.anna.get(f"{RXDB}/products/pull", limit=3, checkpoint=first["checkpoint"]["cursor"]).json
    assert sorted(each["sku"] for each in first["documents"] + rest["documents"]) == ["coffee", "rice", "soap", "water"]
    assert {each["_deleted"] for each in first["documents"]} == {False}
    again = web.anna.get(f"{RXDB}/products/pull", checkpoint=rest["checkpoint"]["cursor"]).json
    assert again["documents"] == []


def test_what_is_pushed_is_pulled_by_the_other_phone_and_sent_again_changes_nothing(web: Web) -> None:
    told = [row(note(web)), row(note(web, text=""))]
    for _ in range(2):
        answer = web.anna.post(f"{RXDB}/notes/push", told)
        assert (answer.status_code, answer.json[-1]) == (
            200,
            {"id": told[1]["newDocumentState"]["id"], "_deleted": True},
        )
    pulled = web.log_in("anna", "tablet").get(f"{RXDB}/notes/pull").json["documents"]
    assert [each["text"] for each in pulled if not each["_deleted"]] == ["Ask for the owner."]


def test_the_phones_clock_counts_if_it_tells_it(web: Web) -> None:
    told = [row(note(web, noted_at="2026-03-02T14:00:00+02:00"))]
    assert web.anna.ask("POST", f"{RXDB}/notes/push?sent_at=2026-03-02T15:00:00%2B02:00", told).json == []
    (pulled,) = web.anna.get(f"{RXDB}/notes/pull").json["documents"]
    assert pulled["noted_at"] == "2026-03-02T11:00:00+00:00"
    assert "clock_skew" in pulled["flags"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "sync.rows_invalid"),
        ([{}], 422, "sync.rows_invalid"),
        ([{"newDocumentState": {}}], 422, "sync.rows_invalid"),
        ([{"newDocumentState": {"id": 7}}], 422, "sync.rows_invalid"),
        ([{"newDocumentState": {"id": "x"}}] * 501, 413, "sync.batch_too_large"),
    ],
)
def test_what_are_no_rows_is_refused_whole(small_web: Web, body: Any, status: int, code: str) -> None:
    answer = small_web.anna.post(f"{RXDB}/notes/push", body)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_database_that_stumbles_has_the_rows_sent_again(small_web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_args: Any, **_options: Any) -> None:
        raise OperationalError("locked", None, Exception("stumbled"))

    told = [row(note(small_web))]
    with monkeypatch.context() as patch:
        patch.setattr("sync.handlers.notes.service.add_note", stumble)
        answer = small_web.anna.post(f"{RXDB}/notes/push", told)
        assert (answer.status_code, answer.json["code"]) == (503, "sync.send_again")
    assert small_web.anna.post(f"{RXDB}/notes/push", told).json == []
    assert len(small_web.anna.get(f"{RXDB}/notes/pull").json["documents"]) == 1


def test_after_a_backup_was_restored_a_checkpoint_is_gone(small_web: Web) -> None:
    cursor = small_web.anna.get(f"{RXDB}/products/pull").json["checkpoint"]["cursor"]
    with transaction(small_web.engine) as session:
        new_epoch(session)
    answer = small_web.anna.get(f"{RXDB}/products/pull", checkpoint=cursor)
    assert (answer.status_code, answer.json["code"]) == (410, "sync.cursor_expired")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_collection_has_a_schema(small_web: Web, collection: str) -> None:
    schema = small_web.anna.get(f"{RXDB}/{collection}/schema").json
    assert (schema["title"], schema["primaryKey"], schema["required"]) == (collection, "id", ["id"])


@pytest.mark.parametrize("what", ["schema", "pull", "stream"])
def test_there_is_no_other_collection(small_web: Web, what: str) -> None:
    answer = small_web.anna.get(f"{RXDB}/vans/{what}")
    assert (answer.status_code, answer.json["code"]) == (404, "sync.collection_unknown")
