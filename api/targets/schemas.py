"""Targets, how they stand, how they are divided, and how they are changed."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from api.schema import PageQuery, day, page_of
from fieldsales.adjustments.rules import Carry
from fieldsales.divisions.rules import Level, Rule
from fieldsales.targets.queries import TargetFilter
from fieldsales.targets.rules import LARGEST, Subject, period
from sync.wire import Strict, whole, words

_PERIOD = {"description": "2026, 2026-H1, 2026-Q3, 2026-07 or 2026-W30; or give both days", "example": "2026-Q3"}
_VALUE = {
    "description": "whole number of the measure's smallest unit: minor units of the currency, pieces, basis points "
    "of a share, hundredths of a ratio"
}


class TargetQuery(PageQuery):
    """Which targets; `period` leaves those whose days share some with it, `tops` those that are no parts."""

    measure = words(60)
    period = words(10, metadata=_PERIOD)
    territory_id = fields.UUID()
    rep_id = fields.UUID()
    customer_id = fields.UUID()
    parent_id = fields.UUID()
    tops = fields.Boolean(load_default=False)

    @post_load
    def filter_of_page(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Gather the filter into one value, after the paging was."""
        page, name = data.pop("page"), data.pop("period", None)
        first, last = period(name) if name else (None, None)
        return {"page": page, "only": TargetFilter(first=first, last=last, **data)}


class NewTargetSchema(Strict):
    """A target of one territory, rep or customer, and of at most one product, brand or category."""

    measure = words(60, required=True, metadata={"example": "sales_amount"})
    value = whole(0, LARGEST, required=True, metadata=_VALUE)
    currency = words(
        3, 3, load_default=None, allow_none=True, metadata={"description": "for amounts", "example": "EUR"}
    )
    period = words(10, metadata=_PERIOD)
    first_day = day()
    last_day = day()
    territory_id = fields.UUID(load_default=None, allow_none=True)
    rep_id = fields.UUID(load_default=None, allow_none=True)
    customer_id = fields.UUID(load_default=None, allow_none=True)
    product_id = fields.UUID(load_default=None, allow_none=True)
    brand = words(120, load_default=None, allow_none=True)
    category = words(120, load_default=None, allow_none=True)
    note = words(500, load_default=None, allow_none=True)

    @post_load
    def as_arguments(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Return what a target is set with."""
        name, first, last = (data.pop(each, None) for each in ("period", "first_day", "last_day"))
        if (name is None) == (first is None or last is None):
            raise ValidationError("Give a period, or the first and the last day.", "period")
        whose = ("territory_id", "rep_id", "customer_id", "product_id", "brand", "category")
        subject = Subject(**{each: data.pop(each) for each in whose})
        return data | {"subject": subject, "days": period(name) if name else (first, last)}


class TargetForecastSchema(Schema):
    """Where it will end, and how that was found; docs/targets.md has the formulas."""

    end = fields.Integer(required=True, allow_none=True)
    method = fields.String(
        required=True,
        validate=validate.OneOf(["usual_shape", "working_days", "over", "not_begun", "ratio"]),
    )
    usual_bp = fields.Integer(
        required=True, allow_none=True, metadata={"description": "the share of a period that has usually come by now"}
    )
    periods = fields.Integer(required=True, metadata={"description": "earlier periods that this was learned from"})


class TargetProgressSchema(Schema):
    """How a target stands today, in its unit and in basis points."""

    reached = fields.Integer(required=True, allow_none=True)
    reached_bp = fields.Integer(required=True, allow_none=True)
    pace_bp = fields.Integer(
        required=True, allow_none=True, metadata={"description": "beside what is due by now, by working days"}
    )
    end_bp = fields.Integer(required=True, allow_none=True)
    days_done = fields.Integer(required=True, attribute="days.done")
    days_left = fields.Integer(required=True, attribute="days.left")
    forecast = fields.Nested(TargetForecastSchema, required=True)


class TargetSchema(Schema):
    """A target, what it is called, and how it stands."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "Anna · Coffee"})
    measure = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "what people call the measure"})
    unit = fields.String(required=True, metadata={"description": "of a whole number: minor, bp, pieces, count …"})
    kind = fields.String(required=True, validate=validate.OneOf(["territory", "rep", "customer"]))
    territory_id = fields.UUID(required=True, allow_none=True)
    rep_id = fields.UUID(required=True, allow_none=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    product_id = fields.UUID(required=True, allow_none=True)
    brand = fields.String(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)
    period = fields.String(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    value = fields.Integer(required=True, metadata=_VALUE)
    currency = fields.String(required=True, allow_none=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    rule = fields.String(required=True, allow_none=True, metadata={"description": "how the whole was divided"})
    weight = fields.Integer(required=True, allow_none=True)
    parts = fields.Integer(required=True, metadata={"description": "how many parts it was divided into"})
    note = fields.String(required=True, allow_none=True)
    made_by = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    progress = fields.Nested(TargetProgressSchema, required=True)


class TargetChangeSchema(Schema):
    """A value that it had, and who changed it why."""

    before = fields.Integer(required=True)
    after = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)
    asked_by = fields.UUID(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)


class TargetLineSchema(Schema):
    """A target that an adjustment changes."""

    target_id = fields.UUID(required=True)
    name = fields.String(required=True)
    before = fields.Integer(required=True)
    after = fields.Integer(required=True)


class TargetAdjustmentSchema(Schema):
    """What was asked to be changed, and what became of that."""

    id = fields.UUID(required=True)
    target_id = fields.UUID(required=True)
    value = fields.Integer(required=True)
    carry = fields.String(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True)
    lines = fields.List(fields.Nested(TargetLineSchema), required=True)
    asked_by = fields.UUID(required=True)
    asked_at = fields.AwareDateTime(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


class TargetCardSchema(TargetSchema):
    """A target with its parts, every value that it had, and what was asked to be changed."""

    below = fields.List(fields.Nested(TargetSchema), required=True)
    history = fields.List(fields.Nested(TargetChangeSchema), required=True)
    adjustments = fields.List(fields.Nested(TargetAdjustmentSchema), required=True)


class DivisionSchema(Strict):
    """By what it is divided, and down to what."""

    rule = fields.Enum(Rule, by_value=True, required=True)
    level = fields.Enum(Level, by_value=True, required=True)


class TargetPartSchema(Schema):
    """What somebody would get; `depth` counts the levels, `equal`: no weight was known on this level."""

    name = fields.String(required=True)
    kind = fields.String(required=True)
    above = fields.String(required=True, metadata={"description": "the name of what it is a part of"})
    depth = fields.Integer(required=True)
    value = fields.Integer(required=True)
    weight = fields.Integer(required=True)
    equal = fields.Boolean(required=True)


class DividedTargetSchema(Schema):
    """All parts, each level before the one below it. Those of one whole add up to it."""

    rule = fields.String(required=True)
    level = fields.String(required=True)
    value = fields.Integer(required=True)
    parts = fields.List(fields.Nested(TargetPartSchema), required=True)


class ForeseeAdjustmentSchema(Strict):
    """Another value, and who makes up for it."""

    value = whole(0, LARGEST, required=True, metadata=_VALUE)
    carry = fields.Enum(Carry, by_value=True, load_default=Carry.ABOVE)


class NewAdjustmentSchema(ForeseeAdjustmentSchema):
    """Another value, who makes up for it, and why."""

    reason = words(500, required=True)


class TargetLinesSchema(Schema):
    """The targets that would change."""

    lines = fields.List(fields.Nested(TargetLineSchema), required=True)


TargetPageSchema = page_of(TargetSchema)
