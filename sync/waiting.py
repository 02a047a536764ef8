"""Who of a user waits for what, kept in memory while a push settles; what has changed is written once, at the end.

Chains and circles are followed here without asking the database for every link.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from sync import ledger
from sync.models import Mutation


@dataclass(slots=True)
class Waiting:
    """A user's held mutations that wait for anything. They are read when first something of them is needed.

    `names` tells by mutation what it waits for, `who` by name which mutations wait for it.
    """

    session: Session
    user_id: uuid.UUID
    names: dict[uuid.UUID, set[uuid.UUID]] = field(default_factory=dict)
    who: dict[uuid.UUID, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    mutations: dict[uuid.UUID, Mutation] = field(default_factory=dict)
    _loaded: bool = False
    _come: set[uuid.UUID] = field(default_factory=set)
    _forgotten: set[uuid.UUID] = field(default_factory=set)
    _new: set[ledger.Pair] = field(default_factory=set)

    def load(self) -> None:
        """Read what is in the books, unless that was done."""
        if self._loaded:
            return
        self._loaded = True
        held, pairs = ledger.waiting(self.session, self.user_id)
        for mutation_id, name in pairs:
            if mutation_id in held:
                self._enter(held[mutation_id], [name])

    def add(self, mutation: Mutation, names: Collection[uuid.UUID]) -> None:
        """Have a mutation wait; if for nothing in particular, it is no concern of ours."""
        if not names:
            return
        self._enter(mutation, names)
        self._new |= {(mutation.id, name) for name in names}

    def set_free(self, names: set[uuid.UUID]) -> list[Mutation]:
        """Strike out the waits for what is now here; return what waits for nothing more, in its order."""
        if self.who.keys().isdisjoint(names) and not self._is_awaited_in_books(names):
            return []
        self.load()
        free = []
        for name in names & self.who.keys():
            self._come.add(name)
            for each in self.who.pop(name):
                self.names[each].discard(name)
                self._new.discard((each, name))
                if not self.names[each]:
                    del self.names[each]
                    free.append(self.mutations.pop(each))
        return sorted(free, key=lambda each: (each.seq, each.id))

    def forget(self, mutation: Mutation) -> None:
        """Strike out all that a mutation waits for."""
        for name in self.names.pop(mutation.id):
            self.who[name].discard(mutation.id)
            self._new.discard((mutation.id, name))
        del self.mutations[mutation.id]
        self._forgotten.add(mutation.id)

    def write(self) -> None:
        """Bring the books up to date."""
        self.session.flush()
        ledger.strike_out(self.session, self.user_id, self._come)
        ledger.forget_waits(self.session, self._forgotten)
        ledger.note_waits(self.session, sorted(self._new))

    def _is_awaited_in_books(self, names: Collection[uuid.UUID]) -> bool:
        return not self._loaded and ledger.is_awaited(self.session, names)

    def _enter(self, mutation: Mutation, names: Iterable[uuid.UUID]) -> None:
        self.mutations[mutation.id] = mutation
        for name in names:
            self.names.setdefault(mutation.id, set()).add(name)
            self.who[name].add(mutation.id)


def brought_by(mutation: Mutation) -> set[uuid.UUID]:
    """Return what others may wait for that this one brings: itself, and what it is about."""
    return {mutation.id, uuid.UUID(mutation.payload["entity"]["id"])} if mutation.type else {mutation.id}
