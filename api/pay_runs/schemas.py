"""Pay runs, slips and their lines."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import PageQuery, day, page_of
from fieldsales.earnings.rules import EntryKind
from sync.wire import Flag, Strict, words


class NewRunSchema(Strict):
    """Which scheme is to pay which month; any day of it will do. With `dry_run` nothing is kept."""

    scheme = words(40, required=True)
    month = day(required=True)
    dry_run = Flag(load_default=False)


class RunSchema(Schema):
    """What a scheme paid in a month. Of a dry run the `id` stands for nothing, and neither does `made_at`.

    Who does not see all slips is told the sum of those seen, and 0 for `lines` and `nobodys_minor`: sales by which
    nobody earned, as no rep took them and none owned the customer on the day.
    """

    id = fields.UUID(required=True)
    scheme_id = fields.UUID(required=True)
    scheme = fields.String(required=True, attribute="code")
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    state = fields.String(required=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    lines = fields.Integer(required=True)
    nobodys_minor = fields.Integer(required=True)
    inputs_hash = fields.String(required=True)
    content_hash = fields.String(required=True)
    made_at = fields.DateTime(required=True, allow_none=True)
    made_by = fields.UUID(required=True, allow_none=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    ended_by = fields.UUID(required=True, allow_none=True)


class SlipSchema(Schema):
    """What a rep gets of a run. `content` tells how each rule came to its amount (docs/pay.md)."""

    rep_id = fields.UUID(required=True)
    rep = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    content = fields.Dict(required=True)


class RunDetailSchema(Schema):
    """A run with the slips that one may see."""

    run = fields.Nested(RunSchema, required=True)
    slips = fields.List(fields.Nested(SlipSchema), required=True)


class PayLineSchema(Schema):
    """A line of a slip: what one rule pays for one order, return or payment, or takes back of `origin_id`.

    `basis` is in minor units, for quantities in thousandths of a piece. `weight` of `of_weights` is the rep's share.
    """

    id = fields.UUID(required=True)
    run_id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    rule = fields.String(required=True)
    kind = fields.String(required=True)
    source_kind = fields.String(required=True)
    source_id = fields.UUID(required=True)
    origin_id = fields.UUID(required=True, allow_none=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    day = fields.Date(required=True)
    basis = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True)
    weight = fields.Integer(required=True)
    of_weights = fields.Integer(required=True)


class ExplanationSchema(Schema):
    """Why a line is what it is, down to the lines of the order (docs/pay.md)."""

    line = fields.Dict(required=True)
    run = fields.Dict(required=True)
    scheme = fields.Dict(required=True)
    rep = fields.String(required=True)
    customer = fields.String(required=True, allow_none=True)
    rule = fields.Dict(required=True, allow_none=True)
    path = fields.Dict(required=True, allow_none=True)
    parts = fields.List(fields.Dict(), required=True)
    source = fields.Dict(required=True)
    because = fields.List(fields.Dict(), required=True)
    origin = fields.Dict(required=True, allow_none=True)
    later = fields.List(fields.Dict(), required=True)


class RunCheckSchema(Schema):
    """What of a run does not add up, reckoned again from its stored lines; empty where every cent does."""

    faults = fields.List(fields.String(), required=True)


class RunQuery(PageQuery):
    """Of which scheme; of all for nothing."""

    scheme = words(40)


class PayLineQuery(PageQuery):
    """Of whom and of which kind; all of them for nothing."""

    rep_id = fields.UUID()
    kind = fields.Enum(EntryKind, by_value=True)


class PayFileQuery(Strict):
    """Of whom; of all whom one may see for nothing."""

    rep_id = fields.UUID(load_default=None)


RunPageSchema = page_of(RunSchema)
PayLinePageSchema = page_of(PayLineSchema)
