"""Tiers as data that a manager edits."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base


class TierPolicy(Base):
    """A tier: who belongs to it, how often it is visited, and what a visit is worth.

    `rank` counts from 0, the best. A customer is in the first tier whose two conditions hold: customers who buy more
    stand for less than `revenue_share_bp` of all revenue (basis points, ABC), and there were at least
    `minimum_orders` order days in the window. `rules.py` tells it in full.
    """

    __tablename__ = "tier_policy"
    __table_args__ = (
        CheckConstraint("revenue_share_bp BETWEEN 0 AND 10000", name="share"),
        CheckConstraint("minimum_orders >= 0", name="orders"),
        CheckConstraint("minimum_gap_days >= 1", name="gap"),
        CheckConstraint("service_minutes > 0", name="service"),
        CheckConstraint("visit_value > 0", name="visit_value"),
    )

    tier: Mapped[str] = mapped_column(String(8), primary_key=True)
    rank: Mapped[int] = mapped_column(unique=True)
    revenue_share_bp: Mapped[int]
    minimum_orders: Mapped[int]
    rrule: Mapped[str] = mapped_column(String(120))
    minimum_gap_days: Mapped[int]
    service_minutes: Mapped[int]
    visit_value: Mapped[int]
