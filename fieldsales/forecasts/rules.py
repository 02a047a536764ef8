"""Where a target's period will end, from what was reached so far.

Two methods, and the answer says which. `usual_shape`: in each earlier period some share of its whole had come by the
same share of its working days; the mean of these shares is what is usual, and the end is what was reached divided by
it. It needs `FEWEST` earlier periods, and a share of at least `LEAST_SHARE`, as dividing by less says nothing.
`working_days` is used otherwise: every working day that is left brings what those that are over brought in the mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

FEWEST = 3
LEAST_SHARE = 0.1
PERIODS = 6
"""So many earlier periods are looked at."""


@dataclass(frozen=True, slots=True)
class WorkDays:
    """How many working days of a period are over, and how many are left; of a team the days of all its reps."""

    done: int
    left: int

    @property
    def share(self) -> Fraction:
        """The share that is over."""
        return Fraction(self.done, self.done + self.left) if self.done + self.left else Fraction(0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a period comes to at its end, and how that was found.

    `method` is `usual_shape`, `working_days`, `over` (the period has ended) or `not_begun` (no working day is over;
    `end` is None). `usual_bp` is the share of a period that has usually come by now, in basis points.
    """

    end: int | None
    method: str
    usual_bp: int | None = None
    periods: int = 0

    def told(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {"end": self.end, "method": self.method, "usual_bp": self.usual_bp, "periods": self.periods}


def forecast(reached: int, days: WorkDays, shares: Sequence[float]) -> Forecast:
    """Return the end of a period of which `reached` has come. `shares` are those of earlier periods by now."""
    if days.left == 0 and days.done:
        return Forecast(reached, "over")
    if days.done == 0:
        return Forecast(None, "not_begun")
    usual = sum(shares) / len(shares) if shares else 0.0
    if len(shares) >= FEWEST and usual >= LEAST_SHARE:
        return Forecast(round(reached / usual), "usual_shape", round(usual * 10_000), len(shares))
    return Forecast(round(reached / days.share), "working_days", round(days.share * 10_000))


def share_by(series: Mapping[date, int], workdays: Sequence[date], share: Fraction) -> float | None:
    """Return the share of a period's whole that had come when `share` of its working days were over.

    None where nothing came in it, or more went back than came. What came on a day off counts with the day before.
    """
    whole = sum(series.values())
    if whole <= 0 or not workdays:
        return None
    over = round(share * len(workdays))
    if over == 0:
        return 0.0
    until = workdays[over] if over < len(workdays) else max([*series, *workdays]) + timedelta(days=1)
    return min(max(sum(value for day, value in series.items() if day < until) / whole, 0.0), 1.0)


def pace_bp(reached: int, value: int, usual: Fraction) -> int | None:
    """Return what was reached in basis points of what is due by now; None where nothing is due yet."""
    due = value * usual
    return round(reached * 10_000 / due) if due else None
