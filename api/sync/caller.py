"""What all routes of phones share: whose phone asks, and an answer that is JSON already."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from api.guard import actor
from fieldsales.errors import Forbidden
from sync.batch import Phone


class NoDevice(Forbidden):
    """Only somebody who logged in on a device may send mutations."""

    code = "sync.no_device"
    title = "This session is on no device"


def calling_phone() -> Phone:
    """Return the user and the device of the request's session. Raises `NoDevice`."""
    device_id = actor().device_id
    if device_id is None:
        raise NoDevice("This session is on no device.", mend="Log in on the phone.")
    return Phone(actor().user_id, device_id)


def json_answer(told: dict[str, Any] | list[Any]) -> Response:
    """Return a JSON answer without checking it against a schema once more: it may hold hundreds of documents."""
    return Response(json.dumps(told, separators=(",", ":")), mimetype="application/json")
