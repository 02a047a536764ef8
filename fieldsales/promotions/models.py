"""Promotions: every version that was ever set, who set it and when."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id

_STANDING = text("withdrawn_at IS NULL")


class PromotionVersion(Base):
    """One version of a promotion; it is never edited. Of a code one version stands at most."""

    __tablename__ = "promotion"
    __table_args__ = (Index(None, "code", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
