"""What phones sent, and what was answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base
from fieldsales.db.types import one_of


class Status(StrEnum):
    """A recorded outcome. All are terminal for the phone: the payload is stored in every one of them."""

    APPLIED = "applied"
    REJECTED = "rejected"
    HELD = "held"


class Mutation(Base):
    """One thing that a phone did: as it was sent, and the outcome, written in the same transaction as the effect."""

    __tablename__ = "mutation"
    __table_args__ = (
        Index(None, "device_id", "seq"),
        Index(None, "status", "received_at"),
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
    received_at: Mapped[datetime]


class Upload(Base):
    """Bytes of a photo on their way. `offset` counts only what is durable."""

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name="received"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
