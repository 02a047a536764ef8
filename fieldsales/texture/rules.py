"""What the texture of fixes says: real ones scatter, and each scatters much as the one before it.

The error of a satellite fix comes from reflections and the air, which change over minutes: it is a first-order
Gauss-Markov process rather than noise (e.g. Rankin, "An error model for sensor simulation: GPS and differential GPS",
PLANS 1994). Apps that make positions up throw a new error for every fix, or none; recordings repeat themselves to the
last digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

from fieldsales.evidence.rules import Evidence, Fix, Limits, Signal, flat_metres
from fieldsales.retracing.rules import retraced
from fieldsales.stays.rules import middle

FROZEN = "frozen_fixes"
REPLAYED = "replayed_track"
MADE_UP = "fixes_without_memory"
SAME_ACCURACY = "accuracy_never_changes"
RETRACED = "retraced_track"
_LEAST_DOORS = 10
_LEAST_FROZEN = 6
_LEAST_PAIRS = 60
_AROUND = timedelta(hours=2)
_SAME_PACE = 0.01
_STEADY = timedelta(seconds=150)
_STEP_M = 60.0
_EDGE = 2


def signals(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    """Tell what is odd about the fixes themselves."""
    if evidence.repeated >= limits.repeated_fixes:
        says = f"{evidence.repeated} of {evidence.compared} positions are those of an earlier day to the last digit."
        strength = min(1.0, 2 * evidence.repeated / max(1, evidence.compared))
        yield Signal(REPLAYED, strength, says, {"repeated": evidence.repeated, "compared": evidence.compared})
    yield from _retraced(evidence, limits)
    yield from _frozen(evidence)
    yield from _same_accuracy(evidence)
    found = _memory_of(evidence.track)
    if found is not None and found < limits.memory:
        says = (
            f"The errors of the day's positions have nothing to do with each other ({found:.2f}): an app makes them up."
        )
        yield Signal(MADE_UP, 1.0, says, {"correlation": round(found, 2)})


def _retraced(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    """The way to the visit and on from it was driven as on an earlier day, second by second."""
    if not evidence.told or not evidence.formers:
        return
    since, until = evidence.told[0].at - _AROUND, evidence.told[-1].at + _AROUND
    part = [fix for fix in evidence.track if since <= fix.at <= until]
    found, what = retraced(part, evidence.formers, limits), "legs and pauses"
    if found is None or found.share < limits.retraced_share:
        found, what = retraced(evidence.track, evidence.formers, limits, pauses=False), "legs of the day"
        if found is None or found.share < limits.retraced_legs:
            return
    whose = "the rep" if found.own else "another rep"
    times = "" if abs(found.pace - 1) < _SAME_PACE else f" times {found.pace:.2f}"
    says = f"{found.alike} of {found.stretches} {what} took to the second as long as they took {whose} on {found.day}"
    facts: dict[str, float | int | str] = {"alike": found.alike, "stretches": found.stretches, "day": str(found.day)}
    yield Signal(RETRACED, 1.0, f"{says}{times}.", facts)


def _frozen(evidence: Evidence) -> Iterator[Signal]:
    """Most fixes of the day are the same ones: a phone that dozes repeats a fix, but it also wakes."""
    sure = [fix for fix in evidence.track if (fix.accuracy_m or 0.0) < 100]
    if len(sure) < _LEAST_FROZEN * 4:
        return
    different = len({fix.spot for fix in sure})
    if different * _LEAST_FROZEN <= len(sure):
        says = f"{len(sure)} positions of the day are {different} different ones, each repeated to the last digit."
        yield Signal(FROZEN, 1.0, says, {"fixes": len(sure), "different": different})


def _same_accuracy(evidence: Evidence) -> Iterator[Signal]:
    """Doors differ: some are under the sky, some between walls. Also phones that know four accuracies tell several.

    A phone that never told others (its app may not pass them on) is no suspect for that.
    """
    if not evidence.varied:
        return
    fixes = [*(each.fix for each in evidence.neighbours), *(each.fix for each in evidence.told if each.fix)]
    told = {fix.accuracy_m for fix in fixes}
    if len(fixes) >= _LEAST_DOORS and len(told) == 1 and None not in told:
        says = f"At all doors of the day ({len(fixes)} positions) the phone was equally sure, to the last digit."
        yield Signal(SAME_ACCURACY, 1.0, says, {"positions": len(fixes)})


@lru_cache(maxsize=16)  # all visits of a day share its track
def _memory_of(track: tuple[Fix, ...]) -> float | None:
    return memory(track)


def memory(track: Sequence[Fix]) -> float | None:
    """Return how much the error of a phone at rest has to do with the one before it: lag-one autocorrelation, -1 to 1.

    Over all runs of the track in which it stands; None where there are too few of them. Repeated fixes are left out:
    they are no measurements. One standard error is added: in doubt the phone is believed.
    """
    products = squares = 0.0
    pairs = 0
    for run in _resting(track):
        centre = (sum(fix.latitude for fix in run) / len(run), sum(fix.longitude for fix in run) / len(run))
        errors = [flat_metres(fix.spot, centre) for fix in run]
        products += sum(one[0] * two[0] + one[1] * two[1] for one, two in pairwise(errors))
        squares += sum(x * x + y * y for x, y in errors) * (len(run) - 1) / len(run)
        # A mean that is fitted to n values draws the estimate down by about 1/n (Kendall, Biometrika 1954).
        products += sum(x * x + y * y for x, y in errors) / len(run)
        pairs += len(run) - 1
    if pairs < _LEAST_PAIRS or squares <= 0:
        return None
    return products / squares + 1 / math.sqrt(2 * pairs)


def _resting(track: Sequence[Fix]) -> Iterator[list[Fix]]:
    run: list[Fix] = []
    for fix in track:
        if run and fix.spot == run[-1].spot:
            continue
        if run and (fix.at - run[-1].at > _STEADY or _away(fix, run)):
            yield from _settled(run)
            run = []
        run.append(fix)
    yield from _settled(run)


def _settled(run: list[Fix]) -> Iterator[list[Fix]]:
    """A run without its ends, at which the phone was on its way."""
    if len(run) >= 2 * _EDGE + 3:
        yield run[_EDGE:-_EDGE]


def _away(fix: Fix, run: Sequence[Fix]) -> bool:
    east, north = flat_metres(fix.spot, middle(run[-7:]))
    return east * east + north * north > max(_STEP_M, 2 * min(fix.accuracy_m or 0.0, 100.0)) ** 2
