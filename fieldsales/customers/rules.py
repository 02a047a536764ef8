"""What makes a customer's position whole."""

from __future__ import annotations

from collections.abc import Iterable

from fieldsales.errors import Invalid

NO_POSITION = "no_position"
"""Flag of a customer that nobody has put on the map yet: kept, shown, and left out of routes."""
_POSITION = ("position_zero", "position_incomplete", "position_swapped")
_DOUBTS = {
    "latitude": _POSITION,
    "longitude": _POSITION,
    "phone": ("phone_invalid",),
    "opening_hours": ("opening_hours_invalid",),
}
"""What imports note about values that they could not take, by the field that settles it."""


class HalfPosition(Invalid):
    """A position needs both latitude and longitude, or neither."""

    code = "customer.half_position"
    title = "Half a position"


def check_position(latitude: float | None, longitude: float | None) -> None:
    """Raise `HalfPosition` when only one of the two is known."""
    if (latitude is None) != (longitude is None):
        raise HalfPosition("Only one of latitude and longitude is given.", mend="Give both, or null for both.")


def mended_flags(flags: Iterable[str], given: Iterable[str], latitude: float | None) -> list[str]:
    """Return what is left of a customer's flags once some fields were given, as checked values.

    `NO_POSITION` stands exactly when there is no latitude; other doubts about a field end when it is given.
    """
    settled = {flag for field in given for flag in _DOUBTS.get(field, ())} | {NO_POSITION}
    left = {flag for flag in flags if flag not in settled}
    return sorted(left | {NO_POSITION} if latitude is None else left)
