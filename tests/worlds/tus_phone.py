"""A phone that announces photos over HTTP and speaks tus by hand, header by header."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from worlds.served_town import PASSWORD

from fieldsales.db.base import new_id

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}
TIMEOUT_S = 60
FILES = "/sync/v1/files"


@dataclass
class TusPhone:
    """Somebody's phone at a server."""

    base: str
    login: str
    token: str
    seq: int = 0

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> requests.Response:
        """Send a request of tus 1.0.0, with these headers beside."""
        told = {**TUS, "Authorization": f"Bearer {self.token}", **(headers or {})}
        url = path if path.startswith("http") else self.base + path
        sent = {name: value for name, value in told.items() if value is not None}
        return requests.request(method, url, headers=sent, timeout=TIMEOUT_S, **more)

    def announce(self, picture: bytes, customer_id: uuid.UUID, content_type: str = "image/jpeg") -> uuid.UUID:
        """Check in somewhere and announce a photo; return its id."""
        photo_id, visit_id = new_id(), new_id()
        there = {"visit_id": str(visit_id), "customer_id": str(customer_id), "position": None}
        photo = {
            "photo_id": str(photo_id),
            "visit_id": str(visit_id),
            "kind": "shelf",
            "sha256": hashlib.sha256(picture).hexdigest(),
            "size_bytes": len(picture),
            "content_type": content_type,
            "taken_at": datetime.now(UTC).isoformat(),
        }
        answers = self._push([("visit.check_in", "visit", visit_id, there), ("photo.attach", "photo", photo_id, photo)])
        assert {each["status"] for each in answers} == {"applied"}, answers
        return photo_id

    def begin(self, photo_id: uuid.UUID, length: int, headers: dict[str, str] | None = None, **more: Any) -> Any:
        """Ask for an upload of a photo."""
        told = {"Upload-Length": str(length), "Upload-Metadata": named(photo_id), **(headers or {})}
        return self.ask("POST", FILES, told, **more)

    def send(self, place: str, offset: int, piece: bytes, headers: dict[str, str] | None = None) -> requests.Response:
        """Send bytes that begin at an offset."""
        return self.ask("PATCH", place, {**BYTES, "Upload-Offset": str(offset), **(headers or {})}, data=piece)

    def _push(self, deeds: list[tuple[str, str, uuid.UUID, dict[str, Any]]]) -> list[dict[str, Any]]:
        now = {"wall": datetime.now(UTC).isoformat(), "mono_ms": 1, "boot_id": "b"}
        mutations = []
        for kind, entity, identity, data in deeds:
            self.seq += 1
            about = {"type": entity, "id": str(identity)}
            told = {"id": str(new_id()), "seq": self.seq, "type": kind, "v": 1, "at": now, "entity": about}
            mutations.append(told | {"base_version": None, "after": [], "data": data})
        body = {"device_id": installation(self.login), "app_version": "1.0", "schema": 1, "sent": now}
        answer = self.ask("POST", "/sync/v1/mutations", json=body | {"mutations": mutations})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["results"]
        return found


def log_in(base: str, login: str) -> TusPhone:
    """A phone on which somebody has logged in."""
    body = {"login": login, "password": PASSWORD, "device": {"installation": installation(login)}}
    answer = requests.post(base + "/api/v1/auth/login", json=body, timeout=TIMEOUT_S)
    assert answer.status_code == 200, answer.text
    return TusPhone(base, login, answer.json()["access_token"])


def installation(login: str) -> str:
    """What the app on somebody's phone calls itself."""
    return f"phone of {login}"


def named(photo_id: uuid.UUID) -> str:
    """Upload-Metadata that names a photo."""
    return "photo_id " + base64.b64encode(str(photo_id).encode()).decode()
