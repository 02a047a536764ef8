"""What an operator's monitoring reads."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, request

from api.database import session
from api.guard import admit, public
from api.metrics.exposition import CONTENT_TYPE, expose
from api.settings import now, settings
from fieldsales.jobs.queries import gauges
from fieldsales.people.models import Role
from sync.gauges import read_gauges

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
@public
def read_metrics() -> Response:
    """Tell the gauges of the sync and of jobs to whoever has the metrics token, or is an admin."""
    if not _has_the_token():
        admit(frozenset({Role.ADMIN}))
    return Response(expose(read_gauges(session(), now()), gauges(session(), now())), content_type=CONTENT_TYPE)


def _has_the_token() -> bool:
    wanted = settings().metrics_token
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(wanted) and hmac.compare_digest(sent.encode(), wanted.encode())
