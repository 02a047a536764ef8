"""A rep of the demo who is away in the coming week, and who stands in."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.covers.models import CoverKind
from fieldsales.covers.rules import Wanted
from fieldsales.covers.service import arrange
from fieldsales.people.models import Role, User

_DAYS = timedelta(days=2)


def be_away(session: Session, from_on: date, now: datetime) -> bool:
    """Have the last rep be away for three days from a day on; False: there is nobody to stand in."""
    reps = session.scalars(select(User).where(User.role == Role.REP).order_by(User.login)).all()
    if len(reps) < 2:
        return False
    away, *others = reversed(reps)
    stand_ins = tuple(each.id for each in others[:2])
    days = (from_on, from_on + _DAYS)
    arrange(session, Wanted(away.id, CoverKind.ABSENCE, *days, "Leave", stand_ins), by=None, now=now)
    return True
