"""Large plain texts read by blocks, whole columns at a time, with Arrow: for tens of millions of rows.

Plain is what RFC 4180 says with no escaped quote and no line end inside quotes, in sound UTF-8, one row a line. There
Arrow and `records` read the same, which the tests hold them to. A text that is not so is refused as a whole
(`NotPlain`); a block with a row of another width or a blank line is handed back as lines, so that `records` can tell
which one it is.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import chain
from typing import IO, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from fieldsales.tabular.faults import Row
from fieldsales.tabular.packing import Form
from fieldsales.tabular.records import read_records
from fieldsales.tabular.table import TableFile

T = TypeVar("T")
BLOCK = 32 << 20
_SMALL = 1 << 18
"""A block of faulty rows is cut into such ones, so that few are read row by row."""

AT_ONCE = 2
"""Blocks that are worked on at the same time."""

_QUOTE, _RETURN, _NEWLINE = 0x22, 0x0D, 0x0A
_MOST_DIGITS = 13
"""Before the decimal mark: with two after it, a float times a hundred is then off by less than half."""


class NotPlain(Exception):
    """The text has to be read row by row. Nothing is wrong with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The cells of a column in a block."""

    cells: pa.StringArray

    def some(self, rows: npt.NDArray[np.int64]) -> list[str]:
        """Return the cells of some rows."""
        found: list[str] = self.cells.take(rows).to_pylist()
        return found

    def coded(self) -> tuple[list[str], npt.NDArray[np.int32]]:
        """Return the different cells in the order in which they first come, and by row which one it is."""
        found = self.cells.dictionary_encode()
        return found.dictionary.to_pylist(), found.indices.to_numpy()

    def minor(self, mark: str, digits: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Read amounts written as machines do (`-1234.5`) in minor units; also tell which are. The others are 0.

        `mark` is the decimal mark, `digits` how many decimals there are at most.
        """
        pattern = rf"^-?[0-9]{{1,{_MOST_DIGITS}}}(?:[{mark}][0-9]{{0,{digits}}})?$"
        plain = pc.match_substring_regex(self.cells, pattern)
        cells = self.cells
        told = plain.to_numpy(zero_copy_only=False)
        if not told.all():
            cells = pc.if_else(plain, cells, "0")
        if mark != ".":
            cells = pc.replace_substring(cells, mark, ".")
        amounts = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return np.rint(amounts * 10.0**digits).astype(np.int64), told


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some rows that follow one another: as columns, or None where they have to be read one by one, as `rows` does.

    `line` is that of the first one, `position` how many bytes of the file were passed by then.
    """

    line: int
    length: int
    position: int
    columns: tuple[Texts, ...] | None
    raw: bytes
    header: str
    delimiter: str

    def rows(self) -> Iterator[Row]:
        """Yield the rows with their lines, blank ones left out, faulty ones with their fault."""
        lines = chain([self.header], StringIO(self.raw.decode(), newline=""))
        found = read_records(lines, self.delimiter)
        next(found)
        return (row._replace(line=row.line + self.line - 2) for row in found)


def blocks(file: TableFile, columns: Sequence[int], size: int | None = None) -> Iterator[Block]:
    """Yield the blocks of a text, with some of its columns by position. Raises `NotPlain`, also midway."""
    return (block for block, _ in worked_blocks(file, columns, lambda block: block, size))


def worked_blocks(
    file: TableFile, columns: Sequence[int], work: Callable[[Block], T], size: int | None = None
) -> Iterator[tuple[Block, T]]:
    """Yield each block in its turn with what `work` made of it, which is done for two at a time."""
    if file.form is Form.WORKBOOK or file.mended or file.doubtful or file.encoding != "utf-8-sig":
        raise NotPlain
    if not (file.delimiter or ",").isascii():
        raise NotPlain
    with file.open() as table, ThreadPoolExecutor(AT_ONCE) as workers:

        def task(raw: bytes, at: tuple[int, int]) -> list[tuple[Block, T]]:
            return [(block, work(block)) for block in _pieces(raw, at, header, file, columns)]

        source = table.binary()
        header = source.readline().decode("utf-8-sig")
        if tuple(cell.strip() for cell in next(csv.reader([header], delimiter=file.delimiter or ","))) != file.columns:
            raise NotPlain
        line = 2
        ahead: deque[Future[list[tuple[Block, T]]]] = deque()
        for raw in _cut(source, size or BLOCK):
            ahead.append(workers.submit(task, raw, (line, table.position)))
            line += raw.count(b"\n")
            if len(ahead) > AT_ONCE:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()


def _cut(source: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield about `size` bytes at a time, whole lines always."""
    while raw := source.read(size):
        yield raw if raw.endswith(b"\n") else raw + source.readline()


def _pieces(raw: bytes, at: tuple[int, int], header: str, file: TableFile, columns: Sequence[int]) -> list[Block]:
    delimiter = file.delimiter or ","
    _require_plain(raw, delimiter)
    line, position = at
    length = raw.count(b"\n") + (not raw.endswith(b"\n"))
    parsed = _parsed(raw, length, len(file.columns), columns, delimiter)
    if parsed or len(raw) <= _SMALL:
        return [Block(line, length, position, parsed, raw, header, delimiter)]
    found: list[Block] = []
    for piece in _cut(BytesIO(raw), max(_SMALL, len(raw) // 8)):
        found += _pieces(piece, (line, position), header, file, columns)
        line = found[-1].line + found[-1].length
    return found


def _parsed(raw: bytes, length: int, width: int, columns: Sequence[int], delimiter: str) -> tuple[Texts, ...] | None:
    names = [str(at) for at in range(width)]
    wanted = [names[at] for at in columns]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(raw),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != length:
        return None
    return tuple(Texts(table.column(name).combine_chunks()) for name in wanted)


def _require_plain(raw: bytes, delimiter: str) -> None:
    """Raise `NotPlain` unless every quote opens or closes a whole cell, and lines end in one of two ways."""
    if raw.count(b"\r") != raw.count(b"\r\n"):
        raise NotPlain
    if b'"' not in raw:
        return
    letters = np.frombuffer(b"\n" + raw + b"\n", dtype=np.uint8)
    quotes = np.flatnonzero(letters == _QUOTE)
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing):
        raise NotPlain
    opens = np.isin(letters[opening - 1], (ord(delimiter), _NEWLINE)).all()
    closes = np.isin(letters[closing + 1], (ord(delimiter), _NEWLINE, _RETURN)).all()
    ends = np.flatnonzero(letters == _NEWLINE)
    within = (np.searchsorted(ends, opening) == np.searchsorted(ends, closing)).all()
    if not (opens and closes and within and np.diff(ends).max() < csv.field_size_limit()):
        raise NotPlain
