"""Hours in which nobody is told anything, on the wall clock of a territory.

A wall clock jumps: in spring an hour is missing, in autumn one comes twice. What counts is what the clock on the wall
shows, so an hour that comes twice is quiet twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from fieldsales.clock import zone

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one time (included) to another (not included), over midnight where the first is the later; equal: never."""

    begins: time
    ends: time

    def holds(self, wall: time) -> bool:
        """Tell whether a time on the wall clock is quiet."""
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends


def is_quiet(moment: datetime, quiet: Quiet | None, zone_name: str) -> bool:
    """Tell whether a moment lies in quiet hours."""
    return quiet is not None and quiet.holds(moment.astimezone(zone(zone_name)).time().replace(tzinfo=None))


@lru_cache(maxsize=1024)
def told_at(moment: datetime, quiet: Quiet | None, zone_name: str) -> datetime:
    """Return the first moment from `moment` on, in UTC, that is not quiet.

    Looked for minute by minute, as quiet hours begin and end with a minute: no jump of the wall clock is missed,
    neither one over the end nor one back to before the beginning.
    """
    at = moment.astimezone(UTC)
    if not is_quiet(at, quiet, zone_name):
        return at
    at = at.replace(second=0, microsecond=0)
    while is_quiet(at, quiet, zone_name):
        at += _MINUTE
    return at


def next_wall(moment: datetime, wall: time, zone_name: str) -> datetime:
    """Return the next moment after `moment`, in UTC, at which the wall clock shows a time (or has jumped over it)."""
    here = zone(zone_name)
    today = moment.astimezone(here).date()
    for ahead in range(3):
        at = datetime.combine(today + timedelta(days=ahead), wall).replace(tzinfo=here).astimezone(UTC)
        if at > moment:
            return at
    raise AssertionError("three days hold every time of the wall clock")
