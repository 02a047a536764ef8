"""What is promised to orders out of a warehouse, and what they still wait for."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id

_OPEN = text("ended_at IS NULL")


class Reservation(Base):
    """A line of an order to be delivered: `wanted` pieces, of which some are `reserved` and some `issued` already.

    What is left is on back-order; `expected_on` is when goods are expected, if anybody told. It ends when all is
    issued, or when the order is called off.
    """

    __tablename__ = "stock_reservation"
    __table_args__ = (
        ForeignKeyConstraint(["order_id", "line_no"], ["order_line.order_id", "order_line.line_no"]),
        UniqueConstraint("order_id", "line_no"),
        CheckConstraint("wanted > 0 AND reserved >= 0 AND issued >= 0", name="parts"),
        CheckConstraint("reserved + issued <= wanted", name="whole"),
        Index(
            "ix_stock_reservation_open",
            "warehouse_id",
            "product_id",
            "asked_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[uuid.UUID]
    line_no: Mapped[int]
    warehouse_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("warehouse.id"))
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"))
    wanted: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    expected_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]

    @property
    def lacking(self) -> int:
        """How many pieces are on back-order."""
        return 0 if self.ended_at else self.wanted - self.reserved - self.issued
