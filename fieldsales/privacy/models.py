"""Whether reps agreed to being tracked."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id


class TrackingConsent(Base):
    """A rep agreed to being tracked, or took that back; never changed. The latest one holds.

    `text` is what the rep read, in the words and the language in which it was shown (GDPR, Art. 7(1)); a withdrawal has
    none. `version` names the text.
    """

    __tablename__ = "tracking_consent"
    __table_args__ = (Index(None, "rep_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    given: Mapped[bool]
    version: Mapped[str] = mapped_column(String(40))
    language: Mapped[str | None] = mapped_column(String(16))
    text: Mapped[str | None] = mapped_column(Text)
