"""Taking order lines over from a file.

A new order is written as its lines come by, even if they lie apart in the file. An order that was stored before is
set aside until the file has been read, then compared as a whole, and replaced if its lines differ.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from fieldsales.imports.lines.rules import lines_after, same_lines
from fieldsales.imports.orders.queries import (
    Key,
    Known,
    last_line_numbers,
    order_id,
    stored_headers,
    stored_lines,
)
from fieldsales.imports.orders.rules import Line, Reading
from fieldsales.imports.orders.service import Header, OrderBook, customer_names, product_names
from fieldsales.imports.staging.service import StagedOrder, Staging
from fieldsales.imports.tally.rules import Sink, Tally
from fieldsales.orders.models import Origin
from fieldsales.tabular.faults import Fault, Row
from fieldsales.tabular.values import BadValue

COMPARED_AT_ONCE = 500


@dataclass(slots=True)
class Draft:
    """The lines of one order in one batch, and the row of the file where it begins."""

    row: int
    day: date
    lines: list[Line] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """The sum of its lines in minor units."""
        return sum(line[3] for line in self.lines)


class LineImport:
    """Order lines of one file, batch by batch. `mended` says that it is a rejects file: its lines are added."""

    def __init__(
        self, session: Session, book: OrderBook, reading: Reading, staging: Staging, *, system: str, mended: bool
    ) -> None:
        self.tally = Tally("orders")
        self._session = session
        self._book = book
        self._reading = reading
        self._staging = staging
        self._mended = mended
        self._customers = customer_names(session, system, book.by)
        self._products = product_names(session)

    def take(self, rows: Sequence[Row], sink: Sink) -> None:
        """Import a batch of rows that are whole."""
        drafts = self._drafts(rows, sink)
        known = self._book.known(drafts)
        self._write_new({key: draft for key, draft in drafts.items() if key not in known})
        self._append([(at, drafts[key]) for key, at in known.items() if at.run_id == self._book.run_id])
        for key, at in known.items():
            if at.run_id != self._book.run_id:
                self._set_aside(at, drafts[key])

    def finish(self, sink: Sink) -> None:
        """Compare the orders that were set aside with those stored, and replace what differs."""
        for staged in self._staging.orders(COMPARED_AT_ONCE):
            self._compare({uuid.UUID(key): order for key, order in staged.items()})

    def _drafts(self, rows: Sequence[Row], sink: Sink) -> dict[Key, Draft]:
        customers, products, read_line = self._customers, self._products, self._reading.line
        customers.expect(rows, self._reading.customer_at)
        products.expect(rows, self._reading.product_at)
        drafts: dict[Key, Draft] = {}
        names, draft = ("", ""), Draft(0, date.min)
        for row in rows:
            try:
                customer, number, day, product, quantity, unit_price, amount = read_line(row.cells)
                line = (products[product], quantity, unit_price, amount)
                if (customer, number) != names:  # lines of an order mostly stand together
                    draft = drafts.setdefault((customers[customer], number), Draft(row.line, day))
                    names = (customer, number)
            except BadValue as bad:
                self.tally.reject(row, Fault(bad.code, bad.detail), sink)
                continue
            if day is not draft.day and day != draft.day:
                self.tally.flag(row.line, "date_differs_in_order")
            draft.lines.append(line)
        self.tally.lines += sum(len(draft.lines) for draft in drafts.values())
        return drafts

    def _write_new(self, drafts: Mapping[Key, Draft]) -> None:
        self.tally.new += len(drafts)
        ids = {key: order_id(key) for key in drafts}
        for draft in drafts.values():
            self._flag_late(draft)
        self._book.insert([Header(ids[key], key, draft.day, draft.amount) for key, draft in drafts.items()])
        self._book.add_lines([(ids[key], 1, draft.lines) for key, draft in drafts.items()], mended=self._mended)

    def _append(self, found: Sequence[tuple[Known, Draft]]) -> None:
        last = last_line_numbers(self._session, [known.id for known, _ in found])
        for known, draft in found:
            self._flag_other_day(draft, known.day)
        self._book.change([(known.id, known.day, known.amount + draft.amount) for known, draft in found])
        added = [(known.id, last[known.id] + 1, draft.lines) for known, draft in found]
        self._book.add_lines(added, mended=self._mended)

    def _set_aside(self, known: Known, draft: Draft) -> None:
        if known.origin is Origin.FIELD:
            if not self._staging.seen_at(known.id.hex, draft.row):
                self.tally.unchanged += 1
                self.tally.flag(draft.row, "taken_in_field")
            return
        day = self._staging.add_order(known.id.hex, draft.day.isoformat(), draft.row, draft.lines)
        self._flag_other_day(draft, date.fromisoformat(day))

    def _compare(self, staged: Mapping[uuid.UUID, StagedOrder]) -> None:
        base: dict[uuid.UUID, list[Line]] = {order: [] for order in staged}
        mended: dict[uuid.UUID, list[Line]] = {order: [] for order in staged}
        for order, line, is_mended in stored_lines(self._session, staged.keys()):
            (mended if is_mended else base)[order].append(line)
        replaced: dict[uuid.UUID, tuple[list[Line], list[Line]]] = {}
        headers = []
        for stored in stored_headers(self._session, staged.keys()):
            told = staged[stored.id]
            after = lines_after(base[stored.id], mended[stored.id], told.lines, from_rejects=self._mended)
            day = stored.day if self._mended else date.fromisoformat(told.day)
            alike = same_lines(after[0] + after[1], base[stored.id] + mended[stored.id])
            if alike and day == stored.day and stored.currency == self._book.currency:
                self.tally.unchanged += 1
                continue
            replaced[stored.id] = after
            headers.append((stored.id, day, sum(line[3] for line in after[0] + after[1])))
        self._replace(headers, replaced)

    def _replace(
        self,
        headers: Sequence[tuple[uuid.UUID, date, int]],
        replaced: Mapping[uuid.UUID, tuple[list[Line], list[Line]]],
    ) -> None:
        self.tally.changed += len(headers)
        self._book.drop_lines(replaced.keys())
        self._book.change(headers)
        self._book.add_lines([(order, 1, base) for order, (base, _) in replaced.items()])
        mended_lines = [(order, len(base) + 1, mended) for order, (base, mended) in replaced.items()]
        self._book.add_lines(mended_lines, mended=True)

    def _flag_other_day(self, draft: Draft, day: date) -> None:
        if draft.day != day:
            self.tally.flag(draft.row, "date_differs_in_order")

    def _flag_late(self, draft: Draft) -> None:
        if self._reading.is_late(draft.day):
            self.tally.flag(draft.row, "date_in_future")
