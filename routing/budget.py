"""How much effort a search may spend."""

from dataclasses import dataclass

from routing.checks import require


@dataclass(frozen=True, slots=True)
class Budget:
    """The effort that one search may spend.

    A search that runs out of patience gives the same answer every time; one that runs out of seconds may
    not, as a busy machine gets less far.

    Attributes:
        seconds: At most this long.
        patience: Stop after this many rounds in a row without a better answer (a round is a fresh start of the
            search, see :mod:`routing.search`); None uses all the seconds.
    """

    seconds: float = 1.0
    patience: int | None = 5

    def __post_init__(self) -> None:
        """Refuse a search without time."""
        require(0 < self.seconds <= 3600, f"a budget of {self.seconds} s is not above 0 and within an hour")
        require(
            self.patience is None or self.patience > 0,
            f"patience {self.patience} stops before the search begins: give None to never stop early",
        )
