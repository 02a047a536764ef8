"""The first load over HTTP: packed once, unchanged by its tag, and only for those who may."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import zstandard
from sqlalchemy import update
from werkzeug.test import TestResponse
from worlds.first_load import documents_of
from worlds.web import Caller, Web

from api.packing.shelf import Shelf
from fieldsales.catalog.models import Product
from fieldsales.db.session import transaction

BOOTSTRAP = "/sync/v1/bootstrap"


def ask(caller: Caller, path: str, coding: str = "zstd", **headers: str) -> TestResponse:
    return caller.ask("GET", path, headers={"Accept-Encoding": coding} | headers)


def read(answer: TestResponse) -> Any:
    packed = answer.headers.get("Content-Encoding") == "zstd"
    return json.loads(zstandard.ZstdDecompressor().decompress(answer.data) if packed else answer.data)


@pytest.mark.parametrize("coding", ["zstd", "identity"])
def test_all_parts_and_a_pull_are_the_scope(web: Web, coding: str) -> None:
    manifest = read(ask(web.anna, BOOTSTRAP, coding))
    store = {}
    for entry in manifest["parts"]:
        answer = ask(web.anna, entry["url"], coding)
        assert answer.headers["ETag"] == entry["etag"]
        found = documents_of(read(answer))
        assert len(found) == entry["rows"]
        store |= found
    whole = web.anna.get("/sync/v1/changes").json["changes"]
    assert store == {(row["entity"], uuid.UUID(row["id"])): row["document"] for row in whole}
    assert web.anna.get("/sync/v1/changes", cursor=manifest["cursor"]).json["changes"] == []


def test_a_part_that_did_not_change_is_not_sent_again(web: Web) -> None:
    first = ask(web.anna, f"{BOOTSTRAP}/catalogue")
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = ask(web.anna, f"{BOOTSTRAP}/catalogue", **{"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Vary"] == "Accept-Encoding"
    with transaction(web.engine) as session:
        session.execute(update(Product).values(price_minor=Product.price_minor + 1))
    assert ask(web.anna, f"{BOOTSTRAP}/catalogue", **{"If-None-Match": tag}).status_code == 200


def test_other_bytes_have_another_tag(small_web: Web) -> None:
    tags = {coding: ask(small_web.anna, f"{BOOTSTRAP}/mine", coding).headers["ETag"] for coding in ("zstd", "gzip", "")}
    assert len(set(tags.values())) == 3
    plain = ask(small_web.anna, f"{BOOTSTRAP}/mine", "", **{"If-None-Match": tags["zstd"]})
    assert plain.status_code == 200


def test_a_part_is_packed_once_and_then_its_length_is_known(small_web: Web) -> None:
    assert not any("bytes" in each for each in read(ask(small_web.anna, BOOTSTRAP))["parts"])
    sent = ask(small_web.anna, f"{BOOTSTRAP}/catalogue").data
    entry = read(ask(small_web.ben, BOOTSTRAP))["parts"][0]
    assert (entry["name"], entry["bytes"]) == ("catalogue", len(sent))
    assert ask(small_web.ben, entry["url"]).data == sent


def test_proxies_may_keep_only_what_everybody_holds_and_must_ask_each_time(small_web: Web) -> None:
    assert ask(small_web.anna, f"{BOOTSTRAP}/catalogue").headers["Cache-Control"] == "public, no-cache"
    assert ask(small_web.anna, f"{BOOTSTRAP}/mine").headers["Cache-Control"] == "private, no-cache"
    tag = ask(small_web.anna, f"{BOOTSTRAP}/catalogue").headers["ETag"]
    stranger = small_web.app.test_client().get(f"{BOOTSTRAP}/catalogue", headers={"If-None-Match": tag})
    assert stranger.status_code == 401


def test_head_tells_what_get_would(small_web: Web) -> None:
    get = ask(small_web.anna, f"{BOOTSTRAP}/mine")
    head = small_web.anna.ask("HEAD", f"{BOOTSTRAP}/mine", headers={"Accept-Encoding": "zstd"})
    assert head.data == b""
    for name in ("ETag", "Content-Length", "Content-Encoding", "Vary"):
        assert head.headers[name] == get.headers[name]


def test_a_part_of_no_manifest_is_not_found(small_web: Web) -> None:
    answer = ask(small_web.anna, f"{BOOTSTRAP}/everything")
    assert (answer.status_code, answer.json["code"]) == (404, "sync.part_unknown")


def test_a_shelf_keeps_what_was_asked_for_last_and_no_more_than_it_has_room_for() -> None:
    shelf = Shelf(room=40)
    for name in "abcd":
        shelf.put(name, bytes(10))
    shelf.get("a")
    shelf.put("e", bytes(10))
    shelf.put("huge", bytes(11))
    assert [name for name in ("a", "b", "c", "d", "e", "huge") if shelf.get(name)] == ["a", "c", "d", "e"]
