"""Importing customers, products and orders from other systems' files.

`prepare` finds out what a file holds and says so; `run_import` writes. Both belong in one transaction of the caller's:
a file is imported as a whole or not at all, and a rehearsal is an import that is rolled back.
"""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Protocol

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from fieldsales.clock import Clock
from fieldsales.db.base import new_id
from fieldsales.db.bulk import roomy_cache
from fieldsales.errors import Invalid
from fieldsales.imports.columns.rules import Field, Match, Writes, match_columns
from fieldsales.imports.customers.rules import FIELDS as CUSTOMER_FIELDS
from fieldsales.imports.customers.service import CustomerImport
from fieldsales.imports.lines.service import LineImport
from fieldsales.imports.models import ImportKind, ImportMapping, ImportRun
from fieldsales.imports.orders.rules import FIELDS as ORDER_FIELDS
from fieldsales.imports.orders.rules import OF_TOTALS, Reading, are_lines
from fieldsales.imports.orders.service import OrderBook
from fieldsales.imports.products.rules import FIELDS as PRODUCT_FIELDS
from fieldsales.imports.products.service import ProductImport
from fieldsales.imports.queries import common_currency
from fieldsales.imports.staging.service import Staging
from fieldsales.imports.tally.rules import Sink, Tally
from fieldsales.imports.totals.service import TotalImport
from fieldsales.imports.writing.rules import Clues, Writing
from fieldsales.money import exponent
from fieldsales.people.models import Territory
from fieldsales.people.queries import in_territories_of
from fieldsales.people.rules import Actor
from fieldsales.tabular.faults import Row
from fieldsales.tabular.table import TableFile

FIELDS: dict[ImportKind, tuple[Field, ...]] = {
    ImportKind.CUSTOMERS: CUSTOMER_FIELDS,
    ImportKind.PRODUCTS: PRODUCT_FIELDS,
    ImportKind.ORDERS: ORDER_FIELDS,
}
MARKS = {"point": ".", "comma": ","}
BATCH = 4096
_QUEUE = 7_120_253_304_417
"""The number of the lock that imports take on PostgreSQL."""
SAMPLE = 5000
"""Rows after which a file whose numbers and dates are clear by then is believed to stay so."""


class TerritoryNeeded(Invalid):
    """Customers belong to a territory, and it is not clear which."""

    code = "import.territory_needed"
    title = "Which territory?"


@dataclass(frozen=True, slots=True)
class Terms:
    """What an import takes for granted.

    `system` gave the references; `territory` is the code of where customers belong for whom the file names none;
    `writing` is how numbers and dates are written, as far as somebody said so. `by` imports, and reaches only customers
    at or below the own territory; None is the operator's terminal.
    """

    system: str = "erp"
    territory: str | None = None
    currency: str = "EUR"
    writing: Writing = field(default_factory=Writing)
    by: Actor | None = None


def terms_of(session: Session, options: Mapping[str, str], *, currency: str, by: Actor | None = None) -> Terms:
    """Return what options say, as they are typed, sent or saved; `currency` is for when territories have several."""
    return Terms(
        system=options.get("system", "erp"),
        territory=options.get("territory"),
        currency=options.get("currency") or common_currency(session) or currency,
        writing=Writing(MARKS.get(options.get("decimal", "")), options.get("dates")),
        by=by,
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is ready to be imported. `holds` says in words what its rows are."""

    kind: ImportKind
    file: TableFile
    matches: tuple[Match, ...]
    terms: Terms
    writing: Writing
    holds: str

    @property
    def positions(self) -> dict[str, int]:
        """Where the column of each field stands."""
        return {match.field: self.file.columns.index(match.column) for match in self.matches}


class _Importer(Protocol):
    tally: Tally

    def take(self, rows: Sequence[Row], sink: Sink) -> None: ...

    def finish(self, sink: Sink) -> None: ...


def prepare(
    session: Session,
    kind: ImportKind,
    file: TableFile,
    *,
    given: Mapping[str, str],
    saved: Mapping[str, str],
    terms: Terms,
) -> Prepared:
    """Match the columns of a file to fields and learn how it writes numbers and dates.

    Raises `UnknownField`, `ColumnMissing`, `AmbiguousWriting`, `TerritoryNeeded`, or `UnknownCurrency`.
    """
    exponent(terms.currency)
    matches = match_columns(FIELDS[kind], file.columns, given, saved)
    fields = {match.field: match.column for match in matches}
    holds = str(kind)
    if kind is ImportKind.ORDERS:
        lines = are_lines(fields)
        holds = "order lines" if lines else "totals by order" if "order" in fields else "totals by day"
        matches = tuple(match for match in matches if lines or match.field in OF_TOTALS)
        fields = {match.field: match.column for match in matches}
    if kind is ImportKind.CUSTOMERS:
        terms = _with_territory(session, terms, needed="territory" not in fields)
    writing = _learn_writing(kind, file, fields, terms.writing)
    return Prepared(kind, file, matches, terms, writing, holds)


def run_import(
    session: Session,
    prepared: Prepared,
    sink: Sink,
    *,
    clock: Clock,
    run_id: uuid.UUID | None = None,
    progress: Callable[[int, Tally], None] = lambda position, tally: None,
) -> Tally:
    """Import a prepared file and note the run, under `run_id` if one is given; rejected rows go to `sink`.

    `progress` is told after each batch how many bytes of the file are done. Imports wait for each other: two that met
    the same new customer would stand in each other's way.
    """
    run_id, now = run_id or new_id(), clock()
    file, by = prepared.file, prepared.terms.by
    _queue_up(session)
    same = {"id": run_id, "kind": prepared.kind, "file_name": file.path.name[-255:], "sha256": file.sha256}
    session.execute(insert(ImportRun).values(**same, started_at=now, actor_id=by.user_id if by else None, counts={}))
    with _rare_collections(), roomy_cache(session.connection()), Staging() as staging, file.open() as table:
        importer = _importer(session, prepared, staging, run_id=run_id, now=now)
        tally = importer.tally
        for rows in _batches(table.rows()):
            tally.read += len(rows)
            whole = [row for row in rows if row.fault is None]
            for row in rows if len(whole) < len(rows) else ():
                if row.fault:
                    tally.reject(row, row.fault, sink)
            importer.take(whole, sink)
            progress(table.position, tally)
        importer.finish(sink)
    session.execute(
        update(ImportRun).where(ImportRun.id == run_id).values(finished_at=clock(), counts=tally.as_facts())
    )
    return tally


def save_mapping(
    session: Session,
    kind: ImportKind,
    name: str,
    columns: Mapping[str, str],
    options: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Keep a mapping under a name, in place of one that was there."""
    found = session.scalar(select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.name == name))
    if found is None:
        found = ImportMapping(kind=kind, name=name)
        session.add(found)
    found.columns, found.options, found.updated_at = dict(columns), dict(options), now


def _importer(session: Session, prepared: Prepared, staging: Staging, *, run_id: uuid.UUID, now: datetime) -> _Importer:
    positions, writing, terms = prepared.positions, prepared.writing, prepared.terms
    if prepared.kind is ImportKind.CUSTOMERS:
        return CustomerImport(
            session,
            positions,
            writing.mark,
            staging,
            system=terms.system,
            territory=terms.territory,
            by=terms.by,
            now=now,
        )
    if prepared.kind is ImportKind.PRODUCTS:
        return ProductImport(session, positions, writing.mark, staging, currency=terms.currency)
    book = OrderBook(session, run_id, terms.currency, terms.by)
    reading = Reading(positions, writing, exponent(terms.currency), now.date())
    if "product" in positions:
        mended = prepared.file.mended
        return LineImport(session, book, reading, staging, system=terms.system, mended=mended)
    return TotalImport(session, book, reading, staging, system=terms.system)


def _queue_up(session: Session) -> None:
    """Wait until no other import is under way; SQLite lets one writer in at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        patience = session.scalar(text("SELECT current_setting('lock_timeout')"))
        session.execute(text("SET LOCAL lock_timeout = 0"))
        session.execute(select(func.pg_advisory_xact_lock(_QUEUE)))
        session.execute(select(func.set_config("lock_timeout", patience, True)))


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Keep Python's cycle collector from walking all that is loaded, again and again, while rows pass by.

    A row makes no cycles, but its lists and tuples make the collector run; measured, a third of the time went there.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _with_territory(session: Session, terms: Terms, *, needed: bool) -> Terms:
    mine = select(Territory.code).where(in_territories_of(terms.by, Territory.id))
    codes = list(session.scalars(mine.order_by(Territory.code).limit(20)))
    if terms.territory is not None:
        if session.scalar(mine.where(Territory.code == terms.territory)) is None:
            raise TerritoryNeeded(
                f"There is no territory “{terms.territory}”.", mend=f"There are: {', '.join(codes) or 'none yet'}."
            )
        return terms
    if not needed:
        return terms
    if len(codes) == 1:
        return replace(terms, territory=codes[0])
    if codes:
        raise TerritoryNeeded(
            "The file names no territories.", mend=f"Say --territory CODE; there are: {', '.join(codes)}."
        )
    raise TerritoryNeeded(
        "There is no territory for the customers to belong to.", mend="Add one: fieldsales people territory CODE NAME"
    )


def _learn_writing(kind: ImportKind, file: TableFile, fields: Mapping[str, str], given: Writing) -> Writing:
    writes = {field.name: field.writes for field in FIELDS[kind]}
    numbers = [file.columns.index(column) for name, column in fields.items() if writes[name] is Writes.NUMBER]
    dates = [file.columns.index(column) for name, column in fields.items() if writes[name] is Writes.DATE]
    clues = Clues(given)
    with file.open() as table:
        for count, row in enumerate(table.rows()):
            if count >= SAMPLE and not clues.doubts():
                break
            if row.fault is None:
                for at in numbers:
                    clues.see_number(row.cells[at])
                for at in dates:
                    clues.see_date(row.cells[at])
    return clues.settled()
