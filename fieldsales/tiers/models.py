"""How customers came to their tiers, and where each stood at the last look."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class MovedBy(StrEnum):
    """What moved a customer to another tier: its orders, other policies, a person, or the end of what a person gave."""

    ORDERS = "orders"
    POLICY = "policy"
    OVERRIDE = "override"
    OVERRIDE_ENDED = "override_ended"


class TierChange(Base):
    """A customer came into a tier on a day, with the sentence and the numbers of that day. Never changed.

    `tier_from` is None where there was none before. The policies are those that held then (None: the built-in ones).
    """

    __tablename__ = "tier_change"
    __table_args__ = (Index(None, "customer_id", "day"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    day: Mapped[date]
    tier_from: Mapped[str | None] = mapped_column(String(8))
    tier_to: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300))
    moved_by: Mapped[MovedBy] = mapped_column(one_of(MovedBy, "moved_by"))
    score: Mapped[float | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    policy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("policy.id"))
    score_policy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("policy.id"))
    override_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tier_override.id"))


class TierStanding(Base):
    """Where a customer stood at the last look: its tier by its orders, whatever a person gave it, and the numbers.

    Written for everybody by the nightly look, and for those who move by whatever moves them.
    """

    __tablename__ = "tier_standing"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    day: Mapped[date]
    tier: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300))
    score: Mapped[float | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    policy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("policy.id"))
    score_policy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("policy.id"))
