"""Whose session a token belongs to, and which devices people use."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import Conflict, Forbidden, NotFound, Unauthorized
from fieldsales.people.models import Device, RefreshToken, User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor

_HAND_IN = "Hand in what was not sent yet, for review, and ask your supervisor."


class SessionEnded(Unauthorized):
    """You logged out, logged in elsewhere on this device, or the password changed. Log in again."""

    code = "auth.session_ended"
    title = "This session has ended"


class DeviceRevoked(Forbidden):
    """This installation of the app was locked out. Hand in what was not sent yet, then talk to your supervisor."""

    code = "auth.device_revoked"
    title = "This device was locked out"


class AccountClosed(Forbidden):
    """The person of this session was switched off. Hand in what was not sent yet, then talk to your supervisor."""

    code = "auth.account_closed"
    title = "This account was switched off"


class StillIn(Conflict):
    """Only who is locked out hands work in for review. This device may send as usual: refresh the token, or log in."""

    code = "auth.still_in"
    title = "This device is not locked out"


class DeviceNotFound(NotFound):
    """There is no such device of anybody whom you may see."""

    code = "device.not_found"
    title = "There is no such device"


_USER, _DEVICE, _TOKEN = User.__table__.c, Device.__table__.c, RefreshToken.__table__.c
_ALIVE = exists().where(_TOKEN.family_id == bindparam("family_id"), _TOKEN.revoked_at.is_(None))
_LIVE_SESSION = (
    select(_USER.role, _USER.territory_id, _DEVICE.app_version)
    .join_from(User.__table__, Device.__table__, _DEVICE.user_id == _USER.id)
    .where(_USER.id == bindparam("user_id"), _USER.active, _DEVICE.id == bindparam("device_id"))
    .where(_DEVICE.revoked_at.is_(None), _ALIVE)
)
"""Made once: it is asked with every request."""


def actor_of_session(session: Session, user_id: uuid.UUID, device_id: uuid.UUID, family_id: uuid.UUID) -> Actor:
    """Return who a live session speaks for, with the role and the territory of this moment.

    Raises `SessionEnded` as soon as the session ended, `DeviceRevoked` and `AccountClosed` where logging in again
    would not help.
    """
    asked = {"user_id": user_id, "device_id": device_id, "family_id": family_id}
    found = session.connection().execute(_LIVE_SESSION, asked).one_or_none()
    if found is None:
        raise put_out(session, device_id)
    return Actor(user_id, found.role, found.territory_id, device_id, family_id, found.app_version)


def put_out(session: Session, device_id: uuid.UUID) -> SessionEnded | DeviceRevoked | AccountClosed:
    """Return why a device's session is over, as the error to raise: what the phone must do depends on it."""
    found = session.execute(
        select(Device.revoked_at, User.active).join(User, User.id == Device.user_id).where(Device.id == device_id)
    ).one_or_none()
    if found is not None and found.revoked_at is not None:
        return DeviceRevoked("This device was locked out.", mend=_HAND_IN)
    if found is not None and not found.active:
        return AccountClosed("This account was switched off.", mend=_HAND_IN)
    return SessionEnded("This session has ended.", mend="Log in again.")


def device_of_token(session: Session, refresh_token_id: uuid.UUID) -> uuid.UUID | None:
    """Return the device that a refresh token was made for, however long ago; None for one that is not known."""
    return session.scalar(select(RefreshToken.device_id).where(RefreshToken.id == refresh_token_id))


def require_locked_out(session: Session, user_id: uuid.UUID, device_id: uuid.UUID | None, now: datetime) -> uuid.UUID:
    """Return the id of a device of this user that holds no session any more.

    Raises `StillIn` if it does, and `SessionEnded` if there is no such device.
    """
    device = session.get(Device, device_id) if device_id else None
    if device is None or device.user_id != user_id:
        raise SessionEnded("This session is not known.", mend="Log in again.")
    alive = exists().where(
        RefreshToken.device_id == device_id, RefreshToken.revoked_at.is_(None), RefreshToken.expires_at > now
    )
    if device.revoked_at is None and device.user.active and session.scalar(select(alive)):
        raise StillIn("This device may send as usual.", mend="Refresh the token and push the queue.")
    return device.id


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
