"""What holds for the positions of a rep, and what the rep said about it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.calendars.queries import free_days
from fieldsales.clock import local_day, zone
from fieldsales.people.models import Territory, User
from fieldsales.people.rules import WEEKDAYS
from fieldsales.policies.queries import in_force
from fieldsales.privacy.models import TrackingConsent
from fieldsales.privacy.rules import (
    TRACKING,
    Hours,
    Said,
    Shift,
    Sifted,
    Terms,
    Tracking,
    Window,
    agreed,
    days_around,
    sift,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rep stands with being tracked: the policy, the terms of the own territory, and the last word."""

    policy: Tracking
    terms: Terms
    hours: Hours | None
    last: TrackingConsent | None

    @property
    def agreed(self) -> bool:
        """Whether the rep's last word agrees to the text that holds now."""
        return self.last is not None and agreed(_said([self.last]), self.policy.version)

    @property
    def active(self) -> bool:
        """Whether positions are kept at all: consent is given or not needed, and hours are known or not needed."""
        allowed = self.agreed or not self.terms.consent
        return allowed and (self.hours is not None or self.terms.window is Window.ANY)


def tracking_on(session: Session, day: date) -> Tracking:
    """Return the policy of a day."""
    return in_force(session, TRACKING, day).value


def consents_of(session: Session, rep_id: uuid.UUID) -> Sequence[TrackingConsent]:
    """Return all that a rep said about being tracked, the first word first."""
    found = select(TrackingConsent).where(TrackingConsent.rep_id == rep_id)
    return session.scalars(found.order_by(TrackingConsent.at, TrackingConsent.id)).all()


def standing_of(session: Session, rep: User, now: datetime) -> Standing:
    """Return how a rep stands with being tracked at a moment."""
    policy, terms = terms_of(session, rep, now)
    consents = consents_of(session, rep.id)
    return Standing(policy, terms, _hours(rep, terms), consents[-1] if consents else None)


def terms_of(session: Session, rep: User, now: datetime) -> tuple[Tracking, Terms]:
    """Return the policy, and what of it holds for a rep."""
    policy = tracking_on(session, local_day(now, zone_of(rep)))
    if not policy.by_territory:
        return policy, policy.otherwise
    return policy, policy.of(_upwards(rep.territory_id, areas(session)))


def terms_of_all(session: Session, reps: Iterable[User], now: datetime) -> dict[uuid.UUID, Terms]:
    """Return what holds for each of some reps."""
    above = areas(session)
    policies: dict[date, Tracking] = {}
    found = {}
    for rep in reps:
        day = local_day(now, zone_of(rep))
        if day not in policies:
            policies[day] = tracking_on(session, day)
        found[rep.id] = policies[day].of(_upwards(rep.territory_id, above))
    return found


def sift_for(session: Session, rep: User, moments: Sequence[datetime], now: datetime) -> Sifted:
    """Return which of these moments of a rep may be kept, as things stand now."""
    policy, terms = terms_of(session, rep, now)
    said = _said(consents_of(session, rep.id)) if terms.consent else []
    shift = _shift(session, rep, terms, moments) if moments and terms.window is Window.SHIFT else None
    return sift(moments, terms, said, policy.version, shift)


def areas(session: Session) -> Mapping[uuid.UUID, tuple[str, uuid.UUID | None]]:
    """Return the code of each territory and the one above it."""
    rows = session.execute(select(Territory.id, Territory.code, Territory.parent_id))
    return {area: (code, parent) for area, code, parent in rows}


def zone_of(rep: User) -> str:
    """Return the time zone that a rep works in."""
    return rep.territory.time_zone if rep.territory else "UTC"


def _upwards(area: uuid.UUID | None, above: Mapping[uuid.UUID, tuple[str, uuid.UUID | None]]) -> Iterable[str]:
    while area is not None and area in above:
        code, area = above[area]
        yield code


def _said(consents: Iterable[TrackingConsent]) -> list[Said]:
    return [Said(each.at, each.given, each.version) for each in consents]


def _hours(rep: User, terms: Terms) -> Hours | None:
    pattern = rep.work_pattern
    return terms.hours or (Hours(pattern.shift_from, pattern.shift_to) if pattern else None)


def _shift(session: Session, rep: User, terms: Terms, moments: Sequence[datetime]) -> Shift | None:
    """Return when a rep works around some moments: on the weekdays of the pattern, but for days off."""
    hours = _hours(rep, terms)
    if hours is None:
        return None
    where = zone(zone_of(rep))
    first, last = days_around(moments, where)
    off = free_days(session, [rep], first, last)[rep.id]
    weekdays = rep.work_pattern.weekdays.split(",") if rep.work_pattern else WEEKDAYS
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    worked = {day for day in days if WEEKDAYS[day.weekday()] in weekdays and day not in off}
    return Shift(hours, where, worked)
