"""Visits with what speaks for and against them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from api.schema import PageQuery, page_of
from fieldsales.conduct.rules import LEAST_RADIUS_M, MOST_RADIUS_M
from fieldsales.integrity.models import Decision
from fieldsales.integrity.queries import Wanted
from sync.wire import Strict, whole, words


class SignalSchema(Schema):
    """One thing that speaks against a visit, the points that it cost, and what was seen in a sentence."""

    code = fields.String(required=True, metadata={"example": "far_from_customer"})
    points = fields.Integer(required=True)
    says = fields.String(required=True)
    facts = fields.Dict(required=True, metadata={"description": "the numbers of the sentence"})


class VisitLineSchema(Schema):
    """A visit and its score: 0 to 100, null until it was looked at. `due_at`: since when it waits to be scored anew."""

    visit_id = fields.UUID(required=True, attribute="score.visit_id")
    rep_id = fields.UUID(required=True, attribute="score.rep_id")
    rep = fields.String(required=True)
    customer_id = fields.UUID(required=True, attribute="score.customer_id")
    customer = fields.String(required=True)
    day = fields.Date(required=True, attribute="score.day")
    checked_in_at = fields.DateTime(required=True, allow_none=True, attribute="visit.checked_in_at")
    checked_out_at = fields.DateTime(required=True, allow_none=True, attribute="visit.checked_out_at")
    score = fields.Integer(required=True, allow_none=True, attribute="score.score")
    doubtful = fields.Boolean(required=True, attribute="score.doubtful")
    signals = fields.List(fields.Nested(SignalSchema), required=True, attribute="score.signals")
    judged_at = fields.DateTime(required=True, allow_none=True, attribute="score.judged_at")
    due_at = fields.DateTime(required=True, allow_none=True, attribute="score.due_at")
    decision = fields.Enum(Decision, by_value=True, required=True, allow_none=True, attribute="score.decision")
    decided_by = fields.UUID(required=True, allow_none=True, attribute="score.decided_by")
    decided_at = fields.DateTime(required=True, allow_none=True, attribute="score.decided_at")
    decided_score = fields.Integer(required=True, allow_none=True, attribute="score.decided_score")
    note = fields.String(required=True, allow_none=True, attribute="score.note")


class VisitEventSchema(Schema):
    """A check-in or check-out as the phone told it: WGS-84 degrees, metres."""

    kind = fields.String(required=True)
    at = fields.DateTime(required=True)
    received_at = fields.DateTime(required=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
    accuracy_m = fields.Float(required=True, allow_none=True)
    distance_m = fields.Float(required=True, allow_none=True)
    mock = fields.Boolean(required=True)
    flags = fields.List(fields.String(), required=True)


class VisitPhotoSchema(Schema):
    """A photo of the visit; the picture is at `/api/v1/photos/{id}`."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    taken_at = fields.DateTime(required=True)
    stored_at = fields.DateTime(required=True, allow_none=True)
    flags = fields.List(fields.String(), required=True)


class CommentSchema(Schema):
    """What somebody said about the evidence."""

    id = fields.UUID(required=True)
    by_id = fields.UUID(required=True)
    at = fields.DateTime(required=True)
    text = fields.String(required=True)


class EvidenceSchema(Schema):
    """All about one visit. `missing` names what the policy `visits` asks for and is not there yet."""

    visit = fields.Nested(VisitLineSchema, required=True, attribute="line")
    summary = fields.String(required=True, allow_none=True, attribute="line.visit.summary")
    cause_code = fields.String(required=True, allow_none=True, attribute="line.visit.cause_code")
    missing = fields.List(fields.String(), required=True)
    events = fields.List(fields.Nested(VisitEventSchema), required=True, attribute="line.visit.events")
    photos = fields.List(fields.Nested(VisitPhotoSchema), required=True, attribute="line.visit.photos")
    comments = fields.List(fields.Nested(CommentSchema), required=True)


class VisitQuery(PageQuery):
    """Which visits; what is left out does not matter."""

    day = fields.Date()
    since = fields.Date(metadata={"description": "this day or later"})
    until = fields.Date(metadata={"description": "this day or earlier"})
    rep_id = fields.UUID()
    customer_id = fields.UUID()
    doubtful = fields.Boolean()
    decision = fields.Enum(Decision, by_value=True)

    @post_load
    def narrow(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Put the filters together."""
        names = ("day", "since", "until", "rep_id", "customer_id", "doubtful", "decision")
        return {"wanted": Wanted(**{name: data.pop(name) for name in names if name in data}), **data}


class DecisionSchema(Strict):
    """What a visit was; `fake` and `unclear` need a note."""

    decision = fields.Enum(Decision, by_value=True, required=True)
    note = words(1000, load_default=None, allow_none=True)


class RemarkSchema(Strict):
    """What is to be said about the evidence."""

    text = words(1000, required=True)


class RadiusSchema(Strict):
    """A customer's own radius in metres; null takes it away."""

    radius_m = whole(LEAST_RADIUS_M, MOST_RADIUS_M, required=True, allow_none=True)


class GeofenceSchema(Schema):
    """How near to a customer counts as there; null where it is what the policy says."""

    customer_id = fields.UUID(required=True)
    radius_m = fields.Integer(required=True, allow_none=True)


VisitPageSchema = page_of(VisitLineSchema)
