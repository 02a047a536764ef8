"""Whose tier was given by hand."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.overrides.models import TierOverride
from fieldsales.overrides.rules import OPERATOR, ByHand
from fieldsales.people.models import User


def by_hand_on(session: Session, day: date, customer_id: uuid.UUID | None = None) -> dict[uuid.UUID, ByHand]:
    """Return the tiers by hand that are in force on a day, by customer; of one customer if it is given."""
    statement = (
        select(TierOverride, User.name)
        .join(User, User.id == TierOverride.made_by, isouter=True)
        .where(TierOverride.ended_on.is_(None), TierOverride.until >= day)
    )
    if customer_id is not None:
        statement = statement.where(TierOverride.customer_id == customer_id)
    return {
        each.customer_id: ByHand(each.id, each.tier, each.reason, each.until, name or OPERATOR)
        for each, name in session.execute(statement)
    }


def standing_override(session: Session, customer_id: uuid.UUID) -> TierOverride | None:
    """Return the one that has not ended, be it in force or expired."""
    statement = select(TierOverride).where(TierOverride.customer_id == customer_id, TierOverride.ended_on.is_(None))
    return session.scalars(statement).one_or_none()


def expired_by(session: Session, day: date) -> Sequence[TierOverride]:
    """Return those that expired before a day and were not ended yet."""
    return session.scalars(select(TierOverride).where(TierOverride.ended_on.is_(None), TierOverride.until < day)).all()
