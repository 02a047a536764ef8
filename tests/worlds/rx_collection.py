"""A collection of RxDB for tests: what its replication does, without RxDB. The real one is in tests/examples."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from fieldsales.db.session import reading, transaction
from sync.batch import Phone
from sync.faces.handover import Sender
from sync.faces.rxdb.downstream import pull_documents
from sync.faces.rxdb.upstream import Row, push_documents
from sync.models import Way
from sync.outcomes import ItemResult


@dataclass
class RxCollection:
    """The documents of one entity on a phone (`fork`), and what RxDB believes that we have of each (`master`)."""

    engine: Engine
    phone: Phone
    entity: str
    now: datetime
    fork: dict[str, dict[str, Any]] = field(default_factory=dict)
    master: dict[str, dict[str, Any]] = field(default_factory=dict)
    checkpoint: str | None = None
    told: list[dict[str, Any]] = field(default_factory=list)
    """The conflicts so far."""

    def put(self, identity: uuid.UUID | str, **fields: Any) -> str:
        """Insert a document, or patch it."""
        key = str(identity)
        self.fork[key] = copy.deepcopy(self.fork.get(key, {"id": key, "_deleted": False}) | fields)
        return key

    def remove(self, identity: str) -> None:
        """Delete a document, as RxDB does: it stays, marked."""
        self.fork[identity] = self.fork[identity] | {"_deleted": True}

    def alive(self) -> dict[str, dict[str, Any]]:
        """What an app sees."""
        return {key: each for key, each in self.fork.items() if not each["_deleted"]}

    def send(self, *, answered: bool = True) -> tuple[ItemResult, ...]:
        """Push once what differs from what RxDB believes that we have; unless the answer is lost, take it in."""
        rows = [Row(each, self.master.get(key)) for key, each in self.fork.items() if each != self.master.get(key)]
        with transaction(self.engine) as session:
            pushed = push_documents(session, Sender(self.phone, Way.RXDB, self.now), self.entity, rows)
        if answered:
            theirs = {each["id"]: each for each in pushed.conflicts}
            self.told += pushed.conflicts
            for row in rows:
                self.master[row.id] = theirs.get(row.id, row.document)
            self.fork |= theirs
            self._send_resolved(list(theirs.values()))
        return pushed.results

    def _send_resolved(self, theirs: list[dict[str, Any]]) -> None:
        """RxDB sends what it took from us once more; whatever is told then would go on for ever."""
        with transaction(self.engine) as session:
            sender = Sender(self.phone, Way.RXDB, self.now)
            again = push_documents(session, sender, self.entity, [Row(each, each) for each in theirs])
        assert again.conflicts == ()
        assert again.results == ()

    def receive(self, limit: int = 100) -> int:
        """Pull until fewer documents come than were asked for; what is unsent is passed over. Return the requests."""
        requests = 0
        while True:
            requests += 1
            with reading(self.engine) as session:
                page = pull_documents(session, self.phone.user_id, self.entity, self.checkpoint, limit)
            for each in page.documents:
                key = each["id"]
                if self.fork.get(key) == self.master.get(key):
                    self.fork[key] = self.master[key] = each
            if page.documents:
                self.checkpoint = page.checkpoint
            if len(page.documents) < limit:
                return requests
