"""Small refusals shared by the values of this room: each raises ``InvalidProblem`` with a full sentence."""

from routing.errors import InvalidProblem


def require(holds: bool, message: str) -> None:
    """Raise ``InvalidProblem(message)`` unless the rule holds."""
    if not holds:
        raise InvalidProblem(message)


def require_whole(name: str, value: object) -> None:
    """Refuse anything but a plain whole number: a float second or a bool is a mistake upstream."""
    require(type(value) is int, f"{name} is {value!r}, not a whole number (int)")


def require_seconds(name: str, value: int, most: int) -> None:
    """Refuse a time that is not whole seconds between 0 and ``most``."""
    require_whole(name, value)
    require(0 <= value <= most, f"{name} is {value}, not between 0 and {most} seconds from local midnight")
