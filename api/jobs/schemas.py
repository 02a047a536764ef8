"""Chores and their jobs as they are told."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import PageQuery, page_of
from fieldsales.jobs.models import JobState
from fieldsales.jobs.rules import CatchUp
from sync.wire import words


class JobSchema(Schema):
    """One run of a chore: `day` is the day that it is for, `missed` how many earlier ones it stands for.

    `duration_s` is of the last attempt, so far if it runs. `run_at` is from when on it may be tried.
    """

    id = fields.UUID(required=True)
    chore = fields.String(required=True)
    zone = fields.String(required=True)
    day = fields.Date(required=True)
    state = fields.Enum(JobState, by_value=True, required=True)
    due_at = fields.DateTime(required=True)
    run_at = fields.DateTime(required=True)
    started_at = fields.DateTime(allow_none=True)
    finished_at = fields.DateTime(allow_none=True)
    duration_s = fields.Float(allow_none=True)
    attempts = fields.Integer(required=True)
    tries = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    asked = fields.Boolean(required=True)
    worker = fields.String(allow_none=True)
    units_done = fields.Integer(allow_none=True)
    units = fields.Integer(allow_none=True)
    told = fields.String(allow_none=True)
    result = fields.Dict(allow_none=True)
    error = fields.String(allow_none=True)


JobPageSchema = page_of(JobSchema)


class JobsQuery(PageQuery):
    """Which jobs, and which page of them."""

    chore = words(60, metadata={"example": "plans.make"})
    state = fields.Enum(JobState, by_value=True)


class ScheduleSchema(Schema):
    """When something comes, in the time of its zone: `every` so many `seconds`, `daily` or `monthly` `at` a time."""

    kind = fields.String(required=True, metadata={"enum": ["every", "daily", "monthly"]})
    at = fields.String(metadata={"example": "02:30"})
    weekdays = fields.List(fields.Integer(), metadata={"description": "0 is Monday; every day if it is left out"})
    day_of_month = fields.Integer()
    seconds = fields.Float()


class ChoreSchema(Schema):
    """Something that the house does by itself. `failed` counts its jobs that failed for good and were not made good.

    `zones` are the time zones in each of which it is done; none: once for the whole house.
    """

    code = fields.String(required=True)
    title = fields.String(required=True)
    schedule = fields.Nested(ScheduleSchema, required=True)
    catch_up = fields.Enum(CatchUp, by_value=True, required=True)
    zones = fields.List(fields.String(), required=True)
    next_at = fields.DateTime(allow_none=True)
    paused_at = fields.DateTime(allow_none=True)
    last = fields.Nested(JobSchema, allow_none=True)
    last_done = fields.Nested(JobSchema, allow_none=True)
    running = fields.Integer(required=True)
    queued = fields.Integer(required=True)
    failed = fields.Integer(required=True)


class ChoresSchema(Schema):
    """All that there are."""

    chores = fields.List(fields.Nested(ChoreSchema), required=True)


class AskedJobsSchema(Schema):
    """The jobs that were queued: one for each time zone that has its own."""

    jobs = fields.List(fields.Nested(JobSchema), required=True)
