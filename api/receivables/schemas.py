"""Statements, debts by age, and credit limits."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.invoices.schemas import InvoiceSchema, currency
from api.schema import LARGEST_MONEY, PageQuery, day
from fieldsales.invoices.rules import BUCKETS
from sync.wire import Strict, whole


class StatementQuery(Strict):
    """Between which days, both included; by default the 90 days up to today."""

    since = day()
    until = day()


class MovementSchema(Schema):
    """What changed the debt: above 0 it rose. `source_id` is the invoice, payment or credit note."""

    entry_id = fields.UUID(required=True)
    cause = fields.String(required=True)
    source_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)


class StatementSchema(Schema):
    """A customer's account, read from the ledger; sums by currency in minor units, below 0: money of the customer's."""

    customer_id = fields.UUID(required=True, attribute="customer.id")
    name = fields.String(required=True, attribute="customer.name")
    since = fields.Date(required=True)
    until = fields.Date(required=True)
    opening = fields.Dict(required=True)
    movements = fields.List(fields.Nested(MovementSchema), required=True)
    closing = fields.Dict(required=True)
    open_invoices = fields.List(
        fields.Nested(InvoiceSchema), required=True, metadata={"description": "as of now, whatever the days"}
    )


class AgeingQuery(PageQuery):
    """At the end of which day (today where none is given), of the customers of which rep."""

    day = day()
    rep = fields.UUID(metadata={"description": "only customers whom this rep serves now"})


class AgedSchema(Schema):
    """What one customer owes in one currency, by how late it is (minor units)."""

    customer_id = fields.UUID(required=True, attribute="customer.id")
    name = fields.String(required=True, attribute="customer.name")
    currency = fields.String(required=True)
    owed_minor = fields.Integer(required=True)
    buckets = fields.Dict(
        required=True,
        metadata={"description": "not_due, days_1_30, days_31_60, …, over_90", "columns": BUCKETS},
    )


class TotalSchema(Schema):
    """The same of all customers in scope; `dso_days`: receivables ÷ credit sales × 90, null without sales."""

    currency = fields.String(required=True)
    buckets = fields.Dict(required=True)
    on_account_minor = fields.Integer(required=True)
    dso_days = fields.Float(required=True, allow_none=True)


class AgeingSchema(Schema):
    """A page of customers who owe anything, and the totals of all of them."""

    day = fields.Date(required=True)
    totals = fields.List(fields.Nested(TotalSchema), required=True)
    items = fields.List(fields.Nested(AgedSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class TermsSchema(Strict):
    """How much a customer may owe in a currency (null: any amount), and in how many days it pays (null: the policy)."""

    currency = currency(required=True)
    limit_minor = whole(0, LARGEST_MONEY, required=True, allow_none=True)
    payment_days = whole(0, 365, load_default=None, allow_none=True)


class StandingSchema(Schema):
    """How a customer stands in one currency; `left_minor` is how much more it may owe (null: any amount)."""

    currency = fields.String(required=True)
    limit_minor = fields.Integer(required=True, allow_none=True)
    invoiced_minor = fields.Integer(required=True)
    ordered_minor = fields.Integer(required=True)
    on_account_minor = fields.Integer(required=True)
    owed_minor = fields.Integer(required=True)
    left_minor = fields.Integer(required=True, allow_none=True)


class StandingsSchema(Schema):
    """How a customer stands, by currency."""

    credit = fields.List(fields.Nested(StandingSchema), required=True)
