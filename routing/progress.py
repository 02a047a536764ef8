"""How far a search is, told while it searches, and a way to ask it to stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.compiled import CompiledDay
from routing.price import most_prize


@dataclass(frozen=True, slots=True)
class Better:
    """An answer better than all before.

    Attributes:
        mandatory: How many visits that must be made it holds.
        prize: The sum of prizes.
        travel_s: Its driving, in seconds.
        bound: No answer has a greater sum of prizes.
        order: The ids of its visits, in driving order.
    """

    mandatory: int
    prize: int
    travel_s: int
    bound: int
    order: tuple[str, ...] = ()


class Watch(Protocol):
    """Whoever waits for a search. Both are called from within it, so they must be quick."""

    def on_better(self, better: Better) -> None:
        """Hear of an answer better than all before."""

    def should_stop(self) -> bool:
        """Whether to end with the best answer so far; asked between rounds of the search."""


@dataclass(slots=True)
class Teller:
    """What a search calls: knows the day, and tells a watch of orders and bounds."""

    day: CompiledDay
    watch: Watch
    bound: int | None = None

    def tell(self, order: Sequence[int], merit: tuple[int, int, int], bound: int | None = None) -> None:
        """Tell of a better order (numbers of places); `merit` as in :mod:`routing.search`, `bound` if one is known."""
        known = [each for each in (self.bound, bound) if each is not None] or [most_prize(self.day)]
        self.bound = min(known)
        ids = tuple(self.day.stop(place).id for place in order)
        self.watch.on_better(Better(merit[0], merit[1], -merit[2], self.bound, ids))

    def should_stop(self) -> bool:
        """Whether the watch wants an end."""
        return self.watch.should_stop()


def totals(best: Sequence[Better]) -> dict[str, int]:
    """What the best answers so far to several days come to together."""
    return {name: sum(getattr(each, name) for each in best) for name in ("mandatory", "prize", "travel_s", "bound")}
