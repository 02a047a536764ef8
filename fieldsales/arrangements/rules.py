"""What may be arranged, and what it does to a cadence and to a shop's hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from fieldsales.cadence.rules import Cadence
from fieldsales.clock import second_of_day
from fieldsales.errors import Invalid

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Spans = tuple[tuple[int, int], ...]


class BadArrangement(Invalid):
    """An arrangement says something: a cadence, weekdays (MO,TH), or hours that come in order."""

    code = "arrangement.invalid"
    title = "That cannot be arranged"


@dataclass(frozen=True, slots=True)
class Terms:
    """What was arranged. `weekdays` count from Monday, 0; `hours` are seconds from midnight."""

    rrule: str | None = None
    minimum_gap_days: int | None = None
    weekdays: frozenset[int] | None = None
    hours: tuple[int, int] | None = None

    def cadence(self, of_tier: Cadence) -> Cadence:
        """How often the customer is visited. A rule that comes more often than the tier's gap allows shortens it."""
        if self.rrule is None and self.minimum_gap_days is None:
            return of_tier
        rrule = self.rrule or of_tier.rrule
        gap = self.minimum_gap_days or of_tier.minimum_gap_days
        made = Cadence(rrule, gap)
        if self.minimum_gap_days is None and gap >= made.period_days:
            return Cadence(rrule, max(1, made.period_days // 2))
        return made

    def within(self, windows: Spans) -> Spans:
        """A shop's hours as far as a visit is wanted; all of them where the wish and they never meet."""
        if self.hours is None:
            return windows
        begins, ends = self.hours
        met = tuple((max(a, begins), min(b, ends)) for a, b in windows if max(a, begins) < min(b, ends))
        return met or windows


NOTHING = Terms()


def read_weekdays(text: str | Iterable[str] | None) -> frozenset[int] | None:
    """Return weekdays named MO to SU; None for none. Raises `BadArrangement`."""
    if text is None:
        return None
    names = [each.strip().upper() for each in (text.split(",") if isinstance(text, str) else text)]
    wrong = [each for each in names if each not in WEEKDAYS]
    if wrong or not names:
        raise BadArrangement(
            f"“{','.join(wrong)}” is no weekday.", mend=f"Use {', '.join(WEEKDAYS)}.", field="weekdays"
        )
    return frozenset(WEEKDAYS.index(each) for each in names)


def told_weekdays(weekdays: frozenset[int] | None) -> str | None:
    """Return weekdays as they are stored."""
    return None if weekdays is None else ",".join(WEEKDAYS[at] for at in sorted(weekdays))


def read_terms(
    rrule: str | None, minimum_gap_days: int | None, weekdays: str | None, from_time: time | None, to_time: time | None
) -> Terms:
    """Return what was arranged as a value. Raises `BadArrangement`, `CadenceNotUnderstood`."""
    if rrule is not None or minimum_gap_days is not None:
        Cadence(rrule or "FREQ=DAILY", 1 if minimum_gap_days is None else minimum_gap_days)
    if (from_time is None) != (to_time is None):
        raise BadArrangement("Hours have a beginning and an end.", mend="Give both, or none.", field="to_time")
    hours = None
    if from_time is not None and to_time is not None:
        if from_time >= to_time:
            raise BadArrangement(
                f"{to_time} is not after {from_time}.", mend="Give the earlier first.", field="to_time"
            )
        hours = second_of_day(from_time), second_of_day(to_time)
    terms = Terms(rrule, minimum_gap_days, read_weekdays(weekdays), hours)
    if terms == NOTHING:
        raise BadArrangement("Nothing is arranged.", mend="Give a cadence, weekdays or hours; or take it back.")
    return terms
