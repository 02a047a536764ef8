"""A selection that becomes a plan, and what became of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.anomalies.schemas import NamedAnomalySchema
from api.schema import LARGEST_MONEY, day
from fieldsales.anomalies.models import AnomalyKind
from fieldsales.anomalies.queries import AnomalyFilter
from fieldsales.customers.queries import CustomerFilter
from fieldsales.selections.rules import CustomerChoice, Selection
from fieldsales.spreads.rules import Fate
from sync.wire import Flag, Strict, whole, words

MOST_DAYS = 31


class AnomalyFilterSchema(Strict):
    """Which open anomalies; what is absent does not matter."""

    kind = fields.Enum(AnomalyKind, by_value=True)
    min_at_risk_minor = whole(0, LARGEST_MONEY, metadata={"description": "money at risk a month, in minor units"})
    territory_id = fields.UUID(metadata={"description": "customers in this territory and below"})
    rep_id = fields.UUID(metadata={"description": "customers whom this rep serves"})

    @post_load
    def as_filter(self, data: dict[str, Any], **_options: Any) -> AnomalyFilter:
        """Return what is asked."""
        return AnomalyFilter(**data)


class CustomerFilterSchema(Strict):
    """Which active customers; what is absent does not matter."""

    search = words(100, metadata={"description": "part of name, address or city; or a whole reference"})
    tier = words(8)
    category = words(80)
    territory_id = fields.UUID(metadata={"description": "those in this territory and below"})
    rep_id = fields.UUID(metadata={"description": "those whom this rep serves"})
    has_position = Flag()
    not_visited_since = day()

    @post_load
    def as_choice(self, data: dict[str, Any], **_options: Any) -> CustomerChoice:
        """Return what is asked."""
        since = data.pop("not_visited_since", None)
        return CustomerChoice(CustomerFilter(**data), since)


class SelectionSchema(Strict):
    """What should become a plan (one of the first three), and on which days."""

    anomaly_ids = fields.List(fields.UUID(), validate=validate.Length(1, 500))
    anomalies = fields.Nested(AnomalyFilterSchema)
    customers = fields.Nested(CustomerFilterSchema)
    days = fields.List(day(), load_default=None, allow_none=True, validate=validate.Length(1, MOST_DAYS))
    minimum_gap_days = whole(
        1, 366, metadata={"description": "from other visits of the customer; else 3 for anomalies, or as the tier says"}
    )
    reason = words(200, metadata={"description": "what visits to customers say why they are made"})
    dry_run = Flag(load_default=False, metadata={"description": "tell what would happen and change nothing"})

    @post_load
    def as_wanted(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Gather the selection into one value beside the days."""
        days, dry_run = data.pop("days"), data.pop("dry_run")
        if "anomaly_ids" in data:
            data["anomaly_ids"] = tuple(dict.fromkeys(data["anomaly_ids"]))
        return {"wanted": Selection(**data), "days": days, "dry_run": dry_run}


class SlotSchema(Schema):
    """A rep's day."""

    rep_id = fields.Function(lambda slot: str(slot[0]), required=True, metadata={"type": "string", "format": "uuid"})
    day = fields.Function(
        lambda slot: slot[1].isoformat(), required=True, metadata={"type": "string", "format": "date"}
    )


class SelectedCustomerSchema(Schema):
    """What became of one customer: on whose days it is, or why on nobody's."""

    customer_id = fields.UUID(required=True)
    customer_name = fields.String(required=True)
    fate = fields.Enum(
        Fate,
        by_value=True,
        required=True,
        metadata={"description": "planned: new; joined: a planned visit now asks for the cause; there: nothing to do"},
    )
    reason = fields.String(required=True)
    slots = fields.List(fields.Nested(SlotSchema), required=True)
    anomaly_id = fields.UUID(allow_none=True)
    promotion = fields.String(allow_none=True)


class SelectedSchema(Schema):
    """What became of a selection, the most valuable first; `held_out`: anomalies that are passed over by lot."""

    days = fields.List(fields.Date(), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    outcomes = fields.List(fields.Nested(SelectedCustomerSchema), required=True)
    held_out = fields.List(fields.Nested(NamedAnomalySchema), required=True)
