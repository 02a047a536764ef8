"""What is answered to a mutation, and to a batch of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fieldsales.errors import FieldsalesError
from sync.models import Mutation, Status
from sync.wire import problem_of

RETRY = "retry"
"""The one status that is not recorded: nothing was stored, the phone sends the mutation again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one mutation before it is written down.

    `waits_for` names what a held one needs. With `review` a person should look at it although it was applied.
    """

    status: Status
    result: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    flags: tuple[str, ...] = ()
    waits_for: frozenset[uuid.UUID] = field(default=frozenset())
    review: bool = False

    @classmethod
    def refused(cls, error: FieldsalesError) -> Outcome:
        """A rule was broken; sending it again will not help."""
        return cls(Status.REJECTED, problem=problem_of(error))

    @classmethod
    def held(cls, error: FieldsalesError, *waits_for: uuid.UUID) -> Outcome:
        """Kept, not lost, until what it needs is here or a person decides."""
        return cls(Status.HELD, problem=problem_of(error), waits_for=frozenset(waits_for))

    def as_json(self) -> dict[str, Any]:
        """Return what is stored beside the status."""
        told: dict[str, Any] = {"flags": list(self.flags)}
        if self.result is not None:
            told["result"] = self.result
        if self.problem is not None:
            told["problem"] = self.problem
        return told


def reasons_in(problem: Mapping[str, Any]) -> frozenset[str]:
    """Return the codes of all that a person is asked to let pass by a held mutation's problem."""
    told = [each.get("code") for each in problem.get("breaches") or () if isinstance(each, Mapping)]
    return frozenset(str(code) for code in (problem.get("code"), *told) if code)


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The answer to one mutation of a batch. `index` is its place in the batch, from 0.

    `id` is None where none was sent that could be read; `stored_as` then names what we keep it under.
    """

    index: int
    id: uuid.UUID | None
    status: str
    result: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    flags: tuple[str, ...] = ()
    replayed: bool = False
    stored_as: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The answers in the order of the batch, and what the phone may learn about its clock.

    `skew_ms` is how far the phone's clock was ahead of `server_time`, the time on the way included.
    """

    results: tuple[ItemResult, ...]
    server_time: datetime
    skew_ms: int


def outcome_in_books(mutation: Mutation) -> Outcome:
    """Return the outcome that stands in the books for a mutation, without what it waits for."""
    told = mutation.outcome
    flags = tuple(told.get("flags", ()))
    return Outcome(mutation.status, told.get("result"), told.get("problem"), flags, review=mutation.review is not None)


def recorded(mutation: Mutation, index: int, *, replayed: bool, given_id: bool = True) -> ItemResult:
    """Return the answer that stands in the books for a mutation."""
    outcome = mutation.outcome
    return ItemResult(
        index=index,
        id=mutation.id if given_id else None,
        status=mutation.status.value,
        result=outcome.get("result"),
        problem=outcome.get("problem"),
        flags=tuple(outcome.get("flags", ())),
        replayed=replayed,
        stored_as=None if given_id else mutation.id,
    )
