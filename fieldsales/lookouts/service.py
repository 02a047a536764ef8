"""Rounds of the rules: what is new is opened, what is gone is resolved, what nobody looks after is escalated."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.alerts.models import Alert, AlertState, Severity
from fieldsales.alerts.queries import open_of_watch
from fieldsales.alerts.rules import About, Cause, Telling
from fieldsales.alerts.service import address, open_alert, resolve
from fieldsales.clock import local_day
from fieldsales.errors import FieldsalesError
from fieldsales.findings.queries import find
from fieldsales.mutes.queries import muted
from fieldsales.people.models import User
from fieldsales.quiet.rules import Quiet
from fieldsales.watches.models import Watch
from fieldsales.watches.queries import next_due, zone_of
from fieldsales.watches.rules import words


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a rule came to: subjects looked at, reasons found, alerts opened and resolved, reasons muted."""

    subjects: int = 0
    found: int = 0
    opened: int = 0
    resolved: int = 0
    muted: int = 0
    wrong: str | None = None


def telling_of(watch: Watch) -> Telling:
    """Return who a rule tells, and when."""
    quiet = None
    if watch.quiet_from is not None and watch.quiet_to is not None:
        quiet = Quiet(watch.quiet_from, watch.quiet_to)
    webhooks = tuple(uuid.UUID(each) for each in watch.webhooks)
    return Telling(tuple(watch.mails), webhooks, quiet, watch.digest_at, watch.language)


def evaluate_next(session: Session, now: datetime) -> tuple[Watch, Seen] | None:
    """Look at one rule that is due, and say when it is next; None where none is.

    The caller commits after each, so that one rule holds up no other.
    """
    watch = next_due(session, now)
    if watch is None:
        return None
    seen = evaluate(session, watch, now)
    watch.looked_at, watch.last = now, asdict(seen)
    watch.next_at = now + timedelta(minutes=watch.every_minutes)
    session.flush()
    return watch, seen


def evaluate(session: Session, watch: Watch, now: datetime) -> Seen:
    """Open what a rule finds, unless it is open or muted, and resolve what it finds no longer.

    A rule that cannot be looked at says why, and changes nothing.
    """
    try:
        found = find(session, watch, now)
    except FieldsalesError as wrong:
        return Seen(wrong=str(wrong)[:500])
    there, covering, telling = open_of_watch(session, watch.id), muted(session, now), telling_of(watch)
    there.pop(_review_key(watch), None)
    opened = hidden = 0
    for cause in found.causes:
        alert = there.pop(cause.key, None)
        if alert is not None:
            alert.seen_at, alert.latest = now, dict(cause.facts)
        elif covering.covering(cause.about.customer_id, cause.about.rep_id, cause.about.territory_id):
            hidden += 1
        else:
            opened += open_alert(session, cause, telling, now) is not None
    for alert in there.values():
        resolve(session, alert, now)
    return Seen(found.subjects, len(found.causes), opened, len(there), hidden)


def escalate_due(session: Session, now: datetime) -> int:
    """Tell whoever is next of open alerts that nobody has acknowledged in time; return how many steps were taken."""
    waiting = (
        select(Alert, Watch)
        .join(Watch, Watch.id == Alert.watch_id)
        .where(Alert.state == AlertState.OPEN, Alert.acknowledged_at.is_(None), Watch.ended_at.is_(None))
    )
    many = 0
    for alert, watch in session.execute(waiting.with_for_update(skip_locked=True, of=Alert)):
        steps = watch.escalation[alert.level :]
        if alert.cause == _review_key(watch) or not steps:
            continue
        if now < alert.opened_at + timedelta(minutes=steps[0]["after_minutes"]):
            continue
        alert.level += 1
        many += 1
        base = telling_of(watch)
        webhooks = tuple(uuid.UUID(each) for each in steps[0]["webhooks"])
        step = Telling(tuple(steps[0]["mails"]), webhooks, base.quiet, None, base.language)
        address(session, alert, step, alert.level, now)
    session.flush()
    return many


def clean_up(session: Session, now: datetime) -> int:
    """Resolve the open alerts of rules that have ended; return how many."""
    orphans = select(Alert).join(Watch, Watch.id == Alert.watch_id).where(Alert.state == AlertState.OPEN)
    found = session.scalars(orphans.where(Watch.ended_at.is_not(None))).all()
    for each in found:
        resolve(session, each, now)
    return len(found)


def tell_reviews(session: Session, now: datetime) -> int:
    """Alert the owner of each rule whose day of review is over, once; return how many were told.

    The alert is resolved when the rule is reviewed.
    """
    told = 0
    for watch in session.scalars(select(Watch).where(Watch.ended_at.is_(None)).order_by(Watch.id)):
        zone = zone_of(session, watch.territory_id)
        there = open_of_watch(session, watch.id).get(_review_key(watch))
        if local_day(now, zone) <= watch.review_on:
            if there is not None:
                resolve(session, there, now)
        elif there is None:
            told += _tell_review(session, watch, zone, now)
    return told


def _tell_review(session: Session, watch: Watch, zone: str, now: datetime) -> bool:
    owner = session.get_one(User, watch.owner_id)
    title = words(watch.language)["review"].format(name=watch.name, day=watch.review_on)
    facts = {
        "kind": "review",
        "rule": str(watch.id),
        "owner": owner.name,
        "review_on": watch.review_on.isoformat(),
        "said": {"rule": f"{watch.name} ({owner.name})"},
    }
    about = About(owner.name, watch.territory_id, zone=zone)
    cause = Cause(_review_key(watch), title, about, facts, Severity.INFO, watch.id)
    mails = (watch.owner_mail,) if watch.owner_mail else ()
    quiet = telling_of(watch).quiet
    return open_alert(session, cause, Telling(mails, (), quiet, None, watch.language), now) is not None


def _review_key(watch: Watch) -> str:
    return f"review:{watch.id}"
