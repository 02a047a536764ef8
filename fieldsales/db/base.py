"""The declarative base that every table of every room shares."""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.attributes import manager_of_class

from fieldsales.db.types import Json, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Typed tables; constraint names are fixed so that migrations can name them on either database."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[str]: Json,
        list[int]: Json,
        list[dict[str, Any]]: Json,
    }

    @classmethod
    def fresh(cls, **values: Any) -> Self:
        """Return a new row, as the constructor does but ten times as fast: no attribute is watched while it is set.

        For rows that are made by the hundred. Columns only, by the names of their attributes.
        """
        row: Self = manager_of_class(cls).new_instance()
        row.__dict__.update(values)
        return row


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): sorted by time of making, so that indexes grow at one end."""
    milliseconds = time.time_ns() // 1_000_000
    random_bits = secrets.randbits(74)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (random_bits >> 62) << 64
    value |= 0b10 << 62 | random_bits & (1 << 62) - 1
    return uuid.UUID(int=value)
