"""Bugs in how mutations are recognised, put in order, made to wait and released."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from simulation.planted.plant import plant, replacing
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from fieldsales.db.session import transaction
from sync import envelope, exchange, ledger, settling
from sync import push as pushing
from sync.batch import Batch, Phone
from sync.models import Mutation, Status, Wait
from sync.outcomes import BatchResult, ItemResult, Outcome
from sync.waiting import Waiting

_device: ContextVar[uuid.UUID] = ContextVar("_device")


def _ids(batch: Batch) -> set[uuid.UUID]:
    return {found for each in batch.mutations if (found := envelope._id_of(each))}


@contextmanager
def _push(around: Any) -> Iterator[None]:
    """Put something around the push of an exchange: called with the real one and its arguments."""
    real = exchange.push
    with replacing(exchange, "push", lambda *told: around(real, *told)):
        yield


@plant("What is done is done: nobody needs to remember the answer.")
def a_repeat_is_done_again(_: Engine) -> Iterator[None]:
    def push(real: Any, session: Session, phone: Phone, batch: Batch, now: Any) -> BatchResult:
        session.execute(delete(Wait).where(Wait.mutation_id.in_(_ids(batch))))
        session.execute(delete(Mutation).where(Mutation.id.in_(_ids(batch)), Mutation.user_id == phone.user_id))
        return real(session, phone, batch, now)

    with _push(push):
        yield


@plant("The answers may be written down a moment after the work.")
def outcome_is_committed_after_the_effect(_: Engine) -> Iterator[None]:
    real = transaction
    columns = [column.key for column in Mutation.__table__.columns]

    @contextmanager
    def twice(engine: Engine) -> Iterator[Session]:
        with real(engine) as session:
            before = set(session.scalars(select(Mutation.id)))
            yield session
            session.flush()
            fresh = session.scalars(select(Mutation).where(Mutation.id.not_in(before))).all()
            rows = [{name: getattr(each, name) for name in columns} for each in fresh]
            ids = [each.id for each in fresh]
            found = session.execute(select(Wait.mutation_id, Wait.waits_for).where(Wait.mutation_id.in_(ids))).all()
            session.execute(delete(Wait).where(Wait.mutation_id.in_(ids)))
            session.execute(delete(Mutation).where(Mutation.id.in_(ids)))
        with real(engine) as session:
            session.add_all(Mutation(**row) for row in rows)
            session.flush()
            session.add_all(Wait(mutation_id=one, waits_for=other) for one, other in found)

    def insist(engine: Engine, work: Callable[[Session], BatchResult]) -> BatchResult:
        with twice(engine) as session:
            return work(session)

    with replacing(exchange, "insist", insist):
        yield


@plant("An id is an id: the content need not be compared.")
def digest_is_ignored(_: Engine) -> Iterator[None]:
    real = envelope.fingerprint
    with replacing(envelope, "fingerprint", lambda payload: str(payload.get("id") or real(payload))):
        yield


@plant("A device counts its mutations, so the number tells which are known.")
def number_is_taken_for_the_identity(_: Engine) -> Iterator[None]:
    def push(real: Any, session: Session, phone: Phone, batch: Batch, now: Any) -> BatchResult:
        mine = select(Mutation.seq, Mutation.id).where(Mutation.device_id == phone.device_id)
        taken = dict(session.execute(mine).all())
        keep, known = [], []
        for index, each in enumerate(batch.mutations):
            number = each.get("seq") if isinstance(each, dict) else None
            (known if number in taken and taken[number] not in _ids(batch) else keep).append((index, each))
        told = real(session, phone, replace(batch, mutations=tuple(each for _, each in keep)), now)
        results = {index: replace(result, index=index) for (index, _), result in zip(keep, told.results, strict=True)}
        for index, each in known:
            results[index] = ItemResult(index, envelope._id_of(each), "applied", replayed=True)
        return replace(told, results=tuple(results[index] for index in sorted(results)))

    with _push(push):
        yield


@plant("A phone's clock tells in which order things were done.")
def order_is_by_the_phones_clock(_: Engine) -> Iterator[None]:
    real = pushing.open_envelope

    def by_wall(*told: Any) -> Any:
        found = real(*told)
        return replace(found, seq=int(found.at.wall.timestamp())) if found.at else found

    with replacing(pushing, "open_envelope", by_wall):
        yield


@plant("Answers may come in the order in which the work was done.")
def answers_are_out_of_order(_: Engine) -> Iterator[None]:
    def push(real: Any, *told: Any) -> BatchResult:
        done = real(*told)
        return replace(done, results=tuple(sorted(done.results, key=lambda each: str(each.id))))

    with _push(push):
        yield


@plant("Mutations arrive in order anyway.")
def after_is_ignored(_: Engine) -> Iterator[None]:
    with replacing(ledger, "unsettled", lambda *_: set()):
        yield


@plant("What is held has been dealt with.")
def held_counts_as_settled(_: Engine) -> Iterator[None]:
    with replacing(ledger, "SETTLED", tuple(Status)):
        yield


@plant("Somebody will look at what is held.")
def held_is_never_released(_: Engine) -> Iterator[None]:
    with replacing(Waiting, "set_free", lambda *_: []):
        yield


@plant("A rep has one phone.")
def other_phones_of_the_rep_are_not_looked_at(_: Engine) -> Iterator[None]:
    real = Waiting.set_free

    def push(real_push: Any, session: Session, phone: Phone, *more: Any) -> BatchResult:
        _device.set(phone.device_id)
        return real_push(session, phone, *more)

    def own(waiting: Waiting, names: set[uuid.UUID]) -> list[Mutation]:
        return [each for each in real(waiting, names) if each.device_id == _device.get()]

    with _push(push), replacing(Waiting, "set_free", own):
        yield


@plant("A batch that holds something wrong is wrong.")
def poison_stops_the_batch(_: Engine) -> Iterator[None]:
    def refused(error: Exception) -> Outcome:
        raise error

    with replacing(Outcome, "refused", refused):
        yield


@plant("Two pushes of one rep cannot disturb each other.", on="postgresql")
def pushes_of_a_rep_do_not_queue(_: Engine) -> Iterator[None]:
    with replacing(settling, "queue_up", lambda *_: None), replacing(pushing, "queue_up", lambda *_: None):
        yield


@plant("A repeated question needs only the status.")
def a_repeat_tells_less(_: Engine) -> Iterator[None]:
    real = pushing.recorded

    def recorded(*told: Any, **options: Any) -> ItemResult:
        found = real(*told, **options)
        return replace(found, result=None, flags=()) if found.replayed else found

    with replacing(pushing, "recorded", recorded):
        yield
