"""How devices fare: what their pushes and pulls tell of their queues, clocks and cursors, and who looks after it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fieldsales.changes.queries import horizon
from fieldsales.db.paging import Page, PageWanted
from fieldsales.db.statements import ask
from fieldsales.people.models import Device
from fieldsales.people.rules import Actor
from fieldsales.sessions.queries import devices_visible_to
from sync.batch import Batch, Phone
from sync.cursor import CursorInvalid, parse_cursor
from sync.models import DeviceHealth, Mutation, Review, Status
from sync.timing import CLOCK_MOVED, Anchor, Reckoning, moved, reckon

_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_KNOWN = (
    select(Device.id, Device.installation, Device.user_id, Device.app_version, Device.last_seen_at)
    .add_columns(DeviceHealth.boot_id, DeviceHealth.anchor_ms, DeviceHealth.anchored_at, DeviceHealth.skew_ms)
    .outerjoin(DeviceHealth, DeviceHealth.device_id == Device.id)
    .where(Device.id == bindparam("device"))
)


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of a device before it speaks, how its clocks stood when it last did included (`DeviceHealth`)."""

    id: uuid.UUID
    installation: str
    user_id: uuid.UUID
    app_version: str | None
    last_seen_at: datetime
    boot_id: str | None
    anchor_ms: int | None
    anchored_at: datetime | None
    skew_ms: int | None

    @property
    def anchor(self) -> Anchor | None:
        """What its counter was last reckoned by."""
        if self.boot_id is None or self.anchor_ms is None or self.anchored_at is None:
            return None
        return Anchor(self.boot_id, _1970 + self.anchor_ms * _MILLISECOND, self.anchored_at)


@dataclass(frozen=True, slots=True)
class Fare:
    """How one device fares. `health` is None before its first exchange.

    `held` of its mutations are not done yet, and `under_review` wait for a person, those held among them. `behind` is
    how many transactions the feed has gone on since the device had all of it; None before its first pull.
    """

    device: Device
    health: DeviceHealth | None
    held: int
    under_review: int
    behind: int | None


def known_device(session: Session, device_id: uuid.UUID) -> Known:
    """Return what we know of a device that there is."""
    return Known(*ask(session, _KNOWN, device=device_id).one())


def hear_push(session: Session, known: Known, batch: Batch, now: datetime) -> Reckoning:
    """Note what a batch tells of its device, and return how to date what is in it."""
    reckoning = reckon(batch.sent, now, known.anchor)
    flags = [*reckoning.flags]
    if known.skew_ms is not None and moved(known.skew_ms * _MILLISECOND, reckoning.skew):
        flags.append(CLOCK_MOVED)
    told: dict[str, Any] = {
        "pushed_at": now,
        "queued": batch.queued,
        "skew_ms": reckoning.skew // _MILLISECOND,
        "boot_id": reckoning.anchor.boot_id,
        "anchor_ms": (reckoning.anchor.zero - _1970) // _MILLISECOND,
        "anchored_at": reckoning.anchor.taken_at,
        "cursor_tx": _has(batch.cursor, known.user_id),
        "clock_flags": flags,
    }
    _note(session, known.id, told)
    return reckoning


def hear_pull(session: Session, phone: Phone, cursor: str | None, now: datetime) -> None:
    """Note that a device was told everything, up to a cursor if it keeps one."""
    _note(session, phone.device_id, {"pulled_at": now, "cursor_tx": _has(cursor, phone.user_id)})


def fares(session: Session, actor: Actor, wanted: PageWanted) -> Page[Fare]:
    """Return a page of the devices of the people whom an actor may see, and how each fares."""
    page = devices_visible_to(session, actor, wanted)
    ids = [device.id for device in page.items]
    found = session.scalars(select(DeviceHealth).where(DeviceHealth.device_id.in_(ids)))
    health = {each.device_id: each for each in found}
    open_ones = _under_review(session, ids)
    reached = horizon(session)
    return Page(
        [
            Fare(each, health.get(each.id), *open_ones.get(each.id, (0, 0)), _behind(health.get(each.id), reached))
            for each in page.items
        ],
        page.next,
    )


def _under_review(session: Session, device_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """How many mutations of each device are held, and how many are under review: whatever is held is."""
    found = session.execute(
        select(Mutation.device_id, func.count().filter(Mutation.status == Status.HELD), func.count())
        .where(Mutation.review == Review.OPEN, Mutation.device_id.in_(device_ids))
        .group_by(Mutation.device_id)
    )
    return {device_id: (held, under_review) for device_id, held, under_review in found}


def _behind(health: DeviceHealth | None, reached: int) -> int | None:
    return None if health is None or health.cursor_tx is None else max(0, reached - health.cursor_tx)


def _has(cursor: str | None, user_id: uuid.UUID) -> int | None:
    """Up to which transaction a device with this cursor has the feed; None for what is no cursor of its user."""
    try:
        found = parse_cursor(cursor) if cursor else None
    except CursorInvalid:
        return None
    return found.since if found is not None and found.user_id == user_id else None


def _note(session: Session, device_id: uuid.UUID, told: dict[str, Any]) -> None:
    """Write down what was told; where it says nothing (None), what was told before stands."""
    statement = _noting(session.get_bind().dialect.name, tuple(told))
    session.connection().execute(statement, {"device_id": device_id, "clock_flags": []} | told)


@lru_cache
def _noting(dialect: str, columns: tuple[str, ...]) -> Executable:
    """Return the statement that notes some columns; made once, because every push needs it."""
    row = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(DeviceHealth)
    told = {name: func.coalesce(row.excluded[name], DeviceHealth.__table__.c[name]) for name in columns}
    return row.on_conflict_do_update(index_elements=["device_id"], set_=told)
