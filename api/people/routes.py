"""People: oneself, and those whom one may see or manage."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import db, session
from api.guard import BOSSES, EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.people.schemas import (
    NewPersonSchema,
    OwnPasswordSchema,
    PasswordSchema,
    PeopleQuery,
    PersonChangesSchema,
    PersonPageSchema,
    PersonSchema,
    WorkPatternBodySchema,
)
from api.settings import now
from fieldsales.db.paging import Page
from fieldsales.db.session import reading
from fieldsales.people import queries, service
from fieldsales.people.models import User, WorkPattern
from fieldsales.sessions.service import identify

me = Resource("me", __name__, url_prefix="/api/v1/me", description="Oneself")
people = Resource("people", __name__, url_prefix="/api/v1/people", description="Who works here, and as what")


@me.on("GET", "", roles=EVERYBODY, gives=PersonSchema)
def read_me() -> User:
    """Who I am"""
    return queries.require_person_in_scope(session(), actor(), actor().user_id)


@me.on("PUT", "/password", roles=EVERYBODY, takes=OwnPasswordSchema, status=204)
def change_my_password(body: dict[str, Any]) -> None:
    """Change my password

    Ends all my sessions, this one too: log in again.
    """
    with reading(db.engine) as snapshot:
        login = queries.require_person_in_scope(snapshot, actor(), actor().user_id).login
        identify(snapshot, login, body["current_password"])
    service.set_password(session(), actor().user_id, body["password"], by=actor(), now=now())


@people.on("GET", "", roles=LEADERS, query=PeopleQuery, gives=PersonPageSchema)
def list_people(query: dict[str, Any]) -> Page[User]:
    """The people in my territories"""
    return queries.people_visible_to(session(), actor(), query["page"], query.get("role"))


@people.on("POST", "", roles=BOSSES, takes=NewPersonSchema, gives=PersonSchema, status=201, problems=[409])
def add_person(body: dict[str, Any]) -> User:
    """Add somebody

    Admins add anybody; managers reps and supervisors of their territories. There is no default password.
    """
    return service.add_person(session(), **body, by=actor(), now=now())


@people.on("GET", "/<uuid:person_id>", roles=EVERYBODY, gives=PersonSchema, problems=[404])
def read_person(person_id: uuid.UUID) -> User:
    """One person"""
    return queries.require_person_in_scope(session(), actor(), person_id)


@people.on("PATCH", "/<uuid:person_id>", roles=BOSSES, takes=PersonChangesSchema, gives=PersonSchema, problems=[404])
def change_person(body: service.PersonChanges, person_id: uuid.UUID) -> User:
    """Change a person, or switch one off

    Switching somebody off ends all their sessions at once.
    """
    return service.change_person(session(), person_id, body, by=actor(), now=now())


@people.on("PUT", "/<uuid:person_id>/password", roles=BOSSES, takes=PasswordSchema, status=204, problems=[404])
def set_password(body: dict[str, Any], person_id: uuid.UUID) -> None:
    """Give somebody a new password

    Ends all the person's sessions.
    """
    service.set_password(session(), person_id, body["password"], by=actor(), now=now())


@people.on(
    "PUT",
    "/<uuid:person_id>/work-pattern",
    roles=BOSSES,
    takes=WorkPatternBodySchema,
    gives=PersonSchema,
    problems=[404],
)
def set_work_pattern(body: WorkPattern, person_id: uuid.UUID) -> User:
    """Say where and when a rep works"""
    return service.set_work_pattern(session(), person_id, body, by=actor(), now=now())
