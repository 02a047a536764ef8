"""Records of a delimited text (RFC 4180), read so that one broken row costs that row and no other.

A quote that never closes would swallow every row after it. Such a record is noticed (it does not close, it goes on
too long, or it has the wrong number of fields), only the line where it began is given up, and reading goes on with
the next line.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress

from fieldsales.tabular.faults import Row, fitted, illegible, quote

DELIMITERS = ",;\t|"
MOST_LINES = 500
"""A record that spans more lines than this is taken for a quote that never closes."""


_new_row = tuple.__new__
"""Makes a `Row` in half the time of calling it."""


_WHY = {
    "expected after": "text follows a closing quote",
    "field limit": f"a field is longer than {csv.field_size_limit():,} characters, or a quote is never closed",
}
"""What the `csv` module says, in our words."""


class _Runaway(Exception):
    """A record that goes on and on."""


class _Lines(Iterator[str]):
    """Lines of a text, with those of the record being read held back for a second look."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._again: deque[str] = deque()
        self.held: list[str] = []

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source)
        self.held.append(line)
        if len(self.held) > MOST_LINES:
            raise _Runaway
        return line

    def give_up_first(self) -> str:
        """Return the first line held, and put the others back to be read anew."""
        first, *others = self.held
        self._again.extendleft(reversed(others))
        self.held.clear()
        return first


def read_records(
    source: Iterable[str], delimiter: str, *, quoted: bool = True, doubtful: bool = False
) -> Iterator[Row]:
    """Yield every record that is not blank, the header first; later ones are faulty unless they match its width.

    Parameters
    ----------
    source : lines with their line ends, as from a file opened with `newline=""`.
    quoted : the text may hold quotes; one that holds none is read faster.
    doubtful : the text may hold NUL bytes or bytes that could not be decoded (as lone surrogates): look for them.
    """
    return _read_quoted(source, delimiter, doubtful) if quoted or doubtful else _read_plain(source, delimiter)


def _read_plain(source: Iterable[str], delimiter: str) -> Iterator[Row]:
    width = 0
    for number, line in enumerate(source, 1):
        cells = line.rstrip("\r\n").split(delimiter)
        if cells[0] or any(cells):
            width = width or len(cells)
            yield _new_row(Row, (number, cells, None)) if len(cells) == width else _judge(number, cells, width, "")


def _read_quoted(source: Iterable[str], delimiter: str, doubtful: bool) -> Iterator[Row]:
    lines = _Lines(source)
    held = lines.held
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = 0
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Runaway) as broken:
            yield _broken(number, lines.give_up_first(), delimiter, broken)
            number += 1
            continue
        span = len(held)
        if len(cells) != width or span > 1 or doubtful:
            if span > 1 and width and len(cells) != width:
                yield _broken(number, lines.give_up_first(), delimiter, None)
                number += 1
                continue
            row = _judge(number, cells, width, "".join(held) if doubtful else "")
            width = width or (len(cells) if any(cells) else 0)
        else:
            row = _new_row(Row, (number, cells, None))
        held.clear()
        number += span
        if cells and (cells[0] or any(cells)):
            yield row


def _judge(number: int, cells: list[str], width: int, text: str) -> Row:
    return Row(number, cells, fault) if (fault := illegible(text)) else fitted(number, cells, width or len(cells))


def _broken(number: int, line: str, delimiter: str, why: Exception | None) -> Row:
    told = next((ours for theirs, ours in _WHY.items() if theirs in str(why)), "a quote is never closed")
    return Row(number, line.rstrip("\r\n").split(delimiter), quote(told))


def sniff_delimiter(lines: list[str]) -> str:
    """Return the delimiter that splits the first lines of a text most evenly; a comma if none does."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    with suppress(csv.Error):
        widths.extend(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells))
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (widths.count(widths[0]) / len(widths), widths[0])
