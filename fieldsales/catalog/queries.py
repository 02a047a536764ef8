"""Questions about products and their prices."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.catalog.rules import Price, price_for
from fieldsales.db.desk import Desk
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.db.statements import among, ask

_ARTICLES = select(Product.id, Product.sku, Product.price_minor, Product.currency, Product.active).where(
    among(Product.id, "ids")
)
_DISCOUNTS = select(TierDiscount.tier, TierDiscount.discount_bp).where(among(TierDiscount.tier, "tiers"))
_AGREED = (
    select(TierPrice.tier, TierPrice.product_id, TierPrice.price_minor)
    .where(among(TierPrice.tier, "tiers"), among(TierPrice.product_id, "ids"))
    .order_by(TierPrice.id)
)


@dataclass(frozen=True, slots=True)
class PricedProduct:
    """A product, and what a unit of it costs a customer of some tier."""

    product: Product
    price: Price


@dataclass(frozen=True, slots=True)
class Article:
    """What a sale must know of a product."""

    id: uuid.UUID
    sku: str
    price_minor: int
    currency: str
    active: bool


def articles(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Article]:
    """Return what a sale must know of products, by id; those that are no longer sold included."""
    return {row[0]: Article(*row) for row in ask(session, _ARTICLES, ids=ids)}


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
    return 0 if tier is None else discounts(session, [tier]).get(tier, 0)


def discounts(session: Session, tiers: Collection[str]) -> dict[str, int]:
    """Return what tiers pay under the list price, in basis points; no entry where nothing is agreed."""
    return dict(map(tuple, ask(session, _DISCOUNTS, tiers=tiers)))


def agreed_prices(session: Session, keys: Collection[tuple[str, uuid.UUID]]) -> dict[tuple[str, uuid.UUID], int]:
    """Return the prices agreed for a tier, by (tier, product); no entry where there is none."""
    tiers, ids = {tier for tier, _ in keys}, {product_id for _, product_id in keys}
    rows = ask(session, _AGREED, tiers=tiers, ids=ids)
    return {(tier, product_id): price for tier, product_id, price in rows}


def prices(session: Session, ids: Collection[uuid.UUID], tier: str | None) -> dict[uuid.UUID, Price]:
    """Return what each product costs a customer of a tier; no entry for a product that does not exist."""
    return prices_of(session, products(session, ids).values(), tier)


def prices_of(
    session: Session, sold: Collection[Product | Article], tier: str | None, desk: Desk | None = None
) -> dict[uuid.UUID, Price]:
    """Return what each of these products costs a customer of a tier."""
    if tier is None:
        return {each.id: price_for(each.price_minor, None, {}, 0) for each in sold}
    here = desk or Desk(session)
    if desk is None:
        here.lay_out(agreed_prices, [(tier, each.id) for each in sold])
    discount = here.find(discounts, tier) or 0
    return {each.id: _price(here, each, tier, discount) for each in sold}


def _price(desk: Desk, sold: Product | Article, tier: str, discount: int) -> Price:
    agreed = desk.find(agreed_prices, (tier, sold.id))
    return price_for(sold.price_minor, tier, {} if agreed is None else {tier: agreed}, discount)
