"""Taking products over from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.db.base import new_id
from fieldsales.imports.products.queries import COMPARED, products_by_sku
from fieldsales.imports.products.rules import ProductRow, read_product
from fieldsales.imports.staging.service import Staging
from fieldsales.imports.tally.rules import Sink, Tally
from fieldsales.tabular.faults import Fault, Row
from fieldsales.tabular.values import BadValue

_BLANK: dict[str, Any] = dict.fromkeys(COMPARED) | {"pack_size": 1, "active": True}


class ProductImport:
    """Products of one file, added or changed batch by batch. A blank cell leaves what is stored."""

    def __init__(
        self,
        session: Session,
        positions: Mapping[str, int],
        mark: str | None,
        staging: Staging,
        *,
        currency: str,
    ) -> None:
        self.tally = Tally("products")
        self._session = session
        self._positions = positions
        self._mark = mark
        self._staging = staging
        self._currency = currency

    def take(self, rows: Sequence[Row], sink: Sink) -> None:
        """Import a batch of rows that are whole."""
        read = {}
        for row in rows:
            cells = {name: row.cells[at] for name, at in self._positions.items()}
            try:
                product = read_product(cells, self._mark, self._currency)
                if before := self._staging.seen_at(product.sku, row.line):
                    raise BadValue("sku.repeated", f"“{product.sku}” stands in line {before} already")
            except BadValue as bad:
                self.tally.reject(row, Fault(bad.code, bad.detail), sink)
                continue
            read[product.sku] = product
            for flag in product.flags:
                self.tally.flag(row.line, flag)
        self._store(read)

    def finish(self, sink: Sink) -> None:
        """Nothing is left to do after the last batch."""

    def _store(self, read: dict[str, ProductRow]) -> None:
        stored = products_by_sku(self._session, read)
        new, changed = [], []
        for sku, product in read.items():
            before = stored.get(sku)
            after = {name: (before or _BLANK)[name] for name in COMPARED} | product.values
            if before is None:
                new.append(after | {"id": new_id(), "sku": sku})
            elif any(after[name] != before[name] for name in COMPARED):
                changed.append({f"to_{name}": value for name, value in after.items()} | {"of": before["id"]})
            else:
                self.tally.unchanged += 1
        self.tally.new += len(new)
        self.tally.changed += len(changed)
        connection = self._session.connection()
        if new:
            connection.execute(insert(Product), new)
        if changed:
            values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in COMPARED}
            connection.execute(update(Product).where(Product.id == bindparam("of")).values(values), changed)
