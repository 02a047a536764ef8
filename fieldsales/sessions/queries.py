"""Whose session a token belongs to, and which devices people use."""

from __future__ import annotations

import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound, Unauthorized
from fieldsales.people.models import Device, RefreshToken, User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor


class SessionEnded(Unauthorized):
    """You logged out, the device was revoked, the account switched off, or the password changed. Log in again."""

    code = "auth.session_ended"
    title = "This session has ended"


class DeviceNotFound(NotFound):
    """There is no such device of anybody whom you may see."""

    code = "device.not_found"
    title = "There is no such device"


def actor_of_session(session: Session, user_id: uuid.UUID, device_id: uuid.UUID, family_id: uuid.UUID) -> Actor:
    """Return who a live session speaks for, with the role and the territory of this moment.

    Raises `SessionEnded` as soon as the person is switched off, the device revoked, or the session ended.
    """
    alive = exists().where(RefreshToken.family_id == family_id, RefreshToken.revoked_at.is_(None))
    found = session.execute(
        select(User.role, User.territory_id)
        .join(Device, Device.user_id == User.id)
        .where(User.id == user_id, User.active, Device.id == device_id, Device.revoked_at.is_(None), alive)
    ).one_or_none()
    if found is None:
        raise SessionEnded("This session has ended.", mend="Log in again.")
    return Actor(user_id, found.role, found.territory_id, device_id, family_id)


def devices_visible_to(session: Session, actor: Actor, wanted: PageWanted) -> Page[Device]:
    """Return a page of the devices of the people whom an actor may see."""
    of_them = Device.user_id.in_(visible_people(actor).with_only_columns(User.id))
    return fetch_page(session, select(Device).where(of_them), (Device.id,), wanted)


def require_device_in_scope(session: Session, actor: Actor | None, device_id: uuid.UUID) -> Device:
    """Return a device of somebody whom the actor may see; raise `DeviceNotFound`."""
    of_them = Device.user_id.in_(visible_people(actor).with_only_columns(User.id))
    found = session.scalars(select(Device).where(Device.id == device_id, of_them)).one_or_none()
    if found is None:
        raise DeviceNotFound(f"There is no device {device_id}.", id=str(device_id))
    return found
