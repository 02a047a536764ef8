"""The small town behind its API: people who are logged in, and what they ask."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse
from worlds import small_town

from api.app import create_app
from api.tokens import Tokens, issue
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.people.models import Role
from fieldsales.people.service import add_person
from fieldsales.sessions.service import Installation, open_session

SECRET = "a secret that is only good for tests, and long"


@dataclass
class Caller:
    """Somebody with a token, asking through HTTP."""

    app: Flask
    tokens: Tokens

    def ask(self, method: str, path: str, json: Any = None, **options: Any) -> TestResponse:
        """Send a request as this person."""
        headers = {"Authorization": f"Bearer {self.tokens.access_token}", **options.pop("headers", {})}
        if json is not None:
            options["json"] = json
        return self.app.test_client().open(path, method=method, headers=headers, **options)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read."""
        return self.ask("GET", path, query_string=query)

    def post(self, path: str, json: Any = None) -> TestResponse:
        """Add, or do."""
        return self.ask("POST", path, json)

    def put(self, path: str, json: Any = None) -> TestResponse:
        """Replace."""
        return self.ask("PUT", path, json)

    def patch(self, path: str, json: Any = None) -> TestResponse:
        """Change."""
        return self.ask("PATCH", path, json)

    def delete(self, path: str, json: Any = None) -> TestResponse:
        """Take away."""
        return self.ask("DELETE", path, json)


@dataclass
class Web:
    """An app over a database that holds the small town and an admin called root. Ids are by name."""

    engine: Engine
    app: Flask
    people: dict[str, uuid.UUID]
    territories: dict[str, uuid.UUID]
    customers: dict[str, uuid.UUID]
    products: dict[str, uuid.UUID]
    now: datetime = small_town.NOON
    callers: dict[str, Caller] = field(default_factory=dict)

    def __getattr__(self, login: str) -> Caller:
        """Return somebody who is logged in, by login."""
        if login not in self.__dict__.get("people", {}):
            raise AttributeError(login)
        if login not in self.callers:
            self.callers[login] = self.log_in(login)
        return self.callers[login]

    def log_in(self, login: str, installation: str = "phone") -> Caller:
        """Log somebody in without the slow password."""
        with self.app.app_context(), transaction(self.engine) as session:
            app = Installation(f"{installation}-of-{login}")
            grant = open_session(session, self.people[login], app, lifetime=timedelta(days=30), now=self.now)
            return Caller(self.app, issue(grant))


def build(engine: Engine, **settings: Any) -> Web:
    """Put the town into an empty database, and an app before it."""
    with transaction(engine) as session:
        world = small_town.build(session)
        web = Web(engine, Flask("unborn"), **_names(session, world))
    web.app = create_app(Settings(secret_key=SECRET, **settings), engine=engine, clock=lambda: web.now)
    return web


def _names(session: Session, world: small_town.SmallTown) -> dict[str, dict[str, uuid.UUID]]:
    root = add_person(session, login="root", name="Root", role=Role.ADMIN, now=small_town.NOON)
    people = (world.anna, world.ben, world.sara, world.max, root)
    return {
        "people": {person.login: person.id for person in people},
        "territories": {area.code: area.id for area in (world.town, world.north, world.south)},
        "customers": {name: customer.id for name, customer in world.customers.items()},
        "products": {name: product.id for name, product in world.products.items()},
    }
