"""Looking at what a push did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, func, select

from fieldsales.db.session import reading
from sync.outcomes import ItemResult


def count(engine: Engine, model: type[Any]) -> int:
    """Return how many rows of a table are committed."""
    with reading(engine) as session:
        return session.scalars(select(func.count()).select_from(model)).one()


def statuses(results: Iterable[ItemResult]) -> list[str]:
    """Return the statuses, in order."""
    return [each.status for each in results]


def codes(results: Iterable[ItemResult]) -> list[str | None]:
    """Return the codes of the problems, None where there is none."""
    return [each.problem["code"] if each.problem else None for each in results]
