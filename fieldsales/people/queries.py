"""Who is where in the tree of territories, and who may see whom.

A rep sees only the rep. Everybody else sees the territories at and below the own one, and the people in them;
without a territory, all of them. What lies outside is answered as if it did not exist.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldsales.clock import local_day
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.rules import Actor


class PersonNotFound(NotFound):
    """There is no such person in your territories."""

    code = "people.not_found"
    title = "There is no such person"


class TerritoryNotFound(NotFound):
    """There is no such territory at or below yours."""

    code = "territory.not_found"
    title = "There is no such territory"


def territories_below(root: uuid.UUID | None) -> Select[uuid.UUID]:
    """Return the ids of a territory and all below it (None: of all territories), as a statement to select from."""
    if root is None:
        return select(Territory.id)
    tree = select(Territory.id).where(Territory.id == root).cte(recursive=True)
    return select(tree.union(select(Territory.id).join(tree, Territory.parent_id == tree.c.id)).c.id)


def in_territories_of(
    actor: Actor | None, column: InstrumentedAttribute[uuid.UUID] | InstrumentedAttribute[uuid.UUID | None]
) -> ColumnElement[bool]:
    """Return the condition that a column names a territory at or below the actor's own."""
    if actor is None or actor.sees_everything:
        return true()
    return column.in_(territories_below(actor.territory_id))


def visible_people(actor: Actor | None) -> Select[User]:
    """Return the people whom an actor may see, as a statement to narrow down."""
    if actor is not None and actor.role is Role.REP:
        return select(User).where(User.id == actor.user_id)
    return select(User).where(in_territories_of(actor, User.territory_id))


def people_visible_to(session: Session, actor: Actor, wanted: PageWanted, role: Role | None = None) -> Page[User]:
    """Return a page of the people whom an actor may see, by name."""
    statement = visible_people(actor)
    if role is not None:
        statement = statement.where(User.role == role)
    return fetch_page(session, statement, (User.name, User.id), wanted)


def reps_visible_to(session: Session, actor: Actor | None) -> list[User]:
    """Return the active reps whom an actor may see, by name."""
    reps = visible_people(actor).where(User.role == Role.REP, User.active)
    return list(session.scalars(reps.order_by(User.name, User.id)))


def require_person_in_scope(session: Session, actor: Actor | None, person_id: uuid.UUID) -> User:
    """Return a person whom the actor may see; raise `PersonNotFound`."""
    found = session.scalars(visible_people(actor).where(User.id == person_id)).one_or_none()
    if found is None:
        raise PersonNotFound(f"There is no person {person_id}.", id=str(person_id))
    return found


def require_rep_in_scope(session: Session, actor: Actor | None, rep_id: uuid.UUID) -> User:
    """Return an active rep whom the actor may see; raise `PersonNotFound`."""
    found = require_person_in_scope(session, actor, rep_id)
    if found.role is not Role.REP or not found.active:
        raise PersonNotFound(f"There is no active rep {rep_id}.", id=str(rep_id))
    return found


def require_reps_in_scope(session: Session, actor: Actor | None, rep_ids: Sequence[uuid.UUID] | None) -> list[User]:
    """Return active reps whom the actor may see, all of them for None; raise `PersonNotFound`."""
    if rep_ids is None:
        return reps_visible_to(session, actor)
    return [require_rep_in_scope(session, actor, rep_id) for rep_id in dict.fromkeys(rep_ids)]


def names_of_people(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of people by their ids."""
    return {row[0]: row[1] for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def person_by_login(session: Session, login: str) -> User:
    """Return the person with a login; raise `PersonNotFound`."""
    found = session.scalars(select(User).where(User.login == login.strip().lower())).one_or_none()
    if found is None:
        raise PersonNotFound(f"Nobody has the login “{login}”.", login=login)
    return found


def territories_visible_to(session: Session, actor: Actor, wanted: PageWanted) -> Page[Territory]:
    """Return a page of the territories at and below the actor's own, by code."""
    statement = select(Territory).where(in_territories_of(actor, Territory.id))
    return fetch_page(session, statement, (Territory.code, Territory.id), wanted)


def require_territory_in_scope(session: Session, actor: Actor | None, territory_id: uuid.UUID) -> Territory:
    """Return a territory at or below the actor's own; raise `TerritoryNotFound`."""
    statement = select(Territory).where(Territory.id == territory_id, in_territories_of(actor, Territory.id))
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise TerritoryNotFound(f"There is no territory {territory_id}.", id=str(territory_id))
    return found


def covers_everything(session: Session, actor: Actor | None) -> bool:
    """Tell whether no territory lies outside what an actor sees: what holds for all may be changed only then."""
    if actor is None or actor.sees_everything:
        return True
    outside = select(Territory.id).where(Territory.id.not_in(territories_below(actor.territory_id))).limit(1)
    return session.scalar(outside) is None


def days_at(session: Session, now: datetime) -> tuple[date, date]:
    """Return the earliest and the latest day that it is in any territory at a moment; without any, that of UTC."""
    zones = session.scalars(select(Territory.time_zone).distinct()).all() or ["UTC"]
    days = [local_day(now, zone) for zone in zones]
    return min(days), max(days)
