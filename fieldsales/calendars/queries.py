"""Who is off when."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldsales.calendars.models import CalendarEntry, DayKind
from fieldsales.calendars.rules import DAYS_OFF, CalendarEntryNotFound, Feasts, Said, days_off
from fieldsales.feasts import feasts
from fieldsales.people.models import Territory, User
from fieldsales.people.queries import territories_below, visible_people
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force


def free_days(session: Session, people: Iterable[User], first: date, last: date) -> dict[uuid.UUID, dict[date, str]]:
    """Return for each person the days off from one day to another, with what they are: a holiday, leave."""
    by_territory, by_person = _said(session, first, last)
    above = dict(session.execute(select(Territory.id, Territory.parent_id)).all())
    policy = in_force(session, DAYS_OFF, first).value
    return {
        person.id: days_off(
            [by_person[person.id], *(by_territory[area] for area in _upwards(person.territory_id, above))],
            _public(person.territory, policy, first, last),
            first,
            last,
        )
        for person in people
    }


def days_off_of(session: Session, user_ids: Iterable[uuid.UUID], first: date, last: date) -> Sequence[CalendarEntry]:
    """Return what some people have off for themselves on any of some days, the earliest first; no public holidays."""
    off = select(CalendarEntry).where(
        CalendarEntry.user_id.in_(list(user_ids)),
        CalendarEntry.kind == DayKind.OFF,
        CalendarEntry.first_day <= last,
        CalendarEntry.last_day >= first,
    )
    return session.scalars(off.order_by(CalendarEntry.first_day, CalendarEntry.id)).all()


def entries_visible_to(session: Session, actor: Actor | None, first: date, last: date) -> Sequence[CalendarEntry]:
    """Return what was put into the calendars of the actor's territories and people, and of the territories above."""
    statement = (
        select(CalendarEntry)
        .where(CalendarEntry.first_day <= last, CalendarEntry.last_day >= first, _visible(session, actor))
        .order_by(CalendarEntry.first_day, CalendarEntry.id)
    )
    return session.scalars(statement).all()


def require_entry(session: Session, actor: Actor | None, entry_id: uuid.UUID) -> CalendarEntry:
    """Return an entry that the actor may change: of a territory at or below the own, or of somebody in one.

    Raises `CalendarEntryNotFound`.
    """
    statement = select(CalendarEntry).where(CalendarEntry.id == entry_id)
    if actor is not None:
        mine = CalendarEntry.territory_id.in_(territories_below(actor.territory_id))
        statement = statement.where(
            or_(mine, CalendarEntry.user_id.in_(visible_people(actor).with_only_columns(User.id)))
        )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise CalendarEntryNotFound(f"There is no entry {entry_id}.", id=str(entry_id))
    return found


def _visible(session: Session, actor: Actor | None):  # type: ignore[no-untyped-def]
    people = visible_people(actor).with_only_columns(User.id)
    if actor is None or actor.territory_id is None:
        return or_(CalendarEntry.user_id.in_(people), CalendarEntry.territory_id.is_not(None))
    above = dict(session.execute(select(Territory.id, Territory.parent_id)).all())
    own = [*_upwards(actor.territory_id, above)]
    return or_(
        CalendarEntry.user_id.in_(people),
        CalendarEntry.territory_id.in_(own),
        CalendarEntry.territory_id.in_(territories_below(actor.territory_id)),
    )


def _said(
    session: Session, first: date, last: date
) -> tuple[dict[uuid.UUID | None, list[Said]], dict[uuid.UUID | None, list[Said]]]:
    by_territory: dict[uuid.UUID | None, list[Said]] = defaultdict(list)
    by_person: dict[uuid.UUID | None, list[Said]] = defaultdict(list)
    statement = select(CalendarEntry).where(CalendarEntry.first_day <= last, CalendarEntry.last_day >= first)
    for entry in session.scalars(statement):
        said = Said(entry.first_day, entry.last_day, entry.name, entry.kind is DayKind.OFF)
        (by_territory[entry.territory_id] if entry.territory_id else by_person[entry.user_id]).append(said)
    return by_territory, by_person


def _upwards(area: uuid.UUID | None, above: Mapping[uuid.UUID, uuid.UUID | None]) -> Iterable[uuid.UUID]:
    while area is not None:
        yield area
        area = above.get(area)


def _public(territory: Territory | None, policy: Feasts, first: date, last: date) -> dict[date, str]:
    if territory is None or not policy.off:
        return {}
    return feasts(territory.region, range(first.year, last.year + 1), policy.subdivision(territory.region))
