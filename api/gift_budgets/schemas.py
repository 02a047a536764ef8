"""Budgets of gifts as they are told."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import day
from fieldsales.budgets.models import BudgetScope
from fieldsales.budgets.rules import MOST
from sync.wire import Strict, whole, words


class NewBudgetSchema(Strict):
    """What may be given away by whom or where, from a day to another one, both included."""

    name = words(80, required=True)
    scope = fields.Enum(BudgetScope, by_value=True, required=True)
    rep_id = fields.UUID(load_default=None, allow_none=True)
    territory_id = fields.UUID(load_default=None, allow_none=True)
    tier = words(8, load_default=None, allow_none=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    currency = fields.String(load_default=None, allow_none=True, validate=validate.Length(equal=3))
    most = whole(0, MOST, required=True)


class ChangedBudgetSchema(Strict):
    """How much it is from now on."""

    most = whole(0, MOST, required=True)


class BudgetSchema(Schema):
    """A budget: `most` and `used` are minor units of the currency, or pieces where that is null."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scope = fields.Enum(BudgetScope, by_value=True, required=True)
    rep_id = fields.UUID(required=True, allow_none=True)
    territory_id = fields.UUID(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    currency = fields.String(required=True, allow_none=True)
    most = fields.Integer(required=True)
    used = fields.Integer(required=True)
    made_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class BudgetsSchema(Schema):
    """Budgets, the ones that end first at the top."""

    gift_budgets = fields.List(fields.Nested(BudgetSchema), required=True)


class BudgetQuery(Strict):
    """On which day; without one, all that did not end."""

    day = day()
