"""Reading JSON bodies strictly: what no database could keep, or no other JSON library would read, is refused."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from flask import Request

from api.faults import BadJson, WrongContentType
from api.packing.bodies import body_of
from sync.wire import DEEPEST, unstorable

_MOST_DIGITS = 4000
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def read_json(request: Request) -> Any:
    """Return the JSON value of a request's body. Raises `WrongContentType`, `BadJson`."""
    value = parse_json(_body(request), parse_constant=_refuse)
    reason = unstorable(value)
    if reason:
        raise BadJson(f"The body cannot be stored: {reason}.", mend="Send plain text and finite numbers.")
    return value


def read_batch(request: Request) -> Any:
    """Return the JSON value of a phone's batch, in which one value that cannot be stored must not spoil the others.

    A number too long for Python counts as infinite, and what is nested too deeply comes as its text: both make the one
    mutation that they stand in unreadable, and no other.
    """
    body = _body(request)
    try:
        return parse_json(body)
    except BadJson:
        return parse_json(flatten(body), parse_int=_whole)


def parse_json(body: bytes, **options: Any) -> Any:
    """Return the value of a JSON text. Raises `BadJson` with the place of the fault."""
    try:
        return json.loads(body, **options)
    except json.JSONDecodeError as wrong:
        raise BadJson(
            f"The body is not JSON: {wrong.msg} at line {wrong.lineno}, column {wrong.colno}.",
            mend="Check quotes, commas and brackets there.",
            line=wrong.lineno,
            column=wrong.colno,
        ) from wrong
    except UnicodeDecodeError as wrong:
        raise BadJson(f"Byte {wrong.start} of the body is not UTF-8.", mend="Encode it as UTF-8.") from wrong
    except RecursionError as wrong:
        raise BadJson("The body is nested too deeply.", mend="Flatten it.") from wrong
    except ValueError as wrong:
        raise BadJson(f"The body is not JSON: {wrong}.", mend="Send finite numbers of a sane length.") from wrong


def flatten(body: bytes, deepest: int = DEEPEST) -> bytes:
    """Return a JSON text in which every list and object that lies deeper than `deepest` is a string of its text."""
    parts: list[bytes] = []
    depth = kept = begun = 0
    for found in _STRUCTURE.finditer(body):
        sign = found[0]
        if sign in (b"[", b"{"):
            depth += 1
            if depth == deepest + 1:
                parts.append(body[kept : found.start()])
                begun = found.start()
        elif sign in (b"]", b"}"):
            if depth == deepest + 1:
                parts.append(json.dumps(body[begun : found.end()].decode("utf-8", "replace")).encode())
                kept = found.end()
            depth -= 1
    return b"".join([*parts, body[kept:]]) if depth == 0 else body


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf


def _body(request: Request) -> bytes:
    if request.mimetype != "application/json":
        raise WrongContentType(
            f"The body's type is “{request.mimetype or 'not given'}”.",
            mend="Send JSON with “Content-Type: application/json”.",
        )
    return body_of(request)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
