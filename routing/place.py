"""Where and when: a position on the earth and a span of the day."""

from dataclasses import dataclass

from routing.checks import require, require_seconds

LATEST_S = 14 * 24 * 3600
"""The latest time of a plan, two weeks after its midnight: shifts may run past midnight, lorries for days."""


@dataclass(frozen=True, slots=True)
class Point:
    """A position on the earth.

    Attributes:
        lat: Latitude in WGS-84 degrees, -90 to 90.
        lon: Longitude in WGS-84 degrees, -180 to 180.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        """Refuse what is not on the earth, NaN included."""
        require(
            -90 <= self.lat <= 90,
            f"latitude {self.lat} is not between -90 and 90: is it swapped with the longitude?",
        )
        require(-180 <= self.lon <= 180, f"longitude {self.lon} is not between -180 and 180 degrees")


@dataclass(frozen=True, slots=True)
class Window:
    """A span of the day, from ``opens_s`` to ``closes_s``, both seconds from local midnight."""

    opens_s: int
    closes_s: int

    def __post_init__(self) -> None:
        """Refuse a window that is empty, backwards, or outside two weeks."""
        require_seconds("a window's opening", self.opens_s, LATEST_S)
        require_seconds("a window's closing", self.closes_s, LATEST_S)
        require(
            self.opens_s < self.closes_s,
            f"a window from {self.opens_s} to {self.closes_s} s never opens: "
            "past midnight add 86,400 to the closing; for a closed day give no window",
        )

    @property
    def length_s(self) -> int:
        """How long the window is open, in seconds."""
        return self.closes_s - self.opens_s
