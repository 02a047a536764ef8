"""What a phone holds of goods: what is sold, at what price, and what there is of it."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, and_, or_

from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.pricebooks.models import PublishedBook, PublishedTerms
from fieldsales.stock.models import Level, StockBalance, StockLevel
from fieldsales.warehouses.models import Warehouse
from sync.shape import Shape, everybody, of_served


def _on_sale(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return Product.active.is_(True)


def _current_books(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return PublishedBook.superseded_at.is_(None)


def _current_terms(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(PublishedTerms.superseded_at.is_(None), of_served(PublishedTerms.customer_id)(user_id))


def _scarce(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return StockLevel.level != Level.AVAILABLE


def _in_own_van(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(StockBalance.rep_id == user_id, StockBalance.on_hand != 0)


def _places(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Warehouse.active, or_(Warehouse.rep_id.is_(None), Warehouse.rep_id == user_id))


PRODUCT = Shape(
    columns=(
        Product.id,
        Product.sku,
        Product.name,
        Product.brand,
        Product.category,
        Product.gtin,
        Product.case_gtin,
        Product.pack_size,
        Product.price_minor,
        Product.currency,
    ),
    visible=_on_sale,
)

TIER_DISCOUNT = Shape((TierDiscount.id, TierDiscount.tier, TierDiscount.discount_bp), everybody)

TIER_PRICE = Shape(
    (TierPrice.id, TierPrice.tier, TierPrice.product_id, TierPrice.price_minor),
    everybody,
)

PRICE_BOOK = Shape(
    (
        PublishedBook.id,
        PublishedBook.currency,
        PublishedBook.version,
        PublishedBook.made_at,
        PublishedBook.body,
    ),
    _current_books,
)

AGREEMENT = Shape(
    (
        PublishedTerms.id,
        PublishedTerms.customer_id,
        PublishedTerms.currency,
        PublishedTerms.version,
        PublishedTerms.made_at,
        PublishedTerms.body,
    ),
    _current_terms,
)

WAREHOUSE = Shape((Warehouse.id, Warehouse.code, Warehouse.name, Warehouse.kind), _places)

VAN_STOCK = Shape(
    (
        StockBalance.id,
        StockBalance.warehouse_id,
        StockBalance.product_id,
        StockBalance.condition,
        StockBalance.on_hand,
    ),
    _in_own_van,
)

STOCK_LEVEL = Shape((StockLevel.id, StockLevel.warehouse_id, StockLevel.product_id, StockLevel.level), _scarce)
