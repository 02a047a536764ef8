"""Who looked at whose track."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id


class TrackAccess(Base):
    """Somebody looked at positions of a rep by some route, so many times within an hour that began at `since`.

    `day` is the day that was looked at. `reader_id` is None for the operator at the machine's own terminal.
    """

    __tablename__ = "track_access"
    __table_args__ = (
        UniqueConstraint("rep_id", "reader_id", "day", "route", "since"),
        Index(None, "rep_id", "last_at", "id"),
        Index(None, "last_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    reader_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date]
    route: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
