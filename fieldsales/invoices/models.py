"""What customers owe by invoices, and the money on account that is set against them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_WHOLE = text("delivery_report_id IS NULL")
_TOLD = text("told_order_id IS NOT NULL")


class CreditKind(StrEnum):
    """What money on account comes from."""

    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"


class Invoice(Synced, Base):
    """A claim on a customer. `amount_minor` holds `tax_minor`; `open_minor` is what is left to pay.

    One that came from another system has its number there as `reference`, one for an order taken here `order_id`; where
    each delivery is billed, `delivery_report_id` is the delivery that it is for. `told_order_id` is the order that the
    other system named, which may be still on its way from a phone; `told_version` orders what it tells of the invoice.
    """

    __tablename__ = "invoice"
    __feed__: ClassVar[Feed] = Feed("invoice", Scope.CUSTOMER, "customer_id")
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("tax_minor BETWEEN 0 AND amount_minor", name="tax"),
        CheckConstraint("open_minor >= 0 AND written_off_minor >= 0", name="parts"),
        CheckConstraint("open_minor + written_off_minor <= amount_minor", name="whole"),
        CheckConstraint("due_on >= issued_on", name="due"),
        CheckConstraint("delivery_report_id IS NULL OR order_id IS NOT NULL", name="delivery"),
        Index("ix_invoice_of_order", "order_id", unique=True, sqlite_where=_WHOLE, postgresql_where=_WHOLE),
        Index(None, "order_id"),
        Index(None, "customer_id", "due_on"),
        Index(None, "told_order_id", sqlite_where=_TOLD, postgresql_where=_TOLD),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    delivery_report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("delivery_report.id"), unique=True)
    reference: Mapped[str | None] = mapped_column(String(80), unique=True)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    open_minor: Mapped[int] = mapped_column(BigInteger)
    written_off_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    issued_on: Mapped[date]
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    told_order_id: Mapped[uuid.UUID | None]
    told_version: Mapped[int | None] = mapped_column(BigInteger)


class Credit(Base):
    """Money on account: a payment (of the same id), or a credit note for goods that came back or an order called off.

    `left_minor` is not set against any invoice yet. From `voided_at` on it is worth nothing: the cheque bounced, or the
    return was called off. `told_order_id` and `told_version` are what they are of an `Invoice`.
    """

    __tablename__ = "credit"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("left_minor BETWEEN 0 AND amount_minor", name="left"),
        Index(None, "customer_id", "day"),
        Index(None, "told_order_id", sqlite_where=_TOLD, postgresql_where=_TOLD),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[CreditKind] = mapped_column(one_of(CreditKind, "kind"))
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sales_order.id"), unique=True)
    reference: Mapped[str | None] = mapped_column(String(80), unique=True)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    left_minor: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    made_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    told_order_id: Mapped[uuid.UUID | None]
    told_version: Mapped[int | None] = mapped_column(BigInteger)


class Allocation(Base):
    """An amount on account set against an invoice, and on which day; below 0 where it was taken back. Never changed."""

    __tablename__ = "allocation"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="amount"), Index(None, "credit_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    credit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credit.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
