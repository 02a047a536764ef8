"""What was handed over of an order, told by the phone of who drove."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.deliveries.models import Rest
from fieldsales.deliveries.queries import day_of
from fieldsales.deliveries.rules import Proof, Told
from fieldsales.deliveries.service import Report
from fieldsales.handovers.service import report_delivery
from fieldsales.orders.models import Order
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from sync.handlers.context import Applied, Context, Handler, NotHereYet
from sync.wire import LARGEST_WHOLE, Real, Strict, whole, words


class DeliveredLineSchema(Strict):
    """Of one line: the pieces handed over, why not the rest, and whether that is waited for or cancelled."""

    line_no = whole(1, required=True)
    delivered = whole(-LARGEST_WHOLE, required=True)
    reason = words(200, load_default=None, allow_none=True)
    rest = fields.Enum(Rest, by_value=True, load_default=Rest.BACK_ORDER)


class DeliveryReportSchema(Strict):
    """`delivery.report`, version 1. Without `lines` all came; with a `refusal` the customer takes nothing."""

    report_id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    lines = fields.List(
        fields.Nested(DeliveredLineSchema), load_default=None, allow_none=True, validate=validate.Length(1, 500)
    )
    refusal = words(200, load_default=None, allow_none=True)
    recipient = words(120, load_default=None, allow_none=True)
    photo_id = fields.UUID(load_default=None, allow_none=True)
    latitude = Real(load_default=None, allow_none=True, validate=validate.Range(-90, 90))
    longitude = Real(load_default=None, allow_none=True, validate=validate.Range(-180, 180))
    note = words(300, load_default=None, allow_none=True)


def _report(context: Context, data: dict[str, Any]) -> Applied:
    session = context.session
    order = session.get(Order, data["order_id"])
    if order is None:
        raise NotHereYet("order", data["order_id"])
    rep = session.get_one(User, context.rep_id)
    lines, refusal = data.pop("lines"), data.pop("refusal")
    report = Report(
        data.pop("report_id"),
        data.pop("order_id"),
        context.at,
        day_of(session, order, context.at),
        None if lines is None else tuple(Told(**each) for each in lines),
        refusal,
        Proof(**data),
        context.clock_flags,
    )
    actor = Actor(rep.id, Role.REP, rep.territory_id, context.device_id)
    recorded = report_delivery(session, report, by=actor, now=context.received_at)
    result = {
        "report_id": str(recorded.report.id),
        "order_id": str(order.id),
        "state": recorded.delivery.state.value,
        "left": sum(each.ordered - each.delivered - each.cancelled for each in recorded.delivery.lines),
    }
    return Applied(result, tuple(recorded.report.flags))


REPORT = Handler(DeliveryReportSchema(), ("delivery_report", "report_id"), _report)
"""A report is an entity of its own: of an order there may be several."""
