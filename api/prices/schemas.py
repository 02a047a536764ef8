"""Prices as managers set them and everybody asks for them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import day
from fieldsales.pricing.rules import MOST_LINES
from fieldsales.units.rules import EACH, MOST_PIECES
from sync.wire import Strict, whole, words

_CURRENCY = validate.Regexp("^[A-Z]{3}$")
_PRICE = 10**12


class QuotedLineSchema(Strict):
    """So much of a unit of a product, less a discount given by hand (basis points)."""

    line = whole(1, 100_000, required=True)
    product_id = fields.UUID(required=True)
    unit = words(20, load_default=EACH)
    quantity = whole(-MOST_PIECES, MOST_PIECES, required=True)
    discount_bp = whole(0, 10_000, load_default=0)


class QuoteSchema(Strict):
    """An order to price; nothing is saved."""

    customer_id = fields.UUID(required=True)
    currency = fields.String(required=True, validate=_CURRENCY, metadata={"example": "EUR"})
    lines = fields.List(fields.Nested(QuotedLineSchema), required=True, validate=validate.Length(1, MOST_LINES))


class PricedLineSchema(Schema):
    """A line with its price for `per` pieces, and every step to what is paid; `promotion` where goods are free."""

    line = fields.Integer(required=True)
    product_id = fields.UUID(required=True)
    unit = fields.String(required=True)
    quantity = fields.Integer(required=True)
    pieces = fields.Integer(required=True)
    price_minor = fields.Integer(required=True)
    per = fields.Integer(required=True)
    goods_minor = fields.Integer(required=True)
    discount_minor = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)
    steps = fields.List(fields.Dict(), required=True)
    promotion = fields.String(required=True, allow_none=True)
    because_of = fields.List(fields.Integer(), required=True)


class ClassTaxSchema(Schema):
    """The tax of a class over the order."""

    tax_class = fields.String(required=True)
    rate_bp = fields.Integer(required=True)
    base_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)


class PricedOrderSchema(Schema):
    """What an order costs: docs/pricing.md. Amounts are in minor units."""

    book = fields.String(required=True)
    terms = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    day = fields.String(required=True)
    currency = fields.String(required=True)
    lines = fields.List(fields.Nested(PricedLineSchema), required=True)
    goods_minor = fields.Integer(required=True)
    discount_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)
    total_minor = fields.Integer(required=True)
    rounding_minor = fields.Integer(required=True)
    payable_minor = fields.Integer(required=True)
    taxes = fields.List(fields.Nested(ClassTaxSchema), required=True)


class NewPromotionSchema(Strict):
    """A promotion to set, and why."""

    body = fields.Dict(keys=fields.String(), required=True, metadata={"description": "docs/pricing.md has the kinds"})
    note = words(500, 0, load_default="")


class PromotionTrialQuery(Strict):
    """A promotion to try on the last orders."""

    body = fields.Dict(keys=fields.String(), required=True)
    currency = fields.String(required=True, validate=_CURRENCY)
    orders = fields.Integer(load_default=100)


class PromotionVersionSchema(Schema):
    """One version of a promotion: who made it, when and why."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    body = fields.Dict(required=True)
    note = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    made_by = fields.UUID(required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)


class PromotionsSchema(Schema):
    """Promotions, or versions of one."""

    promotions = fields.List(fields.Nested(PromotionVersionSchema), required=True)


class PriceChangeSchema(Schema):
    """An order that would cost something else, or bring other free goods (pieces)."""

    order_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    before_minor = fields.Integer(required=True)
    after_minor = fields.Integer(required=True)
    free_before = fields.Integer(required=True)
    free_after = fields.Integer(required=True)


class PriceTrialSchema(Schema):
    """The last orders by today's prices and by those that are tried; the 20 largest changes are listed."""

    orders = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    before_minor = fields.Integer(required=True)
    after_minor = fields.Integer(required=True)
    free_before = fields.Integer(required=True)
    free_after = fields.Integer(required=True)
    changes = fields.List(fields.Nested(PriceChangeSchema), required=True)


class AgreementSchema(Strict):
    """A contract price: for `per` pieces of a product, from `min` pieces on, between two days."""

    customer_id = fields.UUID(required=True)
    product_id = fields.UUID(required=True)
    reference = fields.String(required=True, validate=validate.Regexp(r"^[ -~]{1,80}$"))
    price_minor = whole(0, _PRICE, required=True)
    per = whole(1, MOST_PIECES, load_default=1)
    least = whole(1, MOST_PIECES, load_default=1, data_key="min")
    since = day(load_default=None, allow_none=True, data_key="from")
    until = day(load_default=None, allow_none=True)


class AgreementTrialQuery(AgreementSchema):
    """A contract price to try on the customer's last orders."""

    orders = fields.Integer(load_default=100)


class ContractPriceSchema(Schema):
    """A contract price as it stands, or stood."""

    id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    product_id = fields.UUID(required=True)
    reference = fields.String(required=True)
    price_minor = fields.Integer(required=True)
    per = fields.Integer(required=True)
    min_pieces = fields.Integer(required=True, data_key="min")
    from_on = fields.Date(required=True, allow_none=True, data_key="from")
    until_on = fields.Date(required=True, allow_none=True, data_key="until")
    made_at = fields.AwareDateTime(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)


class ContractPricesSchema(Schema):
    """What is agreed with a customer."""

    contract_prices = fields.List(fields.Nested(ContractPriceSchema), required=True)


class ContractQuery(Strict):
    """Of which customer."""

    customer_id = fields.UUID(required=True)


class BreakSchema(Strict):
    """From `min` pieces on: a price for `per` pieces, or a discount in basis points."""

    least = whole(1, MOST_PIECES, required=True, data_key="min")
    tier = words(8, load_default=None, allow_none=True)
    price_minor = whole(0, _PRICE, load_default=None, allow_none=True)
    per = whole(1, MOST_PIECES, load_default=1)
    discount_bp = whole(1, 10_000, load_default=None, allow_none=True)


class ProductPricingSchema(Strict):
    """What of a product's pricing is to be set; each as a whole, what is missing stays."""

    list_price_minor = whole(0, _PRICE)
    tax_class = fields.String(allow_none=True, validate=validate.Regexp("^[a-z][a-z0-9_]{0,19}$"))
    units = fields.Dict(
        keys=fields.String(validate=validate.Regexp("^[a-z][a-z0-9_]{0,19}$")), values=whole(1, MOST_PIECES)
    )
    breaks = fields.List(fields.Nested(BreakSchema), validate=validate.Length(0, 50))


class BookVersionSchema(Schema):
    """A price book that holds."""

    currency = fields.String(required=True)
    version = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


class BookVersionsSchema(Schema):
    """The price books that hold, by currency."""

    price_books = fields.List(fields.Nested(BookVersionSchema), required=True)
