"""Large tables in pieces that a server takes."""

from collections.abc import Callable, Sequence

from routing.problem import Point
from routing.travel.matrix import TravelTable

Ask = Callable[[Sequence[Point], Sequence[Point]], TravelTable]


class TooBig(Exception):
    """The server takes no table of that size. Never leaves the room of travel: the table is cut in two."""


def ask_in_blocks(ask: Ask, sources: Sequence[Point], targets: Sequence[Point], side: int) -> TravelTable:
    """The table from ``sources`` to ``targets``, asked for in blocks of at most ``side`` by ``side``.

    A block that is refused as ``TooBig`` is cut in two, down to single pairs, which raise ``TooBig``.
    """
    whole = TravelTable.empty(len(sources), len(targets))
    for row in range(0, len(sources), side):
        for column in range(0, len(targets), side):
            rows, columns = slice(row, row + side), slice(column, column + side)
            part = _ask_or_halve(ask, sources[rows], targets[columns])
            whole.duration_s[rows, columns] = part.duration_s
            whole.distance_m[rows, columns] = part.distance_m
    return whole


def _ask_or_halve(ask: Ask, sources: Sequence[Point], targets: Sequence[Point]) -> TravelTable:
    try:
        return ask(sources, targets)
    except TooBig:
        larger = max(len(sources), len(targets))
        if larger < 2:
            raise
        return ask_in_blocks(ask, sources, targets, (larger + 1) // 2)
