"""A rep's day as the phone and the console show it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.anomalies.schemas import AnomalySchema, PlannedVisitSchema
from api.customers.schemas import CustomerCardSchema
from sync.wire import Strict, words


class RepSchema(Schema):
    """Whose day it is."""

    id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)


class RouteSchema(Schema):
    """The day's route as a whole; distances in metres, lengths in seconds, the way home included.

    `warning` tells where driving times are a makeshift: the road router did not answer.
    """

    starts_at = fields.DateTime(required=True)
    ends_at = fields.DateTime(required=True)
    lunch_at = fields.DateTime(allow_none=True)
    lunch_minutes = fields.Integer(required=True)
    travel_s = fields.Integer(required=True)
    wait_s = fields.Integer(required=True)
    service_s = fields.Integer(required=True)
    distance_m = fields.Integer(required=True)
    home_travel_s = fields.Integer(required=True)
    home_distance_m = fields.Integer(required=True)
    warning = fields.String(allow_none=True)


class StopSchema(Schema):
    """A place on the route, and the leg that leads there."""

    position = fields.Integer(required=True)
    arrival_at = fields.DateTime(required=True)
    wait_s = fields.Integer(required=True)
    service_s = fields.Integer(required=True)
    departure_at = fields.DateTime(required=True)
    travel_s = fields.Integer(required=True)
    distance_m = fields.Integer(required=True)


class MadeSchema(Schema):
    """The call that was made."""

    id = fields.UUID(required=True)
    checked_in_at = fields.DateTime(allow_none=True)
    checked_out_at = fields.DateTime(allow_none=True)
    summary = fields.String(allow_none=True)
    cause_code = fields.String(allow_none=True)
    flags = fields.List(fields.String(), required=True)


class NavigationSchema(Schema):
    """Links that lead there in whichever map app the rep uses."""

    geo = fields.String(required=True, metadata={"example": "geo:41.5868,-93.625"})
    google = fields.String(required=True)
    apple = fields.String(required=True)
    amap = fields.String(required=True)


class PastOrderSchema(Schema):
    """An earlier order."""

    id = fields.UUID(required=True)
    ordered_on = fields.Date(required=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)


class FavouriteSchema(Schema):
    """A product that the customer buys often, and what a unit costs there."""

    product_id = fields.UUID(required=True, attribute="product.product_id")
    sku = fields.String(required=True, attribute="product.sku")
    name = fields.String(required=True, attribute="product.name")
    orders = fields.Integer(required=True, attribute="product.orders")
    quantity = fields.Integer(required=True, attribute="product.quantity")
    last_on = fields.Date(required=True, attribute="product.last_on")
    unit_price_minor = fields.Integer(required=True, attribute="price.minor")
    price_rule = fields.String(required=True, attribute="price.rule")


class CustomerBriefingSchema(CustomerCardSchema):
    """A customer with what a rep wants to know at the counter.

    `discount_bp` is what the tier pays under the list price, in basis points; prices agreed for single products stand
    before it. The whole list priced for the tier is at /api/v1/products?tier=….
    """

    last_visit_on = fields.Date(allow_none=True)
    last_orders = fields.List(fields.Nested(PastOrderSchema), required=True)
    favourites = fields.List(fields.Nested(FavouriteSchema), required=True)
    discount_bp = fields.Integer(required=True)
    anomalies = fields.List(fields.Nested(AnomalySchema), required=True)
    navigation = fields.Nested(NavigationSchema, allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Look on the briefing first, then on its card."""
        return super().get_attribute(obj if hasattr(obj, attr) else obj.card, attr, default)


class DayVisitSchema(Schema):
    """A planned visit: why, to whom, when on the route, and the call once it is made."""

    planned = fields.Nested(PlannedVisitSchema, required=True)
    customer = fields.Nested(CustomerBriefingSchema, required=True)
    stop = fields.Nested(StopSchema, allow_none=True)
    made = fields.Nested(MadeSchema, allow_none=True)


class StartSchema(Schema):
    """Where the day starts and ends."""

    latitude = fields.Float(required=True, attribute="start_latitude")
    longitude = fields.Float(required=True, attribute="start_longitude")


class RepDaySchema(Schema):
    """A rep's day: the stops in driving order, visits that the route does not pass, those without room or skipped."""

    rep = fields.Nested(RepSchema, required=True)
    day = fields.Date(required=True)
    time_zone = fields.String(required=True, attribute="zone")
    start = fields.Nested(StartSchema, allow_none=True)
    route = fields.Nested(RouteSchema, allow_none=True)
    stops = fields.List(fields.Nested(DayVisitSchema), required=True)
    unrouted = fields.List(fields.Nested(DayVisitSchema), required=True)
    left_out = fields.List(fields.Nested(DayVisitSchema), required=True)
    skipped = fields.List(fields.Nested(DayVisitSchema), required=True)


class ManualVisitSchema(Strict):
    """A customer to visit, and why."""

    customer_id = fields.UUID(required=True)
    reason = words(500, required=True, metadata={"example": "Asked for samples of the new tea"})
