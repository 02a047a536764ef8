"""What can be wrong with one row, found before anybody asks what the row means."""

from __future__ import annotations

from typing import NamedTuple

LOST = "�"
"""Stands for what could not be read, in a rejects file."""


class Fault(NamedTuple):
    """Why a row cannot be used: a stable code and a sentence. As text it is the `reason` of a rejects file."""

    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Row(NamedTuple):
    """One record of a table: the line (of a workbook: the row) where it begins, its cells, and what is wrong."""

    line: int
    cells: list[str]
    fault: Fault | None = None


TOO_FEW = "row.too_few_fields"
TOO_MANY = "row.too_many_fields"
QUOTE = "row.quote"
NUL = "row.nul"
UNDECODABLE = "row.undecodable"


def too_few(found: int, wanted: int) -> Fault:
    """The row stops early."""
    return Fault(TOO_FEW, f"the row has {found} fields, the header has {wanted}")


def too_many(found: int, wanted: int) -> Fault:
    """The row goes on where the header has ended."""
    return Fault(TOO_MANY, f"the row has {found} fields, the header has {wanted}")


def fitted(number: int, cells: list[str], width: int) -> Row:
    """Return a row as wide as the header, or with a fault. Blank cells beyond the header say nothing."""
    if len(cells) < width:
        return Row(number, cells, too_few(len(cells), width))
    if any(cells[width:]):
        return Row(number, cells, too_many(len(cells), width))
    return Row(number, cells[:width])


def quote(why: str) -> Fault:
    """A quote opens and does not close where it should."""
    return Fault(QUOTE, f"{why}; write a quote inside quotes twice")


def illegible(line: str) -> Fault | None:
    """Say whether a line holds NUL bytes, or bytes that its encoding does not know."""
    if "\0" in line:
        return Fault(NUL, "the row holds NUL bytes")
    if not line.isascii() and any("\ud800" <= letter <= "\udfff" for letter in line):
        return Fault(UNDECODABLE, "the row holds bytes that are no text in the encoding of the file")
    return None


def still_broken(reason: str, cells: list[str]) -> Fault | None:
    """Say whether a row of a rejects file was left as it was.

    A row whose shape was broken looks whole in a rejects file; without this it would pass unmended.
    """
    code, _, detail = reason.partition(": ")
    unmended = (
        (code == TOO_FEW and cells[-1] == "")
        or (code == QUOTE and any('"' in cell for cell in cells))
        or (code in (NUL, UNDECODABLE) and any(LOST in cell for cell in cells))
    )
    return Fault(code, detail) if unmended else None
