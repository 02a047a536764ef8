"""Policies as data: every version that was ever set, from which day it holds, who set it and why."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id


class Policy(Synced, Base):
    """One version of the policy of a kind. It is never edited: a later version takes its place.

    In force on a day is the version with the latest `effective_from` that is not after the day, of several the one made
    last. A version that is not in force yet may be withdrawn; it stays readable. Phones hold the lists of causes.
    """

    __tablename__ = "policy"
    __feed__: ClassVar[Feed] = Feed(
        "cause_list", Scope.ORG, alive="{row}.withdrawn_at IS NULL", only="{row}.kind = 'causes'"
    )
    __table_args__ = (
        CheckConstraint("withdrawn_at IS NOT NULL OR withdrawn_by IS NULL", name="withdrawn"),
        Index(None, "kind", "effective_from"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(32))
    effective_from: Mapped[date]
    body: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
