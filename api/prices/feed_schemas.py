"""Prices as another system tells them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.prices.schemas import BookVersionSchema
from api.schema import LARGEST_MONEY, day
from fieldsales.catalog.service import PriceInvalid
from fieldsales.pricefeeds.rules import PriceRow, PromotionRow
from sync.wire import Strict, whole, words

MOST_PRICES = 1000
MOST_PROMOTIONS = 100
_VERSION: dict[str, Any] = {"load_default": None, "allow_none": True}


class PriceRowSchema(Strict):
    """A price of the list, of a `tier`, or agreed with a customer (named by id, or by its number in another system).

    `from` is needed but for a customer's own price: from then on it holds. A lower `version` than we hold changes
    nothing.
    """

    sku = words(80, required=True)
    price_minor = whole(0, LARGEST_MONEY, required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3), metadata={"example": "EUR"})
    since = day(data_key="from", load_default=None, allow_none=True)
    until = day(load_default=None, allow_none=True)
    tier = words(8, load_default=None, allow_none=True)
    customer_id = fields.UUID(load_default=None, allow_none=True)
    customer = words(80, load_default=None, allow_none=True, metadata={"description": "its number in another system"})
    reference = words(80, load_default=None, allow_none=True)
    per = whole(1, 10**9, load_default=1)
    least = whole(1, 10**9, data_key="min", load_default=1)
    version = whole(0, 2**53, **_VERSION)
    withdrawn = fields.Boolean(load_default=False)

    @post_load
    def row(self, data: dict[str, Any], **_: Any) -> PriceRow | PriceInvalid:
        """Return the row, or why it cannot be one: that refuses it alone."""
        try:
            return PriceRow(**data)
        except PriceInvalid as wrong:
            return wrong


class PromotionRowSchema(Strict):
    """A promotion: docs/pricing.md has the kinds. To withdraw one, its `body` needs no more than its `code`."""

    body = fields.Dict(keys=fields.String(), required=True)
    version = whole(0, 2**53, **_VERSION)
    withdrawn = fields.Boolean(load_default=False)

    @post_load
    def row(self, data: dict[str, Any], **_: Any) -> PromotionRow:
        """Return the row."""
        return PromotionRow(**data)


class PriceFeedSchema(Strict):
    """Rows of a feed, in any order; the same again changes nothing."""

    prices = fields.List(fields.Nested(PriceRowSchema), load_default=list, validate=validate.Length(max=MOST_PRICES))
    promotions = fields.List(
        fields.Nested(PromotionRowSchema), load_default=list, validate=validate.Length(max=MOST_PROMOTIONS)
    )


class FiledPriceSchema(Schema):
    """What became of one row.

    `new` (it holds now); `waiting` (it holds from its day on); `same`; `older` (a lower version than we hold: nothing
    was changed); `followed` (another that begins later holds already); `withdrawn`; or `refused` with its code.
    """

    subject = fields.String(required=True)
    fate = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)


class FiledPricesSchema(Schema):
    """What became of each row, in their order, the price books that are new, and how many customers' terms are."""

    prices = fields.List(fields.Nested(FiledPriceSchema), required=True)
    promotions = fields.List(fields.Nested(FiledPriceSchema), required=True)
    price_books = fields.List(fields.Nested(BookVersionSchema), required=True)
    terms = fields.Integer(required=True)
