"""Counting stock: what somebody counted beside what the books say."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of
from fieldsales.stock.models import Condition

_UNDER_WAY = text("state IN ('open', 'waiting')")


class CountState(StrEnum):
    """Being counted, waiting for approval, in the books, or given up: `refused` by a person, or `discarded`."""

    OPEN = "open"
    WAITING = "waiting"
    POSTED = "posted"
    REFUSED = "refused"
    DISCARDED = "discarded"


class StockCount(Base):
    """A count sheet of one warehouse or van; there is one at a time. `counted_at` is when the counting ended."""

    __tablename__ = "stock_count"
    __table_args__ = (
        Index(
            "ix_stock_count_under_way",
            "warehouse_id",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index(None, "warehouse_id", "started_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    warehouse_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("warehouse.id"))
    state: Mapped[CountState] = mapped_column(one_of(CountState, "state"), default=CountState.OPEN)
    started_at: Mapped[datetime]
    started_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    counted_at: Mapped[datetime | None]
    counted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(500), default="")

    lines: Mapped[list[CountLine]] = relationship(
        cascade="all, delete-orphan", order_by="CountLine.product_id, CountLine.condition", lazy="selectin"
    )


class CountLine(Base):
    """Of one product in one condition: how many the books had at the end of the counting, and how many there were."""

    __tablename__ = "stock_count_line"
    __table_args__ = (CheckConstraint("counted >= 0", name="counted"),)

    count_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stock_count.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"), primary_key=True)
    condition: Mapped[Condition] = mapped_column(
        one_of(Condition, "condition"), primary_key=True, default=Condition.SELLABLE
    )
    expected: Mapped[int] = mapped_column(BigInteger)
    counted: Mapped[int | None] = mapped_column(BigInteger)
