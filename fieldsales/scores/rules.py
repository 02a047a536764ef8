"""Every customer's three chances, with the evidence in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np

from fieldsales.anomalies.rules import percent, plunges
from fieldsales.history.rules import History
from fieldsales.plunges.rules import chance_of_smaller_orders, fewer_orders
from fieldsales.rhythm.rules import Floats, Rhythms, rhythms
from fieldsales.silence.rules import chance_of_silence

LIKELY = 0.5
"""From what chance on the evidence speaks of a plunge."""

COLUMNS = ("customer", "p_silent", "p_amount_plunge", "p_count_plunge", "at_risk", "evidence")


@dataclass(frozen=True, slots=True)
class Score:
    """What a customer's orders say of the days to come.

    `p_silent` is the chance that it orders nothing within the horizon, the other two that its orders have fallen to
    less than half, in amount and in number. `at_risk_minor` is what a month with it is worth, in minor units.
    """

    place: int
    p_silent: float
    p_amount_plunge: float
    p_count_plunge: float
    at_risk_minor: int
    evidence: str


def score(history: History, as_of: date, horizon: int) -> list[Score]:
    """Return the score of every customer who ordered in the two years before a day, the likeliest silent first."""
    with ThreadPoolExecutor(2) as hands:  # numpy lets two work at a time
        silence = hands.submit(chance_of_silence, history, as_of, horizon)
        amounts = hands.submit(chance_of_smaller_orders, history, as_of)
        numbers = hands.submit(fewer_orders, history, as_of)
        rhythm, month = rhythms(history, as_of), plunges(history, as_of, amounts=True)
        silent, smaller, (fewer, missing) = silence.result(), amounts.result(), numbers.result()
    told = _Told(rhythm, month.ratio, smaller, fewer, missing)
    ordered = np.flatnonzero(rhythm.silent_days > 0)
    order = ordered[np.lexsort((ordered, -month.expected[ordered], -silent[ordered]))]
    return [
        Score(
            int(at),
            float(silent[at]),
            float(smaller[at]),
            float(fewer[at]),
            max(0, round(float(month.expected[at]))),
            told.evidence(int(at)),
        )
        for at in order
    ]


def as_row(found: Score, names: Sequence[str], digits: int) -> tuple[str, ...]:
    """Return a score as the cells of `COLUMNS`; money in whole units of the file."""
    chances = (found.p_silent, found.p_amount_plunge, found.p_count_plunge)
    money = f"{found.at_risk_minor / 10**digits:.{digits}f}"
    return (names[found.place], *(f"{each:.9g}" for each in chances), money, found.evidence)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What evidence is told from."""

    rhythm: Rhythms
    ratio: Floats
    smaller: Floats
    fewer: Floats
    missing: Floats

    def evidence(self, at: int) -> str:
        """Say what the chances of a customer rest on."""
        parts = [self._silence(at)]
        if self.smaller[at] >= LIKELY:
            parts.append(f"{percent(float(self.ratio[at]))} of what 30 days usually bring")
        if self.fewer[at] >= LIKELY:
            parts.append(f"{self.missing[at]:.1f} orders fewer than usual")
        return "; ".join(parts)

    def _silence(self, at: int) -> str:
        days = int(self.rhythm.silent_days[at])
        last = "1 day ago" if days == 1 else f"{days} days ago"
        if self.rhythm.gaps[at] <= 0:
            return f"ordered once, {last}"
        mean, spread = self.rhythm.mean_days[at], self.rhythm.spread_days[at]
        chance = percent(float(self.rhythm.chance[at]))
        return (
            f"orders every {mean:.0f} ± {spread:.0f} days, last {last}; {chance} chance of such a gap if still active"
        )
