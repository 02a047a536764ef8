"""The tiers are a policy: what fits together, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.ladders.queries import ladder_on
from fieldsales.ladders.rules import LINES, TIERS, BadTierPolicy, By, check_rules
from fieldsales.policies.rules import PolicyInvalid
from fieldsales.recurrence.rules import CadenceNotUnderstood

PLAIN = {"minimum_orders": 0, "rrule": "FREQ=WEEKLY", "minimum_gap_days": 5, "service_minutes": 20, "visit_value": 50}


def tier(name: str, **fields: Any) -> dict[str, Any]:
    return {"tier": name, **PLAIN, **fields}


def test_a_new_house_has_the_four_classes_of_pareto() -> None:
    ladder = TIERS.read(TIERS.default)
    assert ladder.by is By.REVENUE_SHARE
    assert [(each.tier, each.line, each.minimum_orders) for each in ladder.tiers] == [
        ("A", 8000, 12), ("B", 9500, 6), ("C", 10000, 1), ("D", 10000, 0),
    ]  # fmt: skip
    assert [each.visits_a_week for each in ladder.tiers] == [1, 1, 0.5, 0.125]


@pytest.mark.parametrize(
    ("by", "lines"),
    [("revenue_share", (8000, 10000)), ("customer_share", (2000, 10000)), ("score", (60.5, 0))],
)
def test_lines_are_drawn_in_three_ways(by: str, lines: tuple[float, float]) -> None:
    field = LINES[By(by)]
    ladder = TIERS.read({"by": by, "tiers": [tier(name, **{field: line}) for name, line in zip("AB", lines)]})  # noqa: B905
    assert (ladder.by, [each.line for each in ladder.tiers]) == (By(by), list(lines))
    assert ladder.find("B") == ladder.tiers[1]
    assert ladder.find("Z") is None
    assert ladder.find(None) is None


@pytest.mark.parametrize(
    ("body", "error", "wrong"),
    [
        ({"tiers": []}, PolicyInvalid, "/tiers"),
        ({"tiers": [tier("A", revenue_share_bp=10001)]}, PolicyInvalid, "/tiers/0/revenue_share_bp"),
        ({"tiers": [tier("A", revenue_share_bp=1, rank=0)]}, PolicyInvalid, "'rank' was unexpected"),
        ({"by": "luck", "tiers": [tier("A", revenue_share_bp=1)]}, PolicyInvalid, "'luck' is not one of"),
        ({"tiers": [tier("A")]}, BadTierPolicy, "does not have revenue_share_bp alone"),
        ({"tiers": [tier("A", minimum_score=1)]}, BadTierPolicy, "does not have revenue_share_bp alone"),
        (
            {"by": "score", "tiers": [tier("A", minimum_score=1, revenue_share_bp=1)]},
            BadTierPolicy,
            "minimum_score alone",
        ),
        (
            {"tiers": [tier("A", revenue_share_bp=9000), tier("B", revenue_share_bp=8000)]},
            BadTierPolicy,
            "before tier A at 90 %",
        ),
        (
            {"by": "customer_share", "tiers": [tier("A", customer_share_bp=90), tier("B", customer_share_bp=80)]},
            BadTierPolicy,
            "0.8 % of customers, before tier A",
        ),
        (
            {"by": "score", "tiers": [tier("A", minimum_score=40), tier("B", minimum_score=60.5)]},
            BadTierPolicy,
            "asks for a score of 60.5, tier A above for 40",
        ),
        ({"tiers": [tier("A", revenue_share_bp=1), tier("A", revenue_share_bp=2)]}, BadTierPolicy, "same name"),
        ({"tiers": [tier("A", revenue_share_bp=1, minimum_orders=1)]}, BadTierPolicy, "asks for orders"),
        ({"tiers": [tier("A", revenue_share_bp=1, rrule="NOW AND THEN")]}, CadenceNotUnderstood, "NOW"),
    ],
)
def test_tiers_that_do_not_fit_together_are_refused(body: dict[str, Any], error: type[Exception], wrong: str) -> None:
    with pytest.raises(error, match=wrong):
        TIERS.read(body)


def test_no_rules_at_all_are_refused() -> None:
    with pytest.raises(BadTierPolicy, match="no tiers"):
        check_rules([])


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8), st.sampled_from(list(By)))
def test_rising_shares_and_falling_scores_fit_together(lines: list[int], by: By) -> None:
    lines = sorted(lines, reverse=by is By.SCORE)
    if by is By.SCORE:
        lines = [line // 100 for line in lines]
    tiers = [tier(f"T{at}", **{LINES[by]: line}) for at, line in enumerate(lines)]
    assert [each.line for each in TIERS.read({"by": by.value, "tiers": tiers}).tiers] == lines


def test_the_ladder_is_that_of_the_day(session: Session) -> None:
    assert ladder_on(session, date(2026, 3, 2)).tiers[0].service_minutes == 30
    small_town.build(session)
    small_town.set_tiers(session, date(2026, 3, 9), service_minutes=45)
    assert [ladder_on(session, date(2026, 3, day)).tiers[0].service_minutes for day in (8, 9)] == [25, 45]
