"""What somebody is to reach in a period."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id

_WHOSE = " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in ("territory_id", "rep_id", "customer_id"))
_GOODS = " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in ("product_id", "brand", "category"))


class Target(Base):
    """A measure's wanted value for a territory with all below it, a rep or a customer, in a period.

    It may be of one product, brand or category. `value` is in the measure's smallest unit: minor units of `currency`,
    pieces, or basis points of a ratio. `subject` says in one text whom and what it is about, so that there is one
    target of a kind. `parent_id` is the target that it is a part of, `rule` how that was divided. `weight` is what it
    weighed then. The value is changed only by an adjustment that somebody else approved.
    """

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("measure", "subject", "first_day", "last_day"),
        CheckConstraint(f"{_WHOSE} = 1", name="whose"),
        CheckConstraint(f"{_GOODS} <= 1", name="goods"),
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("first_day <= last_day", name="in_order"),
        Index(None, "first_day", "last_day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    measure: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(250))
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    product_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("product.id"))
    brand: Mapped[str | None] = mapped_column(String(120))
    category: Mapped[str | None] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    value: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("target.id"), index=True)
    rule: Mapped[str | None] = mapped_column(String(32))
    weight: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None] = mapped_column(String(500))
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
