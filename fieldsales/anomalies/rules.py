"""Which customers' buying has changed: three alarms, each from the customer's own past and the market's.

*Churn risk.* The present silence is longer than an active customer of this rhythm would keep up by chance
(`rhythm.rules`): raised below `RARE_SILENCE`, if it is also as likely as `LIKELY_SILENCE` that nothing comes for the
next 60 days (`silence.rules`), so that a shop that often stays away and comes back is left alone. Kept while below
`ODD_SILENCE`.

*Amount plunge, order-count plunge.* Raised when it is likelier than not (`LIKELY`) that orders have fallen to less than
half, in amount or in number (`plunges.rules`), and less than `SHORT` of what was to be expected of the last 30 days
came; kept while less than `RECOVERED` comes. That expectation is the customer's own mean block of 30 days, of the six
before, times what the whole market did in each block, so that a season or a trend that all share raises nothing.

A silent customer is a churn risk only: the plunge that silence brings is not a second alarm.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.history.rules import History
from fieldsales.money import Money
from fieldsales.plunges.rules import chance_of_fewer_orders, chance_of_smaller_orders
from fieldsales.rhythm.rules import Floats, Rhythms, rhythms
from fieldsales.silence.rules import chance_of_silence

# Set so that about one healthy shop in twenty raises each alarm within 90 days, where a wholesaler's outlets are looked
# at every day of a year and a half (docs/benchmarks.md, “Two years replayed”).
RARE_SILENCE, ODD_SILENCE, LIKELY_SILENCE = 0.02, 0.10, 0.15
LIKELY, SHORT, RECOVERED = 0.5, 0.6, 0.75
BLOCK_DAYS, BLOCKS = 30, 6
LEAST_ORDERS = 6
"""Order days that the year, and for a plunge the baseline, must hold before an alarm means anything."""

HISTORY_DAYS = 730
HORIZON_DAYS = 60
"""How far the chance of a churn risk looks ahead."""

_CALM_MARKET = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One customer's change of one kind. `raised` False: it would not open an alarm, but keeps one open.

    `probability` is the chance that it orders nothing for `HORIZON_DAYS`, or that its orders have fallen to less than
    half. `at_risk_minor` is money a month; `evidence` is the numbers behind the sentence in `reason`.
    """

    customer_id: uuid.UUID
    kind: AnomalyKind
    raised: bool
    reason: str
    at_risk_minor: int
    evidence: dict[str, Any]
    probability: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plunge:
    """By customer: what came in the recent block, and what was expected."""

    recent: Floats
    expected: Floats

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
    chance = chance_of_silence(history, as_of, HORIZON_DAYS)
    found = [_churn(history, int(who), rhythm, amount, chance) for who in np.flatnonzero(silent)]
    gone = silent & (rhythm.chance < RARE_SILENCE)
    based = _order_days_of_baseline(history, as_of) >= LEAST_ORDERS
    missing = np.maximum(amount.expected - amount.recent, 0)
    for kind, plunge, fallen in (
        (AnomalyKind.AMOUNT_PLUNGE, amount, chance_of_smaller_orders(history, as_of)),
        (AnomalyKind.COUNT_PLUNGE, count, chance_of_fewer_orders(history, as_of)),
    ):
        low = based & ~gone & (plunge.ratio < RECOVERED)
        found += [
            _plunged(history, int(who), kind, plunge, missing=missing, fallen=fallen) for who in np.flatnonzero(low)
        ]
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
    return Plunge(blocks[:, -1], level * factor[-1])


def _blocks(history: History, as_of: date, *, amounts: bool) -> Floats:
    """Sums of each customer in the six blocks of the baseline and the recent one, oldest first."""
    first = as_of.toordinal() - BLOCK_DAYS * (BLOCKS + 1)
    inside = (history.day >= first) & (history.day < as_of.toordinal()) & (history.ordered | amounts)
    place = history.who[inside] * (BLOCKS + 1) + (history.day[inside] - first) // BLOCK_DAYS
    measure = history.amount[inside] if amounts else None
    return np.bincount(place, measure, len(history) * (BLOCKS + 1)).reshape(-1, BLOCKS + 1).astype(np.float64)


def _order_days_of_baseline(history: History, as_of: date) -> Floats:
    until = as_of - timedelta(days=BLOCK_DAYS)
    return history.order_days(until - timedelta(days=BLOCK_DAYS * BLOCKS), until).astype(np.float64)


def _churn(history: History, who: int, rhythm: Rhythms, amount: Plunge, silence: Floats) -> Finding:
    mean, spread, silent = rhythm.mean_days[who], rhythm.spread_days[who], int(rhythm.silent_days[who])
    chance = float(rhythm.chance[who])
    return Finding(
        customer_id=history.customers[who],
        kind=AnomalyKind.CHURN_RISK,
        raised=chance < RARE_SILENCE and float(silence[who]) >= LIKELY_SILENCE,
        reason=(
            f"orders every {mean:.0f} ± {spread:.0f} days, last {silent} days ago; "
            f"{percent(chance)} chance of such a gap if still active"
        ),
        at_risk_minor=round(float(amount.expected[who])),
        evidence={
            "mean_gap_days": round(float(mean), 1),
            "gap_spread_days": round(float(spread), 1),
            "silent_days": silent,
            "chance_if_active": round(chance, 5),
        },
        probability=round(float(silence[who]), 4),
    )


def _plunged(
    history: History, who: int, kind: AnomalyKind, plunge: Plunge, *, missing: Floats, fallen: Floats
) -> Finding:
    recent, expected = float(plunge.recent[who]), float(plunge.expected[who])
    ratio, chance = float(plunge.ratio[who]), round(float(fallen[who]), 4)
    return Finding(
        customer_id=history.customers[who],
        kind=kind,
        raised=chance >= LIKELY and ratio < SHORT,
        reason=(
            f"{_amount(recent, kind, history.currencies[who])} in the last 30 days, "
            f"{_amount(expected, kind, history.currencies[who])} expected from the 180 days before and the season "
            f"(−{percent(1 - ratio)})"
        ),
        at_risk_minor=round(float(missing[who])),
        evidence={
            "recent": round(recent, 1),
            "expected": round(expected, 1),
            "ratio": round(ratio, 3),
        },
        probability=chance,
    )


def _amount(value: float, kind: AnomalyKind, currency: str) -> str:
    if kind is AnomalyKind.AMOUNT_PLUNGE:
        return str(Money(round(value), currency))
    days = f"{value:.0f}" if value == round(value) else f"{value:.1f}"
    return f"{days} order {'day' if days == '1' else 'days'}"


def percent(part: float) -> str:
    """Say a part of one as a person would: “0.4 %”, “12 %”."""
    return f"{part * 100:.0f} %" if part >= 0.1 else f"{part * 100:.1f} %" if part >= 0.0005 else "under 0.1 %"
