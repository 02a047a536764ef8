"""Recurrence rules: what is accepted occurs from every day on, what is not is refused at once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.recurrence.rules import CadenceNotUnderstood, first_after, latest_until, mean_period_days

DAYS = st.dates(date(2010, 1, 1), date(2060, 12, 31))
ITEMS = {
    "FREQ": ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"],
    "INTERVAL": ["0", "-1", "1", "2", "7", "12", "520", "521", "99999", "x"],
    "BYDAY": ["MO", "TU,FR", "1MO", "-1FR", "5WE", "0MO", "XX"],
    "BYMONTH": ["2", "6,7,8", "13", "0"],
    "BYMONTHDAY": ["1", "15,-1", "29", "30", "31", "-31", "0"],
    "BYSETPOS": ["1", "-1", "5", "366", "0"],
    "WKST": ["SU", "8"],
    "COUNT": ["1"],
    "UNTIL": ["20300101"],
    "BYHOUR": ["9,10"],
    "BYWEEKNO": ["53"],
    "BYYEARDAY": ["366"],
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A frequency and up to three other parts, sensible or not."""
    others = draw(st.lists(st.sampled_from(sorted(ITEMS.keys() - {"FREQ"})), max_size=3))
    return ";".join(f"{name}={draw(st.sampled_from(ITEMS[name]))}" for name in ["FREQ", *others])


@given(rule=rules(), start=DAYS)
def test_an_accepted_rule_occurs_from_every_day_on_and_within_a_few_periods(rule: str, start: date) -> None:
    try:
        period = mean_period_days(rule)
    except CadenceNotUnderstood:
        return
    found = first_after(rule, start)
    assert 0 < (found - start).days <= max(2 * period, 4 * 366)
    assert latest_until(rule, start, found) == found


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=MONTHLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=WEEKLY;INTERVAL=521",
        "FREQ=YEARLY;INTERVAL=100",
        "FREQ=WEEKLY;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20300101",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=9,10",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=1",
        "FREQ=WEEKLY;FREQ=DAILY",
        "INTERVAL=2",
    ],
)
def test_a_rule_that_ends_never_comes_or_never_advances_is_refused(rule: str) -> None:
    with pytest.raises(CadenceNotUnderstood, match="Use RFC 5545") as refused:
        mean_period_days(rule)
    assert (refused.value.code, refused.value.status) == ("cadence.not_understood", 422)


@pytest.mark.parametrize(
    ("rule", "start", "then"),
    [
        ("RRULE:FREQ=WEEKLY;INTERVAL=520", date(2026, 3, 2), date(2036, 2, 18)),
        ("freq=weekly;byday=tu,fr", date(2026, 3, 3), date(2026, 3, 6)),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", date(2026, 3, 31), date(2026, 4, 30)),
        ("FREQ=MONTHLY;BYMONTH=2", date(2026, 3, 30), date(2027, 2, 28)),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYMONTHDAY=1", date(2026, 6, 1), date(2028, 5, 1)),
    ],
)
def test_what_is_read_occurs_as_the_standard_says(rule: str, start: date, then: date) -> None:
    assert first_after(rule, start) == then
