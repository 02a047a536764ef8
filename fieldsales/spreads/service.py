"""Getting ready to spread visits: which days, and nobody else writing meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.candidates.queries import as_rep
from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.errors import Invalid
from fieldsales.people.models import User
from fieldsales.planning.rules import DayOver
from fieldsales.spreads.queries import coming_days

USUAL_DAYS = 5
"""How many working days ahead are filled where nobody says which."""
FURTHEST = timedelta(days=92)


class SpanTooFar(Invalid):
    """Visits are spread over days up to 92 days ahead: what is wanted then, nobody knows today."""

    code = "spread.too_far"
    title = "These days are too far ahead"


def today_of(reps: Sequence[User], now: datetime) -> date:
    """Return what day it is for these reps, the earliest where they differ."""
    zones = {rep.territory.time_zone for rep in reps if rep.territory}
    return min((local_day(now, zone) for zone in zones), default=now.date())


def days_wanted(reps: Sequence[User], days: Collection[date] | None, today: date) -> tuple[date, ...]:
    """Return the days to fill in their order; where none are named the coming working days from tomorrow on.

    Raises `DayOver`, `SpanTooFar`.
    """
    found = tuple(sorted(set(days))) if days else coming_days(map(as_rep, reps), today, USUAL_DAYS)
    if found and found[0] < today:
        raise DayOver(f"{found[0]} is over; today is {today}.", mend="Choose today or later days.")
    if found and found[-1] - today > FURTHEST:
        raise SpanTooFar(
            f"{found[-1]} is more than {FURTHEST.days} days ahead.", mend=f"Use days up to {today + FURTHEST}."
        )
    return found


def keep_others_out(session: Session, rep_ids: Collection[uuid.UUID], customer_ids: Collection[uuid.UUID]) -> None:
    """Let nobody plan for these reps or customers until the transaction ends; read anew what was read before."""
    session.execute(select(User.id).where(User.id.in_(rep_ids)).order_by(User.id).with_for_update()).all()
    session.execute(
        select(Customer.id).where(Customer.id.in_(customer_ids)).order_by(Customer.id).with_for_update()
    ).all()
    session.expire_all()
