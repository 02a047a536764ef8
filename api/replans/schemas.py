"""A day under way, planned again."""

from __future__ import annotations

from datetime import time
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from fieldsales.clock import second_of_day
from fieldsales.replans.rules import What
from fieldsales.underway.rules import Drop, Hold
from sync.wire import Strict, words

MOST = validate.Length(max=50)


class WhereaboutsSchema(Strict):
    """Where the rep is, in WGS-84 degrees."""

    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))


class DropSchema(Strict):
    """A planned visit that is not to be made: a code that the policy `planning` lists, and words."""

    planned_visit_id = fields.UUID(required=True)
    code = words(40, load_default="no_time")
    reason = words(500, load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Drop:
        """Return the value that the verb takes."""
        return Drop(**data)


class LockSchema(Strict):
    """A planned visit that does not move: it stays the n-th from now on, or in order with the others so locked."""

    planned_visit_id = fields.UUID(required=True)
    hold = fields.Enum(Hold, by_value=True, load_default=Hold.PLACE)


class ReplanWantedSchema(Strict):
    """What is different from what was planned. All of it may be left out: then it is only asked whether the day holds.

    `dry_run` answers what would change and keeps nothing. `late_minutes` and `shift_ends` are for asking what if, and
    hold for a plan that is kept, too.
    """

    now = fields.AwareDateTime(metadata={"description": "The moment from which on; the present one if left out"})
    position = fields.Nested(WhereaboutsSchema, load_default=None, allow_none=True)
    urgent = fields.List(fields.UUID(), load_default=list, validate=MOST, metadata={"description": "Customers"})
    drop = fields.List(fields.Nested(DropSchema), load_default=list, validate=MOST)
    locks = fields.List(fields.Nested(LockSchema), load_default=list, validate=MOST)
    late_minutes = fields.Integer(strict=True, load_default=0, validate=validate.Range(-600, 600))
    shift_ends = fields.Time(
        load_default=None, allow_none=True, metadata={"description": "On the rep's wall clock", "example": "18:30:00"}
    )
    lunch_had = fields.Boolean(
        load_default=None, allow_none=True, metadata={"description": "null: so if the planned lunch is over"}
    )
    fill = fields.Boolean(load_default=False, metadata={"description": "Fit in visits that had no room, too"})
    reason = words(300, load_default=None, allow_none=True)
    dry_run = fields.Boolean(load_default=False)

    @validates_schema
    def check_names_each_once(self, data: dict[str, Any], **_options: Any) -> None:
        """Refuse a visit that is locked twice, or dropped twice."""
        for name in ("drop", "locks"):
            ids = [each.planned_visit_id if isinstance(each, Drop) else each["planned_visit_id"] for each in data[name]]
            if len(set(ids)) < len(ids):
                raise ValidationError("Name each visit once.", name)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Return the fields of a `Wish`, and `dry_run`."""
        ends: time | None = data.pop("shift_ends")
        position = data["position"]
        return data | {
            "shift_ends_s": None if ends is None else second_of_day(ends),
            "late_s": 60 * data.pop("late_minutes"),
            "position": (position["latitude"], position["longitude"]) if position else None,
            "urgent": tuple(dict.fromkeys(data["urgent"])),
            "drop": tuple(data["drop"]),
            "locks": {each["planned_visit_id"]: each["hold"] for each in data["locks"]},
        }


class ReplanChangeSchema(Schema):
    """A visit before and after: its number on the route, and when the rep arrives."""

    what = fields.Enum(What, by_value=True, required=True)
    customer_id = fields.UUID(required=True)
    name = fields.String(required=True)
    planned_visit_id = fields.UUID(allow_none=True)
    place_before = fields.Integer(allow_none=True)
    arrival_before = fields.DateTime(allow_none=True)
    place_after = fields.Integer(allow_none=True)
    arrival_after = fields.DateTime(allow_none=True)
    code = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class DayReplannedSchema(Schema):
    """What replanning does, or would do. `moved` counts the visits that left the order in which they stood.

    `stands`: nothing new came and the day still holds, so nothing was touched. `is_proven`: no other order of the rest
    is better. `travel_s` is what is still to be driven.
    """

    dry_run = fields.Boolean(required=True)
    stands = fields.Boolean(required=True, attribute="found.answer.stands")
    is_proven = fields.Boolean(required=True, attribute="found.answer.is_proven")
    moved = fields.Integer(required=True, attribute="found.moved")
    ends_before = fields.DateTime(allow_none=True, attribute="found.situation.ends_at")
    ends_after = fields.DateTime(required=True, attribute="found.ends_at")
    travel_s = fields.Integer(required=True, attribute="found.answer.route.travel_s")
    changes = fields.List(fields.Nested(ReplanChangeSchema), required=True, attribute="found.changes")
