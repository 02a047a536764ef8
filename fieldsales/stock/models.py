"""Stock: every quantity that moved from one place to another, never changed, and what that comes to."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_NEGATIVE = text("on_hand < 0")


class StockCause(StrEnum):
    """Why goods moved. `feed`: another system told how many there are; `transfer`: between two warehouses."""

    RECEIPT = "receipt"
    LOADING = "loading"
    UNLOADING = "unloading"
    TRANSFER = "transfer"
    SALE = "sale"
    DELIVERY = "delivery"
    RETURN = "return"
    EXCHANGE = "exchange"
    GIFT = "gift"
    COUNT = "count"
    DAMAGE = "damage"
    FEED = "feed"


class Condition(StrEnum):
    """Whether goods can be sold. What came back damaged is kept apart."""

    SELLABLE = "sellable"
    DAMAGED = "damaged"


class Level(StrEnum):
    """How much of a product a warehouse has, roughly: as a rep without a connection needs it."""

    AVAILABLE = "available"
    LOW = "low"
    NONE = "none"


class StockMove(Base):
    """Pieces of a product that left one place (None: the world outside) for another: no row can be out of balance.

    The moves of one event share `entry_id`, and `source_id` names the order, count or snapshot that it is about; `at`
    is when the goods moved, which for a phone's work may be long before it was told. Triggers refuse to change or
    delete a row; what was wrong is moved back.
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_id IS NOT NULL OR to_id IS NOT NULL", name="somewhere"),
        CheckConstraint("from_id IS NULL OR to_id IS NULL OR from_id <> to_id", name="two_places"),
        Index(None, "from_id", "product_id", "at"),
        Index(None, "to_id", "product_id", "at"),
        Index(None, "rep_id", "day"),
        Index(None, "source_id"),
        Index(None, "entry_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[uuid.UUID]
    cause: Mapped[StockCause] = mapped_column(one_of(StockCause, "cause"))
    source_id: Mapped[uuid.UUID | None]
    day: Mapped[date]
    at: Mapped[datetime]
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int] = mapped_column(BigInteger)
    condition: Mapped[Condition] = mapped_column(one_of(Condition, "condition"), default=Condition.SELLABLE)
    from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("warehouse.id"))
    to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("warehouse.id"))
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))


class StockBalance(Synced, Base):
    """What the moves of a product in a place come to; kept in the transaction that writes them.

    `reserved` of what is on hand is promised to orders. `settled_at` is of the last count or snapshot: a move that is
    told later but happened before is in it already. `expected_on` and `expected_units` are what another system expects
    to come in. `rep_id` is the van's, so that its phone holds the row.
    """

    __tablename__ = "stock_balance"
    __feed__: ClassVar[Feed] = Feed(
        "van_stock", Scope.REP, "rep_id", alive="{row}.on_hand <> 0", only="{row}.rep_id IS NOT NULL"
    )
    __table_args__ = (
        UniqueConstraint("warehouse_id", "product_id", "condition"),
        CheckConstraint("reserved >= 0", name="reserved"),
        Index("ix_stock_balance_negative", "warehouse_id", sqlite_where=_NEGATIVE, postgresql_where=_NEGATIVE),
        Index(None, "product_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    warehouse_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("warehouse.id"))
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"))
    condition: Mapped[Condition] = mapped_column(one_of(Condition, "condition"))
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    on_hand: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    settled_at: Mapped[datetime | None]
    expected_on: Mapped[date | None]
    expected_units: Mapped[int | None] = mapped_column(BigInteger)


class StockLevel(Synced, Base):
    """How much of a product a house has left to promise, roughly. Written only when it changes; phones hold it."""

    __tablename__ = "stock_level"
    __feed__: ClassVar[Feed] = Feed("stock_level", Scope.ORG, alive="{row}.level <> 'available'")
    __table_args__ = (UniqueConstraint("warehouse_id", "product_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    warehouse_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("warehouse.id"))
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"))
    level: Mapped[Level] = mapped_column(one_of(Level, "level"))
