"""What a policy is: a document of some kind, checked when it is set, read as a value when it is used.

The noun that a kind of policy belongs to makes its `Kind`: what the document looks like (JSON Schema 2020-12), what
holds where none was ever set, and how a document becomes a frozen dataclass. `rulebook` knows all kinds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from jsonschema import Draft202012Validator

from fieldsales.errors import Conflict, Forbidden, Invalid, NotFound

T = TypeVar("T")
Body = Mapping[str, Any]
MOST_TOLD = 200
"""How many characters of a finding are told; some repeat what they found fault with."""


class PolicyInvalid(Invalid):
    """A policy does not have the shape of its kind. `GET /api/v1/policies` tells the shapes."""

    code = "policy.invalid"
    title = "This policy does not have the shape of its kind"


class PolicyHoldsForAll(Forbidden):
    """Policies are one for all territories. Ask a manager who sees all of them."""

    code = "policy.holds_for_all"
    title = "Policies hold for every territory"


class PolicyOfThePast(Invalid):
    """A policy holds from today or a later day: what was decided under another one stands."""

    code = "policy.of_the_past"
    title = "A policy cannot begin in the past"


class PolicyInForce(Conflict):
    """The version has begun somewhere, so it cannot be withdrawn. Set another one in its place."""

    code = "policy.in_force"
    title = "That version holds already"


class PolicyNotFound(NotFound):
    """There is no such kind of policy, or no such version of it."""

    code = "policy.not_found"
    title = "There is no such policy"


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of policy.

    Attributes:
        name: What it is called in addresses and tables.
        about: One sentence for whoever is about to change it.
        schema: The shape of a document, as JSON Schema 2020-12.
        default: The document that holds where none was ever set.
        parse: Makes a value of a document that has the shape; raises `Invalid` for what no shape can tell.
    """

    name: str
    about: str
    schema: Body
    default: Body
    parse: Callable[[Body], T]

    def read(self, body: Body) -> T:
        """Return the value of a document. Raises `PolicyInvalid`, and whatever `parse` raises."""
        check_shape(self.name, self.schema, body)
        return self.parse(body)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two documents differ, as a JSON pointer (RFC 6901); None where there is nothing."""

    pointer: str
    before: Any
    after: Any


def check_shape(kind: str, schema: Body, body: Body) -> None:
    """Raise `PolicyInvalid`, naming every fault by its JSON pointer, unless a document has a shape."""
    check_storable(kind, body)
    faults = sorted(Draft202012Validator(schema).iter_errors(body), key=lambda fault: list(map(str, fault.path)))
    found = [
        {"in": "json", "pointer": "".join(f"/{part}" for part in fault.path), "message": _short(fault.message)}
        for fault in faults
    ]
    if found:
        told = "; ".join(f"{each['pointer'] or 'the whole'}: {each['message']}" for each in found[:3])
        raise PolicyInvalid(
            f"This is no policy of the kind {kind}: {told}.", mend="Mend what “errors” names.", errors=found
        )


def check_storable(kind: str, body: Body) -> None:
    """Raise `PolicyInvalid` for what no database keeps as it is: numbers without end, characters that are none."""
    try:
        text = json.dumps(body, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (ValueError, TypeError, RecursionError) as wrong:
        raise PolicyInvalid(f"A policy of the kind {kind} cannot be stored: {_short(str(wrong))}.") from wrong
    if "\\u0000" in text:
        raise PolicyInvalid(f"A policy of the kind {kind} cannot be stored: a text holds a NUL character.")


def differences(before: Any, after: Any, pointer: str = "") -> list[Difference]:
    """Return where two documents differ, in the order of the second, what only the first has at the end."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = [*after, *(name for name in before if name not in after)]
        pairs = ((name, before.get(name), after.get(name)) for name in names)
        return [each for name, old, new in pairs for each in differences(old, new, f"{pointer}/{name}")]
    if isinstance(before, list) and isinstance(after, list):
        return [each for at, old, new in _paired(before, after) for each in differences(old, new, f"{pointer}/{at}")]
    return [] if before == after else [Difference(pointer, before, after)]


def _paired(before: list[Any], after: list[Any]) -> Iterator[tuple[int, Any, Any]]:
    for at in range(max(len(before), len(after))):
        yield at, before[at] if at < len(before) else None, after[at] if at < len(after) else None


def _short(text: str) -> str:
    return text if len(text) <= MOST_TOLD else f"{text[: MOST_TOLD - 1]}…"
