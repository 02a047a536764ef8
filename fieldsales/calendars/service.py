"""Putting days into a calendar, and taking them out."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.calendars.models import CalendarEntry, DayKind
from fieldsales.calendars.queries import require_entry
from fieldsales.calendars.rules import BadCalendarEntry, check_entry
from fieldsales.people.queries import require_person_in_scope, require_territory_in_scope
from fieldsales.people.rules import Actor


def add_entry(
    session: Session,
    *,
    first_day: date,
    last_day: date,
    name: str,
    by: Actor | None,
    now: datetime,
    kind: DayKind = DayKind.OFF,
    territory_id: uuid.UUID | None = None,
    user_id: uuid.UUID | None = None,
) -> CalendarEntry:
    """Say of some days that they are off (or worked all the same), for a territory or for one person.

    Raises `BadCalendarEntry`, `TerritoryNotFound`, `PersonNotFound`.
    """
    check_entry(first_day, last_day, name)
    if (territory_id is None) == (user_id is None):
        raise BadCalendarEntry("Whose days are these?", mend="Name either a territory or a person.")
    if territory_id is not None:
        require_territory_in_scope(session, by, territory_id)
    if user_id is not None:
        require_person_in_scope(session, by, user_id)
    made = CalendarEntry(
        territory_id=territory_id,
        user_id=user_id,
        first_day=first_day,
        last_day=last_day,
        kind=kind,
        name=name.strip(),
        made_by=by.user_id if by else None,
        made_at=now,
    )
    session.add(made)
    session.flush()
    _note(session, "days_off.added", made, by, now)
    return made


def remove_entry(session: Session, entry_id: uuid.UUID, *, by: Actor | None, now: datetime) -> CalendarEntry:
    """Take days out of a calendar again; return what stood there. Raises `CalendarEntryNotFound`."""
    entry = require_entry(session, by, entry_id)
    _note(session, "days_off.removed", entry, by, now)
    session.delete(entry)
    session.flush()
    return entry


def end_entry(session: Session, entry_id: uuid.UUID, day: date, *, by: Actor | None, now: datetime) -> None:
    """Take the days from `day` on out of a calendar; those before stay. Raises `CalendarEntryNotFound`."""
    entry = require_entry(session, by, entry_id)
    if entry.first_day >= day:
        remove_entry(session, entry_id, by=by, now=now)
    elif entry.last_day >= day:
        entry.last_day = day - timedelta(days=1)
        session.flush()
        _note(session, "days_off.shortened", entry, by, now)


def _note(session: Session, action: str, entry: CalendarEntry, by: Actor | None, now: datetime) -> None:
    facts = {
        "of": str(entry.territory_id or entry.user_id),
        "first_day": str(entry.first_day),
        "last_day": str(entry.last_day),
        "kind": str(entry.kind),
        "name": entry.name,
    }
    record(session, action, ("calendar_entry", entry.id), actor_id=by.user_id if by else None, now=now, **facts)
