"""Days off, and days worked all the same."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class DayKind(StrEnum):
    """What is said of some days: nobody works on them, or they are worked although they are a public holiday."""

    OFF = "off"
    WORKED = "worked"


class CalendarEntry(Base):
    """Days off (or worked all the same), both ends included, of a territory with all below it, or of one person."""

    __tablename__ = "calendar_entry"
    __table_args__ = (
        CheckConstraint("(territory_id IS NULL) <> (user_id IS NULL)", name="of_one"),
        CheckConstraint("first_day <= last_day", name="in_order"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    kind: Mapped[DayKind] = mapped_column(one_of(DayKind, "kind"), default=DayKind.OFF)
    name: Mapped[str] = mapped_column(String(120))
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
