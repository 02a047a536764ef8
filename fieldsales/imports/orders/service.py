"""Writing imported orders: headers and lines by the batch."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from fieldsales.imports.models import MendedLine
from fieldsales.imports.orders.queries import Key, Known, has_other_numbered_orders, known_orders, order_id
from fieldsales.imports.orders.rules import Line
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin

REMEMBERED = 100_000


class Names:
    """Ids by the names of the other system, looked up a batch at a time; a bounded number is remembered."""

    def __init__(self, find: Callable[[Collection[str]], dict[str, uuid.UUID]]) -> None:
        self._find = find
        self._ids: dict[str, uuid.UUID] = {}

    def learn(self, names: set[str]) -> dict[str, uuid.UUID]:
        """Return the ids by name; those of unknown names are not in it."""
        if len(self._ids) > REMEMBERED:
            self._ids.clear()
        if missing := names - self._ids.keys():
            self._ids |= self._find(missing)
        return self._ids


class Header(NamedTuple):
    """An order without its lines; the amount in minor units."""

    id: uuid.UUID
    key: Key
    day: date
    amount: int


class OrderBook:
    """The stored orders, as one import run sees and changes them."""

    def __init__(self, session: Session, run_id: uuid.UUID, currency: str) -> None:
        self.session = session
        self.run_id = run_id
        self.currency = currency
        self._by_number = has_other_numbered_orders(session)

    def known(self, keys: Iterable[Key]) -> dict[Key, Known]:
        """Return what is stored of the orders with these keys."""
        ids = {key: order_id(key) for key in keys}
        return known_orders(self.session, ids, by_number=self._by_number)

    def insert(self, orders: Sequence[Header]) -> None:
        """Write new orders. One with a negative amount is a return."""
        same = {"origin": Origin.IMPORT, "import_run_id": self.run_id, "currency": self.currency, "flags": []}
        self._each(
            insert(Order),
            [
                same
                | {
                    "id": order.id,
                    "customer_id": order.key[0],
                    "reference": order.key[1],
                    "kind": kind_of(order.amount),
                    "ordered_on": order.day,
                    "amount_minor": order.amount,
                }
                for order in orders
            ],
        )

    def change(self, orders: Sequence[tuple[uuid.UUID, date, int]]) -> None:
        """Give stored orders another day and amount."""
        values: dict[str, Any] = {
            "kind": bindparam("to_kind"),
            "ordered_on": bindparam("to_day"),
            "amount_minor": bindparam("to_amount"),
            "currency": self.currency,
            "import_run_id": self.run_id,
        }
        self._each(
            update(Order).where(Order.id == bindparam("of")).values(values),
            [
                {"of": known, "to_kind": kind_of(amount), "to_day": day, "to_amount": amount}
                for known, day, amount in orders
            ],
        )

    def add_lines(self, lines: Iterable[tuple[uuid.UUID, int, Line, bool]]) -> None:
        """Write lines: order, line number, what it says, and whether it came from a mended rejects file."""
        rows, mended = [], []
        for order, line_no, line, is_mended in lines:
            product, quantity, unit_price, amount = line
            rows.append(
                {
                    "order_id": order,
                    "line_no": line_no,
                    "product_id": product,
                    "quantity": quantity,
                    "unit_price_minor": unit_price,
                    "amount_minor": amount,
                }
            )
            if is_mended:
                mended.append({"order_id": order, "line_no": line_no})
        self._each(insert(OrderLine), rows)
        self._each(insert(MendedLine), mended)

    def drop_lines(self, orders: Collection[uuid.UUID]) -> None:
        """Delete all lines of these orders."""
        if orders:
            self.session.execute(delete(OrderLine).where(OrderLine.order_id.in_(orders)))

    def _each(self, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self.session.connection().execute(statement, rows)


def kind_of(amount: int) -> OrderKind:
    """Return what an order with this amount is."""
    return OrderKind.RETURN if amount < 0 else OrderKind.SALE
