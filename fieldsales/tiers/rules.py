"""Which tier a customer is in, by the lines of the ladder that holds (`ladders.rules`) and a floor of orders.

1. Recency: only the last `WINDOW_DAYS` days count; what is older is forgotten.
2. Customers who sell in one currency are compared with each other:
   - by *share of revenue* (ABC), in order of their net revenue, a customer belongs to the first tier for which those
     above it stand for less than the tier's share of all revenue. So the customer who crosses the line is still in the
     better tier, and the largest customer is always in the first. Who bought nothing, or sent back more than was
     bought, is last.
   - by *share of customers*, those who ordered are put in order of their value score (`worth.rules`), of equals the one
     who buys more first. A customer belongs to the first tier for which those above it are less than the tier's share
     of them. Who did not order is last.
   - by *score*, a customer belongs to the first tier whose score it reaches. Who has none is last.
3. Frequency: who ordered on fewer days than the tier asks for goes to the next tier that asks for no more.
4. What a person gave by hand goes before all of this while it lasts (`overrides.rules`).
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from fieldsales.history.rules import History, Ints
from fieldsales.ladders.rules import By, TierRule, check_rules
from fieldsales.measures.rules import Component, Floats
from fieldsales.money import Money
from fieldsales.overrides.rules import ByHand
from fieldsales.worth.rules import Scores, told

WINDOW_DAYS = 365
MOST_WORDS = 300
"""How many characters a reason may have; the columns hold no more."""

UNTOLD = "in amounts for managers only"
"""What stands for the words of a margin."""


@dataclass(frozen=True, slots=True)
class TierGiven:
    """A customer's tier with the sentence that explains it to a person.

    `by_orders` and `why` are what they would be without anything given by hand. `score` is the value score, where the
    tiers ask for one, and `facts` the numbers by component.
    """

    customer_id: uuid.UUID
    tier: str
    reason: str
    by_orders: str = ""
    why: str = ""
    score: float | None = None
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    override_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A component in words: its share of all weights, its percentile (None: not known) and what it was made of."""

    component: str
    share: float | None
    score: float | None
    told: str


def explained(facts: Mapping[str, Mapping[str, Any]], currency: str, *, costs: bool = True) -> list[Explained]:
    """Return the stored numbers of a customer in words, in the order of the components.

    Without `costs` the amounts of the margin stay untold: they give away what products cost us.
    """
    return [
        Explained(
            str(each),
            facts[each].get("share"),
            facts[each].get("score"),
            told(each, facts[each], currency) if costs or each is not Component.MARGIN else UNTOLD,
        )
        for each in Component
        if each in facts
    ]


def give_tiers(
    history: History,
    rules: Sequence[TierRule],
    as_of: date,
    *,
    by: By = By.REVENUE_SHARE,
    scores: Scores | None = None,
) -> list[TierGiven]:
    """Return the tier of every customer of the history, in its order.

    `rules` come best first; `scores` are of the same customers, and needed unless the lines are drawn by revenue.
    Raises `BadTierPolicy` if the rules do not fit together.
    """
    check_rules(rules, by)
    since = as_of - timedelta(days=WINDOW_DAYS)
    revenue, orders = history.revenue(since, as_of), history.order_days(since, as_of)
    drawn = _Drawn(rules, by, None if by is By.REVENUE_SHARE else scores)
    facts = drawn.scores.facts() if drawn.scores else None
    given: dict[int, TierGiven] = {}
    currencies = np.array(history.currencies, dtype=np.str_)
    for currency in dict.fromkeys(history.currencies):
        group = np.flatnonzero(currencies == currency)
        stands = _standings(drawn, group, revenue[group], orders[group], currency)
        for at, each in zip(group.tolist(), stands, strict=True):
            who = history.customers[at]
            given[at] = _given(drawn, who, each) if facts is None else _scored(drawn, who, each, (at, facts[at]))
    return [given[at] for at in range(len(history))]


def with_hands(
    given: Sequence[TierGiven], hands: Mapping[uuid.UUID, ByHand], rules: Sequence[TierRule]
) -> list[TierGiven]:
    """Return the tiers with what persons gave by hand in the place of what the orders say."""
    names = {rule.tier for rule in rules}
    return [_by_hand(each, hands[each.customer_id], names) if each.customer_id in hands else each for each in given]


def _by_hand(given: TierGiven, hand: ByHand, names: set[str]) -> TierGiven:
    if hand.tier not in names:
        return replace(given, reason=shortened(f"{given.reason}; {hand.tier} by hand is no tier any more"))
    reason = shortened(f"{hand}; by its orders {given.by_orders}")
    return replace(given, tier=hand.tier, reason=reason, override_id=hand.override_id)


def tier_places(revenue: Ints, orders: Ints, rules: Sequence[TierRule]) -> tuple[Ints, Ints]:
    """Return for each customer the number of its tier (0 the best) and its place by revenue (1 the highest).

    Of equal revenues the one given first has the better place.
    """
    order = np.argsort(-revenue, kind="stable")
    positive = np.maximum(revenue[order], 0)
    above = np.cumsum(positive) - positive
    limits = np.array([rule.line for rule in rules]) / 10_000 * positive.sum()
    by_share = np.searchsorted(limits, above, side="right")
    last = len(rules) - 1
    tier = np.where(revenue > 0, np.minimum(_put_back(by_share, order), last), last)
    return with_floors(tier, orders, rules), _places(order)


def score_places(worth: Floats, revenue: Ints, orders: Ints, rules: Sequence[TierRule], by: By) -> tuple[Ints, Ints]:
    """Return for each customer the number of its tier (0 the best) and its place by value score (1 the highest).

    Of equal scores the one who buys more has the better place, then the one given first. NaN is no score. Shares are of
    the customers who ordered; the others are in the last tier.
    """
    known = np.nan_to_num(worth, nan=-1.0)
    order = np.lexsort((np.arange(len(worth)), -revenue, -known))
    last = len(rules) - 1
    lines = np.array([rule.line for rule in rules])
    if by is By.SCORE:
        tier = np.searchsorted(-lines, -known, side="left")
    else:
        buying = orders[order] > 0
        limits = np.round(lines * np.count_nonzero(buying)).astype(np.int64)
        above = 10_000 * (np.cumsum(buying) - buying)
        tier = _put_back(np.where(buying, np.searchsorted(limits, above, side="right"), last), order)
    tier = np.where(known < 0, last, np.minimum(tier, last))
    return with_floors(tier, orders, rules), _places(order)


def with_floors(tier: Ints, orders: Ints, rules: Sequence[TierRule]) -> Ints:
    """Return the tiers with those moved down who ordered on fewer days than theirs asks for."""
    for number, rule in enumerate(rules[:-1]):
        tier = np.where((tier == number) & (orders < rule.minimum_orders), number + 1, tier)
    return tier.astype(np.int64)


def shortened(reason: str) -> str:
    """Return a reason that fits its column."""
    return reason if len(reason) <= MOST_WORDS else f"{reason[: MOST_WORDS - 1]}…"


def _put_back(sorted_values: Ints, order: Ints) -> Ints:
    found = np.empty_like(order)
    found[order] = sorted_values
    return found


def _places(order: Ints) -> Ints:
    return _put_back(np.arange(1, len(order) + 1), order)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How the lines are drawn; the scores are needed for two of the three ways."""

    rules: Sequence[TierRule]
    by: By
    scores: Scores | None


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a customer stands: tiers as numbers, the one given and the one by its line alone."""

    tier: int
    by_line: int
    place: int
    of: int
    orders: int
    revenue: Money


def _standings(drawn: _Drawn, group: Ints, revenue: Ints, orders: Ints, currency: str) -> list[_Standing]:
    plain = [TierRule(rule.tier, rule.line, 0) for rule in drawn.rules]
    if drawn.scores is None:
        (by_line, place), of = tier_places(revenue, orders, plain), int(np.count_nonzero(revenue > 0))
    else:
        worth = drawn.scores.total[group]
        (by_line, place), of = score_places(worth, revenue, orders, plain, drawn.by), len(revenue)
    tier = with_floors(by_line, orders, drawn.rules)
    columns = (tier.tolist(), by_line.tolist(), place.tolist(), orders.tolist(), revenue.tolist())
    return [
        _Standing(tier, by_line, place, of, orders, Money(minor, currency))
        for tier, by_line, place, orders, minor in zip(*columns, strict=True)
    ]


def _given(drawn: _Drawn, customer_id: uuid.UUID, stands: _Standing) -> TierGiven:
    name, reason = drawn.rules[stands.tier].tier, _reason(drawn.rules, stands)
    facts = {
        "revenue": {"minor": stands.revenue.minor, "place": stands.place, "of": stands.of},
        "frequency": {"days": stands.orders},
    }
    return TierGiven(customer_id, name, reason, name, reason, None, facts)


def _scored(
    drawn: _Drawn, customer_id: uuid.UUID, stands: _Standing, told: tuple[int, dict[str, dict[str, Any]]]
) -> TierGiven:
    at, facts = told
    name, total = drawn.rules[stands.tier].tier, float(drawn.scores.total[at]) if drawn.scores else math.nan
    known = None if math.isnan(total) else _floored(total, 2)
    reason = shortened(_score_reason(drawn, stands, known, facts))
    return TierGiven(customer_id, name, reason, name, reason, known, facts)


def _score_reason(
    drawn: _Drawn, customer: _Standing, score: float | None, facts: Mapping[str, Mapping[str, Any]]
) -> str:
    rules = drawn.rules
    name, line = rules[customer.tier].tier, rules[customer.by_line]
    if score is None:
        return f"{name}: no value score, as nothing that weighs is known"
    parts = ", ".join(
        f"{component} {'unknown' if each['score'] is None else format(each['score'], '.0f')}"
        for component, each in facts.items()
    )
    told = f"{name}: value score {_floored(score, 1):.1f} of 100 ({parts}), place {customer.place} of {customer.of}"
    if customer.tier != customer.by_line:
        return f"{told}; {line.tier} by score, but {line.tier} needs {_days(line.minimum_orders)}"
    if drawn.by is By.SCORE:
        return f"{told}; {_line_told(rules, customer.tier)}"
    if not customer.orders:
        return f"{told}; no order in {WINDOW_DAYS} days"
    if customer.tier == 0:
        return f"{told}; among the first {line.line / 100:g} % of those who buy"
    return f"{told}; after the first {rules[customer.tier - 1].line / 100:g} % of those who buy"


def _line_told(rules: Sequence[TierRule], tier: int) -> str:
    if tier == 0:
        return f"{rules[0].tier} from {rules[0].line:g} on"
    return f"{rules[tier - 1].tier} from {rules[tier - 1].line:g} on"


def _floored(score: float, digits: int) -> float:
    """Return a score as it is told: never rounded up to a line that it does not reach."""
    scale = float(10**digits)
    return math.floor(score * scale + 1e-6) / scale


def _reason(rules: Sequence[TierRule], customer: _Standing) -> str:
    name, above = rules[customer.tier].tier, rules[customer.by_line]
    if customer.revenue.minor <= 0:
        if customer.orders:
            return f"{name}: {customer.revenue} net in {WINDOW_DAYS} days, more came back than was bought"
        return f"{name}: no order in {WINDOW_DAYS} days"
    bought = (
        f"{name}: {customer.revenue} on {_days(customer.orders)} in {WINDOW_DAYS} days, "
        f"place {customer.place} of {customer.of}"
    )
    if customer.tier != customer.by_line:
        return f"{bought}; {above.tier} by revenue, but {above.tier} needs {_days(above.minimum_orders)}"
    if customer.tier == 0:
        return f"{bought}; together {_share(above)} of all revenue"
    return f"{bought}; after {_share(rules[customer.tier - 1])} of all revenue"


def _days(orders: int) -> str:
    return "1 order day" if orders == 1 else f"{orders} order days"


def _share(rule: TierRule) -> str:
    return f"the first {rule.line / 100:g} %"
