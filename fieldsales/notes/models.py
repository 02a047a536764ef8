"""What people remember about a customer."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base


class Note(Synced, Base):
    """A remark about a customer, perhaps made on a visit. The phone makes its id; it is only ever added."""

    __tablename__ = "note"
    __feed__: ClassVar[Feed] = Feed("note", Scope.CUSTOMER, "customer_id")
    __table_args__ = (Index(None, "customer_id", "noted_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("visit.id"))
    text: Mapped[str] = mapped_column(String(2000))
    noted_at: Mapped[datetime]
    flags: Mapped[list[str]] = mapped_column(default=list)
