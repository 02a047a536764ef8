"""What was asked in a shop, and what was answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base


class Survey(Base):
    """The answers of one visit to the questions of one form, by the names that the app gives them."""

    __tablename__ = "survey"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    form: Mapped[str] = mapped_column(String(60))
    answers: Mapped[dict[str, Any]]
    answered_at: Mapped[datetime]
