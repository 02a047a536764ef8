"""The end of a rep's day: the money and the goods that must be there, what was counted, and who signed for it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_LIVE = text("state IN ('counted', 'waiting', 'settled')")


class SettlementState(StrEnum):
    """`counted`: to be signed; `waiting`: signed, and its difference waits for approval; `settled`: in the books."""

    COUNTED = "counted"
    WAITING = "waiting"
    SETTLED = "settled"
    REOPENED = "reopened"
    DISCARDED = "discarded"


class Party(StrEnum):
    """For whom somebody signs."""

    REP = "rep"
    CASHIER = "cashier"


class Settlement(Synced, Base):
    """What a rep hands in at the end of a day. There is one of a rep and day, besides those that were given up.

    `content` is all that was counted beside all that was expected; `content_hash` (SHA-256) is what is signed. Triggers
    refuse to change either. `entry_id` is the entry in the ledger, `reopen_entry_id` the one that reverses it.
    """

    __tablename__ = "settlement"
    __feed__: ClassVar[Feed] = Feed("settlement", Scope.REP, "rep_id")
    __table_args__ = (
        Index("ix_settlement_of_day", "rep_id", "day", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(None, "day"),
        CheckConstraint("(reopened_at IS NULL) = (reopen_reason IS NULL)", name="reopened"),
        CheckConstraint("length(content_hash) = 64", name="content_hash"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date]
    state: Mapped[SettlementState] = mapped_column(one_of(SettlementState, "state"))
    counted_at: Mapped[datetime]
    counted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    settled_at: Mapped[datetime | None]
    entry_id: Mapped[uuid.UUID | None]
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reopen_entry_id: Mapped[uuid.UUID | None]
    reopen_reason: Mapped[str | None] = mapped_column(String(300))

    signatures: Mapped[list[Signature]] = relationship(order_by="Signature.at", lazy="selectin")


class Signature(Base):
    """Who signed which content, for whom and when. Never changed; nobody signs for both sides."""

    __tablename__ = "settlement_signature"
    __table_args__ = (UniqueConstraint("settlement_id", "by"),)

    settlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("settlement.id"), primary_key=True)
    party: Mapped[Party] = mapped_column(one_of(Party, "party"), primary_key=True)
    by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
