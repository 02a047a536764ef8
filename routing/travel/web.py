"""One GET of JSON over HTTP, with a deadline for the whole of it: a server that drips does not hold up a plan."""

import json
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from routing.errors import TravelError

MOST_BYTES = 64 * 1024 * 1024
"""The largest answer that is read."""

PIECE = 64 * 1024


def get_json(url: str, timeout_s: float) -> tuple[int, Any]:
    """The status and the decoded body of an answer; None for a body that is no JSON.

    No proxy is asked and no redirection followed: the router stands next door.

    Raises:
        TravelError: for an address that is none, no answer, one that takes longer than ``timeout_s`` in all, or one
            larger than ``MOST_BYTES``.
    """
    host, ends_at = url.partition("?")[0][:60], time.monotonic() + timeout_s
    try:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        connection = _connect(parts, timeout_s)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}", headers={"Accept": "application/json"})
            answer = connection.getresponse()
            body = b""
            while piece := answer.read1(PIECE):
                body += piece
                if len(body) > MOST_BYTES:
                    raise TravelError(f"{host} answers with more than {MOST_BYTES >> 20} MB")
                _hurry(connection, ends_at)
            return answer.status, _decoded(body)
        finally:
            connection.close()
    except TimeoutError:
        raise TravelError(f"{host} gave no whole answer within {timeout_s:g} s") from None
    except (OSError, HTTPException, ValueError) as wrong:
        raise TravelError(f"{host} cannot be asked: {wrong or type(wrong).__name__}") from wrong


def _connect(parts: SplitResult, timeout_s: float) -> HTTPConnection:
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TravelError(f"“{parts.geturl()[:80]}” is no address of a server: give one such as http://127.0.0.1:5000")
    if parts.scheme == "http":
        return HTTPConnection(parts.hostname, parts.port, timeout=timeout_s)
    return HTTPSConnection(parts.hostname, parts.port, timeout=timeout_s, context=ssl.create_default_context())


def _hurry(connection: HTTPConnection, ends_at: float) -> None:
    """Wait for the next piece only as long as time is left."""
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    if connection.sock is not None:
        connection.sock.settimeout(left_s)


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
