"""Receipts that were given out."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class Form(StrEnum):
    """What a receipt was given out as."""

    PAPER = "paper"
    PDF = "pdf"
    MAIL = "mail"


class ReceiptIssue(Base):
    """One giving out of an order's receipt. `number` 0 is the original; every later one is a copy and says so."""

    __tablename__ = "receipt_issue"
    __table_args__ = (UniqueConstraint("order_id", "number"), CheckConstraint("number >= 0", name="number"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sales_order.id"))
    number: Mapped[int]
    form: Mapped[Form] = mapped_column(one_of(Form, "form"))
    language: Mapped[str] = mapped_column(String(8))
    issued_at: Mapped[datetime]
    issued_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    device_id: Mapped[uuid.UUID | None]
