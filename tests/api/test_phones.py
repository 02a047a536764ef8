"""The phone's protocol over HTTP: what it sends is answered for good, what changed comes down, bytes resume."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from typing import Any

import pytest
from sqlalchemy import Engine
from werkzeug.test import TestResponse
from worlds import web as webs
from worlds.phone import TestPhone
from worlds.pictures import jpeg
from worlds.web import Caller, Web

from fieldsales.db.base import new_id
from sync.batch import Phone

PICTURE = jpeg(1, (240, 180))
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def web(engine: Engine, tmp_path: Any) -> Web:
    """The town, which keeps photos in a folder of the test's own."""
    return webs.build(engine, data_dir=tmp_path / "data", max_upload_mb=1)


def app_of(web: Web, login: str) -> TestPhone:
    """The app on the phone of somebody who is logged in."""
    tokens = getattr(web, login).tokens
    return TestPhone(Phone(web.people[login], tokens.device_id), f"phone-of-{login}", web.now)


def push(caller: Caller, app: TestPhone, **more: Any) -> TestResponse:
    return caller.post("/sync/v1/mutations", app.body(**more))


def test_a_batch_is_answered_once_and_for_ever(web: Web) -> None:
    app = app_of(web, "anna")
    app.check_in(web.customers["Bakery"])
    first = push(web.anna, app)
    assert (first.status_code, first.mimetype) == (200, "application/json")
    [result] = first.json["results"]
    assert (result["status"], result["replayed"], result["id"]) == ("applied", False, app.queue[0]["id"])
    [again] = push(web.anna, app).json["results"]
    assert again == result | {"replayed": True}
    told = web.anna.get(f"/sync/v1/mutations/{result['id']}").json
    assert told == again
    assert web.ben.get(f"/sync/v1/mutations/{result['id']}").json["code"] == "mutation.not_found"


def test_one_bad_mutation_spoils_nothing_not_even_with_nan(web: Web) -> None:
    app = app_of(web, "anna")
    app.do("visit.check_in", ("visit", new_id()), {"customer_id": "nonsense"})
    app.do("visit.dance", ("visit", new_id()), {"steps": float("nan")})
    app.do("visit.dance", ("visit", new_id()), {"name": "\x00"})
    app.check_in(web.customers["Corner"])
    raw = json.dumps(app.body())
    assert "NaN" in raw
    answer = web.anna.ask("POST", "/sync/v1/mutations", data=raw, content_type="application/json")
    assert answer.status_code == 200
    assert [each["status"] for each in answer.json["results"]] == ["rejected", "rejected", "rejected", "applied"]


def test_changes_come_along_when_wanted(web: Web) -> None:
    app = app_of(web, "anna")
    app.check_in(web.customers["Bakery"])
    told = push(web.anna, app, want_changes=True).json
    assert {row["entity"] for row in told["changes"]["changes"]} >= {"customer", "visit", "product"}
    lost = push(web.anna, app, want_changes=True, cursor="nonsense").json
    assert (lost["changes"], lost["changes_problem"]["code"]) == (None, "sync.cursor_invalid")


def test_changes_are_read_page_by_page_and_then_only_what_is_new(web: Web) -> None:
    seen, cursor, more = [], {}, True
    while more:
        page = web.anna.get("/sync/v1/changes", limit=3, **cursor).json
        seen += [(row["entity"], row["id"]) for row in page["changes"]]
        cursor, more = {"cursor": page["next_cursor"]}, page["more"]
    customers = {identity for entity, identity in seen if entity == "customer"}
    assert customers == {str(web.customers[name]) for name in ("Bakery", "Corner", "Dairy")}
    assert len(seen) == len(set(seen))
    web.sara.patch(f"/api/v1/customers/{web.customers['Bakery']}", {"category": "kiosk"})
    [row] = web.anna.get("/sync/v1/changes", **cursor).json["changes"]
    assert (row["op"], row["document"]["category"]) == ("upsert", "kiosk")
    assert web.anna.get("/sync/v1/changes", cursor="nonsense").json["code"] == "sync.cursor_invalid"
    of_another = web.ben.get("/sync/v1/changes", **cursor)
    assert (of_another.status_code, of_another.json["code"]) == (410, "sync.cursor_expired")


def test_a_batch_of_another_device_or_shape_is_refused_whole(web: Web) -> None:
    app = app_of(web, "anna")
    app.installation = "somebody else's"
    assert push(web.anna, app).json["code"] == "sync.wrong_device"
    assert web.anna.post("/sync/v1/mutations", {}).json["code"] == "sync.batch_invalid"
    assert web.anna.ask("POST", "/sync/v1/mutations", data=b"{").json["code"] == "request.content_type"


# -- photo bytes ----------------------------------------------------------------------------------------------


def announce(web: Web, picture: bytes = PICTURE) -> str:
    """Send the mutations that announce a photo; return its id."""
    app = app_of(web, "anna")
    visit = app.check_in(web.customers["Bakery"])["data"]["visit_id"]
    photo = app.photo(visit, hashlib.sha256(picture).hexdigest(), len(picture))["data"]["photo_id"]
    assert {each["status"] for each in push(web.anna, app).json["results"]} == {"applied"}
    return str(photo)


def create(web: Web, photo: str, length: int = len(PICTURE), **more: Any) -> TestResponse:
    metadata = "photo_id " + base64.b64encode(photo.encode()).decode()
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata, **more.pop("headers", {})}
    return web.anna.ask("POST", "/sync/v1/files", headers=headers, **more)


def send(web: Web, place: str, offset: int, piece: bytes, **more: str) -> TestResponse:
    headers = {**TUS, **BYTES, "Upload-Offset": str(offset), **more}
    return web.anna.ask("PATCH", place, headers=headers, data=piece)


def offset_at(web: Web, place: str) -> int:
    answer = web.anna.ask("HEAD", place, headers=TUS)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Upload-Length"] == str(len(PICTURE))
    return int(answer.headers["Upload-Offset"])


def test_what_tus_asks_of_every_answer(web: Web) -> None:
    client = web.app.test_client()
    can = client.options("/sync/v1/files")
    assert (can.status_code, can.headers["Tus-Version"], can.headers["Tus-Max-Size"]) == (204, "1.0.0", str(1 << 20))
    assert "creation" in can.headers["Tus-Extension"]
    for answer in (can, client.post("/sync/v1/files"), web.anna.post("/sync/v1/files")):
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    other = web.anna.ask("POST", "/sync/v1/files", headers={"Tus-Resumable": "0.2.2"})
    assert (other.status_code, other.json["code"], other.headers["Tus-Version"]) == (412, "upload.tus_version", "1.0.0")


def test_a_photo_arrives_in_pieces_and_resumes_where_it_stopped(web: Web) -> None:
    photo = announce(web)
    made = create(web, photo)
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, "0")
    place = made.headers["Location"]
    first = send(web, place, 0, PICTURE[:4000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "4000")
    assert "Upload-Expires" in first.headers
    wrong = send(web, place, 0, PICTURE[:10])
    assert (wrong.status_code, wrong.json["code"]) == (409, "upload.offset_mismatch")
    assert offset_at(web, place) == 4000
    assert send(web, place, 4000, PICTURE[4000:]).headers["Upload-Offset"] == str(len(PICTURE))
    assert create(web, photo).headers["Upload-Offset"] == str(len(PICTURE)), "known bytes are not sent again"
    visits = [row["document"] for row in web.anna.get("/sync/v1/changes").json["changes"] if row["entity"] == "visit"]
    assert visits[0]["photos"][0]["stored_at"]


def test_the_first_bytes_may_come_along(web: Web) -> None:
    made = create(web, announce(web), headers=BYTES, data=PICTURE)
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, str(len(PICTURE)))


def test_damaged_bytes_are_thrown_away_and_can_be_sent_again(web: Web) -> None:
    place = create(web, announce(web)).headers["Location"]
    promised = "sha1 " + base64.b64encode(hashlib.sha1(PICTURE).digest()).decode()
    damaged = send(web, place, 0, PICTURE[:-1] + b"x", **{"Upload-Checksum": promised})
    assert (damaged.status_code, damaged.json["code"]) == (460, "upload.checksum_mismatch")
    assert offset_at(web, place) == 0
    assert send(web, place, 0, PICTURE, **{"Upload-Checksum": promised}).status_code == 204
    unknown = send(web, place, 0, PICTURE, **{"Upload-Checksum": "crc32 AAAA"})
    assert (unknown.status_code, unknown.json["code"]) == (400, "upload.checksum_unknown")


def test_clients_that_can_only_post_name_the_method(web: Web) -> None:
    place = create(web, announce(web)).headers["Location"]
    headers = {**TUS, **BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert web.anna.ask("POST", place, headers=headers, data=PICTURE).status_code == 204
    sneaky = {"X-HTTP-Method-Override": "DELETE"}
    kept = web.max.ask("POST", f"/api/v1/customers/{web.customers['Bakery']}/key-account", headers=sneaky)
    assert kept.status_code == 415, "elsewhere a POST stays a POST"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": "many"}, 400, "upload.bad_header"),
        ({"Upload-Length": "-1"}, 400, "upload.bad_header"),
        ({"Upload-Length": "²"}, 400, "upload.bad_header"),
        ({"Upload-Metadata": "photo_id"}, 400, "upload.bad_header"),
        ({"Upload-Metadata": "photo_id %%%"}, 400, "upload.bad_header"),
        ({"Upload-Length": str(2 << 20)}, 413, "upload.too_large"),
        ({"Upload-Length": "5"}, 422, "upload.size_mismatch"),
    ],
)
def test_headers_that_are_wrong_are_told_by_name(web: Web, headers: dict[str, str], status: int, code: str) -> None:
    answer = create(web, announce(web), headers=headers)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_uploads_are_ones_own_and_can_be_thrown_away(web: Web) -> None:
    place = create(web, announce(web)).headers["Location"]
    assert web.ben.ask("HEAD", place, headers=TUS).status_code == 404
    assert web.ben.ask("DELETE", place, headers=TUS).status_code == 404
    wrong_type = web.anna.ask(
        "PATCH", place, headers={**TUS, "Upload-Offset": "0"}, data=b"x", content_type="text/plain"
    )
    assert wrong_type.json["code"] == "request.content_type"
    assert web.anna.ask("DELETE", place, headers=TUS).status_code == 204
    assert web.anna.ask("HEAD", place, headers=TUS).status_code == 404
    assert create(web, str(uuid.uuid4())).json["code"] == "photo.not_found"
    assert send(web, place, 0, b"x" * ((1 << 20) + 1)).status_code in (404, 413)
