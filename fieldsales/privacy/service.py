"""Agreeing to being tracked, and taking that back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.people.models import User
from fieldsales.privacy.models import TrackingConsent
from fieldsales.privacy.queries import consents_of, standing_of
from fieldsales.privacy.rules import TextChanged, TextNotThere


def answer(
    session: Session, rep: User, *, agree: bool, version: str | None, language: str | None, at: datetime, now: datetime
) -> TrackingConsent:
    """Have a rep agree to being tracked, or not, or not any more. To agree is to agree to a version of the text.

    `at` is when the rep did it, `now` when we heard of it. Raises `TextChanged`, `TextNotThere`.
    """
    if agree:
        return give_consent(session, rep, version or "", language, at=at, now=now)
    return withdraw_consent(session, rep, at=at, now=now)


def give_consent(
    session: Session, rep: User, version: str, language: str | None, *, at: datetime, now: datetime
) -> TrackingConsent:
    """Have a rep agree to a version of the text, in the language in which it was read; again changes nothing.

    `at` is when the rep did it, `now` when we heard of it. Raises `TextChanged`, `TextNotThere`.
    """
    policy = standing_of(session, rep, now).policy
    if version != policy.version:
        raise TextChanged(
            f"You agreed to version “{version}”; “{policy.version}” is asked for.",
            mend="Read the text at /api/v1/me/tracking.",
            version=policy.version,
        )
    if language is not None and language not in policy.texts:
        raise TextNotThere(f"There is no text in “{language}”.", mend=f"There are: {', '.join(policy.texts)}.")
    shown, text = policy.text_in(language or rep.language)
    last = _last(session, rep)
    if last is not None and last.given and last.version == version:
        return last
    return _say(session, rep, TrackingConsent(given=True, version=version, language=shown, text=text), at, now)


def withdraw_consent(session: Session, rep: User, *, at: datetime, now: datetime) -> TrackingConsent:
    """Have a rep take the consent back, or refuse it; again changes nothing. What was kept stays until it is erased."""
    last = _last(session, rep)
    if last is not None and not last.given:
        return last
    version = standing_of(session, rep, now).policy.version
    return _say(session, rep, TrackingConsent(given=False, version=version), at, now)


def _last(session: Session, rep: User) -> TrackingConsent | None:
    found = consents_of(session, rep.id)
    return found[-1] if found else None


def _say(session: Session, rep: User, word: TrackingConsent, at: datetime, now: datetime) -> TrackingConsent:
    word.rep_id, word.at, word.recorded_at = rep.id, at, now
    session.add(word)
    session.flush()
    done = "tracking.consent" if word.given else "tracking.withdraw"
    record(session, done, ("person", rep.id), actor_id=rep.id, now=now, version=word.version, at=at.isoformat())
    return word
