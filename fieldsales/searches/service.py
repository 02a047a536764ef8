"""The life of a search: asked for, begun, alive, over. Each verb is one short transaction of whoever runs it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.searches.models import RouteSearch, SearchState
from fieldsales.searches.queries import require_search
from fieldsales.searches.rules import (
    KEPT,
    LOST,
    MOST_OF_ALL,
    MOST_OF_ONE,
    OPEN,
    SearchOver,
    TooManySearches,
    state_at,
)


def ask(session: Session, by: Actor, about: dict[str, Any], now: datetime) -> RouteSearch:
    """Note that somebody wants a search, and forget those that were over long ago.

    Raises `TooManySearches`.
    """
    session.execute(select(User.id).where(User.id == by.user_id).with_for_update()).all()
    forget_over(session, now)
    check_room(session, by, now)
    search = RouteSearch(asked_by=by.user_id, asked_at=now, beat_at=now, about=about)
    session.add(search)
    session.flush()
    return search


def forget_over(session: Session, now: datetime) -> int:
    """Delete the searches that were over long ago; return how many."""
    old = delete(RouteSearch).where(RouteSearch.asked_at < now - KEPT, RouteSearch.beat_at < now - LOST)
    return len(session.execute(old.returning(RouteSearch.id)).all())


def check_room(session: Session, by: Actor, now: datetime) -> None:
    """Raise `TooManySearches` if the person, or all together, have as many open as may be. Writes nothing."""
    alive = (RouteSearch.state.in_(OPEN), RouteSearch.beat_at >= now - LOST)
    mine = session.scalar(select(func.count()).where(*alive, RouteSearch.asked_by == by.user_id)) or 0
    everybody = session.scalar(select(func.count()).where(*alive)) or 0
    for many, most, whose in ((mine, MOST_OF_ONE, "You have"), (everybody, MOST_OF_ALL, "Together you have")):
        if many >= most:
            raise TooManySearches(
                f"{whose} {many} searches open.", mend="Wait for one of them, or cancel it with DELETE.", most=most
            )


def beat(session: Session, search_id: uuid.UUID, now: datetime, *, progress: dict[str, Any] | None = None) -> None:
    """Give a sign of life of a search that runs, with how far it is if that is news; the first one begins it."""
    alive = update(RouteSearch).where(RouteSearch.id == search_id, RouteSearch.state.in_(OPEN))
    if progress is None:
        session.execute(alive.values(beat_at=now))
        return
    session.execute(alive.where(RouteSearch.begun_at.is_(None)).values(begun_at=now))
    session.execute(alive.values(beat_at=now, progress=progress, state=SearchState.RUNNING))


def is_wanted(session: Session, search_id: uuid.UUID) -> bool:
    """Tell whether a search is still wanted; one that was forgotten is not."""
    row = select(RouteSearch.stop_asked).where(RouteSearch.id == search_id)
    return session.scalar(row) is False


def end(
    session: Session,
    search_id: uuid.UUID,
    state: SearchState,
    now: datetime,
    *,
    answer: dict[str, Any] | None = None,
    problem: str | None = None,
) -> None:
    """Note how a search ended."""
    over = update(RouteSearch).where(RouteSearch.id == search_id, RouteSearch.state.in_(OPEN))
    told = None if problem is None else problem[:1000]
    session.execute(over.values(state=state, beat_at=now, ended_at=now, answer=answer, problem=told))


def ask_to_stop(session: Session, by: Actor, search_id: uuid.UUID, now: datetime) -> None:
    """Have a search cancelled; whoever runs it ends its process within a second.

    Raises `SearchNotFound`, `SearchOver`. Asking again is no error.
    """
    search = require_search(session, by, search_id)
    session.refresh(search, with_for_update=True)
    if search.stop_asked:
        return
    state = state_at(search.state, search.beat_at, now)
    if state not in OPEN:
        raise SearchOver(f"The search is over: {state}.", mend="Read what came of it.", state=str(state))
    search.stop_asked = True
    session.flush()
