"""Opening hours as a rep meets them: spans of one local day."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.hours import DAY_S, NEVER_TOLD, HoursNotUnderstood, check_hours, open_on

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)
SATURDAY = date(2026, 3, 7)
INDEPENDENCE_DAY = date(2026, 3, 25)
"""A Wednesday; a public holiday in Greece."""

HOUR = 3600


@pytest.mark.parametrize(
    ("text", "day", "windows"),
    [
        ("Mo-Fr 08:00-18:00", MONDAY, ((8 * HOUR, 18 * HOUR),)),
        ("Mo-Fr 08:00-18:00", SATURDAY, ()),
        ("Mo 10:00-12:00,14:00-18:00", MONDAY, ((10 * HOUR, 12 * HOUR), (14 * HOUR, 18 * HOUR))),
        ("24/7", MONDAY, ((0, 2 * DAY_S),)),
        ("off", MONDAY, ()),
    ],
)
def test_a_day_has_the_spans_that_the_text_says(text: str, day: date, windows: tuple[tuple[int, int], ...]) -> None:
    assert open_on(text, day).windows == windows


def test_a_bar_that_closes_at_two_belongs_to_both_days() -> None:
    assert open_on("Fr 22:00-02:00", FRIDAY).windows == ((22 * HOUR, 26 * HOUR),)
    assert open_on("Fr 22:00-02:00", SATURDAY).windows == ((0, 2 * HOUR),)


def test_spans_that_touch_are_one() -> None:
    assert open_on('Mo 08:00-12:00 "side door"; Mo 12:00-18:00', MONDAY).windows == ((12 * HOUR, 18 * HOUR),)
    assert open_on('Mo 08:00-12:00 "side door", Mo 12:00-18:00', MONDAY).windows == ((8 * HOUR, 18 * HOUR),)


def test_a_public_holiday_is_that_of_the_country() -> None:
    hours = "Mo-Fr 08:00-18:00; PH off"
    assert open_on(hours, INDEPENDENCE_DAY, "GR").windows == ()
    assert open_on(hours, INDEPENDENCE_DAY, "US").windows == ((8 * HOUR, 18 * HOUR),)


def test_without_a_known_country_no_day_is_a_holiday() -> None:
    hours = "Mo-Fr 08:00-18:00; PH off"
    assert open_on(hours, INDEPENDENCE_DAY).windows == ((8 * HOUR, 18 * HOUR),)
    assert open_on(hours, INDEPENDENCE_DAY, "XX").windows == ((8 * HOUR, 18 * HOUR),)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_hours_that_nobody_told_are_the_whole_day_and_say_so(nothing: str | None) -> None:
    assert open_on(nothing, MONDAY) == NEVER_TOLD
    assert not NEVER_TOLD.known


def test_hours_that_call_themselves_unknown_count_as_open_but_unsure() -> None:
    opened = open_on("Mo 10:00-12:00 unknown", MONDAY)
    assert opened.windows == ((10 * HOUR, 12 * HOUR),)
    assert not opened.known


@pytest.mark.parametrize(
    ("text", "from_here"), [("Mo-Fr 8-18", "8-18"), ("Moo 9-5", "o 9-5"), ("Mo-Fr 08:00-18:00 blah", "blah")]
)
def test_a_text_of_another_kind_is_refused_where_it_goes_wrong(text: str, from_here: str) -> None:
    with pytest.raises(HoursNotUnderstood) as refused:
        check_hours(text)
    assert refused.value.code == "hours.not_understood"
    assert f"“{text}” is not understood from “{from_here}” on" in refused.value.detail
    assert refused.value.mend is not None


def test_an_empty_text_is_refused_as_hours() -> None:
    with pytest.raises(HoursNotUnderstood, match="empty"):
        check_hours(" ")


def test_good_hours_come_back_without_blanks() -> None:
    assert check_hours(" Mo-Sa 09:00-21:00 ") == "Mo-Sa 09:00-21:00"


@given(
    opens=st.integers(0, 23),
    lasts=st.integers(1, 24),
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_every_span_starts_on_its_day_and_spans_are_in_order(opens: int, lasts: int, day: date) -> None:
    """Any daily hours: a span begins before midnight, never ends before it began, never overlaps the next."""
    closes = opens + lasts
    windows = open_on(f"{opens:02}:00-{closes:02}:00", day).windows
    assert any(opens * HOUR in range(first, last) for first, last in windows)
    for first, last in windows:
        assert 0 <= first < DAY_S
        assert first < last <= 2 * DAY_S
    assert all(one[1] < other[0] for one, other in pairwise(windows))


@given(st.text(max_size=30))
def test_any_text_is_either_understood_or_refused_with_the_code(text: str) -> None:
    """Nothing that a person types escapes as another kind of error."""
    with suppress(HoursNotUnderstood):
        assert open_on(check_hours(text), MONDAY).windows is not None
