"""Orders: immutable once submitted."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_AMENDS = text("amends_id IS NOT NULL")
_AGAINST = text("against_id IS NOT NULL")
_EXCHANGED = text("exchange_id IS NOT NULL")


class OrderKind(StrEnum):
    """Goods going out, coming back, or given away."""

    SALE = "sale"
    RETURN = "return"
    GIFT = "gift"


class Supply(StrEnum):
    """Where the goods of a sale come from: a warehouse, the rep's own van at once, or a warehouse on a later day."""

    DELIVERY = "delivery"
    VAN = "van"
    LATER = "later"


class OrderState(StrEnum):
    """An order stands until another one takes its place, or until it is called off. It is never changed itself."""

    PLACED = "placed"
    AMENDED = "amended"
    CANCELLED = "cancelled"


class Origin(StrEnum):
    """Taken on site by a rep, or carried over from another system's history."""

    FIELD = "field"
    IMPORT = "import"


class Order(Synced, Base):
    """What a customer bought, gave back or was given on a day.

    History keeps its day and total even where no lines are known. `amount_minor` is signed: a return is negative.
    Phones hold only the orders taken in the field. `reference` is the number that the other system gave the order;
    such systems reuse numbers between customers. `amends_id` is the order in whose place this one stands,
    `against_id` the one that a return gives back from, `reason` why it was returned, given, amended or cancelled.
    The two halves of an exchange, a sale and a return, both name the sale as `exchange_id`.
    Only orders that are `placed` count in any sum. `basis` says what an order was priced by: `book` and `terms` (their
    versions), `tier` and `day`; `tax_minor` is the tax within the amount. Both are unknown where nothing was told.
    `supply` says where the goods of a sale come from (None: it was not told, as in history), `wanted_on` when the
    customer wants them.
    """

    __tablename__ = "sales_order"
    __feed__: ClassVar[Feed] = Feed("order", Scope.CUSTOMER, "customer_id", only="{row}.origin = 'field'")
    __table_args__ = (
        UniqueConstraint("customer_id", "reference"),
        Index(None, "customer_id", "ordered_on"),
        Index(None, "ordered_on"),
        Index(None, "rep_id", "ordered_on"),
        # One order in the place of another, and no more: the database itself sees to it.
        Index(None, "amends_id", unique=True, sqlite_where=_AMENDS, postgresql_where=_AMENDS),
        Index(None, "against_id", sqlite_where=_AGAINST, postgresql_where=_AGAINST),
        # An exchange has one half of each kind.
        Index(None, "exchange_id", "kind", unique=True, sqlite_where=_EXCHANGED, postgresql_where=_EXCHANGED),
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
    state: Mapped[OrderState] = mapped_column(one_of(OrderState, "state"), default=OrderState.PLACED)
    ended_at: Mapped[datetime | None]
    amends_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    against_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    exchange_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    reason: Mapped[str | None] = mapped_column(String(300))
    tax_minor: Mapped[int | None] = mapped_column(BigInteger)
    basis: Mapped[dict[str, Any] | None]
    supply: Mapped[Supply | None] = mapped_column(one_of(Supply, "supply"))
    wanted_on: Mapped[date | None]
    flags: Mapped[list[str]] = mapped_column(default=list)

    lines: Mapped[list[OrderLine]] = relationship(
        cascade="all, delete-orphan", order_by="OrderLine.line_no", lazy="selectin"
    )


class OrderLine(Base):
    """A product in an order. The amount is what was charged; the unit price explains it.

    `computed_price_minor` is what our own prices gave when a phone's order came in, and `price_rule` how; both are
    unknown for history. `condition` is that of goods which come back. A line that was priced by a book has more:
    `quantity` counts pieces, which are `unit_quantity` of a `unit`; `tax_minor` is within the amount, `discount_minor`
    came off before it, `promotion` gave the goods, and `steps` explain it all.
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
    condition: Mapped[str | None] = mapped_column(String(40))
    unit: Mapped[str | None] = mapped_column(String(20))
    unit_quantity: Mapped[int | None]
    discount_minor: Mapped[int | None] = mapped_column(BigInteger)
    tax_minor: Mapped[int | None] = mapped_column(BigInteger)
    promotion: Mapped[str | None] = mapped_column(String(40))
    steps: Mapped[list[dict[str, Any]] | None]
