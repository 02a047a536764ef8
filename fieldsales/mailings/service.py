"""Subscribing to reports, and sending those that are due."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.broadsheets.rules import report_pdf
from fieldsales.bulletins.rules import report_html, report_text
from fieldsales.clock import zone
from fieldsales.dailies.queries import daily_report, time_zone_of
from fieldsales.dailies.rules import DailyReport
from fieldsales.db.session import reading, transaction
from fieldsales.errors import FieldsalesError
from fieldsales.headlines.rules import Teller
from fieldsales.letters.models import Letter
from fieldsales.letters.service import queue_letter
from fieldsales.mail import Attachment, tidy_address
from fieldsales.mailings.models import ReportSent, ReportSubscription
from fieldsales.mailings.queries import due_ids, require_subscription, subscription_of_secret
from fieldsales.mailings.rules import (
    EVERY_WORKDAY,
    Covers,
    NotForReps,
    SubscribedAlready,
    check_language,
    covered,
    latest_due,
    usual_cover,
)
from fieldsales.people.models import Role, User
from fieldsales.people.queries import TerritoryNotFound, require_person_in_scope
from fieldsales.people.rules import Actor, tidy_weekdays


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be sent. What is None follows from the person, the territory or the time of day."""

    email: str
    sends_at: time
    weekdays: str = EVERY_WORKDAY
    territory_id: uuid.UUID | None = None
    language: str | None = None
    time_zone: str | None = None
    covers: Covers | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one subscription: the letter that waits to be sent, or why there is none."""

    subscription_id: uuid.UUID
    letter_id: uuid.UUID | None = None
    why_not: str | None = None


def subscribe(
    session: Session, user_id: uuid.UUID, wish: Wish, *, by: Actor | None, now: datetime
) -> ReportSubscription:
    """Have a person sent the daily report. A boss may do so for the people in scope, everybody for themselves.

    Raises `PersonNotFound`, `NotForReps`, `TerritoryNotFound`, `BadAddress`, `UnknownTimeZone`, `NoSuchLanguage`,
    `SubscribedAlready`.
    """
    own = by is not None and by.user_id == user_id
    may = by is None or own or by.role in (Role.MANAGER, Role.ADMIN)
    person = require_person_in_scope(session, by, user_id) if not own and may else session.get(User, user_id)
    if not may or person is None or person.role is Role.REP:
        raise NotForReps("Subscribe those who lead a team.", mend="A rep's own day is in the app.")
    session.execute(select(User.id).where(User.id == person.id).with_for_update()).all()
    made = ReportSubscription(
        user_id=person.id,
        territory_id=wish.territory_id,
        email=tidy_address(wish.email),
        language=check_language(wish.language or person.language),
        sends_at=wish.sends_at,
        weekdays=tidy_weekdays(wish.weekdays),
        time_zone=zone(wish.time_zone or time_zone_of(session, _reader(person), wish.territory_id)).key,
        covers=wish.covers or usual_cover(wish.sends_at),
        secret=secrets.token_urlsafe(32),
        made_at=now,
        made_by=by.user_id if by else None,
    )
    _check_new(session, made)
    session.add(made)
    session.flush()
    _note(session, "report.subscribe", made, by, now, email=made.email, sends_at=str(made.sends_at))
    return made


def unsubscribe(session: Session, subscription_id: uuid.UUID, *, by: Actor | None, now: datetime) -> None:
    """End a subscription. Raises `SubscriptionNotFound`."""
    _end(session, require_subscription(session, by, subscription_id), "by hand", by, now)


def unsubscribe_by_link(session: Session, secret: str, now: datetime) -> ReportSubscription:
    """End the subscription of a link in a letter; a second time changes nothing. Raises `SubscriptionNotFound`."""
    found = subscription_of_secret(session, secret)
    if found.ended_at is None:
        _end(session, found, "by the link", None, now)
    return found


def send_due(engine: Engine, now: datetime, base: str) -> list[Sent]:
    """Queue the reports that are due, each in a transaction of its own; return what became of each.

    Done twice, or by two at once, nothing is sent twice: a row of each subscription and day stands in the way. Of what
    was missed only the latest is sent. A report that cannot be made holds up no other; a subscription to a territory
    that its reader may not see any more is ended. `base` is the public address of the server, for the links.
    """
    with reading(engine) as session:
        ids = due_ids(session, now)
    return [sent for each in ids if (sent := _tried(engine, each, now, base))]


def _tried(engine: Engine, subscription_id: uuid.UUID, now: datetime, base: str) -> Sent | None:
    try:
        with transaction(engine) as session:
            letter = send_one(session, subscription_id, now, base)
            letter_id = letter.id if letter else None
    except TerritoryNotFound as hidden:
        with transaction(engine) as session:
            _end(session, session.get_one(ReportSubscription, subscription_id), "out of sight", None, now)
        return Sent(subscription_id, None, f"{hidden} It is ended. [{hidden.code}]")
    except FieldsalesError as wrong:
        return Sent(subscription_id, None, f"{wrong} [{wrong.code}]")
    return Sent(subscription_id, letter_id) if letter_id else None


def send_one(session: Session, subscription_id: uuid.UUID, now: datetime, base: str) -> Letter | None:
    """Queue the report of one subscription if it is due and nobody else does so; return its letter.

    Raises `TerritoryNotFound` if the person may not see the territory any more.
    """
    locked = select(ReportSubscription).where(ReportSubscription.id == subscription_id)
    of = session.scalars(locked.with_for_update(of=ReportSubscription, skip_locked=True)).one_or_none()
    if of is None or of.ended_at is not None or not of.user.active:
        return None
    due_on = latest_due(of.sends_at, of.weekdays, of.time_zone, of.made_at, now)
    done = select(ReportSent.id).where(ReportSent.subscription_id == of.id, ReportSent.due_on >= due_on)
    if due_on is None or session.scalar(done.limit(1)):
        return None
    day = covered(due_on, of.covers)
    report = daily_report(session, _reader(of.user), day, now, of.territory_id)
    letter = _letter(session, of, report, base, now)
    session.add(ReportSent(subscription_id=of.id, due_on=due_on, day=day, letter_id=letter.id, made_at=now))
    session.flush()
    return letter


def _letter(session: Session, of: ReportSubscription, report: DailyReport, base: str, now: datetime) -> Letter:
    link = f"{base.rstrip('/')}/api/v1/report-subscriptions/unsubscribe/{of.secret}" if base else ""
    pdf = Attachment(f"report-{report.day}.pdf", "application/pdf", report_pdf(report, of.language, base))
    return queue_letter(
        session,
        of.email,
        Teller(report, of.language, base).subject(),
        report_text(report, of.language, base, link),
        pdf,
        html=report_html(report, of.language, base, link),
        unsubscribe=link or None,
        order_id=None,
        by=None,
        now=now,
    )


def _reader(person: User) -> Actor:
    """The person as who asks: a report shows what its reader may see on the day that it is made."""
    return Actor(person.id, person.role, person.territory_id)


def _check_new(session: Session, made: ReportSubscription) -> None:
    same = select(ReportSubscription.id).where(
        ReportSubscription.user_id == made.user_id,
        ReportSubscription.ended_at.is_(None),
        ReportSubscription.email == made.email,
        ReportSubscription.sends_at == made.sends_at,
        ReportSubscription.territory_id == made.territory_id
        if made.territory_id
        else ReportSubscription.territory_id.is_(None),
    )
    if found := session.scalar(same.limit(1)):
        raise SubscribedAlready(
            f"{made.email} is sent that report at {made.sends_at:%H:%M} already.", mend="End that first.", id=str(found)
        )


def _end(session: Session, of: ReportSubscription, why: str, by: Actor | None, now: datetime) -> None:
    of.ended_at, of.ended_because = now, why
    session.flush()
    _note(session, "report.unsubscribe", of, by, now, because=why)


def _note(session: Session, action: str, of: ReportSubscription, by: Actor | None, now: datetime, **facts: str) -> None:
    actor_id = by.user_id if by else None
    record(session, action, ("report_subscription", of.id), actor_id=actor_id, now=now, user=str(of.user_id), **facts)
