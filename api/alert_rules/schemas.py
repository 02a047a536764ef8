"""Rules of alerts."""

from __future__ import annotations

from datetime import time
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.schema import LARGEST_MONEY, day
from fieldsales.alerts.models import Severity
from fieldsales.alerts.rules import WORDS
from fieldsales.spans.rules import Compared
from fieldsales.watches.rules import MOST_DAYS, Condition, Grain, Kind, Window
from fieldsales.watches.service import Draft, Step
from sync.wire import Strict, whole, words

_MAILS = {"description": "mail addresses that are told", "example": ["sara@harbour.example"]}
_WEBHOOKS = {"description": "webhooks with the topic “alert” that are told"}


def _minute(**options: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", error="Write HH:MM."),
        allow_none=True,
        load_default=None,
        **options,
    )


def _addresses(about: dict[str, Any]) -> fields.List[Any]:
    return fields.List(words(254), load_default=list, validate=validate.Length(max=20), metadata=about)


def _hooks() -> fields.List[Any]:
    return fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=20), metadata=_WEBHOOKS)


class AlertStepSchema(Strict):
    """Who is told next where nobody has acknowledged it after so many minutes."""

    after_minutes = whole(1, 43_200, required=True)
    mails = _addresses(_MAILS)
    webhooks = _hooks()

    @post_load
    def as_step(self, data: dict[str, Any], **_options: Any) -> Step:
        """Return the step."""
        return Step(data["after_minutes"], tuple(data["mails"]), tuple(data["webhooks"]))


class AlertConditionSchema(Strict):
    """What is a reason to alert.

    `threshold` goes `below` or `above` a value in the measure's smallest unit. `change` `falls` or `rises` by a value
    in basis points against the compared period. `absence`: nothing came. `target`: the projected end is below so many
    basis points of the target. `least` is what the compared period must have had.
    """

    kind = fields.Enum(Kind, by_value=True, required=True)
    op = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(["below", "above", "falls", "rises"])
    )
    value = whole(-LARGEST_MONEY, LARGEST_MONEY, load_default=None, allow_none=True)
    least = whole(0, LARGEST_MONEY, load_default=None, allow_none=True)

    @post_load
    def as_condition(self, data: dict[str, Any], **_options: Any) -> Condition:
        """Return the condition."""
        return Condition(**data)


class AlertRuleSchema(Strict):
    """A rule: which measure of whom and which days, what is a reason, who owns it, and who is told when.

    The times of quiet hours and digests are on the wall clock of the territory that an alert is about.
    """

    name = words(120, required=True, metadata={"example": "No order in a week"})
    measure = words(60, required=True, metadata={"example": "orders"})
    currency = words(3, 3, load_default=None, allow_none=True)
    grain = fields.Enum(Grain, by_value=True, required=True)
    territory_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "null: all territories"})
    brand = words(120, load_default=None, allow_none=True)
    category = words(120, load_default=None, allow_none=True)
    tier = words(8, load_default=None, allow_none=True)
    window = fields.Enum(Window, by_value=True, required=True)
    days = whole(1, MOST_DAYS, load_default=None, allow_none=True, metadata={"description": "with `last_days`"})
    condition = fields.Nested(AlertConditionSchema, required=True)
    compared = fields.Enum(Compared, by_value=True, load_default=None, allow_none=True)
    severity = fields.Enum(Severity, by_value=True, load_default=Severity.WARNING)
    owner_id = fields.UUID(required=True)
    owner_mail = words(254, load_default=None, allow_none=True)
    review_on = day(required=True)
    mails = _addresses(_MAILS)
    webhooks = _hooks()
    quiet_from = _minute(metadata={"example": "20:00"})
    quiet_to = _minute(metadata={"example": "07:00"})
    digest_at = _minute(metadata={"description": "once a day at that time; null: at once"})
    language = fields.String(load_default="en", validate=validate.OneOf(sorted(WORDS)))
    escalation = fields.List(fields.Nested(AlertStepSchema), load_default=list, validate=validate.Length(max=5))
    every_minutes = whole(5, 10_080, load_default=60)

    @post_load
    def as_draft(self, data: dict[str, Any], **_options: Any) -> Draft:
        """Return the rule as a draft."""
        for name in ("quiet_from", "quiet_to", "digest_at"):
            data[name] = time.fromisoformat(data[name]) if data[name] else None
        for name in ("mails", "webhooks", "escalation"):
            data[name] = tuple(data[name])
        return Draft(**data)


class AlertLookSchema(Schema):
    """What the last look came to; `wrong` says why it failed."""

    subjects = fields.Integer(required=True)
    found = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    resolved = fields.Integer(required=True)
    muted = fields.Integer(required=True)
    wrong = fields.String(required=True, allow_none=True)


class ToldConditionSchema(Schema):
    """What is a reason to alert."""

    kind = fields.String(required=True)
    op = fields.String(required=True, allow_none=True)
    value = fields.Integer(required=True, allow_none=True)
    least = fields.Integer(required=True, allow_none=True)


class ToldRuleSchema(Schema):
    """A rule, whether its review is overdue, and what the last look came to."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    measure = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "what people call the measure"})
    says = fields.String(required=True, metadata={"description": "the reason in words"})
    currency = fields.String(required=True, allow_none=True)
    grain = fields.String(required=True)
    territory_id = fields.UUID(required=True, allow_none=True)
    brand = fields.String(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    window = fields.String(required=True)
    days = fields.Integer(required=True, allow_none=True)
    condition = fields.Nested(ToldConditionSchema, required=True)
    compared = fields.String(required=True, allow_none=True)
    severity = fields.String(required=True)
    owner_id = fields.UUID(required=True)
    owner_name = fields.String(required=True)
    owner_mail = fields.String(required=True, allow_none=True)
    review_on = fields.Date(required=True)
    review_overdue = fields.Boolean(required=True)
    mails = fields.List(fields.String(), required=True)
    webhooks = fields.List(fields.String(), required=True)
    quiet_from = fields.String(required=True, allow_none=True)
    quiet_to = fields.String(required=True, allow_none=True)
    digest_at = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    escalation = fields.List(fields.Dict(), required=True)
    every_minutes = fields.Integer(required=True)
    looked_at = fields.AwareDateTime(required=True, allow_none=True)
    last = fields.Nested(AlertLookSchema, required=True, allow_none=True)


class AlertRulesSchema(Schema):
    """The rules, by name."""

    rules = fields.List(fields.Nested(ToldRuleSchema), required=True)


class RuleReviewSchema(Strict):
    """That a rule is still right, and when it is to be reviewed next."""

    review_on = day(required=True)
    note = words(500, shortest=0, load_default="")


class FoundByRuleSchema(Schema):
    """What would be alerted."""

    title = fields.String(required=True)
    customer_id = fields.UUID(required=True, allow_none=True, attribute="about.customer_id")
    facts = fields.Dict(required=True)


class RuleTriedSchema(Schema):
    """What a rule would find now: how many were looked at, how many reasons there are, and the first hundred."""

    subjects = fields.Integer(required=True)
    found = fields.Integer(required=True)
    first = fields.List(fields.Nested(FoundByRuleSchema), required=True)
