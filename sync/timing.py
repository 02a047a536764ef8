"""When something happened on a phone whose clock may be wrong.

A phone sends its wall clock together with a counter that never jumps (`mono_ms`, milliseconds since boot). Within
one boot the counter alone dates an event against the moment the batch arrived; across boots the wall clock does,
corrected by how far it was off on arrival. Nothing is ever put in order by a phone's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERATED = timedelta(minutes=2)
BELATED = timedelta(days=7)
"""Work that we hear of later than this is flagged: a phone may be offline for days, or its rep may be backdating."""
CLOCK_SKEW = "clock_skew"
CLOCK_MOVED = "clock_moved"
LATE = "late"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment as a phone saw it: its wall clock, its counter since boot, and which boot that was."""

    wall: datetime
    mono_ms: int
    boot_id: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment by the server's clock, and what was odd about the phone's."""

    at: datetime
    flags: tuple[str, ...]


def skew(sent: Stamp, now: datetime) -> timedelta:
    """Return how far the phone's clock is ahead of ours (negative: behind), the time on the way included."""
    return sent.wall - now


def date_by_server(at: Stamp, sent: Stamp, now: datetime) -> Dated:
    """Date a phone's moment by the server's clock; never later than `now`.

    Flags: `clock_skew` when the phone's clock is off by more than two minutes, `clock_moved` when it was set
    between the event and the sending, `late` when the event lies more than `BELATED` before `now`.
    """
    off = skew(sent, now)
    flags = [CLOCK_SKEW] if abs(off) > TOLERATED else []
    corrected = at.wall - off
    if at.boot_id == sent.boot_id and at.mono_ms <= sent.mono_ms:
        counted = now - timedelta(milliseconds=sent.mono_ms - at.mono_ms)
        if abs(counted - corrected) > TOLERATED:
            flags.append(CLOCK_MOVED)
        corrected = counted
    if now - corrected > BELATED:
        flags.append(LATE)
    return Dated(min(corrected, now), tuple(flags))
