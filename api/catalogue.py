"""Every error that can leave the house, gathered from the code of all rooms.

`python -m api.catalogue > docs/errors.md` writes the document; a test keeps the two the same.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc

from fieldsales.errors import FieldsalesError

ROOMS = ("api", "fieldsales", "sync")
_NOT_LIBRARY = {"api.wsgi"}
_HEAD = """\
# Errors

Whatever goes wrong over HTTP is answered as `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`,
a stable `code` to switch on, `mend` (what to do about it, where we know), `request_id` (quote it when reporting), and
`errors` for single fields, each with a JSON pointer. The terminal tells the same codes in brackets.

Written by `python -m api.catalogue > docs/errors.md` from the classes themselves; a test fails when it is stale.

| code | status | meaning | what to do |
|---|---|---|---|
"""
_IN_GENERAL = {
    400: "Mend the request; sending it again unchanged will not help.",
    401: "Log in again.",
    403: "Ask somebody who may, or for the right to.",
    404: "Check the id or the address, and that it lies within your scope.",
    409: "Read what is stored, then decide.",
    413: "Send less at a time.",
    422: "Mend what the detail names; sending it again unchanged will not help.",
    423: "Wait for the other request to end.",
    500: "Report it with the request_id.",
    503: "Try again in a moment; if it stays, the operator must look.",
}
"""Advice for errors whose own words have none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One error as it is documented."""

    code: str
    status: int
    title: str
    meaning: str
    advice: str


def all_errors() -> list[Entry]:
    """Return every error of every room, by code."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if module.name not in _NOT_LIBRARY:
                importlib.import_module(module.name)
    return loaded_errors()


def loaded_errors() -> list[Entry]:
    """Return every error that this process could raise so far, by code.

    Raises `ValueError` if two classes claim one code.
    """
    found: dict[str, Entry] = {}
    for kind in _family(FieldsalesError):
        if kind.__module__.partition(".")[0] not in ROOMS:
            continue
        entry = _entry(kind)
        if "code" in vars(kind) and found.setdefault(entry.code, entry) != entry:
            raise ValueError(f"two errors share the code {entry.code}")
    return sorted(found.values(), key=lambda entry: entry.code)


def as_markdown(entries: list[Entry]) -> str:
    """Return the document."""
    rows = (f"| `{each.code}` | {each.status} | {each.meaning} | {each.advice} |\n" for each in entries)
    return _HEAD + "".join(rows)


def _entry(kind: type[FieldsalesError]) -> Entry:
    """Return what the first paragraph of a docstring says: one sentence of meaning, the rest is advice."""
    paragraph = " ".join(cleandoc(kind.__doc__ or "").partition("\n\n")[0].split())
    meaning, _, advice = paragraph.partition(". ")
    advice = advice or _IN_GENERAL.get(kind.status, "See the detail.")
    return Entry(kind.code, kind.status, kind.title, meaning.rstrip(".") + ".", advice)


def _family(kind: type[FieldsalesError]) -> Iterator[type[FieldsalesError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)


if __name__ == "__main__":
    sys.stdout.write(as_markdown(all_errors()))
