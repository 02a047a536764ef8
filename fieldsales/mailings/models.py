"""Who gets which report when, and what was sent."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of
from fieldsales.mailings.rules import Covers
from fieldsales.people.models import Territory, User


class ReportSubscription(Base):
    """A person's wish to get the daily report by mail, at a time of day on some weekdays, of a territory or of all.

    `sends_at` is on the clock of `time_zone`. `secret` is in the address by which it is ended without logging in.
    """

    __tablename__ = "report_subscription"
    __table_args__ = (CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(16))
    sends_at: Mapped[time]
    weekdays: Mapped[str] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(64))
    covers: Mapped[Covers] = mapped_column(one_of(Covers, "covers"))
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(40))

    user: Mapped[User] = relationship(foreign_keys=user_id, lazy="joined")
    territory: Mapped[Territory | None] = relationship(lazy="joined", innerjoin=False)


class ReportSent(Base):
    """A report that was sent for a subscription: one for each day that it is due on, whoever tries it and how often."""

    __tablename__ = "report_sent"
    __table_args__ = (UniqueConstraint("subscription_id", "due_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_subscription.id", ondelete="CASCADE"))
    due_on: Mapped[date]
    day: Mapped[date]
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
