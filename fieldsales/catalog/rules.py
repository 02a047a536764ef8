"""What a product costs a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BASIS = 10_000


@dataclass(frozen=True, slots=True)
class Price:
    """A unit price in minor units, and the rule that gave it: `list`, `tier_price:B` or `tier_discount:B:250`."""

    minor: int
    rule: str


def price_for(list_price_minor: int, tier: str | None, tier_prices: Mapping[str, int], discount_bp: int) -> Price:
    """Return what a unit costs a customer of a tier (None: of no tier).

    The tier's own price for the product stands first, then the tier's discount in basis points (250 = 2.5 %) off
    the list price, rounded half up to the minor unit, then the list price.
    """
    if tier is not None and tier in tier_prices:
        return Price(tier_prices[tier], f"tier_price:{tier}")
    if tier is not None and discount_bp:
        return Price(share_of(list_price_minor, BASIS - discount_bp), f"tier_discount:{tier}:{discount_bp}")
    return Price(list_price_minor, "list")


def share_of(minor: int, basis_points: int) -> int:
    """Return a share of an amount that is not negative, rounded half up to the minor unit."""
    return (2 * minor * basis_points + BASIS) // (2 * BASIS)
