"""What is sold, and for how much to whom."""

from __future__ import annotations

from typing import Any

from api.database import session
from api.guard import EVERYBODY
from api.openapi import Resource
from api.products.schemas import ProductPageSchema, ProductQuery
from fieldsales.catalog.queries import PricedProduct, product_page
from fieldsales.db.paging import Page

products = Resource("products", __name__, url_prefix="/api/v1/products", description="What is sold, and for how much")


@products.on("GET", "", roles=EVERYBODY, query=ProductQuery, gives=ProductPageSchema)
def list_products(query: dict[str, Any]) -> Page[PricedProduct]:
    """The products on sale, priced for a tier"""
    return product_page(session(), query["page"], text=query.get("search"), tier=query.get("tier"))
