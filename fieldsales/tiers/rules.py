"""Which tier a customer is in: ABC by revenue with a floor of orders (RFM over one year).

1. Recency: only the last `WINDOW_DAYS` days count; what is older is forgotten.
2. Monetary: customers who sell in one currency are put in order of their net revenue. A customer belongs to the first
   tier for which those above it stand for less than the tier's share of all revenue. So the customer who crosses
   the line is still in the better tier, and the largest customer is always in the first.
3. Frequency: who ordered on fewer days than the tier asks for goes to the next tier that asks for no more.
4. Who bought nothing, or sent back more than was bought, is in the last tier.

The tiers, their shares and floors are data (`TierPolicy`), set in `service.py` and edited by a manager.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from fieldsales.errors import Forbidden, Invalid
from fieldsales.history.rules import History, Ints
from fieldsales.money import Money

WINDOW_DAYS = 365


class TiersHoldForAll(Forbidden):
    """Tiers and cadences are one for all territories. Ask a manager who sees all of them."""

    code = "tiers.hold_for_all"
    title = "Tiers hold for every territory"


class BadTierPolicy(Invalid):
    """Tiers whose shares fall, or of which none takes everybody."""

    code = "tiers.policy_invalid"
    title = "The tiers do not fit together"


@dataclass(frozen=True, slots=True)
class TierRule:
    """The part of a policy that says who belongs to it: a share of revenue in basis points, and a floor of orders."""

    tier: str
    revenue_share_bp: int
    minimum_orders: int


@dataclass(frozen=True, slots=True)
class TierGiven:
    """A customer's tier with the sentence that explains it to a person."""

    customer_id: uuid.UUID
    tier: str
    reason: str


def give_tiers(history: History, rules: Sequence[TierRule], as_of: date) -> list[TierGiven]:
    """Return the tier of every customer of the history, in its order.

    `rules` come best first. Raises `BadTierPolicy` if their shares fall or the last of them asks for orders.
    """
    check_rules(rules)
    since = as_of - timedelta(days=WINDOW_DAYS)
    revenue, orders = history.revenue(since, as_of), history.order_days(since, as_of)
    given: dict[int, TierGiven] = {}
    for currency in set(history.currencies):
        group = [at for at, own in enumerate(history.currencies) if own == currency]
        for at, stands in zip(group, _standings(revenue[group], orders[group], rules, currency), strict=True):
            given[at] = TierGiven(history.customers[at], rules[stands.tier].tier, _reason(rules, stands))
    return [given[at] for at in range(len(history))]


def tier_places(revenue: Ints, orders: Ints, rules: Sequence[TierRule]) -> tuple[Ints, Ints]:
    """Return for each customer the number of its tier (0 the best) and its place by revenue (1 the highest).

    Of equal revenues the one given first has the better place.
    """
    order = np.argsort(-revenue, kind="stable")
    positive = np.maximum(revenue[order], 0)
    above = np.cumsum(positive) - positive
    limits = np.array([rule.revenue_share_bp for rule in rules]) / 10_000 * positive.sum()
    by_share = np.searchsorted(limits, above, side="right")
    place, tier = np.empty_like(order), np.empty_like(order)
    place[order] = np.arange(1, len(order) + 1)
    tier[order] = by_share
    last = len(rules) - 1
    tier = np.where(revenue > 0, np.minimum(tier, last), last)
    floors = np.array([rule.minimum_orders for rule in rules])
    for number in range(last):
        tier = np.where((tier == number) & (orders < floors[number]), number + 1, tier)
    return tier, place


def check_rules(rules: Sequence[TierRule]) -> None:
    """Raise `BadTierPolicy` unless the tiers, the best first, fit together and the last takes everybody."""
    if not rules:
        raise BadTierPolicy("There are no tiers.", mend="Add at least one tier policy.")
    for better, worse in pairwise(rules):
        if worse.revenue_share_bp < better.revenue_share_bp:
            raise BadTierPolicy(
                f"Tier {worse.tier} ends at {worse.revenue_share_bp / 100:g} % of revenue, before tier {better.tier} "
                f"at {better.revenue_share_bp / 100:g} %.",
                mend="Let the shares rise with the rank.",
            )
    if rules[-1].minimum_orders > 0:
        raise BadTierPolicy(
            f"The last tier, {rules[-1].tier}, asks for orders, so customers without any have no tier.",
            mend="Set its minimum_orders to 0.",
        )


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a customer stands: tiers as numbers, the one given and the one by revenue alone."""

    tier: int
    by_revenue: int
    place: int
    of: int
    orders: int
    revenue: Money


def _standings(revenue: Ints, orders: Ints, rules: Sequence[TierRule], currency: str) -> list[_Standing]:
    tier, place = tier_places(revenue, orders, rules)
    by_revenue, _ = tier_places(revenue, np.full_like(orders, np.iinfo(np.int64).max), rules)
    of = int(np.count_nonzero(revenue > 0))
    columns = (tier.tolist(), by_revenue.tolist(), place.tolist(), orders.tolist(), revenue.tolist())
    return [
        _Standing(tier, by_revenue, place, of, orders, Money(minor, currency))
        for tier, by_revenue, place, orders, minor in zip(*columns, strict=True)
    ]


def _reason(rules: Sequence[TierRule], customer: _Standing) -> str:
    name, above = rules[customer.tier].tier, rules[customer.by_revenue]
    if customer.revenue.minor <= 0:
        if customer.orders:
            return f"{name}: {customer.revenue} net in {WINDOW_DAYS} days, more came back than was bought"
        return f"{name}: no order in {WINDOW_DAYS} days"
    bought = (
        f"{name}: {customer.revenue} on {_days(customer.orders)} in {WINDOW_DAYS} days, "
        f"place {customer.place} of {customer.of}"
    )
    if customer.tier != customer.by_revenue:
        return f"{bought}; {above.tier} by revenue, but {above.tier} needs {_days(above.minimum_orders)}"
    if customer.tier == 0:
        return f"{bought}; together {_share(above)} of all revenue"
    return f"{bought}; after {_share(rules[customer.tier - 1])} of all revenue"


def _days(orders: int) -> str:
    return "1 order day" if orders == 1 else f"{orders} order days"


def _share(rule: TierRule) -> str:
    return f"the first {rule.revenue_share_bp / 100:g} %"
