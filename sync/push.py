"""Mutations up: each is done once, answered the same for ever, and none spoils its neighbours."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.errors import Conflict, Forbidden, Unavailable
from fieldsales.people.models import Device
from sync import ledger
from sync.batch import Batch, Phone
from sync.devices import Known, hear_push, known_device
from sync.envelope import Envelope, open_envelope
from sync.handed_in import keep
from sync.models import Mutation, Status, Way
from sync.order import in_order
from sync.outcomes import RETRY, BatchResult, ItemResult, recorded
from sync.quick import settle_at_once
from sync.settling import follow_up, queue_up, work_off
from sync.timing import Reckoning
from sync.wire import problem_of

SEEN_EVERY = timedelta(minutes=1)
"""A device that was seen less long ago is not written down again."""

_UNDECIDED: dict[str, Any] = {"corrected": None, "decision": None, "held_at": None, "settled_at": None, "review": None}


class WrongDevice(Forbidden):
    """The batch names another device than the one that is logged in. Log in on that device and send it again."""

    code = "sync.wrong_device"
    title = "That batch belongs to another device"


class IdTaken(Conflict):
    """The id of a mutation stands for another one, which stays as it was. Give each mutation an id of its own."""

    code = "mutation.id_taken"
    title = "That id is taken"


def push(session: Session, phone: Phone, batch: Batch, now: datetime, way: Way = Way.PHONE) -> BatchResult:
    """Do what a phone did, in one transaction that the caller commits; answer every mutation of the batch.

    `way` is the door by which it came in; what is handed in is only kept. A user's pushes queue up behind each other,
    so that a mutation and one that waits for it cannot miss each other. Raises `WrongDevice` if the batch is not this
    device's.
    """
    envelopes = [open_envelope(index, raw, phone.device_id) for index, raw in enumerate(batch.mutations)]
    queue_up(session, phone.user_id)
    device = known_device(session, phone.device_id)
    _check_in_device(session, device, phone, batch, now)
    clocks = hear_push(session, device, batch, now)
    firsts = in_order(envelopes)
    known = ledger.known(session, firsts.keys())
    new = [_row(each, phone, clocks) | {"way": way} for each in firsts.values() if each.id not in known]
    settled = _settle(session, phone, new, now)
    books = known | settled.books
    answered: list[ItemResult] = []
    for each in envelopes:
        replayed = each.id not in settled.written or firsts[each.id] is not each
        answered.append(_answer(each, books[each.id], phone, replayed, settled.retries))
    return BatchResult(tuple(answered), now, _milliseconds(clocks.skew))


@dataclass(frozen=True, slots=True)
class _Settled:
    """What stands in the books now, which of it was written down by us, and what must be sent again."""

    books: dict[uuid.UUID, Mutation]
    written: Collection[uuid.UUID]
    retries: dict[uuid.UUID, Unavailable] = field(default_factory=dict)


def _settle(session: Session, phone: Phone, rows: Sequence[dict[str, Any]], now: datetime) -> _Settled:
    """Write down and settle what nobody had written down, the quick way if nothing surprises."""
    if not any(row["way"] is Way.HANDED_IN for row in rows):
        fresh = [Mutation.fresh(**row, **_UNDECIDED) for row in rows]
        if settle_at_once(session, fresh, now):
            follow_up(session, phone.user_id, fresh, now)
            held = ledger.known(session, [each.id for each in fresh if each.status is Status.HELD])
            return _Settled({each.id: each for each in fresh} | held, {each.id for each in fresh})
    claimed = ledger.claim(session, rows)
    others = ledger.known(session, {row["id"] for row in rows} - claimed.keys())
    mine = [claimed[row["id"]] for row in rows if row["id"] in claimed]
    if any(each.way is Way.HANDED_IN for each in mine):
        keep(session, phone, mine, now)
        return _Settled(claimed | others, claimed)
    return _Settled(claimed | others, claimed, work_off(session, phone.user_id, mine, now))


def _check_in_device(session: Session, device: Known, phone: Phone, batch: Batch, now: datetime) -> None:
    if batch.device_id not in (device.installation, str(device.id)) or device.user_id != phone.user_id:
        raise WrongDevice("The batch was not made by the device that is logged in.", mend="Log in on that device.")
    if device.app_version != batch.app_version or now - device.last_seen_at >= SEEN_EVERY:
        written = session.get_one(Device, device.id)
        written.app_version, written.last_seen_at = batch.app_version, now


def _row(each: Envelope, phone: Phone, clocks: Reckoning) -> dict[str, Any]:
    dated = clocks.date(each.at) if each.at else None
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
        "skew_ms": _milliseconds(clocks.skew),
        "clock_flags": list(dated.flags) if dated else [],
        "received_at": clocks.now,
    }


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
