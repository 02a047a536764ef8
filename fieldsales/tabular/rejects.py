"""Rejects files: the rows that were not imported, with the line and the reason at the end of each.

Whoever mends a row imports the rejects file itself. The two added columns are then left aside, and what was
neutralised against spreadsheets (which take a leading `=` for a formula) is put back.

    Store,Name,Lat,line,reason
    17,Kiosk,412.0,9,"position.out_of_range: latitude 412.0 is not between -90 and 90"

Fields beyond the header, if a row had any, follow after the reason, so that every line and reason stands in its
column; the row is rejected again until they are gone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from filecmp import cmp
from itertools import chain, count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from fieldsales.tabular.errors import FileMissing
from fieldsales.tabular.faults import LOST, Fault, Row, still_broken, too_few, too_many

ADDED = ("line", "reason")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Spreadsheets with Chinese or Japanese settings take the wide signs for the narrow ones."""
_NUMBER = re.compile(r"[+-]?[\d.,\s'’]*\d[\d.,\s'’%]*")
_UNREADABLE = re.compile("[\0\ud800-\udfff]")


class Rejects:
    """A rejects file being written. `count` tells how many rows it holds."""

    def __init__(self, path: Path, writer: Any, width: int) -> None:
        self.path = path
        self.count = 0
        self._writer = writer
        self._width = width

    def add(self, line: int, cells: Sequence[str], fault: Fault) -> None:
        """Write one row with its line number and the reason."""
        self.count += 1
        texts = [neutralise(_UNREADABLE.sub(LOST, cell)) for cell in cells]
        texts += [""] * (self._width - len(texts))
        self._writer.writerow([*texts[: self._width], line, str(fault), *texts[self._width :]])


@contextmanager
def write_rejects(
    path: Path, columns: Sequence[str], *, delimiter: str = ",", mark: bool = True, overwrite: bool = True
) -> Iterator[Rejects]:
    """Open a rejects file; it appears at its path when the block ends well and at least one row was added.

    `mark` begins it with a byte-order mark, without which Excel takes UTF-8 for something else. Without `overwrite`,
    a file that stands there and differs (somebody may be mending it) is kept and the new one gets a number; see
    `Rejects.path` afterwards. Raises `FileMissing` if it cannot be written.
    """
    try:
        file = NamedTemporaryFile(  # noqa: SIM115 -- it outlives this line and is renamed
            "w",
            encoding="utf-8-sig" if mark else "utf-8",
            newline="",
            dir=path.parent,
            prefix=f".{path.name}.",
            delete=False,
        )
    except OSError as refused:
        raise FileMissing(
            f"{path} cannot be written: {refused.strerror}.", mend="Name another with --rejects.", path=str(path)
        ) from refused
    try:
        with file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerow([*(neutralise(column) for column in columns), *ADDED])
            rejects = Rejects(path, writer, len(columns))
            yield rejects
        if rejects.count:
            written = Path(file.name)
            rejects.path = path if overwrite else _free(path, written)
            written.chmod(0o644)
            written.replace(rejects.path)
    finally:
        Path(file.name).unlink(missing_ok=True)


def _free(path: Path, written: Path) -> Path:
    """Return the path, or one like it with a number, where nothing stands or the same."""
    candidates = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(each for each in chain([path], candidates) if not each.exists() or cmp(each, written, shallow=False))


def is_rejects_header(columns: Sequence[str]) -> bool:
    """Tell whether a header is that of a rejects file."""
    return len(columns) > 2 and tuple(columns[-2:]) == ADDED


def mended_row(row: Row, width: int) -> Row:
    """Return a row of a rejects file as a row of the original, `width` cells wide.

    A row that was rejected for its shape and left so is still faulty.
    """
    cells = [restore(cell) for cell in row.cells]
    if len(cells) == width:
        return Row(row.line, cells)
    if row.fault and row.fault.code not in ("row.too_few_fields", "row.too_many_fields"):
        return Row(row.line, cells[:width], row.fault)
    if len(cells) < width + 2:
        return Row(row.line, cells, too_few(len(cells), width + 2))
    surplus = cells[width + 2 :]
    if any(surplus):
        return Row(row.line, cells[:width] + surplus, too_many(width + len(surplus), width))
    return Row(row.line, cells[:width], still_broken(cells[width + 1], cells[:width]))


def neutralise(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula. Numbers stay numbers."""
    if cell.lstrip("'").startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def restore(cell: str) -> str:
    """Undo `neutralise`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
