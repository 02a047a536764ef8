"""Server-sent events for whoever watches the field: check-ins, orders, approvals, alerts, positions.

Each process looks at the database by itself, about once a second, and only when the feed has moved: any number of
workers serve any number of watchers, and none needs to know of another. A mark in each event's id says how far was
told, so that a watcher who was cut off goes on from there at any worker.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from flask import Response, current_app, request
from marshmallow import Schema
from sqlalchemy import Engine

from api.database import db
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.settings import clock
from api.sync.stream import check_still_logged_in, streams_of
from fieldsales.accesses.rules import Way, hour_of
from fieldsales.accesses.service import note_looks_at_moments
from fieldsales.clock import Clock
from fieldsales.db.session import reading, transaction
from fieldsales.errors import FieldsalesError
from fieldsales.news.queries import alerts_since, happened, mark_now, positions_after
from fieldsales.news.rules import Happening, NewsMark, read_mark
from fieldsales.people.rules import Actor
from sync.stream import POLL_S, QUIET_S, Seat, Streams

_EVENTS = "text/event-stream"
_PAUSE = "retry: 3000\n\n"
_MEANWHILE = timedelta(minutes=5)
"""So old may an alert be that is told: a round of rules takes a while, and so does a connection that broke."""
_ALIVE = ": still here\n\n"
_ELSEWHERE = "event: elsewhere\ndata: {}\n\n"
"""The last word to a stream that makes room for a newer one of the same person."""

events = Resource("events", __name__, url_prefix="/api/v1/events", description="The field as it happens")


class FieldEventsSchema(Schema):
    """Server-sent events: `visit`, `order`, `approval`, `alert`, `position`; `resync`: all should be read anew.

    `elsewhere`: a newer stream of the same person took the place of this one.
    """


@events.on("GET", "", roles=LEADERS, gives=FieldEventsSchema, media_type=_EVENTS, problems=[429, 503])
def watch_field() -> Response:
    """What happens in my territories, as it happens

    Server-sent events with JSON in `data`: `visit` (a check-in or check-out), `order`, `approval`, `alert` (a new one;
    after an interruption those of the last minutes again), `position` (the latest of a rep) and `resync` (read the day
    anew: the first one, or too much was missed). Send the last `id` as `Last-Event-ID` to go on without a gap. Comments
    are signs of life. The stream ends after some minutes; open it again. Of more than four of one person the oldest
    ends with `elsewhere`: open it again when somebody looks at it.
    """
    who, streams = actor(), streams_of(current_app)
    streams.check_room(who.user_id, newest_stays=True)
    since = read_mark(request.headers.get("Last-Event-ID", ""))
    told = _written(_Watch(db.engine, who, since, clock()), streams) if request.method == "GET" else ()
    return Response(told, mimetype=_EVENTS, headers={"X-Accel-Buffering": "no"})


def _written(watch: _Watch, streams: Streams) -> Iterator[str]:
    yield _PAUSE
    with streams.place(watch.who.user_id, newest_stays=True) as seat:
        if seat is None:
            return
        try:
            yield from watch.told(streams, seat)
        except FieldsalesError:
            return
        if seat.gone.is_set() and not streams.stopping:
            yield _ELSEWHERE


class _Watch:
    """What one watcher was told so far."""

    def __init__(self, engine: Engine, who: Actor, since: NewsMark | None, clock: Clock) -> None:
        self.engine, self.who, self.mark, self.clock = engine, who, since, clock
        self.positions: dict[uuid.UUID, datetime] = {}
        self.alerts_since, self.alerts = clock() - _MEANWHILE, set[uuid.UUID]()
        self.noted: set[tuple[uuid.UUID, datetime]] = set()

    def told(self, streams: Streams, seat: Seat) -> Iterator[str]:
        """Yield events until the time of the stream is up, its seat is gone, or the server stops."""
        begun = spoken = time.monotonic()
        while True:
            news = self._news()
            if news:
                yield news
            elif time.monotonic() - spoken >= QUIET_S:
                yield _ALIVE
            if news or time.monotonic() - spoken >= QUIET_S:
                spoken = time.monotonic()
            if time.monotonic() - begun >= streams.life_s or seat.gone.wait(min(POLL_S, streams.life_s)):
                return

    def _news(self) -> str:
        with reading(self.engine) as session:
            check_still_logged_in(session, self.who)
            here = mark_now(session)
            found: list[Happening] = []
            anew = self.mark is None
            if self.mark is None or self.mark.epoch != here.epoch:
                found.append(Happening("resync", {}))
                self.mark = here
            elif here.horizon > self.mark.horizon:
                found += happened(session, self.who, self.mark, here)
                self.mark = here
            new = alerts_since(session, self.who, self.alerts_since, self.alerts)
            self.alerts |= new.keys()
            found += [] if anew else new.values()
            moved = positions_after(session, self.who, self.positions)
        self._note(moved)
        for rep_id, (at, position) in moved.items():
            self.positions[rep_id] = at
            found.append(position)
        return "".join(_lines(found, self.mark))

    def _note(self, moved: Mapping[uuid.UUID, tuple[datetime, Happening]]) -> None:
        """Write down, before it is told, whose positions are seen: once an hour for each rep and stream."""
        now = self.clock()
        fresh = {rep_id: at for rep_id, (at, _) in moved.items() if (rep_id, hour_of(now)) not in self.noted}
        if fresh:
            with transaction(self.engine) as books:
                note_looks_at_moments(books, fresh, Way.EVENTS, by=self.who.user_id, now=now)
            self.noted |= {(rep_id, hour_of(now)) for rep_id in fresh}


def _lines(found: list[Happening], mark: NewsMark) -> Iterator[str]:
    """Write events; only the last of a batch carries the mark, so that half a batch is told again."""
    for place, each in enumerate(found, start=1):
        name = f"id: {mark}\n" if place == len(found) else ""
        yield f"{name}event: {each.what}\ndata: {json.dumps(each.facts, ensure_ascii=False)}\n\n"
