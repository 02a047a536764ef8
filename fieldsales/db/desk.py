"""A desk for verbs: facts laid out ahead for many of them at once, and new rows kept back to be written together.

A verb that works alone needs nothing laid out: it reads what it asks for, and its rows are written as it ends. A
series of verbs shares one desk, and so a handful of statements instead of a handful for each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from fieldsales.db.base import Base
from fieldsales.db.bulk import insert_rows

K = TypeVar("K")
V = TypeVar("V")
Reader = Callable[[Session, Collection[K]], Mapping[K, V]]
"""A query that answers for many keys at once; a key without an answer stands for what is not there."""
Writer = Callable[[Session, Collection[K]], None]
"""A statement that does something to the rows of many keys at once."""


class Desk:
    """What verbs know and what they wrote, within one transaction.

    Nobody else may write what was read here while the desk is in use: `clear` it when somebody does.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._facts: dict[Any, dict[Any, Any]] = {}
        self._rows: list[Base] = []
        self._notes: dict[Any, dict[Any, None]] = {}
        self.deeds = 0
        """How much was ever kept back, whether it is written by now or not."""

    def lay_out(self, reader: Reader[K, V], keys: Iterable[K]) -> list[V]:
        """Read what is not known yet of these keys in one go; return what is there of all of them."""
        known = self._facts.setdefault(reader, {})
        wanted = dict.fromkeys(keys)
        if missing := [key for key in wanted if key not in known]:
            found = reader(self.session, missing)
            known.update((key, found.get(key)) for key in missing)
        return [known[key] for key in wanted if known[key] is not None]

    def find(self, reader: Reader[K, V], key: K) -> V | None:
        """Return the fact of a key, None if there is none; read at most once."""
        known = self._facts.setdefault(reader, {})
        if key not in known:
            known[key] = reader(self.session, [key]).get(key)
        found: V | None = known[key]
        return found

    def keep(self, reader: Reader[K, V], key: K, fact: V) -> None:
        """Let a fact be found that is new."""
        self._facts.setdefault(reader, {})[key] = fact

    def add(self, *rows: Base) -> None:
        """Keep new rows back until they are written."""
        self._rows += rows
        self.deeds += len(rows)

    def note(self, writer: Writer[K], key: K) -> None:
        """Have something done to a row when the new ones are written."""
        self._notes.setdefault(writer, {})[key] = None
        self.deeds += 1

    def write(self) -> None:
        """Write everything, by way of the session."""
        self.session.add_all(self._rows)
        self._rows.clear()
        self.session.flush()
        self._follow_notes()

    def write_in_bulk(self) -> None:
        """Write everything with one statement for each table; the session does not come to know the new rows."""
        self.session.flush()
        if self._rows:
            insert_rows(self.session.connection(), self._rows)
            self._rows.clear()
        self._follow_notes()

    def _follow_notes(self) -> None:
        for writer, keys in self._notes.items():
            writer(self.session, list(keys))
        self._notes.clear()

    def clear(self) -> None:
        """Forget all facts, so that they are read again."""
        self._facts.clear()


@contextmanager
def at_desk(session: Session, desk: Desk | None) -> Iterator[Desk]:
    """Yield the desk that is shared, or one for the moment that is written at the end."""
    if desk is not None:
        yield desk
        return
    own = Desk(session)
    yield own
    own.write()
