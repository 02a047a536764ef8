"""gzip and zstd, the content codings that we speak; the only module that knows the zstd library.

Inflating is done in small steps, so that whoever reads can stop long before a bomb has gone off: a step takes
`STEP_BYTES` of what was sent, which make at most 2 MiB (a zstd block of 128 KiB needs 4 bytes; gzip stays far below).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Protocol

import zstandard

CODINGS = ("zstd", "gzip")
"""By preference: zstd is smaller and faster on both sides."""
STEP_BYTES = 64
WINDOW_BYTES = 8 * 1024 * 1024
"""The largest zstd window that HTTP allows (RFC 9659); it bounds the memory of inflating."""
_GZIP = 31
"""zlib's number for gzip's frame with its largest window."""


class Effort(Enum):
    """How much time packing may take, by how often the result is sent."""

    ONCE = "once"
    SOME = "some"


_LEVELS = {
    "zstd": {Effort.ONCE: 6, Effort.SOME: 7},
    "gzip": {Effort.ONCE: 6, Effort.SOME: 9},
}


class Broken(ValueError):
    """The bytes are not what their coding says."""


class Inflater(Protocol):
    """What both libraries offer: `eof` once the one frame has ended, `unused_data` behind it."""

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""

    @property
    def unused_data(self) -> bytes:
        """What came behind its end."""

    def decompress(self, piece: bytes, /) -> bytes:
        """Return what a further piece gives."""


def inflated(coding: str, pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield, step by step, how many bytes were taken so far and what the step gave.

    Raises `Broken` for bytes that are damaged, cut off, or go on behind the end.
    """
    inflater, taken = _inflater(coding), 0
    for piece in pieces:
        for start in range(0, len(piece), STEP_BYTES):
            step = piece[start : start + STEP_BYTES]
            if inflater.eof:
                raise Broken("it goes on behind its end; one frame or member is taken")
            taken += len(step)
            try:
                yield taken, inflater.decompress(step)
            except (zlib.error, zstandard.ZstdError) as wrong:
                raise Broken("it is damaged") from wrong
    if not inflater.eof:
        raise Broken("it is cut off")
    if inflater.unused_data:
        raise Broken("it goes on behind its end; one frame or member is taken")


def pack(coding: str, body: bytes, effort: Effort = Effort.ONCE) -> bytes:
    """Return a body in a coding."""
    level = _LEVELS[coding][effort]
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=level).compress(body)
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()


def pack_pieces(coding: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a body in a coding piece by piece: each can be read as soon as it has come."""
    packer: Any
    level = _LEVELS[coding][Effort.ONCE]
    if coding == "zstd":
        packer = zstandard.ZstdCompressor(level=level).compressobj()
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
    else:
        packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
        flush = zlib.Z_SYNC_FLUSH
    for piece in pieces:
        yield packer.compress(piece) + packer.flush(flush)
    yield packer.flush()


def _inflater(coding: str) -> Inflater:
    if coding == "zstd":
        return zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES).decompressobj()
    return zlib.decompressobj(_GZIP)
