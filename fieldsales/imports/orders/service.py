"""Writing imported orders: headers and lines by the batch."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain, repeat
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session

from fieldsales.db.bulk import insert_columns, slices
from fieldsales.imports.customers.queries import all_references, ids_by_reference
from fieldsales.imports.models import MendedLine
from fieldsales.imports.orders.queries import Key, Known, has_other_numbered_orders, known_orders, order_id
from fieldsales.imports.orders.rules import Line
from fieldsales.imports.products.queries import all_skus, ids_by_sku
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin
from fieldsales.people.rules import Actor
from fieldsales.tabular.faults import Row
from fieldsales.tabular.values import BadValue

REMEMBERED = 100_000
_SAYS = ("product_id", "quantity", "unit_price_minor", "amount_minor")
"""The columns of a line that a `Line` fills."""


class Names(dict[str, str]):
    """Ids, as hex, by the names of the other system. Asking for one that does not exist raises `BadValue`.

    All names are loaded at once unless they are very many. Then `expect` says which will be asked for; they are looked
    up together when the first of them is missing.

    Parameters
    ----------
    load : gives at most so many ids by name.
    find : gives the ids of some names.
    code, sentence : of the fault of a name that does not exist.
    """

    def __init__(
        self,
        load: Callable[[int], Mapping[str, uuid.UUID]],
        find: Callable[[Collection[str]], Mapping[str, uuid.UUID]],
        code: str,
        sentence: str,
    ) -> None:
        super().__init__((name, each.hex) for name, each in load(REMEMBERED).items())
        self._find = find
        self._code = code
        self._sentence = sentence
        self._has_all = len(self) < REMEMBERED
        self._rows: Sequence[Row] = ()
        self._at = 0

    def expect(self, rows: Sequence[Row], at: int) -> None:
        """Say in which column of which rows the names stand that will be asked for."""
        if not self._has_all:
            self._rows, self._at = rows, at
            if len(self) > REMEMBERED:
                self.clear()

    def __missing__(self, name: str) -> str:
        if self._rows:
            expected = {row.cells[self._at].strip() for row in self._rows}
            self.update((known, each.hex) for known, each in self._find(expected - self.keys()).items())
            self._rows = ()
        if name in self:
            return self[name]
        raise BadValue(self._code, self._sentence.format(name))


def customer_names(session: Session, system: str, by: Actor | None) -> Names:
    """Return the customers within somebody's reach by what a system calls them."""
    load, find = partial(all_references, session, system, by=by), partial(ids_by_reference, session, system, by=by)
    sentence = f"no customer is called “{{}}” in the system {system}; import customers first"
    return Names(load, find, "customer.unknown", sentence)


def product_names(session: Session) -> Names:
    """Return the products by number."""
    load, find = partial(all_skus, session), partial(ids_by_sku, session)
    return Names(load, find, "product.unknown", "there is no product “{}”; import products first")


class Header(NamedTuple):
    """An order without its lines; the amount in minor units."""

    id: uuid.UUID
    key: Key
    day: date
    amount: int


class OrderBook:
    """The stored orders, as one import run sees and changes them."""

    def __init__(self, session: Session, run_id: uuid.UUID, currency: str, by: Actor | None) -> None:
        self.session = session
        self.run_id = run_id
        self.currency = currency
        self.by = by
        self._by_number = has_other_numbered_orders(session)

    def known(self, keys: Iterable[Key]) -> dict[Key, Known]:
        """Return what is stored of the orders with these keys."""
        ids = {key: order_id(key) for key in keys}
        return known_orders(self.session, ids, by_number=self._by_number)

    def insert(self, orders: Sequence[Header]) -> None:
        """Write new orders. One with a negative amount is a return."""
        columns: dict[str, Iterable[Any]] = {
            "id": (order.id.hex for order in orders),
            "customer_id": (order.key[0] for order in orders),
            "reference": (order.key[1] for order in orders),
            "kind": (kind_of(order.amount) for order in orders),
            "ordered_on": (order.day for order in orders),
            "amount_minor": (order.amount for order in orders),
        }
        same = {"origin": Origin.IMPORT, "import_run_id": self.run_id.hex, "currency": self.currency, "flags": []}
        columns |= {name: [value] * len(orders) for name, value in same.items()}
        insert_columns(self.session.connection(), Order, columns)

    def change(self, orders: Sequence[tuple[uuid.UUID, date, int]]) -> None:
        """Give stored orders another day and amount."""
        values: dict[str, Any] = {
            "kind": bindparam("to_kind"),
            "ordered_on": bindparam("to_day"),
            "amount_minor": bindparam("to_amount"),
            "currency": self.currency,
            "import_run_id": self.run_id,
        }
        rows = [
            {"of": known, "to_kind": kind_of(amount), "to_day": day, "to_amount": amount}
            for known, day, amount in orders
        ]
        if rows:
            statement = update(Order).where(Order.id == bindparam("of")).values(values)
            self.session.connection().execute(statement, rows)

    def add_lines(self, orders: Sequence[tuple[uuid.UUID, int, Sequence[Line]]], *, mended: bool = False) -> None:
        """Write lines: the order, the number of its first line, its lines. `mended` ones came from a rejects file."""
        place: dict[str, Iterable[Any]] = {
            "order_id": list(chain.from_iterable(repeat(order.hex, len(lines)) for order, _, lines in orders)),
            "line_no": list(chain.from_iterable(range(first, first + len(lines)) for _, first, lines in orders)),
        }
        told = zip(*chain.from_iterable(lines for _, _, lines in orders), strict=True)
        connection = self.session.connection()
        insert_columns(connection, OrderLine, place | dict(zip(_SAYS, told, strict=False)))
        if mended:
            insert_columns(connection, MendedLine, place)

    def drop_lines(self, orders: Collection[uuid.UUID]) -> None:
        """Delete all lines of these orders."""
        for some in slices(orders):
            self.session.execute(delete(OrderLine).where(OrderLine.order_id.in_(some)))


def kind_of(amount: int) -> OrderKind:
    """Return what an order with this amount is."""
    return OrderKind.RETURN if amount < 0 else OrderKind.SALE
