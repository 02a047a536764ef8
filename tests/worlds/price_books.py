"""Price books, buyers and orders drawn by lot, with every kind of promotion, small enough to meet each other."""

from __future__ import annotations

import uuid
from random import Random
from typing import Any

Doc = dict[str, Any]
CURRENCIES = (("JPY", 1), ("EUR", 1), ("CHF", 5), ("KWD", 1), ("KWD", 5))
"""Currencies of no, two and three decimals, with the smallest amount that is paid."""
PRODUCTS = tuple(str(uuid.uuid5(uuid.NAMESPACE_OID, f"product {number}")) for number in range(12))
CUSTOMERS = tuple(str(uuid.uuid5(uuid.NAMESPACE_OID, f"customer {number}")) for number in range(3))
TIERS = (None, "A", "B")
DAYS = ("2026-02-28", "2026-03-01", "2026-03-15", "2026-03-31", "2026-04-01")
CATEGORIES, BRANDS = ("drinks", "snacks", None), ("Alpha", "Beta", None)


def book(lot: Random) -> Doc:
    """Draw a price book."""
    currency, step = lot.choice(CURRENCIES)
    return {
        "format": 1,
        "currency": currency,
        "step_minor": step,
        "tax_included": lot.random() < 0.5,
        "tax_rates": {"standard": lot.choice((2400, 1900, 700)), "reduced": lot.randint(0, 1300)},
        "tier_discounts": {"B": lot.choice((250, 500, 3333))},
        "products": {each: _product(lot) for each in PRODUCTS},
        "promotions": [promotion(lot, number) for number in range(lot.randint(0, 8))],
    }


def buyer(lot: Random) -> Doc:
    """Draw for whom and when an order is priced."""
    who = lot.choice(CUSTOMERS)
    terms = {"format": 1, "customer_id": who, "contracts": [_contract(lot, at) for at in range(lot.randint(1, 5))]}
    return {
        "customer_id": who,
        "tier": lot.choice(TIERS),
        "day": lot.choice(DAYS),
        "terms": terms if lot.random() < 0.5 else None,
    }


def lines(lot: Random, priced_by: Doc) -> list[Doc]:
    """Draw the lines of an order; products and even whole lines may come twice."""
    found = []
    for number in range(1, lot.randint(1, 15) + 1):
        product_id = lot.choice(PRODUCTS)
        unit = lot.choice(sorted(priced_by["products"][product_id]["units"]))
        off = lot.choice((0, 0, 0, 300, 1250, 10_000))
        quantity = lot.choice((1, 2, 3, 5, 10, 40))
        found.append({"line": number, "product_id": product_id, "unit": unit, "quantity": quantity, "discount_bp": off})
    return found


def promotion(lot: Random, number: int) -> Doc:
    """Draw a promotion of any kind."""
    kind = lot.choice(sorted(_TERMS))
    told: Doc = {"code": f"{lot.choice('ABC')}-{number}", "name": f"Promotion {number}", "kind": kind}
    told |= {"priority": lot.choice((10, 20, 100)), "combinable": lot.random() < 0.7}
    told |= {"group": lot.choice((None, None, "spring")), "on_contracts": lot.random() < 0.3}
    told |= {"from": lot.choice((None, "2026-03-01")), "until": lot.choice((None, "2026-03-31"))}
    told |= {"tiers": lot.choice((None, None, ["A"], ["A", "B"]))}
    told |= {"customers": lot.choice((None, None, None, [CUSTOMERS[0]]))}
    told |= {"products": _meant(lot)}
    return told | _TERMS[kind](lot)


def _meant(lot: Random) -> Doc | None:
    if lot.random() < 0.4:
        return None
    found: Doc = {"ids": lot.sample(PRODUCTS, lot.randint(0, 5))}
    return found | lot.choice(({}, {"categories": ["drinks"]}, {"brands": ["Alpha"]}))


def _product(lot: Random) -> Doc:
    price = lot.choice((0, 1, 7, 50, 199, 620, 1250, 99_999))
    told: Doc = {
        "sku": f"sku-{lot.randint(1, 10**6)}",
        "price_minor": price,
        "tax_class": lot.choice(("standard", "reduced", None)),
        "category": lot.choice(CATEGORIES),
        "brand": lot.choice(BRANDS),
        "units": {"each": 1, "inner": lot.choice((3, 6)), "case": lot.choice((12, 24))},
    }
    if lot.random() < 0.3:
        told["tier_prices"] = {"A": price * 9 // 10}
    if lot.random() < 0.5:
        told["breaks"] = [_break(lot, price) for _ in range(lot.randint(1, 3))]
    return told


def _break(lot: Random, price: int) -> Doc:
    told: Doc = {"min": lot.choice((2, 12, 24, 50)), "tier": lot.choice((None, None, "A"))}
    if lot.random() < 0.5:
        return told | {"discount_bp": lot.choice((100, 333, 1000))}
    per = lot.choice((1, 12, 24))
    return told | {"price_minor": price * per * lot.choice((80, 90, 99, 120)) // 100, "per": per}


def _contract(lot: Random, number: int) -> Doc:
    told: Doc = {"reference": f"K-{number}", "product_id": lot.choice(PRODUCTS[:6]), "min": lot.choice((1, 1, 20))}
    told |= {"price_minor": lot.choice((1, 99, 1001)), "per": lot.choice((1, 12))}
    return told | {"from": lot.choice((None, "2026-03-01")), "until": lot.choice((None, "2026-03-31"))}


def _parts(lot: Random) -> list[Doc]:
    return [{"product_id": each, "quantity": lot.randint(1, 4)} for each in lot.sample(PRODUCTS, lot.randint(1, 3))]


def _steps(lot: Random) -> list[Doc]:
    floors = lot.sample((0, 500, 5000, 50_000), lot.randint(1, 3))
    return [
        {"min_amount_minor": each}
        | lot.choice(({"discount_bp": lot.randint(1, 2000)}, {"off_minor": lot.randint(1, 700)}))
        for each in floors
    ]


_TERMS = {
    "percent": lambda lot: (
        {"discount_bp": lot.choice((1, 500, 3333, 10_000))}
        | lot.choice(({}, {"min_quantity": 10}, {"min_amount_minor": 1000}))
    ),
    "amount": lambda lot: (
        {"off_minor": lot.choice((1, 20, 5000)), "per": lot.choice((1, 6, 24))} | lot.choice(({}, {"min_quantity": 12}))
    ),
    "free_goods": lambda lot: (
        {"buy": lot.choice((2, 10, 24)), "give": lot.choice((1, 2))}
        | lot.choice(({}, {"product_id": lot.choice(PRODUCTS)}))
        | lot.choice(({}, {"most": 2}))
    ),
    "bundle": lambda lot: (
        {"parts": _parts(lot)}
        | lot.choice(({"price_minor": lot.choice((0, 99, 1500))}, {"discount_bp": lot.randint(1, 5000)}))
        | lot.choice(({}, {"most": 3}))
    ),
    "threshold": lambda lot: {"steps": _steps(lot)},
}
