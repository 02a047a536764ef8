"""Tiers given by hand, what moved whom, and where everybody stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.buyers import TODAY
from worlds.small_town import NOON, SmallTown

from fieldsales.audit.queries import history_of
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.ladders.rules import TIERS
from fieldsales.orders.models import Order, Origin
from fieldsales.overrides.models import EndedBy, TierOverride
from fieldsales.overrides.rules import BadOverride, NoOverride
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor
from fieldsales.policies.service import put
from fieldsales.tiers.models import MovedBy, TierChange, TierStanding
from fieldsales.tiers.queries import tier_card, tier_changes
from fieldsales.tiers.rules import explained
from fieldsales.tiers.service import (
    TierUnknown,
    apply_tiers,
    assess_tiers,
    end_override,
    override_tier,
    refresh_tiers,
)
from fieldsales.worth.rules import VALUE_SCORE

A_WEEK = timedelta(days=7)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The town, in which the bakery bought much and the corner shop little."""
    world = small_town.build(session)
    for name, amount in (("Bakery", 90_000), ("Corner", 9_000), ("Dairy", 1_000)):
        for ago in (7, 14, 400):
            session.add(
                Order(
                    customer_id=world.customers[name].id,
                    origin=Origin.IMPORT,
                    ordered_on=TODAY - timedelta(days=ago),
                    currency="EUR",
                    amount_minor=amount,
                )
            )
    session.flush()
    return world


def boss(town: SmallTown) -> Actor:
    return Actor(town.max.id, Role.MANAGER, None)


def tiers(session: Session) -> dict[str, str | None]:
    rows = session.execute(select(Customer.name, Customer.tier).order_by(Customer.name))
    return {name: tier for name, tier in rows}  # noqa: C416 -- rows, typed one by one


def give(
    session: Session, town: SmallTown, name: str, tier: str, until: date = TODAY + A_WEEK, **options: Any
) -> Customer:
    told = {"reason": "opens three more shops", "by": boss(town), "now": NOON, **options}
    return override_tier(session, town.customers[name].id, tier, until=until, **told)


def changes(session: Session, town: SmallTown, name: str) -> list[tuple[str | None, str, MovedBy]]:
    found = reversed(tier_changes(session, town.customers[name].id))
    return [(each.tier_from, each.tier_to, each.moved_by) for each in found]


def test_every_change_is_remembered_with_its_numbers(session: Session, town: SmallTown) -> None:
    refresh_tiers(session, TODAY)
    [change] = tier_changes(session, town.customers["Bakery"].id)
    assert (change.day, change.tier_from, change.tier_to, change.moved_by) == (TODAY, "B", "A", MovedBy.ORDERS)
    assert change.reason.startswith("A: 1,800.00 EUR on 2 order days in 365 days, place 1 of 3")
    assert change.facts == {"revenue": {"minor": 180_000, "place": 1, "of": 3}, "frequency": {"days": 2}}


def test_where_everybody_stands_is_noted_for_those_who_stay_too(session: Session, town: SmallTown) -> None:
    refresh_tiers(session, TODAY)
    assert session.query(TierStanding).count() == 6
    assert refresh_tiers(session, TODAY + A_WEEK) == 0
    assert {each.day for each in session.scalars(select(TierStanding))} == {TODAY + A_WEEK}
    assert session.query(TierChange).count() == 6
    refresh_tiers(session, TODAY)
    assert {each.day for each in session.scalars(select(TierStanding))} == {TODAY + A_WEEK}, (
        "a look back writes nothing"
    )


def test_a_tier_by_hand_holds_at_once_and_says_so(session: Session, town: SmallTown) -> None:
    refresh_tiers(session, TODAY)
    version = session.get_one(Customer, town.customers["Fish"].id).version
    fish = give(session, town, "Fish", "A")
    assert (fish.tier, fish.tier_since, fish.version) == ("A", TODAY, version)
    assert fish.tier_reason == "A, by hand by Max until 2026-03-09: opens three more shops; by its orders D"
    assert refresh_tiers(session, TODAY + timedelta(days=1)) == 0
    assert changes(session, town, "Fish") == [("B", "D", MovedBy.ORDERS), ("D", "A", MovedBy.OVERRIDE)]
    [entry] = history_of(session, ("customer", fish.id))
    assert (entry.action, entry.actor_id, entry.facts["until"]) == ("tier.override", town.max.id, "2026-03-09")


def test_a_tier_by_hand_holds_through_its_last_day_and_no_longer(session: Session, town: SmallTown) -> None:
    refresh_tiers(session, TODAY)
    give(session, town, "Fish", "A")
    assert refresh_tiers(session, TODAY + A_WEEK) == 0
    assert refresh_tiers(session, TODAY + A_WEEK + timedelta(days=1)) == 1
    fish = session.get_one(Customer, town.customers["Fish"].id)
    assert (fish.tier, fish.tier_reason) == ("D", "D: no order in 365 days")
    assert changes(session, town, "Fish")[-1] == ("A", "D", MovedBy.OVERRIDE_ENDED)
    [override] = session.scalars(select(TierOverride))
    assert (override.ended_on, override.ended_by) == (TODAY + A_WEEK + timedelta(days=1), EndedBy.EXPIRED)
    assert refresh_tiers(session, TODAY + A_WEEK + timedelta(days=1)) == 0


def test_a_tier_by_hand_that_is_the_tier_of_the_orders_ends_with_their_reason(
    session: Session, town: SmallTown
) -> None:
    refresh_tiers(session, TODAY)
    bakery = give(session, town, "Bakery", "A")
    assert str(bakery.tier_reason).startswith("A, by hand by Max")
    assert refresh_tiers(session, TODAY + 2 * A_WEEK) == 0
    bakery = session.get_one(Customer, bakery.id)
    assert str(bakery.tier_reason).startswith("A: 1,800.00 EUR")
    assert changes(session, town, "Bakery")[-2:] == [("A", "A", MovedBy.OVERRIDE), ("A", "A", MovedBy.OVERRIDE_ENDED)]


def test_what_was_given_by_hand_is_taken_back_at_once(session: Session, town: SmallTown) -> None:
    refresh_tiers(session, TODAY)
    give(session, town, "Fish", "A")
    fish = end_override(session, town.customers["Fish"].id, by=boss(town), now=NOON)
    assert (fish.tier, fish.tier_reason) == ("D", "D: no order in 365 days")
    assert [each.action for each in history_of(session, ("customer", fish.id))] == [
        "tier.override",
        "tier.override_end",
    ]
    with pytest.raises(NoOverride):
        end_override(session, fish.id, by=boss(town), now=NOON)


def test_a_look_that_did_not_see_what_was_given_by_hand_leaves_it_alone(session: Session, town: SmallTown) -> None:
    """Planning searches for routes between its look at the tiers and writing them."""
    refresh_tiers(session, TODAY)
    before = assess_tiers(session, TODAY)
    give(session, town, "Fish", "A")
    assert apply_tiers(session, before, TODAY, note_all=True) == 0
    assert tiers(session)["Fish"] == "A"
    with_hand = assess_tiers(session, TODAY)
    end_override(session, town.customers["Fish"].id, by=boss(town), now=NOON)
    assert apply_tiers(session, with_hand, TODAY) == 0
    assert tiers(session)["Fish"] == "D"


def test_without_a_look_at_the_orders_the_tier_stays_until_there_is_one(session: Session, town: SmallTown) -> None:
    assert give(session, town, "Fish", "A").tier_reason == "A, by hand by Max until 2026-03-09: opens three more shops"
    fish = end_override(session, town.customers["Fish"].id, by=boss(town), now=NOON)
    assert (fish.tier, fish.tier_reason) == ("A", "A: no longer by hand, until the next look at its orders")
    refresh_tiers(session, TODAY)
    assert tiers(session)["Fish"] == "D"


def test_another_by_hand_takes_the_place_of_the_first_and_the_same_again_changes_nothing(
    session: Session, town: SmallTown
) -> None:
    give(session, town, "Fish", "A")
    give(session, town, "Fish", "A")
    give(session, town, "Fish", "C")
    rows = session.execute(select(TierOverride.tier, TierOverride.ended_by).order_by(TierOverride.tier))
    assert list(rows) == [("A", EndedBy.REPLACED), ("C", None)]
    assert tiers(session)["Fish"] == "C"


def test_one_that_expired_unseen_is_ended_by_the_next_one(session: Session, town: SmallTown) -> None:
    give(session, town, "Fish", "A")
    give(session, town, "Fish", "C", TODAY + 3 * A_WEEK, now=NOON + 2 * A_WEEK)
    rows = session.execute(select(TierOverride.tier, TierOverride.ended_by).order_by(TierOverride.tier))
    assert list(rows) == [("A", EndedBy.EXPIRED), ("C", None)]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"until": TODAY - timedelta(days=1)}, BadOverride),
        ({"until": TODAY + timedelta(days=800)}, BadOverride),
        ({"reason": "  "}, BadOverride),
        ({"tier": "Z"}, TierUnknown),
    ],
)
def test_by_hand_needs_a_reason_an_end_and_a_tier(
    session: Session, town: SmallTown, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        give(session, town, "Fish", **{"tier": "A", **options})
    assert session.query(TierOverride).count() == 0


def test_customers_of_other_territories_are_left_alone(session: Session, town: SmallTown) -> None:
    of_the_north = Actor(town.max.id, Role.MANAGER, town.north.id)
    with pytest.raises(CustomerNotFound):
        give(session, town, "Fish", "A", by=of_the_north)
    assert give(session, town, "Dairy", "A", by=of_the_north).tier == "A"


def test_by_hand_of_a_tier_that_is_no_more_gives_way_to_the_orders(session: Session, town: SmallTown) -> None:
    refresh_tiers(session, TODAY)
    give(session, town, "Fish", "A")
    body = {"tiers": [{**tier, "tier": f"new {tier['tier']}"} for tier in small_town.TIERS]}
    put(session, TIERS, body, now=NOON)
    refresh_tiers(session, TODAY)
    fish = session.get_one(Customer, town.customers["Fish"].id)
    assert (fish.tier, fish.tier_reason) == ("new D", "new D: no order in 365 days; A by hand is no tier any more")


def test_another_policy_is_told_as_what_moved_them(session: Session, town: SmallTown) -> None:
    refresh_tiers(session, TODAY)
    first = tiers(session)
    body = {"tiers": [{**tier, "revenue_share_bp": 10_000} for tier in small_town.TIERS]}
    version = put(session, TIERS, body, now=NOON, effective_from=TODAY + A_WEEK)
    assert refresh_tiers(session, TODAY + timedelta(days=1)) == 0
    assert refresh_tiers(session, TODAY + A_WEEK) == 2
    assert [name for name, tier in tiers(session).items() if tier != first[name]] == ["Corner", "Dairy"]
    change = tier_changes(session, town.customers["Corner"].id)[0]
    assert (change.moved_by, change.policy_id, change.score_policy_id) == (MovedBy.POLICY, version.id, None)


def test_by_score_the_reason_holds_the_components(session: Session, town: SmallTown) -> None:
    plain = [{name: value for name, value in tier.items() if name != "revenue_share_bp"} for tier in small_town.TIERS]
    lines = (70, 40, 20, 0)
    body = {"by": "score", "tiers": [{**tier, "minimum_score": line} for tier, line in zip(plain, lines, strict=True)]}
    put(session, TIERS, body, now=NOON)
    weights = put(session, VALUE_SCORE, {"weights": {"revenue": 3, "growth": 1}}, now=NOON)
    assert refresh_tiers(session, TODAY) == 5
    assert tiers(session) == {"Bakery": "A", "Corner": "B", "Dairy": "C", "Fish": "D", "Grocer": "D", "Hotel": "D"}
    dairy = tier_card(session, boss(town), town.customers["Dairy"].id, NOON)
    assert dairy.customer.tier_reason == (
        "C: value score 25.0 of 100 (revenue 17, growth 50), place 3 of 6; B from 40 on"
    )
    assert dairy.standing is not None
    assert (dairy.standing.score, dairy.changes[0].score_policy_id) == (25.0, weights.id)
    assert [
        (each.component, each.share, each.score, each.told) for each in explained(dairy.standing.facts, dairy.currency)
    ] == [
        ("revenue", 0.75, 16.7, "20.00 EUR net in 365 days"),
        ("growth", 0.25, 50.0, "20.00 EUR in 182 days, 10.00 EUR in the same days a year before"),
    ]
    fish = tier_card(session, boss(town), town.customers["Fish"].id, NOON)
    assert fish.standing is not None
    assert explained(fish.standing.facts, fish.currency)[1].told == "bought nothing in the same 182 days a year before"
    assert str(fish.customer.tier_reason).startswith("D: value score 12.5 of 100 (revenue 12, growth unknown)")


def test_of_a_customer_out_of_sight_nothing_is_told(session: Session, town: SmallTown) -> None:
    anna = Actor(town.anna.id, Role.REP, town.north.id)
    assert tier_card(session, anna, town.customers["Dairy"].id, NOON).customer.tier == "B"
    with pytest.raises(CustomerNotFound):
        tier_card(session, anna, town.customers["Fish"].id, NOON)
