"""Settling mutations: each is done in a savepoint of its own, then whatever waited for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fieldsales.db.statements import ask
from fieldsales.errors import Unavailable
from fieldsales.people.models import User
from sync import asking, ledger
from sync.attempts import attempt, ready
from sync.circles import CIRCLE_BROKEN, untangle
from sync.models import Mutation, Status
from sync.outcomes import Outcome, outcome_in_books
from sync.skills import skills
from sync.waiting import Waiting, brought_by

_QUEUE = select(User.id).where(User.id == bindparam("user")).with_for_update(key_share=True)
"""NO KEY UPDATE: pushes of one user wait for each other, rows that merely refer to the user do not."""


def settle_again(session: Session, mutations: Sequence[Mutation], now: datetime) -> dict[uuid.UUID, Outcome]:
    """Try held mutations again, each in a savepoint, then whatever waited for them; return what became of each.

    For the review, and for types that were unknown. A correction (`corrected`) and an acceptance (`decision`) must
    stand in the mutations before. Outcomes are recorded, the caller commits; what failed for now stays held. The
    pushes of the users wait meanwhile. Mutations that are settled already are left as they are.
    """
    outcomes: dict[uuid.UUID, Outcome] = {}
    for user_id in sorted({each.user_id for each in mutations}):
        queue_up(session, user_id)
        mine = [each for each in mutations if each.user_id == user_id]
        for each in mine:
            session.refresh(each, ["status"])
        again = sorted((each for each in mine if each.status is Status.HELD), key=lambda each: (each.seq, each.id))
        ledger.forget_waits(session, [each.id for each in again])
        work_off(session, user_id, again, now)
        outcomes |= {each.id: outcome_in_books(each) for each in mine}
    return outcomes


def release(session: Session, mutation: Mutation, now: datetime) -> None:
    """Do what waited for a mutation that was settled otherwise than by a try, for instance discarded."""
    queue_up(session, mutation.user_id)
    ledger.forget_waits(session, [mutation.id])
    session.flush()
    follow_up(session, mutation.user_id, [mutation], now)


def try_unknown_again(session: Session, now: datetime) -> int:
    """Do for every user what waited for this server to learn its type; return for how many users.

    Run after an upgrade; without that each user's own next push does the same. The caller commits.
    """
    users = ledger.users_waiting_for(session, skills())
    for user_id in users:
        queue_up(session, user_id)
        follow_up(session, user_id, [], now)
    return len(users)


def queue_up(session: Session, user_id: uuid.UUID) -> None:
    """Wait until no other transaction settles mutations of this user; the next one waits for ours."""
    # SQLite has one writer at a time anyway.
    if session.get_bind().dialect.name != "sqlite":
        ask(session, _QUEUE, user=user_id)


def work_off(
    session: Session, user_id: uuid.UUID, mutations: Sequence[Mutation], now: datetime
) -> dict[uuid.UUID, Unavailable]:
    """Settle mutations in their order, then whatever waited for them; return those that must be sent again.

    What waits for itself in a circle goes on by the rule of `sync/circles.py`.
    """
    rounds = Rounds(session, user_id, now)
    rounds.run(mutations)
    rounds.finish(tangled=rounds.held)
    return rounds.retries


def follow_up(session: Session, user_id: uuid.UUID, mutations: Sequence[Mutation], now: datetime) -> None:
    """Do what waited for mutations that were just settled, or for what this server has learned since."""
    rounds = Rounds(session, user_id, now)
    rounds.settled |= {each.id for each in mutations if each.status is not Status.HELD}
    rounds.run(rounds.waiting.set_free(skills().union(*map(names_of, mutations))))
    rounds.finish(tangled=rounds.held or any(each.status is Status.HELD for each in mutations))


@dataclass(slots=True)
class Rounds:
    """Settles mutations of a user, then what they set free; tells what must be sent again, and if any is held."""

    session: Session
    user_id: uuid.UUID
    now: datetime
    retries: dict[uuid.UUID, Unavailable] = field(default_factory=dict)
    held: bool = False
    settled: set[uuid.UUID] = field(default_factory=set)
    waiting: Waiting = field(init=False)
    _excused: dict[uuid.UUID, frozenset[uuid.UUID]] = field(default_factory=dict)
    """What those that are freed from a circle need not wait for."""

    def __post_init__(self) -> None:
        self.waiting = Waiting(self.session, self.user_id)

    def run(self, mutations: Sequence[Mutation]) -> None:
        """Settle these, then what waited for them."""
        names = skills()
        while mutations:
            for each in mutations:
                self._settle(each)
                names |= names_of(each)
            mutations, names = self.waiting.set_free(names), set()

    def free(self, mutation: Mutation, excused: frozenset[uuid.UUID]) -> None:
        """Settle a mutation that is caught in a circle, then what waited for it."""
        self._excused[mutation.id] = excused
        self.run([mutation])

    def finish(self, *, tangled: bool) -> None:
        """Break the circles, where there may be any, and write down who still waits for what."""
        if tangled:
            self.waiting.load()
            untangle(self.waiting, self.free)
        self.waiting.write()

    def _settle(self, mutation: Mutation) -> None:
        excused = self._excused.get(mutation.id, frozenset())
        outcome = _settle(self.session, mutation, self.settled | excused if excused else self.settled)
        if isinstance(outcome, Unavailable):
            self.retries[mutation.id] = outcome
            self.session.delete(mutation)
            return
        for_good = outcome.status is not Status.HELD
        if for_good:
            self.settled.add(mutation.id)
        if excused and for_good:
            outcome = replace(outcome, flags=(*outcome.flags, CIRCLE_BROKEN))
        self.held = self.held or not for_good
        ledger.write_outcome(mutation, outcome, self.now)
        asking.follow(self.session, mutation, outcome, self.now)
        self.waiting.add(mutation, outcome.waits_for)


def names_of(mutation: Mutation) -> set[uuid.UUID]:
    """What others may have waited for: the mutation itself, and what it was about.

    Also where it was refused: what waits for a visit whose id turns out to be another rep's is refused in its turn.
    """
    return set() if mutation.status is Status.HELD else brought_by(mutation)


def _settle(session: Session, mutation: Mutation, settled: set[uuid.UUID]) -> Outcome | Unavailable:
    """Answer one mutation; `settled` are those of this push that came before it. `Unavailable`: send it again."""
    try:
        return _judge(session, mutation, settled)
    except Unavailable as down:
        # What was held before stays so: its phone has forgotten it.
        return down if mutation.held_at is None else Outcome.held(down)


def _judge(session: Session, mutation: Mutation, settled: set[uuid.UUID]) -> Outcome:
    handler = ready(session, mutation, settled)
    return handler if isinstance(handler, Outcome) else attempt(session, mutation, handler)
