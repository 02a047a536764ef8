"""Planned visits and the day's route."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.customers.models import Customer
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class Source(StrEnum):
    """Where a planned visit comes from."""

    TIER = "tier"
    KEY_ACCOUNT = "key_account"
    ANOMALY = "anomaly"
    MANUAL = "manual"


class PlanStatus(StrEnum):
    """What became of a planned visit.

    `left_out`: the day was too short, and the reason says so. `skipped`: a person decided that it is not made that day.
    """

    PLANNED = "planned"
    LEFT_OUT = "left_out"
    DONE = "done"
    SKIPPED = "skipped"


STALE = ""
"""The fingerprint of a route that answers no problem any more."""


LONGEST_WARNING = 500
"""The longest warning of a route, in characters."""


class PlannedVisit(Synced, Base):
    """One visit that a rep should make on a day, and why.

    `added_by` is the person who put it there (added, moved or restored it), None for the planner; what a person put
    there, only a person takes away. `value` is what the visit is worth beside others of the day. `version` counts its
    changes, so that of two who change it at once one is told. One that `asks_cause` is to find out why the
    customer's buying has changed; `promotion` is what to propose there.
    """

    __tablename__ = "planned_visit"
    __feed__: ClassVar[Feed] = Feed("planned_visit", Scope.REP, "rep_id")
    __table_args__ = (UniqueConstraint("rep_id", "day", "customer_id"), Index(None, "customer_id", "day"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    day: Mapped[date] = mapped_column(index=True)
    source: Mapped[Source] = mapped_column(one_of(Source, "source"))
    reason: Mapped[str] = mapped_column(String(500))
    value: Mapped[int]
    status: Mapped[PlanStatus] = mapped_column(one_of(PlanStatus, "status"), default=PlanStatus.PLANNED)
    left_out_code: Mapped[str | None] = mapped_column(String(40))
    left_out_reason: Mapped[str | None] = mapped_column(String(500))
    skip_code: Mapped[str | None] = mapped_column(String(40))
    skip_reason: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=1)
    anomaly_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("anomaly.id"))
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    asks_cause: Mapped[bool] = mapped_column(default=False, server_default=false())
    promotion: Mapped[str | None] = mapped_column(String(200))

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- declared so by SQLAlchemy


class Route(Synced, Base):
    """A rep's day in driving order.

    `fingerprint` is of the problem it answers: same problem, same route. It is `STALE` once a stop was taken off, and
    where `warning` tells that its times are a makeshift.
    """

    __tablename__ = "route"
    __feed__: ClassVar[Feed] = Feed("route", Scope.REP, "rep_id")
    __table_args__ = (UniqueConstraint("rep_id", "day"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    lunch_at: Mapped[datetime | None]
    lunch_minutes: Mapped[int]
    travel_s: Mapped[int]
    wait_s: Mapped[int]
    service_s: Mapped[int]
    distance_m: Mapped[int]
    home_travel_s: Mapped[int]
    home_distance_m: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    warning: Mapped[str | None] = mapped_column(String(LONGEST_WARNING))

    stops: Mapped[list[RouteStop]] = relationship(
        cascade="all, delete-orphan", order_by="RouteStop.position", lazy="selectin"
    )


class RouteStop(Base):
    """One stop of a route: when the rep arrives, waits and leaves, and the leg that leads there."""

    __tablename__ = "route_stop"

    route_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("route.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    planned_visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("planned_visit.id"), index=True)
    arrival_at: Mapped[datetime]
    wait_s: Mapped[int]
    service_s: Mapped[int]
    departure_at: Mapped[datetime]
    travel_s: Mapped[int]
    distance_m: Mapped[int]

    planned_visit: Mapped[PlannedVisit] = relationship(lazy="joined", innerjoin=True)
