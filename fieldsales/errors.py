"""Errors that a person can act on.

Every rule that can be broken raises a subclass of `FieldsalesError` where it is broken. `code` is stable and
documented in `docs/errors.md`; clients may switch on it. HTTP and the terminal each turn it into their own form
in one place.
"""

from __future__ import annotations

from typing import Any, ClassVar


class FieldsalesError(Exception):
    """What went wrong, and how to mend it.

    `detail` says what and where in one sentence, `mend` what the reader can do about it, and `facts` carry the
    same as data (JSON-serialisable), such as the name of a field. `durable` is true of the few errors whose verb
    wrote something that must outlive them (a session ended because its token was stolen): the edge then commits.
    """

    code: ClassVar[str] = "internal.error"
    title: ClassVar[str] = "Something went wrong on our side"
    status: ClassVar[int] = 500
    durable: ClassVar[bool] = False

    def __init__(self, detail: str, *, mend: str | None = None, **facts: Any) -> None:
        super().__init__(detail if mend is None else f"{detail} {mend}")
        self.detail = detail
        self.mend = mend
        self.facts = facts


class Invalid(FieldsalesError):
    """The input breaks a rule; sending it again unchanged will not help."""

    code = "input.invalid"
    title = "The input breaks a rule"
    status = 422


class NotFound(FieldsalesError):
    """There is no such thing, or the asker may not know of it."""

    code = "resource.not_found"
    title = "There is no such thing"
    status = 404


class Conflict(FieldsalesError):
    """The input is fine, but what is stored stands against it."""

    code = "resource.conflict"
    title = "This stands against what is stored"
    status = 409


class Forbidden(FieldsalesError):
    """The person is known and may not do this."""

    code = "access.forbidden"
    title = "You may not do this"
    status = 403


class Unauthorized(FieldsalesError):
    """Nobody has been recognised."""

    code = "access.unauthorized"
    title = "Please log in"
    status = 401


class NeedsDecision(FieldsalesError):
    """The input is sound, but what it asks for is beyond what the system decides on its own."""

    code = "decision.needed"
    title = "A person must decide this"
    status = 409


class Unavailable(FieldsalesError):
    """Something that we rely on does not answer; the same request may work later."""

    code = "service.unavailable"
    title = "Not available just now"
    status = 503


class BadSetting(FieldsalesError):
    """The operator's environment holds a value that cannot be used."""

    code = "setting.invalid"
    title = "A setting cannot be used"
    status = 500
