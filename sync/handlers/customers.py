"""New shops found on the road, and better facts about known ones."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from fieldsales.customers.queries import CustomerNotFound
from fieldsales.proposals import service
from fieldsales.proposals.rules import UNTOLD, Edit, Loser, Value
from fieldsales.proposals.service import Author, Shop
from sync.handlers.context import Applied, Context, Handler, NotHereYet
from sync.wire import Real, Strict, words

_LONGEST = {
    "name": 200, "category": 80, "address": 300, "city": 120, "postal_code": 20, "phone": 40, "opening_hours": 255,
}  # fmt: skip


class PlaceSchema(Strict):
    """Where a door is, WGS-84 degrees."""

    lat = Real(required=True, validate=validate.Range(-90, 90))
    lon = Real(required=True, validate=validate.Range(-180, 180))


class ShopSchema(Strict):
    """`customer.propose`, version 1. `position` is null where the phone had none."""

    customer_id = fields.UUID(required=True)
    name = words(_LONGEST["name"], required=True)
    position = fields.Nested(PlaceSchema, required=True, allow_none=True)
    category = words(_LONGEST["category"], 0, load_default=None, allow_none=True)
    address = words(_LONGEST["address"], 0, load_default=None, allow_none=True)
    city = words(_LONGEST["city"], 0, load_default=None, allow_none=True)
    postal_code = words(_LONGEST["postal_code"], 0, load_default=None, allow_none=True)
    phone = words(_LONGEST["phone"], 0, load_default=None, allow_none=True)
    opening_hours = words(_LONGEST["opening_hours"], 0, load_default=None, allow_none=True)


class TextEditSchema(Strict):
    """A text as it should be, and as the phone held it."""

    now = fields.String(required=True, allow_none=True)
    was = fields.String(allow_none=True)


class PlaceEditSchema(Strict):
    """A position as it should be, and as the phone held it."""

    now = fields.Nested(PlaceSchema, required=True, allow_none=True)
    was = fields.Nested(PlaceSchema, allow_none=True)


def _text(name: str) -> fields.Nested:
    def fits(edit: dict[str, str | None]) -> None:
        if len(edit["now"] or "") > _LONGEST[name]:
            raise ValidationError(f"Longer than maximum length {_LONGEST[name]}.", "now")

    return fields.Nested(TextEditSchema, validate=fits)


class EditsSchema(Strict):
    """What is edited; what is absent stays as it is."""

    name = _text("name")
    category = _text("category")
    address = _text("address")
    city = _text("city")
    postal_code = _text("postal_code")
    phone = _text("phone")
    opening_hours = _text("opening_hours")
    position = fields.Nested(PlaceEditSchema)


class UpdateSchema(Strict):
    """`customer.update`, version 1: by field, what it should be (`now`) and what the phone held (`was`)."""

    customer_id = fields.UUID(required=True)
    fields_ = fields.Nested(EditsSchema, required=True, data_key="fields")

    @validates_schema
    def something_is_edited(self, data: dict[str, Any], **_options: Any) -> None:
        """Refuse an edit of nothing."""
        if not data["fields_"]:
            raise ValidationError("No field is edited.", "fields")


def _propose(context: Context, data: dict[str, Any]) -> Applied:
    texts = {name: data[name] for name in service.TEXTS}
    shop = Shop(data["customer_id"], texts, _place(data["position"]))
    customer, suspects = service.propose_customer(context.session, shop, _author(context))
    result = {
        "customer_id": str(customer.id),
        "version": customer.version,
        "territory_id": str(customer.territory_id),
        "alike": [str(each) for each in suspects],
    }
    return Applied(result, (*context.clock_flags, *customer.flags), review=True)


def _update(context: Context, data: dict[str, Any]) -> Applied:
    customer_id: uuid.UUID = data["customer_id"]
    edits = [_edit(name, told) for name, told in data["fields_"].items()]
    try:
        edited = service.edit_customer(
            context.session, customer_id, edits, context.base_version, _author(context), approved=bool(context.approved)
        )
    except CustomerNotFound as unknown:
        raise NotHereYet("customer", customer_id) from unknown
    weighed = edited.weighed
    result = {
        "customer_id": str(customer_id),
        "version": edited.version,
        "applied": sorted(weighed.applied),
        "unchanged": sorted(weighed.unchanged),
        "kept": {name: _loser(each) for name, each in sorted(weighed.kept.items())},
    }
    return Applied(result, edited.flags, review=bool(weighed.kept))


def _author(context: Context) -> Author:
    return Author(context.rep_id, context.at, context.clock_flags)


def _edit(name: str, told: dict[str, Any]) -> Edit:
    now, was = told["now"], told.get("was", UNTOLD)
    if name == "position":
        return Edit(name, _place(now), was if was is UNTOLD else _place(was))
    return Edit(name, now, was)


def _place(told: dict[str, float] | None) -> tuple[float, float] | None:
    return None if told is None else (told["lat"], told["lon"])


def _loser(each: Loser) -> dict[str, Any]:
    return {"yours": _json(each.yours), "ours": _json(each.ours), "why": each.why}


def _json(value: Value) -> object:
    return {"lat": value[0], "lon": value[1]} if isinstance(value, tuple) else value


PROPOSE = Handler(ShopSchema(), ("customer", "customer_id"), _propose)
UPDATE = Handler(UpdateSchema(), ("customer", "customer_id"), _update)
