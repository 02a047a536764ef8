"""Public holidays by country. The only module that knows where they come from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays


def feasts(country: str, years: Iterable[int], subdivision: str | None = None) -> dict[date, str]:
    """Return the public holidays of a country (ISO 3166) with their English names where known, else their own.

    `subdivision` is the code after the hyphen in ISO 3166-2 (CA of US-CA). A country or a part of one that is not known
    has none.
    """
    return {day: name for year in years for day, name in _of_year(country.upper(), year, subdivision).items()}


@lru_cache(maxsize=256)
def _of_year(country: str, year: int, subdivision: str | None) -> dict[date, str]:
    languages = holidays.list_localized_countries().get(country, [])
    language = next((each for each in ("en_US", "en_GB") if each in languages), None)
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year, language=language)
    except NotImplementedError:
        return {}
    return {day: name for day, name in found.items() if day.year == year}
