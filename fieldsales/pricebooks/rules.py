"""The price book and a customer's terms: documents that a phone prices by, named by the hash of their content.

Their format is described in docs/pricing.md; `pricing` reads orders off them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldsales.promotions.rules import Promotion, parse_promotion

FORMAT = 1
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Break:
    """A price, or a discount in basis points, from a number of pieces on; `tier` None: for everybody.

    A price is `price_minor` for `per` pieces.
    """

    least: int
    tier: str | None = None
    price_minor: int | None = None
    per: int = 1
    discount_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A product in a book. `units` maps each unit to its pieces, `tier_prices` a tier to its price for one piece."""

    sku: str
    price_minor: int
    tax_class: str | None
    category: str | None
    brand: str | None
    units: Mapping[str, int]
    tier_prices: Mapping[str, int]
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Everything that prices in one currency depend on, except what was agreed with one customer alone.

    `step_minor` is the smallest amount that is paid in the currency (5 for Swiss francs), `tax_rates` are in basis
    points by tax class, `version` is the hash of the document. Promotions stand in the order in which they come.
    """

    version: str
    currency: str
    step_minor: int
    tax_included: bool
    tax_rates: Mapping[str, int]
    tier_discounts: Mapping[str, int]
    items: Mapping[str, Item]
    promotions: tuple[Promotion, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed with one customer for a product: `price_minor` for `per` pieces, from `least` pieces on."""

    reference: str
    product_id: str
    price_minor: int
    per: int = 1
    least: int = 1
    since: str | None = None
    until: str | None = None

    def holds(self, day: str, pieces: int) -> bool:
        """Whether it holds on a day (ISO 8601, both ends count) for so many pieces."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until) and self.least <= pieces


@dataclass(frozen=True, slots=True)
class Terms:
    """The contract prices of one customer. `version` is the hash of the document, None where there is none."""

    version: str | None = None
    contracts: Mapping[str, Sequence[Contract]] = field(default_factory=dict)

    def of(self, product_id: str) -> Sequence[Contract]:
        """Return what was agreed for a product."""
        return self.contracts.get(product_id, ())


NO_TERMS = Terms()


def version_of(body: Body) -> str:
    """Return the version of a document: SHA-256 in hex of its JSON with sorted keys, no blanks, in UTF-8."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read_book(body: Body) -> PriceBook:
    """Return the value of a price book's document."""
    promotions = (parse_promotion(each) for each in body["promotions"])
    return PriceBook(
        version=version_of(body),
        currency=body["currency"],
        step_minor=body["step_minor"],
        tax_included=body["tax_included"],
        tax_rates=body["tax_rates"],
        tier_discounts=body["tier_discounts"],
        items={product_id: _item(each) for product_id, each in body["products"].items()},
        promotions=tuple(sorted(promotions, key=lambda each: (each.priority, each.code))),
    )


def read_terms(body: Body) -> Terms:
    """Return the value of a document of a customer's terms."""
    found: dict[str, list[Contract]] = {}
    for each in body["contracts"]:
        contract = Contract(
            reference=each["reference"],
            product_id=each["product_id"],
            price_minor=each["price_minor"],
            per=each.get("per", 1),
            least=each.get("min", 1),
            since=each.get("from"),
            until=each.get("until"),
        )
        found.setdefault(contract.product_id, []).append(contract)
    return Terms(version_of(body), found)


def _item(body: Body) -> Item:
    return Item(
        sku=body["sku"],
        price_minor=body["price_minor"],
        tax_class=body.get("tax_class"),
        category=body.get("category"),
        brand=body.get("brand"),
        units=body.get("units") or {"each": 1},
        tier_prices=body.get("tier_prices", {}),
        breaks=tuple(
            Break(
                least=each["min"],
                tier=each.get("tier"),
                price_minor=each.get("price_minor"),
                per=each.get("per", 1),
                discount_bp=each.get("discount_bp"),
            )
            for each in body.get("breaks", ())
        ),
    )
