"""An account of everything that was handed in and everything that was answered, kept outside the server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from simulation.phones import Handset, Request
from simulation.trace import Broken

from sync.outcomes import RETRY, ItemResult

FINAL = ("applied", "rejected")


@dataclass(frozen=True)
class Stored:
    """A mutation that the server took on, with the request that brought it first and when that arrived."""

    payload: dict[str, Any]
    phone: Handset
    request: Request
    arrived: datetime
    order: int


@dataclass(frozen=True)
class Ruled:
    """What people said of a mutation that was held: the last decision, and what it is to say instead, if anything.

    Who accepts lets pass what was told of it by then, and nothing that comes up later: `passed` are the codes.
    """

    decision: str | None = None
    data: dict[str, Any] | None = None
    passed: frozenset[str] = frozenset()

    @property
    def accepted(self) -> bool:
        """Whether what it says may stand, however odd."""
        return self.decision == "accept"

    @property
    def discarded(self) -> bool:
        """Whether it is not to be done."""
        return self.decision == "discard"


@dataclass
class Books:
    """What the server must hold, in the order in which it came; what it, and what people, said of each mutation.

    Mutations without a readable id are counted by content: `nameless`. `first` maps an id to the content that has it.
    """

    stored: dict[str, Stored] = field(default_factory=dict)
    nameless: dict[tuple[uuid.UUID, str], Any] = field(default_factory=dict)
    answers: dict[tuple[uuid.UUID, str], ItemResult] = field(default_factory=dict)
    rulings: dict[str, Ruled] = field(default_factory=dict)

    def committed(self, request: Request, arrived: datetime, results: Sequence[ItemResult] | None) -> None:
        """Note that a request was processed and committed; the results are None if the answer died with the server."""
        sent = request.mutations()
        order = sorted(range(len(sent)), key=lambda index: (_seq(sent[index]), index))
        for index in order:
            if results is None or results[index].status != RETRY:
                self._store(sent[index], request, arrived)
        for index, result in enumerate(results or ()):
            self._answered(sent[index], request.phone, result)
            self._first_come_first_served(sent[index], request.phone, result)

    def ruled(self, name: str, now: Ruled) -> None:
        """Note what a person decided; to try it again says nothing, and a correction stands."""
        before = self.rulings.get(name, Ruled())
        if now.decision != "retry":
            self.rulings[name] = replace(now, data=before.data if now.data is None else now.data)

    def _first_come_first_served(self, mutation: Any, phone: Handset, result: ItemResult) -> None:
        first = self.stored.get(identity(mutation) or "")
        if first is None or result.status == RETRY:
            return
        same = first.phone.who.user_id == phone.who.user_id and content(first.payload) == content(mutation)
        if _is_own(result) != same:
            raise Broken("an id stands for one mutation of one rep", f"{mutation}: {told(result)}")

    def _store(self, mutation: Any, request: Request, arrived: datetime) -> None:
        name = identity(mutation)
        if name is None:
            self.nameless.setdefault((request.phone.who.device_id, content(mutation)), mutation)
        else:
            self.stored.setdefault(name, Stored(mutation, request.phone, request, arrived, len(self.stored)))

    def _answered(self, mutation: Any, phone: Handset, result: ItemResult) -> None:
        if result.status == RETRY:
            return
        # What has no id that can be read is known again only on the phone that sent it.
        owner = phone.who.device_id if identity(mutation) is None else phone.who.user_id
        key = (owner, content(mutation))
        before = self.answers.setdefault(key, result)
        if before is result:
            return
        if not result.replayed and _is_own(result):
            raise Broken("a repeated mutation is answered as a replay", mutation)
        if before.status == "held" and result.status in FINAL:
            self.answers[key] = result
        elif before.status == "held" == result.status:
            return
        elif told(before) != told(result):
            raise Broken("an answer never changes", f"{mutation}: first {told(before)}, now {told(result)}")


def told(result: ItemResult) -> tuple[object, ...]:
    """Return what a phone learns from an answer, whenever it asks."""
    return result.id, result.status, result.result, result.problem, tuple(result.flags)


def content(mutation: Any) -> str:
    """Return a mutation's content as text: all but its place in the queue."""
    if isinstance(mutation, dict):
        mutation = {key: value for key, value in mutation.items() if key != "seq"}
    return json.dumps(mutation, sort_keys=True)


def identity(mutation: Any) -> str | None:
    """Return the id that a mutation was sent with, if it can be read."""
    try:
        return str(uuid.UUID(mutation["id"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _seq(mutation: Any) -> int:
    readable = isinstance(mutation, dict) and is_readable(mutation)
    return int(mutation["seq"]) if readable else 0


def is_readable(mutation: dict[str, Any]) -> bool:
    """Tell whether a mutation has the fields that its envelope must have; what is broken here lacks one."""
    return mutation.keys() >= {"id", "seq", "type", "v", "at", "entity", "data"}


def is_sound(mutation: Any) -> bool:
    """Tell whether something is a mutation with an id and with all that an envelope must have."""
    return identity(mutation) is not None and is_readable(mutation)


def _is_own(result: ItemResult) -> bool:
    return not (result.problem and result.problem["code"] == "mutation.id_taken")
