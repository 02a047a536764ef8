"""What a change of tiers would do, before it is set."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.buyers import TODAY
from worlds.small_town import NOON

from fieldsales.customers.models import Customer
from fieldsales.ladders.rules import TIERS, Ladder
from fieldsales.policies.rules import PolicyNotFound
from fieldsales.rulebook.rules import KINDS, Known, Preview, kind_named, kind_of, preview_moves
from fieldsales.rulebook.service import preview_tiers, try_policy
from fieldsales.tiers.rules import TierGiven
from fieldsales.tiers.service import refresh_tiers

NOW = TIERS.read(TIERS.default)
DAILY = TIERS.read(
    {"tiers": [{**tier, "rrule": "FREQ=DAILY", "minimum_gap_days": 1} for tier in TIERS.default["tiers"]]}
)
TIER = st.sampled_from("ABCD")
ANNA = uuid.UUID(int=99)


def preview(before: list[str | None], after: list[str], ladders: tuple[Ladder, Ladder] = (NOW, DAILY)) -> Preview:
    """Customers of Anna's, every second of nobody's."""
    ids = [uuid.UUID(int=at) for at in range(len(before))]
    known = {
        who: Known(f"shop {at}", tier, None) if at % 2 else Known(f"shop {at}", tier, ANNA, "Anna")
        for at, (who, tier) in enumerate(zip(ids, before, strict=True))
    }
    given = [TierGiven(who, tier, f"{tier}: so it is") for who, tier in zip(ids, after, strict=True)]
    return preview_moves(TODAY, known, given, {}, ladders)


def test_moves_counts_and_weeks_are_told() -> None:
    found = preview(["A", "D", None, "Z"], ["A", "A", "D", "C"])
    assert [(each.name, each.before, each.after) for each in found.moves] == [
        ("shop 2", None, "D"), ("shop 1", "D", "A"), ("shop 3", "Z", "C"),
    ]  # fmt: skip
    assert [(each.tier, each.before, each.after) for each in found.counts] == [
        ("A", 1, 2), ("B", 0, 0), ("C", 0, 1), ("D", 1, 1), (None, 1, 0), ("Z", 1, 0),
    ]  # fmt: skip
    anna, nobody = found.reps
    assert (anna.rep_id, anna.name, anna.customers, anna.visits_before, anna.visits_after) == (
        ANNA,
        "Anna",
        2,
        1.125,
        14,
    )
    assert (anna.minutes_before, anna.minutes_after) == (31.25, 7 * 30 + 7 * 10)
    assert (nobody.rep_id, nobody.name, nobody.visits_before) == (None, "nobody", 0.25)


@given(st.lists(st.tuples(st.none() | TIER, TIER), max_size=30))
def test_nobody_is_lost_and_moves_are_what_the_counts_say(pairs: list[tuple[str | None, str]]) -> None:
    found = preview([before for before, _ in pairs], [after for _, after in pairs])
    assert sum(each.before for each in found.counts) == sum(each.after for each in found.counts) == len(pairs)
    for count in found.counts:
        came = sum(move.after == count.tier for move in found.moves)
        went = sum(move.before == count.tier for move in found.moves)
        assert count.after - count.before == came - went
    assert sum(rep.customers for rep in found.reps) == len(pairs) == found.customers


@given(st.lists(TIER, max_size=30))
def test_where_nothing_changes_nobody_moves_and_weeks_stay(tiers: list[str]) -> None:
    found = preview(list(tiers), tiers, (NOW, NOW))
    assert found.moves == ()
    assert all(rep.visits_before == rep.visits_after for rep in found.reps)


def test_a_kind_is_known_by_its_name_and_by_its_look() -> None:
    for name, kind in KINDS.items():
        assert kind_named(name) is kind
        assert kind_of(kind.default) is kind
    with pytest.raises(PolicyNotFound, match="tiers, value_score"):
        kind_named("weather")
    with pytest.raises(PolicyNotFound):
        kind_of({"weather": "fine"})


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_default_has_the_shape_of_its_kind(kind: object) -> None:
    assert KINDS[kind.name].read(kind.default) is not None  # type: ignore[attr-defined]


def test_what_a_preview_says_is_what_the_next_look_does(session: Session) -> None:
    small_town.build(session)
    foreseen = preview_tiers(session, {}, TODAY, now=NOON)
    assert refresh_tiers(session, TODAY) == len(foreseen.moves)
    tiers = {
        who: (tier, why) for who, tier, why in session.execute(select(Customer.id, Customer.tier, Customer.tier_reason))
    }
    assert {move.customer_id: (move.after, move.reason) for move in foreseen.moves} == tiers
    assert preview_tiers(session, {}, TODAY, now=NOON).moves == ()


def test_a_trial_writes_nothing(session: Session) -> None:
    small_town.build(session)
    session.commit()
    trial = try_policy(session, TIERS, TIERS.default, now=NOON)
    assert trial.tiers is not None
    assert len(trial.tiers.moves) == 6
    assert not session.new
    assert not session.dirty
