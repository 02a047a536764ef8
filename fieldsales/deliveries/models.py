"""What became of orders after they were taken: picked, out, delivered in whole or in part, refused."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base
from fieldsales.db.types import one_of


class DeliveryState(StrEnum):
    """Where the goods of an order are. An order without a delivery is `open`."""

    OPEN = "open"
    PICKED = "picked"
    OUT = "out"
    DELIVERED = "delivered"
    PARTLY_DELIVERED = "partly_delivered"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Rest(StrEnum):
    """What becomes of pieces that were not delivered."""

    BACK_ORDER = "back_order"
    CANCEL = "cancel"


class Delivery(Synced, Base):
    """The delivery of one order, whose id it has. It ends (`ended_at`) when no line waits for anything.

    The customer was promised the goods between `promised_from` and `promised_until`, both days included.
    """

    __tablename__ = "delivery"
    __feed__: ClassVar[Feed] = Feed("delivery", Scope.CUSTOMER, "customer_id")
    __table_args__ = (
        CheckConstraint("promised_until >= promised_from", name="promised"),
        Index(None, "customer_id"),
        Index(None, "promised_until"),
    )

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    state: Mapped[DeliveryState] = mapped_column(one_of(DeliveryState, "state"))
    warehouse_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("warehouse.id"))
    promised_from: Mapped[date]
    promised_until: Mapped[date]
    picked_at: Mapped[datetime | None]
    out_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    lines: Mapped[list[DeliveryLine]] = relationship(
        cascade="all, delete-orphan", order_by="DeliveryLine.line_no", lazy="selectin"
    )


class DeliveryLine(Base):
    """How many pieces of an order's line were ordered and delivered, and how many will not come; `reason` is the last.

    What is neither delivered nor cancelled is on back-order.
    """

    __tablename__ = "delivery_line"
    __table_args__ = (
        CheckConstraint("ordered > 0 AND delivered >= 0 AND cancelled >= 0", name="parts"),
        CheckConstraint("delivered + cancelled <= ordered", name="whole"),
    )

    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"))
    ordered: Mapped[int]
    delivered: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(200))


class DeliveryReport(Base):
    """What somebody told of one attempt to deliver, with its proof. Never changed.

    `lines` are what was told: `line_no`, `delivered`, `reason`, `rest`. The photo may come later than the report.
    """

    __tablename__ = "delivery_report"
    __table_args__ = (Index(None, "delivery_id", "at"), Index(None, "day"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("delivery.id"))
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    day: Mapped[date]
    recipient: Mapped[str | None] = mapped_column(String(120))
    photo_id: Mapped[uuid.UUID | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    note: Mapped[str | None] = mapped_column(String(300))
    lines: Mapped[list[dict[str, Any]]]
    flags: Mapped[list[str]] = mapped_column(default=list)
