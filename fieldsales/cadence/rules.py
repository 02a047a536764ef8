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
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from dateutil.rrule import DAILY, MONTHLY, rrule, rrulestr

from fieldsales.errors import Invalid

MOST_URGENT = 4.0
"""A visit missed for long is worth at most this many times its value, so that it cannot starve all others."""

FULL = 1.25
"""How much more than its mean a weekday may hold before wishes for it are passed over."""

_EPOCH = date(2010, 1, 4)
"""A Monday long ago, from which the periods of customers never contacted are counted."""

_SHIFT = timedelta(days=3)
_WORDS = {
    "YEARLY": ("year", "yearly"),
    "MONTHLY": ("month", "monthly"),
    "WEEKLY": ("week", "weekly"),
    "DAILY": ("day", "daily"),
}


class CadenceNotUnderstood(Invalid):
    """A recurrence rule or gap that cannot be used."""

    code = "cadence.not_understood"
    title = "The visit cadence is not understood"


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
        _period_days(self.rrule)

    @property
    def period_days(self) -> int:
        """The mean distance between two occurrences, at least 1."""
        return _period_days(self.rrule)

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

    def after(self, contact: date) -> date:
        """Return the first day, counted from a contact, on which the customer is due again."""
        return max(_next(self.rrule, contact), contact + timedelta(days=self.minimum_gap_days))


@dataclass(frozen=True, slots=True)
class Due:
    """A customer is due since a day; `contact` is the last visit that the day was counted from, if any."""

    since: date
    contact: date | None

    def urgency(self, day: date, period_days: int) -> float:
        """How many times its value the visit is worth on a day: 1, and 1 more for each period gone by."""
        return min(MOST_URGENT, 1.0 + max(0, (day - self.since).days) / period_days)


def due_after_contact(cadence: Cadence, contact: date, day: date, usual_weekday: int | None = None) -> Due | None:
    """Return since when a customer last contacted on `contact` is due, or None if not yet by `day`."""
    since = cadence.after(contact)
    if usual_weekday is not None and not cadence.names_days and cadence.period_days >= 7:
        since = _nearest_weekday(since, usual_weekday)
        if since < contact + timedelta(days=cadence.minimum_gap_days):
            since += timedelta(days=7)
    return Due(since, contact) if since <= day else None


def due_without_contact(
    cadence: Cadence, customer_id: uuid.UUID, day: date, last_working_day: date, weekdays: Sequence[int]
) -> Due | None:
    """Return whether a customer never contacted has its turn on `day` or since the working day before it.

    `weekdays` (Monday is 0) are those the turn may fall on: the rep's, or the customer's usual one alone.
    """
    turn = _latest(cadence.rrule, _first_turn(cadence, customer_id, tuple(weekdays)), day)
    return Due(turn, None) if turn is not None and turn > last_working_day else None


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


def previous_working_day(day: date, weekdays: Sequence[int]) -> date:
    """Return the last day before `day` that falls on one of the weekdays."""
    return next(earlier for back in range(1, 8) if (earlier := day - timedelta(days=back)).weekday() in weekdays)


def _first_turn(cadence: Cadence, customer_id: uuid.UUID, weekdays: tuple[int, ...]) -> date:
    if cadence.period_days < 7:
        return _EPOCH + timedelta(days=stable_number(customer_id) % cadence.period_days)
    week = stable_number(customer_id) % (cadence.period_days // 7)
    weekday = weekdays[stable_number(customer_id, salt=1) % len(weekdays)]
    return _EPOCH + timedelta(days=7 * week + weekday)


def _nearest_weekday(day: date, weekday: int) -> date:
    return day - _SHIFT + timedelta(days=(weekday - (day - _SHIFT).weekday()) % 7)


@lru_cache(maxsize=20_000)
def _next(rule: str, contact: date) -> date:
    found = _rule(rule, contact).after(_midnight(contact))
    if found is None:
        raise _not_understood(rule, f"it does not occur after {contact}")
    return found.date()


@lru_cache(maxsize=20_000)
def _latest(rule: str, start: date, day: date) -> date | None:
    found = _rule(rule, start).before(_midnight(day), inc=True)
    return found.date() if found else None


@lru_cache(maxsize=1_000)
def _period_days(rule: str) -> int:
    first = list(islice(_rule(rule, _EPOCH), 25))
    if len(first) < 2:
        raise _not_understood(rule, "it never occurs")
    return max(1, round((first[-1] - first[0]).days / (len(first) - 1)))


def _rule(text: str, start: date) -> rrule:
    """Parse a rule. A monthly one from the 29th on would skip short months (RFC 5545), so it counts from the 28th."""
    try:
        parsed = rrulestr(text.removeprefix("RRULE:"), dtstart=_midnight(start), ignoretz=True)
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise _not_understood(text, f"it cannot be read ({wrong})") from wrong
    if not isinstance(parsed, rrule) or "\n" in text:
        raise _not_understood(text, "it holds more than one rule")
    if {"UNTIL", "COUNT"} & set(re.split("[=;]", text.upper())):
        raise _not_understood(text, "a cadence has no end, so no UNTIL and no COUNT")
    frequency: int = parsed._freq  # type: ignore[attr-defined]
    if frequency > DAILY:
        raise _not_understood(text, "it comes more than once a day")
    if frequency <= MONTHLY and start.day > 28 and "BY" not in text.upper():
        return parsed.replace(dtstart=_midnight(start.replace(day=28)))
    return parsed


def _not_understood(text: str, why: str) -> CadenceNotUnderstood:
    return CadenceNotUnderstood(
        f"“{text}” is not a recurrence rule that visits can follow: {why}.",
        mend="Use RFC 5545, such as FREQ=WEEKLY;INTERVAL=2 or FREQ=WEEKLY;BYDAY=TU,FR.",
        rrule=text,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
