"""Finding what an operator names."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.people.models import Role, Territory, User
from fieldsales.people.queries import PersonNotFound, TerritoryNotFound


def find_territory(session: Session, code: str) -> Territory:
    """Return the territory of a code, or raise `TerritoryNotFound` naming those that exist."""
    found = session.scalar(select(Territory).where(Territory.code == code))
    if found is None:
        there = ", ".join(session.scalars(select(Territory.code).order_by(Territory.code).limit(20))) or "none yet"
        raise TerritoryNotFound(f"There is no territory “{code}”.", mend=f"There are: {there}.")
    return found


def find_person(session: Session, login: str) -> User:
    """Return the person of a login, or raise `PersonNotFound`."""
    found = session.scalar(select(User).where(User.login == login.strip().lower()))
    if found is None:
        raise PersonNotFound(f"Nobody logs in as “{login}”.", mend="See: fieldsales people list")
    return found


def find_rep(session: Session, login: str) -> User:
    """Return the active rep of a login; raise `PersonNotFound` or say that the person is no rep."""
    person = find_person(session, login)
    if person.role is not Role.REP or not person.active:
        raise click.BadParameter(f"“{login}” is not an active rep. See: fieldsales people list")
    return person
