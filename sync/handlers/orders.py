"""Orders taken on site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from fieldsales.catalog.queries import agreed_prices, articles, discounts
from fieldsales.credits.queries import terms_of
from fieldsales.db.desk import Desk
from fieldsales.orders import service
from fieldsales.orders.queries import taken_ids
from fieldsales.orders.rules import Draft, Line
from fieldsales.visits.queries import relations, visits_to_change
from sync.handlers.context import Applied, Context, Foreseen, Handler
from sync.handlers.credit import follow_up
from sync.handlers.missing import waiting_for_it
from sync.wire import LARGEST_WHOLE, Strict, whole


class LineSchema(Strict):
    """One product, how much of it, and the unit price that the customer was told (minor units)."""

    product_id = fields.UUID(required=True)
    quantity = whole(-LARGEST_WHOLE, required=True)
    unit_price_minor = whole(-LARGEST_WHOLE, required=True)


class SubmitSchema(Strict):
    """`order.submit`, version 1. `total_minor`, where told, must be what the lines add up to."""

    order_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    customer_id = fields.UUID(required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    lines = fields.List(fields.Nested(LineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, load_default=None, allow_none=True)


def _submit(context: Context, data: dict[str, Any]) -> Applied:
    draft = Draft(**data | {"lines": tuple(Line(**line) for line in data["lines"])})
    taken = service.Taken(context.rep_id, context.at, context.clock_flags, context.approved)
    with waiting_for_it():
        order = service.place_order(context.session, draft, taken, context.desk)
    follow_up(context, order)
    result = {
        "order_id": str(order.id),
        "ordered_on": order.ordered_on.isoformat(),
        "currency": order.currency,
        "amount_minor": order.amount_minor,
    }
    return Applied(result, tuple(order.flags))


def _foresee(desk: Desk, coming: Sequence[Foreseen]) -> None:
    desk.lay_out(taken_ids, [each.data["order_id"] for each in coming])
    desk.lay_out(visits_to_change, [each.data["visit_id"] for each in coming if each.data["visit_id"]])
    desk.lay_out(relations, [(each.rep_id, each.data["customer_id"]) for each in coming])
    desk.lay_out(terms_of, [each.data["customer_id"] for each in coming])
    desk.lay_out(articles, [line["product_id"] for each in coming for line in each.data["lines"]])
    tiers = {each.data["customer_id"]: _tier(desk, each) for each in coming}
    desk.lay_out(discounts, [tier for tier in tiers.values() if tier])
    sold = [(tiers[each.data["customer_id"]], line["product_id"]) for each in coming for line in each.data["lines"]]
    desk.lay_out(agreed_prices, [(tier, product_id) for tier, product_id in sold if tier])


def _tier(desk: Desk, order: Foreseen) -> str | None:
    relation = desk.find(relations, (order.rep_id, order.data["customer_id"]))
    return relation.customer.tier if relation else None


SUBMIT = Handler(SubmitSchema(), ("order", "order_id"), _submit, _foresee)
