"""Rounds of rules and of messages, each rule in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from fieldsales.alerts.service import Handed, deliver_due
from fieldsales.db.session import transaction
from fieldsales.lookouts.service import Seen, clean_up, escalate_due, evaluate_next, tell_reviews


def look_round(engine: Engine, now: datetime, told: Callable[[str, Seen], None]) -> None:
    """Look at every rule that is due, then escalate, tell of reviews and clean up. Each looked at is `told`."""
    while True:
        with transaction(engine) as session:
            found = evaluate_next(session, now)
            if found is None:
                break
            name, seen = found[0].name, found[1]
        told(name, seen)
    with transaction(engine) as session:
        clean_up(session, now)
        tell_reviews(session, now)
        escalate_due(session, now)


def deliver_round(engine: Engine, now: datetime, base: str) -> Handed:
    """Hand over all messages that are due, some hundred in a transaction."""
    letters = webhooks = put_off = dropped = 0
    while True:
        with transaction(engine) as session:
            done = deliver_due(session, now, base)
        letters, webhooks = letters + done.letters, webhooks + done.webhooks
        put_off, dropped = put_off + done.put_off, dropped + done.dropped
        if not (done.letters or done.webhooks or done.dropped):
            return Handed(letters, webhooks, put_off, dropped)
