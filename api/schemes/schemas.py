"""Commission schemes: documents, versions, and what they would have paid."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import PageQuery, day, page_of
from sync.wire import Strict, words


class NewSchemeSchema(Strict):
    """A version of a scheme. `body` is the document (`GET /api/v1/schemes/shape`)."""

    code = words(40, required=True, metadata={"example": "field"})
    name = words(120, load_default=None, allow_none=True)
    effective_from = day(required=True)
    ends_on = day(load_default=None, allow_none=True)
    note = words(500, 0, load_default="")
    body = fields.Dict(required=True)


class SchemeSchema(Schema):
    """A version of a scheme. A month is paid by the one that began last; `body_hash` names its document."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    effective_from = fields.Date(required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    body = fields.Dict(required=True)
    body_hash = fields.String(required=True)
    note = fields.String(required=True)
    made_at = fields.DateTime(required=True)
    made_by = fields.UUID(required=True, allow_none=True)
    withdrawn_at = fields.DateTime(required=True, allow_none=True)


class SchemeQuery(PageQuery):
    """Of which code; of all for nothing."""

    code = words(40)


class SchemeShapeSchema(Schema):
    """What the document of a scheme looks like, as JSON Schema 2020-12, and one to begin with."""

    schema = fields.Dict(required=True)
    example = fields.Dict(required=True)


class CandidateSchema(Strict):
    """A scheme to try: the document, and what to call it."""

    label = words(60, required=True)
    body = fields.Dict(required=True)


class TrySchemesSchema(Strict):
    """Which months, and which schemes: documents, and codes whose version of the first month is taken."""

    first = day(required=True)
    months = fields.Integer(strict=True, required=True, validate=validate.Range(1, 24))
    codes = fields.List(words(40), load_default=list, validate=validate.Length(max=10))
    candidates = fields.List(fields.Nested(CandidateSchema), load_default=list, validate=validate.Length(max=10))


class RepPaySchema(Schema):
    """What a rep would have got in all the months."""

    rep_id = fields.UUID(required=True)
    rep = fields.String(required=True)
    amount_minor = fields.Integer(required=True)


class MonthPaySchema(Schema):
    """What a month would have cost, and by how many lines."""

    first = fields.Date(required=True)
    amount_minor = fields.Integer(required=True)
    lines = fields.Integer(required=True)


class SchemeOutcomeSchema(Schema):
    """What one scheme would have paid."""

    label = fields.String(required=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    reps = fields.List(fields.Nested(RepPaySchema), required=True)
    months = fields.List(fields.Nested(MonthPaySchema), required=True)


class SchemesTriedSchema(Schema):
    """Schemes beside each other, on the same months and books. Nothing of it is kept."""

    outcomes = fields.List(fields.Nested(SchemeOutcomeSchema), required=True)


SchemePageSchema = page_of(SchemeSchema)
