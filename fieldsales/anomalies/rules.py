"""Which customers' buying has changed: three alarms, each from the customer's own past and the market's.

*Churn risk.* The present silence is longer than an active customer of this rhythm would keep up by chance
(`rhythm.rules`): raised below `RARE_SILENCE`, kept while below `ODD_SILENCE`.

*Amount plunge, order-count plunge.* The last 30 days (the recent block) stand against the 180 days before them, cut
into six blocks of 30. A block's expectation is the customer's own mean block times what the whole market did in that
block, so that a season or a trend that all share raises nothing. The customer's own swings, shrunk towards what is
usual for customers alike, say how many standard deviations below its past the recent block lies (on square roots,
which makes counts and amounts of any size comparable). Raised when at most half of the expectation came and the
deviation is beyond `FAR_BELOW`; kept while less than `RECOVERED` of it came.

A silent customer is a churn risk only: the plunge that silence brings is not a second alarm.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.history.rules import History
from fieldsales.money import Money
from fieldsales.rhythm.rules import Floats, Rhythms, rhythms

# Set so that about one healthy shop in twenty raises each alarm within 90 days on five years of a wholesaler's orders.
RARE_SILENCE, ODD_SILENCE = 0.02, 0.10
FAR_BELOW = {AnomalyKind.AMOUNT_PLUNGE: 3.0, AnomalyKind.COUNT_PLUNGE: 3.4}
HALF, RECOVERED = 0.5, 0.75
BLOCK_DAYS, BLOCKS = 30, 6
LEAST_ORDERS = 6
"""Order days that the year, and for a plunge the baseline, must hold before an alarm means anything."""

HISTORY_DAYS = 730
_SHRINK = 5.0
_CALM_MARKET = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One customer's change of one kind. `raised` False: it would not open an alarm, but keeps one open.

    `at_risk_minor` is money a month; `evidence` is the numbers behind the sentence in `reason`.
    """

    customer_id: uuid.UUID
    kind: AnomalyKind
    raised: bool
    reason: str
    at_risk_minor: int
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Plunge:
    """By customer: what came in the recent block, what was expected, and how far below it lies."""

    recent: Floats
    expected: Floats
    deviations: Floats

    @property
    def ratio(self) -> Floats:
        """The part of the expectation that came; 1 where nothing was expected."""
        return np.where(self.expected > 0, self.recent / np.maximum(self.expected, 1e-9), 1.0)


def find_anomalies(history: History, as_of: date) -> list[Finding]:
    """Return the changes of all customers as seen on the morning of a day, from the two years before it."""
    year = history.order_days(as_of - timedelta(days=365), as_of)
    amount, count = plunges(history, as_of, amounts=True), plunges(history, as_of, amounts=False)
    rhythm = rhythms(history, as_of)
    silent = (year >= LEAST_ORDERS) & (rhythm.silent_days > rhythm.mean_days) & (rhythm.chance < ODD_SILENCE)
    found = [_churn(history, int(who), rhythm, amount) for who in np.flatnonzero(silent)]
    gone = silent & (rhythm.chance < RARE_SILENCE)
    based = _order_days_of_baseline(history, as_of) >= LEAST_ORDERS
    for kind, plunge in ((AnomalyKind.AMOUNT_PLUNGE, amount), (AnomalyKind.COUNT_PLUNGE, count)):
        low = based & ~gone & (plunge.ratio < RECOVERED)
        missing = np.maximum(amount.expected - amount.recent, 0)
        found += [_plunged(history, int(who), kind, plunge, missing) for who in np.flatnonzero(low)]
    return found


def plunges(history: History, as_of: date, *, amounts: bool) -> Plunge:
    """Compare each customer's last 30 days with the 180 before, in money or in order days."""
    blocks = _blocks(history, as_of, amounts=amounts)
    market = blocks.sum(axis=0)
    base = market[:-1].mean()
    # Few customers make no market: the factor then stays near 1.
    orders = blocks if not amounts else _blocks(history, as_of, amounts=False)
    trust = orders[:, :-1].sum() / (orders[:, :-1].sum() + _CALM_MARKET * BLOCKS)
    factor = 1 + trust * (market / base - 1) if base > 0 else np.ones(BLOCKS + 1)
    factor = np.maximum(factor, 0.05)
    level = (blocks[:, :-1] / factor[:-1]).mean(axis=1)
    expected = level * factor[-1]
    roots = np.sqrt(np.maximum(blocks, 0) / np.maximum(level[:, None] * factor, 1e-9))
    own = roots[:, :-1].var(axis=1, ddof=1)
    spread = np.sqrt(_shrunk(own, orders[:, :-1].mean(axis=1)) * (1 + 1 / BLOCKS))
    deviations = np.where(expected > 0, (roots[:, -1] - roots[:, :-1].mean(axis=1)) / spread, 0.0)
    return Plunge(blocks[:, -1], expected, deviations)


def _blocks(history: History, as_of: date, *, amounts: bool) -> Floats:
    """Sums of each customer in the six blocks of the baseline and the recent one, oldest first."""
    edges = [as_of - timedelta(days=BLOCK_DAYS * back) for back in range(BLOCKS + 1, -1, -1)]
    measure = history.revenue if amounts else history.order_days
    spans = pairwise(edges)
    return np.stack([measure(since, until).astype(np.float64) for since, until in spans], axis=1)


def _shrunk(own: Floats, orders: Floats) -> Floats:
    """Variances shrunk to that of customers who order as often: the roots of few orders swing more, as 1 / orders."""
    often = orders * BLOCKS >= LEAST_ORDERS
    typical = float(np.median((own * orders)[often])) if often.any() else 0.25
    prior = max(typical, 0.05) / np.maximum(orders, 1 / BLOCKS)
    return ((BLOCKS - 1) * own + _SHRINK * prior) / (BLOCKS - 1 + _SHRINK)


def _order_days_of_baseline(history: History, as_of: date) -> Floats:
    until = as_of - timedelta(days=BLOCK_DAYS)
    return history.order_days(until - timedelta(days=BLOCK_DAYS * BLOCKS), until).astype(np.float64)


def _churn(history: History, who: int, rhythm: Rhythms, amount: Plunge) -> Finding:
    mean, spread, silent = rhythm.mean_days[who], rhythm.spread_days[who], int(rhythm.silent_days[who])
    chance = float(rhythm.chance[who])
    return Finding(
        customer_id=history.customers[who],
        kind=AnomalyKind.CHURN_RISK,
        raised=chance < RARE_SILENCE,
        reason=(
            f"orders every {mean:.0f} ± {spread:.0f} days, last {silent} days ago; "
            f"{_percent(chance)} chance of such a gap if still active"
        ),
        at_risk_minor=round(float(amount.expected[who])),
        evidence={
            "mean_gap_days": round(float(mean), 1),
            "gap_spread_days": round(float(spread), 1),
            "silent_days": silent,
            "chance_if_active": round(chance, 5),
        },
    )


def _plunged(history: History, who: int, kind: AnomalyKind, plunge: Plunge, missing: Floats) -> Finding:
    recent, expected = float(plunge.recent[who]), float(plunge.expected[who])
    ratio, deviations = float(plunge.ratio[who]), float(plunge.deviations[who])
    return Finding(
        customer_id=history.customers[who],
        kind=kind,
        raised=ratio <= HALF and deviations <= -FAR_BELOW[kind],
        reason=(
            f"{_amount(recent, kind, history.currencies[who])} in the last 30 days, "
            f"{_amount(expected, kind, history.currencies[who])} expected from the 180 days before and the season "
            f"(−{_percent(1 - ratio)})"
        ),
        at_risk_minor=round(float(missing[who])),
        evidence={
            "recent": round(recent, 1),
            "expected": round(expected, 1),
            "ratio": round(ratio, 3),
            "deviations": round(deviations, 2),
        },
    )


def _amount(value: float, kind: AnomalyKind, currency: str) -> str:
    if kind is AnomalyKind.AMOUNT_PLUNGE:
        return str(Money(round(value), currency))
    return f"{value:.0f} order days" if value == round(value) else f"{value:.1f} order days"


def _percent(part: float) -> str:
    return f"{part * 100:.0f} %" if part >= 0.1 else f"{part * 100:.1f} %" if part >= 0.0005 else "under 0.1 %"
