"""Products as they are told."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.schema import PageQuery, page_of
from sync.wire import words


class ProductSchema(Schema):
    """An article. Prices are in minor units of `currency`; cost is told to nobody here."""

    id = fields.UUID(required=True)
    sku = fields.String(required=True, metadata={"example": "coffee-500"})
    name = fields.String(required=True)
    brand = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    gtin = fields.String(allow_none=True, metadata={"example": "04006381333931"})
    case_gtin = fields.String(allow_none=True)
    pack_size = fields.Integer(required=True)
    list_price_minor = fields.Integer(required=True, attribute="price_minor", metadata={"example": 620})
    currency = fields.String(required=True, metadata={"example": "EUR"})
    active = fields.Boolean(required=True)


class PricedProductSchema(ProductSchema):
    """An article with what a unit costs a customer of the tier that was asked for, and by which rule."""

    unit_price_minor = fields.Integer(required=True, attribute="price.minor", metadata={"example": 589})
    price_rule = fields.String(required=True, attribute="price.rule", metadata={"example": "tier_discount:B:500"})

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Look at the price for what is the price's, at the product for the rest."""
        return super().get_attribute(obj if attr.startswith("price.") else obj.product, attr, default)


ProductPageSchema = page_of(PricedProductSchema)


class ProductQuery(PageQuery):
    """Which products, priced for whom."""

    search = words(100, metadata={"description": "part of name or SKU; or a whole barcode"})
    tier = words(8, metadata={"description": "price them for customers of this tier"})
