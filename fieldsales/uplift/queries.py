"""What visits achieved, as far as a person may see it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly
from fieldsales.comparisons.rules import of_plans, of_trials
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.episodes.queries import customers_looked_at, ledgers, plans_of, trials_of
from fieldsales.episodes.rules import outcomes_of
from fieldsales.holdout.rules import Holdout, Opening
from fieldsales.people.models import Territory
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.uplift.rules import Foreseen, Uplift, Wanted, answer, foresee

FORESIGHT = timedelta(days=90)
"""How far a dry run of a holdout looks back."""


def uplift_seen_by(session: Session, actor: Actor | None, wanted: Wanted, now: datetime) -> Uplift:
    """Return what came of the visits to the customers whom an actor may see. Raises `BadPeriod`.

    Reads each order of the period once, whatever is asked for. Today, in the territory where it began last, is no day
    that has passed.
    """
    today, _ = days_at(session, now)
    question = wanted.question(today)
    span, horizon, by = (question.since, question.until), question.horizon, question.by
    customers = customers_looked_at(session, actor)
    trials = trials_of(session, actor, customers, span, horizon)
    plans = plans_of(session, actor, customers, span)
    who, day = np.concatenate([trials.who, plans.who]), np.concatenate([trials.day, plans.day])
    until = min(question.until + timedelta(days=horizon), today)
    bought = outcomes_of(ledgers(session, actor, customers, (question.since, until)), who, day, horizon)
    over = day + horizon <= today.toordinal()
    first, rest = slice(None, len(trials.who)), slice(len(trials.who), None)
    rows = of_trials(trials, bought.part(first), customers, by, over[first])
    rows += of_plans(plans, bought.part(rest), customers, by, over[rest])
    return answer(question, today, rows)


def foreseen(session: Session, holdout: Holdout, now: datetime) -> Foreseen:
    """Return what a holdout would have done to the anomalies of the last 90 days."""
    until, _ = days_at(session, now)
    since = until - FORESIGHT
    key_account = exists().where(
        Assignment.customer_id == Anomaly.customer_id,
        Assignment.ended_at.is_(None),
        Assignment.kind == AssignmentKind.KEY_ACCOUNT,
    )
    rows = session.execute(
        select(Anomaly.customer_id, func.max(Anomaly.at_risk_minor), Territory.currency, key_account, Anomaly.opened_on)
        .join(Customer, Customer.id == Anomaly.customer_id)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(Anomaly.opened_on >= since, Anomaly.opened_on < until)
        .group_by(Anomaly.customer_id, Territory.currency, Anomaly.opened_on)
        .order_by(Anomaly.opened_on, Anomaly.customer_id)
    )
    openings = [(Opening(who, int(money), currency, key), day) for who, money, currency, key, day in rows]
    return foresee(holdout, openings, since, until)
