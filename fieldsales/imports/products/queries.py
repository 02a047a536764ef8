"""Which products of a file are known already."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product

COMPARED = (
    *("name", "brand", "category", "gtin", "case_gtin", "pack_size", "cost_minor", "price_minor", "currency"),
    "active",
)
"""The columns that an import fills."""


def products_by_sku(session: Session, skus: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the id and the compared columns of the products with these numbers, by number."""
    columns = [getattr(Product, name) for name in ("sku", "id", *COMPARED)]
    found = session.execute(select(*columns).where(Product.sku.in_(skus)))
    return {row.sku: {name: getattr(row, name) for name in ("id", *COMPARED)} for row in found}


def ids_by_sku(session: Session, skus: Collection[str]) -> dict[str, uuid.UUID]:
    """Return the ids of the products with these numbers."""
    found = session.execute(select(Product.sku, Product.id).where(Product.sku.in_(skus)))
    return {row.sku: row.id for row in found}
