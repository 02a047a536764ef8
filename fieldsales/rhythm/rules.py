"""Each customer's rhythm of ordering, and how odd the present silence is.

The gaps between a customer's orders follow an Erlang law of shape k, the same for all, with a rate of the customer's
own; rates are Gamma(a, b) distributed over customers. Old gaps count less: w = 2^(-age / 120 days). Then

    A = a + k Σw      B = b + k Σ(w·gap)      S(g) = I_x(A, k),  x = B / (B + k·g)

is the chance that an active customer stays away for longer than g (a gamma-renewal model with discounted history and
empirical-Bayes shrinkage). With k whole, the incomplete beta function is a sum of k terms. k, a and b come from the
moments of all customers' gaps.

Time runs on the market's clock: a day on which everybody orders little counts for little, so that a holiday or a slack
season is not taken for silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from fieldsales.history.rules import History, Ints, runs

Floats = npt.NDArray[np.float64]

WINDOW_DAYS = 730
HALF_LIFE_DAYS = 120.0
MOST_REGULAR = 5
"""The largest k: buyers are a little less regular than their past says (measured; see the docs of anomalies)."""

_CALM_ORDERS = 5.0
"""Orders a day under which the market's clock says little and the calendar is followed instead."""

_SHORTEST_GAP = 0.25
_SURE_WEIGHT = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Rhythms:
    """By customer, in the order of the history.

    Attributes:
        gaps: Discounted number of gaps known; 0 for who ordered at most once.
        mean_days: Discounted mean gap in calendar days; 0 without gaps.
        spread_days: Its standard deviation in days.
        silent_days: Calendar days since the last order; 0 for who never ordered.
        chance: Chance that an active customer would be silent for as long as now, S(r); 1 for who never ordered.
    """

    gaps: Floats
    mean_days: Floats
    spread_days: Floats
    silent_days: Ints
    chance: Floats


def rhythms(history: History, as_of: date) -> Rhythms:
    """Return every customer's rhythm from the orders of the two years before a day."""
    start, today = (as_of - timedelta(days=WINDOW_DAYS)).toordinal(), as_of.toordinal()
    inside = history.ordered & (history.day >= start) & (history.day < today)
    who, day = history.who[inside], history.day[inside]
    clock = market_clock(day - start, WINDOW_DAYS)
    gap_who, gap_days, gap_time, weight = _gaps(who, day, clock, start, today)
    size = len(history)
    total: Floats = np.bincount(gap_who, weight, size).astype(np.float64)
    mean_days, spread_days = _mean_and_spread(gap_who, gap_days, weight, total)
    last = np.zeros(size, dtype=np.int64)
    ends = runs(who)[1] - 1
    last[who[ends]] = day[ends]
    ever = last > 0
    silent_time = np.where(ever, clock[-1] - clock[np.where(ever, last, start) - start], 0.0)
    mean_time, spread_time = _mean_and_spread(gap_who, gap_time, weight, total)
    chance = _chance(silent_time, total, mean_time, spread_time)
    return Rhythms(total, mean_days, spread_days, np.where(ever, today - last, 0), np.where(ever, chance, 1.0))


def market_clock(order_days: Ints, days: int) -> Floats:
    """Return the market's time at the start of each of `days` + 1 days; on average it advances by 1 a day.

    `order_days` are the days (0 the first) of all orders. With few orders it is the calendar.
    """
    orders = np.bincount(order_days, minlength=days).astype(np.float64)
    pace = (orders + _CALM_ORDERS) / (orders.mean() + _CALM_ORDERS)
    return np.concatenate([[0.0], np.cumsum(pace)])


def survival(gap: Floats, a: Floats, b: Floats, shape: int) -> Floats:
    """Return S(g) = I_x(a, k) with x = b / (b + k·g), for k = `shape` a whole number (Abramowitz and Stegun 26.5.5)."""
    x = b / (b + shape * gap)
    term = np.ones_like(x)
    total = np.ones_like(x)
    for number in range(1, shape):
        term = term * (1 - x) * (a + number - 1) / number
        total = total + term
    return np.clip(np.exp(a * np.log(x)) * total, 0.0, 1.0)


def _gaps(who: Ints, day: Ints, clock: Floats, start: int, today: int) -> tuple[Ints, Floats, Floats, Floats]:
    same = who[1:] == who[:-1]
    before, after = day[:-1][same], day[1:][same]
    time = np.maximum(clock[after - start] - clock[before - start], _SHORTEST_GAP)
    return (
        who[1:][same],
        (after - before).astype(np.float64),
        time,
        (2.0 ** (-np.arange(WINDOW_DAYS + 1) / HALF_LIFE_DAYS))[today - after],
    )


def _mean_and_spread(who: Ints, gap: Floats, weight: Floats, total: Floats) -> tuple[Floats, Floats]:
    safe = np.maximum(total, 1e-9)
    mean = np.bincount(who, weight * gap, len(total)) / safe
    variance = np.bincount(who, weight * (gap - mean[who]) ** 2, len(total)) / safe
    return mean, np.sqrt(variance)


def _chance(silence: Floats, total: Floats, mean: Floats, spread: Floats) -> Floats:
    """S(r) for each customer, with k, a and b from the moments of those whose rhythm is well known."""
    known = (total >= min(_SURE_WEIGHT, float(total.max(initial=0.0)))) & (mean > 0)
    if not known.any():
        return np.ones_like(silence)
    variation = float(np.median((spread[known] / mean[known]) ** 2))
    shape = int(np.clip(round(1 / max(variation, 1e-9)), 1, MOST_REGULAR))
    rates = 1 / mean[known]
    a = float(rates.mean() ** 2 / max(rates.var(), 0.05 * rates.mean() ** 2))
    b = a / float(rates.mean())
    return survival(silence, a + shape * total, b + shape * total * mean, shape)
