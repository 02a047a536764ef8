"""The days that a track is compared with: those with most of the same customers, of any rep, the likest first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from worlds import small_town
from worlds.driven_rounds import played_again, round_of
from worlds.small_town import NOON

from fieldsales.db.base import new_id
from fieldsales.evidence.queries import gather
from fieldsales.evidence.rules import Fix, Limits
from fieldsales.texture.rules import signals
from fieldsales.tracks.models import TrackPoint
from fieldsales.visits.models import EventKind, Visit, VisitEvent


def told(session: Session, world: Any, rep: Any, names: str, track: tuple[Fix, ...]) -> list[Visit]:
    """A day of a rep: visits spread over the track."""
    visits = []
    for number, name in enumerate(names.split()):
        at = track[len(track) // 4 * (number + 1)]
        visit = Visit(id=new_id(), customer_id=world.customers[name].id, rep_id=rep.id, day=at.at.date())
        visit.checked_in_at = at.at
        place = {"latitude": at.latitude, "longitude": at.longitude, "accuracy_m": 10.0}
        visit.events = [VisitEvent(rep_id=rep.id, kind=EventKind.CHECK_IN, at=at.at, received_at=at.at, **place)]
        visits.append(visit)
    session.add_all(visits)
    track_id = new_id()
    session.add_all(
        TrackPoint(
            rep_id=rep.id,
            at=each.at,
            track_id=track_id,
            received_at=each.at,
            latitude=each.latitude,
            longitude=each.longitude,
            accuracy_m=each.accuracy_m,
        )
        for each in track
    )
    session.flush()
    return visits


def test_another_reps_day_told_again_is_found_in_the_database(session: Session) -> None:
    world = small_town.build(session)
    told(session, world, world.anna, "Bakery Corner Dairy", round_of(1, days_ago=7))
    recorded = round_of(2, days_ago=4)
    told(session, world, world.ben, "Bakery Corner Dairy", recorded)
    told(session, world, world.ben, "Fish Grocer", round_of(3, days_ago=3))
    again = tuple(Fix(each.at + timedelta(days=4), *each.spot, 10.0) for each in played_again(recorded, 5))
    visits = told(session, world, world.anna, "Bakery Corner Dairy", again)
    found = gather(session, [visit.id for visit in visits])
    formers = found[visits[1].id].formers
    assert [(each.own, each.day) for each in formers] == [
        (False, (NOON - timedelta(days=4)).date()),
        (True, (NOON - timedelta(days=7)).date()),
    ]
    codes = {signal.code: signal for signal in signals(found[visits[1].id], Limits())}
    assert "another rep" in codes["retraced_track"].says
