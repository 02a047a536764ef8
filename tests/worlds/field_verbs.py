"""What a rep does in the field beside arriving, selling and leaving, for any phone of the tests to queue."""

from __future__ import annotations

import uuid
from typing import Any

from fieldsales.db.base import new_id

Id = uuid.UUID | str
Lines = list[tuple[Id, int, int]]
"""Product, quantity and unit price in minor units."""


class FieldVerbs:
    """Verbs for a phone that has `do(kind, entity, data, **more)`; each returns what that returns."""

    do: Any

    def summarize(self, visit_id: Id, **told: Any) -> Any:
        """Say what became of a visit: `summary`, `cause_code`."""
        return self.do("visit.summarize", ("visit", uuid.UUID(str(visit_id))), {"visit_id": _text(visit_id), **told})

    def amend(self, amends_id: Id, lines: Lines, **more: Any) -> Any:
        """Put an order of (product, quantity, unit price) in the place of another one."""
        order_id = new_id()
        data = {
            "order_id": str(order_id),
            "amends_id": str(amends_id),
            "currency": "EUR",
            "lines": lines_of(lines),
            "total_minor": total_of(lines),
            "reason": "Said otherwise.",
        }
        return self.do("order.amend", ("order", order_id), data, **more)

    def cancel(self, order_id: Id, reason: str = "Called off.", **more: Any) -> Any:
        """Call an order off."""
        data = {"order_id": str(order_id), "reason": reason}
        return self.do("order.cancel", ("order", uuid.UUID(str(order_id))), data, **more)

    def give_back(
        self,
        customer_id: Id,
        lines: Lines,
        against_id: Id | None = None,
        visit_id: Id | None = None,
        **more: Any,
    ) -> Any:
        """Take (product, quantity, unit price) back from a customer."""
        return_id = new_id()
        data = {
            "return_id": str(return_id),
            "customer_id": str(customer_id),
            "visit_id": _text(visit_id),
            "against_id": _text(against_id),
            "reason": "Broken on the way.",
            "currency": "EUR",
            "lines": [each | {"condition": "damaged"} for each in lines_of(lines)],
            "total_minor": total_of(lines),
        }
        return self.do("return.submit", ("return", return_id), data, **more)

    def gift(self, customer_id: Id, lines: list[tuple[Id, int]], visit_id: Id | None = None, **more: Any) -> Any:
        """Give (product, quantity) away."""
        gift_id = new_id()
        data = {
            "gift_id": str(gift_id),
            "customer_id": str(customer_id),
            "visit_id": _text(visit_id),
            "reason": "A sample.",
            "currency": "EUR",
            "lines": [{"product_id": str(product), "quantity": quantity} for product, quantity in lines],
        }
        return self.do("gift.submit", ("gift", gift_id), data, **more)

    def collect(self, customer_id: Id, amount_minor: int, visit_id: Id | None = None, **told: Any) -> Any:
        """Take money: cash in euros, unless told otherwise."""
        payment_id = new_id()
        data = {
            "payment_id": str(payment_id),
            "customer_id": str(customer_id),
            "visit_id": _text(visit_id),
            "method": "cash",
            "currency": "EUR",
            "amount_minor": amount_minor,
        } | told
        return self.do("payment.collect", ("payment", payment_id), data)

    def note(self, customer_id: Id, text: str, visit_id: Id | None = None, **more: Any) -> Any:
        """Remember something about a customer."""
        note_id = new_id()
        data = {"note_id": str(note_id), "customer_id": str(customer_id), "visit_id": _text(visit_id), "text": text}
        return self.do("note.add", ("note", note_id), data, **more)

    def track(self, points: list[dict[str, Any]], **more: Any) -> Any:
        """Tell where the phone was, `ago_ms` before now."""
        track_id = new_id()
        return self.do("track.points", ("track", track_id), {"track_id": str(track_id), "points": points}, **more)


def lines_of(lines: Lines) -> list[dict[str, Any]]:
    """Return the lines of an order as a phone tells them."""
    return [
        {"product_id": str(product), "quantity": quantity, "unit_price_minor": price}
        for product, quantity, price in lines
    ]


def total_of(lines: Lines) -> int:
    """Return what lines add up to."""
    return sum(quantity * price for _, quantity, price in lines)


def _text(identity: Id | None) -> str | None:
    return None if identity is None else str(identity)
