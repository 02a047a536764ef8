"""Recurrence rules (RFC 5545) that visits can follow, and the days on which they occur.

The library that reads the rules searches until the year 9999 for a rule that never occurs, and for ever with an
interval of 0. So only those are accepted that occur from every first day on, within a few of their periods: the parts
that narrow a rule may not contradict each other, nor meet the interval by chance only.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice

from dateutil.rrule import MONTHLY, rrule, rrulestr

from fieldsales.errors import Invalid

_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 30, "YEARLY": 365}
_LONGEST = 520 * 7
"""The longest period in days; a visit every ten years is a slip of the pen."""

_EPOCH = date(2010, 1, 4)

_WEEKDAY = "(MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": "|".join(_DAYS),
    "INTERVAL": "[1-9][0-9]{0,3}",
    "WKST": _WEEKDAY,
    "BYDAY": r"([+-]?[1-4])?" + _WEEKDAY,
    "BYMONTH": "[1-9]|1[0-2]",
    "BYMONTHDAY": "[+-]?([1-9]|1[0-9]|2[0-8])",
    "BYSETPOS": "[+-]?[1-4]",
}
"""What each part may hold, or each item of it. The 29th and a fifth weekday are missing in some months: -1 is there."""


class CadenceNotUnderstood(Invalid):
    """A recurrence rule or gap that cannot be used."""

    code = "cadence.not_understood"
    title = "The visit cadence is not understood"


@lru_cache(maxsize=20_000)
def first_after(rule: str, start: date) -> date:
    """Return the first occurrence after the day from which a rule counts. Raises `CadenceNotUnderstood`."""
    found = _read(rule, start).after(_midnight(start))
    if found is None:
        raise _not_understood(rule, f"it does not occur after {start}")
    return found.date()


@lru_cache(maxsize=20_000)
def latest_until(rule: str, start: date, day: date) -> date | None:
    """Return the last occurrence up to a day of a rule that counts from `start`; None if there is none yet."""
    found = _read(rule, start).before(_midnight(day), inc=True)
    return found.date() if found else None


@lru_cache(maxsize=1_000)
def mean_period_days(rule: str) -> int:
    """Return the mean distance between two occurrences, at least 1. Raises `CadenceNotUnderstood`."""
    first = list(islice(_read(rule, _EPOCH), 25))
    return max(1, round((first[-1] - first[0]).days / (len(first) - 1)))


def _read(text: str, start: date) -> rrule:
    """Read a rule. A monthly one from the 29th on would skip short months (RFC 5545), so it counts from the 28th."""
    parts = _parts(text)
    try:
        parsed = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=_midnight(start))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as wrong:
        raise _not_understood(text, f"it cannot be read ({wrong})") from wrong
    if not isinstance(parsed, rrule):
        raise _not_understood(text, "it holds more than one rule")
    frequency: int = parsed._freq  # type: ignore[attr-defined]
    if frequency <= MONTHLY and start.day > 28 and not {"BYDAY", "BYMONTHDAY"} & parts.keys():
        return parsed.replace(dtstart=_midnight(start.replace(day=28)))
    return parsed


@lru_cache(maxsize=1_000)
def _parts(text: str) -> dict[str, str]:
    """Take a rule apart; raise `CadenceNotUnderstood` unless it occurs from every first day on."""
    parts: dict[str, str] = {}
    for piece in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or name in parts:
            raise _not_understood(text, f"“{piece}” is no part of a rule, or there twice")
        if name in {"UNTIL", "COUNT"}:
            raise _not_understood(text, "a cadence has no end, so no UNTIL and no COUNT")
        items = value.split(",") if name.startswith("BY") else [value]
        if name not in _PARTS or not all(re.fullmatch(_PARTS[name], item, re.ASCII) for item in items):
            raise _not_understood(text, f"“{piece}” is not among what a cadence can hold")
        parts[name] = value
    wrong = _contradiction(parts)
    if wrong is not None:
        raise _not_understood(text, wrong)
    return parts


def _contradiction(parts: dict[str, str]) -> str | None:
    """Say why well-written parts do not fit together; None if they do."""
    if "FREQ" not in parts:
        return "it has no FREQ"
    often, interval, days = parts["FREQ"], int(parts.get("INTERVAL", 1)), parts.get("BYDAY", "")
    short = often in {"DAILY", "WEEKLY"}
    wrongs = {
        "its period is longer than 520 weeks": interval * _DAYS[often] > _LONGEST,
        "BYDAY and BYMONTHDAY together may never meet": bool(days) and "BYMONTHDAY" in parts,
        "BYMONTHDAY goes with MONTHLY or YEARLY": short and "BYMONTHDAY" in parts,
        "a numbered weekday goes with MONTHLY or YEARLY": short and bool(re.search("[0-9]", days)),
        "BYSETPOS goes with MONTHLY and the names of weekdays in BYDAY": (
            "BYSETPOS" in parts and (often != "MONTHLY" or not re.fullmatch("[A-Z,]+", days))
        ),
        "with an INTERVAL the months or weekdays named may never come": (
            interval > 1 and ((often != "YEARLY" and "BYMONTH" in parts) or (often == "DAILY" and bool(days)))
        ),
    }
    return next((why for why, wrong in wrongs.items() if wrong), None)


def _not_understood(text: str, why: str) -> CadenceNotUnderstood:
    return CadenceNotUnderstood(
        f"“{text}” is not a recurrence rule that visits can follow: {why}.",
        mend="Use RFC 5545, such as FREQ=WEEKLY;INTERVAL=2 or FREQ=WEEKLY;BYDAY=TU,FR.",
        rrule=text,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
