"""Telling a phone that there is news, while it listens: that it should pull, not what it will find.

The feed is looked at about once a second, each time in a snapshot of its own that ends at once: who listens holds no
connection and no transaction. Any number of server processes do so side by side, and none needs to know of another.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsales.changes import queries
from fieldsales.db.session import reading
from fieldsales.errors import FieldsalesError, Unavailable
from sync import feed
from sync.cursor import CursorExpired

POLL_S = 1.0
QUIET_S = 15.0
"""After so many seconds without news a sign of life is given: only then is a connection that broke found out."""
MOST_OF_ONE = 4
"""So many streams one person may have open in a process: two phones, and each once more while its old one dies."""


class StreamsFull(Unavailable):
    """As many phones as this server allows listen already. Pull now and then, and try again later."""

    code = "stream.full"
    title = "Too many phones listen already"


class TooManyStreams(FieldsalesError):
    """You listen on too many streams at once. Use one for all collections, and close those that you no longer read."""

    code = "stream.too_many"
    title = "You listen too often already"
    status = 429


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the feed had come when it was looked at."""

    epoch: uuid.UUID
    horizon: int


@dataclass(frozen=True, slots=True)
class Listener:
    """Who wants to hear of which entities (None: all). `check` raises once this person may not listen any more."""

    user_id: uuid.UUID
    entities: frozenset[str] | None
    check: Callable[[Session], object]


@dataclass(eq=False, frozen=True, slots=True)
class Seat:
    """The place of one open stream. One that `yields` is `gone` once a newer one of its person wants the place."""

    user_id: uuid.UUID
    yields: bool
    gone: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class Streams:
    """The streams of one process: at most `most` at once, each for `life_s` seconds.

    All of them look at the feed together: the first one whose look is older than `POLL_S` looks anew.
    """

    engine: Engine
    most: int
    life_s: float
    _seats: list[Seat] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _ending: threading.Event = field(default_factory=threading.Event)
    _seen: Mark | None = None
    _seen_at: float = 0.0

    def check_room(self, user_id: uuid.UUID, *, newest_stays: bool = False) -> None:
        """Raise `StreamsFull` or `TooManyStreams` if there is no room for one more stream of this person.

        Where the newest stays, the oldest such stream of the person makes room for it: see `place`.
        """
        mine = self._of(user_id)
        room = newest_stays and any(seat.yields for seat in mine)
        if self._ending.is_set() or (len(self._seats) >= self.most and not room):
            raise StreamsFull("All streams of this server are taken.", mend="Pull, and try again in a minute.")
        if len(mine) >= MOST_OF_ONE and not room:
            raise TooManyStreams(
                f"You have {MOST_OF_ONE} streams open.", mend="One is enough for all collections.", most=MOST_OF_ONE
            )

    def listen(self, listener: Listener) -> Iterator[bool]:
        """Yield True when there is news, at once to begin with, and False for a sign of life; end by and by.

        Ends when its time is up, when the server stops or its database does not answer, and when the person may not
        listen any more. The phone then listens again.
        """
        with self.place(listener.user_id) as seat:
            if seat:
                try:
                    yield from self._watch(listener)
                except FieldsalesError:
                    return

    def end(self) -> None:
        """End all streams, for good: the server stops. Takes no lock, as a signal may come while one is held."""
        self._ending.set()
        for seat in list(self._seats):
            seat.gone.set()

    @property
    def stopping(self) -> bool:
        """Whether the server stops."""
        return self._ending.is_set()

    def wait(self, seconds: float) -> bool:
        """Let some time go by; True, at once, when the server stops."""
        return self._ending.wait(seconds)

    @contextmanager
    def place(self, user_id: uuid.UUID, *, newest_stays: bool = False) -> Iterator[Seat | None]:
        """Take a place for one stream of a person, if there is one, for as long as the block lasts.

        A page that is loaded anew leaves a stream behind that is found dead only when something is written to it.
        Where the newest stays, the oldest such stream of the person is `gone` for it once there is no other room.
        """
        seat = self._seat(user_id, newest_stays)
        try:
            yield seat
        finally:
            with self._lock:
                if seat in self._seats:
                    self._seats.remove(seat)

    def _seat(self, user_id: uuid.UUID, newest_stays: bool) -> Seat | None:
        with self._lock:
            mine = self._of(user_id)
            oldest = next((seat for seat in mine if seat.yields), None)
            if newest_stays and oldest and (len(mine) >= MOST_OF_ONE or len(self._seats) >= self.most):
                self._seats.remove(oldest)
                oldest.gone.set()
            if len(self._seats) >= self.most:
                return None
            seat = Seat(user_id, newest_stays)
            self._seats.append(seat)
        if self._ending.is_set():
            seat.gone.set()
        return seat

    def _of(self, user_id: uuid.UUID) -> list[Seat]:
        return [seat for seat in list(self._seats) if seat.user_id == user_id]

    def _watch(self, listener: Listener) -> Iterator[bool]:
        begun = told = time.monotonic()
        mark = self._look()
        yield True
        while not self._ending.wait(min(POLL_S, self.life_s)) and time.monotonic() - begun < self.life_s:
            seen = self._look()
            news = self._is_news(listener, mark, seen)
            mark = seen if seen.epoch != mark.epoch or seen.horizon > mark.horizon else mark
            if news:
                yield True
            elif time.monotonic() - told >= QUIET_S:
                with reading(self.engine) as session:
                    listener.check(session)
                yield False
            else:
                continue
            told = time.monotonic()

    def _look(self) -> Mark:
        with self._looking:
            if self._seen is None or time.monotonic() - self._seen_at >= POLL_S / 2:
                with reading(self.engine) as session:
                    self._seen = Mark(queries.epoch(session), queries.horizon(session))
                self._seen_at = time.monotonic()
            return self._seen

    def _is_news(self, listener: Listener, former: Mark, latter: Mark) -> bool:
        if latter.epoch != former.epoch:
            return True
        if latter.horizon <= former.horizon:
            return False
        span = (former.horizon, latter.horizon)
        try:
            with reading(self.engine) as session:
                return bool(feed.looked_at(session, listener.user_id, span, None, 1, entities=listener.entities))
        except CursorExpired:
            return True
