"""How likely it is that a customer's buying has fallen to less than half: in amounts, or in the number of orders.

Both watch the last `WATCHED_DAYS` days against what the customer did before them (old days count less), and add up
what speaks for a fall, day by day, so that a fall of any age within that span is seen.

*Amounts*, by Shiryaev's rule (1963, “On optimum methods in quickest detection problems”): with every order the odds
that the fall has come are multiplied by the likelihood of its amount after a fall to `FALLEN` against that of none,
each a Student law of three degrees of freedom around the customer's usual log amount, with a spread of its own that is
shrunk to that of all customers. What the same weeks of the year before were like for everybody is taken off first.

*Numbers*, by Page's cumulative sum (1954, “Continuous inspection schemes”): missing orders grow by the usual rate, less
the slack of 45 %, and fall by one with each order, never below zero: the log likelihood of a rate fallen to a quarter,
in units of log 4. Of two customers who miss as many it says more of the regular one, so it is divided by 0.6 and
the variation of the gaps.

Nothing here looks at what all customers did in the very weeks that are watched: a fall of many at once is seen.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from fieldsales.history.rules import Bools, History, Ints
from fieldsales.renewal.rules import Floats
from fieldsales.silence.rules import Past, past

WATCHED_DAYS = 90
WINDOW_DAYS = 730
FALLEN = 0.4
AMOUNT_HALF_LIFE, COUNT_HALF_LIFE = 270.0, 120.0
SLACK = 0.45
OF_A_MISSING_ORDER = float(np.log(4))
"""What a missing order adds to the log odds of a rate fallen to a quarter, if orders come at random."""

_STEADY = 0.6
"""Added to the variation of a customer's gaps: nobody is so regular that one missing order proves anything."""

BEFORE_IT_IS_LIKELY = 0.17
"""The odds of a customer who misses nothing. So that of healthy shops one in twenty passes an even chance in 90 days
(on four dates of a wholesaler's orders that takes 0.19, 0.16, 0.17 and 0.17)."""

RARELY = 0.01
"""How likely a fall is with each order, before anything is known."""

_FREEDOM = 3.0
_LIKE_ALL_AMOUNTS, _LIKE_ALL_GAPS = 6.0, 10.0
"""So many orders, or gaps, of all customers are added to the customer's own when its spread is reckoned."""

_LEAST_SPREAD = 0.25
"""Of log amounts: nobody's orders are so equal that one other order proves anything."""

_SEASON_DAYS = 15
_ENOUGH_FOR_A_SEASON = 50
_ORDERS_FOR_A_PAST = 3.0


def chance_of_smaller_orders(history: History, as_of: date) -> Floats:
    """Return for each customer the chance that its orders have fallen to less than half of their usual amount."""
    until = as_of.toordinal()
    inside = history.ordered & (history.amount > 0) & history.within(date.fromordinal(until - WINDOW_DAYS), as_of)
    who, day, amount = history.who[inside], history.day[inside], np.log(history.amount[inside])
    before = day < until - WATCHED_DAYS
    weight = _weights(until - WATCHED_DAYS - day, AMOUNT_HALF_LIFE)
    known: Floats = np.bincount(who, weight, len(history)).astype(np.float64)
    usual = np.bincount(who, weight * amount, len(history)) / np.maximum(known, 1e-9)
    off = amount - usual[who]
    spread = _spread(who, weight, off, known)
    recent = ~before & (known[who] >= _ORDERS_FOR_A_PAST)
    off = off - _season(day, off, before, until)
    evidence = _log_student((off - np.log(FALLEN)) / spread[who]) - _log_student(off / spread[who])
    odds = np.full(len(history), np.log(RARELY))
    for here, value in _in_turns(who[recent], evidence[recent]):
        odds[here] = np.logaddexp(odds[here], np.log(RARELY)) + value
    return np.asarray(1 / (1 + np.exp(-odds)))


def chance_of_fewer_orders(history: History, as_of: date) -> Floats:
    """Return for each customer the chance that it orders less than half as often as it did."""
    return fewer_orders(history, as_of)[0]


def fewer_orders(history: History, as_of: date) -> tuple[Floats, Floats]:
    """Return for each customer that chance, and how many orders less than usual came since it went worst."""
    known = past(history, as_of, WINDOW_DAYS)
    missing, weight = _missing(known)
    odds = np.log(BEFORE_IT_IS_LIKELY) + OF_A_MISSING_ORDER * missing / (_variation(known, weight) + _STEADY)
    return np.asarray(1 / (1 + np.exp(-odds))), missing


def _missing(known: Past) -> tuple[Floats, Floats]:
    """Missing orders by customer, and by row how much it counts in what is usual."""
    edge = known.until - WATCHED_DAYS
    before = known.day < edge
    weight = _weights(edge - known.day, COUNT_HALF_LIFE)
    decay = np.log(2) / COUNT_HALF_LIFE
    watched = np.maximum(1 - np.exp(-decay * np.maximum(edge - known.first, 0)), 1e-9) / decay
    total = known.total(weight)
    rate = np.where(total >= 1, total / watched, 0.0) * (1 - SLACK)
    missing = np.zeros(known.size)
    seen = np.full(known.size, float(edge))
    days = known.day[~before].astype(np.float64)
    for here, day in _in_turns(known.who[~before], days):
        missing[here] = np.maximum(0.0, missing[here] + rate[here] * (day - seen[here]) - 1)
        seen[here] = day
    return missing + rate * np.maximum(known.until - 1 - seen, 0), weight


def _variation(known: Past, weight: Floats) -> Floats:
    """By customer the coefficient of variation of its gaps before the days that are watched."""
    own = np.where(known.follows, weight, 0.0)
    count, days = known.total(own), known.total(own * known.gaps)
    mean = days / np.maximum(count, 1e-9)
    square = known.total(own * (known.gaps - mean[known.who]) ** 2) / np.maximum(mean, 1) ** 2
    usual = float(square.sum() / max(float(count.sum()), 1e-9))
    return np.asarray(np.sqrt((square + _LIKE_ALL_GAPS * usual) / (count + _LIKE_ALL_GAPS)))


def _spread(who: Ints, weight: Floats, off: Floats, known: Floats) -> Floats:
    square = np.bincount(who, weight * off**2, len(known))
    usual = float(square.sum() / max(float(known.sum()), 1e-9))
    own = np.sqrt((square + _LIKE_ALL_AMOUNTS * usual) / (known + _LIKE_ALL_AMOUNTS))
    return np.maximum(own, _LEAST_SPREAD)


def _season(day: Ints, off: Floats, before: Bools, until: int) -> Floats:
    """By row how far all customers' orders were off in the same weeks a year ago; 0 where that is not known."""
    edge = until - WATCHED_DAYS
    year = before & (day >= edge - 365)
    found = np.zeros(len(day))
    if not year.any():
        return found
    usual = float(np.median(off[year]))
    starts = range(edge, until, _SEASON_DAYS)
    level = np.zeros(len(starts))
    then_day, then_off = day[before], off[before]
    near = np.abs(then_day - (edge + until) / 2 + 365) <= WATCHED_DAYS
    then_day, then_off = then_day[near], then_off[near]
    for place, start in enumerate(starts):
        middle = start + _SEASON_DAYS / 2 - 365
        then = then_off[np.abs(then_day - middle) <= 1.5 * _SEASON_DAYS]
        if len(then) > _ENOUGH_FOR_A_SEASON:
            level[place] = np.median(then) - usual
    found[~before] = level[(day[~before] - edge) // _SEASON_DAYS]
    return found


def _weights(age: Ints, half_life: float) -> Floats:
    """How much rows count by their age in days before the days that are watched, which count nothing."""
    by_age = 2.0 ** (-np.arange(WINDOW_DAYS + 1) / half_life)
    by_age[0] = 0.0
    return by_age[np.maximum(age, 0)]


def _log_student(z: Floats) -> Floats:
    return np.asarray(-(_FREEDOM + 1) / 2 * np.log1p(z**2 / _FREEDOM))


def _in_turns(who: Ints, values: Floats) -> list[tuple[Ints, Floats]]:
    """Rows sorted by customer and day, as the first of every customer, then the second of every, and so on."""
    begins = np.concatenate([[True], who[1:] != who[:-1]]) if len(who) else np.zeros(0, dtype=bool)
    place = np.arange(len(who))
    turn = place - np.maximum.accumulate(np.where(begins, place, 0))
    order = np.argsort(turn, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(turn[order]))[:-1]) if len(who) else []
    return [(who[each], values[each]) for each in rows]
