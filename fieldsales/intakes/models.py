"""Files that somebody handed over to be imported, and how each fares."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of
from fieldsales.imports.models import ImportKind


class IntakeState(StrEnum):
    """How a file stands.

    `examined`: it waits for a word. `waiting` for its turn, `running`, then `tried` (a dry run) or `imported`. `died`:
    whoever worked on it is gone without a word; nothing of it was kept.
    """

    EXAMINED = "examined"
    WAITING = "waiting"
    RUNNING = "running"
    TRIED = "tried"
    IMPORTED = "imported"
    CANCELLED = "cancelled"
    FAILED = "failed"
    DIED = "died"


class Intake(Base):
    """A file that was handed over. Its bytes lie in the inbox until `expires_at`.

    `about` is what the file looks like, `asked` how it is to be imported, `report` what became of its rows, `problem`
    what went wrong. `attempt` counts how often work on it began: who works on an older one may write nothing.
    """

    __tablename__ = "import_intake"
    __table_args__ = (Index(None, "handed_in_by", "handed_in_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    handed_in_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    handed_in_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    about: Mapped[dict[str, Any]]
    state: Mapped[IntakeState] = mapped_column(one_of(IntakeState, "state"), default=IntakeState.EXAMINED)
    attempt: Mapped[int] = mapped_column(default=0)
    kind: Mapped[ImportKind | None] = mapped_column(one_of(ImportKind, "kind"))
    dry_run: Mapped[bool | None]
    asked: Mapped[dict[str, Any] | None]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_run.id"))
