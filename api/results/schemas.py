"""What is asked of results, and how answers and definitions are told."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from api.schema import day
from fieldsales.cuts.rules import Only
from fieldsales.peers.rules import sentence
from fieldsales.registry.rules import Source, Unit
from fieldsales.results.rules import Question, question
from fieldsales.spans.rules import Compared
from sync.wire import Strict, words

MOST_TOP = 1000


class Names(fields.Field[tuple[str, ...]]):
    """Names with commas between them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        if not isinstance(value, str) or len(value) > 500:
            raise ValidationError("Write names with commas between them.")
        return tuple(name.strip() for name in value.split(",") if name.strip())


def _names(example: str, **options: Any) -> Names:
    return Names(metadata={"type": "string", "maxLength": 500, "example": example}, **options)


class ResultsQuery(Strict):
    """Measures by dimensions, of a period; what narrows it is left out where it does not matter."""

    measures = _names("sales_amount,strike_rate", required=True)
    by = _names("rep,month")
    first = day(required=True)
    last = day(required=True)
    rep_id = fields.UUID(load_default=None)
    territory_id = fields.UUID(load_default=None)
    customer_id = fields.UUID(load_default=None)
    product_id = fields.UUID(load_default=None)
    segment = words(80, load_default=None)
    tier = words(8, load_default=None)
    brand = words(120, load_default=None)
    category = words(120, load_default=None)
    compare = fields.Enum(Compared, by_value=True, load_default=None)
    top = fields.Integer(
        validate=validate.Range(1, MOST_TOP),
        load_default=None,
        metadata={"description": "rows with the most of the first measure"},
    )

    @post_load
    def as_question(self, data: dict[str, Any], **_options: Any) -> Question:
        """Return what is asked."""
        reps, customers, products = (
            (data[name],) if data[name] else () for name in ("rep_id", "customer_id", "product_id")
        )
        plain = {name: data[name] for name in ("segment", "tier", "brand", "category")}
        only = Only(reps, data["territory_id"], customers, products, **plain)
        days = (data["first"], data["last"])
        more = {"only": only, "compared": data["compare"], "top": data["top"]}
        return question(data["measures"], *days, data.get("by", ()), **more)


class MeasureSchema(Schema):
    """A measure as it is defined."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    formula = fields.String(required=True)
    unit = fields.Enum(Unit, by_value=True, required=True)
    version = fields.Integer(required=True)
    grain = fields.String(required=True)
    source = fields.Enum(Source, by_value=True, required=True)
    by = fields.Function(lambda each: sorted(each.by), metadata={"type": "array", "items": {"type": "string"}})
    ratio = fields.Boolean(required=True, attribute="is_ratio")
    confidential = fields.Boolean(required=True)


class MeasuresSchema(Schema):
    """All of them."""

    items = fields.List(fields.Nested(MeasureSchema), required=True)


class KeySchema(Schema):
    """What a row is about: the id, or the text itself, or null for none; and its name."""

    id = fields.String(allow_none=True, required=True)
    name = fields.String(required=True)


def _number() -> fields.Raw:
    """Whole numbers stay whole."""
    return fields.Raw(allow_none=True, metadata={"type": "number"})


class ResultsRowSchema(Schema):
    """The values of one row by measure; amounts in minor units of `currency`. `before`: of the compared period."""

    keys = fields.List(fields.Nested(KeySchema), required=True)
    currency = fields.String(allow_none=True, required=True)
    values = fields.Dict(keys=fields.String(), values=_number(), required=True)
    before = fields.Dict(keys=fields.String(), values=_number(), required=True, allow_none=True)


class ResultsSchema(Schema):
    """An answer: its rows by keys, and a total for each currency, computed from all sums."""

    by = fields.List(fields.String(), required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    before_first = fields.Date(allow_none=True, required=True)
    before_last = fields.Date(allow_none=True, required=True)
    measures = fields.List(fields.Nested(MeasureSchema), required=True)
    rows = fields.List(fields.Nested(ResultsRowSchema), required=True)
    totals = fields.List(fields.Nested(ResultsRowSchema), required=True)


class PeersQuery(Strict):
    """A rep, a measure and a period."""

    rep_id = fields.UUID(required=True)
    measure = words(40, required=True, metadata={"example": "strike_rate"})
    first = day(required=True)
    last = day(required=True)


class PeerSchema(Schema):
    """A peer whom one may see."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class PeerStandingSchema(Schema):
    """Where the rep stands; rank 1 is the most. Null where there are too few peers or weeks to tell."""

    value = fields.Float(allow_none=True, required=True)
    peers = fields.Integer(required=True)
    median = fields.Float(allow_none=True, required=True)
    lower = fields.Float(allow_none=True, required=True, metadata={"description": "first quartile of the peers"})
    upper = fields.Float(allow_none=True, required=True, metadata={"description": "third quartile"})
    rank = fields.Integer(allow_none=True, required=True)
    low = fields.Integer(
        allow_none=True, required=True, metadata={"description": "the rank in nine of ten draws, from"}
    )
    high = fields.Integer(allow_none=True, required=True)
    sentence = fields.Function(sentence, metadata={"type": "string"})


class ComparisonSchema(Schema):
    """A rep beside direct peers; `peers` are those whom one may see, `left_out` counts the others by what differs."""

    rep = fields.Nested(PeerSchema, required=True)
    measure = fields.Nested(MeasureSchema, required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    currency = fields.String(required=True)
    territory_type = fields.String(required=True, attribute="profile.territory_type")
    tenure = fields.String(required=True, attribute="profile.tenure")
    mix = fields.Dict(keys=fields.String(), values=fields.Float(), required=True, attribute="profile.mix")
    standing = fields.Nested(PeerStandingSchema, required=True)
    peers = fields.List(fields.Nested(PeerSchema), required=True)
    left_out = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
