"""Reading JSON bodies strictly: what no database could keep, or no other JSON library would read, is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import Request

from api.faults import BadJson, WrongContentType
from sync.wire import unstorable


def read_json(request: Request) -> Any:
    """Return the JSON value of a request's body. Raises `WrongContentType`, `BadJson`."""
    value = parse_json(_body(request), parse_constant=_refuse)
    reason = unstorable(value)
    if reason:
        raise BadJson(f"The body cannot be stored: {reason}.", mend="Send plain text and finite numbers.")
    return value


def read_batch(request: Request) -> Any:
    """Return the JSON value of a phone's batch, in which one value that cannot be stored must not spoil the others."""
    return parse_json(_body(request))


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


def _body(request: Request) -> bytes:
    if request.mimetype != "application/json":
        raise WrongContentType(
            f"The body's type is “{request.mimetype or 'not given'}”.",
            mend="Send JSON with “Content-Type: application/json”.",
        )
    if request.content_encoding:
        raise WrongContentType(f"The body is packed as “{request.content_encoding}”.", mend="Send it unpacked.")
    return request.get_data(cache=True)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
