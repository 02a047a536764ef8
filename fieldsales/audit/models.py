"""Who changed what, and when."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id


class AuditEntry(Base):
    """One act of one person; written in the transaction of the act itself and never changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject_type", "subject_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[uuid.UUID]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
