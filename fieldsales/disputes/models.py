"""What reps have against a line of their slip, and what they were answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of
from fieldsales.payruns.models import PayLine

_OPEN = text("state = 'open'")


class DisputeState(StrEnum):
    """Waiting for an answer; upheld (the rep is right) or rejected, each with an answer."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


class PayDispute(Base):
    """A rep says why a line of a closed run is wrong; a manager answers, and may ask for a correction with that."""

    __tablename__ = "pay_dispute"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (answer IS NULL)", name="answered"),
        Index(None, "line_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "rep_id"),
        Index(None, "state", "raised_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pay_line.id"))
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[DisputeState] = mapped_column(one_of(DisputeState, "state"), default=DisputeState.OPEN)
    reason: Mapped[str] = mapped_column(String(1000))
    raised_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(1000))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    correction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pay_correction.id"))

    line: Mapped[PayLine] = relationship(lazy="joined", innerjoin=True)
