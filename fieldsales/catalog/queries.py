"""Questions about products and their prices."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.catalog.rules import Price, price_for
from fieldsales.db.paging import Page, PageWanted, fetch_page


@dataclass(frozen=True, slots=True)
class PricedProduct:
    """A product, and what a unit of it costs a customer of some tier."""

    product: Product
    price: Price


def products(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Product]:
    """Return products by id, those that are no longer sold included."""
    return {each.id: each for each in session.scalars(select(Product).where(Product.id.in_(ids)))}


def product_page(
    session: Session, wanted: PageWanted, *, text: str | None = None, tier: str | None = None
) -> Page[PricedProduct]:
    """Return a page of the products on sale by SKU, priced for a tier; `text` is sought in name, SKU and barcode."""
    found = select(Product).where(Product.active)
    if text:
        found = found.where(
            or_(
                Product.name.icontains(text, autoescape=True),
                Product.sku.icontains(text, autoescape=True),
                Product.gtin == text,
                Product.case_gtin == text,
            )
        )
    page = fetch_page(session, found, (Product.sku,), wanted)
    costs = prices_of(session, page.items, tier)
    return Page([PricedProduct(product, costs[product.id]) for product in page.items], page.next)


def discount_of(session: Session, tier: str | None) -> int:
    """Return what a tier pays under the list price, in basis points; 0 where nothing is agreed."""
    if tier is None:
        return 0
    return session.scalar(select(TierDiscount.discount_bp).where(TierDiscount.tier == tier)) or 0


def prices(session: Session, ids: Collection[uuid.UUID], tier: str | None) -> dict[uuid.UUID, Price]:
    """Return what each product costs a customer of a tier; no entry for a product that does not exist."""
    return prices_of(session, products(session, ids).values(), tier)


def prices_of(session: Session, articles: Collection[Product], tier: str | None) -> dict[uuid.UUID, Price]:
    """Return what each of these products costs a customer of a tier."""
    agreed: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    if tier is not None:
        ids = [product.id for product in articles]
        tier_prices = select(TierPrice).where(TierPrice.product_id.in_(ids), TierPrice.tier == tier)
        for each in session.scalars(tier_prices):
            agreed[each.product_id][each.tier] = each.price_minor
    discount = discount_of(session, tier)
    return {product.id: price_for(product.price_minor, tier, agreed[product.id], discount) for product in articles}
