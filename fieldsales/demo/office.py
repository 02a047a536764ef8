"""What the demo's office does: bills, pays, aims, watches, reads reports. Something to see on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.clock import local_day
from fieldsales.demo.alarms import watch
from fieldsales.demo.debts import give_up_a_debt, owe
from fieldsales.demo.goals import aim
from fieldsales.demo.leave import be_away
from fieldsales.demo.pay import pay
from fieldsales.demo.places import TIME_ZONE
from fieldsales.mailings.service import Wish, subscribe
from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor


@dataclass(frozen=True, slots=True)
class Office:
    """How many invoices, runs of pay, targets and alerts there are to look at."""

    invoices: int
    runs: int
    targets: int
    alerts: int


def open_office(session: Session, seed: int, as_of: date, planned: date, now: datetime) -> Office | None:
    """Do all that the office does up to a day; a rep is away after the `planned` day. None: there is no supervisor."""
    chief = session.scalars(select(User).where(User.role == Role.SUPERVISOR).order_by(User.login)).first()
    if chief is None:
        return None
    today = min(as_of, local_day(now, TIME_ZONE))
    supervisor = Actor(chief.id, chief.role, chief.territory_id)
    invoices = owe(session, seed, today, now)
    give_up_a_debt(session, supervisor, now)
    runs = pay(session, today, now)
    targets = aim(session, today, supervisor, now)
    alerts = watch(session, supervisor, now)
    be_away(session, max(planned, local_day(now, TIME_ZONE)) + timedelta(days=1), now)
    subscribe(session, chief.id, Wish(f"{chief.login}@port-solene.example", time(18)), by=None, now=now)
    return Office(invoices, runs, targets, alerts)
