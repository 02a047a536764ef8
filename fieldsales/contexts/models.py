"""What phones hold to take an order by."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id


class OrderContext(Synced, Base):
    """What is known of one customer's buying, as of the morning of a day; docs/pricing.md has the document."""

    __tablename__ = "order_context"
    __feed__: ClassVar[Feed] = Feed("order_context", Scope.CUSTOMER, "customer_id")

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), unique=True)
    made_on: Mapped[date]
    body: Mapped[dict[str, Any]]
