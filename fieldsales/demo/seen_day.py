"""The last day of calls of the demo as phones told it: tracks, photos, and two visits that are not what they claim."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.darkroom.developing import develop
from fieldsales.db.base import new_id
from fieldsales.demo.dice import dice
from fieldsales.demo.outings import Rest, follow
from fieldsales.demo.places import Position
from fieldsales.demo.shelves import shelf_photo
from fieldsales.integrity.models import VisitScore
from fieldsales.integrity.service import judge_due, mark_since
from fieldsales.people.models import User, WorkPattern
from fieldsales.photos.service import keep as keep_photo
from fieldsales.pictures.service import remember
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.privacy.rules import TRACKING
from fieldsales.privacy.service import give_consent
from fieldsales.storage import Storage
from fieldsales.tracks.service import Track, keep
from fieldsales.visits.models import Photo, Visit
from fieldsales.visits.rules import Position as Told
from fieldsales.visits.rules import distance_to

_PHOTOGRAPHED = 5
_ENOUGH = 4
"""So many calls, and a rep's day has room for a visit that is not what it claims."""


@dataclass(frozen=True, slots=True)
class SeenDay:
    """Which day it is, and how many of its visits are in doubt."""

    day: date
    doubtful: int


def tell_a_day(session: Session, storage: Storage, seed: int, now: datetime) -> SeenDay | None:
    """Put tracks, photos and plans beside the last day's calls and score them; None where nobody was called on."""
    day = session.scalar(select(func.max(Visit.day)))
    if day is None:
        return None
    by_rep: dict[User, list[Visit]] = defaultdict(list)
    for visit in session.scalars(select(Visit).where(Visit.day == day).order_by(Visit.rep_id, Visit.checked_in_at)):
        by_rep[session.get_one(User, visit.rep_id)].append(visit)
    chance = dice(seed, "seen day")
    days = [_Day(session, rep, visits) for rep, visits in sorted(by_rep.items(), key=lambda each: each[0].login)]
    far, short, *_ = [each for each in days if len(each.visits) >= _ENOUGH] + [None, None]
    if far is not None:
        far.tell_from_home(chance)
    for each in days:
        each.plan(chance)
        if each is short:
            each.cut_short()
        each.track(chance, now)
    _photograph(session, storage, days, chance, now)
    if short is not None:
        _show_again(session, short.visits[0], short.visits[-1])
    mark_since(session, day, now)
    while judge_due(session, now):
        pass
    return SeenDay(day, _doubtful(session, day))


class _Day:
    """One rep's calls of the day, and where the phone was meanwhile."""

    def __init__(self, session: Session, rep: User, visits: list[Visit]) -> None:
        self.session, self.rep, self.visits = session, rep, visits
        pattern: WorkPattern | None = rep.work_pattern
        assert pattern is not None, "a rep of the city has a start"
        self.home = Position(pattern.start_latitude, pattern.start_longitude)
        self.rests = [_rest(visit, _shop(session, visit)) for visit in visits]

    def tell_from_home(self, chance: Random) -> None:
        """The last visit is told from the rep's sofa."""
        visit = self.visits[-1]
        self.rests[-1] = _rest(visit, self.home)
        shop = _shop(self.session, visit)
        for event in visit.events:
            event.latitude = round(self.home.latitude + chance.uniform(-9e-5, 9e-5), 6)
            event.longitude = round(self.home.longitude + chance.uniform(-9e-5, 9e-5), 6)
            told = Told(event.latitude, event.longitude, event.accuracy_m)
            event.distance_m = distance_to(told, (shop.latitude, shop.longitude))

    def cut_short(self) -> None:
        """The last visit takes forty seconds."""
        visit = self.visits[-1]
        assert visit.checked_in_at is not None
        visit.checked_out_at = visit.checked_in_at + timedelta(seconds=40)
        max(visit.events, key=lambda event: event.at).at = visit.checked_out_at
        self.rests[-1] = _rest(visit, self.rests[-1].place)

    def plan(self, chance: Random) -> None:
        """Most calls were planned."""
        for visit in self.visits:
            visit.summary = "Order taken."
            if chance.random() < 0.93:
                told = {"reason": "A visit was due.", "source": Source.TIER, "status": PlanStatus.DONE, "value": 1}
                planned = PlannedVisit(rep_id=self.rep.id, customer_id=visit.customer_id, day=visit.day, **told)
                self.session.add(planned)
        self.session.flush()

    def track(self, chance: Random, now: datetime) -> None:
        """Keep where the phone was, from home to home; the rep had agreed to that."""
        way = timedelta(minutes=15)
        first, last = self.rests[0].since, self.rests[-1].until
        version = TRACKING.read(TRACKING.default).version
        give_consent(self.session, self.rep, version, None, at=first - timedelta(days=1), now=now)
        leaving = Rest(first - way, first - way, self.home)
        back = Rest(last + way, last + way, self.home)
        points = list(follow([leaving, *self.rests, back, back], chance))
        keep(self.session, Track(new_id(), self.rep.id, now, points))


def _rest(visit: Visit, place: Position) -> Rest:
    assert visit.checked_in_at is not None
    assert visit.checked_out_at is not None
    return Rest(visit.checked_in_at, visit.checked_out_at, place)


def _shop(session: Session, visit: Visit) -> Position:
    customer = session.get_one(Customer, visit.customer_id)
    assert customer.latitude is not None, "only shops with a position were called on"
    assert customer.longitude is not None
    return Position(customer.latitude, customer.longitude)


def _photograph(session: Session, storage: Storage, days: Sequence[_Day], chance: Random, now: datetime) -> None:
    """Have a few visits photographed: each rep's first, then each one's second."""
    for visit in islice(_in_turn(days), _PHOTOGRAPHED):
        assert visit.checked_in_at is not None
        taken = visit.checked_in_at + timedelta(minutes=2)
        picture = shelf_photo(chance, taken)
        sha256 = hashlib.sha256(picture).hexdigest()
        with tempfile.NamedTemporaryFile(prefix="fieldsales-demo-") as file:
            file.write(picture)
            file.flush()
            with develop(Path(file.name), "image/png") as developed:
                keep_photo(storage, sha256, Path(file.name), developed)
                remember(session, sha256, developed, now)
        session.add(_photo(visit, sha256, len(picture), taken))
    session.flush()


def _in_turn(days: Sequence[_Day]) -> Iterator[Visit]:
    for number in range(_PHOTOGRAPHED):
        yield from (day.visits[number] for day in days if number < len(day.visits))


def _show_again(session: Session, first: Visit, last: Visit) -> None:
    """Use the photo of one visit for another."""
    session.refresh(first)
    for photo in first.photos:
        assert last.checked_in_at is not None
        again = _photo(last, photo.sha256, photo.size_bytes, last.checked_in_at + timedelta(seconds=20))
        session.add(again)
    session.flush()
    session.expire_all()


def _photo(visit: Visit, sha256: str, size: int, taken: datetime) -> Photo:
    told = {"kind": "shelf", "content_type": "image/png", "flags": []}
    return Photo(
        id=new_id(), visit_id=visit.id, sha256=sha256, size_bytes=size, taken_at=taken, stored_at=taken, **told
    )


def _doubtful(session: Session, day: date) -> int:
    counted = select(func.count()).where(VisitScore.day == day, VisitScore.doubtful)
    return session.scalar(counted) or 0
