"""What may be given away, by whom or where, in a period."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class BudgetScope(StrEnum):
    """Whose gifts draw from it: those of one rep, of the reps of a territory, at customers of a territory or a tier."""

    REP = "rep"
    TEAM = "team"
    TERRITORY = "territory"
    TIER = "tier"


class GiftBudget(Synced, Base):
    """What may be given away from a day to another one, both included.

    `most` and `used` are minor units of a `currency`, or pieces where that is null. `used` is the sum of what the gifts
    that stand have drawn. A budget that `ended_at` bounds nothing any more.
    """

    __tablename__ = "gift_budget"
    __feed__: ClassVar[Feed] = Feed("gift_budget", Scope.ORG, alive="{row}.ended_at IS NULL")
    __table_args__ = (
        CheckConstraint("most >= 0 AND used >= 0", name="amounts"),
        CheckConstraint("from_on <= until_on", name="period"),
        CheckConstraint(
            "(scope = 'rep') = (rep_id IS NOT NULL) AND (scope = 'tier') = (tier IS NOT NULL)"
            " AND (scope IN ('team', 'territory')) = (territory_id IS NOT NULL)",
            name="subject",
        ),
        Index(None, "until_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    scope: Mapped[BudgetScope] = mapped_column(one_of(BudgetScope, "scope"))
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"))
    tier: Mapped[str | None] = mapped_column(String(8))
    from_on: Mapped[date]
    until_on: Mapped[date]
    currency: Mapped[str | None] = mapped_column(String(3))
    most: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]


class GiftDraw(Base):
    """What one gift drew from one budget; a gift that is called off draws nothing any more."""

    __tablename__ = "gift_draw"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    budget_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gift_budget.id"), primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True, index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
