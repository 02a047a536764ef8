"""How near to a customer counts as there, where it is not what the policy says for all."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base


class Geofence(Base):
    """A customer's own radius in metres: a market hall is larger than a kiosk."""

    __tablename__ = "geofence"
    __table_args__ = (CheckConstraint("radius_m BETWEEN 20 AND 5000", name="radius"),)

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)
    radius_m: Mapped[int]
    set_at: Mapped[datetime]
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
