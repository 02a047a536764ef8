"""What phones sent, and what was answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class Status(StrEnum):
    """A recorded outcome. All are terminal for the phone: the payload is stored in every one of them."""

    APPLIED = "applied"
    REJECTED = "rejected"
    HELD = "held"


class Review(StrEnum):
    """Whether a person must look at a mutation, or has."""

    OPEN = "open"
    DONE = "done"


class Decision(StrEnum):
    """What a person did about a mutation under review."""

    RETRIED = "retried"
    CORRECTED = "corrected"
    DISCARDED = "discarded"
    ACCEPTED = "accepted"


class Way(StrEnum):
    """By which door a mutation came in; all lead to the same handlers."""

    PHONE = "phone"
    WATERMELON = "watermelon"
    RXDB = "rxdb"
    HANDED_IN = "handed_in"


class Mutation(Synced, Base):
    """One thing that a phone did: as it was sent, and the outcome, written in the same transaction as the effect.

    `at` is the phone's moment dated by the server's clock, and `skew_ms` how far the phone's clock was ahead; both
    are settled on receipt, so that a mutation that is held can be applied later as if it had been applied then. A
    mutation that was ever held (`held_at`) is in the feed: the phone hears there what became of it. So is one that
    a client library brought and that was refused, or applied for a person to look at: such libraries get no answers.

    `review` says whether a person must look at it: what is held, and what was applied although something about it
    wants a person's eye. `corrected` is the data as a person corrected it; `payload` stays as it was sent, but for the
    positions of a track, which are taken out when it is settled.
    """

    __tablename__ = "mutation"
    __feed__: ClassVar[Feed] = Feed(
        "mutation",
        Scope.REP,
        "user_id",
        only="({row}.held_at IS NOT NULL OR ({row}.way IN ('watermelon', 'rxdb') "
        "AND ({row}.status = 'rejected' OR {row}.review IS NOT NULL)))",
    )
    __table_args__ = (
        Index(None, "device_id", "seq"),
        Index(None, "status", "received_at"),
        Index(None, "review", "received_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(64))
    v: Mapped[int]
    payload: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[Status] = mapped_column(one_of(Status, "status"))
    outcome: Mapped[dict[str, Any]]
    at: Mapped[datetime | None]
    skew_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    clock_flags: Mapped[list[str]] = mapped_column(default=list)
    received_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    way: Mapped[Way] = mapped_column(one_of(Way, "way"), default=Way.PHONE)
    review: Mapped[Review | None] = mapped_column(one_of(Review, "review"))
    corrected: Mapped[dict[str, Any] | None]
    decision: Mapped[Decision | None] = mapped_column(one_of(Decision, "decision"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(String(500))


class Wait(Base):
    """A held mutation waits for another mutation, or for an entity that another one will bring."""

    __tablename__ = "mutation_wait"

    mutation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mutation.id", ondelete="CASCADE"), primary_key=True)
    waits_for: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)


class DeviceHealth(Base):
    """How a device fares, as its last exchanges told.

    `queued` is how many mutations it said it still held. Of all exchanges within one boot the one that came through
    fastest tells best how its clocks stand to ours: `anchor_ms` is then our time (milliseconds since 1970) less the
    phone's monotonic clock. `cursor_tx` is the transaction up to which it has the feed.
    """

    __tablename__ = "device_health"

    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"), primary_key=True)
    pushed_at: Mapped[datetime | None]
    pulled_at: Mapped[datetime | None]
    queued: Mapped[int | None]
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    boot_id: Mapped[str | None] = mapped_column(String(64))
    anchor_ms: Mapped[int | None] = mapped_column(BigInteger)
    anchored_at: Mapped[datetime | None]
    cursor_tx: Mapped[int | None] = mapped_column(BigInteger)
    clock_flags: Mapped[list[str]] = mapped_column(default=list)


class Upload(Base):
    """Bytes of a photo on their way. `received_bytes` counts only what is durable.

    `told` is what the client said of them in `Upload-Metadata`, which tus has us repeat.
    """

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name="received"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    completed_at: Mapped[datetime | None]
    told: Mapped[str | None] = mapped_column(Text)
