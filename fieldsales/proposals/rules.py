"""How an edit made on a phone meets what others changed meanwhile, and when two shops are one.

An edit is weighed field by field, three ways: what the phone held (`was`, or the version that it held), what it wants
(`now`), and what stands here. Only where both sides changed a field to something else is there a conflict: then what
stands here wins, and what the phone wanted is kept for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz, utils

Value = str | tuple[float, float] | None
"""A field's value: a text, a position (degrees north, degrees east), or nothing."""

NEAR_M: Final = 150.0
"""How far apart two positions of one shop may be told, in metres."""
ALIKE: Final = 85.0
"""From which similarity of names (0 to 100, word order ignored) two shops may be one."""
CONFLICT: Final = "conflict"
PROPOSED: Final = "proposed"
POSSIBLE_DUPLICATE: Final = "possible_duplicate"
CHANGED_HERE: Final = "changed_here"


class Untold:
    """The phone did not say what it held."""


UNTOLD: Final = Untold()


@dataclass(frozen=True, slots=True)
class Edit:
    """One field as a phone wants it, and what it held before."""

    field: str
    now: Value
    was: Value | Untold = UNTOLD


@dataclass(frozen=True, slots=True)
class Loser:
    """What a phone wanted and did not get: `why` is `changed_here`, or the code of the rule that it breaks."""

    yours: Value
    ours: Value
    why: str = CHANGED_HERE


@dataclass(frozen=True, slots=True)
class Weighed:
    """What becomes of an edit, by field: to be set, standing so already, or kept for a person."""

    applied: dict[str, Value] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    kept: dict[str, Loser] = field(default_factory=dict)


def weigh(
    edits: Iterable[Edit], ours: Mapping[str, Value], changed_in: Mapping[str, int], base_version: int | None
) -> Weighed:
    """Weigh the fields of an edit against what stands here.

    `changed_in` tells in which version each field of ours last changed (absent: never), `base_version` the one that the
    phone held (None: it does not know). Without either word of what the phone held, only a blank may be filled.
    """
    applied: dict[str, Value] = {}
    unchanged: list[str] = []
    kept: dict[str, Loser] = {}
    for edit in edits:
        here = ours[edit.field]
        if edit.now == here:
            unchanged.append(edit.field)
        elif _untouched(edit, here, changed_in.get(edit.field, 0), base_version):
            applied[edit.field] = edit.now
        else:
            kept[edit.field] = Loser(edit.now, here)
    return Weighed(applied, tuple(unchanged), kept)


def _untouched(edit: Edit, here: Value, changed_in: int, base_version: int | None) -> bool:
    """Tell whether our side still is what the phone edited from."""
    if not isinstance(edit.was, Untold):
        return edit.was == here
    if base_version is None:
        return here is None
    return changed_in <= base_version


def same_shop(name: str, other: str, metres: float | None, *, same_phone: bool) -> bool:
    """Tell whether two shops may be one: the same number, or names alike and doors near each other."""
    if same_phone:
        return True
    if metres is None or metres > NEAR_M:
        return False
    return fuzz.token_set_ratio(name, other, processor=utils.default_process) >= ALIKE
