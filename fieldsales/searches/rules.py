"""When a search counts as dead, and how many somebody may have."""

from __future__ import annotations

from datetime import datetime, timedelta

from fieldsales.errors import Conflict, FieldsalesError, NotFound
from fieldsales.searches.models import SearchState

MOST_OF_ONE = 2
"""How many searches one person may have open."""

MOST_OF_ALL = 16
"""How many searches may be open at once, for all: the rest would only wait."""

LOST = timedelta(seconds=20)
"""A search of which nothing was heard for so long died: its web worker gives a sign of life every few seconds."""

KEPT = timedelta(days=1)
"""How long a search that is over can be read."""

OPEN = frozenset({SearchState.WAITING, SearchState.RUNNING})


class SearchNotFound(NotFound):
    """There is no such search, or somebody else asked for it. Those that are over are kept for a day."""

    code = "search.not_found"
    title = "There is no such search"


class SearchOver(Conflict):
    """The search ended before it could be cancelled."""

    code = "search.over"
    title = "The search is over"


class TooManySearches(FieldsalesError):
    """You have as many searches open as one may, or all have together. Wait for one, or cancel it with DELETE."""

    code = "search.too_many"
    title = "Too many searches are open"
    status = 429


def state_at(state: SearchState, beat_at: datetime, now: datetime) -> SearchState:
    """Return how a search stands: an open one of which nothing was heard for long has died."""
    return SearchState.DIED if state in OPEN and now - beat_at > LOST else state
