"""Every table of every room, so that `metadata` is whole."""

from __future__ import annotations

import sync.models  # noqa: F401
from fieldsales.db.base import Base

metadata = Base.metadata
