"""What became of a rep's key accounts when they were planned in one call."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from fieldsales.spreads.rules import Fate, Slot


@dataclass(frozen=True, slots=True)
class Stop:
    """What became of one key account: on whose days it is, or why on nobody's; and whose turn it is."""

    customer_id: uuid.UUID
    customer_name: str
    fate: Fate
    reason: str
    due_on: date
    turn_rep_id: uuid.UUID | None
    turn_rep_name: str | None
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """All key accounts of a rep on some days, the most valuable first."""

    rep_id: uuid.UUID
    days: tuple[date, ...]
    stops: tuple[Stop, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many fared how."""
        return dict(Counter(str(each.fate) for each in self.stops))

    @property
    def changed(self) -> Collection[Slot]:
        """The rep's days on which something is different."""
        return {slot for each in self.stops if each.fate is Fate.PLANNED for slot in each.slots}
