"""Devices: which phones are in use, and locking out one that was lost."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.devices.schemas import DeviceFarePageSchema, DeviceSchema
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.schema import PageQuery
from api.settings import now
from fieldsales.db.paging import Page
from fieldsales.people.models import Device
from fieldsales.sessions import service
from sync.devices import Fare, fares

devices = Resource("devices", __name__, url_prefix="/api/v1/devices", description="Phones in use")


@devices.on("GET", "", roles=EVERYBODY, query=PageQuery, gives=DeviceFarePageSchema)
def list_devices(query: dict[str, Any]) -> Page[Fare]:
    """The devices of the people whom I may see

    With each: when it was last seen, what it still holds, what of it waits for a person, how its clock and its cursor
    stand.
    """
    return fares(session(), actor(), query["page"])


@devices.on("POST", "/<uuid:device_id>/revoke", roles=EVERYBODY, gives=DeviceSchema, problems=[404])
def revoke_device(device_id: uuid.UUID) -> Device:
    """Lock a device out

    Its sessions end at once, and it cannot log in again. Doing it twice changes nothing.
    """
    return service.revoke_device(session(), device_id, by=actor(), now=now())
