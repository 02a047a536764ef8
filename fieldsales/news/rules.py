"""What is told of the field while it happens, and the mark from which a reader goes on."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

_MARK = re.compile(r"([0-9a-f]{32})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class NewsMark:
    """How far a reader has heard: all below `horizon`, a transaction number of the feed's `epoch`."""

    epoch: uuid.UUID
    horizon: int

    def __str__(self) -> str:
        return f"{self.epoch.hex}-{self.horizon}"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: `what` is visit, order, approval, alert or position; `facts` are ready for JSON."""

    what: str
    facts: dict[str, Any]


def read_mark(told: str) -> NewsMark | None:
    """Return the mark that a text stands for, or None if it is none of ours."""
    found = _MARK.fullmatch(told)
    return NewsMark(uuid.UUID(found[1]), int(found[2])) if found else None
