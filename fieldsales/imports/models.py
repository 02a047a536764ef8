"""What was imported, from which file, and the column mappings that people saved."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class ImportKind(StrEnum):
    """What the rows of a file are."""

    CUSTOMERS = "customers"
    PRODUCTS = "products"
    ORDERS = "orders"


class ImportMapping(Base):
    """Which column of a file fills which field, kept under a name for the next file of the same make.

    `columns` maps our field to their column; `options` hold how the file was read (delimiter, encoding, and so on).
    """

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ImportKind] = mapped_column(one_of(ImportKind, "kind"))
    name: Mapped[str] = mapped_column(String(80))
    columns: Mapped[dict[str, Any]]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime]


class ImportRun(Base):
    """One file that was read to its end. It is written in the transaction that holds its rows."""

    __tablename__ = "import_run"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ImportKind] = mapped_column(one_of(ImportKind, "kind"))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class MendedLine(Base):
    """An order line that came from a mended rejects file; importing the original file again leaves it alone."""

    __tablename__ = "mended_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["order_id", "line_no"], ["order_line.order_id", "order_line.line_no"], ondelete="CASCADE"
        ),
    )

    order_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
