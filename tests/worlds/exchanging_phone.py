"""What a phone does to take goods back and to exchange them, by the documents that it holds."""

from __future__ import annotations

import uuid
from typing import Any

from worlds.pricing_phone import Doc, priced

from fieldsales.db.base import new_id


def hand_in(phone: Any, kind: str, entity: tuple[str, str], data: Doc, v: int = 1) -> Doc:
    """Hand one mutation in, and return its outcome."""
    sent = phone.do(kind, (entity[0], uuid.UUID(entity[1])), data)
    phone.outbox[-1]["v"] = v
    phone.send()
    found: Doc = phone.outcomes[sent]
    return found


def back(*lines: Doc, against: str | None = None, reason: str = "Damaged.") -> Doc:
    """Return what comes back, as `return.submit` and `exchange.submit` tell it."""
    told = [{"line": number, **each} for number, each in enumerate(lines, 1)]
    return {
        "return_id": str(new_id()),
        "against_id": against,
        "reason": reason,
        "lines": told,
        "total_minor": sum(each["amount_minor"] for each in told),
    }


def give_back(phone: Any, customer: Doc, told: Doc) -> Doc:
    """Hand a return of version 2 in."""
    data = told | {"customer_id": customer["id"], "currency": "EUR"}
    return hand_in(phone, "return.submit", ("return", told["return_id"]), data, v=2)


def exchanged(phone: Any, customer: Doc, goods: list[Doc], told: Doc, payment: Doc | None = None, **more: Any) -> Doc:
    """Return the data of an exchange: goods priced by what the phone holds, and what comes back."""
    data = priced(phone, customer, goods, **more)
    data["exchange_id"] = data.pop("order_id")
    balance = data["total_minor"] - told["total_minor"]
    return data | {"back": told, "balance_minor": balance, "payment": payment}


def exchange(phone: Any, data: Doc) -> Doc:
    """Hand an exchange in."""
    return hand_in(phone, "exchange.submit", ("exchange", data["exchange_id"]), data)


def amend(phone: Any, data: Doc, amends_id: str, basis: Doc | None = None) -> Doc:
    """Put an order that was priced in the place of another one."""
    told = {name: value for name, value in data.items() if name not in ("customer_id", "visit_id")}
    told |= {"amends_id": amends_id, "basis": basis or data["basis"]}
    return hand_in(phone, "order.amend", ("order", data["order_id"]), told, v=2)
