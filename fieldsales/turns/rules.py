"""What a manager says of a key account, and which of its reps goes.

Each rep to whom the account was given has terms of the rep's own. Where they differ the account follows the most
demanding: the smallest priority, the most frequent cadence, and together if any of them says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fieldsales.cadence.rules import Cadence
from fieldsales.recurrence.rules import mean_period_days

ORDINARY = 3
FACTORS: Mapping[int, float] = {1: 2.0, 2: 1.5, 3: 1.0, 4: 0.75, 5: 0.5}
"""What a visit is worth by priority, in times that of an ordinary key account."""


@dataclass(frozen=True, slots=True)
class KeyAccount:
    """A manager gave the customer to a rep; `given_by` is the manager's name.

    Attributes:
        priority: 1 goes first, 3 is ordinary, 5 last.
        cadence: How often to go, instead of what the tier says; None: as the tier says.
        from_on, until_on: The days between which it counts, both included; None: no bound.
        together: The reps of whom this is said go on the same day.
    """

    rep_id: uuid.UUID
    given_by: str | None = None
    instruction: str | None = None
    priority: int = ORDINARY
    cadence: Cadence | None = None
    from_on: date | None = None
    until_on: date | None = None
    together: bool = False

    def counts_on(self, day: date) -> bool:
        """Tell whether it counts on a day."""
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A rep serves the customer in the place of another, between two days, both included; None: no bound."""

    rep_id: uuid.UUID
    instead_of: uuid.UUID
    from_on: date
    until_on: date | None = None

    def counts_on(self, day: date) -> bool:
        """Tell whether the rep stands in on a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


def stood_in(
    accounts: Iterable[KeyAccount], stand_ins: Sequence[StandIn], days: Collection[date]
) -> Iterator[KeyAccount]:
    """Yield the accounts that count on some days, with those in the name of whoever stands in.

    Where others stand in on all of the days the rep's own account is left out.
    """
    for account in accounts:
        instead = [each for each in stand_ins if each.instead_of == account.rep_id]
        if not instead or not all(any(each.counts_on(day) for each in instead) for day in days):
            yield account
        others = [each for each in stand_ins if each not in instead]
        yield from stood_in((_in_place(account, each) for each in instead), others, days)


def _in_place(account: KeyAccount, stands: StandIn) -> KeyAccount:
    from_on = max(stands.from_on, account.from_on or stands.from_on)
    until_on = min((day for day in (stands.until_on, account.until_on) if day is not None), default=None)
    return replace(account, rep_id=stands.rep_id, from_on=from_on, until_on=until_on)


def cadence_of(rrule: str, minimum_gap_days: int | None) -> Cadence:
    """Return a cadence of one's own; where no gap is told it is two thirds of the period. Raises as `Cadence` does."""
    return Cadence(rrule, minimum_gap_days or max(1, mean_period_days(rrule) * 2 // 3))


def priority_of(accounts: Iterable[KeyAccount]) -> int:
    """Return the priority of a customer with these accounts; an ordinary one without any."""
    return min((each.priority for each in accounts), default=ORDINARY)


def own_cadence(accounts: Iterable[KeyAccount]) -> Cadence | None:
    """Return the most frequent cadence that was set for a customer; None: none was."""
    found = [each.cadence for each in accounts if each.cadence is not None]
    return min(found, key=lambda each: (each.period_days, each.minimum_gap_days, each.rrule), default=None)


def going_together(accounts: Iterable[KeyAccount]) -> frozenset[uuid.UUID]:
    """Return the reps who go on the same day; one alone goes with nobody."""
    found = frozenset(each.rep_id for each in accounts if each.together)
    return found if len(found) > 1 else frozenset()


def whose_turn(reps: Sequence[uuid.UUID], seen: Mapping[uuid.UUID, date]) -> uuid.UUID:
    """Return who goes: whoever was there longest ago, before all who never was; of equals the first."""
    return min(reps, key=lambda rep: seen.get(rep, date.min))
