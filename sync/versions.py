"""Which versions of the app are still good, and what an older one is told; the only module that compares versions.

An app that is too old goes on being heard: what it did is stored as always. It is told to update before it is too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packaging.version import InvalidVersion, Version

from fieldsales.errors import BadSetting


class Advice(StrEnum):
    """What an app should do about its version."""

    CURRENT = "current"
    UPDATE_ADVISED = "update_advised"
    UPDATE_REQUIRED = "update_required"


_MEND = {
    Advice.CURRENT: None,
    Advice.UPDATE_ADVISED: "Update the app when it suits.",
    Advice.UPDATE_REQUIRED: "Send the queue, then update the app before going on.",
}


@dataclass(frozen=True, slots=True)
class AppPolicy:
    """The oldest version that may go on, and the one below which an update is advised; empty asks for nothing.

    Raises `BadSetting` for what is no version, or an advised one that is older than the oldest.
    """

    oldest: str = ""
    advised: str = ""

    def __post_init__(self) -> None:
        for name, told in (("oldest_app", self.oldest), ("advised_app", self.advised)):
            if told and _version(told) is None:
                raise BadSetting(
                    f"FIELDSALES_{name.upper()} is “{told}”, which is no version.",
                    mend="Write it as in 1.4.2.",
                    setting=name,
                )
        if self.oldest and self.advised and Version(self.advised) < Version(self.oldest):
            raise BadSetting(
                f"FIELDSALES_ADVISED_APP ({self.advised}) is older than FIELDSALES_OLDEST_APP ({self.oldest}).",
                mend="Advise the oldest one or a later.",
                setting="advised_app",
            )

    def judge(self, app_version: str | None) -> Verdict:
        """Say how a version stands. One that cannot be read may be of any age: an update is advised, not required."""
        return Verdict(self._advice(app_version), self.oldest or None, self.advised or None)

    def _advice(self, app_version: str | None) -> Advice:
        if app_version is None or not (self.oldest or self.advised):
            return Advice.CURRENT
        found = _version(app_version)
        if found is None:
            return Advice.UPDATE_ADVISED
        if self.oldest and found < Version(self.oldest):
            return Advice.UPDATE_REQUIRED
        if self.advised and found < Version(self.advised):
            return Advice.UPDATE_ADVISED
        return Advice.CURRENT


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an app's version stands to the oldest and the advised one."""

    status: Advice
    oldest: str | None
    advised: str | None

    @property
    def mend(self) -> str | None:
        """What the app should do, for its user to read; None if nothing."""
        return _MEND[self.status]


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
