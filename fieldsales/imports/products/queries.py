"""Which products of a file are known already."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.db.bulk import slices

COMPARED = (
    *("name", "brand", "category", "gtin", "case_gtin", "pack_size", "cost_minor", "price_minor", "currency"),
    "active",
)
"""The columns that an import fills."""


def products_by_sku(session: Session, skus: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the id and the compared columns of the products with these numbers, by number."""
    statement = select(*(getattr(Product, name) for name in ("sku", "id", *COMPARED)))
    return {
        row.sku: {name: getattr(row, name) for name in ("id", *COMPARED)}
        for some in slices(skus)
        for row in session.execute(statement.where(Product.sku.in_(some)))
    }


def ids_by_sku(session: Session, skus: Collection[str]) -> dict[str, uuid.UUID]:
    """Return the ids of the products with these numbers."""
    statement = select(Product.sku, Product.id)
    return {row.sku: row.id for some in slices(skus) for row in session.execute(statement.where(Product.sku.in_(some)))}


def all_skus(session: Session, most: int) -> dict[str, uuid.UUID]:
    """Return the ids of products by number, at most so many."""
    return {row.sku: row.id for row in session.execute(select(Product.sku, Product.id).limit(most))}
