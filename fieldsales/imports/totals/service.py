"""Taking totals over from a file: what a customer bought on a day, without lines."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from fieldsales.imports.orders.queries import Key, Known, last_line_numbers, order_id
from fieldsales.imports.orders.rules import TOTAL_OF, Reading, TotalRow
from fieldsales.imports.orders.service import Header, OrderBook, customer_names
from fieldsales.imports.staging.service import Staging
from fieldsales.imports.tally.rules import Sink, Tally
from fieldsales.orders.models import Origin
from fieldsales.tabular.faults import Fault, Row
from fieldsales.tabular.values import BadValue


class TotalImport:
    """Totals of one file, batch by batch. A customer's day (or order number) may stand in a file only once."""

    def __init__(self, session: Session, book: OrderBook, reading: Reading, staging: Staging, *, system: str) -> None:
        self.tally = Tally("orders")
        self._session = session
        self._book = book
        self._reading = reading
        self._staging = staging
        self._customers = customer_names(session, system, book.by)

    def take(self, rows: Sequence[Row], sink: Sink) -> None:
        """Import a batch of rows that are whole."""
        totals = self._totals(rows, sink)
        known = self._book.known(totals)
        new = []
        for key, (row, (_, _, day, amount)) in totals.items():
            if self._reading.is_late(day):
                self.tally.flag(row.line, "date_in_future")
            if key not in known:
                new.append(Header(order_id(key), key, day, amount))
        self.tally.new += len(new)
        self._book.insert(new)
        self._change([(known[key], *totals[key]) for key in known], sink)

    def finish(self, sink: Sink) -> None:
        """Nothing is left to do after the last batch."""

    def _totals(self, rows: Sequence[Row], sink: Sink) -> dict[Key, tuple[Row, TotalRow]]:
        self._customers.expect(rows, self._reading.customer_at)
        totals: dict[Key, tuple[Row, TotalRow]] = {}
        for row in rows:
            try:
                total = self._reading.total(row.cells)
                key = (self._customers[total[0]], total[1])
            except BadValue as bad:
                self.tally.reject(row, Fault(bad.code, bad.detail), sink)
                continue
            if key in totals:
                self._repeated(row, total, sink)
            else:
                totals[key] = (row, total)
        return totals

    def _change(self, found: Sequence[tuple[Known, Row, TotalRow]], sink: Sink) -> None:
        differing: list[tuple[Known, Row, TotalRow]] = []
        for known, row, total in found:
            if known.run_id == self._book.run_id or self._staging.seen_at(known.id.hex, row.line):
                self._repeated(row, total, sink)
            elif known.origin is Origin.FIELD:
                self.tally.unchanged += 1
                self.tally.flag(row.line, "taken_in_field")
            elif (known.day, known.amount, known.currency) == (*total[2:], self._book.currency):
                self.tally.unchanged += 1
            else:
                differing.append((known, row, total))
        self._write_changed(differing)

    def _write_changed(self, differing: Sequence[tuple[Known, Row, TotalRow]]) -> None:
        with_lines = last_line_numbers(self._session, [known.id for known, _, _ in differing])
        changed: list[tuple[uuid.UUID, date, int]] = []
        for known, row, total in differing:
            if known.id in with_lines:
                self.tally.unchanged += 1
                self.tally.flag(row.line, "total_differs_from_lines")
            else:
                changed.append((known.id, *total[2:]))
        self.tally.changed += len(changed)
        self._book.change(changed)

    def _repeated(self, row: Row, total: TotalRow, sink: Sink) -> None:
        customer, number, _, _ = total
        detail = f"a total of “{customer}” for {number.removeprefix(TOTAL_OF)} stands in an earlier line"
        self.tally.reject(row, Fault("order.repeated", detail), sink)
