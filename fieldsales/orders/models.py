"""Orders: immutable once submitted."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class OrderKind(StrEnum):
    """Goods going out, or coming back."""

    SALE = "sale"
    RETURN = "return"


class Origin(StrEnum):
    """Taken on site by a rep, or carried over from another system's history."""

    FIELD = "field"
    IMPORT = "import"


class Order(Synced, Base):
    """What a customer bought on a day. History keeps its day and total even where no lines are known.

    `amount_minor` is signed: a return is negative. Phones hold only the orders taken in the field. `reference` is
    the number that the other system gave the order; such systems reuse numbers between customers.
    """

    __tablename__ = "sales_order"
    __feed__: ClassVar[Feed] = Feed("order", Scope.CUSTOMER, "customer_id", only="{row}.origin = 'field'")
    __table_args__ = (
        UniqueConstraint("customer_id", "reference"),
        Index(None, "customer_id", "ordered_on"),
        Index(None, "ordered_on"),
        Index(None, "rep_id", "ordered_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[OrderKind] = mapped_column(one_of(OrderKind, "kind"), default=OrderKind.SALE)
    origin: Mapped[Origin] = mapped_column(one_of(Origin, "origin"))
    reference: Mapped[str | None] = mapped_column(String(80))
    import_run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_run.id"))
    ordered_on: Mapped[date]
    ordered_at: Mapped[datetime | None]
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    flags: Mapped[list[str]] = mapped_column(default=list)

    lines: Mapped[list[OrderLine]] = relationship(
        cascade="all, delete-orphan", order_by="OrderLine.line_no", lazy="selectin"
    )


class OrderLine(Base):
    """A product in an order. The amount is what was charged; the unit price explains it.

    `computed_price_minor` is what our own prices gave when a phone's order came in, and `price_rule` how; both are
    unknown for history.
    """

    __tablename__ = "order_line"
    __table_args__ = (CheckConstraint("quantity <> 0", name="quantity"),)

    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    computed_price_minor: Mapped[int | None] = mapped_column(BigInteger)
    price_rule: Mapped[str | None] = mapped_column(String(80))
