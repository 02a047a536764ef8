"""What is held out on a day, and the lots of customers whose buying changed on it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.holdout.rules import HOLDOUT, Holdout, Lot, Opening, draw
from fieldsales.people.models import Territory
from fieldsales.policies.queries import in_force


def holdout_on(session: Session, day: date) -> Holdout:
    """Return what is held out of the anomalies that open on a day: nothing, where nobody set anything."""
    return in_force(session, HOLDOUT, day).value


def draw_lots(session: Session, at_risk_minor: Mapping[uuid.UUID, int], day: date) -> dict[uuid.UUID, Lot]:
    """Draw for customers whose buying changed on a day, with the money at risk of each. The same again, if repeated."""
    holdout = holdout_on(session, day)
    if not at_risk_minor or holdout.share_bp == 0:
        return {}
    in_force = Assignment.ended_at.is_(None) & (Assignment.kind == AssignmentKind.KEY_ACCOUNT)
    key_accounts = set(session.scalars(select(Assignment.customer_id).where(in_force)))
    currencies = session.execute(select(Customer.id, Territory.currency).join(Territory))
    openings = (
        Opening(who, at_risk_minor[who], currency, who in key_accounts)
        for who, currency in currencies
        if who in at_risk_minor
    )
    return {each.customer_id: draw(holdout, each, day) for each in openings}
