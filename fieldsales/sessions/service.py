"""Logging in, staying in, and being put out.

A session is a family of refresh tokens on one device. Each token is used once, for the next; using one a second
time means that somebody else holds a copy, and ends the family. One device holds one session.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NoReturn

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.db.base import new_id
from fieldsales.errors import Unauthorized
from fieldsales.passwords import matches
from fieldsales.people.models import Device, RefreshToken, User
from fieldsales.people.rules import Actor, check_may_lock_out
from fieldsales.people.service import end_sessions
from fieldsales.sessions.queries import DeviceRevoked, SessionEnded, put_out, require_device_in_scope

KEPT = timedelta(days=30)
"""For so long a chain that ended is known, so that a copied token is still told from one that never was."""


class WrongCredentials(Unauthorized):
    """The login is unknown, the password wrong, or the account switched off; which of them is not told."""

    code = "auth.wrong_credentials"
    title = "Login or password is wrong"


class TokenReused(Unauthorized):
    """A refresh token was used twice, so that somebody may hold a copy: the session was ended. Log in again."""

    code = "auth.token_reused"
    title = "This refresh token was used before"
    durable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Installation:
    """The app on a phone, as it introduces itself: an id made when it was installed, and what people call it."""

    installation: str
    name: str | None = None
    app_version: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A place in a session: the one refresh token that is good for the next step, and until when."""

    user_id: uuid.UUID
    device_id: uuid.UUID
    family_id: uuid.UUID
    token_id: uuid.UUID
    expires_at: datetime


def identify(session: Session, login: str, password: str) -> User:
    """Return the active person whose login and password these are. Slow on purpose; writes nothing.

    Raises `WrongCredentials`, after the same time and with the same words whatever was wrong.
    """
    person = session.scalars(select(User).where(User.login == login.strip().lower())).one_or_none()
    right = matches(person.password_hash if person else None, password)
    if person is None or not right or not person.active:
        raise WrongCredentials("Login or password is wrong.", mend="Check both, or ask for a new password.")
    return person


def open_session(
    session: Session, user_id: uuid.UUID, app: Installation, *, lifetime: timedelta, now: datetime
) -> Grant:
    """Start a session on a device, which ends the one that it held before. Raises `DeviceRevoked`."""
    device = session.scalars(
        select(Device).where(Device.installation == app.installation, Device.user_id == user_id).with_for_update()
    ).one_or_none()
    if device is None:
        device = Device(installation=app.installation, user_id=user_id, created_at=now)
        session.add(device)
    elif device.revoked_at is not None:
        raise DeviceRevoked("This device was locked out.", mend="Ask your supervisor, then install the app afresh.")
    device.name, device.app_version, device.last_seen_at = app.name, app.app_version, now
    session.flush()
    end_sessions(session, select(Device.id).where(Device.id == device.id), now=now)
    record(session, "session.open", ("device", device.id), actor_id=user_id, now=now, app_version=app.app_version)
    return _grant(session, user_id, device.id, new_id(), now=now, lifetime=lifetime)


def refresh(session: Session, token_id: uuid.UUID, *, lifetime: timedelta, now: datetime) -> Grant:
    """Use up a refresh token and return the next one of its session.

    Raises `SessionEnded` for one that expired or was ended, `DeviceRevoked` and `AccountClosed` where logging in would
    not help, and `TokenReused` for one used before, after having ended the whole session: that must be committed
    although the caller is refused.
    """
    used = session.execute(
        update(RefreshToken)
        .where(
            RefreshToken.id == token_id,
            RefreshToken.used_at.is_(None),
            RefreshToken.revoked_at.is_(None),
            RefreshToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(RefreshToken.family_id, RefreshToken.device_id)
    ).one_or_none()
    if used is None:
        _refuse(session, token_id, now=now)
    device = session.scalars(
        select(Device).join(User).where(Device.id == used.device_id, Device.revoked_at.is_(None), User.active)
    ).one_or_none()
    if device is None:
        raise put_out(session, used.device_id)
    device.last_seen_at = now
    return _grant(session, device.user_id, device.id, used.family_id, now=now, lifetime=lifetime)


def log_out(session: Session, actor: Actor, *, now: datetime) -> None:
    """End the session that the actor speaks in."""
    if actor.device_id is not None:
        end_sessions(session, select(Device.id).where(Device.id == actor.device_id), now=now)
        record(session, "session.log_out", ("device", actor.device_id), actor_id=actor.user_id, now=now)


def revoke_device(session: Session, device_id: uuid.UUID, *, now: datetime, by: Actor | None = None) -> Device:
    """Lock a device out: its sessions end at once and it cannot log in again. A second time changes nothing.

    Everybody may lock the own devices out, and those of the people below whom they see. Raises `DeviceNotFound`,
    `MayNotManage`.
    """
    device = require_device_in_scope(session, by, device_id)
    if by is not None and by.user_id != device.user_id:
        check_may_lock_out(by, device.user.role)
    if device.revoked_at is None:
        device.revoked_at = now
        end_sessions(session, select(Device.id).where(Device.id == device.id), now=now)
        record(session, "device.revoke", ("device", device.id), actor_id=by.user_id if by else None, now=now)
    session.flush()
    return device


def forget_expired(session: Session, now: datetime) -> int:
    """Delete the links of chains that ended more than `KEPT` ago; return how many. Nobody can use them any more."""
    old = delete(RefreshToken).where(RefreshToken.expires_at < now - KEPT)
    return len(session.execute(old.returning(RefreshToken.id)).all())


def _refuse(session: Session, token_id: uuid.UUID, *, now: datetime) -> NoReturn:
    token = session.get(RefreshToken, token_id)
    if token is None:
        raise SessionEnded("This session has ended.", mend="Log in again.")
    if token.used_at is None or token.revoked_at is not None:
        raise put_out(session, token.device_id)
    end_sessions(session, select(Device.id).where(Device.id == token.device_id), now=now)
    record(session, "session.token_reused", ("device", token.device_id), actor_id=None, now=now)
    session.flush()
    raise TokenReused("This refresh token was used before, so the session was ended.", mend="Log in again.")


def _grant(
    session: Session,
    user_id: uuid.UUID,
    device_id: uuid.UUID,
    family_id: uuid.UUID,
    *,
    now: datetime,
    lifetime: timedelta,
) -> Grant:
    token = RefreshToken(family_id=family_id, device_id=device_id, issued_at=now, expires_at=now + lifetime)
    session.add(token)
    session.flush()
    return Grant(user_id, device_id, family_id, token.id, token.expires_at)
