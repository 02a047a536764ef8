"""A list taken along whole: the same answer with the same filters and scope, all its pages, as one file.

It is made on disk before it is sent: what goes wrong on page ninety is told as a problem, not as half a file.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import wraps
from typing import Any, BinaryIO

from flask import Response, request
from marshmallow import Schema

from api.database import db, session
from api.guard import actor
from api.settings import now
from api.tables.cells import cells_of, ids_in
from api.tables.columns import Table
from fieldsales.audit.service import record
from fieldsales.clock import zone
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import transaction
from fieldsales.errors import Invalid
from fieldsales.exports.rules import Cell, as_texts
from fieldsales.headings.queries import names_of
from fieldsales.headings.rules import heading
from fieldsales.tabular.writing import BLOCK, csv_blocks, write_workbook

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 200_000
_AT_ONCE = 500
_BOM = b"\xef\xbb\xbf"
"""Without it Excel reads CSV as the code page of the machine."""
_TYPES = {"csv": CSV, "xlsx": XLSX}
_UNSAID = re.compile(r"^/(api|sync)/v1/|/?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

View = Callable[..., Any]


class TableTooLong(Invalid):
    """A list is taken along with at most 200,000 rows. Filter it, or take it in parts."""

    code = "table.too_long"
    title = "The list is too long for one file"


def taken_along(view: View, table: Table, gives: Schema) -> View:
    """Return a view that also answers with the whole list as a file, where `format` or `Accept` asks for that."""

    paged = "next" in gives.dump_fields

    @wraps(view)
    def answer(options: dict[str, Any], *args: Any, **parts: Any) -> Any:
        wanted = options.get("format") or _accepted()
        if wanted is None:
            return view(*args, **parts)
        clock, language = zone(options["time_zone"]), options.get("language")
        names = [heading(each.name, language) if language else each.name for each in table.columns]
        pages = (list(table.rows(gives.dump(page))) for page in _pages(view, args, parts, paged=paged))
        return _file(wanted, names, _limited(cells for page in pages for cells in _told(page, table, clock)))

    return answer


def _told(rows: Sequence[Mapping[str, Any]], table: Table, clock: tzinfo) -> Iterator[list[Cell]]:
    names = {of: names_of(session(), of, ids) if ids else {} for of, ids in ids_in(rows, table.columns).items()}
    return (cells_of(row, table.columns, clock, names) for row in rows)


def _accepted() -> str | None:
    """The format that the asker would rather have than JSON, by the header."""
    accepts = request.accept_mimetypes
    best = max(_TYPES, key=lambda each: accepts.quality(_TYPES[each]))
    return best if accepts.quality(_TYPES[best]) > accepts.quality("application/json") else None


def _pages(view: View, args: tuple[Any, ...], parts: dict[str, Any], *, paged: bool) -> Iterator[Any]:
    """Yield one answer after the other, and forget the rows of each: a long list never lies in memory."""
    if not paged:
        yield view(*args, **parts)
        return
    query, *rest = args
    after: str | None = None
    while True:
        page = view({**query, "page": PageWanted(after, _AT_ONCE)}, *rest, **parts)
        yield page
        after = page["next"] if isinstance(page, dict) else page.next
        if after is None:
            return
        session().expunge_all()


def _limited(rows: Iterable[list[Cell]]) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TableTooLong(f"There are more than {MOST_ROWS:,} rows.", mend="Filter the list.", most=MOST_ROWS)
        yield row


def _file(wanted: str, names: list[str], rows: Iterator[list[Cell]]) -> Response:
    file, many = tempfile.TemporaryFile(), _Counted(rows)  # noqa: SIM115 -- closed with the answer
    try:
        if wanted == "csv":
            file.write(_BOM)
            for block in csv_blocks(names, map(as_texts, many)):
                file.write(block)
        else:
            write_workbook(file, names, many)
        _note(wanted, many.count)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    answer = Response(blocks_of(file), content_type=_TYPES[wanted] + ("; charset=utf-8" if wanted == "csv" else ""))
    answer.call_on_close(file.close)
    name = "-".join(part for part in _UNSAID.sub("", request.path).split("/") if part)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
    answer.headers["X-Rows"] = str(many.count)
    return answer


class _Counted:
    def __init__(self, rows: Iterator[list[Cell]]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[Cell]]:
        for row in self._rows:
            self.count += 1
            yield row


def _note(wanted: str, many: int) -> None:
    """Leave a line in the audit trail of what left the house."""
    who = actor().user_id
    session().rollback()  # the snapshot ends before somebody writes
    with transaction(db.engine) as books:
        asked = request.query_string.decode("ascii", "replace")[:1000]
        facts = {"path": request.path, "query": asked, "format": wanted, "rows": many}
        record(books, "table.taken_along", ("person", who), actor_id=who, now=now(), **facts)


def blocks_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is in a file, and close it."""
    with file:
        while block := file.read(BLOCK):
            yield block
