"""Of whom nothing is told for a while."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id

_OF = ("customer_id", "rep_id", "territory_id", "webhook_id")
_ONE = " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in _OF) + " = 1"


class Mute(Base):
    """No alert is opened about a customer, a rep or a territory with all in it, or sent to a partner's webhook.

    It holds until `ends_at`, or until somebody ended it before.
    """

    __tablename__ = "mute"
    __table_args__ = (CheckConstraint(_ONE, name="of_one"), Index(None, "ends_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    webhook_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("webhook.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    ends_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
