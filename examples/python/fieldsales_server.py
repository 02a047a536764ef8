"""Talking to the server: log in once, then ask. Worn out tokens are renewed on the way."""

from __future__ import annotations

import json
from typing import Any

import requests
from fieldsales_store import Document, Store

TIMEOUT_S = 30


class Refused(Exception):
    """The server answered with a problem. `code` is stable: docs/errors.md lists them all. It is None where the answer
    had no body of ours: HEAD never has one, nor has what stands before the server."""

    def __init__(self, answer: requests.Response) -> None:
        self.status: int = answer.status_code
        self.problem = problem_of(answer)
        self.code: str | None = self.problem.get("code")
        super().__init__(f"{self.status} {self.code}: {self.problem.get('detail', answer.text[:200])}")


def problem_of(answer: requests.Response) -> Document:
    """Return the problem that an answer tells, empty where it tells none."""
    try:
        told = answer.json()
    except requests.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


class Server:
    """The server, asked in the name of whoever is logged in."""

    def __init__(self, address: str, store: Store, network: requests.Session) -> None:
        self.address, self.store, self.network = address, store, network

    def tokens_for(self, login: str, password: str, device: Document) -> str:
        """Log in; return the tokens as JSON text, for the caller to keep as the fact `tokens`."""
        body = {"login": login, "password": password, "device": device}
        return self.ask("POST", "/api/v1/auth/login", json=body, tries=0).text

    def ask(self, method: str, path: str, *, tries: int = 2, **options: Any) -> requests.Response:
        """Send a request; return the answer if it is good, raise `Refused` if not.

        With `tries` of 1 a worn out access token is not renewed, with 0 none is sent.
        """
        tokens = json.loads(self.store.fact("tokens") or "{}")
        headers = {"Authorization": f"Bearer {tokens.get('access_token')}"} if tries else {}
        told = options | {"headers": headers | options.get("headers", {}), "timeout": TIMEOUT_S}
        answer = self.network.request(method, self.address + path, **told)
        if answer.status_code == 401 and tries > 1:
            # The access token is worn out. The refresh token is good once: keep the new pair before going on.
            body = {"refresh_token": tokens.get("refresh_token")}
            self.store.keep(tokens=self.ask("POST", "/api/v1/auth/refresh", json=body, tries=0).text)
            return self.ask(method, path, tries=1, **options)
        if not answer.ok:
            raise Refused(answer)
        return answer
