"""What a phone does to price an order offline, with the client of `examples/python`, and how a manager sets prices."""

from __future__ import annotations

import importlib.util
import uuid
from pathlib import Path
from typing import Any

from fieldsales.db.base import new_id

_FILE = Path(__file__).parents[2] / "examples" / "python" / "fieldsales_pricing.py"
_SPEC = importlib.util.spec_from_file_location("fieldsales_pricing", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
client = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(client)

Doc = dict[str, Any]
DAY = "2026-03-02"
TAXES = {"included": False, "rates": {"standard": 2400, "food": 1300}}
FOURTH_FREE = {"code": "4FOR3", "name": "Buy three, get one", "kind": "free_goods", "buy": 3, "give": 1}
SPRING = {"code": "SPRING", "name": "Spring", "kind": "percent", "discount_bp": 1000, "tiers": ["B"]}
BIG = {"code": "BIG", "name": "5 off 100", "kind": "threshold", "steps": [{"min_amount_minor": 9000, "off_minor": 501}]}


def open_shop(boss: Any, products: dict[str, Any], *promotions: Doc) -> None:
    """Set taxes, units, a break and promotions, as a manager does over HTTP."""
    boss("PUT", "/api/v1/policies/taxes", json={"body": TAXES})
    for sku, tax, case in (("coffee", "food", 12), ("water", "food", 24), ("soap", "standard", 10)):
        told = {"tax_class": tax, "units": {"each": 1, "case": case}}
        told |= {"breaks": [{"min": 24, "discount_bp": 500}]} if sku == "water" else {}
        boss("PUT", f"/api/v1/prices/products/{products[sku].id}", json=told)
    for each in promotions:
        boss("POST", "/api/v1/promotions", json={"body": each})


def priced(phone: Any, customer: Doc, lines: list[Doc], *, visit: Any = None, day: str = DAY, **other: Any) -> Doc:
    """Return the data of an `order.submit` of version 2, priced by what the phone holds, or by another `book`."""
    book = other.get("book") or phone.all("price_book")[0]
    terms = next((each for each in phone.all("agreement") if each["customer_id"] == customer["id"]), None)
    buyer = {"customer_id": customer["id"], "tier": customer["tier"], "day": day}
    numbered = [{"line": number, "discount_bp": 0, "unit": "each"} | each for number, each in enumerate(lines, 1)]
    found = client.price_order(book["body"], buyer | {"terms": terms and terms["body"]}, numbered)
    asked = {each["line"]: each for each in numbered}
    told = []
    for each in found["lines"]:
        line = asked.get(each["line"], {"unit": "each", "quantity": each["pieces"], "discount_bp": 0})
        told.append(
            {name: each[name] for name in ("line", "product_id", "amount_minor", "tax_minor", "promotion")}
            | {name: line[name] for name in ("unit", "quantity", "discount_bp")}
        )
    return {
        "order_id": str(new_id()),
        "customer_id": customer["id"],
        "visit_id": str(visit) if visit else None,
        "currency": book["currency"],
        "basis": {
            "book": book["version"],
            "terms": terms["version"] if terms else None,
            "tier": customer["tier"],
            "day": day,
        },
        "lines": told,
        "total_minor": found["total_minor"],
    }


def submit(phone: Any, data: Doc) -> Doc:
    """Hand an order in, and return its outcome."""
    sent = phone.do("order.submit", ("order", uuid.UUID(data["order_id"])), data)
    phone.outbox[-1]["v"] = 2
    phone.send()
    found: Doc = phone.outcomes[sent]
    return found
