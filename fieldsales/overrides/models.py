"""Tiers that a person gave by hand, for a while."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_STANDS = text("ended_on IS NULL")


class EndedBy(StrEnum):
    """How an override came to its end."""

    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class TierOverride(Base):
    """A tier given by hand, with its reason, through the day `until`. A customer has one at a time.

    It is in force while it has not ended and `until` has not passed; the next look at the tiers ends what has expired.
    """

    __tablename__ = "tier_override"
    __table_args__ = (
        CheckConstraint("(ended_on IS NULL) = (ended_by IS NULL)", name="ended"),
        Index(None, "customer_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    tier: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(200))
    until: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_on: Mapped[date | None]
    ended_by: Mapped[EndedBy | None] = mapped_column(one_of(EndedBy, "ended_by"))
