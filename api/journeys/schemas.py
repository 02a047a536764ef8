"""Journey plans."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import day
from fieldsales.journeys.rules import FEWEST_WEEKS, MOST_WEEKS
from sync.wire import Flag, Strict, whole


class JourneyQuery(Strict):
    """Of whom; of all whom I may see where nobody is named."""

    rep_ids = fields.List(fields.UUID())


class JourneysWantedSchema(Strict):
    """For whom (all whom I may see), from which day on (the coming Monday), for how many weeks."""

    rep_ids = fields.List(fields.UUID(), load_default=None, allow_none=True)
    first_day = day(load_default=None, allow_none=True)
    weeks = whole(FEWEST_WEEKS, MOST_WEEKS, load_default=4)
    dry_run = Flag(load_default=False)


class FiguresSchema(Schema):
    """How good a journey plan is; times in seconds, `unevenness` and `kept` are shares."""

    customers = fields.Integer(required=True)
    visits = fields.Integer(required=True)
    unplaced = fields.Integer(required=True, metadata={"description": "customers without a position"})
    travel_s = fields.Integer(required=True)
    service_s = fields.Integer(required=True)
    days = fields.Integer(required=True)
    mean_day_s = fields.Integer(required=True)
    longest_day_s = fields.Integer(required=True)
    unevenness = fields.Float(required=True)
    over_s = fields.Integer(required=True, metadata={"description": "by how much days exceed the shift, together"})
    spacing_error_days = fields.Float(required=True)
    kept = fields.Float(required=True, allow_none=True)


class JourneySchema(Schema):
    """A rep's journey plan from one day to another."""

    id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    made_at = fields.AwareDateTime(required=True)
    made_by = fields.UUID(required=True, allow_none=True)
    figures = fields.Nested(FiguresSchema, required=True)


class JourneyListSchema(Schema):
    """The plans that stand, by rep and day."""

    journeys = fields.List(fields.Nested(JourneySchema), required=True)


class JourneyCallSchema(Schema):
    """A customer on a day."""

    day = fields.Date(required=True)
    customer_id = fields.UUID(required=True)
    customer = fields.String(required=True)


class JourneyCallsSchema(Schema):
    """A plan with whom it has on which day."""

    journey = fields.Nested(JourneySchema, required=True)
    calls = fields.List(fields.Nested(JourneyCallSchema), required=True)


class RepJourneySchema(Schema):
    """What was made for a rep; `figures` are null, with a note, where nothing could be."""

    rep_id = fields.UUID(required=True)
    name = fields.String(required=True)
    figures = fields.Nested(FiguresSchema, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class JourneysMadeSchema(Schema):
    """What was made, or would be."""

    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    dry_run = fields.Boolean(required=True)
    reps = fields.List(fields.Nested(RepJourneySchema), required=True)
