"""The units that products are sold in, besides the piece."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base


class ProductUnit(Base):
    """How many pieces a unit of a product is. Phones know units by the price book."""

    __tablename__ = "product_unit"
    __table_args__ = (CheckConstraint("pieces > 0", name="pieces"),)

    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(20), primary_key=True)
    pieces: Mapped[int]
