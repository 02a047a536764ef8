"""Which lines an order has after a file was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fieldsales.imports.orders.rules import Line


def lines_after(
    base: Sequence[Line], mended: Sequence[Line], read: Sequence[Line], *, from_rejects: bool
) -> tuple[list[Line], list[Line]]:
    """Return the lines of an order after an import: those of its file, and those that were mended.

    A file replaces the lines that came from files; what was mended stays, except where the file now has it too. A
    mended rejects file adds to the mended lines what is not among them. Either way, the same file again changes
    nothing, in whatever order files and their mended rejects come.
    """
    if from_rejects:
        return list(base), [*mended, *_without(read, mended)]
    return list(read), _without(mended, _without(read, base))


def same_lines(some: Sequence[Line], others: Sequence[Line]) -> bool:
    """Tell whether two orders have the same lines, in whatever order."""
    return Counter(some) == Counter(others)


def _without(lines: Sequence[Line], others: Sequence[Line]) -> list[Line]:
    """Return the lines less the others, each as often as it stands there."""
    left = Counter(others)
    found = []
    for line in lines:
        if left[line] > 0:
            left[line] -= 1
        else:
            found.append(line)
    return found
