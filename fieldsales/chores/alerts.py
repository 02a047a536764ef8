"""Rounds of rules and of messages, each rule in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.alerts.queries import is_any_due
from fieldsales.alerts.service import Handed, deliver_due
from fieldsales.chores.chore import Context, Result
from fieldsales.config import Settings
from fieldsales.lookouts.service import Seen, clean_up, escalate_due, evaluate_next, tell_reviews
from fieldsales.watches.queries import is_anything_watched

Transact = Callable[[], AbstractContextManager[Session]]
"""Opens a session for one unit of work, which is committed at its end."""


def look_round(transact: Transact, now: datetime, told: Callable[[str, Seen], object]) -> None:
    """Look at every rule that is due, then escalate, tell of reviews and clean up. Each look is `told`."""
    while True:
        with transact() as session:
            found = evaluate_next(session, now)
            if found is None:
                break
            name, seen = found[0].name, found[1]
        told(name, seen)
    with transact() as session:
        clean_up(session, now)
        tell_reviews(session, now)
        escalate_due(session, now)


def deliver_round(transact: Transact, now: datetime, base: str) -> Handed:
    """Hand over all messages that are due, some hundred in a transaction."""
    letters = webhooks = put_off = dropped = 0
    while True:
        with transact() as session:
            done = deliver_due(session, now, base)
        letters, webhooks = letters + done.letters, webhooks + done.webhooks
        put_off, dropped = put_off + done.put_off, dropped + done.dropped
        if not (done.letters or done.webhooks or done.dropped):
            return Handed(letters, webhooks, put_off, dropped)


def are_rules_there(session: Session, _now: datetime, _settings: Settings) -> bool:
    """Tell whether anything is watched."""
    return is_anything_watched(session)


def look_for_reasons(context: Context) -> Result:
    """Look at the rules of alerts that are due. One that cannot be looked at says why in the list of rules."""
    seen: list[Seen] = []
    look_round(context.transaction, context.now(), lambda _name, each: seen.append(each))
    return {
        "rules": len(seen),
        "opened": sum(each.opened for each in seen),
        "resolved": sum(each.resolved for each in seen),
        "wrong": sum(each.wrong is not None for each in seen),
    }


def are_messages_waiting(session: Session, now: datetime, _settings: Settings) -> bool:
    """Tell whether an alert is to be sent to somebody."""
    return is_any_due(session, now)


def hand_over(context: Context) -> Result:
    """Hand alerts that are due to the outboxes of mail and webhooks, which send them and try again."""
    done = deliver_round(context.transaction, context.now(), context.settings.public_url)
    return {"letters": done.letters, "webhooks": done.webhooks, "put_off": done.put_off, "dropped": done.dropped}
