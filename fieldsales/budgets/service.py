"""Setting budgets of gifts, and drawing from them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.budgets.models import GiftBudget, GiftDraw
from fieldsales.budgets.queries import drawn_by, held_for, require_budget
from fieldsales.budgets.rules import MOST, BudgetInvalid, Gift, GiftOverBudget, NewBudget, over, told
from fieldsales.orders.models import Order
from fieldsales.people.queries import require_rep_in_scope, require_territory_in_scope
from fieldsales.people.rules import Actor


def set_budget(session: Session, new: NewBudget, *, by: Actor | None, now: datetime) -> GiftBudget:
    """Set a budget. Raises `PersonNotFound`, `TerritoryNotFound`."""
    if new.rep_id is not None:
        require_rep_in_scope(session, by, new.rep_id)
    if new.territory_id is not None:
        require_territory_in_scope(session, by, new.territory_id)
    budget = GiftBudget(
        name=new.name.strip(),
        scope=new.scope,
        rep_id=new.rep_id,
        territory_id=new.territory_id,
        tier=new.tier,
        from_on=new.from_on,
        until_on=new.until_on,
        currency=new.currency,
        most=new.most,
        used=0,
        made_at=now,
        made_by=by.user_id if by else None,
    )
    session.add(budget)
    session.flush()
    _note(session, "gift_budget.set", budget, by, now, scope=str(new.scope), most=new.most, currency=new.currency)
    return budget


def change_budget(session: Session, budget_id: uuid.UUID, most: int, *, by: Actor | None, now: datetime) -> GiftBudget:
    """Raise a budget, or lower it, also below what is used. Raises `BudgetNotFound`, `BudgetInvalid`."""
    if not 0 <= most <= MOST:
        raise BudgetInvalid(f"A budget of {most} cannot be.", mend="Give 0 or more.")
    budget = require_budget(session, by, budget_id)
    before, budget.most = budget.most, most
    session.flush()
    _note(session, "gift_budget.change", budget, by, now, before=before, after=most)
    return budget


def end_budget(session: Session, budget_id: uuid.UUID, *, by: Actor | None, now: datetime) -> GiftBudget:
    """End a budget: it bounds nothing any more. Raises `BudgetNotFound`."""
    budget = require_budget(session, by, budget_id)
    budget.ended_at = now
    session.flush()
    _note(session, "gift_budget.end", budget, by, now, used=budget.used)
    return budget


def draw(session: Session, order: Order, gift: Gift, *, approved: Collection[str]) -> bool:
    """Draw a gift, which must be flushed, from all budgets that bound it; tell whether it is over one.

    Raises `GiftOverBudget` with the budgets that have no room, unless a person approved it.
    """
    budgets = held_for(session, gift, order.ordered_on)
    beyond = over(budgets, gift)
    if beyond and GiftOverBudget.code not in approved:
        first, wanted = beyond[0], gift.amount_of(beyond[0])
        raise GiftOverBudget(
            f"The gift takes {wanted} {first.currency or 'pieces'} of “{first.name}”, of which {first.used} of "
            f"{first.most} are used.",
            mend="The gift is kept; a person decides.",
            worth_minor=gift.worth_minor,
            budgets=[told(each, gift, drawn_by(session, each.id)) for each in beyond],
        )
    for each in budgets:
        if amount := gift.amount_of(each):
            each.used += amount
            session.add(GiftDraw(budget_id=each.id, order_id=order.id, amount=amount))
    session.flush()
    return bool(beyond)


def give_up(session: Session, order: Order) -> None:
    """Give back what a gift that is called off has drawn."""
    draws = session.scalars(select(GiftDraw).where(GiftDraw.order_id == order.id).order_by(GiftDraw.budget_id)).all()
    for each in draws:
        lock = {"key_share": True}
        budget = session.get_one(GiftBudget, each.budget_id, with_for_update=lock, populate_existing=True)
        budget.used -= each.amount
        session.delete(each)
    session.flush()


def _note(session: Session, action: str, budget: GiftBudget, by: Actor | None, now: datetime, **facts: object) -> None:
    actor_id = by.user_id if by else None
    record(session, action, ("gift_budget", budget.id), actor_id=actor_id, now=now, name=budget.name, **facts)
