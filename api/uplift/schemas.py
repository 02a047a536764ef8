"""What visits achieved, as it is told: never without its interval."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from api.schema import day
from fieldsales.comparisons.rules import By, Design, Measure, Verdict
from fieldsales.planning.models import Source
from fieldsales.uplift.rules import HORIZON, HORIZONS, Wanted
from sync.wire import Strict, whole


class UpliftQuery(Strict):
    """Of which visits and episodes, over how many days, by what."""

    since = day(load_default=None)
    until = day(load_default=None)
    horizon = whole(*HORIZONS, load_default=HORIZON, metadata={"description": "days from the visit or anomaly on"})
    by = fields.Enum(By, by_value=True, load_default=By.SOURCE)

    @post_load
    def as_wanted(self, data: dict[str, Any], **_options: Any) -> Wanted:
        """Return what is asked."""
        return Wanted(**data)


class EffectSchema(Schema):
    """One measure: treated minus control, with its 95 % interval. Null where there are too few to tell."""

    measure = fields.Enum(Measure, by_value=True, required=True)
    currency = fields.String(allow_none=True, metadata={"description": "of an amount, in its minor units"})
    treated = fields.Integer(required=True, metadata={"description": "how many are compared"})
    control = fields.Integer(required=True)
    treated_mean = fields.Float(allow_none=True, attribute="difference.treated", dump_default=None)
    control_mean = fields.Float(allow_none=True, attribute="difference.control", dump_default=None)
    estimate = fields.Float(allow_none=True, attribute="difference.estimate", dump_default=None)
    low = fields.Float(allow_none=True, attribute="difference.low", dump_default=None)
    high = fields.Float(allow_none=True, attribute="difference.high", dump_default=None)
    verdict = fields.Enum(Verdict, by_value=True, required=True)


class UpliftRowSchema(Schema):
    """The effect of a source, or of one group within it; an experiment is by lot, an observation is not."""

    design = fields.Enum(Design, by_value=True, required=True, attribute="row.design")
    source = fields.Enum(Source, by_value=True, required=True, attribute="row.source")
    group = fields.String(allow_none=True, attribute="row.group")
    treated = fields.Integer(
        required=True, metadata={"description": "open to a visit, or visits made"}, attribute="row.treated"
    )
    control = fields.Integer(
        required=True, metadata={"description": "held out, or planned and not made"}, attribute="row.control"
    )
    treated_not_kept = fields.Integer(
        allow_none=True, metadata={"description": "open to a visit, and got none"}, attribute="row.treated_not_kept"
    )
    control_not_kept = fields.Integer(
        allow_none=True, metadata={"description": "held out, and visited for it"}, attribute="row.control_not_kept"
    )
    running = fields.Integer(
        required=True, metadata={"description": "whose horizon has not passed yet"}, attribute="row.running"
    )
    effects = fields.List(fields.Nested(EffectSchema), required=True, attribute="row.effects")
    sentence = fields.String(required=True)


class UpliftSchema(Schema):
    """What visits achieved as of the morning of a day; `until` is the last day looked at."""

    since = fields.Date(required=True, attribute="question.since")
    until = fields.Date(required=True, attribute="last_day")
    horizon = fields.Integer(required=True, attribute="question.horizon")
    by = fields.Enum(By, by_value=True, required=True, attribute="question.by")
    as_of = fields.Date(required=True)
    rows = fields.List(fields.Nested(UpliftRowSchema), required=True)
    by_chance = fields.Float(
        required=True, metadata={"description": "how many effects would leave out 0 if visits achieved nothing"}
    )
