"""Customers, the names that other systems give them, and the reps who serve them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.changes.models import Feed, Scope, Synced, Versioned
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class Customer(Synced, Versioned, Base):
    """A shop or company that buys. Without a position it is kept out of routes until somebody finds it.

    `proposed_by` is the rep who found it on the road.
    """

    __tablename__ = "customer"
    __feed__: ClassVar[Feed] = Feed("customer", Scope.CUSTOMER, "id", alive="{row}.active")
    __versioned__: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("name",),
        "category": ("category",),
        "address": ("address",),
        "city": ("city",),
        "postal_code": ("postal_code",),
        "phone": ("phone",),
        "opening_hours": ("opening_hours",),
        "position": ("latitude", "longitude"),
    }
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position_whole"),
        CheckConstraint("service_minutes > 0", name="service_minutes"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    territory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("territory.id"), index=True)
    category: Mapped[str | None] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(String(300))
    city: Mapped[str | None] = mapped_column(String(120))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    phone: Mapped[str | None] = mapped_column(String(20))
    opening_hours: Mapped[str | None] = mapped_column(String(255))
    service_minutes: Mapped[int | None]
    tier: Mapped[str | None] = mapped_column(String(8), index=True)
    tier_reason: Mapped[str | None] = mapped_column(String(300))
    tier_since: Mapped[date | None]
    flags: Mapped[list[str]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    references: Mapped[list[CustomerReference]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- declared so by SQLAlchemy


class CustomerField(Base):
    """The version of a customer in which one of its fields last changed; no row for one that never did.

    An edit made on a phone offline is weighed against it, field by field. A trigger keeps it (`Versioned`).
    """

    __tablename__ = "customer_field"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int]


class CustomerReference(Base):
    """What another system calls a customer. A customer may have many; a name in a system means one customer."""

    __tablename__ = "customer_reference"
    __table_args__ = (UniqueConstraint("system", "value"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    system: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(80))


class AssignmentKind(StrEnum):
    """Why a rep serves a customer: as its one owner, with a key account that a manager gave, or in another's place."""

    OWNER = "owner"
    KEY_ACCOUNT = "key_account"
    STAND_IN = "stand_in"


ORDINARY = 3
"""The priority of a key account of which nothing is said."""


_FOR_GOOD = text("ended_at IS NULL AND kind <> 'stand_in'")


class Assignment(Synced, Base):
    """A rep serves a customer until `ended_at`. It is also what lets the rep's phone hold the customer.

    What a manager says of a key account: its `priority` (1 goes first, 3 is ordinary, 5 last), how often to go where
    not as its tier says (`rrule`, with `minimum_gap_days`), the days on which it counts (both included; after
    `until_on` it is ended), and whether its reps go `together`, on the same day.

    Who stands in for another rep does so within a cover (`cover_id`), on the days that it covers.
    """

    __tablename__ = "assignment"
    __feed__: ClassVar[Feed] = Feed("assignment", Scope.REP, "rep_id", alive="{row}.ended_at IS NULL")
    __table_args__ = (
        Index(
            "uq_assignment_one_owner",
            "customer_id",
            unique=True,
            sqlite_where=text("kind = 'owner' AND ended_at IS NULL"),
            postgresql_where=text("kind = 'owner' AND ended_at IS NULL"),
        ),
        Index(
            "uq_assignment_once",
            "customer_id",
            "rep_id",
            "kind",
            unique=True,
            sqlite_where=_FOR_GOOD,
            postgresql_where=_FOR_GOOD,
        ),
        Index(None, "rep_id", "ended_at"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        CheckConstraint("minimum_gap_days >= 1", name="minimum_gap_days"),
        CheckConstraint("from_on <= until_on", name="from_until"),
        CheckConstraint("(kind = 'stand_in') = (cover_id IS NOT NULL)", name="within_cover"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[AssignmentKind] = mapped_column(one_of(AssignmentKind, "kind"))
    instruction: Mapped[str | None] = mapped_column(String(500))
    priority: Mapped[int] = mapped_column(default=ORDINARY, server_default=text("3"))
    rrule: Mapped[str | None] = mapped_column(String(200))
    minimum_gap_days: Mapped[int | None]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    together: Mapped[bool] = mapped_column(default=False, server_default=false())
    cover_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cover.id"), index=True)
    assigned_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
