"""Finding what an operator names."""

from __future__ import annotations

import uuid

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer, CustomerReference
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.integrity.queries import VisitNotVisible
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.queries import PersonNotFound, TerritoryNotFound
from fieldsales.policies.models import Policy
from fieldsales.policies.queries import history
from fieldsales.policies.rules import PolicyNotFound
from fieldsales.visits.models import Visit


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


def find_customer(session: Session, named: str) -> Customer:
    """Return the customer of an id or of a number in another system, or raise `CustomerNotFound`."""
    try:
        found = session.get(Customer, uuid.UUID(named))
    except ValueError:
        numbered = select(Customer).join(CustomerReference).where(CustomerReference.value == named).limit(2)
        several = session.scalars(numbered).all()
        if len(several) > 1:
            raise click.BadParameter(f"Several customers have the number “{named}”; give the id.") from None
        found = several[0] if several else None
    if found is None:
        raise CustomerNotFound(f"There is no customer “{named}”.", mend="Give its number in another system, or its id.")
    return found


def find_visit(session: Session, begins: str) -> uuid.UUID:
    """Return the id of the visit that begins so; raise `VisitNotVisible`, or say that there are several."""
    text = begins.strip().lower()
    try:
        low = uuid.UUID(text.replace("-", "").ljust(32, "0"))
        high = uuid.UUID(text.replace("-", "").ljust(32, "f"))
    except ValueError:
        raise VisitNotVisible(f"There is no visit “{begins}”.", mend="See: fieldsales visits list") from None
    found = session.scalars(select(Visit.id).where(Visit.id >= low, Visit.id <= high).limit(2)).all()
    if len(found) > 1:
        raise click.BadParameter(f"Several visits begin with “{begins}”; give more of the id.")
    if not found:
        raise VisitNotVisible(f"There is no visit “{begins}”.", mend="See: fieldsales visits list")
    return found[0]


def find_policy_version(session: Session, kind: str, begins: str) -> Policy:
    """Return the version of a kind whose id begins like that, or raise `PolicyNotFound`."""
    found = [each for each in history(session, kind) if str(each.id).startswith(begins.lower())]
    if len(found) != 1:
        there = "no version" if not found else f"{len(found)} versions"
        raise PolicyNotFound(
            f"There is {there} “{begins}” of the policy {kind}.", mend=f"See: fieldsales policies history {kind}"
        )
    return found[0]
