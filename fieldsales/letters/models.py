"""Messages that wait to be sent, and those that were."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class LetterState(StrEnum):
    """A letter waits until the mail server has taken it, or until nobody tries any more."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class Letter(Base):
    """A message with one file, kept until the mail server has it: a server that is down loses nothing.

    `html` is the same as `text` for who reads HTML; `unsubscribe` is where a mail program can end such letters.
    """

    __tablename__ = "letter"
    __table_args__ = (Index(None, "state", "next_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    unsubscribe: Mapped[str | None] = mapped_column(String(500))
    file_name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[LetterState] = mapped_column(one_of(LetterState, "state"), default=LetterState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
