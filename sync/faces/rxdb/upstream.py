"""Pushing to a collection: what its rows tell is done, and RxDB hears which documents it must take from us instead.

RxDB knows one answer to a write that it must not keep: a conflict, the document as it is with us. It then takes ours,
and sends that once more, for us to find that nothing differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sync import ledger
from sync.documents import Document
from sync.faces.handover import Raw, Sender, hand_in
from sync.faces.records import Deed, differing, read
from sync.faces.rxdb.collections import OUTBOX, SENT, as_held, canonical, visible
from sync.models import Status
from sync.outcomes import RETRY, ItemResult
from sync.wire import unstorable

UNREADABLE: dict[str, object] = {"at": {}}
"""Goes with a row that cannot be read, so that it is the same each time it is sent."""


@dataclass(frozen=True, slots=True)
class Row:
    """A write of RxDB: the document as it should be, and as RxDB believes that we have it (None: not at all)."""

    document: Document
    assumed: Document | None = None

    @property
    def id(self) -> str:
        """The id that RxDB knows the document by; it may be any text."""
        return str(self.document["id"])


@dataclass(frozen=True, slots=True)
class Pushed:
    """The documents that RxDB must take from us, and the answers to all mutations that the rows told."""

    conflicts: tuple[Document, ...]
    results: tuple[ItemResult, ...]


@dataclass(frozen=True, slots=True)
class _Write:
    """What a row tells; it is not `whole` if something of it is not the phone's to say."""

    row: Row
    told: tuple[Deed | Raw, ...]
    whole: bool


def push_documents(session: Session, sender: Sender, entity: str, rows: Sequence[Row]) -> Pushed:
    """Do what the rows of one push tell, in the caller's transaction."""
    writes = [_sent(row) if entity == OUTBOX else _read(entity, row) for row in rows]
    done = hand_in(session, sender, [each for write in writes for each in write.told])
    results = iter(done)
    answers = [[next(results) for _ in write.told] for write in writes]
    ids = {identity for row in rows if (identity := canonical(row.id))}
    masters = {str(key): each for key, each in visible(session, sender.phone.user_id, entity, ids).items()}
    conflicts: list[Document] = []
    for write, answer in zip(writes, answers, strict=True):
        master = masters.get(write.row.id)
        if entity == OUTBOX:
            conflicts += _outcome(write, answer, master)
        elif _must_take_ours(write, answer, master):
            kept = write.row.assumed if master is None and _is_held(session, entity, write) else master
            conflicts.append(as_held(write.row.id, kept))
    return Pushed(tuple(conflicts), done)


def _read(entity: str, row: Row) -> _Write:
    if row.assumed is not None and not differing(row.document, row.assumed):
        return _Write(row, (), whole=True)
    if canonical(row.id) is None or unstorable(row.document) or unstorable(row.assumed):
        return _Write(row, ({"record": row.document, **UNREADABLE},), whole=True)
    reading = read(entity, row.document, row.assumed)
    return _Write(row, reading.deeds, reading.whole)


def _must_take_ours(write: _Write, answers: Sequence[ItemResult], master: Document | None) -> bool:
    """Tell whether RxDB must not keep its document.

    What was done just now comes with the next pull, as whatever else happened to it. What was done before, when the
    answer was lost, may have come already and been passed over, as RxDB had something of its own to say.
    """
    statuses = {each.status for each in answers}
    if RETRY in statuses:
        return False
    if not write.whole or Status.REJECTED in statuses or any((each.result or {}).get("kept") for each in answers):
        return True
    if master is None:
        return Status.APPLIED in statuses and Status.HELD not in statuses
    return any(each.replayed for each in answers) and bool(differing(write.row.document, master))


def _is_held(session: Session, entity: str, write: _Write) -> bool:
    """Tell whether what RxDB believes that we have waits here, neither done nor refused."""
    before = write.row.assumed
    if before is None or unstorable(before):
        return False
    deeds = read(entity, before, None).deeds
    return any(each.status is Status.HELD for each in ledger.known(session, [deed.id for deed in deeds]).values())


def _sent(row: Row) -> _Write:
    """Read a document of the outbox: it is a mutation, sent once. That an app forgets one is its own affair."""
    if row.assumed is not None or row.document.get("_deleted"):
        forgotten = bool(row.document.get("_deleted"))
        return _Write(row, (), whole=forgotten or not differing(row.document, row.assumed or {}))
    told = {name: row.document[name] for name in SENT if row.document.get(name) is not None}
    return _Write(row, ({"id": row.id, "v": 1} | told,), whole=True)


def _outcome(write: _Write, answers: Sequence[ItemResult], master: Document | None) -> list[Document]:
    """Tell what became of a mutation in its own document; an answer is always news."""
    before = write.row.assumed
    if not answers:
        return [] if write.whole else [as_held(write.row.id, before if master is None else (before or {}) | master)]
    (answer,) = answers
    if answer.status == RETRY:
        return []
    outcome = {"flags": list(answer.flags), "result": answer.result, "problem": answer.problem}
    told = {name: each for name, each in outcome.items() if each is not None}
    return [as_held(write.row.id, write.row.document | {"status": answer.status, "outcome": told})]
