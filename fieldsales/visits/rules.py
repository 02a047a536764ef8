"""What a position says about a visit. Nothing here refuses a visit: it is flagged, and people judge."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geographiclib.geodesic import Geodesic

from fieldsales.errors import Invalid

FAR_M = 200.0
"""How far from a customer's position a check-in may be, beyond its own accuracy, before it is flagged; where neither
the policy `visits` nor the customer has another radius."""
COARSE_M = 150.0
"""An accuracy worse than this says little about where the phone was."""

NO_POSITION = "no_position"
MOCK_LOCATION = "mock_location"
POOR_ACCURACY = "poor_accuracy"
FAR_FROM_CUSTOMER = "far_from_customer"
CUSTOMER_WITHOUT_POSITION = "customer_without_position"
NOT_ASSIGNED = "not_assigned"
CUSTOMER_INACTIVE = "customer_inactive"
SECOND_CHECK_IN = "second_check_in"
SECOND_CHECK_OUT = "second_check_out"
NO_CHECK_IN = "no_check_in"
OUT_BEFORE_IN = "out_before_in"
PHOTO_REUSED = "photo_reused"


class PositionInvalid(Invalid):
    """A position that is nowhere on Earth."""

    code = "position.invalid"
    title = "That is no position"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a phone said it was (WGS-84), how sure it was (metres, 68 %), and whether a mock app said so."""

    latitude: float
    longitude: float
    accuracy_m: float | None = None
    mock: bool = False
    provider: str | None = None

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise PositionInvalid(
                f"{self.latitude}, {self.longitude} is not on Earth.",
                mend="Latitude is within ±90, longitude within ±180.",
            )
        if self.accuracy_m is not None and not (math.isfinite(self.accuracy_m) and self.accuracy_m >= 0):
            raise PositionInvalid(f"An accuracy of {self.accuracy_m} m means nothing.", mend="Send metres, or none.")


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the geodesic distance of two (latitude, longitude) on the WGS-84 ellipsoid (Karney 2013), in metres.

    By geographiclib, which geopy computes with too: asked for the distance alone it answers in half the time.
    """
    return float(Geodesic.WGS84.Inverse(*one, *other, Geodesic.DISTANCE)["s12"])


def distance_to(position: Position | None, customer: tuple[float, float] | None) -> float | None:
    """Return how far the phone was from the customer in metres; None if either position is unknown."""
    if position is None or customer is None:
        return None
    return metres_between((position.latitude, position.longitude), customer)


def position_flags(
    position: Position | None,
    customer: tuple[float, float] | None,
    distance: float | None,
    radius_m: float = FAR_M,
) -> tuple[str, ...]:
    """Return what is odd about a position told at a customer; `distance` is between the two, `radius_m` still there."""
    if position is None:
        return (NO_POSITION,)
    accuracy = position.accuracy_m or 0.0
    found = (
        (MOCK_LOCATION, position.mock),
        (POOR_ACCURACY, accuracy > COARSE_M),
        (CUSTOMER_WITHOUT_POSITION, customer is None),
        (FAR_FROM_CUSTOMER, distance is not None and distance > radius_m + accuracy),
    )
    return tuple(flag for flag, holds in found if holds)


def standing_flags(*, active: bool, served: bool) -> tuple[str, ...]:
    """Return what is odd about a rep being at a customer at all."""
    found = ((CUSTOMER_INACTIVE, not active), (NOT_ASSIGNED, not served))
    return tuple(flag for flag, holds in found if holds)


def merged(first: list[str], *more: str) -> list[str]:
    """Return flags without repetition, in the order in which they were raised."""
    return list(dict.fromkeys([*first, *more]))
