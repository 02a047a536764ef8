"""How far orders are, what is told of a delivery, and the measures of many."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.schema import PageQuery, day, latitude, longitude, page_of
from fieldsales.deliveries.models import DeliveryState, Rest
from fieldsales.deliveries.rules import Told
from fieldsales.fulfilment.queries import By
from sync.wire import LARGEST_WHOLE, Strict, moment, whole, words


class TellLineSchema(Strict):
    """Of one line: the pieces handed over, why not the rest, and whether that is waited for or cancelled."""

    line_no = whole(1, required=True)
    delivered = whole(-LARGEST_WHOLE, required=True)
    reason = words(200, load_default=None, allow_none=True)
    rest = fields.Enum(Rest, by_value=True, load_default=Rest.BACK_ORDER)

    @post_load
    def as_value(self, data: dict[str, Any], **_options: Any) -> Told:
        """Gather it into one value."""
        return Told(**data)


class TellDeliverySchema(Strict):
    """What is told of a delivery. Without `lines` all came; with a `refusal` the customer takes nothing.

    `report_id` is made by who tells it: the same one again is refused. `at` is when, by default now.
    """

    report_id = fields.UUID(required=True)
    at = moment(load_default=None, allow_none=True)
    lines = fields.List(
        fields.Nested(TellLineSchema), load_default=None, allow_none=True, validate=validate.Length(1, 500)
    )
    refusal = words(200, load_default=None, allow_none=True)
    recipient = words(120, load_default=None, allow_none=True)
    photo_id = fields.UUID(load_default=None, allow_none=True)
    latitude = latitude(load_default=None, allow_none=True)
    longitude = longitude(load_default=None, allow_none=True)
    note = words(300, load_default=None, allow_none=True)


class OrderStepsSchema(Strict):
    """Which orders go a step further, all or none."""

    order_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 500))


class OrderDeliveryLineSchema(Schema):
    """How far a line is, in pieces; `left` is on back-order."""

    line_no = fields.Integer(required=True)
    ordered = fields.Integer(required=True)
    delivered = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    left = fields.Integer(required=True)


class FiledReportSchema(Schema):
    """One report with its proof, as it was told."""

    id = fields.UUID(required=True)
    at = fields.DateTime(required=True)
    day = fields.Date(required=True)
    by = fields.UUID(required=True, allow_none=True)
    recipient = fields.String(required=True, allow_none=True)
    photo_id = fields.UUID(required=True, allow_none=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    lines = fields.List(fields.Dict(), required=True)
    flags = fields.List(fields.String(), required=True)


class OrderDeliverySchema(Schema):
    """How far the delivery of an order is."""

    order_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True, allow_none=True)
    ordered_on = fields.Date(required=True)
    state = fields.String(required=True)
    promised_from = fields.Date(required=True)
    promised_until = fields.Date(required=True)
    lines = fields.List(fields.Nested(OrderDeliveryLineSchema), required=True)


class OrderDeliveryDetailSchema(OrderDeliverySchema):
    """The same with all that was told of it."""

    reports = fields.List(fields.Nested(FiledReportSchema), required=True)


class DeliveryQuery(PageQuery):
    """Which orders: by state, customer, and the days on which they were taken."""

    state = fields.Enum(DeliveryState, by_value=True)
    customer_id = fields.UUID()
    first = day(data_key="from")
    last = day(data_key="to")


class MeasuresQuery(Strict):
    """Orders that were due in a period of at most 366 days, both days included, and by what they are told."""

    first = day(required=True, data_key="from")
    last = day(required=True, data_key="to")
    by = fields.Enum(By, by_value=True, load_default=By.ALL)


class FillValueSchema(Schema):
    """Of one currency: ordered and delivered in minor units (rounded), and the rate of the exact figures."""

    currency = fields.String(required=True)
    ordered_minor = fields.Integer(required=True)
    delivered_minor = fields.Integer(required=True)
    fill_rate = fields.Float(required=True, allow_none=True)


class FulfilmentSchema(Schema):
    """Fill rate and OTIF (docs/deliveries.md); rates from 0 to 1, null where nothing was ordered."""

    id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    orders = fields.Integer(required=True)
    otif = fields.Float(required=True, allow_none=True)
    on_time = fields.Float(required=True, allow_none=True)
    in_full = fields.Float(required=True, allow_none=True)
    line_fill_rate = fields.Float(required=True, allow_none=True)
    quantity_fill_rate = fields.Float(required=True, allow_none=True)
    value = fields.List(fields.Nested(FillValueSchema), required=True)


class FulfilmentPageSchema(Schema):
    """Measures by name."""

    items = fields.List(fields.Nested(FulfilmentSchema), required=True)


OrderDeliveriesSchema = page_of(OrderDeliverySchema)
