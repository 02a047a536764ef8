"""How a file is packed, told by its bytes and not by its name; and bounds on what it may unpack to."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from fieldsales.tabular.errors import Damaged, NotATable, TooBig

CHUNK = 1 << 20
LARGEST = 16 << 30
HARMLESS = 64 << 20
STEEPEST = 200
"""Real tables shrink 3 to 30 times. Past this ratio, and past `HARMLESS` bytes, a file is taken for a bomb."""

_MAGIC = (
    (b"pk\x03\x04", "a zip archive"),
    (b"pk\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"%pdf", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old .xls or a password-protected workbook"),
    (b"sqlite format 3", "an SQLite database"),
    (b"bzh", "a bzip2 archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xfd7zxz", "an xz archive"),
    (b"par1", "a Parquet file"),
    (b"{\\rtf", "an RTF document"),
    (b'{"', "a JSON document"),
    (b"[{", "a JSON document"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
)
_WORKBOOK = "an Excel workbook"
_GZIP = "compressed with gzip"
_MEND = {
    _GZIP: "Rename it to end in .csv.gz.",
    _WORKBOOK: "Rename it to end in .xlsx.",
}


class Form(StrEnum):
    """How a table is packed."""

    PLAIN = "plain"
    GZIP = "gzip"
    WORKBOOK = "workbook"


def form_of(path: Path, start: bytes) -> Form:
    """Return how a file is packed; raise `NotATable` if its name says otherwise or it can be no table."""
    kind = known_kind(start)
    if kind == "a zip archive" and _is_workbook(path):
        kind = _WORKBOOK
    suffix = path.suffix.lower()
    wanted = {".xlsx": _WORKBOOK, ".xlsm": _WORKBOOK, ".gz": _GZIP, ".csv": "", ".tsv": "", ".txt": ""}
    if kind not in ("", _GZIP, _WORKBOOK) or wanted.get(suffix, kind) != kind:
        called = kind or f"named {suffix} but is not {wanted[suffix]}"
        mend = _MEND.get(kind, "Save the table as CSV (UTF-8) or as .xlsx, and name it so.")
        raise NotATable(f"{path} is {called}.", mend=mend, path=str(path))
    return {_GZIP: Form.GZIP, _WORKBOOK: Form.WORKBOOK}.get(kind, Form.PLAIN)


def known_kind(start: bytes) -> str:
    """Return what the first bytes give a file away as, "" if nothing that we know."""
    stripped = start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n").lower()
    return next((name for magic, name in _MAGIC if stripped.startswith(magic)), "")


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as broken:
        raise damaged(path, "it begins as a zip archive (as .xlsx is) but has no end") from broken
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def bound_workbook(path: Path) -> None:
    """Raise `TooBig` if a workbook unpacks to more than anybody would send. zipfile holds members to their word."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    _bound(path, unpacked, path.stat().st_size)


def unpack(path: Path, source: gzip.GzipFile) -> Iterator[bytes]:
    """Yield the chunks of a gzip file; raise `Damaged` or `TooBig` where it breaks."""
    total, packed = 0, path.stat().st_size
    try:
        while chunk := source.read(CHUNK):
            total += len(chunk)
            _bound(path, total, packed)
            yield chunk
    except EOFError as early:
        raise damaged(path, "it is cut off before its end") from early
    except (gzip.BadGzipFile, zlib.error) as broken:
        raise damaged(path, f"its packing is broken ({broken})") from broken


def _bound(path: Path, unpacked: int, packed: int) -> None:
    if unpacked > LARGEST or (unpacked > HARMLESS and unpacked > STEEPEST * packed):
        raise TooBig(
            f"{path} has {packed:,} bytes and unpacks to {unpacked:,} or more.",
            mend="Split the file; if you trust it, unpack it yourself and import that.",
            path=str(path),
        )


def damaged(path: Path, why: str) -> Damaged:
    """Return the error for a file that is not whole."""
    return Damaged(
        f"{path} is damaged: {why}.", mend="Copy or download it again; nothing was imported.", path=str(path)
    )
