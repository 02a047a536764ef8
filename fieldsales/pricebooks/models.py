"""What prices depend on besides the product, and the documents in which phones have it all."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id

_CURRENT = text("superseded_at IS NULL")


class QuantityBreak(Base):
    """A price for `per` pieces, or a discount in basis points, from a number of pieces on; `tier` None: for all."""

    __tablename__ = "quantity_break"
    __table_args__ = (
        CheckConstraint("min_pieces > 0 AND per > 0", name="pieces"),
        CheckConstraint("(price_minor IS NULL) <> (discount_bp IS NULL)", name="price_or_discount"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("discount_bp BETWEEN 1 AND 10000", name="discount"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"), index=True)
    tier: Mapped[str | None] = mapped_column(String(8))
    min_pieces: Mapped[int]
    price_minor: Mapped[int | None] = mapped_column(BigInteger)
    per: Mapped[int] = mapped_column(default=1)
    discount_bp: Mapped[int | None]


class ContractPrice(Base):
    """What was agreed with one customer for a product: a price for `per` pieces, from a number of pieces on.

    It is never edited: what is agreed anew under the same reference, product and quantity withdraws what was.
    """

    __tablename__ = "contract_price"
    __table_args__ = (
        CheckConstraint("min_pieces > 0 AND per > 0", name="pieces"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("from_on <= until_on", name="from_until"),
        Index(None, "customer_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"))
    reference: Mapped[str] = mapped_column(String(80))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    per: Mapped[int] = mapped_column(default=1)
    min_pieces: Mapped[int] = mapped_column(default=1)
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]


class PublishedBook(Synced, Base):
    """A price book as it was published; it is kept for ever. Phones hold the one of each currency that is current."""

    __tablename__ = "price_book"
    __feed__: ClassVar[Feed] = Feed("price_book", Scope.ORG, alive="{row}.superseded_at IS NULL")
    __table_args__ = (
        Index(None, "currency", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT),
        Index(None, "version"),
        Index(None, "currency", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    currency: Mapped[str] = mapped_column(String(3))
    version: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class PublishedTerms(Synced, Base):
    """A customer's terms in one currency as they were published, kept for ever; phones hold the current ones."""

    __tablename__ = "customer_terms"
    __feed__: ClassVar[Feed] = Feed("agreement", Scope.CUSTOMER, "customer_id", alive="{row}.superseded_at IS NULL")
    __table_args__ = (
        Index(None, "customer_id", "currency", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT),
        Index(None, "customer_id", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    currency: Mapped[str] = mapped_column(String(3))
    version: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
