"""All chores, in the order in which those that are due at once are done."""

from __future__ import annotations

from fieldsales.chores.chore import Chore

CHORES: tuple[Chore, ...] = ()


def by_code(chores: tuple[Chore, ...] = CHORES) -> dict[str, Chore]:
    """Return the chores by their codes."""
    return {each.code: each for each in chores}
