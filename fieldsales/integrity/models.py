"""How far visits can be believed, what persons decided about them, and what was said."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class Decision(StrEnum):
    """What a person found."""

    HONEST = "honest"
    FAKE = "fake"
    UNCLEAR = "unclear"


class VisitScore(Base):
    """The score of one visit, 0 to 100, with its signals; None until it was looked at.

    `due_at` is set when something arrived that may change it. A person's decision stays whatever the score becomes;
    `decided_score` is what the person saw.
    """

    __tablename__ = "visit_score"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        Index(None, "due_at"),
        Index(None, "doubtful", "decision", "day"),
        Index(None, "rep_id", "day"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    day: Mapped[date]
    due_at: Mapped[datetime | None]
    score: Mapped[int | None]
    doubtful: Mapped[bool] = mapped_column(default=False)
    signals: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    policy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("policy.id"))
    judged_at: Mapped[datetime | None]
    decision: Mapped[Decision | None] = mapped_column(one_of(Decision, "decision"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_score: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(String(1000))


class VisitComment(Base):
    """What the rep, or somebody who leads the rep, said about the evidence of a visit."""

    __tablename__ = "visit_comment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(String(1000))
