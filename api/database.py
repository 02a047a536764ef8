"""The request's database session, on the same engines as everything else."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from fieldsales.db.base import Base
from fieldsales.db.engine import READ_ONLY

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ENGINE = "FIELDSALES_ENGINE"


class RequestSession(FlaskSession):
    """A session whose transaction is a read-only snapshot when the request's method promises to change nothing."""

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options)
        self._engine = db.engine.execution_options(**READ_ONLY) if _only_reads() else db.engine

    def get_bind(
        self,
        mapper: Any = None,
        clause: Any = None,
        bind: Engine | Connection | None = None,
        **_rest: Any,
    ) -> Engine | Connection:
        """Return the one engine of this session."""
        return self._engine if bind is None else bind


class Database(SQLAlchemy):
    """Flask-SQLAlchemy over an engine and a declarative base of ours.

    The engine's events keep our promises on SQLite and PostgreSQL. The base is taken as it is: Flask-SQLAlchemy
    would copy it, and cannot copy one with its own column types.
    """

    def _make_declarative_base(self, model_class: Any, disable_autonaming: bool = False) -> Any:
        self.metadatas[None] = Base.metadata
        return Base

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        found: Engine = app.config[_ENGINE]
        return found


db = Database(session_options={"class_": RequestSession}, add_models_to_shell=False)


def connect(app: Flask, engine: Engine) -> None:
    """Give an app its engine."""
    app.config[_ENGINE] = engine
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"  # Flask-SQLAlchemy insists on an address; it is not used
    db.init_app(app)


def session() -> Session:
    """Return the session of the current request."""
    return db.session()


def _only_reads() -> bool:
    return has_request_context() and request.method in SAFE_METHODS
