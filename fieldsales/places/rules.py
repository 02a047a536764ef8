"""What the places say: where a visit was told from, against where the customer is and where else the rep was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fieldsales.evidence.rules import Evidence, Fix, Limits, Signal, Spot, Told, doubt_m, near
from fieldsales.stays.rules import stays
from fieldsales.visits.models import EventKind
from fieldsales.visits.rules import metres_between

MOCK = "mock_location"
NO_POSITION = "no_position"
POOR = "poor_accuracy"
FAR = "far_from_customer"
PIN_DOUBTED = "customer_position_doubted"
ONE_SPOT = "one_spot_for_many"
AT_START = "told_from_the_start"
ON_THE_PIN = "on_the_pin"
LEFT_ELSEWHERE = "left_elsewhere"
STOOD_THERE = 0.6
"""What is left of a distance where the track shows that somebody went there for this visit."""
LEFT_FROM_THERE = 0.4
"""What is left of a distance where the check-out was told at the customer."""
_COARSE_M = 150.0
_EXACTLY_M = 0.5
_AROUND = timedelta(minutes=20)


def signals(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    """Tell what is odd about where a visit was told from."""
    if any(each.fix and each.fix.mock for each in evidence.told):
        yield Signal(MOCK, 1.0, "The phone says that an app made up its position.")
    arrival = evidence.arrival
    if arrival is None:
        return
    if arrival.fix is None:
        yield Signal(NO_POSITION, 1.0, "The phone had no position.")
        return
    accuracy = arrival.fix.accuracy_m or 0.0
    if accuracy > _COARSE_M:
        yield Signal(POOR, 1.0, f"The position is only sure to {accuracy:.0f} m.", {"accuracy_m": round(accuracy)})
    away = _beyond(arrival.fix, evidence)
    if away > 0:
        yield from _far(arrival.fix, away, evidence, limits)
    if away > 0 or accuracy <= _COARSE_M:
        yield from _shared_spot(arrival.fix, away, evidence, limits)
    yield from _pin(evidence, limits)
    yield from _left(evidence, away)


def _beyond(fix: Fix, evidence: Evidence) -> float:
    """How many metres a fix is beyond the radius and its own doubt; 0 within, or where the customer has no position."""
    if evidence.customer is None:
        return 0.0
    return max(0.0, metres_between(fix.spot, evidence.customer) - evidence.radius_m - doubt_m(fix))


def _far(fix: Fix, away: float, evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    distance = metres_between(fix.spot, evidence.customer) if evidence.customer else 0.0
    facts: dict[str, float | int | str] = {"distance_m": round(distance), "radius_m": round(evidence.radius_m)}
    agree = sum(near(fix.spot, spot, evidence.radius_m / 2 + doubt_m(fix)) for spot in evidence.usual)
    if agree >= 2 and not _crowd(fix, evidence, limits, astray=True):
        says = (
            f"{agree} earlier visits were told from here too: the customer's position may be wrong by {distance:.0f} m."
        )
        yield Signal(PIN_DOUBTED, 1.0, says, facts)
        return
    sure = f"sure to {fix.accuracy_m:.0f} m" if fix.accuracy_m else "the phone does not say how sure"
    says = f"It was told {distance:.0f} m from the customer ({sure}; {evidence.radius_m:.0f} m count as there)."
    strength = min(1.0, 0.35 + 0.65 * away / limits.far_m)
    if _left_from_there(fix, evidence):
        strength *= LEFT_FROM_THERE
        says = f"{says[:-1]}, but the check-out was told at the customer."
    elif _went_there(fix, evidence, limits):
        strength *= STOOD_THERE
        says = f"{says[:-1]}, but the phone went there, stood there and left."
    yield Signal(FAR, strength, says, facts)


def _left_from_there(fix: Fix, evidence: Evidence) -> bool:
    left = evidence.first(EventKind.CHECK_OUT)
    return left is not None and left.fix is not None and left.fix != fix and not _beyond(left.fix, evidence)


def _went_there(fix: Fix, evidence: Evidence, limits: Limits) -> bool:
    """Whether the track shows a stay at a spot for this visit alone: then the customer may be there, not on its pin."""
    told = [each.at for each in evidence.told]
    found = stays([each for each in evidence.track if min(told) - _AROUND <= each.at <= max(told) + _AROUND])
    here = [each for each in found if each.since <= max(told) and each.until >= min(told)]
    return any(
        near(each.spot, fix.spot, limits.same_spot_m + doubt_m(fix))
        and each.since > min(told) - _AROUND * 0.9
        and each.until < max(told) + _AROUND * 0.9
        for each in here
    ) and not _crowd(fix, evidence, limits)


def _crowd(fix: Fix, evidence: Evidence, limits: Limits, *, astray: bool = False) -> int:
    """How many other customers, not in one building with this one, the rep told from this spot on the day.

    With `astray` only those count that are not here either.
    """
    spots: set[Spot] = set()
    for each in evidence.neighbours:
        theirs, ours = each.customer, evidence.customer
        if theirs is None or ours is None or near(theirs, ours, limits.apart_m):
            continue
        sure = min((fix.accuracy_m or 0.0) + (each.fix.accuracy_m or 0.0), limits.same_spot_m)
        if astray and near(each.fix.spot, theirs, evidence.radius_m + doubt_m(each.fix)):
            continue
        if near(fix.spot, each.fix.spot, limits.same_spot_m + sure):
            spots.add(theirs)
    return len(spots)


def _shared_spot(fix: Fix, away: float, evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    crowd = _crowd(fix, evidence, limits)
    if crowd and away > 0:
        says = f"{crowd} other customers of the day, who are elsewhere, were told from the same spot."
        yield Signal(ONE_SPOT, min(1.0, 0.5 + crowd / 4), says, {"customers": crowd})
    start, there = evidence.start, evidence.customer
    if (
        start is None
        or there is None
        or _left_from_there(fix, evidence)
        or near(start, there, evidence.radius_m + limits.apart_m)
    ):
        return
    if away > 0 and near(fix.spot, start, limits.same_spot_m * 2 + min(fix.accuracy_m or 0.0, _COARSE_M)):
        yield Signal(AT_START, 1.0, "It was told from where the rep's days start.")


def _pin(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    there = evidence.customer
    fixes = [each.fix for each in evidence.told if each.fix]
    if there is None or len(fixes) < 2:
        return
    apart = [metres_between(fix.spot, there) for fix in fixes]
    if len({fix.spot for fix in fixes}) == 1 and max(apart) > _EXACTLY_M:
        return  # one fix, told twice
    if max(apart) <= limits.pin_m:
        says = (
            f"All its positions are within {max(apart):.1f} m of the stored one; real ones scatter by several metres."
        )
        yield Signal(ON_THE_PIN, 1.0, says, {"metres": round(max(apart), 2)})


def _left(evidence: Evidence, away: float) -> Iterator[Signal]:
    left: Told | None = evidence.first(EventKind.CHECK_OUT)
    if away > 0 or left is None or left.fix is None or evidence.customer is None:
        return
    beyond = _beyond(left.fix, evidence)
    if beyond > 0:
        distance = metres_between(left.fix.spot, evidence.customer)
        says = f"The check-out was told {distance:.0f} m from the customer."
        yield Signal(LEFT_ELSEWHERE, 1.0, says, {"distance_m": round(distance)})
