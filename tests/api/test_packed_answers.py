"""Answers packed as the client takes them, and never twice."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.test import TestResponse
from worlds.web import Web

from api.packing.answers import best_coding

CHANGES = "/sync/v1/changes"


def unpacked(answer: TestResponse) -> Any:
    coding = answer.headers.get("Content-Encoding")
    if coding == "zstd":
        return json.loads(zstandard.ZstdDecompressor().decompressobj().decompress(answer.data))
    return json.loads(gzip.decompress(answer.data) if coding == "gzip" else answer.data)


def ask(web: Web, accepted: str | None, path: str = CHANGES, method: str = "GET", **options: Any) -> TestResponse:
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    return web.anna.ask(method, path, headers=headers, **options)


@pytest.mark.parametrize(
    ("accepted", "best"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, zstd", "zstd"),
        ("zstd;q=0.1, gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("br", "identity"),
        ("*", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("gzip;q=0.5, identity", "identity"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity;q=0", None),
        ("*;q=0", None),
        ("identity, *;q=0", "identity"),
    ],
)
def test_the_client_is_given_what_it_likes_best(accepted: str, best: str | None) -> None:
    assert best_coding(parse_accept_header(accepted, Accept)) == best


@pytest.mark.parametrize(("accepted", "coding"), [(None, None), ("gzip", "gzip"), ("zstd, gzip", "zstd")])
def test_a_large_answer_says_the_same_in_each_coding(small_web: Web, accepted: str | None, coding: str | None) -> None:
    answer = ask(small_web, accepted)
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.vary.as_set() == {"accept", "accept-encoding"}
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert unpacked(answer)["changes"] == ask(small_web, None).json["changes"]


def test_a_small_answer_stays_as_it_is_unless_that_is_refused(small_web: Web) -> None:
    small = ask(small_web, "gzip", "/api/v1/me")
    assert "Content-Encoding" not in small.headers
    assert small.headers["Vary"] == "Accept-Encoding"
    packed = ask(small_web, "gzip, identity;q=0", "/api/v1/me")
    assert unpacked(packed) == small.json
    assert packed.headers["Content-Encoding"] == "gzip"


def test_who_takes_nothing_that_we_have_is_told_before_anything_is_done(small_web: Web) -> None:
    answer = ask(small_web, "br, identity;q=0", "/sync/v1/mutations", "POST", json={})
    assert (answer.status_code, answer.json["code"]) == (406, "request.not_acceptable")


def test_head_tells_what_get_would(small_web: Web) -> None:
    """Of something that does not change: two pulls have different cursors, which pack to different lengths."""
    head, get = (ask(small_web, "zstd", "/sync/v1", method) for method in ("HEAD", "GET"))
    assert (head.data, get.headers["Content-Encoding"]) == (b"", "zstd")
    for name in ("Content-Encoding", "Vary", "Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


def test_uploads_and_pages_are_left_as_they_are(small_web: Web) -> None:
    assert "Content-Encoding" not in ask(small_web, "gzip", "/docs").headers
    assert "Content-Encoding" not in ask(small_web, "gzip", "/sync/v1/files", "OPTIONS").headers


def test_what_carries_tokens_is_never_packed(small_web: Web) -> None:
    """How well a secret packs tells something of it."""
    token = small_web.anna.tokens.refresh_token
    answer = ask(small_web, "gzip", "/api/v1/auth/refresh", "POST", json={"refresh_token": token})
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)
