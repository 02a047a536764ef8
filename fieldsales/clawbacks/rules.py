"""What is taken back of an entry that was paid, and what is given back: always the difference to what is due by now.

Goods that came back, and orders that were called off, take back what exactly these pieces earned. What a customer does
not pay in time takes back the same share of what is left; paying gives it back. As only differences are entered, it
does not matter in how many steps, or in which order, all that happened: the sum is the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from fieldsales.commission.rules import Scheme, half_up
from fieldsales.earnings.rules import Entry, EntryKind, Part, Source


@dataclass(frozen=True, slots=True)
class Paid:
    """An entry that was paid, by its id, and what was taken back of it since: by line, and for want of payment."""

    id: uuid.UUID
    entry: Entry
    returned: Mapping[int, int] = field(default_factory=dict)
    unpaid: int = 0


def take_back(scheme: Scheme, paid: Paid, source: Source, day: date) -> list[Entry]:
    """Return what must be entered so that an entry stands as its source does on a day."""
    due = {part.line_no: _gone(scheme, part, source) for part in paid.entry.parts}
    parts = tuple(
        replace(part, amount_minor=due[part.line_no] - paid.returned.get(part.line_no, 0))
        for part in paid.entry.parts
        if due[part.line_no] != paid.returned.get(part.line_no, 0)
    )
    returned = sum(each.amount_minor for each in parts)
    kept = paid.entry.amount_minor + sum(due.values())
    unpaid = _unpaid(scheme, kept, source, paid.unpaid) - paid.unpaid
    found = []
    for kind, amount, of in ((EntryKind.RETURNED, returned, parts), (EntryKind.UNPAID, unpaid, ())):
        if amount or of:
            basis = -sum(each.basis for each in of)
            told = replace(paid.entry, kind=kind, day=day, amount_minor=amount, parts=of, basis=basis)
            found.append(replace(told, because=source.because, origin=paid.id))
    return found


def _gone(scheme: Scheme, part: Part, source: Source) -> int:
    """What a part must give back by now, 0 or of the other sign: in proportion to its pieces that do not stand."""
    if not source.standing:
        return -part.amount_minor
    if not scheme.claw_back_returns:
        return 0
    left = {line.line_no: line.left for line in source.lines}.get(part.line_no, 0)
    share = min(max(Fraction(part.units - left, part.units), Fraction(0)), Fraction(1))
    return -half_up(part.amount_minor * share)


def _unpaid(scheme: Scheme, kept: int, source: Source, before: int) -> int:
    """What must be given back by now for want of payment, 0 or below for an entry above 0."""
    if scheme.unpaid_days is None:
        return max(before, -kept) if kept >= 0 else 0
    if not source.claimed_minor or not source.standing:
        return 0
    return -half_up(kept * min(Fraction(source.unpaid_minor, source.claimed_minor), Fraction(1)))
