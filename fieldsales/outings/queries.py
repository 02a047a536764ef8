"""What a rep's phone told of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.clock import at_second
from fieldsales.customers.models import Customer
from fieldsales.evidence.rules import Fix
from fieldsales.outings.rules import Halt, halts
from fieldsales.people.models import User
from fieldsales.tracks.models import TrackPoint
from fieldsales.visits.models import EventKind, Visit
from fieldsales.visits.queries import visits_of_rep_on


@dataclass(frozen=True, slots=True)
class Outing:
    """A rep's day as it was: the halts in order, and the track."""

    rep: str
    day: date
    halts: list[Halt]
    track: list[Fix]


def outing(session: Session, rep: User, day: date) -> Outing:
    """Return a rep's day as it was, midnight to midnight in the zone of the rep's territory."""
    visits = visits_of_rep_on(session, rep.id, day)
    shops = select(Customer.id, Customer.name).where(Customer.id.in_({visit.customer_id for visit in visits}))
    names = dict(session.execute(shops).all())
    zone = rep.territory.time_zone if rep.territory else "UTC"
    rows = session.execute(
        select(TrackPoint.at, TrackPoint.latitude, TrackPoint.longitude, TrackPoint.accuracy_m, TrackPoint.mock)
        .where(TrackPoint.rep_id == rep.id)
        .where(TrackPoint.at >= at_second(day, 0, zone), TrackPoint.at < at_second(day, 86_400, zone))
        .order_by(TrackPoint.at)
    )
    track = [Fix(*row) for row in rows]
    told = [_halt(visit, names[visit.customer_id]) for visit in visits]
    return Outing(rep.name, day, halts([each for each in told if each], track), track)


def _halt(visit: Visit, name: str) -> Halt | None:
    came, left = visit.checked_in_at or visit.checked_out_at, visit.checked_out_at or visit.checked_in_at
    if came is None or left is None:
        return None
    events = sorted(visit.events, key=lambda event: event.kind is not EventKind.CHECK_IN)
    placed = ((each.latitude, each.longitude) for each in events)
    spot = next(((lat, lon) for lat, lon in placed if lat is not None and lon is not None), None)
    return Halt(came, max(came, left), spot, name)
