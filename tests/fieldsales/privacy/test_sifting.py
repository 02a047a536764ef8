"""Which positions may be kept: consent now and then, the shift, and the nearest territory's terms."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.policies.rules import PolicyInvalid
from fieldsales.privacy.rules import TRACKING, Hours, Said, Shift, Terms, Window, sift

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = Shift(Hours(time(8), time(17)), ZoneInfo("UTC"), {date(2026, 3, 2)})
ALL = Terms(consent=True, window=Window.SHIFT, margin=timedelta(), keep_days=90)
HOURS = st.integers(-20, 20)


def ago(hours: float) -> datetime:
    return NOON - timedelta(hours=hours)


def said(*words: tuple[float, bool], version: str = "1") -> list[Said]:
    return [Said(ago(hours), given, version) for hours, given in words]


def test_consent_must_hold_now_and_at_the_moment() -> None:
    moments = [ago(3), ago(1)]
    assert sift(moments, ALL, said((2, True)), "1", DAY).kept == (1,), "agreed between the two"
    assert sift(moments, ALL, said((4, True), (0.5, False)), "1", DAY).without_consent == 2, "taken back since"
    assert sift(moments, ALL, said((4, True), (3.5, False), (2, True)), "1", DAY).kept == (1,)
    assert sift(moments, ALL, [], "1", DAY).without_consent == 2


def test_consent_to_another_text_is_none_now_but_was_one_then() -> None:
    assert sift([ago(1)], ALL, said((4, True)), "2", DAY).without_consent == 1
    again = [*said((4, True)), *said((0.5, True), version="2")]
    assert sift([ago(1)], ALL, again, "2", DAY).kept == (0,)


def test_without_a_known_shift_nothing_is_in_it() -> None:
    assert sift([NOON], ALL, said((4, True)), "1", None).off_shift == 1


@given(st.lists(HOURS, max_size=30), st.lists(st.tuples(HOURS, st.booleans()), max_size=6), st.booleans())
def test_each_position_is_kept_or_counted_once(hours: list[int], words: list[tuple[int, bool]], needed: bool) -> None:
    moments = [ago(each) for each in hours]
    spoken = said(*sorted(words, reverse=True))
    terms = Terms(needed, Window.SHIFT, timedelta(), 90)
    found = sift(moments, terms, spoken, "1", DAY)
    assert len(found.kept) + found.without_consent + found.off_shift == len(moments)
    assert set(found.kept) <= set(sift(moments, Terms(False, Window.ANY, timedelta(), 90), spoken, "1", DAY).kept)
    if needed and not (spoken and spoken[-1].given):
        assert found.kept == ()


def body(**changed: object) -> dict[str, object]:
    return {**TRACKING.default, **changed}


def test_the_nearest_territory_that_is_named_decides() -> None:
    loose = {"consent": "not_needed", "window": "any", "keep_days": 7}
    policy = TRACKING.read(body(territories=[{"code": "town", "terms": loose}]))
    assert policy.of(["north", "town"]).keep_days == 7
    assert policy.of(["elsewhere"]).keep_days == 90
    assert policy.of([]).consent


def test_the_text_is_told_in_the_nearest_language() -> None:
    policy = TRACKING.read(TRACKING.default)
    assert policy.text_in("zh-TW")[0] == "zh"
    assert policy.text_in("el")[0] == "en"


@pytest.mark.parametrize(
    "wrong",
    [
        {"otherwise": {"consent": "maybe", "window": "shift", "keep_days": 90}},
        {"otherwise": {"consent": "needed", "window": "shift", "keep_days": 0}},
        {"otherwise": {"consent": "needed", "window": "shift", "keep_days": 1, "hours": {"from": "8", "to": "17:00"}}},
        {"consent_text": {"version": "1", "texts": {}}},
    ],
)
def test_a_policy_that_means_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PolicyInvalid):
        TRACKING.read(body(**wrong))
