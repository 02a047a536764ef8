"""Corrections of pay: asked for by one person, granted by another."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from api.schema import LARGEST_MONEY, PageQuery, page_of
from fieldsales.corrections.service import Wanted
from sync.wire import Strict, whole, words


class NewCorrectionSchema(Strict):
    """An amount (minor units, below 0 to take off) that the next run is to enter; `line_id` is what it mends."""

    rep_id = fields.UUID(required=True)
    scheme = words(40, required=True)
    amount_minor = whole(-LARGEST_MONEY, LARGEST_MONEY, required=True)
    reason = words(500, required=True)
    line_id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def as_value(self, data: dict[str, Any], **_options: Any) -> Wanted:
        """Gather it into one value."""
        return Wanted(data["rep_id"], data["scheme"], data["amount_minor"], data["reason"], data["line_id"])


class CorrectionSchema(Schema):
    """A correction. It counts from `granted_at` on, in the next run of the scheme that is made."""

    id = fields.UUID(required=True)
    scheme = fields.String(required=True, attribute="code")
    rep_id = fields.UUID(required=True)
    line_id = fields.UUID(required=True, allow_none=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    reason = fields.String(required=True)
    asked_at = fields.DateTime(required=True)
    asked_by = fields.UUID(required=True)
    granted_at = fields.DateTime(required=True, allow_none=True)
    refused_at = fields.DateTime(required=True, allow_none=True)


class CorrectionQuery(PageQuery):
    """Of whom; of all whom one may see for nothing."""

    rep_id = fields.UUID()


CorrectionPageSchema = page_of(CorrectionSchema)
