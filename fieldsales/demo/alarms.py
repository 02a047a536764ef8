"""What the demo's supervisor wants to be told at once: three rules, and what they find."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from fieldsales.alerts.models import Severity
from fieldsales.demo.places import CURRENCY
from fieldsales.lookouts.service import evaluate_next
from fieldsales.people.rules import Actor
from fieldsales.spans.rules import Compared
from fieldsales.watches.rules import Condition, Grain, Kind, Window
from fieldsales.watches.service import Draft, add_watch

_REVIEW = timedelta(days=90)


def watch(session: Session, owner: Actor, now: datetime) -> int:
    """Make the rules and look at them once; return how many alerts are open."""
    rule = partial(Draft, owner_id=owner.user_id, review_on=(now + _REVIEW).date(), currency=CURRENCY)
    stopped = rule(
        name="Orders have stopped",
        measure="sales_amount",
        grain=Grain.CUSTOMER,
        window=Window.LAST_DAYS,
        days=28,
        condition=Condition(Kind.ABSENCE, least=60_000),
        compared=Compared.PREVIOUS,
        severity=Severity.CRITICAL,
    )
    owing = rule(
        name="Owes more than 2,000",
        measure="receivables",
        grain=Grain.CUSTOMER,
        window=Window.TODAY,
        condition=Condition(Kind.THRESHOLD, "above", 200_000),
    )
    behind = rule(
        name="Target out of reach",
        measure="sales_amount",
        grain=Grain.REP,
        window=Window.MONTH_TO_DATE,
        condition=Condition(Kind.TARGET, value=9_500),
    )
    for draft in (stopped, owing, behind):
        add_watch(session, draft, by=None, now=now)
    opened = 0
    while (looked := evaluate_next(session, now)) is not None:
        opened += looked[1].opened
    return opened
