"""What is counted at the end of a rep's day, and who signed for it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.schema import LARGEST_MONEY, PageQuery, day, page_of
from fieldsales.ledger.models import Account
from fieldsales.ledger.rules import FORMS
from fieldsales.settlements.models import SettlementState
from fieldsales.settlements.queries import is_intact
from fieldsales.settlements.rules import Coins, GoodsCount, MoneyCount
from sync.wire import LARGEST_WHOLE, Strict, whole, words

_FORM = validate.OneOf([each.value for each in FORMS])


class CoinsSchema(Strict):
    """How many notes or coins of one value (minor units)."""

    value_minor = whole(-LARGEST_WHOLE, required=True)
    count = whole(-LARGEST_WHOLE, required=True)


class MoneyCountSchema(Strict):
    """Money of one form: its `total_minor`, its `coins` (cash), or the `payments` that are there (cheques)."""

    currency = fields.String(required=True, validate=validate.Length(equal=3))
    form = fields.String(required=True, validate=_FORM)
    total_minor = whole(-LARGEST_WHOLE, load_default=None, allow_none=True)
    coins = fields.List(fields.Nested(CoinsSchema), load_default=list, validate=validate.Length(max=60))
    payments = fields.List(fields.UUID(), load_default=None, allow_none=True, validate=validate.Length(max=2000))
    note = words(300, load_default=None, allow_none=True)

    @post_load
    def as_value(self, data: dict[str, Any], **_options: Any) -> MoneyCount:
        """Gather what was counted into one value."""
        payments = data["payments"]
        return MoneyCount(
            data["currency"],
            Account(data["form"]),
            data["total_minor"],
            tuple(Coins(**each) for each in data["coins"]),
            None if payments is None else tuple(payments),
            data["note"],
        )


class GoodsCountSchema(Strict):
    """How many pieces of a product are in the van."""

    product_id = fields.UUID(required=True)
    pieces = whole(-LARGEST_WHOLE, required=True)
    note = words(300, load_default=None, allow_none=True)

    @post_load
    def as_value(self, data: dict[str, Any], **_options: Any) -> GoodsCount:
        """Gather what was counted into one value."""
        return GoodsCount(**data)


class CountDaySchema(Strict):
    """What was counted of a rep's day; null `goods`: the van was not counted. A rep counts the own day."""

    rep_id = fields.UUID(required=True)
    day = day(required=True)
    money = fields.List(fields.Nested(MoneyCountSchema), required=True, validate=validate.Length(max=80))
    goods = fields.List(
        fields.Nested(GoodsCountSchema), load_default=None, allow_none=True, validate=validate.Length(max=5000)
    )


class SignContentSchema(Strict):
    """The hash of the content that is signed: it must be what was counted."""

    content_hash = words(64, 64, required=True)


class ReopenSchema(Strict):
    """Why a settlement is reopened."""

    reason = words(300, required=True)


class RepaySchema(Strict):
    """How much of a shortage a rep makes good, now."""

    rep_id = fields.UUID(required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    amount_minor = whole(-LARGEST_MONEY, LARGEST_MONEY, required=True)


class OwedByRepSchema(Schema):
    """What a rep still owes for shortages, in minor units."""

    rep_id = fields.UUID(required=True)
    currency = fields.String(required=True)
    owed_minor = fields.Integer(required=True)


class SignatureSchema(Schema):
    """Who signed, for whom, when and what."""

    party = fields.String(required=True)
    by = fields.UUID(required=True)
    at = fields.DateTime(required=True)
    content_hash = fields.String(required=True)


class SettlementSchema(Schema):
    """A settlement. `content` is what was counted beside what was expected (docs/settlement.md)."""

    id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    state = fields.String(required=True)
    counted_at = fields.DateTime(required=True)
    counted_by = fields.UUID(required=True)
    content = fields.Dict(required=True)
    content_hash = fields.String(required=True)
    intact = fields.Function(
        is_intact, required=True, metadata={"type": "boolean", "description": "still what was signed"}
    )
    signatures = fields.List(fields.Nested(SignatureSchema), required=True)
    settled_at = fields.DateTime(required=True, allow_none=True)
    entry_id = fields.UUID(required=True, allow_none=True)
    reopened_at = fields.DateTime(required=True, allow_none=True)
    reopened_by = fields.UUID(required=True, allow_none=True)
    reopen_entry_id = fields.UUID(required=True, allow_none=True)
    reopen_reason = fields.String(required=True, allow_none=True)


class HeldPaymentSchema(Schema):
    """A payment in the rep's hands. `late`: the day on which it was taken was settled before it was told."""

    payment_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    paid_on = fields.Date(required=True)
    currency = fields.String(required=True)
    form = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    reference = fields.String(required=True, allow_none=True)
    late = fields.Boolean(required=True)


class VanPiecesSchema(Schema):
    """How many pieces of a product the books have in the van."""

    product_id = fields.UUID(required=True)
    pieces = fields.Integer(required=True)


class ExpectedHandInSchema(Schema):
    """What a rep must hand in and show at the end of a day."""

    items = fields.List(fields.Nested(HeldPaymentSchema), required=True)
    van_id = fields.UUID(required=True, allow_none=True)
    goods = fields.List(fields.Nested(VanPiecesSchema), required=True)


class ExpectedQuery(Strict):
    """Of whom and of which day."""

    rep_id = fields.UUID(required=True)
    day = day(required=True)


class SettlementQuery(PageQuery):
    """Of whom, of which day, in which state; all of them for nothing."""

    rep_id = fields.UUID()
    day = day()
    state = fields.Enum(SettlementState, by_value=True)


SettlementPageSchema = page_of(SettlementSchema)
