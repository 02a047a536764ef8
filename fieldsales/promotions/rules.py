"""Promotions as data: what each kind looks like, and for whom and when it holds. `deductions` applies them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from fieldsales.errors import Invalid
from fieldsales.policies.rules import PolicyInvalid, check_shape

Body = Mapping[str, Any]
_COUNT = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
_MINOR = {"type": "integer", "minimum": 0, "maximum": 10**12}
_SHARE = {"type": "integer", "minimum": 1, "maximum": 10_000}
_TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 120}, "maxItems": 5000}
_DAY = {"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_PRODUCT = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_STEP = {
    "type": "object",
    "required": ["min_amount_minor"],
    "oneOf": [{"required": ["discount_bp"]}, {"required": ["off_minor"]}],
    "additionalProperties": False,
    "properties": {"min_amount_minor": _MINOR, "discount_bp": _SHARE, "off_minor": _MINOR},
}
_PART = {
    "type": "object",
    "required": ["product_id", "quantity"],
    "additionalProperties": False,
    "properties": {"product_id": _PRODUCT, "quantity": _COUNT},
}
_COMMON = {
    "code": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$"},
    "name": {"type": "string", "minLength": 1, "maxLength": 200},
    "kind": {"enum": ["percent", "amount", "free_goods", "bundle", "threshold"]},
    "from": _DAY,
    "until": _DAY,
    "tiers": {"anyOf": [{"type": "null"}, _TEXTS]},
    "customers": {"anyOf": [{"type": "null"}, {"type": "array", "items": _PRODUCT, "maxItems": 5000}]},
    "products": {
        "anyOf": [
            {"type": "null"},
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "ids": {"type": "array", "items": _PRODUCT, "maxItems": 5000},
                    "categories": _TEXTS,
                    "brands": _TEXTS,
                },
            },
        ]
    },
    "priority": {"type": "integer", "minimum": 0, "maximum": 1000},
    "group": {"type": ["string", "null"], "minLength": 1, "maxLength": 40},
    "combinable": {"type": "boolean"},
    "on_contracts": {"type": "boolean"},
}
_OF_KIND: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "percent": ({"discount_bp": _SHARE, "min_quantity": _COUNT, "min_amount_minor": _MINOR}, ("discount_bp",)),
    "amount": ({"off_minor": _MINOR, "per": _COUNT, "min_quantity": _COUNT}, ("off_minor",)),
    "free_goods": (
        {"buy": _COUNT, "give": _COUNT, "product_id": {"anyOf": [{"type": "null"}, _PRODUCT]}, "most": _COUNT},
        ("buy", "give"),
    ),
    "bundle": (
        {
            "parts": {"type": "array", "items": _PART, "minItems": 1, "maxItems": 50},
            "price_minor": _MINOR,
            "discount_bp": _SHARE,
            "most": _COUNT,
        },
        ("parts",),
    ),
    "threshold": ({"steps": {"type": "array", "items": _STEP, "minItems": 1, "maxItems": 20}}, ("steps",)),
}


class PromotionInvalid(Invalid):
    """A promotion does not have the shape of its kind; docs/pricing.md describes the kinds."""

    code = "promotion.invalid"
    title = "This promotion cannot be"


class PromotionKind(StrEnum):
    """What a promotion does, in the order in which the kinds come at the same price."""

    PERCENT = "percent"
    AMOUNT = "amount"
    BUNDLE = "bundle"
    FREE_GOODS = "free_goods"
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True)
class Products:
    """Which products a promotion is about: those named, or of a named category or brand."""

    ids: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()

    def has(self, product_id: str, category: str | None, brand: str | None) -> bool:
        """Whether a product is one of them."""
        return product_id in self.ids or category in self.categories or brand in self.brands


@dataclass(frozen=True, slots=True)
class Promotion:
    """One promotion. `terms` are those of its kind, as they stand in the document."""

    code: str
    kind: PromotionKind
    terms: Body = field(hash=False)
    since: str | None = None
    until: str | None = None
    tiers: frozenset[str] | None = None
    customers: frozenset[str] | None = None
    products: Products | None = None
    priority: int = 100
    group: str | None = None
    combinable: bool = True
    on_contracts: bool = False

    def open_to(self, customer_id: str, tier: str | None, day: str) -> bool:
        """Whether it holds for a customer on a day (ISO 8601); both ends of the dates count."""
        return (
            (self.since is None or self.since <= day)
            and (self.until is None or day <= self.until)
            and (self.tiers is None or tier in self.tiers)
            and (self.customers is None or customer_id in self.customers)
        )


def schema_of(kind: str) -> dict[str, Any]:
    """Return the shape of a promotion of a kind, as JSON Schema 2020-12."""
    terms, needed = _OF_KIND[kind]
    return {
        "type": "object",
        "required": ["code", "name", "kind", *needed],
        "additionalProperties": False,
        "properties": _COMMON | terms,
    }


def read_promotion(body: Body) -> Promotion:
    """Return a promotion from its document. Raises `PromotionInvalid` that names each fault."""
    kind = str(body.get("kind"))
    if kind not in _OF_KIND:
        raise PromotionInvalid(f"There is no kind “{kind}”.", mend=f"Kinds are: {', '.join(_OF_KIND)}.")
    try:
        check_shape("promotion", schema_of(kind), body)
    except PolicyInvalid as wrong:
        told = str(wrong.detail).partition(": ")[2]
        raise PromotionInvalid(
            f"The promotion is not sound: {told}", mend="Mend what “errors” names.", **wrong.facts
        ) from wrong
    _check_sense(body)
    return parse_promotion(body)


def parse_promotion(body: Body) -> Promotion:
    """Return a promotion from a document that was found sound before."""
    wanted = body.get("products")
    return Promotion(
        code=body["code"],
        kind=PromotionKind(body["kind"]),
        terms={name: body[name] for name in _OF_KIND[body["kind"]][0] if body.get(name) is not None},
        since=body.get("from"),
        until=body.get("until"),
        tiers=_set(body.get("tiers")),
        customers=_set(body.get("customers")),
        products=None if wanted is None else Products(**{name: frozenset(wanted[name]) for name in wanted}),
        priority=body.get("priority", 100),
        group=body.get("group"),
        combinable=body.get("combinable", True),
        on_contracts=body.get("on_contracts", False),
    )


def _set(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)


def _check_sense(body: Body) -> None:
    for name in ("from", "until"):
        try:
            date.fromisoformat(body.get(name) or "2000-01-01")
        except ValueError as wrong:
            raise PromotionInvalid(f"“{name}” is no day: {body[name]}.", mend="Write 2026-03-02.") from wrong
    if (body.get("from") or "") > (body.get("until") or "9999"):
        raise PromotionInvalid(f"It ends {body['until']}, before it begins.", mend="Exchange “from” and “until”.")
    if body["kind"] == "bundle" and ("price_minor" in body) == ("discount_bp" in body):
        raise PromotionInvalid("A bundle has a price or a discount.", mend="Give “price_minor” or “discount_bp”.")
    floors = [each["min_amount_minor"] for each in body.get("steps", ())]
    if len(floors) != len(set(floors)):
        raise PromotionInvalid("Two steps begin at the same amount.", mend="Keep one of them.")
    parts = [each["product_id"] for each in body.get("parts", ())]
    if len(parts) != len(set(parts)):
        raise PromotionInvalid("A bundle names a product twice.", mend="Add the quantities up.")
