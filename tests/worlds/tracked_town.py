"""The small town behind its API with the built-in policy `tracking`: consent, the shift, and 90 days of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, select
from werkzeug.test import TestResponse
from worlds import web as webs
from worlds.small_town import NOON
from worlds.web import Web

from fieldsales.accesses.models import TrackAccess
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import User
from fieldsales.policies.models import Policy
from fieldsales.privacy.rules import TRACKING
from fieldsales.privacy.service import give_consent
from fieldsales.tracks.models import TrackPoint

MINE = "/api/v1/me/tracking"
OSMAND, OWNTRACKS = "/api/v1/trackers/osmand", "/api/v1/trackers/owntracks"
TERMS: dict[str, Any] = {"consent": "needed", "window": "shift", "margin_minutes": 0, "keep_days": 90}


def build(engine: Engine, **settings: Any) -> Web:
    """Put the town into an empty database, without the world's own policy, and an app before it."""
    web = webs.build(engine, **settings)
    with transaction(engine) as session:
        session.execute(delete(Policy).where(Policy.kind == TRACKING.name))
    return web


def set_terms(engine: Engine, territories: Collection[tuple[str, dict[str, Any]]] = (), **changed: Any) -> None:
    """Have other terms hold, for all and for some territories."""
    named = [{"code": code, "terms": TERMS | terms} for code, terms in territories]
    body = {**TRACKING.default, "otherwise": TERMS | changed, "territories": named}
    TRACKING.read(body)
    with transaction(engine) as session:
        session.execute(delete(Policy).where(Policy.kind == TRACKING.name))
        session.add(Policy(kind=TRACKING.name, effective_from=datetime(2020, 1, 1).date(), body=body, made_at=NOON))  # noqa: DTZ001


def agree(engine: Engine, login: str, at: datetime) -> None:
    """Have a rep agree to the text that holds, at a moment."""
    with transaction(engine) as session:
        rep = session.scalars(select(User).where(User.login == login)).one()
        give_consent(session, rep, "1", None, at=at, now=NOON)


def points(engine: Engine) -> list[TrackPoint]:
    """Return what is kept, in order."""
    with reading(engine) as session:
        return list(session.scalars(select(TrackPoint).order_by(TrackPoint.rep_id, TrackPoint.at)))


def accesses(engine: Engine) -> list[TrackAccess]:
    """Return who looked, in order."""
    with reading(engine) as session:
        return list(session.scalars(select(TrackAccess).order_by(TrackAccess.route, TrackAccess.id)))


@dataclass
class App:
    """OwnTracks and Traccar Client on one phone, both with the same key."""

    web: Web
    key: str

    def owntracks(self, told: Any, key: str | None = None) -> TestResponse:
        """Post what OwnTracks says."""
        given = b64encode(f"anna:{key or self.key}".encode()).decode()
        headers = {"Authorization": f"Basic {given}", "Content-Type": "application/json"}
        body = {"data": told} if isinstance(told, bytes) else {"json": told}
        return self.web.app.test_client().post(OWNTRACKS, headers=headers, **body)

    def osmand(self, method: str = "GET", **told: Any) -> TestResponse:
        """Send parameters as Traccar Client did up to version 8; by POST as a form."""
        given = {"id": self.key, **told}
        body = {"query_string": given} if method == "GET" else {"data": given}
        return self.web.app.test_client().open(OSMAND, method=method, **body)

    def traccar(self, location: Any, **more: Any) -> TestResponse:
        """Send JSON as Traccar Client does from version 9 on."""
        told = {"location": location, "device_id": self.key, **more}
        return self.web.app.test_client().post(OSMAND, json=told)


def app_of(web: Web, login: str = "anna") -> App:
    """Give a rep a tracker."""
    made = getattr(web, login).post("/api/v1/me/trackers", {"name": "My phone"})
    assert made.status_code == 201, made.text
    return App(web, made.json["key"])
