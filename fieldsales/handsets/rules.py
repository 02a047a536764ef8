"""What the phone says: whether its clock was set meanwhile, and who else used it that day."""

from __future__ import annotations

from collections.abc import Iterator

from fieldsales.evidence.rules import Evidence, Limits, Signal

CLOCK = "clock_moved"
SHARED = "shared_device"


def signals(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    """Tell what is odd about the phone. That its clock is wrong is not: many are, and we date by our own."""
    moved = sum(CLOCK in each.flags for each in evidence.told)
    if moved:
        says = "The phone's clock was set between the visit and when we heard of it."
        yield Signal(CLOCK, 1.0, says, {"events": moved})
    sharing = evidence.sharing
    if sharing is None:
        return
    if sharing.between:
        close = sharing.minutes <= limits.shared_minutes
        away = f"{sharing.minutes:.0f} minutes away"
        says = f"Another rep told visits through the same phone before and after this one ({away})."
        yield Signal(SHARED, 1.0 if close else 0.6, says, {"minutes": round(sharing.minutes)})
    else:
        yield Signal(SHARED, 0.35, "Another rep told visits through the same phone on that day.")
