"""Putting together what is known about visits, all those of a rep's day at once."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from fieldsales.conduct.queries import Manner, asked_of, conduct_on, manners, radius_of
from fieldsales.customers.models import Customer
from fieldsales.evidence.rules import Evidence, Fix, Former, Neighbour, Sharing, Spot, Told, repeats, sharing
from fieldsales.people.models import Device, Territory, WorkPattern
from fieldsales.shots.queries import shots
from fieldsales.tracks.models import TrackPoint
from fieldsales.visits.models import EventKind, Visit, VisitEvent

USUAL = 10
"""How many earlier visits of a customer are looked at."""
REMEMBERED = timedelta(days=60)
"""How far back a track is searched for repetitions."""
ACCURACIES = 3
"""So many different accuracies on earlier days, and a phone is known to tell them."""
FORMERS = 6
"""To so many earlier days among the same customers a track is compared."""
AROUND = timedelta(minutes=30)
HALF_DAY = timedelta(hours=12)
_LEAST_FIXES = 20


@dataclass(frozen=True, slots=True)
class _Shop:
    spot: Spot | None
    zone: str
    manner: Manner | None


def gather(session: Session, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Evidence]:
    """Return the evidence of visits; no entry for one that is not there."""
    found = session.scalars(select(Visit).where(Visit.id.in_(visit_ids)).order_by(Visit.rep_id, Visit.day)).all()
    return {
        visit_id: evidence
        for (rep_id, day), some in groupby(found, key=lambda visit: (visit.rep_id, visit.day))
        for visit_id, evidence in _of_day(session, rep_id, day, list(some))
    }


def _of_day(
    session: Session, rep_id: uuid.UUID, day: date, wanted: Sequence[Visit]
) -> Iterator[tuple[uuid.UUID, Evidence]]:
    visits = session.scalars(select(Visit).where(Visit.rep_id == rep_id, Visit.day == day)).all()
    shops = _shops(session, {visit.customer_id for visit in visits})
    events = [event for visit in visits for event in visit.events]
    track = _track(session, rep_id, events)
    start = _start(session, rep_id)
    conduct = conduct_on(session, [day])[day]
    varied = _varied(session, rep_id, events)
    formers = _formers(session, rep_id, day, set(shops)) if len(track) >= _LEAST_FIXES else ()
    for visit in wanted:
        shop = shops[visit.customer_id]
        told = tuple(_told(event) for event in visit.events)
        near = _around(track, told)
        repeated, compared = _repeats(session, rep_id, visit, near)
        yield (
            visit.id,
            Evidence(
                customer=shop.spot,
                radius_m=radius_of(conduct, shop.manner),
                told=told,
                excused=bool(visit.cause_code),
                usual=_usual(session, visit),
                start=start,
                neighbours=tuple(_neighbours(visit, visits, shops)),
                track=track,
                repeated=repeated,
                compared=compared,
                formers=formers,
                varied=varied,
                photos=shots(session, visit, shop.zone),
                sharing=_sharing(session, visit),
                least_s=asked_of(conduct, shop.manner).least_minutes * 60.0,
            ),
        )


def _shops(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, _Shop]:
    known = manners(session, ids)
    rows = session.execute(
        select(Customer.id, Customer.latitude, Customer.longitude, Territory.time_zone)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(Customer.id.in_(ids))
    )
    return {
        customer_id: _Shop(None if lat is None or lon is None else (lat, lon), zone, known.get(customer_id))
        for customer_id, lat, lon, zone in rows
    }


def _fix(event: VisitEvent) -> Fix | None:
    if event.latitude is None or event.longitude is None:
        return None
    return Fix(event.at, event.latitude, event.longitude, event.accuracy_m, event.mock)


def _told(event: VisitEvent) -> Told:
    return Told(event.kind, event.at, _fix(event), tuple(event.flags))


def _neighbours(visit: Visit, visits: Sequence[Visit], shops: dict[uuid.UUID, _Shop]) -> Iterator[Neighbour]:
    for other in visits:
        for event in other.events if other.id != visit.id else ():
            fix = _fix(event)
            if fix is not None:
                yield Neighbour(event.at, fix, shops[other.customer_id].spot)


def _track(session: Session, rep_id: uuid.UUID, events: Sequence[VisitEvent]) -> tuple[Fix, ...]:
    if not events:
        return ()
    return _fixes(session, rep_id, min(e.at for e in events) - HALF_DAY, max(e.at for e in events) + HALF_DAY)


def _fixes(session: Session, rep_id: uuid.UUID, since: datetime, until: datetime) -> tuple[Fix, ...]:
    rows = session.execute(
        select(TrackPoint.at, TrackPoint.latitude, TrackPoint.longitude, TrackPoint.accuracy_m, TrackPoint.mock)
        .where(TrackPoint.rep_id == rep_id, TrackPoint.at >= since, TrackPoint.at <= until)
        .order_by(TrackPoint.at)
    )
    return tuple(Fix(*row) for row in rows)


def _around(track: Sequence[Fix], told: Sequence[Told]) -> list[Fix]:
    own = [each.fix for each in told if each.fix]
    if not told:
        return own
    since, until = min(each.at for each in told) - AROUND, max(each.at for each in told) + AROUND
    return [*own, *(fix for fix in track if since <= fix.at <= until)]


def _repeats(session: Session, rep_id: uuid.UUID, visit: Visit, fixes: Sequence[Fix]) -> tuple[int, int]:
    if not fixes:
        return 0, 0
    begin = min(fix.at for fix in fixes) - HALF_DAY
    latitudes = {fix.latitude for fix in fixes}
    earlier: set[Spot] = set()
    for table in (TrackPoint, VisitEvent):
        theirs = (table.rep_id == rep_id, table.at < begin, table.at >= begin - REMEMBERED)
        rows = session.execute(
            select(table.latitude, table.longitude).where(*theirs, table.latitude.in_(latitudes)).distinct()
        )
        earlier |= {(lat, lon) for lat, lon in rows if lat is not None and lon is not None}
    return repeats(fixes, earlier)


def _formers(session: Session, rep_id: uuid.UUID, day: date, customers: Collection[uuid.UUID]) -> tuple[Former, ...]:
    """The days before on which somebody visited half of the same customers or more, with their tracks."""
    shared = func.count(Visit.customer_id.distinct())
    rows = session.execute(
        select(Visit.rep_id, Visit.day, func.min(Visit.checked_in_at), func.max(Visit.checked_in_at))
        .where(Visit.customer_id.in_(customers), Visit.day < day, Visit.day >= day - REMEMBERED)
        .group_by(Visit.rep_id, Visit.day)
        .having(shared * 2 >= len(customers), func.max(Visit.checked_in_at).is_not(None))
        .order_by(shared.desc(), Visit.day.desc(), Visit.rep_id)
        .limit(FORMERS)
    ).all()
    tracks = [
        (on, who, _fixes(session, who, since - AROUND, until + AROUND))
        for who, on, since, until in rows
        if since is not None and until is not None
    ]
    return tuple(Former(on, who == rep_id, track) for on, who, track in tracks if len(track) >= _LEAST_FIXES)


def _varied(session: Session, rep_id: uuid.UUID, events: Sequence[VisitEvent]) -> bool:
    if not events:
        return False
    begin = min(event.at for event in events) - HALF_DAY
    theirs = (VisitEvent.rep_id == rep_id, VisitEvent.at < begin, VisitEvent.at >= begin - REMEMBERED)
    found = session.scalar(select(func.count(VisitEvent.accuracy_m.distinct())).where(*theirs))
    return (found or 0) >= ACCURACIES


def _usual(session: Session, visit: Visit) -> tuple[Spot, ...]:
    rows = session.execute(
        select(VisitEvent.latitude, VisitEvent.longitude)
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(Visit.customer_id == visit.customer_id, Visit.day < visit.day, VisitEvent.kind == EventKind.CHECK_IN)
        .where(VisitEvent.latitude.is_not(None))
        .order_by(VisitEvent.at.desc())
        .limit(USUAL)
    )
    return tuple((lat, lon) for lat, lon in rows if lat is not None and lon is not None)


def _start(session: Session, rep_id: uuid.UUID) -> Spot | None:
    found = session.execute(
        select(WorkPattern.start_latitude, WorkPattern.start_longitude).where(WorkPattern.user_id == rep_id)
    ).one_or_none()
    return None if found is None or found[0] is None else (found[0], found[1])


def _sharing(session: Session, visit: Visit) -> Sharing | None:
    devices = {event.device_id for event in visit.events if event.device_id}
    if not devices:
        return None
    since, until = visit.events[0].at, visit.events[-1].at
    own, other = aliased(Device), aliased(Device)
    rows = session.scalars(
        select(VisitEvent.at)
        .join(other, other.id == VisitEvent.device_id)
        .join(own, own.installation == other.installation)
        .where(own.id.in_(devices), VisitEvent.rep_id != visit.rep_id)
        .where(VisitEvent.at >= since - HALF_DAY, VisitEvent.at <= until + HALF_DAY)
        .order_by(VisitEvent.at)
    )
    return sharing(since, until, rows.all())
