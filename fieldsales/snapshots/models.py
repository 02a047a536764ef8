"""What other systems told about stock, each telling once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id


class StockSnapshot(Base):
    """One telling by another system, by its own `reference`: how many pieces there were in a warehouse at `as_of`.

    `digest` is of what was told, `fates` is what became of each row.
    """

    __tablename__ = "stock_snapshot"
    __table_args__ = (Index(None, "warehouse_id", "as_of"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    warehouse_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("warehouse.id"))
    as_of: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    fates: Mapped[list[dict[str, Any]]]
    taken_at: Mapped[datetime]
    taken_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
