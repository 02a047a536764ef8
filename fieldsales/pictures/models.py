"""What the bytes of photos show, told once however many visits use them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base


class Picture(Base):
    """A stored picture by the SHA-256 of its bytes, as they came.

    `dhash` is its 64-bit difference hash as a signed number; None for one too plain to tell from others. `exif` is what
    the camera wrote (when, where, with what), read before it is stripped from what others see; and, under `grating_db`,
    how far a periodic pattern of colours stands out in it (`fieldsales.gratings`), where it was large enough to say.
    """

    __tablename__ = "picture"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    dhash: Mapped[int | None] = mapped_column(BigInteger)
    exif: Mapped[dict[str, Any]] = mapped_column(default=dict)
    examined_at: Mapped[datetime]


class PictureBand(Base):
    """One byte of a picture's difference hash: two hashes that differ in at most seven bits share one of eight."""

    __tablename__ = "picture_band"
    __table_args__ = (Index(None, "band", "value"),)

    sha256: Mapped[str] = mapped_column(ForeignKey("picture.sha256", ondelete="CASCADE"), primary_key=True)
    band: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    value: Mapped[int] = mapped_column(SmallInteger)
