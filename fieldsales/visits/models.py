"""What a rep did at a customer's, as facts that are only ever added to."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class Visit(Synced, Base):
    """One call at one customer. The phone makes its id; its events and photos hang from it.

    `cause_code` says why nothing was sold, or what else became of the call.
    """

    __tablename__ = "visit"
    __feed__: ClassVar[Feed] = Feed("visit", Scope.CUSTOMER, "customer_id")
    __table_args__ = (Index(None, "rep_id", "day"), Index(None, "customer_id", "day"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date]
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    summary: Mapped[str | None] = mapped_column(String(2000))
    cause_code: Mapped[str | None] = mapped_column(String(40))
    flags: Mapped[list[str]] = mapped_column(default=list)

    events: Mapped[list[VisitEvent]] = relationship(back_populates="visit", order_by="VisitEvent.at", lazy="selectin")
    photos: Mapped[list[Photo]] = relationship(lazy="selectin")


class EventKind(StrEnum):
    """Arriving or leaving."""

    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"


class VisitEvent(Base):
    """A check-in or check-out as the phone told it. `distance_m` is geodesic, to the customer's position.

    `device_id` is the installation of the app that told it; None for what came in before it was noted.
    """

    __tablename__ = "visit_event"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("accuracy_m >= 0", name="accuracy"),
        Index(None, "rep_id", "at"),
        Index(None, "device_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[EventKind] = mapped_column(one_of(EventKind, "kind"))
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    mock: Mapped[bool] = mapped_column(default=False)
    provider: Mapped[str | None] = mapped_column(String(20))
    distance_m: Mapped[float | None]
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("device.id"))
    flags: Mapped[list[str]] = mapped_column(default=list)

    visit: Mapped[Visit] = relationship(back_populates="events")


class Photo(Base):
    """A picture announced by a phone; `stored_at` is set when its bytes are safe."""

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("visit_id", "sha256"),
        CheckConstraint("size_bytes > 0", name="size"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"))
    kind: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]
    stored_at: Mapped[datetime | None]
    flags: Mapped[list[str]] = mapped_column(default=list)
