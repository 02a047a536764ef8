"""Sums that are kept by day and by month, and the days whose sums are not true any more."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base

NOBODY = uuid.UUID(int=0)
"""Stands for no rep, or no product, where a key must be something."""


class DirtyDay(Base):
    """Something was done on a day, in a write transaction: until `refresh`, what is kept of that day is not read.

    Triggers write it. Two transactions never write the same row, so they never wait for each other.
    """

    __tablename__ = "result_dirty_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    tx: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class SaleDay(Base):
    """What a rep sold to a customer on a day. The names of the sums are those of `facts.sales`."""

    __tablename__ = "result_sale_day"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 -- declared so by SQLAlchemy

    day: Mapped[date] = mapped_column(primary_key=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    sold: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger)
    returned_pieces: Mapped[int] = mapped_column(BigInteger)
    orders: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[int] = mapped_column(BigInteger)


class SaleMonth(Base):
    """What a rep sold of a product to a customer in a month, which `day` is the first of."""

    __tablename__ = "result_sale_month"
    __table_args__ = (
        Index("ix_result_sale_month_reach", "product_id", "customer_id", "day", "pieces"),
        {"sqlite_with_rowid": False},
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    sold: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger)
    returned_pieces: Mapped[int] = mapped_column(BigInteger)


class ProductMonth(Base):
    """What a rep sold of a product in a month to all customers: the sums of `SaleMonth` once more, in fewer rows."""

    __tablename__ = "result_product_month"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    day: Mapped[date] = mapped_column(primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    sold: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger)
    returned_pieces: Mapped[int] = mapped_column(BigInteger)


class CallDay(Base):
    """The calls of a rep at a customer on a day. The names of the sums are those of `facts.calls`."""

    __tablename__ = "result_call_day"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    day: Mapped[date] = mapped_column(primary_key=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    productive: Mapped[int] = mapped_column(BigInteger)
    skus: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[int] = mapped_column(BigInteger)
    timed: Mapped[int] = mapped_column(BigInteger)


class DueDay(Base):
    """What was due to a customer on a day of deliveries that began. The names of the sums are those of `facts.dues`."""

    __tablename__ = "result_due_day"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    day: Mapped[date] = mapped_column(primary_key=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    due_pieces: Mapped[int] = mapped_column(BigInteger)
    delivered: Mapped[int] = mapped_column(BigInteger)
    due: Mapped[int] = mapped_column(BigInteger)
    otif: Mapped[int] = mapped_column(BigInteger)


class DueMonth(Base):
    """What was due of a product to a customer in a month, which `day` is the first of."""

    __tablename__ = "result_due_month"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    day: Mapped[date] = mapped_column(primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    due_pieces: Mapped[int] = mapped_column(BigInteger)
    delivered: Mapped[int] = mapped_column(BigInteger)
