"""Key accounts as they are given out, told, and planned."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.plans.selection import MOST_DAYS, SlotSchema
from api.schema import PageQuery, day, page_of
from fieldsales.accounts.queries import AccountFilter
from fieldsales.accounts.rules import TERMS, Change, Terms
from fieldsales.spreads.rules import Fate
from sync.wire import Flag, Strict, whole, words

IDS = validate.Length(1, 1000)


class AccountQuery(PageQuery):
    """Which key accounts of those that I may see."""

    rep_id = fields.UUID(metadata={"description": "those that were given to this rep"})
    territory_id = fields.UUID(metadata={"description": "those in this territory and below"})
    search = words(100, metadata={"description": "part of name, address or city; or a whole reference"})
    priority = fields.Integer(validate=validate.Range(1, 5))
    together = fields.Boolean()

    @post_load
    def as_wanted(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Gather the filters into one value beside the page."""
        page = super().as_wanted(data, **options).pop("page")
        return {"page": page, "only": AccountFilter(**data)}


class AccountRepSchema(Schema):
    """A rep to whom the account was given, on what terms; `turn`: this rep goes next."""

    assignment_id = fields.UUID(required=True, attribute="assignment.id")
    rep_id = fields.UUID(required=True, attribute="assignment.rep_id")
    rep_name = fields.String(required=True)
    turn = fields.Boolean(required=True)
    counts = fields.Boolean(required=True, metadata={"description": "today lies between its days"})
    priority = fields.Integer(required=True, attribute="assignment.priority")
    rrule = fields.String(allow_none=True, attribute="assignment.rrule")
    minimum_gap_days = fields.Integer(allow_none=True, attribute="assignment.minimum_gap_days")
    from_on = fields.Date(allow_none=True, attribute="assignment.from_on")
    until_on = fields.Date(allow_none=True, attribute="assignment.until_on")
    together = fields.Boolean(required=True, attribute="assignment.together")
    instruction = fields.String(allow_none=True, attribute="assignment.instruction")
    last_visit_on = fields.Date(allow_none=True)
    planned_on = fields.Date(allow_none=True)


class AccountSchema(Schema):
    """A key account: how often and when it is due, whose turn it is, and its reps."""

    customer_id = fields.UUID(required=True, attribute="customer.id")
    customer_name = fields.String(required=True, attribute="customer.name")
    priority = fields.Integer(required=True)
    cadence = fields.String(required=True, attribute="cadence.rrule")
    minimum_gap_days = fields.Integer(required=True, attribute="cadence.minimum_gap_days")
    own_cadence = fields.Boolean(required=True, metadata={"description": "false: the cadence is that of its tier"})
    owner_id = fields.UUID(allow_none=True)
    turn_rep_id = fields.UUID(allow_none=True)
    due_on = fields.Date(allow_none=True)
    last_visit_on = fields.Date(allow_none=True)
    reps = fields.List(fields.Nested(AccountRepSchema), required=True, attribute="holders")


AccountPageSchema = page_of(AccountSchema)


class KeyAccountsGivenOutSchema(Strict):
    """Which customers are given to which reps, on what terms. Terms that are absent are the ordinary ones."""

    customer_ids = fields.List(fields.UUID(), required=True, validate=IDS)
    rep_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 50))
    priority = whole(1, 5, load_default=3, metadata={"description": "1 goes first, 3 is ordinary, 5 last"})
    rrule = words(
        200, load_default=None, allow_none=True, metadata={"example": "FREQ=WEEKLY", "description": "else as the tier"}
    )
    minimum_gap_days = whole(1, 366, load_default=None, allow_none=True)
    from_on = day(load_default=None, allow_none=True)
    until_on = day(load_default=None, allow_none=True)
    together = Flag(load_default=False, metadata={"description": "its reps go on the same day"})
    instruction = words(500, load_default=None, allow_none=True, metadata={"example": "Ask for Eleni; new fridge"})
    dry_run = Flag(load_default=False, metadata={"description": "tell what would happen and change nothing"})

    @post_load
    def as_wanted(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Gather the terms into one value beside who gets what."""
        terms = Terms(**{name: data.pop(name) for name in TERMS})
        return data | {"terms": terms}


class KeyAccountsEndSchema(Strict):
    """Whose key accounts end; without `rep_ids` those of all reps."""

    customer_ids = fields.List(fields.UUID(), required=True, validate=IDS)
    rep_ids = fields.List(fields.UUID(), load_default=[], validate=validate.Length(0, 50))
    dry_run = Flag(load_default=False, metadata={"description": "tell what would happen and change nothing"})


class GivenAccountSchema(Schema):
    """What became of one customer and rep; `changes` has what differed, before and after."""

    customer_id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    change = fields.Enum(Change, by_value=True, required=True)
    changes = fields.Function(
        lambda row: {name: [_plain(value) for value in pair] for name, pair in row.changes.items()},
        required=True,
        metadata={"type": "object", "additionalProperties": {"type": "array", "items": {}}},
    )
    code = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


class KeyAccountsGivenSchema(Schema):
    """What became of all, and how many fared how."""

    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    rows = fields.List(fields.Nested(GivenAccountSchema), required=True)


class KeyAccountRoundWantedSchema(Strict):
    """Whose key accounts to plan (a rep: the own; others name a rep), on which days."""

    rep_id = fields.UUID(load_default=None, allow_none=True)
    days = fields.List(day(), load_default=None, allow_none=True, validate=validate.Length(1, MOST_DAYS))
    dry_run = Flag(load_default=False, metadata={"description": "tell what would happen and change nothing"})


class RoundStopSchema(Schema):
    """What became of one key account: on whose days it is, or why on nobody's."""

    customer_id = fields.UUID(required=True)
    customer_name = fields.String(required=True)
    fate = fields.Enum(Fate, by_value=True, required=True)
    reason = fields.String(required=True)
    due_on = fields.Date(required=True)
    turn_rep_id = fields.UUID(allow_none=True)
    turn_rep_name = fields.String(allow_none=True)
    slots = fields.List(fields.Nested(SlotSchema), required=True)


class KeyAccountRoundSchema(Schema):
    """A rep's key accounts on some days, the most valuable first."""

    rep_id = fields.UUID(required=True)
    days = fields.List(fields.Date(), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    stops = fields.List(fields.Nested(RoundStopSchema), required=True)
