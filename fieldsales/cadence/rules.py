"""When a customer is due: an RFC 5545 recurrence rule, a minimum gap, and the weekday on which the customer buys.

The rule, in order:

1. After a contact (a visit made, or one planned on a coming day) the customer is due on the first occurrence of the
   RRULE that starts at the contact, and never before the minimum gap has passed.
2. If the rule names no days and is weekly or rarer, the customer has a weekday (`level_weekdays`): the one on which it
   usually orders, unless the rep's week would become lopsided. It is due on that weekday nearest to the first, at
   most three days to either side.
3. A customer never contacted has no day to count from. A number made from the customer's id picks the week of the
   RRULE's period, so that a new list is spread evenly over weeks.
4. Who was due and not visited stays due: the visit rolls forward to the next working day, and each missed period
   adds once more the visit's value, up to four times.

Where a journey plan covers the day, it says when the customer is due instead of 1 to 3 (`due_by_journey`).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b

from fieldsales.recurrence.rules import CadenceNotUnderstood, first_after, latest_until, mean_period_days

MOST_URGENT = 4.0
"""A visit missed for long is worth at most this many times its value, so that it cannot starve all others."""

FULL = 1.25
"""How much more than its mean a weekday may hold before wishes for it are passed over."""

LONGEST_LEAVE = 60
"""How many days are looked back for the last working day."""

_EPOCH = date(2010, 1, 4)
"""A Monday long ago, from which the periods of customers never contacted are counted."""

_SHIFT = timedelta(days=3)
_WORDS = {
    "YEARLY": ("year", "yearly"),
    "MONTHLY": ("month", "monthly"),
    "WEEKLY": ("week", "weekly"),
    "DAILY": ("day", "daily"),
}


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a customer is visited. Raises `CadenceNotUnderstood` for a broken rule or a gap under one day."""

    rrule: str
    minimum_gap_days: int

    def __post_init__(self) -> None:
        if self.minimum_gap_days < 1:
            raise CadenceNotUnderstood(
                f"A minimum gap of {self.minimum_gap_days} days is not possible.", mend="Use 1 or more."
            )
        mean_period_days(self.rrule)

    @property
    def period_days(self) -> int:
        """The mean distance between two occurrences, at least 1."""
        return mean_period_days(self.rrule)

    @property
    def names_days(self) -> bool:
        """Whether the rule itself says on which days; then no habit of the customer moves it."""
        return "BY" in self.rrule.upper()

    def __str__(self) -> str:
        """Say it as a person would: “weekly”, “every 2 weeks”, “every 2 weeks (TU,FR)”."""
        parts = dict(part.split("=", 1) for part in self.rrule.upper().removeprefix("RRULE:").split(";"))
        unit, adverb = _WORDS[parts["FREQ"]]
        interval = int(parts.get("INTERVAL", 1))
        often = adverb if interval == 1 else f"every {interval} {unit}s"
        days = [value for name, value in parts.items() if name.startswith("BY")]
        return f"{often} ({'; '.join(days)})" if days else often


@dataclass(frozen=True, slots=True)
class Due:
    """A customer is due since a day, and what a reader needs to count that day again.

    `contact` is the last visit that the day was counted from, if any. `weekday` (Monday is 0) and `gap_days` are those
    of the customer's weekday and of the cadence's minimum gap that moved the day away from the plain rule, else None.
    `journey`: the day is the journey plan's.
    """

    since: date
    contact: date | None
    weekday: int | None = None
    gap_days: int | None = None
    journey: bool = False

    def urgency(self, day: date, period_days: int) -> float:
        """How many times its value the visit is worth on a day: 1, and 1 more for each period gone by."""
        return min(MOST_URGENT, 1.0 + max(0, (day - self.since).days) / period_days)


def due_after_contact(cadence: Cadence, contact: date, day: date, usual_weekday: int | None = None) -> Due | None:
    """Return since when a customer last contacted on `contact` is due, or None if not yet by `day`."""
    plain, earliest = first_after(cadence.rrule, contact), contact + timedelta(days=cadence.minimum_gap_days)
    since, held_back = max(plain, earliest), plain < earliest
    moved = False
    if usual_weekday is not None and not cadence.names_days and cadence.period_days >= 7:
        moved = since.weekday() != usual_weekday
        since = _nearest_weekday(since, usual_weekday)
        if since < earliest:
            since, held_back = since + timedelta(days=7), True
    if since > day:
        return None
    return Due(since, contact, usual_weekday if moved else None, cadence.minimum_gap_days if held_back else None)


def due_without_contact(
    cadence: Cadence, customer_id: uuid.UUID, day: date, last_working_day: date, weekdays: Sequence[int]
) -> Due | None:
    """Return whether a customer never contacted has its turn on `day` or since the working day before it.

    `weekdays` (Monday is 0) are those the turn may fall on: the rep's, or the customer's usual one alone.
    """
    turn = latest_until(cadence.rrule, _first_turn(cadence, customer_id, tuple(weekdays)), day)
    return Due(turn, None) if turn is not None and turn > last_working_day else None


def due_by_journey(cadence: Cadence, days: Sequence[date], contact: date | None, day: date) -> Due | None:
    """Return since when a customer with these days in the journey plan is due, or None if not by `day`.

    A day of the plan that was missed rolls forward to the next days, until the plan's next one is closer than half
    the minimum gap. One that comes closer than that after a visit needs none: the plan itself keeps the gaps, and a
    visit made a day late must not cost the next one.
    """
    gap = cadence.minimum_gap_days / 2
    missed = [on for on in days if on <= day and (contact is None or (on - contact).days >= gap)]
    if not missed:
        return None
    coming = next((on for on in days if on > day), None)
    if missed[-1] < day and coming is not None and (coming - day).days < gap:
        return None
    return Due(missed[0], contact, journey=True)


EVERY_WEEKDAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Wish:
    """The weekday on which a customer orders (None: no habit), the visits a week it needs, and when it is open."""

    weekday: int | None
    visits_a_week: float
    open_on: frozenset[int] = EVERY_WEEKDAY


def level_weekdays(wishes: Mapping[uuid.UUID, Wish], weekdays: Sequence[int]) -> dict[uuid.UUID, int]:
    """Give each of a rep's customers a weekday: the wished one while that day has room, else the emptiest.

    A day has room up to `FULL` times the mean load. A customer that is never open while the rep works is treated as if
    it always were. The order of the customers changes nothing.
    """
    if not weekdays:
        return {}
    room = FULL * sum(wish.visits_a_week for wish in wishes.values()) / len(weekdays)
    load = dict.fromkeys(weekdays, 0.0)
    given: dict[uuid.UUID, int] = {}
    order = sorted(wishes, key=lambda who: (wishes[who].weekday not in load, stable_number(who)))
    for granted in (True, False):
        for who in order:
            wish = wishes[who]
            if granted and (wish.weekday is None or load.get(wish.weekday, room) + wish.visits_a_week > room):
                continue
            if who not in given:
                usable = [at for at in load if at in wish.open_on] or list(load)
                given[who] = wish.weekday if granted and wish.weekday in usable else _emptiest(load, usable)
                load[given[who]] += wish.visits_a_week
    return given


def _emptiest(load: Mapping[int, float], usable: Sequence[int]) -> int:
    return min(usable, key=lambda at: (load[at], at))


def stable_number(customer_id: uuid.UUID, salt: int = 0) -> int:
    """Return a number that is spread evenly over customers and never changes; another for each salt."""
    return int.from_bytes(blake2b(customer_id.bytes, digest_size=6, salt=salt.to_bytes(2)).digest())


def previous_working_day(day: date, weekdays: Sequence[int], off: Collection[date] = ()) -> date:
    """Return the last day before `day` that falls on one of the weekdays and is not off; a week back if none does."""
    earlier = (day - timedelta(days=back) for back in range(1, LONGEST_LEAVE))
    return next((on for on in earlier if on.weekday() in weekdays and on not in off), day - timedelta(days=7))


def _first_turn(cadence: Cadence, customer_id: uuid.UUID, weekdays: tuple[int, ...]) -> date:
    if cadence.period_days < 7:
        return _EPOCH + timedelta(days=stable_number(customer_id) % cadence.period_days)
    week = stable_number(customer_id) % (cadence.period_days // 7)
    weekday = weekdays[stable_number(customer_id, salt=1) % len(weekdays)]
    return _EPOCH + timedelta(days=7 * week + weekday)


def _nearest_weekday(day: date, weekday: int) -> date:
    return day - _SHIFT + timedelta(days=(weekday - (day - _SHIFT).weekday()) % 7)
