"""What happened to planned visits, step by step."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class StepKind(StrEnum):
    """What was done to a planned visit.

    `replanned`: the planner has another reason for it, or found room for it again. `taken_off`: it is not to be made
    any more, and is gone.
    """

    ADDED = "added"
    MOVED = "moved"
    SKIPPED = "skipped"
    RESTORED = "restored"
    LEFT_OUT = "left_out"
    REPLANNED = "replanned"
    TAKEN_OFF = "taken_off"


class VisitStep(Base):
    """One step of a planned visit's history; written in the transaction of the act itself, never changed.

    `by` is None for the planner. Where the visit stood before is `from_…`, where it stands after `to_…`; one that was
    added has only the latter, one that was taken off only the former. It outlives the planned visit.
    """

    __tablename__ = "visit_step"
    __table_args__ = (Index(None, "planned_visit_id"), Index(None, "from_day", "kind"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    planned_visit_id: Mapped[uuid.UUID]
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[StepKind] = mapped_column(one_of(StepKind, "kind"))
    from_rep: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    from_day: Mapped[date | None]
    to_rep: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    to_day: Mapped[date | None]
    code: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(500))
