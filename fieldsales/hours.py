"""When a shop is open: OpenStreetMap's `opening_hours` syntax turned into spans of one local day.

The only module that knows the parser. The syntax: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from opening_hours import (  # type: ignore[attr-defined]  # its stubs forget the exceptions
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

from fieldsales.errors import Invalid

DAY_S = 24 * 3600


class HoursNotUnderstood(Invalid):
    """A text that is not in the `opening_hours` syntax."""

    code = "hours.not_understood"
    title = "The opening hours are not understood"


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A shop's day: spans in seconds from local midnight, in order and disjoint; none means closed.

    A span that runs past midnight ends after 86,400 (02:00 next morning is 93,600), at most 172,800. `known` is False
    where nobody told the hours (the whole day counts as open) or where the text itself says that they are unsure.
    """

    windows: tuple[tuple[int, int], ...]
    known: bool = True


NEVER_TOLD = OpenDay(((0, DAY_S),), known=False)


def check_hours(text: str, country: str | None = None) -> str:
    """Return the text without surrounding blanks; raise `HoursNotUnderstood` if it cannot be read."""
    stripped = text.strip()
    _parse(stripped, country)
    return stripped


def open_on(text: str | None, day: date, country: str | None = None) -> OpenDay:
    """Return when a shop with these hours is open on a day.

    `country` (ISO 3166) says which public holidays `PH` means; without one, or with one whose calendar is unknown,
    no day is a holiday. None or a blank text means that nobody knows. Raises `HoursNotUnderstood`.
    """
    if text is None or not text.strip():
        return NEVER_TOLD
    return _open_on(text.strip(), day, country)


@lru_cache(maxsize=20_000)
def _open_on(text: str, day: date, country: str | None) -> OpenDay:
    midnight = datetime.combine(day, time())
    spans: list[tuple[int, int]] = []
    known = True
    for opens, closes, state, _ in _parse(text, country).intervals(midnight, midnight + timedelta(days=2)):
        opens_s = round((opens - midnight).total_seconds())
        if state == State.CLOSED or opens_s >= DAY_S:
            continue
        known = known and state != State.UNKNOWN
        closes_s = round((closes - midnight).total_seconds())
        if spans and spans[-1][1] == opens_s:
            spans[-1] = (spans[-1][0], closes_s)
        else:
            spans.append((opens_s, closes_s))
    return OpenDay(tuple(spans), known)


@lru_cache(maxsize=5_000)
def _parse(text: str, country: str | None) -> OpeningHours:
    if not text:
        raise HoursNotUnderstood(
            "The opening hours are an empty text.", mend="Leave them out if nobody knows them.", opening_hours=text
        )
    try:
        return OpeningHours(text, country=country, auto_country=False, auto_timezone=False)
    except UnknownCountryError:
        return _parse(text, None)
    except ParserError as wrong:
        column = _column(str(wrong))
        raise HoursNotUnderstood(
            f"“{text}” is not understood from “{text[column:] or 'its end'}” on.",
            mend="Write OpenStreetMap's syntax, such as “Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off” or “24/7”.",
            opening_hours=text,
            column=column,
        ) from wrong


def _column(parser_message: str) -> int:
    """Read where the parser stopped, counted from 0, out of “ --> 1:7”."""
    _, _, place = parser_message.partition("--> 1:")
    digits = place.split("\n", 1)[0].strip()
    return int(digits) - 1 if digits.isdigit() else 0
