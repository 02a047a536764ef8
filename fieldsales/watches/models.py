"""What is watched, by whose wish, and who is told."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.alerts.models import Severity
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of
from fieldsales.watches.rules import Grain, Kind, Window


class Watch(Base):
    """A rule over a measure, looked at for each subject of its grain, that somebody owns and reviews.

    `value` and `least` are whole numbers of the measure (`readings.rules`), of a change and of a target basis points.
    `mails` and `webhooks` are told as it opens, those of each step of `escalation` after so many minutes without an
    acknowledgement. `owner_mail` is told when the review is overdue. A rule that ended finds nothing more.
    """

    __tablename__ = "watch"
    __table_args__ = (
        CheckConstraint("every_minutes > 0", name="every"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet"),
        Index(None, "ended_at", "next_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    measure: Mapped[str] = mapped_column(String(60))
    currency: Mapped[str | None] = mapped_column(String(3))
    grain: Mapped[Grain] = mapped_column(one_of(Grain, "grain"))
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    brand: Mapped[str | None] = mapped_column(String(120))
    category: Mapped[str | None] = mapped_column(String(120))
    tier: Mapped[str | None] = mapped_column(String(8))
    window: Mapped[Window] = mapped_column(one_of(Window, "window"))
    days: Mapped[int | None]
    kind: Mapped[Kind] = mapped_column(one_of(Kind, "kind"))
    op: Mapped[str | None] = mapped_column(String(8))
    value: Mapped[int | None] = mapped_column(BigInteger)
    least: Mapped[int | None] = mapped_column(BigInteger)
    compared: Mapped[str | None] = mapped_column(String(16))
    severity: Mapped[Severity] = mapped_column(one_of(Severity, "severity"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    owner_mail: Mapped[str | None] = mapped_column(String(254))
    review_on: Mapped[date]
    mails: Mapped[list[str]]
    webhooks: Mapped[list[str]]
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    digest_at: Mapped[time | None]
    language: Mapped[str] = mapped_column(String(8), default="en")
    escalation: Mapped[list[dict[str, Any]]]
    every_minutes: Mapped[int] = mapped_column(default=60)
    next_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    last: Mapped[dict[str, Any] | None]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
