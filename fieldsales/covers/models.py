"""Who serves a rep's customers while the rep is away, or once the rep has left."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class CoverKind(StrEnum):
    """Why somebody else serves: the rep is away and comes back, or leaves for good."""

    ABSENCE = "absence"
    DEPARTURE = "departure"


class Cover(Base):
    """Others stand in for a rep from a day on: until another, both included, or for good.

    Each customer of the rep has one of the `stand_ins` (ids of reps), by an assignment of the kind `stand_in` that
    names this cover. The rep's own assignments stay while the rep is away, so nothing is without an owner and all that
    was done stays with who did it. `done_at` is when the rep was back, or when everything was handed over.
    """

    __tablename__ = "cover"
    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="in_order"),
        CheckConstraint("(kind = 'departure') = (until_on IS NULL)", name="absence_ends"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[CoverKind] = mapped_column(one_of(CoverKind, "kind"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(120))
    stand_ins: Mapped[list[str]]
    calendar_entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("calendar_entry.id", ondelete="SET NULL"))
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    called_off_at: Mapped[datetime | None]
    called_off_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    done_at: Mapped[datetime | None]
