"""Towns whose truth is known: it lies inside the interval about 95 times in 100, and nothing is found in nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy.orm import Session
from worlds import trial_town

from fieldsales.comparisons.rules import By, Design, Measure, Row
from fieldsales.planning.models import Source
from fieldsales.uplift.queries import uplift_seen_by
from fieldsales.uplift.rules import Wanted, sentence

WORLDS = 40
"""On each database; docs/uplift.md has what some hundred gave."""


def only_row(session: Session, by: By = By.SOURCE) -> Row:
    [told] = uplift_seen_by(session, None, Wanted(by=by), trial_town.NOW).rows
    return told.row


def test_what_visits_add_is_found_by_lot(session: Session) -> None:
    trial_town.drawn(session, 1, shops=1200, helps=0.3, share_bp=5000)
    row = only_row(session)
    assert (row.design, row.source, row.running) == (Design.EXPERIMENT, Source.ANOMALY, 0)
    assert row.treated + row.control == 1200
    assert row.effects[0].difference is not None
    assert row.effects[0].difference.estimate == pytest.approx(0.3, abs=0.1)
    told = sentence(row, 28)
    assert "so visits helped." in told
    assert told.endswith(
        f"{row.treated_not_kept} of the first got no visit, 0 of the others were released or visited for it."
    )
    assert 0.15 < (row.treated_not_kept or 0) / row.treated < 0.25


@pytest.mark.slow
@pytest.mark.parametrize("helps", [0.15, 0.0])
def test_the_truth_lies_inside_about_ninety_five_times_in_a_hundred(session: Session, helps: float) -> None:
    """Also where nothing is achieved: then about five in a hundred leave out 0."""
    inside, found = Counter[Measure](), Counter[Measure]()
    for seed in range(WORLDS):
        truth = trial_town.drawn(session, seed, helps=helps)
        for effect in only_row(session).effects:
            assert effect.difference is not None
            true = truth.amount if effect.currency else truth.ordered
            inside[effect.measure] += effect.difference.low <= true <= effect.difference.high
            found[effect.measure] += effect.difference.tells_something
        session.rollback()
    assert all(inside[measure] >= 0.85 * WORLDS for measure in Measure), inside
    if helps == 0:
        assert all(found[measure] <= 0.15 * WORLDS for measure in Measure), found
    else:
        assert found[Measure.ORDERED] > 0.5 * WORLDS


@pytest.mark.slow
@pytest.mark.parametrize("helps", [0.15, 0.0])
def test_so_it_does_for_planned_visits_that_chance_left_out(session: Session, helps: float) -> None:
    inside, found = Counter[Measure](), Counter[Measure]()
    for seed in range(WORLDS):
        truth = trial_town.planned(session, seed, helps=helps)
        row = only_row(session)
        assert row.design is Design.OBSERVATION
        for effect in row.effects:
            assert effect.difference is not None
            true = truth.amount if effect.currency else truth.ordered
            inside[effect.measure] += effect.difference.low <= true <= effect.difference.high
            found[effect.measure] += effect.difference.tells_something
        session.rollback()
    assert all(inside[measure] >= 0.85 * WORLDS for measure in Measure), inside
    if helps == 0:
        assert all(found[measure] <= 0.15 * WORLDS for measure in Measure), found


def test_what_was_bought_before_takes_off_most_of_what_large_shops_would_have_done_anyway(session: Session) -> None:
    """Nothing is achieved, but large shops are visited rather than small ones; that is why it is an observation."""
    trial_town.planned(session, 2, shops=600, helps=0.0, leaning=0.5)
    row = only_row(session)
    adjusted = row.effects[0].difference
    assert adjusted is not None
    plain = (
        0.5 * 0.5 / 12 / (0.6 * 0.4)
    )  # covariance of what is done and what is bought, over the variance of the first
    assert abs(adjusted.estimate) < 0.5 * plain
