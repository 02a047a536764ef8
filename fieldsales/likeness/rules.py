"""What the photos say: whether they were taken then and there, and whether they were shown before."""

from __future__ import annotations

from collections.abc import Iterator

from fieldsales.evidence.rules import Evidence, Limits, Signal, Told
from fieldsales.shots.rules import Shown
from fieldsales.visits.rules import metres_between

REUSED = "photo_reused"
EARLIER = "photo_earlier"
ELSEWHERE = "photo_elsewhere"
UNDATED = "photo_undated"
SCREEN = "screen_in_photo"
ZONES_S = 3 * 3600.0
"""By so much a camera that does not know its time zone may be off on a journey."""
_DAY_S = 86_400.0


def signals(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    """Tell what is odd about the photos of a visit, of each kind the worst."""
    found: dict[str, Signal] = {}
    for shown in evidence.photos:
        for signal in _of(shown, evidence, limits):
            known = found.get(signal.code)
            if known is None or known.strength < signal.strength:
                found[signal.code] = signal
    yield from found.values()


def _of(shown: Shown, evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    arrival = evidence.arrival
    early_s = _early_s(shown, arrival)
    if shown.bits_apart is not None:
        yield _reused(shown, early_s, limits)
    if early_s is not None and early_s > (limits.photo_early_s if not shown.clock_odd else _DAY_S):
        says = f"The camera says that it took the {shown.kind} photo {_span(early_s)} before the check-in."
        yield Signal(EARLIER, 1.0 if shown.sure or early_s > ZONES_S else 0.6, says, {"seconds": round(early_s)})
    if shown.taken is None:
        yield Signal(UNDATED, 1.0, f"The {shown.kind} photo does not say when it was taken.")
    if shown.grating_db > limits.grating_db:
        says = f"The {shown.kind} photo has the grid of a screen in it ({shown.grating_db:.0f} dB above the rest)."
        yield Signal(SCREEN, 1.0, says, {"decibels": round(shown.grating_db)})
    there = evidence.customer
    if shown.spot is not None and there is not None:
        away = metres_between(shown.spot, there)
        told = arrival.fix.spot if arrival and arrival.fix else there
        if min(away, metres_between(shown.spot, told)) > limits.photo_away_m:
            says = f"The camera says that it took the {shown.kind} photo {away:,.0f} m from the customer."
            yield Signal(ELSEWHERE, 1.0, says, {"metres": round(away)})


def _early_s(shown: Shown, arrival: Told | None) -> float | None:
    if shown.taken is None or arrival is None:
        return None
    return (arrival.at - shown.taken).total_seconds()


def _reused(shown: Shown, early_s: float | None, limits: Limits) -> Signal:
    """The same shop looks the same from the same spot: a likeness that the camera dates to this visit says little."""
    facts: dict[str, float | int | str] = {"bits_apart": shown.bits_apart or 0}
    if shown.same_bytes:
        return Signal(REUSED, 1.0, f"The {shown.kind} photo was shown in another visit already.", facts)
    fresh = shown.same_customer and early_s is not None and abs(early_s) <= limits.photo_early_s
    where = "an earlier visit of the customer" if shown.same_customer else "another customer's visit"
    says = f"The {shown.kind} photo looks like one of {where} ({shown.bits_apart} of 64 bits differ)."
    unknown = shown.same_customer and shown.clock_odd
    return Signal(REUSED, 0.2 if fresh else 0.5 if unknown else 1.0, says, facts)


def _span(seconds: float) -> str:
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 2 * _DAY_S else f"{seconds / _DAY_S:.0f} days"
