"""Taking customers over from a file."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer, CustomerReference
from fieldsales.db.base import new_id
from fieldsales.imports.customers.queries import (
    COMPARED,
    customers_by_reference,
    ids_by_reference,
    territories_by_code,
)
from fieldsales.imports.customers.rules import POSITION_FLAGS, CustomerRow, merged, read_customer, tidy
from fieldsales.imports.staging.service import Staging
from fieldsales.imports.tally.rules import Sink, Tally
from fieldsales.people.rules import Actor
from fieldsales.tabular.faults import Fault, Row
from fieldsales.tabular.values import BadValue

_BLANK: dict[str, Any] = dict.fromkeys(COMPARED) | {"active": True, "flags": []}


class CustomerImport:
    """Customers of one file, added or changed batch by batch. A blank cell leaves what is stored.

    `system` is who gave the references, `territory` the code of where shops go for which the file names none. `by`
    reaches only the customers at or below the own territory.
    """

    def __init__(
        self,
        session: Session,
        positions: Mapping[str, int],
        mark: str | None,
        staging: Staging,
        *,
        system: str,
        territory: str | None,
        by: Actor | None,
        now: datetime,
    ) -> None:
        self.tally = Tally("customers")
        self._session = session
        self._positions = positions
        self._mark = mark
        self._staging = staging
        self._system = system
        self._territory = territory
        self._now = now
        self._territories = territories_by_code(session, by)
        self._reach = {each.id for each in self._territories.values()}

    def take(self, rows: Sequence[Row], sink: Sink) -> None:
        """Import a batch of rows that are whole."""
        read, row_of = {}, {}
        for row in rows:
            try:
                customer = self._read(row)
            except BadValue as bad:
                self.tally.reject(row, Fault(bad.code, bad.detail), sink)
            else:
                read[customer.reference], row_of[customer.reference] = (row.line, customer), row
        stored = customers_by_reference(self._session, self._system, read)
        for reference in [each for each, before in stored.items() if before["territory_id"] not in self._reach]:
            del read[reference], stored[reference]
            sentence = f"“{reference}” is a customer of a territory that is not yours"
            self.tally.reject(row_of[reference], Fault("reference.elsewhere", sentence), sink)
        self._store(read, stored)

    def finish(self, sink: Sink) -> None:
        """Nothing is left to do after the last batch."""

    def _read(self, row: Row) -> CustomerRow:
        cells = {name: row.cells[at] for name, at in self._positions.items()}
        code = tidy(cells.get("territory", "")) or self._territory
        if code is None:
            raise BadValue("territory.missing", "the territory is empty, and --territory names none")
        if code not in self._territories:
            raise BadValue("territory.unknown", f"there is no territory with the code “{code}”")
        customer = read_customer(cells, self._mark, self._territories[code].region)
        if before := self._staging.seen_at(customer.reference, row.line):
            raise BadValue("reference.repeated", f"“{customer.reference}” stands in line {before} already")
        return customer

    def _store(self, read: dict[str, tuple[int, CustomerRow]], stored: dict[str, dict[str, Any]]) -> None:
        new, changed = [], []
        names: list[dict[str, Any]] = []
        for reference, (line, customer) in read.items():
            before = stored.get(reference)
            after = merged(before or _BLANK, customer, self._positions.keys())
            if customer.territory or not before:
                after["territory_id"] = self._territories[customer.territory or self._territory or ""].id
            for flag in (customer.flags - POSITION_FLAGS) | (POSITION_FLAGS & set(after["flags"])):
                self.tally.flag(line, flag)
            if before is None:
                after |= {"id": new_id(), "version": 1, "created_at": self._now, "updated_at": self._now}
                new.append(after)
                names.append(self._name(after["id"], self._system, reference))
            elif any(after[name] != before[name] for name in COMPARED):
                changed.append({f"to_{name}": value for name, value in after.items()} | {"of": before["id"]})
            else:
                self.tally.unchanged += 1
        self._write(new, changed, names + self._new_glns(read, stored, names))

    def _new_glns(
        self, read: dict[str, tuple[int, CustomerRow]], stored: dict[str, dict[str, Any]], names: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        ids = {reference: row["id"] for reference, row in stored.items()}
        ids |= {name["value"]: name["customer_id"] for name in names}
        wanted = {customer.gln: (line, ids[ref]) for ref, (line, customer) in read.items() if customer.gln}
        taken = ids_by_reference(self._session, "gln", wanted)
        for gln, (line, customer_id) in wanted.items():
            if taken.get(gln, customer_id) != customer_id:
                self.tally.flag(line, "gln_taken")
        return [self._name(customer_id, "gln", gln) for gln, (_, customer_id) in wanted.items() if gln not in taken]

    @staticmethod
    def _name(customer_id: uuid.UUID, system: str, value: str) -> dict[str, Any]:
        return {"id": new_id(), "customer_id": customer_id, "system": system, "value": value}

    def _write(self, new: list[dict[str, Any]], changed: list[dict[str, Any]], names: list[dict[str, Any]]) -> None:
        self.tally.new += len(new)
        self.tally.changed += len(changed)
        connection = self._session.connection()
        if new:
            connection.execute(insert(Customer), new)
        if names:
            connection.execute(insert(CustomerReference), names)
        if changed:
            values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in COMPARED}
            statement = update(Customer).where(Customer.id == bindparam("of"))
            connection.execute(statement.values(**values, version=Customer.version + 1, updated_at=self._now), changed)
