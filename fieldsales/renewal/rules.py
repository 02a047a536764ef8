"""Orders as a renewal process: gaps follow an Erlang law of shape k around a rate that each customer has of its own.

Rates are Gamma(a, b) distributed over customers, so that a customer of whom little is known is taken for one like the
others (empirical Bayes). With N gaps of together G days (both may be discounted), the rate of a customer is
Gamma(A, B) with A = a + k·N and B = b + k·G, and the chance to stay away for longer than g is

    S(g) = I_x(A, k),  x = B / (B + k·g)

the regularised incomplete beta function, which for whole k is a sum of k terms (Abramowitz and Stegun 26.5.5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_ROUNDS = 40
_EXACT = 1e-12
_LEAST_SPREAD = 0.005
"""Of log rates; a is about 100 there. No two customers are more alike, and the arithmetic would give way."""
MOST_LEARNED_FROM = 20_000
"""More customers than this teach the prior nothing more."""


@dataclass(frozen=True, slots=True)
class Prior:
    """How the rates of customers are distributed: Gamma(a, b), a rate being orders (of shape k) a day."""

    a: float
    b: float


def log_survival(gap: Floats, a: Floats, b: Floats, shape: int) -> Floats:
    """Return log S(g) for customers whose rates are Gamma(a, b)."""
    x = b / (b + shape * gap)
    term = np.ones_like(x)
    total = np.ones_like(x)
    for number in range(1, shape):
        term = term * (1 - x) * (a + number - 1) / number
        total = total + term
    return np.minimum(a * np.log(x) + np.log(total), 0.0)


def fit_prior(gaps: Floats, days: Floats, shape: float) -> Prior:
    """Return the prior that makes these customers likeliest; `gaps` are their numbers of gaps, `days` those together.

    Expectation and maximisation by turns; the shape of the Gamma law by Minka's fixed point (2002, “Estimating a Gamma
    distribution”, eq. 13).
    """
    known = gaps > 0
    step = max(1, int(known.sum()) // MOST_LEARNED_FROM)
    n, g = gaps[known][::step], days[known][::step]
    if not len(n):
        return Prior(1.0, 30.0)
    a, b = 1.0, float(np.mean(g) / max(float(np.mean(n)), 1e-9))
    for _ in range(_ROUNDS):
        top, bottom = a + shape * n, b + shape * g
        mean, mean_log = float(np.mean(top / bottom)), float(np.mean(digamma(top) - np.log(bottom)))
        spread = float(np.log(mean)) - mean_log
        a = _shape_of(max(spread, _LEAST_SPREAD))
        b = a / mean
    return Prior(a, b)


def log_evidence(gaps: Floats, days: Floats, log_gaps: Floats, prior: Prior, shape: float) -> Floats:
    """Return the log likelihood of each customer's gaps, its rate averaged over the prior.

    `log_gaps` are the sums of the logarithms of the gaps.
    """
    a, b = prior.a, prior.b
    top, bottom = a + shape * gaps, b + shape * days
    of_gaps = gaps * (shape * np.log(shape) - log_gamma(np.array(float(shape)))) + (shape - 1) * log_gaps
    constant = a * np.log(b) - log_gamma(np.array(a))
    return np.asarray(of_gaps + constant + log_gamma(top) - top * np.log(bottom))


def log_gamma(x: Floats) -> Floats:
    """Return log Γ(x) for x > 0 to 1e-9: Stirling's series beyond 8 (Abramowitz and Stegun 6.1.41)."""
    shift = np.zeros_like(x)
    y = np.array(x, dtype=np.float64)
    for _ in range(8):
        low = y < 8
        shift = np.where(low, shift - np.log(np.where(low, y, 1.0)), shift)
        y = np.where(low, y + 1, y)
    series = 1 / (12 * y) - 1 / (360 * y**3) + 1 / (1260 * y**5) - 1 / (1680 * y**7)
    return np.asarray((y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + series + shift)


def digamma(x: Floats) -> Floats:
    """Return the derivative of log Γ at x > 0 to 1e-9 (Abramowitz and Stegun 6.3.5 and 6.3.18)."""
    shift = np.zeros_like(x)
    y = np.array(x, dtype=np.float64)
    for _ in range(8):
        low = y < 8
        shift = np.where(low, shift - 1 / np.where(low, y, 1.0), shift)
        y = np.where(low, y + 1, y)
    series = 1 / (12 * y**2) - 1 / (120 * y**4) + 1 / (252 * y**6) - 1 / (240 * y**8)
    return np.asarray(np.log(y) - 1 / (2 * y) - series + shift)


def _shape_of(spread: float) -> float:
    """Return the a with log a − ψ(a) = spread, the maximum of the likelihood of a Gamma law."""
    a = 0.5 / max(spread, 1e-9)
    for _ in range(20):
        wrong = math.log(a) - _digamma(a) - spread
        slope = 1 / a - _trigamma(a)
        before, a = a, 1 / (1 / a + wrong / (a * a * slope))
        if abs(a - before) <= _EXACT * a:
            break
    return float(np.clip(a, 1e-3, 1e6))


def _digamma(x: float) -> float:
    """Of one number, in a thirtieth of the time."""
    shift = 0.0
    while x < 8:
        shift -= 1 / x
        x += 1
    return (
        math.log(x) - 1 / (2 * x) - (1 / (12 * x**2) - 1 / (120 * x**4) + 1 / (252 * x**6) - 1 / (240 * x**8)) + shift
    )


def _trigamma(x: float) -> float:
    shift = 0.0
    while x < 8:
        shift += 1 / x**2
        x += 1
    return shift + 1 / x + 1 / (2 * x**2) + 1 / (6 * x**3) - 1 / (30 * x**5) + 1 / (42 * x**7)
