"""Muting somebody in an emergency, and ending that. Both are audited."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.clock import at_second
from fieldsales.customers.queries import require_customer_to_manage
from fieldsales.mutes.models import Mute
from fieldsales.mutes.queries import require_mute
from fieldsales.mutes.rules import LONGEST, MuteInvalid
from fieldsales.people.models import Territory
from fieldsales.people.queries import covers_everything, require_person_in_scope, require_territory_in_scope
from fieldsales.people.rules import Actor


def add_mute(
    session: Session,
    reason: str,
    until_on: date,
    *,
    customer_id: uuid.UUID | None = None,
    rep_id: uuid.UUID | None = None,
    territory_id: uuid.UUID | None = None,
    webhook_id: uuid.UUID | None = None,
    by: Actor | None,
    now: datetime,
) -> Mute:
    """Open no alerts about somebody, or send none to a webhook, until the end of a day of the territory's.

    Raises `MuteInvalid`, `CustomerNotFound`, `NotYourCustomer`, `PersonNotFound`, `TerritoryNotFound`.
    """
    if sum(each is not None for each in (customer_id, rep_id, territory_id, webhook_id)) != 1:
        raise MuteInvalid("Who is to be muted?", mend="Name one customer, rep, territory or webhook.")
    if not reason.strip():
        raise MuteInvalid("There is no reason.", mend="Say what happened.", field="reason")
    area = _area(session, customer_id, rep_id, territory_id, by)
    ends_at = at_second(until_on + timedelta(days=1), 0, area.time_zone if area else "UTC")
    if not now < ends_at <= now + LONGEST:
        raise MuteInvalid(f"{until_on} is past or too far.", mend="Choose a day within 90 days.", field="until_on")
    mute = Mute(
        customer_id=customer_id,
        rep_id=rep_id,
        territory_id=territory_id,
        webhook_id=webhook_id,
        reason=reason.strip()[:500],
        ends_at=ends_at,
        made_by=by.user_id if by else None,
        made_at=now,
    )
    session.add(mute)
    session.flush()
    _note(session, "mute.add", mute, by, now)
    return mute


def end_mute(session: Session, mute_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Mute:
    """End a mute before its time. Raises `MuteNotFound`."""
    mute = require_mute(session, by, mute_id, now)
    mute.ended_at, mute.ended_by = now, by.user_id if by else None
    session.flush()
    _note(session, "mute.end", mute, by, now)
    return mute


def _area(
    session: Session,
    customer_id: uuid.UUID | None,
    rep_id: uuid.UUID | None,
    territory_id: uuid.UUID | None,
    by: Actor | None,
) -> Territory | None:
    """Return the territory whose days count; raise where the actor may not mute that."""
    if customer_id is not None:
        return session.get(Territory, require_customer_to_manage(session, by, customer_id).territory_id)
    if rep_id is not None:
        return require_person_in_scope(session, by, rep_id).territory
    if territory_id is not None:
        return require_territory_in_scope(session, by, territory_id)
    if not covers_everything(session, by):
        raise MuteInvalid("A webhook tells of all territories.", mend="Ask a manager who sees all of them.")
    return None


def _note(session: Session, action: str, mute: Mute, by: Actor | None, now: datetime) -> None:
    of = mute.customer_id or mute.rep_id or mute.territory_id or mute.webhook_id
    facts = {"of": str(of), "reason": mute.reason, "ends_at": mute.ends_at.isoformat()}
    record(session, action, ("mute", mute.id), actor_id=by.user_id if by else None, now=now, **facts)
