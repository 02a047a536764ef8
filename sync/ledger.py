"""The books: which mutations are known, what was answered, and who waits for what."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fieldsales.db.statements import among, ask
from sync.models import Mutation, Review, Status, Wait
from sync.outcomes import Outcome

Pair = tuple[uuid.UUID, uuid.UUID]
"""A mutation, and what it waits for: another one, or what another one brings."""
POSITIONS_ONLY = frozenset({"track.points"})
"""Types whose data are positions, which are kept in one place only."""
SETTLED = (Status.APPLIED, Status.REJECTED)
_KNOWN = select(Mutation.id).where(among(Mutation.id, "ids"))
_WAITING = select(Wait.mutation_id).where(among(Wait.waits_for, "settled")).limit(1)


def claim(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[uuid.UUID, Mutation]:
    """Write down mutations that nobody has written down yet and return those, by id.

    The unique id decides: of two that come at the same moment one waits for the other's commit and then gets
    nothing back.
    """
    if not rows:
        return {}
    claiming = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = claiming(Mutation).values(list(rows)).on_conflict_do_nothing(index_elements=["id"])
    return {each.id: each for each in session.scalars(statement.returning(Mutation))}


def known(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Mutation]:
    """Return the mutations that are in the books already, by id; mostly none."""
    found = list(ask(session, _KNOWN, ids=ids).scalars()) if ids else []
    if not found:
        return {}
    return {each.id: each for each in session.scalars(select(Mutation).where(Mutation.id.in_(found)))}


def unsettled(session: Session, user_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these are no mutations of the user that are here and settled."""
    if not ids:
        return set()
    found = select(Mutation.id).where(Mutation.id.in_(ids), Mutation.user_id == user_id, Mutation.status.in_(SETTLED))
    return set(ids) - set(session.scalars(found))


def record(session: Session, mutation: Mutation, outcome: Outcome, now: datetime) -> None:
    """Write an outcome down beside the effect that it tells of."""
    session.add_all(write_outcome(mutation, outcome, now))


def write_outcome(mutation: Mutation, outcome: Outcome, now: datetime) -> list[Wait]:
    """Write an outcome on its mutation; return what is to be kept beside it."""
    let = {"accepted": mutation.outcome["accepted"]} if mutation.outcome and "accepted" in mutation.outcome else {}
    mutation.status = outcome.status
    mutation.outcome = outcome.as_json() | (let if outcome.status is Status.HELD else {})
    if outcome.status is Status.HELD:
        mutation.held_at = mutation.held_at or now
        mutation.review = Review.OPEN
        return [Wait(mutation_id=mutation.id, waits_for=each) for each in sorted(outcome.waits_for)]
    mutation.settled_at = now
    if mutation.type in POSITIONS_ONLY:
        spare_positions(mutation)
    mutation.review = Review.OPEN if outcome.review else None
    return []


def spare_positions(mutation: Mutation) -> None:
    """Take the positions out of a settled track: what may be kept of them is kept as track points, and only there.

    Else those that may not be kept, or not any longer, would still stand in the books. The outcome says how many there
    were; the digest, by which the mutation is known again, stays.
    """
    mutation.payload = without_points(mutation.payload)
    if mutation.corrected is not None:
        mutation.corrected = mutation.corrected | {"points": []}


def without_points(payload: dict[str, Any]) -> dict[str, Any]:
    """Return what stays of what was sent once a track is settled."""
    data = payload.get("data")
    return payload | {"data": data | {"points": []}} if isinstance(data, dict) else payload | {"data": None}


def holds_positions(mutation: Mutation) -> bool:
    """Tell whether a mutation is a track that still holds positions, as one does that waits for a person."""
    data = mutation.payload.get("data")
    sent = data.get("points") if isinstance(data, dict) else None
    return mutation.type in POSITIONS_ONLY and bool(sent or (mutation.corrected or {}).get("points"))


def waiting(session: Session, user_id: uuid.UUID) -> tuple[dict[uuid.UUID, Mutation], list[Pair]]:
    """Return a user's held mutations that wait for anything, and what each waits for, in pairs."""
    found = select(Mutation).where(Mutation.user_id == user_id, Mutation.status == Status.HELD)
    held = {each.id: each for each in session.scalars(found.where(exists().where(Wait.mutation_id == Mutation.id)))}
    pairs = select(Wait.mutation_id, Wait.waits_for).join(Mutation, Mutation.id == Wait.mutation_id)
    return held, [(one, other) for one, other in session.execute(pairs.where(Mutation.user_id == user_id))]


def users_waiting_for(session: Session, names: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Return the users whose held mutations wait for any of these."""
    found = select(Mutation.user_id).join(Wait, Wait.mutation_id == Mutation.id).where(Wait.waits_for.in_(names))
    return list(session.scalars(found.distinct().order_by(Mutation.user_id)))


def is_awaited(session: Session, names: Collection[uuid.UUID]) -> bool:
    """Tell whether anything waits for any of these; whose it is, is looked at only then: it hardly ever does."""
    return bool(names) and ask(session, _WAITING, settled=names).first() is not None


def forget_waits(session: Session, ids: Collection[uuid.UUID]) -> None:
    """Strike out what these mutations wait for."""
    for some in _portions(ids):
        session.execute(delete(Wait).where(Wait.mutation_id.in_(some)).execution_options(synchronize_session="fetch"))


def strike_out(session: Session, user_id: uuid.UUID, names: Collection[uuid.UUID]) -> None:
    """Strike out a user's waits for what is now here."""
    if not names:
        return
    of_user = exists().where(Mutation.id == Wait.mutation_id, Mutation.user_id == user_id)
    for some in _portions(names):
        gone = delete(Wait).where(Wait.waits_for.in_(some), of_user)
        session.execute(gone.execution_options(synchronize_session=False))


def note_waits(session: Session, pairs: Sequence[Pair]) -> None:
    """Write down who waits for what."""
    if pairs:
        session.execute(insert(Wait), [{"mutation_id": one, "waits_for": other} for one, other in pairs])


def _portions(ids: Collection[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    """Cut ids into lists that a statement can carry: SQLite takes 32,766 values."""
    ordered = sorted(ids)
    for first in range(0, len(ordered), 1000):
        yield ordered[first : first + 1000]
