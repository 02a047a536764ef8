"""Searches for routes: what is asked, how far they are, what they found."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from api.schema import day
from fieldsales.searches.models import SearchState
from routing.errors import InvalidProblem
from routing.problem import DayProblem, Lunch, Point, Stop, Window, Worker
from sync.wire import Strict, words

MOST_STOPS = 200
SECONDS = validate.Range(0, 172_800)


class RoutePointSchema(Strict):
    """A position in WGS-84 degrees."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class SpanSchema(Strict):
    """A span of the day, in seconds from local midnight."""

    opens_s = fields.Integer(required=True, strict=True, validate=SECONDS)
    closes_s = fields.Integer(required=True, strict=True, validate=SECONDS)


class LunchWantedSchema(SpanSchema):
    """A break of so many seconds within a span."""

    duration_s = fields.Integer(required=True, strict=True, validate=SECONDS)


class StopWantedSchema(Strict):
    """A visit that could be made. Without `windows` it is closed all day."""

    id = words(64, required=True)
    at = fields.Nested(RoutePointSchema, required=True)
    service_s = fields.Integer(required=True, strict=True, validate=SECONDS)
    windows = fields.List(fields.Nested(SpanSchema), required=True, validate=validate.Length(max=20))
    prize = fields.Integer(required=True, strict=True)
    mandatory = fields.Boolean(load_default=False)


class FreeProblemSchema(Strict):
    """One rep's day that is in no book: from where to where, when, and whom it could visit."""

    start = fields.Nested(RoutePointSchema, required=True)
    end = fields.Nested(RoutePointSchema, load_default=None, allow_none=True)
    shift = fields.Nested(SpanSchema, required=True)
    lunch = fields.Nested(LunchWantedSchema, load_default=None, allow_none=True)
    stops = fields.List(fields.Nested(StopWantedSchema), required=True, validate=validate.Length(min=1, max=MOST_STOPS))

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> DayProblem:
        """Return the routing room's problem, which checks itself."""
        try:
            return _problem(data)
        except InvalidProblem as wrong:
            raise ValidationError(str(wrong)) from wrong


def _problem(data: dict[str, Any]) -> DayProblem:
    lunch = data["lunch"]
    pause = Lunch(Window(lunch["opens_s"], lunch["closes_s"]), lunch["duration_s"]) if lunch else None
    end = Point(**data["end"]) if data["end"] else None
    stops = tuple(
        Stop(
            each["id"],
            Point(**each["at"]),
            each["service_s"],
            tuple(Window(**window) for window in each["windows"]),
            each["prize"],
            each["mandatory"],
        )
        for each in data["stops"]
    )
    return DayProblem(Worker(Point(**data["start"]), end, Window(**data["shift"]), (pause,) if pause else ()), stops)


class SearchWantedSchema(Strict):
    """Either a `day` of reps (all that one sees, if none is named), or a free `problem`.

    `keep` stores the plan that is found, as `POST /api/v1/plans/generate` does; only leaders may. `seconds` is the most
    that is spent on one rep's day: the search ends sooner where nothing better is to be had.
    """

    day = day()
    rep_ids = fields.List(fields.UUID(), load_default=None, allow_none=True, validate=validate.Length(min=1, max=500))
    keep = fields.Boolean(load_default=False)
    problem = fields.Nested(FreeProblemSchema)
    seconds = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0.05, 120),
        metadata={"description": "null: the setting FIELDSALES_SOLVE_SECONDS"},
    )
    seed = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 2**31 - 1))

    @validates_schema
    def check_is_one_of_both(self, data: dict[str, Any], **_options: Any) -> None:
        """Refuse a search of nothing, or of two things."""
        if ("day" in data) == ("problem" in data):
            raise ValidationError("Name a day or a problem.", "day")
        if "problem" in data and (data.get("keep") or data.get("rep_ids")):
            raise ValidationError("A free problem is of no rep and cannot be kept.", "problem")


class SearchProgressSchema(Schema):
    """How far a search is: the best answers so far, summed over its days; no answer has a prize above `bound`."""

    days = fields.Integer(required=True)
    days_done = fields.Integer(required=True)
    mandatory = fields.Integer(required=True)
    prize = fields.Integer(required=True)
    bound = fields.Integer(required=True)
    travel_s = fields.Integer(required=True)


class VisitFoundSchema(Schema):
    """A visit on a route; clock times are seconds from local midnight. The id of a customer, or of the free stop."""

    stop_id = fields.String(required=True)
    arrival_s = fields.Integer(required=True)
    wait_s = fields.Integer(required=True)
    start_s = fields.Integer(required=True)
    departure_s = fields.Integer(required=True)
    travel_s = fields.Integer(required=True)
    distance_m = fields.Integer(required=True)


class LeftOutFoundSchema(Schema):
    """A stop that is not on the route, and why."""

    stop_id = fields.String(required=True)
    code = fields.String(required=True)
    reason = fields.String(required=True)
    mandatory = fields.Boolean(required=True)


class RouteFoundSchema(Schema):
    """A rep's route; `rep_id` is null of a free problem."""

    rep_id = fields.String(allow_none=True)
    visits = fields.List(fields.Nested(VisitFoundSchema), required=True)
    left_out = fields.List(fields.Nested(LeftOutFoundSchema), required=True)
    starts_s = fields.Integer(required=True)
    ends_s = fields.Integer(required=True)
    travel_s = fields.Integer(required=True)
    distance_m = fields.Integer(required=True)
    wait_s = fields.Integer(required=True)
    service_s = fields.Integer(required=True)
    prize = fields.Integer(required=True)
    is_proven = fields.Boolean(required=True)


class SearchFoundSchema(Schema):
    """What a search found, and whether it was kept as the plan of the day."""

    routes = fields.List(fields.Nested(RouteFoundSchema), required=True)
    kept = fields.Boolean(required=True)


class RouteSearchSchema(Schema):
    """A search: how it stands, how far it is, what it found or what went wrong."""

    id = fields.UUID(required=True)
    state = fields.Enum(SearchState, by_value=True, required=True)
    about = fields.Dict(required=True)
    asked_at = fields.DateTime(required=True)
    begun_at = fields.DateTime(allow_none=True)
    ended_at = fields.DateTime(allow_none=True)
    progress = fields.Nested(SearchProgressSchema, allow_none=True)
    answer = fields.Nested(SearchFoundSchema, allow_none=True)
    problem = fields.String(allow_none=True)


class RouteSearchesSchema(Schema):
    """One's own searches, the last one first."""

    searches = fields.List(fields.Nested(RouteSearchSchema), required=True)


class SearchEventsSchema(Schema):
    """Server-sent events: `progress` as often as there is some, then `end`; the data of each is the whole search."""
