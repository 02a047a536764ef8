"""Streams of news, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from flask import Flask, Response, current_app, request
from marshmallow import Schema
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.guard import EVERYBODY, actor
from api.openapi import Resource
from fieldsales.config import Settings
from fieldsales.people.rules import Actor
from fieldsales.sessions.queries import actor_of_session
from sync.faces.rxdb.collections import entity_of, looked_for
from sync.stream import Listener, Streams

_KEY = "fieldsales-streams"
_EVENTS = "text/event-stream"
_NEWS = "data: RESYNC\n\n"
_ALIVE = ": still here\n\n"
_PAUSE = "retry: 3000\n\n"
"""So many milliseconds a client waits before it listens again."""

stream = Resource("stream", __name__, url_prefix="/sync/v1", description="News for phones that listen")


class EventsSchema(Schema):
    """Server-sent events: `RESYNC` means that there is something to pull."""


def install_streams(app: Flask, settings: Settings, engine: Engine) -> None:
    """Give an app the streams of this process."""
    app.extensions[_KEY] = Streams(engine, settings.most_streams, settings.stream_seconds)


def end_streams_on_signals(app: Flask) -> None:
    """Have the streams end as soon as the process is told to stop, instead of keeping it waiting."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            _chain(number, streams_of(app))


def end_streams(app: Flask) -> None:
    """End the streams of an app that is taken down."""
    streams_of(app).end()


def _chain(number: signal.Signals, streams: Streams) -> None:
    former = signal.getsignal(number)
    if former == signal.SIG_IGN:
        return

    def stop(told: int, frame: FrameType | None) -> None:
        streams.end()
        if callable(former):
            former(told, frame)
        elif former == signal.SIG_DFL:
            signal.signal(told, signal.SIG_DFL)
            signal.raise_signal(told)

    signal.signal(number, stop)


@stream.on("GET", "/stream", roles=EVERYBODY, gives=EventsSchema, media_type=_EVENTS, problems=[429, 503])
def listen_for_news() -> Response:
    """News of my scope

    Server-sent events: `data: RESYNC` as soon as there is something to pull, and once at the beginning. Comments are
    signs of life. The stream ends after some minutes; the client then opens it again. One is enough for everything.
    """
    return _events(None)


@stream.on(
    "GET",
    "/rxdb/<collection>/stream",
    roles=EVERYBODY,
    gives=EventsSchema,
    media_type=_EVENTS,
    problems=[404, 429, 503],
)
def listen_for_collection(collection: str) -> Response:
    """News of a collection of RxDB

    As `/sync/v1/stream`, of one collection only. Each stream occupies a thread of the server: an app that replicates
    many collections does better with the one of everything.
    """
    return _events(looked_for(entity_of(collection)))


def _events(entities: frozenset[str] | None) -> Response:
    who = actor()
    streams = streams_of(current_app)
    streams.check_room(who.user_id)
    listener = Listener(who.user_id, entities, lambda session: check_still_logged_in(session, who))
    told = _written(streams.listen(listener)) if request.method == "GET" else ()
    return Response(told, mimetype=_EVENTS, headers={"X-Accel-Buffering": "no"})


def check_still_logged_in(session: Session, who: Actor) -> None:
    """Raise once a person who listens may not any more."""
    if who.device_id is not None and who.family_id is not None:
        actor_of_session(session, who.user_id, who.device_id, who.family_id)


def _written(news: Iterator[bool]) -> Iterator[str]:
    yield _PAUSE
    for there_is_some in news:
        yield _NEWS if there_is_some else _ALIVE


def streams_of(app: Any) -> Streams:
    """Return the streams of an app, which share its threads."""
    found: Streams = app.extensions[_KEY]
    return found
