"""Sheets of an XLSX workbook, row by row, as text.

openpyxl's own read-only mode keeps every shared string, and an empty element for every row that it has passed, so its
memory grows with the file. We use its parts (the parser of a row, the table of styles), put the strings in a
temporary file and cut the tree behind us.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from xml.etree.ElementTree import Element, iterparse

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from fieldsales.tabular.errors import NoSuchSheet, NotATable
from fieldsales.tabular.packing import damaged

_STRING_TAG = f"{{{SHEET_MAIN_NS}}}si"
_STRINGS_TAG = f"{{{SHEET_MAIN_NS}}}sst"
_CUSTOM_FORMATS = 164
"""Numbers of custom formats begin here (ECMA-376 part 1, 18.8.30)."""

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, NotImplementedError, RuntimeError),
)
"""All that openpyxl and zipfile raise on a workbook that is damaged or breaks the standard; found by fuzzing."""


class _SpilledStrings:
    """Shared strings kept on disk at 8 bytes of memory each; those used last are at hand."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 -- closed with the workbook
        self._ends = array("Q", [0])
        self._get = lru_cache(maxsize=1 << 14)(self._read)

    def append(self, text: str) -> None:
        self._ends.append(self._ends[-1] + self._file.write(text.encode("utf-8", "surrogatepass")))

    def __getitem__(self, index: int) -> str:
        return self._get(index)

    def _read(self, index: int) -> str:
        start, end = self._ends[index], self._ends[index + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        self._file.close()


class _Book(ExcelReader):
    """The parts of a workbook that reading its cells needs, and no more."""

    def __init__(self, raw: IO[bytes], strings: _SpilledStrings) -> None:
        super().__init__(raw, read_only=True, data_only=True, keep_links=False)
        self.strings = strings
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        found = [(sheet, relation) for sheet, relation in self.parser.find_sheets()]
        self.parts: dict[str, str] = {
            sheet.name: relation.target
            for sheet, relation in sorted(found, key=lambda each: each[0].state != "visible")
            if relation.Type.endswith("/worksheet") and relation.target in self.valid_files
        }

    def read_strings(self) -> None:
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                for node in _passing(source, _STRING_TAG, _STRINGS_TAG):
                    text: Any = Text.from_tree(node)
                    self.strings.append(text.content.replace("x005F_", ""))

    def zero_padding(self) -> dict[int, int]:
        """Return the styles whose format is a row of zeros: they show 00123 where 123 is stored."""
        book: Any = self.wb
        custom = book._number_formats
        codes = {
            style_id: custom[style.numFmtId - _CUSTOM_FORMATS]
            for style_id, style in enumerate(book._cell_styles)
            if 0 <= style.numFmtId - _CUSTOM_FORMATS < len(custom)
        }
        return {style_id: len(code) for style_id, code in codes.items() if re.fullmatch("0{2,}", code)}

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row that is there."""
        book: Any = self.wb
        padding = self.zero_padding()
        with self.archive.open(self.parts[sheet]) as source:
            parser = WorkSheetParser(
                source,
                self.strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for node in _passing(source, ROW_TAG, DATA_TAG):
                with warnings.catch_warnings(action="ignore"):
                    number, cells = parser.parse_row(node)
                parser.row_dimensions.clear()
                yield number, _texts(cells, padding)


class Workbook:
    """An open workbook. `sheets` names its sheets, visible ones first; `close` lets go of it."""

    def __init__(self, path: Path, raw: IO[bytes]) -> None:
        self.path = path
        self._raw = raw
        strings = _SpilledStrings()
        with ExitStack() as undo:
            undo.callback(strings.close)
            with self._explained(), warnings.catch_warnings(action="ignore"):
                self._book = _Book(raw, strings)
            undo.callback(self._book.archive.close)
            self.sheets = tuple(self._book.parts)
            if not self.sheets:
                raise NotATable(f"{path} has no sheet with cells.", mend="Export it again.", path=str(path))
            self.close = undo.pop_all().close

    def choose(self, sheet: str | None) -> str:
        """Return the sheet of that name, or the first; raise `NoSuchSheet`."""
        if sheet is not None and sheet not in self.sheets:
            raise NoSuchSheet(
                f"{self.path} has no sheet “{sheet}”.", mend=f"It has: {', '.join(self.sheets)}.", sheet=sheet
            )
        return sheet or self.sheets[0]

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Yield number and cells, as text, of each row of a sheet that is not blank. Raises `Damaged`."""
        with self._explained():
            for number, cells in self._book.rows(sheet):
                if any(cells):
                    yield number, cells

    @property
    def position(self) -> int:
        """How many bytes of the file have been passed."""
        return self._raw.tell()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as broken:
            raise damaged(self.path, f"it is no workbook as Excel writes them ({broken})") from broken


def _passing(source: IO[bytes], tag: str, parent_tag: str) -> Iterator[Any]:
    """Yield each element once it is whole, and cut it off its parent afterwards."""
    parent: Element | None = None
    for moment, node in iterparse(source, events=("start", "end")):  # noqa: S314 -- expat bounds entities itself
        if moment == "start":
            parent = node if node.tag == parent_tag else parent
        elif node.tag == tag and parent is not None:
            yield node
            parent.clear()


def _texts(cells: list[dict[str, Any]], padding: dict[int, int]) -> list[str]:
    texts: list[str] = []
    for cell in cells:
        if cell["value"] is not None:
            texts.extend([""] * (cell["column"] - 1 - len(texts)))
            texts.append(_text(cell["value"]).zfill(padding.get(cell["style_id"], 0)))
    return texts


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value).strip()
