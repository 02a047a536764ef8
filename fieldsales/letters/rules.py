"""When a letter is tried again."""

from __future__ import annotations

from datetime import timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
MOST_ATTEMPTS = 30
"""About four days. Then it is given up, and says so; it can be tried again by hand."""


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: a minute, doubling up to four hours."""
    doublings = max(0, min(attempts - 1, 16))
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
