"""The value score: what it is made of, and the laws that it keeps."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.buyers import TODAY, every, history

from fieldsales.ladders.rules import By, TierRule
from fieldsales.measures.rules import Component, Measures
from fieldsales.policies.rules import PolicyInvalid
from fieldsales.tiers.rules import give_tiers, score_places, tier_places
from fieldsales.worth.rules import VALUE_SCORE, BadWeights, Weights, percentiles, score, told

REVENUE, MARGIN, GROWTH = Component.REVENUE, Component.MARGIN, Component.GROWTH
THREE = {
    By.REVENUE_SHARE: [TierRule("A", 5000, 0), TierRule("B", 8000, 0), TierRule("C", 10000, 0)],
    By.CUSTOMER_SHARE: [TierRule("A", 2000, 0), TierRule("B", 5000, 0), TierRule("C", 10000, 0)],
    By.SCORE: [TierRule("A", 70, 0), TierRule("B", 40, 0), TierRule("C", 0, 0)],
}


def weights(**given: float) -> Weights:
    return VALUE_SCORE.read({"weights": given})


def measures(currencies: str = "", asleep: Collection[int] = (), **columns: list[float | None]) -> Measures:
    """Measures by component; None is not known. Currencies are letters, one for each customer."""
    size = len(next(iter(columns.values())))
    values = {Component(name): np.array([np.nan if x is None else x for x in col]) for name, col in columns.items()}
    return Measures(
        tuple(uuid.UUID(int=at) for at in range(size)),
        tuple(currencies or "E" * size),
        np.array([at not in asleep for at in range(size)]),
        values,
        {component: {} for component in values},
    )


def totals(found: Measures, by: Weights) -> list[float]:
    return [round(float(each), 9) for each in score(found, by).total]


def test_a_percentile_is_the_share_below_and_half_of_the_equals() -> None:
    everybody = np.ones(5, dtype=np.bool_)
    found = percentiles(np.array([10.0, 30.0, 20.0, 20.0, np.nan]), np.zeros(5, dtype=np.int64), everybody)
    assert found[:4].tolist() == [12.5, 87.5, 50.0, 50.0]
    assert np.isnan(found[4])


def test_sleepers_press_nobody_together() -> None:
    """However many do not buy, those who do keep their scores; each sleeper is put among the buyers alone."""
    awake = totals(measures(revenue=[1, 2, 3, 4]), weights(revenue=1))
    found = totals(measures(asleep=(4, 5, 6), revenue=[1, 2, 3, 4, 0, 0, 0]), weights(revenue=1))
    assert found == [*awake, 10, 10, 10]
    potential = totals(measures(asleep=(2,), potential=[1, 3, 2]), weights(potential=1))
    assert potential == [25, 75, 50]


def test_the_score_is_the_weighed_mean_of_the_percentiles() -> None:
    found = measures(revenue=[1, 2], growth=[0.9, 0.1])
    assert totals(found, weights(revenue=3, growth=1)) == [0.75 * 25 + 0.25 * 75, 0.75 * 75 + 0.25 * 25]


def test_the_weight_of_what_is_not_known_is_spread_over_the_rest() -> None:
    found = measures(revenue=[1, 2, 3, 4], margin=[None, 1, 2, None], growth=[0.1, 0.2, 0.3, 0.4])
    alone = totals(found, weights(revenue=2, growth=1))
    withal = totals(found, weights(revenue=2, margin=5, growth=1))
    assert (withal[0], withal[3]) == (alone[0], alone[3])
    assert (withal[1], withal[2]) != (alone[1], alone[2])


def test_who_is_known_in_nothing_that_weighs_has_no_score() -> None:
    found = score(measures(margin=[None, 1.0]), weights(margin=1))
    assert np.isnan(found.total[0])
    assert found.total[1] == 50


def test_currencies_are_ranked_apart() -> None:
    found = measures("EEYY", revenue=[1, 2, 1_000, 2_000])
    assert totals(found, weights(revenue=1)) == [25, 75, 25, 75]


def test_default_weights_name_every_component() -> None:
    read = VALUE_SCORE.read(VALUE_SCORE.default)
    assert read.components == frozenset(Component)
    assert sum(share for _, share in read.shares) == pytest.approx(1)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"weights": {}}, BadWeights),
        ({"weights": {"revenue": 0}}, BadWeights),
        ({"weights": {"revenue": -1}}, PolicyInvalid),
        ({"weights": {"charm": 1}}, PolicyInvalid),
        ({}, PolicyInvalid),
    ],
)
def test_weights_that_weigh_nothing_are_refused(body: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        VALUE_SCORE.read(body)


NUMBER = st.integers(-50, 50).map(float)
MAYBE = st.none() | NUMBER
WEIGHT = st.integers(0, 9)


NAMES = ("revenue", "margin", "growth")


@st.composite
def towns(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, float]]:
    """Measures of some customers by component and who of them is asleep, and weights of which one is above 0."""
    size = draw(st.integers(1, 12))
    columns: dict[str, Any] = {
        "revenue": draw(st.lists(NUMBER, min_size=size, max_size=size)),
        "margin": draw(st.lists(MAYBE, min_size=size, max_size=size)),
        "growth": draw(st.lists(MAYBE, min_size=size, max_size=size)),
    }
    found = {name: draw(WEIGHT) for name in NAMES}
    found[draw(st.sampled_from(NAMES))] = draw(st.integers(1, 9))
    columns["asleep"] = draw(st.lists(st.integers(0, size - 1), max_size=size))
    return columns, found


def tiers_of(columns: dict[str, Any], by: Weights, lines: By) -> list[int]:
    found = measures(**columns)
    revenue = found.values[REVENUE].astype(np.int64)
    orders = np.full_like(revenue, 99)
    if lines is By.REVENUE_SHARE:
        return list(tier_places(revenue, orders, THREE[lines])[0])
    return list(score_places(score(found, by).total, revenue, orders, THREE[lines], lines)[0])


@given(towns(), st.data(), st.sampled_from(list(By)))
def test_raising_ones_revenue_never_lowers_the_tier(town: Any, data: st.DataObject, lines: By) -> None:
    columns, given_weights = town
    at = data.draw(st.integers(0, len(columns["revenue"]) - 1))
    more = data.draw(st.integers(0, 80))
    raised = columns | {"revenue": [value + more * (i == at) for i, value in enumerate(columns["revenue"])]}
    by = weights(**given_weights)
    assert tiers_of(raised, by, lines)[at] <= tiers_of(columns, by, lines)[at]


@given(towns(), st.data())
def test_raising_any_measure_lifts_oneself_and_nobody_else(town: Any, data: st.DataObject) -> None:
    columns, given_weights = town
    name = data.draw(st.sampled_from(NAMES))
    at = data.draw(st.integers(0, len(columns[name]) - 1))
    if columns[name][at] is None:
        return
    raised = columns | {name: [value if i != at else value + 7 for i, value in enumerate(columns[name])]}
    by = weights(**given_weights)
    before, after = score(measures(**columns), by).total, score(measures(**raised), by).total
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        assert np.isnan(old) == np.isnan(new)
        assert np.isnan(old) or (new >= old if i == at else new <= old)


@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_customers_changes_no_score(town: Any, dice: Any) -> None:
    columns, given_weights = town
    order = list(range(len(columns["revenue"])))
    dice.shuffle(order)
    turned = {name: [columns[name][at] for at in order] for name in NAMES}
    turned["asleep"] = [order.index(at) for at in columns["asleep"]]
    by = weights(**given_weights)
    before = score(measures(**columns), by).total
    np.testing.assert_array_equal(score(measures(**turned), by).total, before[order])
    assert sorted(tiers_of(turned, by, By.SCORE)) == sorted(tiers_of(columns, by, By.SCORE))


@given(towns(), st.integers(1, 1000), st.sampled_from(list(By)))
def test_only_the_proportions_of_weights_count(town: Any, times: int, lines: By) -> None:
    columns, given_weights = town
    scaled = {name: times * weight for name, weight in given_weights.items()}
    one, other = (score(measures(**columns), weights(**each)).total for each in (given_weights, scaled))
    np.testing.assert_array_equal(one, other)
    assert tiers_of(columns, weights(**given_weights), lines) == tiers_of(columns, weights(**scaled), lines)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_larger_share_takes_in_more_customers_and_never_too_many(worth: list[float], one: int, other: int) -> None:
    small, large = sorted((one, other))
    score_of, one_each = np.array(worth), np.ones(len(worth), dtype=np.int64)
    inside = []
    for line in (small, large):
        rules = [TierRule("A", line, 0), TierRule("B", 10_000, 0)]
        tier, _ = score_places(score_of, one_each, one_each, rules, By.CUSTOMER_SHARE)
        inside.append(set(np.flatnonzero(tier == 0)))
        assert len(inside[-1]) == -(-line * len(worth) // 10_000)
    assert inside[0] <= inside[1]


def test_shares_are_of_those_who_buy() -> None:
    rules = [TierRule("A", 5000, 0), TierRule("B", 9000, 0), TierRule("C", 10_000, 0)]
    worth, orders = np.array([90.0, 80.0, 70.0, 99.0, 60.0]), np.array([3, 3, 3, 0, 3])
    tier, place = score_places(worth, orders, orders, rules, By.CUSTOMER_SHARE)
    assert tier.tolist() == [0, 0, 1, 2, 1]
    assert place.tolist() == [2, 3, 4, 1, 5]


def test_a_score_is_never_told_as_a_line_that_it_does_not_reach() -> None:
    """49.98 is no 50."""
    one = history({"nearly": every(7, since=364), "there": every(6, since=364)})
    found = score(measures(revenue=[1.0, 2.0]), weights(revenue=1))
    close = replace(found, total=np.array([49.999, 50.0]))
    rules = [TierRule("A", 50, 0), TierRule("B", 0, 0)]
    nearly, there = give_tiers(one, rules, TODAY, by=By.SCORE, scores=close)
    assert (nearly.tier, nearly.score) == ("B", 49.99)
    assert nearly.reason.startswith("B: value score 49.9 of 100")
    assert nearly.reason.endswith("place 2 of 2; A from 50 on")
    assert there.reason.startswith("A: value score 50.0 of 100")


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.floats(0, 100))
def test_who_reaches_the_score_is_in_and_nobody_else(worth: list[float], line: float) -> None:
    zero = np.zeros(len(worth), dtype=np.int64)
    tier, place = score_places(np.array(worth), zero, zero, [TierRule("A", line, 0), TierRule("B", 0, 0)], By.SCORE)
    assert [at == 0 for at in tier] == [each >= line for each in worth]
    assert sorted(place) == list(range(1, len(worth) + 1))


def test_a_component_is_told_in_words() -> None:
    facts: dict[Component, dict[str, Any]] = {
        Component.REVENUE: {"score": 1.0, "minor": 4321050},
        Component.MARGIN: {"score": None, "minor": 0, "costed_minor": 50, "cost_minor": 1},
        Component.POTENTIAL: {"score": 9.0, "peers": 12, "peers_minor": 99, "level": 2},
        Component.CREDIT: {"score": 3.0, "paid_minor": 100, "bought_minor": 250},
    }
    assert {each: told(each, numbers, "EUR") for each, numbers in facts.items()} == {
        Component.REVENUE: "43,210.50 EUR net in 365 days",
        Component.MARGIN: "the cost is known of 0.50 EUR only",
        Component.POTENTIAL: "the best quarter of 12 buyers in cities of this size buy 0.99 EUR or more",
        Component.CREDIT: "1.00 EUR paid of 2.50 EUR bought in 365 days",
    }


def test_every_component_is_told_where_it_is_known_and_where_not() -> None:
    numbers = dict.fromkeys(
        ("minor", "costed_minor", "cost_minor", "recent_minor", "before_minor", "peers_minor", "peers", "level",
         "paid_minor", "bought_minor", "days"), 1,
    )  # fmt: skip
    for component in Component:
        assert told(component, {**numbers, "score": 5.0}, "EUR")
    for component in (MARGIN, GROWTH, Component.POTENTIAL, Component.CREDIT):
        assert told(component, {**numbers, "level": 4, "score": None}, "EUR")
