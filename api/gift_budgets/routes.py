"""What may be given away, and what is left of it."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.gift_budgets.schemas import BudgetQuery, BudgetSchema, BudgetsSchema, ChangedBudgetSchema, NewBudgetSchema
from api.guard import BOSSES, EVERYBODY, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.budgets import service
from fieldsales.budgets.models import GiftBudget
from fieldsales.budgets.queries import budgets_of
from fieldsales.budgets.rules import NewBudget

gift_budgets = Resource(
    "gift_budgets", __name__, url_prefix="/api/v1/gift-budgets", description="What may be given away, and what is left"
)


@gift_budgets.on("GET", "", roles=EVERYBODY, query=BudgetQuery, gives=BudgetsSchema)
def list_budgets(query: dict[str, Any]) -> dict[str, Any]:
    """The budgets of gifts that you may see; phones pull theirs as `gift_budget`"""
    return {"gift_budgets": budgets_of(session(), actor(), query.get("day"))}


@gift_budgets.on("POST", "", roles=BOSSES, takes=NewBudgetSchema, gives=BudgetSchema, problems=[404, 422])
def set_budget(body: dict[str, Any]) -> GiftBudget:
    """Set a budget of a rep, of the reps or the customers of a territory, or of the customers of a tier"""
    return service.set_budget(session(), NewBudget(**body), by=actor(), now=now())


@gift_budgets.on(
    "PUT", "/<uuid:budget_id>", roles=BOSSES, takes=ChangedBudgetSchema, gives=BudgetSchema, problems=[404, 422]
)
def change_budget(body: dict[str, Any], budget_id: uuid.UUID) -> GiftBudget:
    """Raise or lower a budget; what was drawn stays drawn"""
    return service.change_budget(session(), budget_id, body["most"], by=actor(), now=now())


@gift_budgets.on("DELETE", "/<uuid:budget_id>", roles=BOSSES, gives=BudgetSchema, problems=[404])
def end_budget(budget_id: uuid.UUID) -> GiftBudget:
    """End a budget: it bounds nothing any more"""
    return service.end_budget(session(), budget_id, by=actor(), now=now())
