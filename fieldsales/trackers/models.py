"""Other apps that tell where a rep is."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id


class Tracker(Base):
    """A tracking app on one device of one rep, which sends positions with a key of its own.

    Only the SHA-256 of the key is kept: who reads the database cannot send positions. A key has 130 random bits, so
    that a slow hash would guard nothing more. `kept`, `without_consent`, `off_shift` and `out_of_time` count what
    became of its positions; what is sent again was kept once, and is counted so.
    """

    __tablename__ = "tracker"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    last_seen_at: Mapped[datetime | None]
    kept: Mapped[int] = mapped_column(BigInteger, default=0)
    without_consent: Mapped[int] = mapped_column(BigInteger, default=0)
    off_shift: Mapped[int] = mapped_column(BigInteger, default=0)
    out_of_time: Mapped[int] = mapped_column(BigInteger, default=0)
