"""Model phones: a durable queue, a cursor, a store, a clock that may be wrong; and what they put on the wire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from worlds.phone import TestPhone

from sync.batch import Batch, parse_batch
from sync.outcomes import RETRY
from sync.pull import Page

Mutation = dict[str, Any]


@dataclass(frozen=True)
class Moment:
    """When something truly was, and what the phone's clocks were then."""

    true: datetime
    boot_id: str
    ahead: timedelta


@dataclass(frozen=True)
class Request:
    """A batch on its way: the text that a phone sent, and when."""

    phone: Handset
    text: str
    sent: Moment

    def batch(self) -> Batch:
        """Return the batch as the server reads it."""
        return parse_batch(json.loads(self.text))

    def mutations(self) -> list[Any]:
        """Return the mutations as they were sent."""
        return list(json.loads(self.text)["mutations"])


@dataclass
class Handset(TestPhone):
    """A phone whose rep works on, whatever happens. `did` says when each mutation truly was done, by its id."""

    name: str = ""
    boots: int = 1
    did: dict[str, Moment] = field(default_factory=dict)

    def moment(self) -> Moment:
        """Return the present moment as it truly is."""
        return Moment(self.now, self.boot_id, self.ahead)

    def do(self, *args: Any, **more: Any) -> Mutation:
        """Put a mutation in the queue."""
        mutation = super().do(*args, **more)
        self.did[mutation["id"]] = self.moment()
        return mutation

    def reboot(self) -> None:
        """Start again: the counter of milliseconds begins at nought."""
        self.boots += 1
        self.boot_id, self.booted = f"{self.name} boot {self.boots}", self.now

    def request(self, mutations: Sequence[Any], **more: Any) -> Request:
        """Put mutations on the wire."""
        return Request(self, json.dumps(self.body(list(mutations), **more)), self.moment())

    def heard(self, request: Request, statuses: Sequence[str]) -> None:
        """Take the answer to a batch: forget what is final, keep what is to be sent again."""
        final = [each for each, status in zip(request.mutations(), statuses, strict=True) if status != RETRY]
        self.queue = [each for each in self.queue if each not in final]

    def take(self, page: Page) -> None:
        """Apply a page as it comes off the wire."""
        self.apply(page)

    def reinstall(self, *, keep_queue: bool) -> None:
        """Lose the cursor, the store and the count of mutations; the queue may have been saved."""
        self.cursor, self.seq = None, 0
        self.store.clear()
        if not keep_queue:
            self.queue.clear()
