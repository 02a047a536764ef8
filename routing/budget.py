"""How much effort a search may spend, and what it minds."""

from dataclasses import dataclass

from routing.checks import require


@dataclass(frozen=True, slots=True)
class Budget:
    """The effort that one search may spend, and what idling counts for.

    A search that runs out of patience gives the same answer every time; one that runs out of seconds may
    not, as a busy machine gets less far.

    Attributes:
        seconds: At most this long.
        patience: Stop after this many rounds in a row without a better answer (a round is a fresh start of the
            search, see :mod:`routing.search`); None uses all the seconds.
        wait_weight: What a second of idling (waiting at a door, or at home after the shift began) counts for, in
            seconds of driving. 0 is the goal of the benchmarks, where it is free; above 0, a last step reorders
            the visits kept (:mod:`routing.smooth`).
    """

    seconds: float = 1.0
    patience: int | None = 5
    wait_weight: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a search without time, and waiting that is worth something."""
        require(0 < self.seconds <= 3600, f"a budget of {self.seconds} s is not above 0 and within an hour")
        require(
            self.patience is None or self.patience > 0,
            f"patience {self.patience} stops before the search begins: give None to never stop early",
        )
        require(
            0 <= self.wait_weight <= 100,
            f"a wait weight of {self.wait_weight} is not between 0 (waiting is free) and 100: 1 counts it as driving",
        )
