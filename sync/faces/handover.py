"""What records tell, handed in through the very door of the phones' own mutations."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.errors import Unavailable
from fieldsales.people.models import Device
from sync import ledger
from sync.batch import Batch, Phone
from sync.faces.records import Deed
from sync.models import Mutation, Way
from sync.outcomes import RETRY, ItemResult
from sync.push import push
from sync.settling import queue_up
from sync.timing import Stamp

Raw = Mapping[str, Any]


class SendAgain(Unavailable):
    """Some of what was sent could not be done just now; the rest is done. Send all of it again."""

    code = "sync.send_again"
    title = "Not all of it could be done just now"


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose records they are, by which door they come in, and when: by our clock, and by the phone's if it tells.

    A phone that can tell more than the time gives the whole stamp of sending instead. That its device is the one that
    is logged in (`device_id`, if told) is for the push to find out.
    """

    phone: Phone
    way: Way
    now: datetime
    sent_at: datetime | None = None
    sent: Stamp | None = None
    device_id: str | None = None
    app_version: str | None = None


def hand_in(session: Session, sender: Sender, told: Sequence[Deed | Raw]) -> tuple[ItemResult, ...]:
    """Do what records tell, in their order and in the caller's transaction; answer each in its place.

    What is not a `Deed` is a mutation as an app wrote it down, or something that cannot be read, which is kept as
    such. Where nothing says when it was done, it is done now; when it is handed in again, the first time stands.
    """
    queue_up(session, sender.phone.user_id)
    raw = [_of_deed(each) if isinstance(each, Deed) else dict(each) for each in told]
    known = ledger.known(session, {found for each in raw if (found := _id_of(each))})
    # Where no stamp is told, a boot of its own: no counter dates such records.
    sent = sender.sent or Stamp(sender.sent_at or sender.now, 0, uuid.uuid4().hex)
    for number, each in enumerate(raw):
        identity = _id_of(each)
        first = known.get(identity) if identity else None
        each |= {"seq": number, "at": _stamp(each.get("at"), first, sent)}
    device = session.get_one(Device, sender.phone.device_id)
    batch = Batch(
        device_id=sender.device_id or str(device.id),
        app_version=sender.app_version or device.app_version or sender.way.value,
        sent=sent,
        mutations=tuple(raw),
    )
    return push(session, sender.phone, batch, sender.now, sender.way).results


def check_all_done(results: Sequence[ItemResult]) -> None:
    """Raise `SendAgain` if something was not even stored. Ask after the commit: what was done stays done."""
    if any(each.status == RETRY for each in results):
        raise SendAgain("The database could not do all of it just now.", mend="Send the same again.")


def _of_deed(deed: Deed) -> dict[str, Any]:
    return {
        "id": str(deed.id),
        "type": deed.type,
        "v": deed.v,
        "at": deed.at,
        "entity": {"type": deed.entity[0], "id": deed.entity[1]},
        "base_version": deed.base_version,
        "after": [],
        "data": deed.data,
    }


def _stamp(moment: object, first: Mutation | None, sent: Stamp) -> object:
    if moment is None and first is not None:
        return first.payload.get("at")
    if moment is not None and not isinstance(moment, str):
        return moment
    return {"wall": sent.wall.isoformat() if moment is None else moment, "mono_ms": 0, "boot_id": "record"}


def _id_of(mutation: Raw) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(mutation.get("id")))
    except ValueError:
        return None
