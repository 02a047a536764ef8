"""What was asked to be changed of a target, and every value that it ever had."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_WAITS = text("state = 'waiting'")


class AdjustmentState(StrEnum):
    """It waits for a second person, that person has decided, or nobody did in time."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    REFUSED = "refused"
    EXPIRED = "expired"


class TargetAdjustment(Base):
    """A wish to change a target, with a reason. `lines` are all targets that it changes: before and after.

    Of the targets of one tree, below `top_id`, one wish at a time waits.
    """

    __tablename__ = "target_adjustment"
    __table_args__ = (
        Index("uq_target_adjustment_waiting", "top_id", unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    top_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"))
    value: Mapped[int] = mapped_column(BigInteger)
    carry: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(500))
    lines: Mapped[list[dict[str, Any]]]
    state: Mapped[AdjustmentState] = mapped_column(one_of(AdjustmentState, "state"), default=AdjustmentState.WAITING)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]


class TargetChange(Base):
    """A target got another value by an adjustment that two persons agreed on. Never changed."""

    __tablename__ = "target_change"
    __table_args__ = (Index(None, "target_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"))
    adjustment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target_adjustment.id"))
    before: Mapped[int] = mapped_column(BigInteger)
    after: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
