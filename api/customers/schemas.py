"""Customers as they are sent and told."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.schema import PageQuery, latitude, longitude, page_of
from fieldsales.customers.queries import CustomerFilter
from sync.wire import Flag, Strict, whole, words


class ReferenceSchema(Schema):
    """What another system calls the customer."""

    system = fields.String(required=True, metadata={"example": "erp"})
    value = fields.String(required=True, metadata={"example": "C-1042"})


class AssignmentSchema(Schema):
    """A rep who serves the customer."""

    id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": ["owner", "key_account", "stand_in"]})
    instruction = fields.String(allow_none=True)
    priority = fields.Integer(required=True, metadata={"description": "1 goes first, 3 is ordinary, 5 last"})
    from_on = fields.Date(allow_none=True)
    until_on = fields.Date(allow_none=True)
    together = fields.Boolean(required=True)
    assigned_by = fields.UUID(allow_none=True)
    assigned_at = fields.DateTime(required=True)


class CustomerSchema(Schema):
    """A shop or company that buys."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "Corner Bakery"})
    territory_id = fields.UUID(required=True)
    category = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    postal_code = fields.String(allow_none=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    phone = fields.String(allow_none=True, metadata={"description": "E.164", "example": "+302610123456"})
    opening_hours = fields.String(allow_none=True, metadata={"description": "OSM opening_hours"})
    service_minutes = fields.Integer(allow_none=True)
    tier = fields.String(allow_none=True)
    tier_reason = fields.String(allow_none=True)
    tier_since = fields.Date(allow_none=True)
    flags = fields.List(fields.String(), required=True, metadata={"example": ["no_position"]})
    active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    references = fields.List(fields.Nested(ReferenceSchema), required=True)


class CustomerCardSchema(CustomerSchema):
    """A customer with the reps who serve it."""

    owner_id = fields.UUID(allow_none=True)
    key_account = fields.List(fields.Nested(AssignmentSchema), required=True)
    stand_ins = fields.List(
        fields.Nested(AssignmentSchema), required=True, metadata={"description": "who serves it in another's place"}
    )

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Look on the card first, then on its customer."""
        return super().get_attribute(obj if hasattr(obj, attr) else obj.customer, attr, default)


CustomerPageSchema = page_of(CustomerCardSchema)


class CustomerQuery(PageQuery):
    """Which customers of those that I may see."""

    search = words(100, metadata={"description": "part of name, address or city; or a whole reference"})
    tier = words(8)
    category = words(80)
    territory_id = fields.UUID(metadata={"description": "those in this territory and below"})
    rep_id = fields.UUID(metadata={"description": "those whom this rep serves"})
    has_position = fields.Boolean()
    active = fields.Boolean(load_default=True, allow_none=True)

    @post_load
    def as_wanted(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Gather the filters into one value beside the page."""
        page = super().as_wanted(data, **options).pop("page")
        return {"page": page, "only": CustomerFilter(**data)}


class CustomerChangesSchema(Strict):
    """What to change; what is absent stays, null empties."""

    name = words(200)
    territory_id = fields.UUID()
    category = words(80, allow_none=True)
    address = words(300, allow_none=True)
    city = words(120, allow_none=True)
    postal_code = words(20, allow_none=True)
    latitude = latitude(allow_none=True)
    longitude = longitude(allow_none=True)
    phone = words(40, allow_none=True, metadata={"example": "+30 2610 123456"})
    opening_hours = words(255, allow_none=True, metadata={"example": "Mo-Fr 08:00-17:00; Sa 09:00-13:00"})
    service_minutes = whole(1, 600, allow_none=True)
    active = Flag()


class OwnerSchema(Strict):
    """The rep who owns the customer from now on; null for nobody."""

    rep_id = fields.UUID(required=True, allow_none=True)


class KeyAccountSchema(Strict):
    """The reps who get the key account, and what they should know."""

    rep_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 50))
    instruction = words(500, load_default=None, allow_none=True, metadata={"example": "Ask for Eleni; new fridge"})


class SharingSchema(Strict):
    """The customers to share out, and among whom."""

    customer_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 10_000))
    rep_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 100))


class SharedSchema(Schema):
    """How many customers each rep owns of them now, and how many changed hands."""

    owned = fields.Dict(keys=fields.UUID(), values=fields.Integer(), required=True)
    moved = fields.Integer(required=True)
    without_position = fields.Integer(required=True)


class CustomerNoteSchema(Schema):
    """A remark about a customer, by whom and when."""

    id = fields.UUID(required=True, attribute="note.id")
    rep = fields.String(required=True)
    visit_id = fields.UUID(required=True, allow_none=True, attribute="note.visit_id")
    text = fields.String(required=True, attribute="note.text")
    noted_at = fields.DateTime(required=True, attribute="note.noted_at")


class CustomerNotesSchema(Schema):
    """What was remembered of a customer."""

    notes = fields.List(fields.Nested(CustomerNoteSchema), required=True)
