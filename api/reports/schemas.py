"""A day's report, and who is sent it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import day
from fieldsales.headlines.rules import WORDS
from fieldsales.mailings.rules import EVERY_WORKDAY, Covers
from sync.wire import Strict, words

FORMATS = ("json", "html", "pdf")


class DailyQuery(Strict):
    """Of which day (today where none is given) and territory, and how it is to look."""

    day = day()
    territory = fields.UUID(metadata={"description": "of this territory and below; without it, of all that I may see"})
    format = fields.String(validate=validate.OneOf(FORMATS), load_default="json")
    language = fields.String(
        validate=validate.OneOf(tuple(WORDS)), metadata={"description": "mine, where none is given"}
    )


class ReportFiguresSchema(Schema):
    """A day in numbers; amounts are minor units by currency, times are seconds."""

    planned = fields.Integer(required=True)
    done = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    to_do = fields.Integer(required=True)
    off_plan = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    left_out = fields.Integer(required=True)
    orders = fields.Integer(required=True)
    sold = fields.Dict(required=True)
    returned = fields.Dict(required=True)
    collected = fields.Dict(required=True)
    field_s = fields.Integer(required=True)
    store_s = fields.Integer(required=True)
    doubted = fields.Integer(required=True)


class ReportCallSchema(Schema):
    """A visit of the day, planned or not."""

    customer_id = fields.UUID(required=True)
    customer = fields.String(required=True)
    state = fields.String(required=True)
    visit_id = fields.UUID(required=True, allow_none=True)
    at = fields.DateTime(required=True, allow_none=True)
    store_s = fields.Integer(required=True, allow_none=True)
    sold = fields.Dict(required=True)
    doubtful = fields.Boolean(required=True)
    why = fields.String(required=True, allow_none=True)


class RepReportSchema(Schema):
    """A rep's day."""

    rep_id = fields.UUID(required=True)
    name = fields.String(required=True)
    figures = fields.Nested(ReportFiguresSchema, required=True)
    first_at = fields.DateTime(required=True, allow_none=True)
    last_at = fields.DateTime(required=True, allow_none=True)
    calls = fields.List(fields.Nested(ReportCallSchema), required=True)


class ReportUsualSchema(Schema):
    """The medians of so many last same weekdays on which anybody worked, by measure."""

    days = fields.Integer(required=True)
    values = fields.Dict(required=True)


class ReportDoubtSchema(Schema):
    """A visit in doubt."""

    visit_id = fields.UUID(required=True)
    rep = fields.String(required=True)
    customer = fields.String(required=True)
    score = fields.Integer(required=True, allow_none=True)
    signals = fields.List(fields.String(), required=True)


class ReportFindingSchema(Schema):
    """An anomaly that was found on the day."""

    customer_id = fields.UUID(required=True)
    customer = fields.String(required=True)
    kind = fields.String(required=True)
    reason = fields.String(required=True)
    at_risk_minor = fields.Integer(required=True)
    currency = fields.String(required=True)


class ReportRequestSchema(Schema):
    """What waits for approval now."""

    approval_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    customer = fields.String(required=True, allow_none=True)
    asked_by = fields.String(required=True, allow_none=True)
    asked_at = fields.DateTime(required=True)
    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True)


class ReportPhoneSchema(Schema):
    """A rep's phone that wants a look."""

    rep_id = fields.UUID(required=True)
    rep = fields.String(required=True)
    seen_at = fields.DateTime(required=True, allow_none=True)
    silent = fields.Boolean(required=True)
    held = fields.Integer(required=True)


class ReportToldFigureSchema(Schema):
    """A figure in words; `tone` is plain, good or bad beside what is usual."""

    label = fields.String(required=True)
    value = fields.String(required=True)
    usual = fields.String(required=True)
    tone = fields.String(required=True)
    link = fields.String(required=True, metadata={"description": "the console's page that shows what it is made of"})


class DailyReportSchema(Schema):
    """A day of a team."""

    day = fields.Date(required=True)
    territory_id = fields.UUID(required=True, allow_none=True)
    territory = fields.String(required=True, allow_none=True)
    time_zone = fields.String(required=True)
    currency = fields.String(required=True)
    made_at = fields.DateTime(required=True)
    over = fields.Boolean(required=True)
    figures = fields.List(fields.Nested(ReportToldFigureSchema), required=True)
    total = fields.Nested(ReportFiguresSchema, required=True)
    usual = fields.Nested(ReportUsualSchema, required=True)
    reps = fields.List(fields.Nested(RepReportSchema), required=True)
    doubts = fields.List(fields.Nested(ReportDoubtSchema), required=True)
    findings = fields.List(fields.Nested(ReportFindingSchema), required=True)
    findings_count = fields.Integer(required=True)
    requests = fields.List(fields.Nested(ReportRequestSchema), required=True)
    requests_count = fields.Integer(required=True)
    phones = fields.List(fields.Nested(ReportPhoneSchema), required=True)


class ReportSubscriptionSchema(Schema):
    """Who is sent the daily report when."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    person = fields.String(required=True, attribute="user.name")
    email = fields.String(required=True)
    language = fields.String(required=True)
    territory_id = fields.UUID(required=True, allow_none=True)
    territory = fields.String(required=True, allow_none=True, attribute="territory.name", dump_default=None)
    sends_at = fields.Time(required=True, format="%H:%M")
    weekdays = fields.String(required=True)
    time_zone = fields.String(required=True)
    covers = fields.Enum(Covers, by_value=True, required=True)
    made_at = fields.DateTime(required=True)


class ReportSubscriptionsSchema(Schema):
    """The subscriptions that I may see."""

    subscriptions = fields.List(fields.Nested(ReportSubscriptionSchema), required=True)


class NewReportSubscriptionSchema(Strict):
    """What is to be sent to whom; for myself where no `user_id` is given."""

    user_id = fields.UUID(load_default=None, allow_none=True)
    email = words(254, required=True, metadata={"example": "sara@example.com"})
    sends_at = fields.Time(
        required=True,
        metadata={"description": "time of day there; before noon the report is of the day before", "example": "19:00"},
    )
    weekdays = words(20, load_default=EVERY_WORKDAY, metadata={"example": EVERY_WORKDAY})
    territory_id = fields.UUID(load_default=None, allow_none=True)
    language = words(16, load_default=None, allow_none=True, metadata={"example": "en"})
    time_zone = words(64, load_default=None, allow_none=True, metadata={"example": "Europe/Athens"})
    covers = fields.Enum(Covers, by_value=True, load_default=None, allow_none=True)
