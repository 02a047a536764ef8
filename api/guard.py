"""Who may use a route. A route that does not say is closed to everybody; a test keeps it from being forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request

from api.database import SAFE_METHODS, db, session
from api.faults import RoleNotAllowed
from api.tokens import Claims, claims_of_request
from fieldsales.db.session import glance
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor
from fieldsales.sessions.queries import actor_of_session

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC: frozenset[Role] = frozenset()
EVERYBODY = frozenset(Role)
REPS = frozenset({Role.REP})
LEADERS = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMIN})
BOSSES = frozenset({Role.MANAGER, Role.ADMIN})
_MARK = "fieldsales_guard"


def mark(view: View, roles: frozenset[Role]) -> View:
    """Say who may use a view, for `enforce` and for its documentation."""
    setattr(view, _MARK, roles)
    documented = dict(getattr(view, "_apidoc", {}))
    documented["guard"] = sorted(str(role) for role in roles)
    setattr(view, "_apidoc", documented)  # noqa: B010 -- flask-smorest keeps its notes there
    return view


def public(view: View) -> View:
    """Open a view to the world."""
    return mark(view, PUBLIC)


def guard_of(view: Callable[..., Any]) -> frozenset[Role] | None:
    """Return who may use a view: some roles, `PUBLIC`, or None for one that nobody thought of."""
    found: frozenset[Role] | None = getattr(view, _MARK, None)
    return found


def enforce() -> None:
    """Stop a request before its view unless somebody is logged in who may use it."""
    if request.endpoint is None:
        return
    roles = guard_of(current_app.view_functions[request.endpoint])
    if roles == PUBLIC and roles is not None:
        return
    admit(roles or frozenset())


def admit(roles: frozenset[Role]) -> None:
    """Recognise who asks; raise `RoleNotAllowed` for another role. For views that may let others in besides."""
    g.actor = _recognise(claims_of_request())
    if g.actor.role not in roles:
        raise RoleNotAllowed(f"This is not open to a {g.actor.role}.", role=str(g.actor.role))


def actor() -> Actor:
    """Return who asks. Only for views that are not public."""
    found: Actor = g.actor
    return found


def _recognise(claims: Claims) -> Actor:
    """Ask in a snapshot of its own when the request writes: a slow body must not hold the write lock meanwhile."""
    if request.method in SAFE_METHODS:
        return actor_of_session(session(), claims.user_id, claims.device_id, claims.family_id)
    with glance(db.engine) as snapshot:
        return actor_of_session(snapshot, claims.user_id, claims.device_id, claims.family_id)
