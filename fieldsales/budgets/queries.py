"""Which budgets there are, which bound a gift, and who drew from them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fieldsales.budgets.models import BudgetScope, GiftBudget, GiftDraw
from fieldsales.budgets.rules import BudgetNotFound, Gift
from fieldsales.orders.models import Order
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.queries import in_territories_of, visible_people
from fieldsales.people.rules import Actor


def areas_of(session: Session, territory_id: uuid.UUID | None) -> list[uuid.UUID]:
    """Return a territory and all above it."""
    tree = select(Territory.id, Territory.parent_id).where(Territory.id == territory_id).cte(recursive=True)
    tree = tree.union(select(Territory.id, Territory.parent_id).join(tree, Territory.id == tree.c.parent_id))
    return list(session.scalars(select(tree.c.id)))


def budgets_of(session: Session, actor: Actor | None, day: date | None = None) -> Sequence[GiftBudget]:
    """Return the budgets that an actor may see, of a day or all, the ones that end first at the top.

    A rep sees the own budgets, and those that bound the own gifts; others those of their territories, and of tiers.
    """
    found = select(GiftBudget).where(GiftBudget.ended_at.is_(None))
    if day is not None:
        found = found.where(GiftBudget.from_on <= day, GiftBudget.until_on >= day)
    if actor is not None and actor.role is Role.REP:
        above = areas_of(session, actor.territory_id)
        theirs = or_(GiftBudget.rep_id == actor.user_id, GiftBudget.territory_id.in_(above))
    else:
        people = visible_people(actor).with_only_columns(User.id)
        theirs = or_(GiftBudget.rep_id.in_(people), in_territories_of(actor, GiftBudget.territory_id))
    found = found.where(or_(GiftBudget.scope == BudgetScope.TIER, theirs))
    return session.scalars(found.order_by(GiftBudget.until_on, GiftBudget.name, GiftBudget.id)).all()


def require_budget(session: Session, actor: Actor | None, budget_id: uuid.UUID) -> GiftBudget:
    """Return a budget that an actor may see, locked; raise `BudgetNotFound`."""
    if budget_id not in {each.id for each in budgets_of(session, actor)}:
        raise BudgetNotFound(f"There is no budget {budget_id}.", id=str(budget_id))
    return session.get_one(GiftBudget, budget_id, with_for_update={"key_share": True}, populate_existing=True)


def held_for(session: Session, gift: Gift, day: date) -> list[GiftBudget]:
    """Return the budgets that a gift of a day draws from, locked: of two gifts one waits for the other."""
    of_day = (GiftBudget.from_on <= day, GiftBudget.until_on >= day, GiftBudget.ended_at.is_(None))
    ids = [each.id for each in session.scalars(select(GiftBudget).where(*of_day)) if gift.draws_from(each)]
    if not ids:
        return []
    locked = select(GiftBudget).where(GiftBudget.id.in_(ids), GiftBudget.ended_at.is_(None)).order_by(GiftBudget.id)
    again = locked.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list(session.scalars(again))


def drawn_by(session: Session, budget_id: uuid.UUID) -> list[tuple[str, int]]:
    """Return who drew how much from a budget, the most first."""
    amount = func.sum(GiftDraw.amount)
    rows = session.execute(
        select(User.login, amount)
        .join(Order, Order.id == GiftDraw.order_id)
        .join(User, User.id == Order.rep_id)
        .where(GiftDraw.budget_id == budget_id)
        .group_by(User.login)
        .order_by(amount.desc(), User.login)
    )
    return [(login, int(total)) for login, total in rows]
