"""When something happened on a phone whose clock may be wrong.

A phone sends its wall clock together with a counter that never jumps (`mono_ms`, milliseconds since boot). Within
one boot the counter alone dates an event; across boots the wall clock does, corrected by how far it was off on
arrival. What ties the counter to our clock is an `Anchor`: of all batches of a boot the one that came through fastest.
Nothing is ever put in order by a phone's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERATED = timedelta(minutes=2)
BELATED = timedelta(days=7)
OLDEST = timedelta(days=3660)
"""Work that we hear of later than this is flagged: a phone may be offline for days, or its rep may be backdating."""
FRESH = timedelta(hours=6)
"""How long an anchor is gone by: a counter that drifts by 50 parts in a million is off by a second after that."""
CLOCK_SKEW = "clock_skew"
CLOCK_MOVED = "clock_moved"
LATE = "late"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment as a phone saw it: its wall clock, its counter since boot, and which boot that was."""

    wall: datetime
    mono_ms: int
    boot_id: str

    @property
    def counted(self) -> timedelta:
        """The counter as a span since the boot."""
        return timedelta(milliseconds=self.mono_ms)


@dataclass(frozen=True, slots=True)
class Anchor:
    """When, by our clock, the counter of a boot stood at zero; too late by the least time a batch was on its way."""

    boot_id: str
    zero: datetime
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment by the server's clock, and what was odd about the phone's."""

    at: datetime
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What one batch tells of a phone's clocks: enough to date everything in it.

    `former` is the anchor of the boot before, for what was done then and is only sent now.
    """

    sent: Stamp
    now: datetime
    anchor: Anchor
    former: Anchor | None = None

    @property
    def skew(self) -> timedelta:
        """How far the phone's wall clock is ahead of ours (negative: behind), with the least time on the way in it."""
        return self.sent.wall - (self.anchor.zero + self.sent.counted)

    @property
    def flags(self) -> tuple[str, ...]:
        """`clock_skew` if the wall clock is off by more than is tolerated."""
        return (CLOCK_SKEW,) if abs(self.skew) > TOLERATED else ()

    def date(self, at: Stamp) -> Dated:
        """Date a moment of the phone by our clock; never later than `now`.

        Flags: `clock_skew` when the phone's clock is off by more than two minutes, `clock_moved` when it was set
        between the event and the sending, `late` when the event lies more than `BELATED` before `now`. What would lie
        more than `OLDEST` before it is dated `now`: no queue is that old, but clocks are set to any year.
        """
        flags = [*self.flags]
        corrected = at.wall - self.skew
        counted = self._counted(at)
        if counted is not None:
            if abs(counted - corrected) > TOLERATED:
                flags.append(CLOCK_MOVED)
            corrected = counted
        if self.now - corrected > BELATED:
            flags.append(LATE)
        if self.now - corrected > OLDEST:
            corrected = self.now
        return Dated(min(corrected, self.now), tuple(flags))

    def _counted(self, at: Stamp) -> datetime | None:
        if at.boot_id == self.sent.boot_id:
            return self.anchor.zero + at.counted if at.mono_ms <= self.sent.mono_ms else None
        if self.former is not None and at.boot_id == self.former.boot_id:
            return self.former.zero + at.counted
        return None


def reckon(sent: Stamp, now: datetime, known: Anchor | None = None) -> Reckoning:
    """Reckon with the clocks of a phone whose batch, sent at `sent`, arrived `now`; `known` is the anchor so far.

    A batch is on its way for a while, so that each puts the boot too late, and the earliest is the best. It is given up
    for a new one when it is no longer fresh, and when it is off by more than any request takes: then the counter slept,
    or our own clock was set.
    """
    arrived = Anchor(sent.boot_id, now - sent.counted, now)
    if known is None:
        return Reckoning(sent, now, arrived)
    if known.boot_id != sent.boot_id:
        return Reckoning(sent, now, arrived, former=known)
    stands = known.zero <= arrived.zero <= known.zero + TOLERATED and now - known.taken_at <= FRESH
    return Reckoning(sent, now, known if stands else arrived)


def moved(former: timedelta, latter: timedelta) -> bool:
    """Tell whether a phone's clock was set between two exchanges, from how far it was ahead in each."""
    return abs(latter - former) > TOLERATED
