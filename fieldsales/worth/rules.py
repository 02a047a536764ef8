"""What a customer is worth: the measures of its behaviour (`measures.rules`), weighed into a score from 0 to 100.

Each measure becomes a percentile among the customers who ordered in the last 365 days, sell in the same currency and
of whom the measure is known: the share of them that has less, and half of the share that has the same. Who did not
order is put beside them, so that a list full of sleeping customers does not press those who buy together. No outlier
moves the others, and the mean of every measure is 50 among those who buy. The score is the mean of the percentiles,
weighed by the policy `value_score`. What is not known of a customer is left out, and its weight is spread over the rest
in proportion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from fieldsales.errors import Invalid
from fieldsales.history.rules import Bools, Ints
from fieldsales.measures.rules import Component, Floats, Measures
from fieldsales.money import Money
from fieldsales.policies.rules import Body, Kind


class BadWeights(Invalid):
    """Weights of which none is above 0."""

    code = "value_score.weights_invalid"
    title = "These weights weigh nothing"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each component weighs, as shares that add up to 1; components that weigh nothing are left out."""

    shares: tuple[tuple[Component, float], ...]

    @property
    def components(self) -> frozenset[Component]:
        """Those that weigh something."""
        return frozenset(component for component, _ in self.shares)


def read_weights(body: Body) -> Weights:
    """Return the weights of a document that has the shape of `VALUE_SCORE`. Raises `BadWeights`.

    Only their proportions count: the shares are exact before they are rounded once, so that 4 and 1 are 40 and 10.
    """
    given = {Component(name): Fraction(weight) for name, weight in body["weights"].items() if weight > 0}
    total = sum(given.values())
    if not total:
        raise BadWeights("Every weight is 0.", mend="Give at least one of them more.")
    return Weights(tuple((each, float(given[each] / total)) for each in Component if each in given))


_WEIGHT = {"type": "number", "minimum": 0, "maximum": 1_000_000}

VALUE_SCORE = Kind(
    name="value_score",
    about="How much revenue, margin, frequency, growth, potential and credit weigh in a customer's value score.",
    schema={
        "type": "object",
        "additionalProperties": False,
        "required": ["weights"],
        "properties": {
            "weights": {
                "type": "object",
                "additionalProperties": False,
                "properties": {str(each): _WEIGHT for each in Component},
            }
        },
    },
    default={
        "weights": {"revenue": 40, "margin": 20, "frequency": 15, "growth": 10, "potential": 10, "credit": 5},
    },
    parse=read_weights,
)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The scores of many customers: 0 to 100, and the percentile of each component, NaN where it is not known."""

    measures: Measures
    weights: Weights
    percentiles: Mapping[Component, Floats]
    total: Floats

    def facts(self) -> list[dict[str, dict[str, Any]]]:
        """Return the components of each customer as they are stored: share, score (None: not known) and numbers."""
        columns = [
            self._facts_of(share, self.percentiles[component], self.measures.numbers[component])
            for component, share in self.weights.shares
        ]
        names = [str(component) for component, _ in self.weights.shares]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    @staticmethod
    def _facts_of(share: float, ranked: Floats, numbers: Mapping[str, Ints]) -> list[dict[str, Any]]:
        share = round(share, 4)
        scores = [None if each != each else each for each in np.round(ranked, 1).tolist()]  # noqa: PLR0124 -- NaN
        names = ("share", "score", *numbers)
        lists = (each.tolist() for each in numbers.values())
        return [dict(zip(names, (share, *row), strict=True)) for row in zip(scores, *lists, strict=True)]


def score(measures: Measures, weights: Weights) -> Scores:
    """Return the score of every customer, percentiles being taken within each currency.

    Raising one measure of one customer never lowers its score, and never raises the score of another, as long as the
    same ones buy.
    """
    groups = _groups(measures.currencies)
    ranked: dict[Component, Floats] = {}
    known, total = np.zeros(len(measures.customers)), np.zeros(len(measures.customers))
    for component, share in weights.shares:
        ranked[component] = percentiles(measures.values[component], groups, measures.buying)
        told = ~np.isnan(ranked[component])
        known += np.where(told, share, 0.0)
        total += np.where(told, share * np.nan_to_num(ranked[component]), 0.0)
    mean = np.divide(total, known, out=np.full_like(total, np.nan), where=known > 0)
    return Scores(measures, weights, ranked, np.round(mean, 6).astype(np.float64))


def percentiles(values: Floats, groups: Ints, among: Bools) -> Floats:
    """Return for each value the share, in percent, of the known values of its group below it, and half of its equals.

    Only values of those `among` whom is compared count; another one is taken as if it alone were added to them.
    """
    found = np.full(len(values), np.nan)
    for group in np.unique(groups):
        at = np.flatnonzero((groups == group) & ~np.isnan(values))
        here, added = np.sort(values[at[among[at]]]), ~among[at]
        below, upto = (np.searchsorted(here, values[at], side=side) for side in ("left", "right"))
        found[at] = 50.0 * (below + upto + added) / np.maximum(len(here) + added, 1)
    return found


def _groups(names: tuple[str, ...]) -> Ints:
    return np.unique(np.array(names, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def told(component: Component, facts: Mapping[str, Any], currency: str) -> str:
    """Return what a component of a customer was made of, or why it is not known, from its stored numbers."""
    words = _WORDS[component][facts.get("score", 0) is None]
    amounts = {name: Money(value, currency) for name, value in facts.items() if name.endswith("minor")}
    return words.format(**{**facts, **amounts, "like": _LIKE[facts.get("level", 0)]})


_WORDS = {
    Component.REVENUE: ("{minor} net in 365 days", ""),
    Component.MARGIN: (
        "{minor} above cost in 365 days; the cost is known of {costed_minor}",
        "the cost is known of {costed_minor} only",
    ),
    Component.FREQUENCY: ("{days} days with an order in 365 days", ""),
    Component.GROWTH: (
        "{recent_minor} in 182 days, {before_minor} in the same days a year before",
        "bought nothing in the same 182 days a year before",
    ),
    Component.POTENTIAL: (
        "the best quarter of {peers} buyers {like} buy {peers_minor} or more",
        "too few buyers to compare with",
    ),
    Component.CREDIT: (
        "{paid_minor} paid of {bought_minor} bought in 365 days",
        "no payment is recorded, or nothing was bought",
    ),
}
"""How each component is told where it is known, and where it is not."""

_LIKE = (
    "of this category in cities of this size",
    "of this category",
    "in cities of this size",
    "in this currency",
    "",
)
"""How peers are alike, from the likest on; see `measures.queries.likeness`. The last has none."""
