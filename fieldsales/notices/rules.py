"""What becomes of a row of a feed, and which of two states is the newer one.

A version is a whole number that the sender lets grow with each state of a thing.
"""

from __future__ import annotations

from enum import StrEnum

from fieldsales.errors import Conflict


class PriceFate(StrEnum):
    """What a row about a price did.

    It holds now; it waits for its day; nothing new; an older state than we hold, which changes nothing; a price that
    another one has followed already; it was withdrawn; or it cannot be used.
    """

    NEW = "new"
    WAITING = "waiting"
    SAME = "same"
    OLDER = "older"
    FOLLOWED = "followed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class VersionTaken(Conflict):
    """The same version was told before with something else in it. Send what is new with a higher version."""

    code = "feed.version_taken"
    title = "That version says something else"


def is_older(told: int | None, held: int | None) -> bool:
    """Tell whether a row is of an older state than what is held; a row without a version never is."""
    return told is not None and held is not None and told < held


def is_newer(told: int | None, held: int | None) -> bool:
    """Tell whether a row may correct what is held: only a version that is higher, or the first one."""
    return told is not None and (held is None or told > held)
