"""People as they are sent and told. Passwords only ever come in."""

from __future__ import annotations

from datetime import time
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from api.schema import PageQuery, latitude, longitude, page_of
from fieldsales.people.models import Role, WorkPattern
from fieldsales.people.rules import LONGEST_PASSWORD
from sync.wire import Flag, Strict, whole, words

_WEEKDAYS = validate.Regexp(r"^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$")


def _password(**options: Any) -> fields.String:
    return words(LONGEST_PASSWORD, load_only=True, metadata={"format": "password"}, **options)


def _wall_clock(example: str) -> fields.Time:
    def has_no_zone(at: time) -> None:
        if at.tzinfo is not None:
            raise ValidationError("Times here are on the territory's wall clock, without an offset.")

    return fields.Time(required=True, validate=has_no_zone, metadata={"example": example})


class WorkPatternSchema(Strict):
    """Where a rep's day starts and ends, its hours on the territory's wall clock, and the lunch break."""

    start_latitude = latitude(required=True)
    start_longitude = longitude(required=True)
    shift_from = _wall_clock("08:30:00")
    shift_to = _wall_clock("17:00:00")
    lunch_from = _wall_clock("12:00:00")
    lunch_to = _wall_clock("14:00:00")
    lunch_minutes = whole(0, 240, required=True, metadata={"example": 30})
    weekdays = fields.String(load_default="MO,TU,WE,TH,FR", validate=_WEEKDAYS, metadata={"example": "MO,TU,WE,TH,FR"})


class WorkPatternBodySchema(WorkPatternSchema):
    """A working day to set."""

    @post_load
    def as_pattern(self, data: dict[str, Any], **_options: Any) -> WorkPattern:
        """Return the row, not yet anybody's."""
        return WorkPattern(**data)


class PersonSchema(Schema):
    """Somebody who logs in."""

    id = fields.UUID(required=True)
    login = fields.String(required=True, metadata={"example": "anna"})
    name = fields.String(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    territory_id = fields.UUID(allow_none=True)
    language = fields.String(metadata={"example": "en"})
    active = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    work_pattern = fields.Nested(WorkPatternSchema, allow_none=True)


PersonPageSchema = page_of(PersonSchema)


class PeopleQuery(PageQuery):
    """Which people."""

    role = fields.Enum(Role, by_value=True)


class NewPersonSchema(Strict):
    """Somebody to add. Without a password the person cannot log in yet."""

    login = words(120, required=True, metadata={"example": "anna"})
    name = words(120, required=True, metadata={"example": "Anna Pappas"})
    role = fields.Enum(Role, by_value=True, required=True)
    territory_id = fields.UUID(load_default=None, allow_none=True)
    password = _password(load_default=None, allow_none=True)
    language = words(16, load_default="en")


class PersonChangesSchema(Strict):
    """What to change; what is absent stays."""

    name = words(120)
    territory_id = fields.UUID(allow_none=True)
    language = words(16)
    active = Flag()


class PasswordSchema(Strict):
    """A new password for somebody."""

    password = _password(required=True)


class OwnPasswordSchema(PasswordSchema):
    """A new password for oneself, with the one that is given up."""

    current_password = _password(required=True)
