"""Giving key accounts out: what a manager says of them, and what that changes, for many customers and reps at once."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from fieldsales.cadence.rules import Cadence
from fieldsales.errors import Invalid
from fieldsales.recurrence.rules import first_after
from fieldsales.turns.rules import ORDINARY, cadence_of

MOST_PAIRS = 2000
"""How many customers times reps one request may give out."""


class KeyAccountInvalid(Invalid):
    """What is said of a key account contradicts itself: dates, priority, or a gap without a cadence."""

    code = "key_account.invalid"
    title = "This cannot be said of a key account"


class TooManyKeyAccounts(Invalid):
    """At most 2,000 pairs of customer and rep in one request. Send several."""

    code = "key_account.too_many"
    title = "Too many key accounts at once"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a manager says of key accounts; see `turns.rules.KeyAccount`.

    Raises `KeyAccountInvalid`, `CadenceNotUnderstood`.
    """

    instruction: str | None = None
    priority: int = ORDINARY
    rrule: str | None = None
    minimum_gap_days: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    together: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.priority <= 5:
            raise KeyAccountInvalid(f"A priority of {self.priority} is none.", mend="Use 1 (goes first) to 5.")
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise KeyAccountInvalid(
                f"It would end on {self.until_on}, before it begins on {self.from_on}.", mend="Mend one of the days."
            )
        if self.rrule is None and self.minimum_gap_days is not None:
            raise KeyAccountInvalid(
                "A minimum gap is told, and no cadence.", mend="Give an RRULE too, such as FREQ=WEEKLY;INTERVAL=2."
            )
        if self.rrule is not None:
            cadence_of(self.rrule, self.minimum_gap_days)


TERMS = tuple(each.name for each in fields(Terms))


class Change(StrEnum):
    """What giving out, or taking back, does to one rep's account."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ENDED = "ended"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of one customer and rep. `changes` names what differs as (before, after), `reason` why not."""

    customer_id: uuid.UUID
    rep_id: uuid.UUID
    change: Change
    changes: dict[str, tuple[Any, Any]]
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What became of all, in the order in which they were named."""

    rows: tuple[Row, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows fared how."""
        return dict(Counter(str(row.change) for row in self.rows))


def differing(before: Terms, after: Terms) -> dict[str, tuple[Any, Any]]:
    """Return what would change, by name."""
    old, new = asdict(before), asdict(after)
    return {name: (old[name], new[name]) for name in TERMS if old[name] != new[name]}


def check_size(customers: Sequence[uuid.UUID], reps: Sequence[uuid.UUID]) -> None:
    """Raise `TooManyKeyAccounts` beyond `MOST_PAIRS`."""
    if len(customers) * max(1, len(reps)) > MOST_PAIRS:
        raise TooManyKeyAccounts(
            f"{len(customers)} customers and {len(reps)} reps are more than {MOST_PAIRS} pairs.", mend="Send several."
        )


def due_from(cadence: Cadence, last_contact: date | None, start: date) -> date:
    """Return the first day on which a key account is due: at once where nobody was there yet, never before `start`."""
    if last_contact is None:
        return start
    after = max(first_after(cadence.rrule, last_contact), last_contact + timedelta(days=cadence.minimum_gap_days))
    return max(after, start)
