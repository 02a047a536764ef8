"""One read of a whole file before a row of it is believed: is it whole, is it text, in what bytes.

Reading twice costs little next to a database, and means that a damaged or endless file changes nothing.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from fieldsales.tabular.errors import FileMissing, NotATable
from fieldsales.tabular.packing import CHUNK, Form, bound_workbook, form_of, known_kind, unpack

SAMPLE = 1 << 18


@dataclass(slots=True)
class Survey:
    """What the whole file looks like.

    `size` counts bytes as packed. `head` is the beginning of the text, `foreign` the first lines that go beyond
    ASCII, both as bytes.
    """

    path: Path
    form: Form
    size: int
    sha256: str = ""
    head: bytes = b""
    foreign: list[bytes] = field(default_factory=list)
    is_ascii: bool = True
    is_utf8: bool = True
    has_nul: bool = False
    has_quote: bool = False


class _Hashing:
    """A file that hashes whatever is read from it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._raw.read(size)
        self.digest.update(found)
        return found


def survey(path: Path) -> Survey:
    """Read a file from end to end, in memory that does not depend on its size.

    Raises `FileMissing`, `NotATable`, `Damaged` or `TooBig`.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is no plain file" if path.exists() else "does not exist"
        raise FileMissing(f"{path} {what}.", mend="Give the path of a CSV or XLSX file.", path=str(path))
    try:
        with path.open("rb") as raw:
            return _survey(path, raw)
    except OSError as refused:
        raise FileMissing(f"{path} cannot be read: {refused.strerror}.", path=str(path)) from refused


def _survey(path: Path, raw: BinaryIO) -> Survey:
    start = raw.read(256)
    if not start.strip(b" \t\r\n\xef\xbb\xbf"):
        raise NotATable(f"{path} is empty.", mend="Export it again.", path=str(path))
    found = Survey(path, form_of(path, start), size=path.stat().st_size)
    raw.seek(0)
    hashing = _Hashing(raw)
    packed = iter(lambda: hashing.read(CHUNK), b"")
    if found.form is Form.WORKBOOK:
        bound_workbook(path)
        for _ in packed:
            pass
    elif found.form is Form.GZIP:
        with gzip.GzipFile(fileobj=hashing, mode="rb") as unpacking:  # type: ignore[call-overload]
            _look_through(found, unpack(path, unpacking))
    else:
        _look_through(found, packed)
    found.sha256 = hashing.digest.hexdigest()
    return found


def _look_through(found: Survey, chunks: Iterator[bytes]) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    since_newline = 0
    for chunk in chunks:
        if not found.head:
            found.head = chunk[:SAMPLE]
            _refuse_binary(found)
        newline = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        since_newline = since_newline + len(chunk) if newline < 0 else len(chunk) - newline
        if since_newline > CHUNK:
            raise _not_a_table(found, f"has a line of more than {CHUNK:,} bytes")
        found.has_nul = found.has_nul or b"\0" in chunk
        found.has_quote = found.has_quote or b'"' in chunk
        if not chunk.isascii() or decoder.getstate()[0]:
            _note_foreign(found, chunk, decoder)
    if not found.head.strip():
        raise _not_a_table(found, "is empty")
    found.is_utf8 = found.is_utf8 and not decoder.getstate()[0]


def _note_foreign(found: Survey, chunk: bytes, decoder: codecs.IncrementalDecoder) -> None:
    found.is_ascii = False
    if found.is_utf8:
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            decoder.reset()
            found.is_utf8 = False
    room = SAMPLE - sum(map(len, found.foreign))
    for line in chunk.splitlines() if room > 0 else ():
        if not line.isascii():
            found.foreign.append(line)
            room -= len(line)
            if room <= 0:
                break


def _refuse_binary(found: Survey) -> None:
    if kind := known_kind(found.head):
        raise _not_a_table(found, f"holds {kind}")
    if found.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    control = sum(found.head.count(bytes([code])) for code in (*range(9), *range(14, 27), *range(28, 32)))
    if control * 20 > len(found.head):
        raise _not_a_table(found, "holds binary data")


def _not_a_table(found: Survey, what: str) -> NotATable:
    mend = "Save the table as CSV (UTF-8) or as .xlsx."
    return NotATable(f"{found.path} {what}.", mend=mend, path=str(found.path))
