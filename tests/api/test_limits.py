"""A phone reads what the server takes, and all of it is so."""

from __future__ import annotations

from worlds import web as webs
from worlds.web import Web

from api.packing.codings import CODINGS
from sync.handlers.registry import HANDLERS


def test_the_limits_are_told(small_web: Web) -> None:
    told = small_web.anna.get("/sync/v1").json
    assert told["schemas"] == [1]
    assert told["mutations"]["most_in_a_batch"] == 500
    assert {(each["type"], each["v"]) for each in told["mutations"]["types"]} == set(HANDLERS)
    assert told["body"]["encodings"] == [*CODINGS, "identity"]
    assert told["changes"]["largest_page"] == 2000


def test_the_operators_settings_are_among_them(sqlite_engine) -> None:  # type: ignore[no-untyped-def]
    told = webs.build(sqlite_engine, max_body_mb=3, max_upload_mb=4).anna.get("/sync/v1").json
    assert (told["body"]["most_bytes"], told["files"]["most_bytes"]) == (3 * 2**20, 4 * 2**20)
