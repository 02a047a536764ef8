"""What another system told of prices, so that the same again, or an older state, changes nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base

_WAITING = text("applied_at IS NULL")


class PriceNotice(Base):
    """The latest that was told of one price. `key` names it, with the day from which it holds where it has one.

    Of a `series` (the list price of a product, or its price for a tier) the one with the latest `from_on` that has come
    holds; until `applied_at` it waits for its day. A contract price or a promotion has its days in itself.
    """

    __tablename__ = "price_notice"
    __table_args__ = (
        Index(None, "from_on", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(None, "series"),
    )

    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    series: Mapped[str] = mapped_column(String(400))
    from_on: Mapped[date | None]
    version: Mapped[int | None] = mapped_column(BigInteger)
    body: Mapped[dict[str, Any]]
    told_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
