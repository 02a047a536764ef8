"""Which tier a customer is in, and the sentence that says why."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.buyers import TODAY, every, history

from fieldsales.customers.models import Customer
from fieldsales.ladders.rules import TierRule
from fieldsales.orders.models import Order, Origin
from fieldsales.tiers.rules import give_tiers, tier_places
from fieldsales.tiers.service import refresh_tiers

ABCD = [TierRule("A", 8000, 12), TierRule("B", 9500, 6), TierRule("C", 10000, 1), TierRule("D", 10000, 0)]
BY_REVENUE = [TierRule("A", 8000, 0), TierRule("B", 9500, 0), TierRule("C", 10000, 0)]


def told(buyers: dict[str, list[tuple[object, int]]]) -> dict[str, str]:
    given_tiers = give_tiers(history(buyers), ABCD, TODAY)  # type: ignore[arg-type]
    return {name: each.reason for name, each in zip(buyers, given_tiers, strict=True)}


def test_every_tier_explains_itself() -> None:
    weekly = every(7, since=364)
    reasons = told(
        {
            "giant": list(every(7, since=364, amount=1_000_000)),
            "middle": list(every(7, since=364, amount=200_000)),
            "small": list(weekly),
            "rare": list(every(100, since=301, amount=10_000_000)),
            "sender back": [(TODAY - timedelta(days=9), 100), (TODAY - timedelta(days=8), -300)],
            "asleep": list(every(7, since=700, until=400)),
        }
    )
    assert reasons == {
        "giant": "A: 520,000.00 EUR on 52 order days in 365 days, place 1 of 4; together the first 80 % of all revenue",
        "middle": "B: 104,000.00 EUR on 52 order days in 365 days, place 3 of 4; after the first 80 % of all revenue",
        "small": "C: 5,200.00 EUR on 52 order days in 365 days, place 4 of 4; after the first 95 % of all revenue",
        "rare": "C: 400,000.00 EUR on 4 order days in 365 days, place 2 of 4; A by revenue, but A needs 12 order days",
        "sender back": "D: -2.00 EUR net in 365 days, more came back than was bought",
        "asleep": "D: no order in 365 days",
    }


REVENUES = st.lists(st.integers(-1_000, 10**12), min_size=1, max_size=60)


@given(REVENUES)
def test_shares_add_up_to_the_line_and_who_crosses_it_is_still_above(revenues: list[int]) -> None:
    """All but the last customer of a tier stand for less than its share; together with the last they reach it."""
    revenue = np.array(revenues, dtype=np.int64)
    tier, _ = tier_places(revenue, np.zeros_like(revenue), BY_REVENUE)
    total = sum(amount for amount in revenues if amount > 0)
    for number, rule in enumerate(BY_REVENUE[:2]):
        best = sorted((amount for amount, at in zip(revenues, tier, strict=True) if at <= number and amount > 0))
        if best and total:
            assert sum(best[1:]) < rule.line / 10_000 * total * (1 + 1e-9)
            beyond = any(at > number and amount > 0 for amount, at in zip(revenues, tier, strict=True))
            assert not beyond or sum(best) >= rule.line / 10_000 * total * (1 - 1e-9)


@given(REVENUES)
def test_who_buys_more_is_never_in_a_worse_tier(revenues: list[int]) -> None:
    revenue = np.array(revenues, dtype=np.int64)
    tier, place = tier_places(revenue, np.zeros_like(revenue), BY_REVENUE)
    order = np.argsort(place)
    assert (np.diff(tier[order]) >= 0).all()
    assert (np.diff(revenue[order]) <= 0).all()
    assert sorted(place.tolist()) == list(range(1, len(revenues) + 1))


@given(REVENUES, st.integers(0, 30))
def test_a_floor_of_orders_only_ever_moves_down(revenues: list[int], orders: int) -> None:
    revenue = np.array(revenues, dtype=np.int64)
    with_floors, _ = tier_places(revenue, np.full_like(revenue, orders), ABCD)
    without, _ = tier_places(revenue, np.full_like(revenue, 10**6), ABCD)
    assert (with_floors >= without).all()
    assert all(orders >= ABCD[at].minimum_orders for at in with_floors)


def test_currencies_are_ranked_apart() -> None:
    """A yen is no euro: each currency has its own first place."""
    euros = history({"athens": every(7, since=364)})
    mixed = type(euros)(
        customers=(*euros.customers, *history({"tokyo": []}).customers),
        currencies=("EUR", "JPY"),
        who=np.concatenate([euros.who, euros.who + 1]),
        day=np.concatenate([euros.day, euros.day]),
        amount=np.concatenate([euros.amount, euros.amount * 100]),
        ordered=np.concatenate([euros.ordered, euros.ordered]),
    )
    athens, tokyo = give_tiers(mixed, ABCD, TODAY)
    assert athens.reason.startswith("A: 5,200.00 EUR on 52 order days in 365 days, place 1 of 1")
    assert tokyo.reason.startswith("A: 52,000,000 JPY on 52 order days in 365 days, place 1 of 1")


def test_a_refresh_moves_customers_once_and_keeps_their_version(session: Session) -> None:
    """`version` guards what people edit; a tier is the house's own."""
    world = small_town.build(session)
    bakery = world.customers["Bakery"]
    order = Order(customer_id=bakery.id, origin=Origin.IMPORT, ordered_on=TODAY - timedelta(days=9), currency="EUR")
    order.amount_minor = 50_000
    session.add(order)
    session.flush()
    version = bakery.version
    assert refresh_tiers(session, TODAY) == 6, "all six come from B, which the world gave them"
    assert refresh_tiers(session, TODAY) == 0
    bakery = session.get_one(Customer, bakery.id)
    assert (bakery.tier, bakery.tier_since, bakery.version) == ("A", TODAY, version)
    assert bakery.tier_reason is not None
    assert "500.00 EUR on 1 order day" in bakery.tier_reason


def test_what_was_decided_as_of_a_later_day_stands(session: Session) -> None:
    small_town.build(session)
    assert refresh_tiers(session, TODAY) == 6
    for customer in session.query(Customer):
        customer.tier = "A"
    session.flush()
    assert refresh_tiers(session, TODAY - timedelta(days=1)) == 0
