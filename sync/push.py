"""Mutations up: each is done once, answered the same for ever, and none spoils its neighbours."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from fieldsales.errors import Conflict, FieldsalesError, Forbidden, NeedsDecision, Unavailable
from fieldsales.people.models import Device, User
from sync import ledger
from sync.batch import Batch, Phone
from sync.envelope import Envelope, MutationMalformed, open_envelope
from sync.handlers.context import Context, Handler, NotHereYet
from sync.handlers.registry import HANDLERS
from sync.models import Mutation, Status
from sync.outcomes import RETRY, BatchResult, ItemResult, Outcome, recorded
from sync.timing import date_by_server, skew
from sync.wire import load, problem_of

log = logging.getLogger(__name__)


class WrongDevice(Forbidden):
    """The batch names another device than the one that is logged in. Log in on that device and send it again."""

    code = "sync.wrong_device"
    title = "That batch belongs to another device"


class IdTaken(Conflict):
    """The id of a mutation stands for another one, which stays as it was. Give each mutation an id of its own."""

    code = "mutation.id_taken"
    title = "That id is taken"


class UnknownType(Conflict):
    """A type or a version that this server does not know yet, or any more. It is kept; update the server or the app."""

    code = "mutation.unknown_type"
    title = "This server does not know that type of mutation"


class OurFault(FieldsalesError):
    """An error of our own over one mutation. It is stored, and a person will look at it."""

    code = "mutation.internal_error"
    title = "Something went wrong on our side"


def push(session: Session, phone: Phone, batch: Batch, now: datetime) -> BatchResult:
    """Do what a phone did, in one transaction that the caller commits; answer every mutation of the batch.

    Raises `WrongDevice` if the batch is not this device's. A user's pushes queue up behind each other, so that a
    mutation and one that waits for it cannot miss each other.
    """
    _check_in_device(session, phone, batch, now)
    envelopes = [open_envelope(index, raw, phone.device_id) for index, raw in enumerate(batch.mutations)]
    firsts: dict[uuid.UUID, Envelope] = {}
    for each in sorted(envelopes, key=lambda each: (each.seq, each.index)):
        firsts.setdefault(each.id, each)
    claimed = ledger.claim(session, [_row(each, phone, batch, now) for each in firsts.values()])
    known = claimed | ledger.known(session, firsts.keys() - claimed.keys())
    fresh = [claimed[each] for each in firsts if each in claimed]
    retries = _work_off(session, phone.user_id, fresh, now)
    answered: list[ItemResult] = []
    for each in envelopes:
        replayed = each.id not in claimed or firsts[each.id] is not each
        answered.append(_answer(each, known[each.id], phone, replayed, retries))
    return BatchResult(tuple(answered), now, _milliseconds(skew(batch.sent, now)))


def _check_in_device(session: Session, phone: Phone, batch: Batch, now: datetime) -> None:
    # NO KEY UPDATE: pushes of one user wait for each other, rows that merely refer to the user do not.
    session.execute(select(User.id).where(User.id == phone.user_id).with_for_update(key_share=True))
    device = session.get_one(Device, phone.device_id)
    if batch.device_id not in (device.installation, str(device.id)) or device.user_id != phone.user_id:
        raise WrongDevice("The batch was not made by the device that is logged in.", mend="Log in on that device.")
    device.app_version = batch.app_version
    device.last_seen_at = now


def _row(each: Envelope, phone: Phone, batch: Batch, now: datetime) -> dict[str, object]:
    dated = date_by_server(each.at, batch.sent, now) if each.at else None
    return {
        "id": each.id,
        "user_id": phone.user_id,
        "device_id": phone.device_id,
        "seq": each.seq,
        "type": each.type,
        "v": each.v,
        "payload": each.payload,
        "digest": each.digest,
        "status": Status.HELD,
        "outcome": {"problem": each.problem} if each.problem else {},
        "at": dated.at if dated else None,
        "skew_ms": _milliseconds(skew(batch.sent, now)),
        "clock_flags": list(dated.flags) if dated else [],
        "received_at": now,
    }


def _work_off(
    session: Session, user_id: uuid.UUID, mutations: list[Mutation], now: datetime
) -> dict[uuid.UUID, Unavailable]:
    """Settle mutations in their order, then whatever waited for them; return those that must be sent again."""
    retries: dict[uuid.UUID, Unavailable] = {}
    settled: set[uuid.UUID] = set()
    while mutations:
        names: set[uuid.UUID] = set()
        for mutation, outcome in [(each, _settle(session, each, settled)) for each in mutations]:
            if isinstance(outcome, Unavailable):
                retries[mutation.id] = outcome
                session.delete(mutation)
                continue
            ledger.record(session, mutation, outcome, now)
            names |= _names(mutation, outcome)
        session.flush()
        mutations = ledger.set_free(session, user_id, names)
    return retries


def _names(mutation: Mutation, outcome: Outcome) -> set[uuid.UUID]:
    """What others may have waited for: the mutation itself, and what it was about.

    Also where it was refused: what waits for a visit whose id turns out to be another rep's is refused in its turn.
    """
    if outcome.status is Status.HELD:
        return set()
    return {mutation.id, uuid.UUID(mutation.payload["entity"]["id"])} if mutation.type else {mutation.id}


def _settle(session: Session, mutation: Mutation, settled: set[uuid.UUID]) -> Outcome | Unavailable:
    """Answer one mutation; `settled` are those of this push that came before it. `Unavailable`: send it again."""
    try:
        outcome = _judge(session, mutation, settled)
    except Unavailable as down:
        # What was held before stays so: its phone has forgotten it.
        return down if mutation.held_at is None else Outcome.held(down)
    if outcome.status is not Status.HELD:
        settled.add(mutation.id)
    return outcome


def _judge(session: Session, mutation: Mutation, settled: set[uuid.UUID]) -> Outcome:
    if not mutation.type:
        return Outcome(Status.REJECTED, problem=mutation.outcome["problem"])
    after = {uuid.UUID(each) for each in mutation.payload.get("after", ())} - settled - {mutation.id}
    if missing := ledger.unsettled(session, mutation.user_id, after):
        return Outcome.held(NotHereYet("mutation", min(missing)), *missing)
    handler = HANDLERS.get((mutation.type, mutation.v))
    if handler is None:
        return Outcome.held(
            UnknownType(f"“{mutation.type}” in version {mutation.v} is not known here.", mend="It is kept.")
        )
    return _attempt(session, mutation, handler)


def _attempt(session: Session, mutation: Mutation, handler: Handler) -> Outcome:
    """Run a handler in a savepoint of its own; raise `Unavailable` if it may work when sent again."""
    try:
        return _run(session, mutation, handler)
    except NotHereYet as missing:
        return Outcome.held(missing, missing.identity)
    except NeedsDecision as question:
        return Outcome.held(question)
    except Unavailable:
        raise
    except FieldsalesError as broken:
        return Outcome.refused(broken)
    except OperationalError as down:
        raise Unavailable("The database could not do this just now.", mend="Send it again.") from down
    except Exception:
        log.exception("mutation %s (%s v%s) failed and is held", mutation.id, mutation.type, mutation.v)
        return Outcome.held(OurFault("It is stored, and somebody will look at it.", mend="Nothing is lost."))


def _run(session: Session, mutation: Mutation, handler: Handler) -> Outcome:
    """Run a handler in a savepoint; once more if a row of the same id was committed while it ran.

    The second run sees that row and says what is wrong.
    """
    try:
        with session.begin_nested():
            return _apply(session, mutation, handler)
    except IntegrityError:
        log.info("mutation %s met another one and is tried once more", mutation.id)
    with session.begin_nested():
        return _apply(session, mutation, handler)


def _apply(session: Session, mutation: Mutation, handler: Handler) -> Outcome:
    data = load(handler.schema, mutation.payload["data"], MutationMalformed, f"The data of {mutation.type}")
    kind, key = handler.entity
    entity = mutation.payload["entity"]
    if entity["type"] != kind or uuid.UUID(entity["id"]) != data[key]:
        raise MutationMalformed(
            f"The entity is not the {kind} that data.{key} names.", mend="Name the same one twice.", field="entity"
        )
    context = Context(
        session=session,
        rep_id=mutation.user_id,
        at=mutation.at or mutation.received_at,
        received_at=mutation.received_at,
        skew=timedelta(milliseconds=mutation.skew_ms),
        clock_flags=tuple(mutation.clock_flags),
    )
    applied = handler.run(context, data)
    return Outcome(Status.APPLIED, result=applied.result, flags=applied.flags)


def _answer(
    each: Envelope, mutation: Mutation, phone: Phone, replayed: bool, retries: dict[uuid.UUID, Unavailable]
) -> ItemResult:
    shown = each.id if each.given_id else None
    if each.id in retries:
        return ItemResult(each.index, shown, RETRY, problem=problem_of(retries[each.id]))
    if mutation.user_id != phone.user_id or mutation.digest != each.digest:
        taken = IdTaken("The id of this mutation stands for another one.", mend="Give each mutation an id of its own.")
        return ItemResult(each.index, shown, Status.REJECTED.value, problem=problem_of(taken))
    return recorded(mutation, each.index, replayed=replayed, given_id=each.given_id)


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
