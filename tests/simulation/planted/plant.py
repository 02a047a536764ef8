"""A bug that is put into production code on purpose, to see whether the simulator finds it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine

Sow = Callable[[Engine], Iterator[None]]


@dataclass(frozen=True)
class Plant:
    """A planted bug: its name, what somebody might have thought, the database that shows it, and how it is put in."""

    name: str
    thought: str
    on: str
    sow: Callable[[Engine], AbstractContextManager[None]]


PLANTS: dict[str, Plant] = {}


def plant(thought: str, on: str = "sqlite") -> Callable[[Sow], Sow]:
    """Register a bug under the name of the function that puts it in and takes it out again."""

    def register(sow: Sow) -> Sow:
        name = sow.__name__.strip("_").replace("_", " ")
        PLANTS[name] = Plant(name, thought, on, contextmanager(sow))
        return sow

    return register


def replacing(owner: Any, name: str, bug: Any) -> AbstractContextManager[Any]:
    """Put a bug in the place of something.

    Raises `TypeError` if it is a function that cannot be called as the one in whose place it comes: its failure would
    look like a bug that was caught.
    """
    real = inspect.getattr_static(owner, name)
    if inspect.isfunction(real):
        told = inspect.signature(real).parameters.values()
        by_name = {each.name: None for each in told if each.kind is each.KEYWORD_ONLY}
        by_place = [each for each in told if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
        needed = [each for each in by_place if each.default is each.empty]
        inspect.signature(bug).bind(*by_place, **by_name)
        inspect.signature(bug).bind(*needed, **by_name)
    return patch.object(owner, name, bug)
