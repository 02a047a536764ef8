"""Where a rep's phone was between visits."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base
from fieldsales.db.types import one_of


class Source(StrEnum):
    """What told a position."""

    APP = "app"
    OWNTRACKS = "owntracks"
    TRACCAR = "traccar"


class TrackPoint(Base):
    """One position of one rep at one moment (WGS-84, metres, metres a second, degrees from north).

    A rep is at one place at a time: the same moment told twice is one point. `source` is what told it: our own app, or
    another one (`Source`); `track_id` is of the track that it came with, or of the tracker that sent it.
    """

    __tablename__ = "track_point"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )

    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    track_id: Mapped[uuid.UUID] = mapped_column(index=True)
    received_at: Mapped[datetime]
    latitude: Mapped[float]
    longitude: Mapped[float]
    accuracy_m: Mapped[float | None]
    speed_mps: Mapped[float | None]
    heading_deg: Mapped[float | None]
    mock: Mapped[bool] = mapped_column(default=False)
    provider: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[Source] = mapped_column(one_of(Source, "source"), default=Source.APP)
