"""Searches for routes that somebody waits for."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class SearchState(StrEnum):
    """How a search stands.

    `waiting` for a free process; `died`: whoever ran it is gone without a word, so that nothing more will come.
    """

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    DIED = "died"


class RouteSearch(Base):
    """One search. The web worker that runs it writes here; any web worker reads here, and asks here for its end.

    `beat_at` is when its runner last gave a sign of life, `progress` the best answers so far, `answer` what was found,
    `problem` what went wrong.
    """

    __tablename__ = "route_search"
    __table_args__ = (Index(None, "asked_by", "state"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    about: Mapped[dict[str, Any]]
    state: Mapped[SearchState] = mapped_column(one_of(SearchState, "state"), default=SearchState.WAITING)
    beat_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    stop_asked: Mapped[bool] = mapped_column(default=False, server_default=false())
    progress: Mapped[dict[str, Any] | None]
    answer: Mapped[dict[str, Any] | None]
    problem: Mapped[str | None] = mapped_column(String(1000))
