"""Where goods are: the houses that deliver, and the vans that reps sell from."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_VAN = text("kind = 'van' AND active")


class WarehouseKind(StrEnum):
    """A house that orders are delivered from, or a rep's van."""

    WAREHOUSE = "warehouse"
    VAN = "van"


class Warehouse(Synced, Base):
    """A place whose stock is kept. It is never deleted: one that is not `active` takes and gives no goods.

    A van belongs to a rep, who has one active van at most. `territory_id` says which territories a house delivers to
    (that one and all below it; none: all), and for house and van who may see it. `external_ref` is its name in another
    system.
    """

    __tablename__ = "warehouse"
    __feed__: ClassVar[Feed] = Feed("warehouse", Scope.ORG, alive="{row}.active")
    __table_args__ = (
        CheckConstraint("(kind = 'van') = (rep_id IS NOT NULL)", name="van_of_rep"),
        Index("ix_warehouse_van_of_rep", "rep_id", unique=True, sqlite_where=_VAN, postgresql_where=_VAN),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[WarehouseKind] = mapped_column(one_of(WarehouseKind, "kind"))
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    external_ref: Mapped[str | None] = mapped_column(String(80), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
