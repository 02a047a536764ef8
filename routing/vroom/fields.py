"""Reading a JSON document field by field: what is missing, of the wrong kind or unknown is told with its path."""

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from routing.errors import InvalidProblem

Json = dict[str, Any]


class Unsupported(InvalidProblem):
    """Something that VROOM would accept and that is not honoured here: the whole problem is refused."""


def entries(document: Json, name: str) -> Iterator[tuple[str, Json]]:
    """The objects of a list with their paths; none where the list is missing.

    Raises:
        InvalidProblem: where it is no list, or holds anything but objects.
    """
    listed = document.get(name, [])
    if not isinstance(listed, list):
        raise InvalidProblem(f"{name} is no list")
    for number, each in enumerate(listed):
        if not isinstance(each, dict):
            raise InvalidProblem(f"{name}[{number}] is no object")
        yield f"{name}[{number}]", each


def whole(source: Json, name: str, where: str, span: tuple[int, int], default: int | None = None) -> int:
    """A whole number within ``span``, both ends included; without a default it must be there."""
    value = source.get(name, default)
    if type(value) is not int or not span[0] <= value <= span[1]:
        told = "missing" if value is None else f"{value!r}"
        raise InvalidProblem(f"{where}.{name} is {told}, not a whole number from {span[0]} to {span[1]}")
    return value


def wholes(source: Json, name: str, where: str) -> tuple[int, ...]:
    """A list of whole numbers from 0; empty where it is missing."""
    value = source.get(name, [])
    if not isinstance(value, list) or not all(type(each) is int and each >= 0 for each in value):
        raise InvalidProblem(f"{where}.{name} is no list of whole numbers from 0")
    return tuple(value)


def spans(source: Json, name: str, where: str) -> list[tuple[int, int]] | None:
    """Time windows, in order and apart from each other; None where there are none, so that any time will do."""
    if name not in source:
        return None
    value = source[name]
    if not isinstance(value, list) or not value:
        raise InvalidProblem(f"{where}.{name} is no list of time windows: leave it out where any time will do")
    found = [span(each, f"{where}.{name}[{number}]") for number, each in enumerate(value)]
    for one, other in pairwise(found):
        if other[0] <= one[1]:
            raise InvalidProblem(f"{where}.{name} are unsorted or overlap")
    return found


def span(value: object, where: str) -> tuple[int, int]:
    """One time window."""
    fits = isinstance(value, list) and len(value) == 2 and all(type(each) is int and each >= 0 for each in value)
    if not fits or not isinstance(value, list):
        raise InvalidProblem(f"{where} is {value!r}, not [start, end] in whole seconds")
    if value[0] > value[1]:
        raise InvalidProblem(f"{where} ends at {value[1]}, before it starts at {value[0]}")
    return value[0], value[1]


def coordinates(value: object, where: str) -> tuple[float, float]:
    """Longitude and latitude."""
    if not isinstance(value, list) or len(value) != 2 or not all(type(each) in (int, float) for each in value):
        raise InvalidProblem(f"{where} is {value!r}, not [longitude, latitude]")
    return float(value[0]), float(value[1])


def unknown(source: Json, known: Collection[str], where: str) -> Iterator[str]:
    """A warning for every key that means nothing."""
    for name in source:
        if name not in known:
            yield f"{where}.{name} is not known and is not read" if where else f"{name} is not known and is not read"
