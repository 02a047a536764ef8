"""Invoices as they are told, and as another system tells them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import LARGEST_MONEY, PageQuery, day, page_of
from sync.wire import Strict, whole, words

MOST_ROWS = 1000


def currency(**options: object) -> fields.String:
    """Return a field for an ISO 4217 code."""
    return fields.String(validate=validate.Length(equal=3), metadata={"example": "EUR"}, **options)  # type: ignore[arg-type]


class InvoiceSchema(Schema):
    """A claim on a customer; amounts in minor units, `tax_minor` within `amount_minor`."""

    id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    order_id = fields.UUID(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)
    open_minor = fields.Integer(required=True)
    written_off_minor = fields.Integer(required=True)
    issued_on = fields.Date(required=True)
    due_on = fields.Date(required=True)


class InvoiceQuery(PageQuery):
    """Which invoices; all filters must apply."""

    customer = fields.UUID()
    open = fields.Boolean(load_default=False, metadata={"description": "only those of which anything is left to pay"})
    due_before = day()


class ClaimSchema(Strict):
    """An invoice (below 0: a credit note) of another system. The customer is named by id or by its number there.

    `due_on` is missing: by the customer's terms. `open_minor` is what that system says is left to pay. `order` is the
    id of the order that is billed, or its number there; "" says that it is none of ours. A higher `version` may correct
    what a lower one said; a lower one changes nothing.
    """

    reference = words(80, required=True)
    customer_id = fields.UUID(load_default=None, allow_none=True)
    customer = words(80, load_default=None, allow_none=True, metadata={"description": "its number in another system"})
    currency = currency(required=True)
    amount_minor = whole(-LARGEST_MONEY, LARGEST_MONEY, required=True)
    tax_minor = whole(0, LARGEST_MONEY, load_default=0)
    open_minor = whole(0, LARGEST_MONEY, load_default=None, allow_none=True)
    issued_on = day(required=True)
    due_on = day(load_default=None, allow_none=True)
    order = fields.String(validate=validate.Length(max=80), load_default=None, allow_none=True)
    version = whole(0, 2**53, load_default=None, allow_none=True)


class ClaimsSchema(Strict):
    """Rows of a feed, in any order; the same again changes nothing."""

    invoices = fields.List(fields.Nested(ClaimSchema), required=True, validate=validate.Length(min=1, max=MOST_ROWS))


class FiledSchema(Schema):
    """What became of one row.

    `new`; `matched` (the debt of an order that is billed here already); `corrected`; `settled` (less is open than we
    knew); `same`; `older` (a lower version than we hold: nothing was changed); or `refused` with its code.
    """

    reference = fields.String(required=True)
    fate = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)


class FiledRowsSchema(Schema):
    """What became of each row, in their order."""

    rows = fields.List(fields.Nested(FiledSchema), required=True)


class WriteOffSchema(Strict):
    """How much of an invoice to write off (null: all that is open), and why."""

    amount_minor = whole(1, LARGEST_MONEY, load_default=None, allow_none=True)
    reason = words(500, required=True)


InvoicePageSchema = page_of(InvoiceSchema)
