"""What an adjustment of one target does to the others of its tree, so that each level still adds up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fieldsales.divisions.rules import share_out
from fieldsales.errors import Conflict, Invalid, NotFound


class AdjustmentInvalid(Invalid):
    """An adjustment has a reason and another value; siblings can only carry what they have."""

    code = "adjustment.invalid"
    title = "That target cannot be adjusted so"


class AdjustmentNotFound(NotFound):
    """There is no such adjustment of a target that you may see."""

    code = "adjustment.not_found"
    title = "There is no such adjustment"


class AdjustmentStale(Conflict):
    """A target of the tree was changed since this was asked for. Refuse it, and ask again."""

    code = "adjustment.stale"
    title = "The targets have changed since"


class AdjustmentWaits(Conflict):
    """Another adjustment of the same targets waits for approval. Let it be decided first."""

    code = "adjustment.waits_already"
    title = "Another adjustment waits"


class Carry(StrEnum):
    """Who makes up for it: the other parts of the same whole, or the whole with all above it."""

    SIBLINGS = "siblings"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Held:
    """What a target is now, and what it is a part of."""

    value: int
    parent: uuid.UUID | None


def adjusted(tree: Mapping[uuid.UUID, Held], target: uuid.UUID, value: int, carry: Carry) -> dict[uuid.UUID, int]:
    """Return the new values of all targets that change, of the wanted one first.

    Its parts, and those of whoever carries it, keep their proportions; remainders go by `share_out`. Raises
    `AdjustmentInvalid` where the siblings have not enough, or there are none.
    """
    found = dict(_downwards(tree, target, value))
    parent = tree[target].parent
    if parent is not None and carry is Carry.ABOVE:
        more = value - tree[target].value
        above: uuid.UUID | None = parent
        while above is not None:
            found[above] = tree[above].value + more
            above = tree[above].parent
    elif parent is not None:
        others = [each for each, held in tree.items() if held.parent == parent and each != target]
        left = tree[parent].value - value
        if not others or left < 0:
            raise AdjustmentInvalid(
                "The other parts of the same target cannot make up for it.", mend="Let the target above carry it."
            )
        parts = share_out(left, [tree[each].value for each in others])
        for each, part in zip(others, parts, strict=True):
            found |= dict(_downwards(tree, each, part))
    return {each: new for each, new in found.items() if new != tree[each].value}


def _downwards(tree: Mapping[uuid.UUID, Held], target: uuid.UUID, value: int) -> Iterator[tuple[uuid.UUID, int]]:
    yield target, value
    parts = [each for each, held in tree.items() if held.parent == target]
    for each, part in zip(parts, share_out(value, [tree[one].value for one in parts]), strict=True):
        yield from _downwards(tree, each, part)
