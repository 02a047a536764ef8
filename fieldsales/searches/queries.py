"""What there is to know of searches."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.people.rules import Actor
from fieldsales.searches.models import RouteSearch, SearchState
from fieldsales.searches.rules import OPEN, SearchNotFound, state_at


@dataclass(frozen=True, slots=True)
class SearchTold:
    """A search as it stands at a moment."""

    id: uuid.UUID
    state: SearchState
    about: dict[str, Any]
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    progress: dict[str, Any] | None
    answer: dict[str, Any] | None
    problem: str | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in OPEN


def search_of(session: Session, actor: Actor, search_id: uuid.UUID, now: datetime) -> SearchTold:
    """Return a search that the actor asked for. Raises `SearchNotFound`."""
    return told(require_search(session, actor, search_id), now)


def require_search(session: Session, actor: Actor, search_id: uuid.UUID) -> RouteSearch:
    """Return the row of a search that the actor asked for. Raises `SearchNotFound`."""
    found = session.get(RouteSearch, search_id)
    if found is None or found.asked_by != actor.user_id:
        raise SearchNotFound(f"There is no search {search_id} of yours.", id=str(search_id))
    return found


def searches_of(session: Session, actor: Actor, now: datetime) -> list[SearchTold]:
    """Return all searches that the actor asked for, the last one first."""
    found = select(RouteSearch).where(RouteSearch.asked_by == actor.user_id).order_by(RouteSearch.id.desc())
    return [told(row, now) for row in session.scalars(found)]


def told(row: RouteSearch, now: datetime) -> SearchTold:
    """Return a stored search as it stands at a moment."""
    state = state_at(row.state, row.beat_at, now)
    problem = row.problem
    if state is SearchState.DIED:
        problem = "Whoever ran this search is gone: its web worker was stopped or killed. Ask for it again."
    return SearchTold(
        row.id, state, row.about, row.asked_at, row.begun_at, row.ended_at, row.progress, row.answer, problem
    )
