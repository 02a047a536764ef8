"""Territories, the people in them, their devices and sessions."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class Role(StrEnum):
    """What a person is in the house. See TERMS in `docs/terms.md`."""

    REP = "rep"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMIN = "admin"


class Territory(Base):
    """A node of the tree of areas. People and customers belong to one; scope reaches down the tree."""

    __tablename__ = "territory"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    time_zone: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))


class User(Base):
    """Somebody who logs in. A rep or supervisor always has a territory; others may see all of them."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("role IN ('manager', 'admin') OR territory_id IS NOT NULL", name="has_territory"),
        CheckConstraint("login = lower(login)", name="login_lower"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    language: Mapped[str] = mapped_column(String(16), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    territory: Mapped[Territory | None] = relationship(lazy="joined", innerjoin=False)
    work_pattern: Mapped[WorkPattern | None] = relationship(cascade="all, delete-orphan", lazy="selectin")


class WorkPattern(Base):
    """Where a rep's working day starts and ends, its hours on the wall clock, and the lunch break."""

    __tablename__ = "work_pattern"
    __table_args__ = (
        CheckConstraint("start_latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("start_longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("shift_from < shift_to", name="shift"),
        CheckConstraint("lunch_minutes >= 0", name="lunch"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    start_latitude: Mapped[float]
    start_longitude: Mapped[float]
    shift_from: Mapped[time]
    shift_to: Mapped[time]
    lunch_from: Mapped[time]
    lunch_to: Mapped[time]
    lunch_minutes: Mapped[int]
    weekdays: Mapped[str] = mapped_column(String(20), default="MO,TU,WE,TH,FR")


class Device(Base):
    """One installation of the app, in one person's name. Revoking it ends its sessions."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("installation", "user_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    installation: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(120))
    app_version: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class RefreshToken(Base):
    """One link of a chain: each is used once, for the next. Using one twice ends the whole family."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index(None, "family_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    family_id: Mapped[uuid.UUID]
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
