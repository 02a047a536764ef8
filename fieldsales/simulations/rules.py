"""What schemes would have paid, beside each other."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Month:
    """What one scheme would have paid each rep in one month, in minor units, and by how many lines."""

    first: date
    amounts: Mapping[uuid.UUID, int]
    lines: int

    @property
    def amount_minor(self) -> int:
        """All of it."""
        return sum(self.amounts.values())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one scheme would have paid, month by month."""

    label: str
    currency: str
    months: tuple[Month, ...]

    def amount_of(self, rep_id: uuid.UUID) -> int:
        """Return what a rep would have got in all months."""
        return sum(each.amounts.get(rep_id, 0) for each in self.months)

    @property
    def amount_minor(self) -> int:
        """What everybody would have got."""
        return sum(each.amount_minor for each in self.months)


def reps_in(outcomes: Sequence[Outcome]) -> list[uuid.UUID]:
    """Return everybody who would have got anything."""
    return sorted(
        {who for each in outcomes for month in each.months for who, amount in month.amounts.items() if amount}
    )
