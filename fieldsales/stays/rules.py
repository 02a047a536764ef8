"""Where a phone stood still, read off its track.

Stay points after Li, Zheng, Xie, Chen, Liu and Ma, "Mining user similarity based on location history" (ACM GIS 2008):
a stay is a run of fixes within a radius of its middle that lasts long enough. Here the middle is a running median, so
that one fix thrown across the street by a reflection ends no stay.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from fieldsales.evidence.rules import Fix, Spot, flat_metres

RADIUS_M = 80.0
LEAST_S = 180.0
STRAYS = 2
"""So many fixes in a row may lie outside before a stay is over."""
USEFUL_M = 250.0
"""Fixes less sure than this say nothing about standing still."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A phone stood at a spot from a moment to a moment, told by `fixes` of its track."""

    since: datetime
    until: datetime
    spot: Spot
    fixes: int

    @property
    def seconds(self) -> float:
        """How long."""
        return (self.until - self.since).total_seconds()


def stays(track: Sequence[Fix], radius_m: float = RADIUS_M, least_s: float = LEAST_S) -> list[Stay]:
    """Return the stays of a track in order; `track` is by moment."""
    useful = [fix for fix in track if (fix.accuracy_m or 0.0) <= USEFUL_M]
    found, at = [], 0
    while at < len(useful):
        run = _run(useful, at, radius_m)
        if (run[-1].at - run[0].at).total_seconds() >= least_s:
            found.append(Stay(run[0].at, run[-1].at, middle(run), len(run)))
            at = useful.index(run[-1], at) + 1
        else:
            at += 1
    return found


def middle(fixes: Sequence[Fix]) -> Spot:
    """Return the median of some fixes, which a few strays do not move."""
    return median(fix.latitude for fix in fixes), median(fix.longitude for fix in fixes)


def _run(track: Sequence[Fix], start: int, radius_m: float) -> list[Fix]:
    run, astray = [track[start]], 0
    centre = track[start].spot
    for fix in track[start + 1 :]:
        if math.hypot(*flat_metres(fix.spot, centre)) <= radius_m + (fix.accuracy_m or 0.0):
            run.append(fix)
            astray = 0
            centre = middle(run[-15:])
        else:
            astray += 1
            if astray > STRAYS:
                break
    return run


def seconds_near(track: Sequence[Fix], spot: Spot, radius_m: float, longest_gap_s: float = 300.0) -> float:
    """Return for how long a track was within a radius of a spot; between two fixes further apart than the gap no time
    is counted."""
    total, before = 0.0, None
    for fix in track:
        here = math.hypot(*flat_metres(fix.spot, spot)) <= radius_m + min(fix.accuracy_m or 0.0, USEFUL_M)
        if here and before is not None:
            passed = (fix.at - before).total_seconds()
            total += passed if passed <= longest_gap_s else 0.0
        before = fix.at if here else None
    return total
