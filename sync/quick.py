"""The quick way through a batch: everything is read ahead, done, and written at once, outcomes included.

It is meant for batches in which nothing surprises. Where something does (the database refuses a row, a verb fails in a
way that is no refusal), everything is taken back and the caller goes the careful way, a savepoint for each mutation.
Both ways give the same rows and the same answers: `tests/sync/test_two_ways.py`.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from fieldsales.db.desk import Desk
from fieldsales.db.session import is_broken_off
from fieldsales.errors import FieldsalesError, Unavailable
from sync import ledger
from sync.asking import asks, follow
from sync.attempts import attempt, data_of, perform, ready, refusal
from sync.handlers.context import Foreseen, Handler
from sync.handlers.registry import HANDLERS
from sync.models import Mutation, Status, Wait
from sync.outcomes import Outcome

log = logging.getLogger(__name__)


class Surprise(Exception):
    """Something that only the careful way sorts out."""


def settle_at_once(session: Session, mutations: Sequence[Mutation], now: datetime) -> bool:
    """Settle mutations that nobody has written down yet, and write them down with their outcomes.

    Returns whether that went well; if not, it is as if nothing had happened, but for what stands on the mutations
    themselves, which the caller makes anew.
    """
    if not mutations:
        return True
    try:
        with session.begin_nested():
            _Batch(session, now).settle(mutations)
    except Exception as surprise:
        if isinstance(surprise, DatabaseError) and is_broken_off(surprise):
            raise  # only a fresh transaction helps
        log.info("a batch of %d goes the careful way: %r", len(mutations), surprise)
        return False
    return True


@dataclass(slots=True)
class _Batch:
    session: Session
    now: datetime
    desk: Desk = field(init=False)
    settled: set[uuid.UUID] = field(default_factory=set)
    waits: list[Wait] = field(default_factory=list)
    asking: list[tuple[Mutation, Outcome]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(self.session)

    def settle(self, mutations: Sequence[Mutation]) -> None:
        """Settle everything: stretches that a desk suffices for together, others one by one."""
        for at_desk, stretch in groupby(mutations, key=_suits_a_desk):
            if at_desk:
                self._together(list(stretch))
            else:
                self._one_by_one(stretch)
        self.desk.add(*mutations)
        self.desk.write_in_bulk()
        self.desk.add(*self.waits)
        self.desk.write_in_bulk()
        for mutation, outcome in self.asking:
            follow(self.session, mutation, outcome, self.now)

    def _together(self, mutations: Sequence[Mutation]) -> None:
        read = {each.id: _read(each, HANDLERS.get((each.type, each.v))) for each in mutations}
        self._foresee(mutations, read)
        for each in mutations:
            handler = ready(self.session, each, self.settled)
            if isinstance(handler, Outcome):
                self._record(each, handler)
            else:
                self._record(each, self._perform(each, handler, read[each.id]))

    def _foresee(self, mutations: Iterable[Mutation], read: dict[uuid.UUID, Data]) -> None:
        coming: dict[Handler, list[Foreseen]] = {}
        for each in mutations:
            handler, data = HANDLERS.get((each.type, each.v)), read[each.id]
            if handler is not None and isinstance(data, dict):
                coming.setdefault(handler, []).append(Foreseen(each.user_id, each.at or each.received_at, data))
        for handler, found in coming.items():
            if handler.foresee is not None:
                handler.foresee(self.desk, found)

    def _perform(self, mutation: Mutation, handler: Handler, data: Data) -> Outcome:
        if not isinstance(data, dict):
            return refusal(data)
        before = self.desk.deeds
        try:
            return perform(self.desk, mutation, handler, data)
        except Unavailable:
            raise
        except FieldsalesError as told:
            if self.desk.deeds != before:
                raise Surprise("a verb wrote before it refused") from told
            return refusal(told)

    def _one_by_one(self, mutations: Iterable[Mutation]) -> None:
        self.desk.write_in_bulk()
        for each in mutations:
            handler = ready(self.session, each, self.settled)
            self._record(each, handler if isinstance(handler, Outcome) else attempt(self.session, each, handler))
        self.desk.clear()

    def _record(self, mutation: Mutation, outcome: Outcome) -> None:
        if outcome.status is not Status.HELD:
            self.settled.add(mutation.id)
        self.waits += ledger.write_outcome(mutation, outcome, self.now)
        if asks(outcome):
            self.asking.append((mutation, outcome))


Data = dict[str, object] | FieldsalesError


def _read(mutation: Mutation, handler: Handler | None) -> Data:
    """Return the data of a mutation, or why it has none that could be done."""
    if handler is None:
        return {}
    try:
        return data_of(mutation, handler)
    except FieldsalesError as malformed:
        return malformed


def _suits_a_desk(mutation: Mutation) -> bool:
    handler = HANDLERS.get((mutation.type, mutation.v))
    return handler is None or handler.foresee is not None
