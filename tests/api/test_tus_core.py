"""tus 1.0.0 sentence by sentence, over a real socket: https://tus.io/protocols/resumable-upload

Each test is one row: what the protocol says a server MUST do (in a few places SHOULD), and a request that shows it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import requests
from worlds.tus_bench import Bench, Rows
from worlds.tus_phone import BYTES, FILES

MB = 1024 * 1024

ROWS = Rows()
must = ROWS.must


# -- core: headers --------------------------------------------------------------------------------------------


@must("The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests.")
def every_answer_names_the_version(b: Bench) -> None:
    place, _ = b.upload()
    answers = [
        b.phone.ask("HEAD", place),
        b.phone.ask("GET", place),
        b.phone.ask("POST", FILES),
        b.phone.ask("HEAD", f"{FILES}/{uuid.uuid4()}"),
        b.phone.ask("HEAD", f"{FILES}/nonsense"),
        b.phone.ask("HEAD", place, {"Authorization": "Bearer none"}),
        b.phone.send(place, 5, b"x"),
    ]
    assert [answer.headers.get("Tus-Resumable") for answer in answers] == ["1.0.0"] * len(answers)


@must("If the version is not supported, it MUST respond with 412 and MUST include Tus-Version; it MUST NOT process it.")
def another_version_is_refused(b: Bench) -> None:
    place, picture = b.upload()
    for version in ("0.2.2", "2.0.0", None):
        answer = b.phone.send(place, 0, picture, {"Tus-Resumable": version})  # type: ignore[dict-item]
        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert b.offset(place) == 0


@must("Upload-Offset MUST be a non-negative integer.")
def offsets_are_numbers(b: Bench) -> None:
    place, picture = b.upload()
    for wrong in ("-1", "x", "", "1.5", "0x1"):
        assert b.phone.send(place, 0, picture, {"Upload-Offset": wrong}).status_code == 400
    assert b.offset(place) == 0


@must("Upload-Length MUST be a non-negative integer.")
def lengths_are_numbers(b: Bench) -> None:
    photo_id, _ = b.photo()
    for wrong in ("-1", "x", "1e3"):
        assert b.phone.begin(photo_id, 1, {"Upload-Length": wrong}).status_code == 400


@must("X-HTTP-Method-Override MUST be interpreted as the request's method; the actual method MUST be ignored.")
def the_method_may_be_overridden(b: Bench) -> None:
    place, picture = b.upload()
    assert b.phone.ask("POST", place, {"X-HTTP-Method-Override": "HEAD"}).headers["Upload-Offset"] == "0"
    nowhere = place[:-36] + "00000000-0000-7000-8000-000000000000"
    missing = b.phone.ask("POST", nowhere, {"X-HTTP-Method-Override": "HEAD"})
    assert (missing.status_code, missing.headers["Content-Length"]) == (404, "0")
    told = {**BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    for actual in ("POST", "PUT"):
        assert b.phone.ask(actual, place, told, data=b"").status_code == 204
    assert b.phone.ask("POST", place, told, data=picture[:7]).headers["Upload-Offset"] == "7"
    assert b.phone.ask("PATCH", place, {"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert b.phone.ask("HEAD", place).status_code == 404


# -- core: requests -------------------------------------------------------------------------------------------


@must("The Server MUST always include Upload-Offset for HEAD, even if it is 0, or the upload is completed.")
def head_always_tells_the_offset(b: Bench) -> None:
    place, picture = b.upload()
    assert b.offset(place) == 0
    b.phone.send(place, 0, picture[:100])
    assert b.offset(place) == 100
    b.phone.send(place, 100, picture[100:])
    assert b.offset(place) == len(picture)


@must("If the size of the upload is known, the Server MUST include Upload-Length in the answer to HEAD.")
def head_tells_the_length(b: Bench) -> None:
    place, picture = b.upload()
    assert b.phone.ask("HEAD", place).headers["Upload-Length"] == str(len(picture))


@must("If the resource is not found, the Server SHOULD return 404, 410 or 403 without Upload-Offset.")
def head_of_nothing(b: Bench) -> None:
    answer = b.phone.ask("HEAD", f"{FILES}/{uuid.uuid4()}")
    assert (answer.status_code, "Upload-Offset" in answer.headers) == (404, False)


@must("The Server MUST prevent caching of HEAD answers by Cache-Control: no-store.")
def head_is_not_cached(b: Bench) -> None:
    place, _ = b.upload()
    assert b.phone.ask("HEAD", place).headers["Cache-Control"] == "no-store"


@must("All PATCH requests MUST use application/offset+octet-stream, otherwise 415.")
def bytes_have_their_type(b: Bench) -> None:
    place, picture = b.upload()
    for wrong in ("application/octet-stream", "image/jpeg", ""):
        assert b.phone.send(place, 0, picture, {"Content-Type": wrong}).status_code == 415
    assert b.offset(place) == 0


@must("If the offsets do not match, the Server MUST respond with 409 without modifying the upload.")
def another_offset_is_a_conflict(b: Bench) -> None:
    place, picture = b.upload()
    b.phone.send(place, 0, picture[:100])
    for wrong in (0, 99, 101, len(picture)):
        assert b.phone.send(place, wrong, picture[100:]).status_code == 409
    assert b.offset(place) == 100


@must("PATCH MUST be acknowledged with 204 and the new Upload-Offset: the old one and the bytes received.")
def bytes_are_acknowledged(b: Bench) -> None:
    place, picture = b.upload()
    at = 0
    for size in (1, 0, 999, len(picture)):
        answer = b.phone.send(place, at, picture[at : at + size])
        at = min(at + size, len(picture))
        assert (answer.status_code, answer.headers["Upload-Offset"], answer.content) == (204, str(at), b"")


@must("A PATCH to a resource that is not there SHOULD be answered with 404.")
def bytes_for_nothing(b: Bench) -> None:
    assert b.phone.send(f"{FILES}/{uuid.uuid4()}", 0, b"x").status_code == 404


@must("A successful OPTIONS has 204 or 200 and MUST contain Tus-Version.")
def what_the_server_can(b: Bench) -> None:
    answer = requests.options(b.phone.base + FILES, timeout=10)
    assert (answer.status_code, answer.headers["Tus-Version"]) == (204, "1.0.0")


@must("For OPTIONS the Server MUST ignore Tus-Resumable.")
def anybody_may_ask(b: Bench) -> None:
    answer = requests.options(b.phone.base + FILES, headers={"Tus-Resumable": "9.9.9"}, timeout=10)
    assert answer.status_code == 204


@must("Tus-Extension MUST be a comma-separated list; Tus-Max-Size MUST be a non-negative integer.")
def extensions_are_listed(b: Bench) -> None:
    told = requests.options(b.phone.base + FILES, timeout=10).headers
    offered = {"creation", "creation-with-upload", "checksum", "expiration", "termination"}
    assert set(told["Tus-Extension"].split(",")) == offered
    assert told["Tus-Max-Size"] == str(25 * MB)


@must("(HTTP) The bytes may come in chunks, without a Content-Length.")
def bytes_may_come_in_chunks(b: Bench) -> None:
    def chunks() -> Iterator[bytes]:
        yield picture[:50]
        yield picture[50:]

    place, picture = b.upload()
    answer = b.phone.send(place, 0, chunks())  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(picture)))


@pytest.mark.parametrize("sentence", ROWS)
def test_tus(sentence: str, bench: Bench) -> None:
    ROWS[sentence](bench)
