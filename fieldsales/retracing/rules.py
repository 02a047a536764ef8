"""Whether a day was driven like a former one: on the same line, at the same pace, with the same pauses.

A track that is played again with new errors still has the clock of the day on which it was recorded. Who drives the
same round twice is on the same line too, but never at the same seconds: lights, traffic and customers differ. So both
days are laid over each other in space, and what is compared is the time between the same two places: the time warping
of Sakoe and Chiba (IEEE ASSP 1978), whose slope is one number for a replay and wanders for honest days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fieldsales.evidence.rules import SURE_M, Fix, Former, Limits, Spot, flat_metres

STRETCH_M = 150.0
"""How far from one knot of a track to the next."""
MOVING_MPS, STEADY_S = 2.5, 190.0
"""Only where both days moved is it clear when they passed; over longer gaps nobody knows."""
BESIDE_M = 40.0
"""Whoever is further from the former line drives another one."""
LEAST_S = 3.0
TELLING = 2.0
"""A stretch tells something if its time is by so many tolerances not what it would take at the day's usual speed."""
PACES = (0.4, 2.5)

Line = NDArray[np.float64]
"""One row a fix: second, metres east, metres north."""


@dataclass(frozen=True, slots=True)
class Retraced:
    """So many of the stretches of a day were driven in the time of a former one, all at `pace` (1: as fast)."""

    alike: int
    stretches: int
    pace: float
    day: date
    own: bool

    @property
    def share(self) -> float:
        """The part of the stretches that are alike."""
        return self.alike / self.stretches


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From one knot to another: how many seconds it took, and by how many a replay may be off."""

    one: int
    two: int
    took: float
    tight: float
    pause: bool


def retraced(
    track: Sequence[Fix], formers: Sequence[Former], limits: Limits, *, pauses: bool = True
) -> Retraced | None:
    """Return the former day to whose clock a track keeps most; None where it is too short to say.

    Without `pauses` only the legs between them are compared: whoever plays a track again may stay longer at doors.
    """
    if not track:
        return None
    knots = _knots(_line(track, track[0].spot))
    stretches = [each for each in _stretches(knots, limits) if pauses or not each.pause]
    if len(stretches) < limits.retraced_stretches:
        return None
    found = [_alike(knots, stretches, each, _line(each.track, track[0].spot)) for each in formers]
    return max((each for each in found if each), key=lambda each: each.share, default=None)


def _line(track: Sequence[Fix], origin: Spot) -> Line:
    sure = [fix for fix in track if (fix.accuracy_m or 0.0) < SURE_M]
    return np.array([(fix.at.timestamp(), *flat_metres(fix.spot, origin)) for fix in sure]).reshape(-1, 3)


def _knots(line: Line) -> Line:
    """The fixes of a track on the move, a stretch away from the one before. Pauses lie between two of them."""
    moves = _moves(line)
    kept: list[int] = []
    for at in range(1, len(line) - 1):
        far = not kept or np.hypot(*(line[at, 1:] - line[kept[-1], 1:])) >= STRETCH_M
        if far and moves[at - 1] and moves[at]:
            kept.append(at)
    return line[kept]


def _moves(line: Line) -> NDArray[np.bool_]:
    """Whether a track moves between each fix and the next."""
    step = np.diff(line, axis=0)
    seconds = np.maximum(step[:, 0], 1.0)
    moving: NDArray[np.bool_] = (np.hypot(step[:, 1], step[:, 2]) / seconds >= MOVING_MPS) & (seconds <= STEADY_S)
    return moving


def _stretches(knots: Line, limits: Limits) -> list[_Stretch]:
    """The pauses and the legs between them that can tell something.

    At the day's usual speed every day looks like every other, as on a long road. So a leg counts only if its time is
    its own; and once, however many fixes it has.
    """
    if len(knots) < 2:
        return []
    gaps = np.diff(knots[:, 0])
    pauses: list[int] = np.flatnonzero(gaps > STEADY_S).tolist()
    edges = [0, *(edge for at in pauses for edge in (at, at + 1)), len(knots) - 1]
    pieces = [(one, two) for one, two in pairwise(edges) if two > one]
    far = np.hypot(*np.diff(knots, axis=0)[:, 1:].T)
    usual = float(np.median((far / gaps)[gaps <= STEADY_S])) if (gaps <= STEADY_S).any() else MOVING_MPS
    tight = max(LEAST_S, limits.retraced_m / usual)
    found = []
    for one, two in pieces:
        took = float(knots[two, 0] - knots[one, 0])
        if abs(took - far[one:two].sum() / usual) > TELLING * tight:
            found.append(_Stretch(one, two, took, tight, pause=bool(two == one + 1 and took > STEADY_S)))
    return found


def _alike(knots: Line, stretches: list[_Stretch], of: Former, former: Line) -> Retraced | None:
    if len(former) < 2:
        return None
    passed = _passages(knots, former)
    known = [each for each in stretches if passed[each.one] and passed[each.two]]
    ratios = [_nearest(passed[each.one], passed[each.two], each.took) / each.took for each in known]
    paces = [each for each in ratios if PACES[0] <= each <= PACES[1]]
    if not paces:
        return None
    pace = float(np.median(paces))
    alike = [
        each
        for each in known
        if abs(_nearest(passed[each.one], passed[each.two], pace * each.took) - pace * each.took) <= each.tight
    ]
    return Retraced(len(alike), len(stretches), pace, of.day, of.own)


def _nearest(one: list[float], two: list[float], wanted: float) -> float:
    """How long the former day took from one place to the next, of all its passages the likest."""
    return min((end - begin for begin in one for end in two), key=lambda took: abs(took - wanted))


def _passages(knots: Line, former: Line) -> list[list[float]]:
    """When a former day passed each knot: of every run of its segments that are near enough the nearest one."""
    begin, step = former[:-1], np.diff(former, axis=0)
    long = np.maximum((step[:, 1:] ** 2).sum(axis=1), 1e-6)
    to = knots[:, None, 1:] - begin[None, :, 1:]
    share = np.clip((to * step[None, :, 1:]).sum(axis=2) / long, 0.0, 1.0)
    apart = np.linalg.norm(to - share[:, :, None] * step[None, :, 1:], axis=2)
    when = begin[None, :, 0] + share * step[None, :, 0]
    apart[:, ~_moves(former)] = np.inf
    return [_of_knot(apart[at], when[at]) for at in range(len(knots))]


def _of_knot(apart: Line, when: Line) -> list[float]:
    close = np.flatnonzero(apart <= BESIDE_M)
    runs = np.split(close, np.flatnonzero(np.diff(close) > 1) + 1) if len(close) else []
    return [float(when[run[np.argmin(apart[run])]]) for run in runs]
