"""A line to a server on which each access token wears out after some pieces of a picture."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import responses
from typing import Any

import requests
from worlds.served_town import TIMEOUT_S, listening

WORN = {"code": "auth.token_expired", "detail": "The token has expired.", "status": 401}
HOP = {"connection", "transfer-encoding", "content-length", "content-encoding", "server", "date"}


@contextmanager
def worn_line(server: str, pieces: int) -> Iterator[str]:
    """Give the address of a line on which a token is good for so many pieces, and for nothing after them."""
    used: Counter[str] = Counter()

    def forward(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        token = environ.get("HTTP_AUTHORIZATION", "")
        if used[token] >= pieces and "/auth/" not in environ["PATH_INFO"]:
            start_response("401 Unauthorized", [("Content-Type", "application/problem+json")])
            return [json.dumps(WORN).encode()]
        used[token] += environ["REQUEST_METHOD"] == "PATCH"
        answer = _ask(server, environ)
        headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP]
        start_response(f"{answer.status_code} {responses[answer.status_code]}", headers)
        return [answer.content]

    with listening(forward) as base:
        yield base


def _ask(server: str, environ: dict[str, Any]) -> requests.Response:
    headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {"Accept-Encoding": "identity", "Content-Type": environ.get("CONTENT_TYPE") or "application/json"}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    url = f"{server}{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
    return requests.request(environ["REQUEST_METHOD"], url, headers=headers, data=body, timeout=TIMEOUT_S)
