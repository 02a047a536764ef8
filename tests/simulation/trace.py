"""What happened in a simulated run, in the order in which it happened, and what is said when a promise is broken."""

from __future__ import annotations

from dataclasses import dataclass, field

TOLD = 40
"""How many of the last events are printed when a seed fails."""


class Broken(AssertionError):
    """A promise of the protocol does not hold; `promise` names it in a few words."""

    def __init__(self, promise: str, detail: object) -> None:
        super().__init__(f"{promise}: {detail}")
        self.promise = promise


@dataclass
class Trace:
    """A diary of one seed."""

    events: list[str] = field(default_factory=list)

    def note(self, event: str) -> None:
        """Write an event down."""
        self.events.append(event)

    def tell(self) -> str:
        """Return the last events, numbered."""
        first = max(0, len(self.events) - TOLD)
        return "\n".join(f"{number:4} {each}" for number, each in enumerate(self.events[first:], start=first + 1))


def hold(promise: str, found: object, expected: object) -> None:
    """Raise `Broken` unless what was found is what was expected."""
    if found != expected:
        raise Broken(promise, _difference(found, expected))


def _difference(found: object, expected: object) -> str:
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = [key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)]
        shown = sorted(f"{key}: found {found.get(key)!r}, expected {expected.get(key)!r}" for key in keys)
        return f"{len(keys)} differ; " + "; ".join(shown[:3])
    return f"found {found!r}, expected {expected!r}"
