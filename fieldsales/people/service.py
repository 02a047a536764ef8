"""Adding territories and people, and changing what people may do."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import TypedDict

from sqlalchemy import Select, inspect, select, update
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.clock import zone
from fieldsales.errors import Conflict, Invalid
from fieldsales.money import exponent
from fieldsales.passwords import hash_password
from fieldsales.people.models import Device, RefreshToken, Role, Territory, User, WorkPattern
from fieldsales.people.queries import require_person_in_scope, require_territory_in_scope
from fieldsales.people.rules import (
    USUAL_WEEKDAYS,
    Actor,
    BadWorkPattern,
    MayNotManage,
    check_may_manage,
    check_password,
    check_territory,
    tidy_login,
    tidy_weekdays,
)


class LoginTaken(Conflict):
    """Somebody already has this login. Choose another."""

    code = "people.login_taken"
    title = "Somebody already has this login"


class TerritoryCodeTaken(Conflict):
    """A territory already has this code. Choose another."""

    code = "territory.code_taken"
    title = "A territory already has this code"


class BadRegion(Invalid):
    """A region is a country's two capital letters (ISO 3166-1), such as GR."""

    code = "territory.bad_region"
    title = "This is not a country's code"


class PersonChanges(TypedDict, total=False):
    """What `change_person` may change; what is absent stays as it is."""

    name: str
    territory_id: uuid.UUID | None
    language: str
    active: bool


def add_territory(
    session: Session,
    *,
    code: str,
    name: str,
    time_zone: str,
    region: str,
    currency: str,
    now: datetime,
    parent_id: uuid.UUID | None = None,
    by: Actor | None = None,
) -> Territory:
    """Add a territory at the top of the tree, or below one that the actor may see.

    Raises `TerritoryNotFound`, `TerritoryCodeTaken`, `UnknownTimeZone`, `BadRegion`, `UnknownCurrency`, and
    `MayNotManage` when somebody with a territory would add one beside it.
    """
    zone(time_zone)
    exponent(currency)
    if not re.fullmatch("[A-Z]{2}", region):
        raise BadRegion(f"“{region}” is not an ISO 3166-1 code.", mend="Use two capitals, such as GR.", field="region")
    if parent_id is not None:
        require_territory_in_scope(session, by, parent_id)
    elif by is not None and not by.sees_everything:
        raise MayNotManage("Only below your own territory.", mend="Name a parent_id.", field="parent_id")
    if session.scalar(select(Territory.id).where(Territory.code == code)):
        raise TerritoryCodeTaken(f"There is a territory “{code}” already.", mend="Choose another code.", field="code")
    territory = Territory(
        code=code, name=name, parent_id=parent_id, time_zone=time_zone, region=region, currency=currency
    )
    session.add(territory)
    session.flush()
    record(session, "territory.add", ("territory", territory.id), actor_id=_id(by), now=now, code=code)
    return territory


def add_person(
    session: Session,
    *,
    login: str,
    name: str,
    role: Role,
    now: datetime,
    territory_id: uuid.UUID | None = None,
    password: str | None = None,
    language: str = "en",
    by: Actor | None = None,
) -> User:
    """Add somebody. Nobody has a default password: without one the person cannot log in yet.

    Raises `MayNotManage`, `BadLogin`, `LoginTaken`, `WeakPassword`, `NeedsTerritory`, `TerritoryNotFound`.
    """
    check_may_manage(by, role)
    login = tidy_login(login)
    _check_place(session, by, role, territory_id)
    if password is not None:
        check_password(password, login)
    if session.scalar(select(User.id).where(User.login == login)):
        raise LoginTaken(f"The login “{login}” is taken.", mend="Choose another.", field="login")
    person = User(login=login, name=name, role=role, territory_id=territory_id, language=language, created_at=now)
    if password is not None:
        person.password_hash = hash_password(password)
    session.add(person)
    session.flush()
    record(session, "person.add", ("person", person.id), actor_id=_id(by), now=now, login=login, role=str(role))
    return person


def change_person(
    session: Session, person_id: uuid.UUID, changes: PersonChanges, *, now: datetime, by: Actor | None = None
) -> User:
    """Change what is given. Switching somebody off ends their sessions at once.

    Raises `PersonNotFound`, `MayNotManage`, `NeedsTerritory`, `TerritoryNotFound`.
    """
    person = require_person_in_scope(session, by, person_id)
    check_may_manage(by, person.role)
    if "territory_id" in changes:
        _check_place(session, by, person.role, changes["territory_id"])
    for field, value in changes.items():
        setattr(person, field, value)
    if not person.active:
        end_sessions(session, select(Device.id).where(Device.user_id == person.id), now=now)
    told = {field: value if isinstance(value, bool) else str(value) for field, value in changes.items()}
    record(session, "person.change", ("person", person.id), actor_id=_id(by), now=now, **told)
    session.flush()
    return person


def set_password(
    session: Session, person_id: uuid.UUID, password: str, *, now: datetime, by: Actor | None = None
) -> None:
    """Give a person a new password, whose sessions all end. Everybody may set the own one.

    Raises `PersonNotFound`, `MayNotManage`, `WeakPassword`.
    """
    person = require_person_in_scope(session, by, person_id)
    if by is None or by.user_id != person.id:
        check_may_manage(by, person.role)
    check_password(password, person.login)
    person.password_hash = hash_password(password)
    end_sessions(session, select(Device.id).where(Device.user_id == person.id), now=now)
    record(session, "person.set_password", ("person", person.id), actor_id=_id(by), now=now)


def set_work_pattern(
    session: Session, person_id: uuid.UUID, pattern: WorkPattern, *, now: datetime, by: Actor | None = None
) -> User:
    """Say where a rep's day starts, its hours, and the lunch break; `pattern` is a new, unsaved one.

    Raises `PersonNotFound`, `MayNotManage`, `BadWorkPattern`.
    """
    person = require_person_in_scope(session, by, person_id)
    check_may_manage(by, person.role)
    if not pattern.shift_from < pattern.shift_to:
        raise BadWorkPattern("The shift ends before it starts.", mend="Give the shift from its start to its end.")
    if not pattern.shift_from <= pattern.lunch_from <= pattern.lunch_to <= pattern.shift_to:
        raise BadWorkPattern(
            "Lunch must lie within the shift.", mend="Move lunch into the shift, or lengthen the shift."
        )
    pattern.weekdays = tidy_weekdays(pattern.weekdays or USUAL_WEEKDAYS)
    pattern.user_id = person.id
    if person.work_pattern is None:
        person.work_pattern = pattern
    else:
        for column in inspect(WorkPattern).column_attrs:
            setattr(person.work_pattern, column.key, getattr(pattern, column.key))
    record(session, "person.set_work_pattern", ("person", person.id), actor_id=_id(by), now=now)
    session.flush()
    return person


def end_sessions(session: Session, devices: Select[uuid.UUID], *, now: datetime) -> None:
    """End every session of some devices: neither their access nor their refresh tokens are taken any more."""
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.device_id.in_(devices), RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def _check_place(session: Session, by: Actor | None, role: Role, territory_id: uuid.UUID | None) -> None:
    check_territory(role, territory_id)
    if territory_id is not None:
        require_territory_in_scope(session, by, territory_id)
    elif by is not None and not by.sees_everything:
        raise MayNotManage("Only within your own territories.", mend="Name a territory_id.", field="territory_id")


def _id(by: Actor | None) -> uuid.UUID | None:
    return None if by is None else by.user_id
