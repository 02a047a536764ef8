"""How likely each customer is to order nothing for a while: P(silent for H days), from the orders before a day.

With S(g) the chance that an active customer stays away for longer than g, r the days since its last order, and p the
chance to drop out after any order,

    P(alive) = (1 − p)·S(r) / (p + (1 − p)·S(r))
    P(silent for H) = 1 − P(alive)·(1 − S(r + H) / S(r))

Three views of S are blended, as the mean of their log odds:

1. *Renewal.* Gaps are Erlang of a shape that each customer has of its own, among `SHAPES`: the regular are told from
   the irregular by the likelihood of their own gaps (`fieldsales.renewal`). Old gaps count less, by half in 120 days.
2. *Experience.* The silences that the customers of this very history did survive, each measured by what its customer
   was used to at that time; beyond the longest hundredth, a Pareto tail (Hill's estimate).
3. *Chance.* Orders come at random (Poisson) at a rate that drifts: half of what is known is forgotten in a year. It
   takes the place of experience as far as the customers order at random (`SHAPES` of 2 and less).

Everything is learned from the history itself; nothing is set for a trade. p is the likeliest value over all customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from fieldsales.history.rules import Bools, History, Ints, runs
from fieldsales.renewal.rules import MOST_LEARNED_FROM, Floats, Prior, fit_prior, log_evidence, log_survival

WINDOW_DAYS = 730
SHAPES = (1, 2, 3, 4, 6, 10, 16, 25)
AT_RANDOM = 2
"""Customers whose gaps have a shape up to this order at random."""

RENEWAL_HALF_LIFE, EXPERIENCE_HALF_LIFE, CHANCE_HALF_LIFE = 120.0, 240.0, 365.0
LONGEST_SHARE = 0.01
_SURELY = 1e-9
_DIGITS = 6
"""Silences are compared to so many, so that the order in which numbers were added up does not decide between equals."""
_FEW = 100
"""Silences that experience must hold before it says anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """The order days of a window: by row the customer and the day, in that order.

    `follows` tells which rows follow another one of the same customer, `gaps` the days since that; 0 for a first one.
    """

    size: int
    until: int
    who: Ints
    day: Ints
    follows: Bools
    gaps: Floats

    @property
    def orders(self) -> Ints:
        """By customer the number of order days."""
        return np.bincount(self.who, minlength=self.size).astype(np.int64)

    @property
    def silence(self) -> Floats:
        """By customer the days since its last order; 0 for who never ordered."""
        last = np.zeros(self.size, dtype=np.int64)
        ends = runs(self.who)[1] - 1
        last[self.who[ends]] = self.day[ends]
        return np.where(last > 0, self.until - last, 0).astype(np.float64)

    @property
    def first(self) -> Ints:
        """By customer the day of its first order; the day until which is looked where there is none."""
        found = np.full(self.size, self.until)
        starts = runs(self.who)[0]
        found[self.who[starts]] = self.day[starts]
        return found

    def weights(self, half_life: float) -> Floats:
        """By row how much it counts: half for each half-life of days that it is old."""
        if not len(self.day):
            return np.zeros(0)
        age = self.until - self.day
        return (2.0 ** (-np.arange(int(age.max()) + 1) / half_life))[age]

    def total(self, of: Floats) -> Floats:
        """By customer the sum over its rows."""
        return np.bincount(self.who, of, self.size).astype(np.float64)


def past(history: History, as_of: date, days: int = WINDOW_DAYS) -> Past:
    """Return the order days of the days before a day."""
    start = (as_of - timedelta(days=days)).toordinal()
    until = as_of.toordinal()
    inside = history.ordered & (history.day >= start) & (history.day < until)
    who, day = history.who[inside], history.day[inside]
    follows = np.zeros(len(who), dtype=bool)
    follows[1:] = who[1:] == who[:-1]
    gaps = np.zeros(len(who))
    gaps[1:] = (day[1:] - day[:-1]) * follows[1:]
    return Past(len(history), until, who, day, follows, gaps)


def chance_of_silence(history: History, as_of: date, horizon: int) -> Floats:
    """Return for each customer the chance that it orders nothing in the `horizon` days from a day on.

    1 for who never ordered in the two years before.
    """
    known = past(history, as_of)
    ordered = known.orders > 0
    renewal, at_random = _renewal(known, horizon)
    experience, chance = _experience(known, horizon), _chance(known, horizon)
    other = renewal if experience is None else experience
    odds = 0.5 * _odds(renewal) + 0.5 * ((1 - at_random) * _odds(other) + at_random * _odds(chance))
    return np.where(ordered, 1 / (1 + np.exp(-odds)), 1.0)


def _renewal(known: Past, horizon: int) -> tuple[Floats, float]:
    """The chance by the renewal view, and the share of customers who order at random."""
    weight = np.where(known.follows, known.weights(RENEWAL_HALF_LIFE), 0.0)
    gaps = np.maximum(known.gaps, 0.5)
    count, days, logs = (known.total(each) for each in (weight, weight * known.gaps, weight * np.log(gaps)))
    priors = [fit_prior(np.where(count >= 1.5, count, 0.0), days, shape) for shape in SHAPES]
    posterior, shares = _shapes(count, days, logs, priors)
    now, later = (
        np.logaddexp.reduce(
            [
                np.log(part) + log_survival(gap, prior.a + shape * count, prior.b + shape * days, shape)
                for shape, prior, part in zip(SHAPES, priors, posterior, strict=True)
            ]
        )
        for gap in (known.silence, known.silence + horizon)
    )
    at_random = float(shares[: SHAPES.index(AT_RANDOM) + 1].sum())
    return _silent(known, now, later), at_random


def _shapes(count: Floats, days: Floats, logs: Floats, priors: list[Prior]) -> tuple[Floats, Floats]:
    """By shape and customer how likely the customer has it, and the shares of the shapes among all (EM)."""
    likely = np.array(
        [log_evidence(count, days, logs, prior, shape) for shape, prior in zip(SHAPES, priors, strict=True)]
    )
    sure = np.flatnonzero(count >= 1.5)
    some = likely[:, sure[:: max(1, len(sure) // MOST_LEARNED_FROM)]]
    shares = np.full(len(SHAPES), 1 / len(SHAPES))
    for _ in range(60 if len(sure) else 0):
        shares = _posterior(some, shares).mean(axis=1) + 1e-6
        shares /= shares.sum()
    return _posterior(likely, shares), shares


def _posterior(likely: Floats, shares: Floats) -> Floats:
    raw = likely + np.log(shares)[:, None]
    raw = np.exp(raw - raw.max(axis=0))
    return np.asarray(np.maximum(raw / raw.sum(axis=0), 1e-12))


def _experience(known: Past, horizon: int) -> Floats | None:
    """The chance by what silences were survived before; None where too few are known."""
    follows, gaps = known.follows, known.gaps
    if follows.sum() < _FEW:
        return None
    usual = float(np.exp(np.log(np.maximum(gaps[follows], 0.5)).mean()))
    count, mean = _running(known, usual)
    before = np.concatenate([[0], np.arange(len(gaps) - 1)])
    told = follows & (count[before] > 0) & follows[before]
    if told.sum() < _FEW:
        return None
    survived = np.sort(np.round(gaps[told] / mean[before[told]], _DIGITS))
    last = np.flatnonzero(np.concatenate([~follows[1:], [True]]))
    scale = np.full(known.size, usual)
    scale[known.who[last]] = mean[last]
    silence = known.silence
    now, later = (_log_share_beyond(survived, np.round(gap / scale, _DIGITS)) for gap in (silence, silence + horizon))
    return _silent(known, now, later)


def _running(known: Past, usual: float) -> tuple[Floats, Floats]:
    """By row the discounted number of gaps up to it, and their mean, drawn towards the usual gap by one gap."""
    follows = known.follows
    grown = 2.0 ** ((known.day - (known.until - WINDOW_DAYS)) / EXPERIENCE_HALF_LIFE)
    first = np.flatnonzero(~follows)
    start = np.repeat(first, np.diff(np.concatenate([first, [len(follows)]])))
    weight = np.where(follows, grown, 0.0)
    count, days = np.cumsum(weight), np.cumsum(weight * known.gaps)
    count, days = (count - count[start]) / grown, (days - days[start]) / grown
    return count, (days + usual) / (count + 1)


def _log_share_beyond(survived: Floats, length: Floats) -> Floats:
    """Log of the share of survived silences that were longer; a Pareto tail takes over at the longest hundredth."""
    edge = max(float(np.quantile(survived, 1 - LONGEST_SHARE)), 1e-6)
    tail = survived[survived > edge]
    index = 1 / float(np.mean(np.log(tail / edge))) if len(tail) else 4.0
    share = 1 - np.searchsorted(survived, length, side="right") / len(survived)
    inside = np.log(np.maximum(share, LONGEST_SHARE))
    return np.where(length <= edge, inside, np.log(LONGEST_SHARE) - index * np.log(np.maximum(length, edge) / edge))


def _chance(known: Past, horizon: int) -> Floats:
    """The chance if orders come at random, at a rate that is forgotten slowly."""
    repeats = known.total(np.where(known.follows, known.weights(CHANCE_HALF_LIFE), 0.0))
    decay = np.log(2) / CHANCE_HALF_LIFE
    watched = (1 - np.exp(-decay * (known.until - known.first))) / decay
    prior = fit_prior(np.where(known.orders > 0, np.maximum(repeats, 1e-9), 0.0), watched, 1)
    return np.asarray(np.exp((prior.a + repeats) * (np.log(prior.b + watched) - np.log(prior.b + watched + horizon))))


def _silent(known: Past, now: Floats, later: Floats) -> Floats:
    """The chance of silence from log S(r) and log S(r + H)."""
    dropout = _dropout(known.orders, now)
    alive = (1 - dropout) * np.exp(now) / (dropout + (1 - dropout) * np.exp(now))
    return np.asarray(1 - alive * (1 - np.exp(later - now)))


def _dropout(orders: Ints, now: Floats) -> float:
    """The chance to drop out after an order that makes the present silences likeliest."""
    some = orders > 0
    survived, present = float((orders[some] - 1).sum()), np.exp(now[some])
    tried = np.exp(np.linspace(np.log(1e-6), np.log(0.5), 80))
    likely = [survived * np.log1p(-p) + np.log(p + (1 - p) * present).sum() for p in tried]
    return float(tried[int(np.argmax(likely))]) if some.any() else float(tried[0])


def _odds(chance: Floats) -> Floats:
    bounded = np.clip(chance, _SURELY, 1 - _SURELY)
    return np.asarray(np.log(bounded) - np.log1p(-bounded))
