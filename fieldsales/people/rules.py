"""Who a person is to the rules, who may manage whom, and what makes a login and a password good."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from fieldsales.errors import Forbidden, Invalid
from fieldsales.people.models import Role

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
USUAL_WEEKDAYS = "MO,TU,WE,TH,FR"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,118}[a-z0-9]")
_MANAGES = {Role.ADMIN: frozenset(Role), Role.MANAGER: frozenset({Role.REP, Role.SUPERVISOR})}


class WeakPassword(Invalid):
    """The password is too short, too long, all one character, or the login itself. Choose another."""

    code = "people.weak_password"
    title = "This password is too easy to guess"


class BadLogin(Invalid):
    """A login is 3 to 120 of the letters a–z, digits and . _ @ + -, without spaces."""

    code = "people.bad_login"
    title = "This cannot be a login"


class MayNotManage(Forbidden):
    """Admins manage everybody; managers the reps and supervisors of their territories; others nobody."""

    code = "people.may_not_manage"
    title = "You may not manage this person"


class NeedsTerritory(Invalid):
    """A rep or a supervisor was left without a territory. Name the one that the person works in."""

    code = "people.needs_territory"
    title = "This person needs a territory"


class BadWorkPattern(Invalid):
    """The hours of a working day contradict each other. The shift must start before it ends, and hold the lunch."""

    code = "people.bad_work_pattern"
    title = "These working hours contradict each other"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks for something: the person, the territory that the scope hangs from, and the device.

    `app_version` is what the device's app named last, at a login or a push.

    Without a territory a manager or an admin sees all of them. Verbs take `by: Actor | None`, where None is the
    operator at the machine's own terminal, who may do everything.
    """

    user_id: uuid.UUID
    role: Role
    territory_id: uuid.UUID | None
    device_id: uuid.UUID | None = None
    family_id: uuid.UUID | None = None
    app_version: str | None = None

    def __post_init__(self) -> None:
        check_territory(self.role, self.territory_id)

    @property
    def sees_everything(self) -> bool:
        """Whether no territory bounds what this person sees."""
        return self.territory_id is None


def check_territory(role: Role, territory_id: uuid.UUID | None) -> None:
    """Raise `NeedsTerritory` for a rep or a supervisor without one."""
    if territory_id is None and role in {Role.REP, Role.SUPERVISOR}:
        raise NeedsTerritory(f"A {role} needs a territory.", mend="Say which one.", field="territory_id")


def check_may_manage(by: Actor | None, role: Role) -> None:
    """Raise `MayNotManage` unless `by` may add and change people of that role."""
    if by is not None and role not in _MANAGES.get(by.role, frozenset()):
        raise MayNotManage(f"A {by.role} may not manage a {role}.", mend="Ask an admin.", role=str(role))


def check_may_lock_out(by: Actor, role: Role) -> None:
    """Raise `MayNotManage` unless `by` may lock out devices of people of that role: supervisors those of their reps."""
    if not (by.role is Role.SUPERVISOR and role is Role.REP):
        check_may_manage(by, role)


def tidy_login(login: str) -> str:
    """Return the one spelling under which a login is kept; raise `BadLogin` if it cannot be one."""
    tidy = login.strip().lower()
    if not _LOGIN.fullmatch(tidy):
        raise BadLogin(
            "A login is 3 to 120 of the letters a–z, digits and . _ @ + -, and starts and ends with a letter or digit.",
            field="login",
        )
    return tidy


def check_password(password: str, login: str) -> None:
    """Raise `WeakPassword`, without repeating the password, unless it may be used with that login."""
    why = None
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        why = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
    elif password.strip().casefold() == login.casefold():
        why = "The password is the login."
    elif len(set(password)) == 1:
        why = "The password is one character, repeated."
    if why:
        raise WeakPassword(why, mend="Choose a longer one that others cannot guess.", field="password")


def tidy_weekdays(text: str) -> str:
    """Return weekdays in the order of the week and each once, as in "MO,TU,FR"; raise `BadWorkPattern`."""
    given = {day.strip().upper() for day in text.split(",") if day.strip()}
    if not given or not given <= set(WEEKDAYS):
        raise BadWorkPattern(
            f"“{text}” does not name weekdays.",
            mend="Write them as in MO,TU,WE,TH,FR.",
            field="weekdays",
        )
    return ",".join(day for day in WEEKDAYS if day in given)
