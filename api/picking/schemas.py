"""What a warehouse picks and loads."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import day
from sync.wire import Strict


class PickQuery(Strict):
    """Of which warehouse, for which day; with a rep only the customers on that rep's route."""

    warehouse_id = fields.UUID(required=True)
    day = day(required=True)
    rep_id = fields.UUID(load_default=None)


class PickPackedSchema(Schema):
    """So many of a unit."""

    unit = fields.String(required=True)
    quantity = fields.Integer(required=True)


class PickTotalSchema(Schema):
    """All of one product that is picked, in pieces and as it is packed."""

    product_id = fields.UUID(required=True)
    sku = fields.String(required=True)
    name = fields.String(required=True)
    pieces = fields.Integer(required=True)
    packed = fields.List(fields.Nested(PickPackedSchema), required=True)


class PickLineSchema(Schema):
    """One line of an order."""

    order_id = fields.UUID(required=True)
    line_no = fields.Integer(required=True)
    sku = fields.String(required=True)
    name = fields.String(required=True)
    pieces = fields.Integer(required=True)
    packed = fields.List(fields.Nested(PickPackedSchema), required=True)


class PickLoadSchema(Schema):
    """What one customer gets; `load` 1 goes into the van first, `stop` is the place on the route."""

    turn = fields.Integer(required=True, attribute="load", data_key="load")
    stop = fields.Integer(required=True, allow_none=True)
    customer_id = fields.UUID(required=True)
    customer = fields.String(required=True)
    lines = fields.List(fields.Nested(PickLineSchema), required=True)


class PickListSchema(Schema):
    """A pick list: totals by SKU, loads in the order of loading."""

    warehouse = fields.String(required=True)
    day = fields.Date(required=True)
    totals = fields.List(fields.Nested(PickTotalSchema), required=True)
    customers = fields.List(fields.Nested(PickLoadSchema), required=True, attribute="loads", data_key="loads")
