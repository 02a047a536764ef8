"""What is sold, and for how much to whom."""

from __future__ import annotations

import uuid
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id


class Product(Synced, Base):
    """An article. `sku` is its external reference; barcodes are text with a verified check digit.

    `tax_class` is one of the policy `taxes`; None: not taxed.
    """

    __tablename__ = "product"
    __feed__: ClassVar[Feed] = Feed("product", Scope.ORG, alive="{row}.active")
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("cost_minor >= 0", name="cost"),
        CheckConstraint("pack_size > 0", name="pack_size"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    sku: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    brand: Mapped[str | None] = mapped_column(String(120))
    category: Mapped[str | None] = mapped_column(String(120))
    gtin: Mapped[str | None] = mapped_column(String(14), index=True)
    case_gtin: Mapped[str | None] = mapped_column(String(14))
    pack_size: Mapped[int] = mapped_column(default=1)
    cost_minor: Mapped[int | None] = mapped_column(BigInteger)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    tax_class: Mapped[str | None] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)


class TierDiscount(Synced, Base):
    """What a tier pays under the list price, in basis points (250 = 2.5 %)."""

    __tablename__ = "tier_discount"
    __feed__: ClassVar[Feed] = Feed("tier_discount", Scope.ORG)
    __table_args__ = (CheckConstraint("discount_bp BETWEEN 0 AND 10000", name="discount"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tier: Mapped[str] = mapped_column(String(8), unique=True)
    discount_bp: Mapped[int]


class TierPrice(Synced, Base):
    """A price of one product for one tier; it stands before the tier's discount."""

    __tablename__ = "tier_price"
    __feed__: ClassVar[Feed] = Feed("tier_price", Scope.ORG)
    __table_args__ = (CheckConstraint("price_minor >= 0", name="price"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tier: Mapped[str] = mapped_column(String(8))
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"), index=True)
    price_minor: Mapped[int] = mapped_column(BigInteger)
