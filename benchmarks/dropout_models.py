"""Three models of customers who order at random until they drop out, as their papers have them, fitted by likelihood.

BG/NBD (Fader, Hardie and Lee 2005), MBG/NBD (Batislam, Denizel and Filiztekin 2007) and Pareto/NBD (Schmittlein,
Morrison and Colombo 1987). Each customer is x repeated order days, the last of them t after its first, which was T
before the day of the forecast; times are weeks. The score is the chance of no order in the horizon:

    P(silent) = 1 − P(alive)·P(an order in the horizon, if alive)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from fieldsales.history.rules import History
from fieldsales.silence.rules import past

Floats = npt.NDArray[np.float64]
_WEEK = 7.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_STARTS = ((0.0, 1.0, 0.0, 1.0), (0.7, 2.0, -1.0, 1.5), (-0.5, 0.5, -0.5, 2.5))
_BOUNDS = [(-6.0, 9.0)] * 4


@dataclass(frozen=True, eq=False)
class Seen:
    """By customer the repeats, and in weeks the time of the last order and of now since the first."""

    x: Floats
    t: Floats
    now: Floats


def seen(history: History, as_of: date) -> tuple[Seen, npt.NDArray[np.bool_]]:
    """Return what the two years before a day show of those who ordered then, and who that is."""
    known = past(history, as_of)
    some = known.orders > 0
    now = (known.until - known.first)[some] / _WEEK
    return Seen(known.orders[some] - 1.0, now - known.silence[some] / _WEEK, now), some


def _bg(log: Floats, it: Seen) -> tuple[Floats, Floats]:
    """Log likelihood of BG/NBD if alive, and if dropped out."""
    r, alpha, a, b = np.exp(log)
    both = gammaln(r + it.x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + it.x) - betaln(a, b)
    alive = both - (r + it.x) * np.log(alpha + it.now)
    gone = both + np.log(a) - np.log(b + np.maximum(it.x, 1) - 1) - (r + it.x) * np.log(alpha + it.t)
    return alive, np.where(it.x > 0, gone, -np.inf)


def _mbg(log: Floats, it: Seen) -> tuple[Floats, Floats]:
    """Log likelihood of MBG/NBD if alive, and if dropped out, which may have been after the first order."""
    r, alpha, a, b = np.exp(log)
    both = gammaln(r + it.x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + it.x + 1) - betaln(a, b)
    alive = both - (r + it.x) * np.log(alpha + it.now)
    return alive, both + np.log(a) - np.log(b + it.x) - (r + it.x) * np.log(alpha + it.t)


def _pareto(log: Floats, it: Seen) -> tuple[Floats, Floats]:
    """Log likelihood of Pareto/NBD if alive, and if dropped out at any time since the last order.

    The second is the integral of (α + y)^−(r + x) · s·(β + y)^−(s + 1) from t to T, in w = ((α + t) / (α + y))^p, where
    it is smooth: the hypergeometric functions of the paper lose all digits with many orders.
    """
    r, alpha, s, beta = np.exp(log)
    both = gammaln(r + it.x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = both - (r + it.x) * np.log(alpha + it.now) - s * np.log(beta + it.now)
    m = (r + it.x)[:, None]
    p = np.maximum(m - 1, 1.0)
    begin = (alpha + it.t)[:, None]
    low = (begin / (alpha + it.now)[:, None]) ** p
    w = low + (1 - low) * (_NODES + 1) / 2
    since = (beta + it.t)[:, None]
    inside = w ** ((m - 1) / p - 1) * (since / (beta + begin * w ** (-1 / p) - alpha)) ** (s + 1)
    area = (inside * _WEIGHTS).sum(axis=1) * ((1 - low) / 2 / p)[:, 0]
    scale = np.log(s) + (1 - m[:, 0]) * np.log(begin[:, 0]) - (s + 1) * np.log(since[:, 0])
    with np.errstate(divide="ignore"):  # where the last order was today
        gone = both + scale + np.log(area)
    return alive, gone


def _at_random(log: Floats, it: Seen, ahead: float) -> Floats:
    """The chance of an order, if alive, where nobody drops out but after an order."""
    r, alpha = np.exp(log[:2])
    return -np.expm1((r + it.x) * (np.log(alpha + it.now) - np.log(alpha + it.now + ahead)))


def _before_dropping_out(log: Floats, it: Seen, ahead: float) -> Floats:
    """The chance of an order before the customer drops out, if alive, where that may be at any time."""
    r, alpha, s, beta = np.exp(log)
    rows = (slice(None), None)
    m, begin, end = (r + it.x)[rows], (alpha + it.now)[rows], (beta + it.now)[rows]
    t = ahead * (_NODES + 1) / 2
    inside = m / begin * (begin / (begin + t)) ** (m + 1) * (end / (end + t)) ** s
    return np.asarray((inside * _WEIGHTS).sum(axis=1) * ahead / 2)


Likelihood = Callable[[Floats, Seen], tuple[Floats, Floats]]
Ahead = Callable[[Floats, Seen, float], Floats]


def fit(model: Likelihood, it: Seen) -> Floats:
    """Return the logarithms of the likeliest parameters, the best of a few starts."""

    def cost(log: Floats) -> float:
        return -float(np.logaddexp(*model(log, it)).mean())

    found = [minimize(cost, start, method="L-BFGS-B", bounds=_BOUNDS) for start in _STARTS]
    return np.asarray(min(found, key=lambda each: each.fun).x)


def _score(model: Likelihood, ahead: Ahead) -> Callable[[History, date, int], Floats]:
    def score(history: History, as_of: date, horizon: int) -> Floats:
        it, some = seen(history, as_of)
        log = fit(model, it)
        alive, gone = model(log, it)
        chance = np.ones(len(history))
        chance[some] = 1 - np.exp(alive - np.logaddexp(alive, gone)) * ahead(log, it, horizon / _WEEK)
        return chance

    return score


MODELS = {
    "BG/NBD": _score(_bg, _at_random),
    "MBG/NBD": _score(_mbg, _at_random),
    "Pareto/NBD": _score(_pareto, _before_dropping_out),
}
