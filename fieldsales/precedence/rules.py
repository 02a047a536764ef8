"""What a piece of a product costs a customer: contract, else the tier's price and the breaks, else the list.

docs/pricing.md writes the order of precedence down.
"""

from __future__ import annotations

from dataclasses import dataclass

from fieldsales.catalog.rules import share_of
from fieldsales.deductions.rules import Step
from fieldsales.pricebooks.rules import Break, Contract, Item, PriceBook, Terms
from fieldsales.taxes.rules import BASIS


@dataclass(frozen=True, slots=True)
class Buyer:
    """For whom a price is: a customer with its tier and its own terms, on a day (ISO 8601)."""

    customer_id: str
    tier: str | None
    terms: Terms
    day: str


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price in minor units for `per` pieces, with the steps that led to it."""

    minor: int
    per: int
    steps: tuple[Step, ...]
    by_contract: bool = False


def unit_price(book: PriceBook, buyer: Buyer, product_id: str, pieces: int) -> UnitPrice:
    """Return what a piece costs where so many are ordered: by contract; else by list, tier and then breaks."""
    contract = _contract(buyer, product_id, pieces)
    if contract is not None:
        told = {"reference": contract.reference, "price_minor": contract.price_minor, "per": contract.per}
        return UnitPrice(contract.price_minor, contract.per, ({"code": "contract"} | told,), by_contract=True)
    item, tier = book.items[product_id], buyer.tier
    steps: tuple[Step, ...] = ({"code": "list", "price_minor": item.price_minor},)
    price = UnitPrice(item.price_minor, 1, steps)
    discount_bp = book.tier_discounts.get(tier, 0) if tier is not None else 0
    if tier is not None and tier in item.tier_prices:
        minor = item.tier_prices[tier]
        price = UnitPrice(minor, 1, (*steps, {"code": "tier_price", "tier": tier, "price_minor": minor}))
    elif discount_bp:
        minor = share_of(item.price_minor, BASIS - discount_bp)
        step = {"code": "tier_discount", "tier": tier, "discount_bp": discount_bp, "price_minor": minor}
        price = UnitPrice(minor, 1, (*steps, step))
    return _broken(item, tier, pieces, price)


def _contract(buyer: Buyer, product_id: str, pieces: int) -> Contract | None:
    """Return the contract with the highest quantity that is reached; of equals the latest, then by reference."""
    found = [each for each in buyer.terms.of(product_id) if each.holds(buyer.day, pieces)]
    found.sort(key=lambda each: each.reference)
    return max(found, key=lambda each: (each.least, each.since or ""), default=None)


def _broken(item: Item, tier: str | None, pieces: int, price: UnitPrice) -> UnitPrice:
    """Return the lowest price of the breaks that are reached; the price as it is where none is lower."""
    best, chosen = price, None
    for each in item.breaks:
        if each.least <= pieces and each.tier in (None, tier):
            minor, per = _of_break(each, price)
            if minor * best.per < best.minor * per:
                best, chosen = UnitPrice(minor, per, ()), each
    if chosen is None:
        return price
    told: Step = {"code": "break", "min": chosen.least, "price_minor": best.minor, "per": best.per}
    if chosen.discount_bp is not None:
        told["discount_bp"] = chosen.discount_bp
    return UnitPrice(best.minor, best.per, (*price.steps, told))


def _of_break(each: Break, price: UnitPrice) -> tuple[int, int]:
    if each.price_minor is not None:
        return each.price_minor, each.per
    return share_of(price.minor, BASIS - (each.discount_bp or 0)), price.per
