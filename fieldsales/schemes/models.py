"""Commission schemes as data: every version that was ever put, and the month from which it holds."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id


class CommissionScheme(Base):
    """One version of a scheme. It is never edited: a later version of its `code` takes its place.

    A month is paid by the version with the latest `effective_from` that is not after its first day, of several the one
    made last. A version by which no month is paid may be withdrawn; after `ends_on` the code pays nothing.
    """

    __tablename__ = "commission_scheme"
    __table_args__ = (
        CheckConstraint("ends_on >= effective_from", name="ends"),
        CheckConstraint("withdrawn_at IS NOT NULL OR withdrawn_by IS NULL", name="withdrawn"),
        Index(None, "code", "effective_from"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    effective_from: Mapped[date]
    ends_on: Mapped[date | None]
    body: Mapped[dict[str, Any]]
    body_hash: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
