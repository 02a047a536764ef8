"""Rows of effects from columns: what is compared with what, and when nothing is said."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.comparisons.rules import MINIMUM, By, Design, Measure, Verdict, of_plans, of_trials
from fieldsales.episodes.rules import KINDS, SOURCES, Bools, Bought, Customers, Ints, Outcomes, Plans, Trials
from fieldsales.planning.models import Source

MARCH = date(2026, 3, 2).toordinal()


def customers(many: int, currencies: tuple[str, ...] = ("EUR",), tiers: tuple[str, ...] = ("A",)) -> Customers:
    """So many customers, each in turn of the next currency and tier, all of one rep."""
    place = np.arange(many)
    ids = tuple(map(str, range(many)))
    return Customers(ids, place % len(currencies), place % len(tiers), place * 0, currencies, tiers, ("1",), ("Ada",))


def trials(treated: Bools, who: Ints | None = None, share_bp: Ints | None = None, kind: Ints | None = None) -> Trials:
    """Episodes of one day, all kept to."""
    place = np.arange(len(treated))
    nothing = place * 0
    return Trials(
        place if who is None else who, nothing + MARCH, nothing if kind is None else kind,
        nothing + 1000 if share_bp is None else share_bp, treated, np.ones(len(treated), dtype=bool),
    )  # fmt: skip


def outcomes(after: Ints) -> Outcomes:
    """So many order days after, each of 100; nothing before."""
    days = after.astype(np.float64)
    return Outcomes(Bought(days, 100 * days), Bought(0 * days, 0 * days))


def over(many: int) -> Bools:
    return np.ones(many, dtype=bool)


def test_two_currencies_are_two_effects_and_are_never_added_up() -> None:
    place = np.arange(400)
    treated, after = place % 4 < 2, place % 3
    [row] = of_trials(trials(treated), outcomes(after), customers(400, ("EUR", "JPY")), By.SOURCE, over(400))
    assert [(each.measure, each.currency) for each in row.effects] == [
        (Measure.ORDERED, None), (Measure.ORDER_DAYS, None), (Measure.AMOUNT, "EUR"), (Measure.AMOUNT, "JPY"),
    ]  # fmt: skip
    assert [each.treated + each.control for each in row.effects] == [400, 400, 200, 200]


def test_too_few_customers_are_told_as_too_few_however_many_rows_they_make() -> None:
    for of_control, verdict in ((MINIMUM - 1, Verdict.TOO_FEW), (MINIMUM, Verdict.UNCLEAR)):
        who = np.concatenate([np.arange(500), 500 + np.arange(200) % of_control])
        treated = np.arange(700) < 500
        [row] = of_trials(trials(treated, who), outcomes(np.arange(700) % 2), customers(800), By.SOURCE, over(700))
        assert row.effects[0].verdict is verdict
        assert row.control == 200


def test_what_is_still_running_is_in_neither_group() -> None:
    treated, done = np.arange(200) % 2 == 0, np.arange(200) < 150
    [row] = of_trials(trials(treated), outcomes(np.arange(200) % 3), customers(200), By.SOURCE, done)
    assert (row.treated, row.control, row.running) == (75, 75, 50)
    assert row.effects[0].treated + row.effects[0].control == 150


def test_each_kind_and_tier_is_a_row_of_its_own() -> None:
    place, ours = np.arange(300), customers(300, tiers=("A", "B"))
    found = of_trials(trials(place % 2 == 0, kind=place % 3), outcomes(place % 2), ours, By.KIND, over(300))
    assert [(row.group, row.treated + row.control) for row in found] == [(str(kind), 100) for kind in KINDS]
    found = of_trials(trials(place % 3 == 0), outcomes(place % 2), ours, By.TIER, over(300))
    assert [(row.group, row.treated + row.control) for row in found] == [("A", 150), ("B", 150)]


def plans(made: Bools, day: Ints, source: Source = Source.TIER) -> Plans:
    place = np.arange(len(made))
    return Plans(place, day, place * 0, place * 0 + SOURCES.index(source), place * 0 - 1, made)


def test_a_month_in_which_every_visit_was_made_is_compared_with_nothing() -> None:
    place = np.arange(300)
    day = MARCH + np.where(place < 100, 0, 40)
    made = (place < 100) | (place % 2 == 0)
    [row] = of_plans(plans(made, day), outcomes(place % 3), customers(300), By.SOURCE, over(300))
    assert (row.design, row.treated, row.control) == (Design.OBSERVATION, 200, 100)
    assert (row.effects[0].treated, row.effects[0].control) == (100, 100)
    assert (row.treated_not_kept, row.control_not_kept) == (None, None)


def test_a_season_that_all_share_is_no_effect() -> None:
    """In April all order and nearly every visit is made; in March nobody orders and few are made."""
    place = np.arange(1000)
    april = place < 500
    made = np.where(april, place % 10 > 0, place % 10 == 0)
    found = of_plans(plans(made, MARCH + 40 * april), outcomes(april * 1), customers(1000), By.SOURCE, over(1000))
    assert found[0].effects[0].verdict is Verdict.UNCLEAR
    assert found[0].effects[0].difference is not None
    assert abs(found[0].effects[0].difference.estimate) < 1e-9


def test_sources_are_never_mixed() -> None:
    place = np.arange(400)
    some = plans(place % 2 == 0, place * 0 + MARCH)
    source = np.where(place < 200, SOURCES.index(Source.MANUAL), SOURCES.index(Source.KEY_ACCOUNT))
    mixed = Plans(some.who, some.day, some.rep, source, some.kind, some.made)
    found = of_plans(mixed, outcomes(place % 2), customers(400), By.SOURCE, over(400))
    assert {row.source: row.treated + row.control for row in found} == {Source.MANUAL: 200, Source.KEY_ACCOUNT: 200}


@given(st.integers(0, 2**32 - 1), st.integers(60, 200))
def test_swapping_who_was_held_out_flips_every_effect(seed: int, many: int) -> None:
    chance = np.random.default_rng(seed)
    treated, after, share = chance.random(many) < 0.5, chance.poisson(1, many), chance.choice([1000, 2000], many)
    both = [
        of_trials(trials(held, share_bp=share), outcomes(after), customers(many), By.SOURCE, over(many))[0]
        for held in (treated, ~treated)
    ]
    for one, other in zip(both[0].effects, both[1].effects, strict=True):
        assert (one.difference is None) == (other.difference is None)
        if one.difference is not None and other.difference is not None:
            assert np.isclose(one.difference.estimate, -other.difference.estimate)
            assert np.isclose(one.difference.low, -other.difference.high)
