"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from api.database import db, session
from api.guard import public
from api.settings import now
from fieldsales.db.engine import DatabaseMissing
from fieldsales.jobs.queries import check_is_done
from migrations import is_current

health = Blueprint("health", __name__, url_prefix="/health")


@health.get("/live")
@public
def live() -> Response:
    """Tell that the process answers."""
    return jsonify(status="live")


@health.get("/ready")
@public
def ready() -> Response:
    """Tell that the database answers and stands at the newest migration; 503 otherwise."""
    if not is_current(db.engine):
        raise DatabaseMissing("The database is not at the newest migration.", mend="Run: fieldsales db upgrade")
    return jsonify(status="ready", database="reachable", migrations="current")


@health.get("/jobs")
@public
def jobs_done() -> Response:
    """Tell that what the house does by itself is done; 503 if it failed or nobody does it."""
    check_is_done(session(), now())
    return jsonify(status="done")
