"""Tables in files: CSV (plain or gzip) and XLSX, read as a stream of rows."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import IO, cast

from fieldsales.tabular.encodings import canonical, detect
from fieldsales.tabular.errors import BadDelimiter, BadHeader, Damaged, NotATable, UnknownEncoding
from fieldsales.tabular.faults import Row, fitted
from fieldsales.tabular.packing import Form
from fieldsales.tabular.records import DELIMITERS, read_records, sniff_delimiter
from fieldsales.tabular.rejects import is_rejects_header, mended_row, restore
from fieldsales.tabular.survey import Survey, survey
from fieldsales.tabular.workbook import Workbook

_SNIFFED = 50


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that was found to be a table, and how to read it.

    `size` counts its bytes. `columns` are the names in its header; in a rejects file (`mended`) without the two that
    were added there. `encoding` and `delimiter` are None for a workbook, `sheet` for a text; `sheets` names all.
    """

    path: Path
    form: Form
    size: int
    sha256: str
    columns: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    mended: bool = False
    is_ascii: bool = False
    quoted: bool = True
    doubtful: bool = False

    def open(self) -> OpenTable:
        """Start reading at the first row after the header."""
        return OpenTable(self)


def examine(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> TableFile:
    """Find out how to read a file, having read all of it once; what is given by name is not guessed.

    Raises
    ------
    FileMissing, NotATable, Damaged, TooBig : the file is not a table that can be read.
    UnknownEncoding, BadDelimiter, BadHeader, NoSuchSheet : it needs a word from whoever imports it.
    """
    found = survey(path)
    file = TableFile(path, found.form, found.size, found.sha256)
    if found.form is Form.WORKBOOK:
        with path.open("rb") as raw, closing(Workbook(path, raw)) as book:
            file = replace(file, sheets=book.sheets, sheet=book.choose(sheet))
    else:
        file = _examine_text(file, found, encoding, delimiter)
    with OpenTable(file) as table:
        rows = list(islice(table.records(), 2))
    columns = _checked_header(path, rows[0]) if rows else []
    if len(rows) < 2:
        what = "has a header and no rows" if rows else "has no rows"
        raise NotATable(f"{path} {what}.", mend="Export it again.", path=str(path))
    mended = is_rejects_header(columns)
    return replace(file, columns=tuple(columns[:-2] if mended else columns), mended=mended)


def _examine_text(file: TableFile, found: Survey, encoding: str | None, delimiter: str | None) -> TableFile:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise BadDelimiter(f"“{delimiter}” cannot separate columns.", mend="Use one of , ; | or tab.")
    try:
        encoding = canonical(encoding) if encoding else detect(found.head, found.foreign, is_utf8=found.is_utf8)
    except UnknownEncoding as unknown:
        raise UnknownEncoding(f"{file.path}: {unknown.detail}", mend=unknown.mend, **unknown.facts) from unknown
    sound = found.is_ascii or (found.is_utf8 and encoding == "utf-8-sig")
    file = replace(
        file,
        encoding=encoding,
        is_ascii=found.is_ascii,
        quoted=found.has_quote,
        doubtful=found.has_nul or not sound,
        delimiter=delimiter or ",",
    )
    with OpenTable(file) as table:
        lines = list(islice(table.lines(), _SNIFFED))
    hint = lines[0].strip().lower() if lines else ""
    if hint.startswith("sep=") and len(hint) == 5:
        return replace(file, delimiter=delimiter or hint[4])
    return replace(file, delimiter=delimiter or sniff_delimiter(lines))


def _checked_header(path: Path, header: Row) -> list[str]:
    columns = [name.strip() for name in header.cells]
    if header.fault:
        raise BadHeader(f"The header of {path}: {header.fault.detail}.", mend="Mend line 1.", path=str(path))
    if is_rejects_header(columns):
        columns = [restore(name) for name in columns]
    named = columns[:-2] if is_rejects_header(columns) else columns
    twice = [name for name, times in Counter(filter(None, named)).items() if times > 1]
    if twice:
        raise BadHeader(
            f"{path} names two columns “{twice[0]}”.", mend="Rename one of them.", path=str(path), column=twice[0]
        )
    return columns


class OpenTable:
    """A table being read. Use it as a context manager, once."""

    def __init__(self, file: TableFile) -> None:
        self._file = file
        self._closing = ExitStack()
        self._raw = self._closing.enter_context(file.path.open("rb"))

    def __enter__(self) -> OpenTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    @property
    def position(self) -> int:
        """How many bytes of the file have been passed."""
        return min(self._raw.tell(), self._file.size)

    def rows(self) -> Iterator[Row]:
        """Yield the rows after the header, blank ones left out, each as wide as the header or with a fault."""
        rows = self.records()
        next(rows, None)
        return (mended_row(row, len(self._file.columns)) for row in rows) if self._file.mended else rows

    def binary(self) -> IO[bytes]:
        """Return the bytes of a text, unpacked."""
        if self._file.form is Form.GZIP:
            return cast(IO[bytes], self._closing.enter_context(gzip.GzipFile(fileobj=self._raw)))
        return self._raw

    def lines(self) -> Iterator[str]:
        """Yield the lines of a text with their ends."""
        text = self._closing.enter_context(
            TextIOWrapper(self.binary(), encoding=self._file.encoding, errors="surrogateescape", newline="")
        )
        return self._whole_units(text) if (self._file.encoding or "").startswith(("utf-16", "utf-32")) else text

    def _whole_units(self, text: Iterable[str]) -> Iterator[str]:
        """Yield lines of an encoding whose characters have several bytes each; half a one cannot be read at all."""
        try:
            yield from text
        except UnicodeError as broken:
            raise Damaged(
                f"{self._file.path} breaks off in the middle of a character ({self._file.encoding}).",
                mend="Export it again, best as UTF-8.",
                path=str(self._file.path),
            ) from broken

    def records(self) -> Iterator[Row]:
        """Yield the header and the rows as they stand in the file, blank ones left out."""
        file = self._file
        if file.form is Form.WORKBOOK:
            return self._sheet_rows()
        lines = self.lines()
        first = next(lines, "").removeprefix("\ufeff")
        delimiter = file.delimiter or DELIMITERS[0]
        if first.lower().startswith("sep=") and len(first.strip()) == 5:
            first = "\n"
        return read_records(chain([first], lines), delimiter, quoted=file.quoted, doubtful=file.doubtful)

    def _sheet_rows(self) -> Iterator[Row]:
        book = self._closing.enter_context(closing(Workbook(self._file.path, self._raw)))
        width = 0
        for number, cells in book.rows(book.choose(self._file.sheet)):
            width = width or len(cells)
            yield fitted(number, cells + [""] * (width - len(cells)), width)
