"""Bodies that come packed: read as they were meant, or refused by name before they can do harm."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zlib
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse
from worlds.web import Web

from api.packing.bodies import FREE_BYTES, LARGEST_RATIO
from api.packing.codings import STEP_BYTES, Broken, inflated, pack

LOGIN = {"login": "nobody", "password": "x" * 12, "installation": "phone", "platform": "android"}
GIB = 2**30


def send(web: Web, body: bytes | io.BufferedIOBase, coding: str, path: str = "/sync/v1/mutations") -> TestResponse:
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    return web.anna.ask("POST", path, headers=headers, data=body)


def batch(web: Web, **more: Any) -> bytes:
    body = {
        "device_id": "phone-of-anna",
        "app_version": "1",
        "schema": 1,
        "sent": {"wall": web.now.isoformat(), "mono_ms": 1, "boot_id": "b"},
        "mutations": [],
    }
    return json.dumps(body | more).encode()


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", "zstd", "identity"])
def test_a_batch_is_taken_packed_or_not(small_web: Web, coding: str) -> None:
    name = {"x-gzip": "gzip"}.get(coding.lower(), coding.lower())
    body = batch(small_web) if name == "identity" else pack(name, batch(small_web))
    answer = send(small_web, body, coding)
    assert (answer.status_code, answer.json["results"]) == (200, [])


def test_any_json_route_takes_a_packed_body(small_web: Web) -> None:
    body = pack("zstd", json.dumps(LOGIN).encode())
    answer = send(small_web, body, "zstd", "/api/v1/auth/login")
    assert answer.json["code"] in {"auth.wrong_password", "request.invalid_fields", "auth.refused"}, answer.json


@pytest.mark.parametrize("coding", ["br", "gzip, zstd", "gzip, gzip", "deflate", "zstd,", "*"])
def test_an_unknown_or_stacked_coding_is_refused_with_those_that_are_known(small_web: Web, coding: str) -> None:
    answer = send(small_web, batch(small_web), coding)
    assert (answer.status_code, answer.json["code"]) == (415, "request.encoding_unknown")
    assert answer.json["supported"] == ["zstd", "gzip"]
    assert answer.headers["Accept-Encoding"] == "zstd, gzip"


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda packed: packed[:-1],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: b"",
        lambda packed: packed + packed,
        lambda packed: packed + b"x",
        lambda packed: packed + b"x" * 200,
        lambda packed: b"{}",
        lambda packed: bytes(100),
    ],
    ids=["cut", "halved", "empty", "twice", "tail", "long tail", "plain", "noughts"],
)
def test_what_cannot_be_unpacked_whole_is_refused_by_name(small_web: Web, coding: str, spoil: Any) -> None:
    answer = send(small_web, spoil(pack(coding, batch(small_web))), coding)
    assert (answer.status_code, answer.json["code"]) == (400, "request.encoding_broken")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_more_than_a_body_may_hold_is_refused_though_it_came_small(small_web: Web, coding: str) -> None:
    """Text that packs well, but no bomb: 8 MB are taken and 9 are not."""
    words = [str(number * 7919 % 100003) for number in range(1_500_000)]
    answer = send(small_web, pack(coding, json.dumps(words).encode()), coding)
    assert (answer.status_code, answer.json["code"]) == (413, "request.too_large")


def test_a_body_too_large_before_it_is_unpacked_is_refused_as_ever(small_web: Web) -> None:
    answer = send(small_web, bytes(9 * 2**20), "zstd")
    assert (answer.status_code, answer.json["code"]) == (413, "request.too_large")


class Counted(io.BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


def bomb(coding: str, gib: int) -> bytes:
    """Return the start of a body that goes on for so many GiB of noughts, made of the same few bytes over and over."""
    if coding == "zstd":  # RFC 8878: magic number, descriptor, window of 128 KiB; blocks of one byte said 128 Ki times
        block = (2**17 << 3 | 1 << 1).to_bytes(3, "little") + b"\x00"
        return bytes.fromhex("28b52ffd0038") + block * (gib * 2**13)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    mebibyte = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return bytes.fromhex("1f8b08000000000000ff") + mebibyte * (gib * 1024)


@pytest.mark.parametrize(("coding", "gib"), [("zstd", 10), ("gzip", 1)])
def test_a_bomb_is_stopped_before_it_has_gone_off(small_web: Web, coding: str, gib: int) -> None:
    """10 GiB of noughts are 330 kB in zstd, 1 GiB is 1 MB in gzip: a few MB of memory are all that they get."""
    packed = bomb(coding, gib)
    assert len(packed) < 2 * 2**20
    small_web.anna.get("/api/v1/me")
    tracemalloc.start()
    answer = send(small_web, packed, coding)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status_code, answer.json["code"]) == (413, "request.inflates_too_far")
    assert peak < 16 * 2**20


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_only_the_first_bytes_of_a_bomb_are_read(coding: str) -> None:
    source = Counted(bomb(coding, 1))
    steps = inflated(coding, iter(lambda: source.read(1024), b""))
    whole = 0
    for taken, gave in steps:
        assert len(gave) <= 2 * 2**20
        whole += len(gave)
        if whole > FREE_BYTES + LARGEST_RATIO * taken:
            break
    assert source.taken <= 4096


def test_a_frame_that_needs_a_huge_window_is_refused(small_web: Web) -> None:
    """It would have us keep 128 MB for one request (RFC 9659 allows 8)."""
    settings = zstandard.ZstdCompressionParameters(window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    answer = send(small_web, packer.compress(batch(small_web)) + packer.flush(), "zstd")
    assert (answer.status_code, answer.json["code"]) == (400, "request.encoding_broken")


def test_white_space_that_packs_to_nothing_is_no_bomb_while_it_is_short(small_web: Web) -> None:
    answer = send(small_web, gzip.compress(batch(small_web) + b" " * 60_000), "gzip")
    assert answer.status_code == 200


@given(st.binary(max_size=300), st.sampled_from(["gzip", "zstd"]), st.integers(1, 100))
def test_any_bytes_come_back_whole_however_they_arrive(body: bytes, coding: str, size: int) -> None:
    packed = pack(coding, body)
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(gave for _, gave in inflated(coding, pieces)) == body


@given(st.binary(max_size=5 * STEP_BYTES), st.sampled_from(["gzip", "zstd"]))
def test_any_other_bytes_are_broken(junk: bytes, coding: str) -> None:
    with pytest.raises(Broken):
        list(inflated(coding, [b"\x00" + junk]))
