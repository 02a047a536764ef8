"""Changes as lines: applied while they come, with the cursor at the very end."""

from __future__ import annotations

import json
from typing import Any

import pytest
import zstandard
from sqlalchemy import update
from worlds.web import Web

from fieldsales.catalog.models import Product
from fieldsales.db.session import transaction

CHANGES = "/sync/v1/changes"
LINES = "application/x-ndjson"


def lines(web: Web, coding: str = "identity", **query: Any) -> list[dict[str, Any]]:
    headers = {"Accept": LINES, "Accept-Encoding": coding}
    answer = web.anna.ask("GET", CHANGES, headers=headers, query_string=query)
    assert answer.status_code == 200, answer.json
    assert answer.mimetype == LINES
    body = answer.data
    if coding == "zstd":
        body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return [json.loads(line) for line in body.decode().splitlines()]


@pytest.mark.parametrize("coding", ["identity", "zstd"])
def test_the_lines_say_what_the_pages_say(web: Web, coding: str) -> None:
    page = web.anna.get(CHANGES).json
    *rows, end = lines(web, coding)
    assert rows == page["changes"]
    assert end["more"] is False
    assert web.anna.get(CHANGES, cursor=end["next_cursor"]).json["changes"] == []


def test_all_pages_come_in_one_answer(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.pull.LARGEST_PAGE", 2)
    *rows, end = lines(web)
    monkeypatch.undo()
    assert rows == web.anna.get(CHANGES).json["changes"]
    assert end["more"] is False
    assert web.anna.get(CHANGES, cursor=end["next_cursor"]).json["changes"] == []


def test_a_limit_makes_lines_a_page_like_any_other(web: Web) -> None:
    *rows, end = lines(web, limit=3)
    assert (len(rows), end["more"]) == (3, True)
    following = lines(web, cursor=end["next_cursor"])
    assert len(rows) + len(following) - 1 == len(web.anna.get(CHANGES).json["changes"])


def test_who_loses_the_end_asks_again_and_loses_nothing(web: Web) -> None:
    """The old cursor tells all of it once more: no line but the last says how far one is."""
    *_, end = lines(web)
    with transaction(web.engine) as session:
        session.execute(update(Product).values(price_minor=Product.price_minor + 1))
    *first, _ = lines(web, cursor=end["next_cursor"])
    *again, _ = lines(web, cursor=end["next_cursor"])  # its end may be further on: others of the server wrote meanwhile
    assert not any("next_cursor" in row for row in first)
    assert again == first
    assert len(first) == 4


def test_a_cursor_that_is_none_is_a_problem_and_no_line(web: Web) -> None:
    answer = web.anna.ask("GET", CHANGES, headers={"Accept": LINES}, query_string={"cursor": "garbage"})
    assert (answer.status_code, answer.json["code"]) == (422, "sync.cursor_invalid")


def test_an_answer_that_is_not_read_to_its_end_gives_its_snapshot_back(web: Web) -> None:
    pool: Any = web.engine.pool
    before = pool.checkedout()
    answer = web.anna.ask("GET", CHANGES, headers={"Accept": LINES}, buffered=False)
    answer.close()
    assert pool.checkedout() == before


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html"])
def test_whoever_does_not_ask_for_lines_gets_json(small_web: Web, accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = small_web.anna.ask("GET", CHANGES, headers=headers)
    assert answer.mimetype == "application/json"
    assert "Accept" in answer.headers["Vary"]
