"""What somebody has to be told, once for each cause, and to whom it goes."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_OPEN = text("state = 'open'")
_WAITING = text("state = 'waiting'")


class AlertState(StrEnum):
    """It is open while its cause holds."""

    OPEN = "open"
    RESOLVED = "resolved"


class Severity(StrEnum):
    """How bad it is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Alert(Base):
    """Something that somebody has to look at. `cause` names it: while it is open there is no other of the same cause.

    `watch_id` is the rule that found it, if one did. `territory_id` says who may see it (None: who sees everything),
    and `zone` is the time zone of quiet hours. `confidential` alerts tell what only managers are told. `facts` explain
    it as it was when it opened, `latest` as it was last seen. `level` counts the steps of escalation that were taken.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index("uq_alert_open_cause", "cause", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "watch_id", "state"),
        Index(None, "state", "opened_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    cause: Mapped[str] = mapped_column(String(200))
    watch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("watch.id"))
    severity: Mapped[Severity] = mapped_column(one_of(Severity, "severity"))
    title: Mapped[str] = mapped_column(String(300))
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    product_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("product.id"))
    zone: Mapped[str] = mapped_column(String(64))
    confidential: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]]
    latest: Mapped[dict[str, Any]]
    state: Mapped[AlertState] = mapped_column(one_of(AlertState, "state"), default=AlertState.OPEN)
    level: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str | None] = mapped_column(String(500))

    messages: Mapped[list[AlertMessage]] = relationship(order_by="AlertMessage.id", lazy="selectin")


class MessageState(StrEnum):
    """It waits until it is due, was handed to the outbox of its channel, or is no longer worth telling."""

    WAITING = "waiting"
    HANDED = "handed"
    DROPPED = "dropped"


class AlertMessage(Base):
    """One alert to one address, once for each step (0: as it opened, then each escalation).

    `to` is a mail address or the id of a webhook. It goes out at `due_at`, unless that is quiet by then. `held_by` is a
    mute that held it back. `letter_id` and `webhook_delivery_id` are what it went out with; `delivery_attempt` has each
    attempt.
    """

    __tablename__ = "alert_message"
    __table_args__ = (
        UniqueConstraint("alert_id", "step", "channel", "to"),
        CheckConstraint("channel IN ('mail', 'webhook')", name="channel"),
        Index("ix_alert_message_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    alert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alert.id"))
    step: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str] = mapped_column(String(16))
    to: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8), default="en")
    digest: Mapped[bool] = mapped_column(default=False)
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    due_at: Mapped[datetime]
    state: Mapped[MessageState] = mapped_column(one_of(MessageState, "state"), default=MessageState.WAITING)
    held_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mute.id"))
    handed_at: Mapped[datetime | None]
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id"), index=True)
    webhook_delivery_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("webhook_delivery.id", ondelete="SET NULL"), index=True
    )
