"""How a phone sees where it is: errors that last for minutes, canyons, cold starts, walls, and phones that doze.

The error is a first-order Gauss-Markov process on top of a little noise. In canyons now and then a reflection throws a
fix far without the phone's knowing; indoors it drifts; a cold start or a mast instead of satellites gives coarse fixes.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.evidence.town import Plane, on_earth
from fieldsales.evidence.rules import Fix

MORNING = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
_SIGMA = {"road": 6.0, "street": 9.0, "inside": 18.0, "canyon": 26.0}
_LASTS_S = {"road": 80.0, "street": 120.0, "inside": 240.0, "canyon": 150.0}


def moment(seconds: float) -> datetime:
    """Return a moment of the day, to the millisecond."""
    return MORNING + timedelta(milliseconds=round(seconds * 1000))


@dataclass
class Receiver:
    """One phone's receiver. `apple` rounds its accuracies; `dozes` repeats the last fix while it lies still."""

    dice: random.Random
    apple: bool = field(init=False)
    dozes: bool = field(init=False)
    _error: Plane = (0.0, 0.0)
    _at: float = -1e9
    _last: Fix | None = None

    def __post_init__(self) -> None:
        self.apple, self.dozes = self.dice.random() < 0.4, self.dice.random() < 0.3

    def fix(self, seconds: float, where: Plane, surroundings: str, *, first: bool = False) -> Fix:
        """Return what the phone says when it is asked (`first`: after it slept)."""
        dice = self.dice
        resting = surroundings in ("inside", "canyon") and abs(seconds - self._at) < 200
        if self.dozes and resting and not first and self._last and dice.random() < 0.6:
            self._last = Fix(moment(seconds), *self._last.spot, self._last.accuracy_m)
            return self._last
        if first and dice.random() < 0.07:
            return self._coarse(seconds, where)
        sigma = _SIGMA[surroundings] * math.exp(dice.gauss(0, 0.15))
        keep = math.exp(-abs(seconds - self._at) / _LASTS_S[surroundings])
        fresh = sigma * math.sqrt(1 - keep * keep)
        self._error = self._error[0] * keep + dice.gauss(0, fresh), self._error[1] * keep + dice.gauss(0, fresh)
        self._at = seconds
        x, y = where[0] + self._error[0] + dice.gauss(0, 2), where[1] + self._error[1] + dice.gauss(0, 2)
        if surroundings == "canyon" and dice.random() < 0.08:
            far, turn = dice.uniform(60, 250), dice.uniform(0, math.tau)
            x, y = x + far * math.cos(turn), y + far * math.sin(turn)
        self._last = Fix(moment(seconds), *on_earth((x, y)), self._accuracy(sigma * 1.5))
        return self._last

    def _coarse(self, seconds: float, where: Plane) -> Fix:
        accuracy = math.exp(self.dice.uniform(math.log(100), math.log(1200)))
        sigma = accuracy / 1.5 * self.dice.uniform(0.6, 1.2)
        x, y = where[0] + self.dice.gauss(0, sigma), where[1] + self.dice.gauss(0, sigma)
        return Fix(moment(seconds), *on_earth((x, y)), round(accuracy, 1))

    def _accuracy(self, radius: float) -> float:
        told = radius * math.exp(self.dice.gauss(0, 0.3))
        if self.apple:
            return min((5.0, 10.0, 30.0, 65.0), key=lambda each: abs(math.log(each / told)))
        return round(told, 1)
