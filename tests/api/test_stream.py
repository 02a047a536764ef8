"""Streams of news, as HTTP tells them."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from worlds import web as webs
from worlds.web import Web

from api.sync.stream import end_streams_on_signals

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@pytest.mark.parametrize("path", ["/sync/v1/stream", "/sync/v1/rxdb/orders/stream"])
def test_a_stream_begins_with_news_and_is_kept_by_no_proxy(sqlite_engine: Engine, path: str) -> None:
    answer = webs.build(sqlite_engine, stream_seconds=0.0).anna.get(path)
    assert answer.text == "retry: 3000\n\ndata: RESYNC\n\n"
    assert answer.mimetype == "text/event-stream"
    assert (answer.headers["X-Accel-Buffering"], answer.headers["Cache-Control"]) == ("no", "no-store")


def test_where_no_phone_may_listen_that_is_told(sqlite_engine: Engine) -> None:
    answer = webs.build(sqlite_engine, most_streams=0).anna.get("/sync/v1/stream")
    assert (answer.status_code, answer.json["code"]) == (503, "stream.full")


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """The signals that reach whoever listened before us."""
    heard: list[int] = []
    former = {number: signal.signal(number, lambda told, _frame: heard.append(told)) for number in SIGNALS}
    yield heard
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_streams_end_when_the_process_is_told_to_stop(small_web: Web, heard: list[int], number: int) -> None:
    end_streams_on_signals(small_web.app)
    signal.raise_signal(number)
    assert heard == [number]
    assert small_web.anna.get("/sync/v1/stream").status_code == 503
