"""Reads that measuring starts from: who took part in a draw, what was planned and made, and what was bought around it.

A year of orders is millions of rows. The database hands them over as one text for each customer: making a Python row
of each would take longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import numpy as np
from sqlalchemy import ColumnElement, String, case, cast, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldsales.anomalies.models import Anomaly
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.episodes.rules import (
    BEFORE_DAYS,
    KINDS,
    SOURCES,
    Customers,
    Ints,
    Ledger,
    Plans,
    Span,
    Trials,
    day_number,
    happened_within,
    ledger,
    lined_up,
)
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.visits.models import Visit

_CHUNK = 5_000


def customers_looked_at(session: Session, actor: Actor | None) -> Customers:
    """Return the customers whom an actor may see, with currency, tier and owner."""
    owner = (Assignment.customer_id == Customer.id) & Assignment.ended_at.is_(None)
    rows = session.execute(
        select(cast(Customer.id, String), Territory.currency, Customer.tier, cast(Assignment.rep_id, String))
        .join(Territory, Territory.id == Customer.territory_id)
        .outerjoin(Assignment, owner & (Assignment.kind == AssignmentKind.OWNER))
        .where(_seen_by(actor, Customer.id))
    ).all()
    people = select(cast(User.id, String), User.name, User.login).where(User.role == Role.REP).order_by(User.login)
    reps = {identity: f"{name} ({login})" for identity, name, login in session.execute(people)}
    ids, currency, tier, owners = zip(*rows, strict=True) if rows else ((), (), (), ())
    currencies, tiers = sorted(set(currency)), sorted({each for each in tier if each is not None})
    return Customers(
        ids=ids,
        currency=_places(currency, currencies),
        tier=_places(tier, tiers),
        owner=_places(owners, reps),
        currencies=tuple(currencies),
        tiers=tuple(tiers),
        rep_ids=tuple(reps),
        reps=tuple(reps.values()),
    )


def trials_of(session: Session, actor: Actor | None, customers: Customers, span: Span, horizon: int) -> Trials:
    """Return who took part in a draw in a span of days, and whether the lots were kept to for `horizon` days."""
    drawn = (Anomaly.trial_bp.is_not(None), Anomaly.opened_on >= span[0], Anomaly.opened_on < span[1])
    kind = case(*((Anomaly.kind == each, place) for place, each in enumerate(KINDS)))
    rows = session.execute(
        select(cast(Anomaly.customer_id, String), Anomaly.opened_on, kind, Anomaly.trial_bp, Anomaly.held_out)
        .add_columns(Anomaly.released_at.is_not(None))
        .where(*drawn, _seen_by(actor, Anomaly.customer_id))
        .order_by(Anomaly.at_risk_minor)
    )
    place = {identity: at for at, identity in enumerate(customers.ids)}
    # One row for a customer and day: of several the last, with the most money at risk.
    of_day = {(place[who], on.toordinal()): told for who, on, *told in rows}
    table = np.array([(*key, *told) for key, told in of_day.items()], dtype=np.int64).reshape(-1, 6)
    who, day, kinds, share_bp, held, released = table.T
    taking_part = select(Anomaly.customer_id).where(*drawn)
    near = (span[0], span[1] + timedelta(days=horizon))
    any_visit = _days_of(session, place, Visit.customer_id, Visit.day, near, Visit.customer_id.in_(taking_part))
    sent = _days_of(
        session, place, PlannedVisit.customer_id, PlannedVisit.day, near,
        PlannedVisit.customer_id.in_(taking_part), PlannedVisit.status == PlanStatus.DONE,
        PlannedVisit.source.in_((Source.ANOMALY, Source.MANUAL)),
    )  # fmt: skip
    visited = happened_within(who, day, horizon, *any_visit)
    broken = happened_within(who, day, horizon, *sent) | (released == 1)
    return Trials(who, day, kinds, share_bp, treated=held == 0, kept=np.where(held == 0, visited, ~broken))


def plans_of(session: Session, actor: Actor | None, customers: Customers, span: Span) -> Plans:
    """Return the visits that were planned for a span of days, and whether they were made."""
    source = case(*((PlannedVisit.source == each, str(place)) for place, each in enumerate(SOURCES)))
    kind = case(*((Anomaly.kind == each, str(place + 1)) for place, each in enumerate(KINDS)), else_="0")
    made = case((PlannedVisit.status == PlanStatus.DONE, "1"), else_="0")
    number = _written(PlannedVisit.day).concat(source).concat(kind).concat(made)
    rows = session.execute(
        select(cast(PlannedVisit.customer_id, String), cast(PlannedVisit.rep_id, String), _gathered(number))
        .outerjoin(Anomaly, Anomaly.id == PlannedVisit.anomaly_id)
        .where(PlannedVisit.day >= span[0], PlannedVisit.day < span[1], _seen_by(actor, PlannedVisit.customer_id))
        .group_by(PlannedVisit.customer_id, PlannedVisit.rep_id)
    ).all()
    line, numbers = lined_up([row[2] for row in rows], 1)
    day, rest = np.divmod(numbers, 1000)
    place = {identity: at for at, identity in enumerate(customers.ids)}
    return Plans(
        who=np.array([place[row[0]] for row in rows], dtype=np.int64)[line],
        day=day_number(day),
        rep=_places([row[1] for row in rows], customers.rep_ids)[line],
        source=rest // 100,
        kind=rest // 10 % 10 - 1,
        made=rest % 10 == 1,
    )


def ledgers(session: Session, actor: Actor | None, customers: Customers, span: Span) -> Iterator[Ledger]:
    """Yield what was bought in a span of days and the twelve weeks before it, some thousand customers at a time.

    Orders that stand and are no gifts, in the currency of the customer's territory: others cannot be added to them.
    """
    sold = case((Order.kind == OrderKind.SALE, "1"), else_="0")
    number = _written(Order.ordered_on).concat(sold).concat(" ").concat(cast(Order.amount_minor, String))
    rows = session.connection().execute(
        select(cast(Order.customer_id, String), Order.currency, _gathered(number))
        .where(Order.ordered_on >= span[0] - timedelta(days=BEFORE_DAYS), Order.ordered_on < span[1])
        .where(Order.state == OrderState.PLACED, Order.kind != OrderKind.GIFT)
        .where(_seen_by(actor, Order.customer_id))
        .group_by(Order.customer_id, Order.currency)
    )
    # By currency here, and not by a join with territories there, which would look each of millions of orders up.
    currencies = [customers.currencies[each] for each in customers.currency]
    place = {told: at for at, told in enumerate(zip(customers.ids, currencies, strict=True))}
    for chunk in rows.partitions(_CHUNK):
        counted = [(place[who, currency], text) for who, currency, text in chunk if (who, currency) in place]
        line, numbers = lined_up([text for _, text in counted], 2)
        yield ledger(np.array([who for who, _ in counted], dtype=np.int64)[line], numbers)


def _days_of(
    session: Session,
    place: dict[str, int],
    customer: InstrumentedAttribute[object],
    day: InstrumentedAttribute[date],
    span: Span,
    *conditions: ColumnElement[bool],
) -> tuple[Ints, Ints]:
    """Customers and days of rows that hold a customer and a day."""
    rows = session.execute(
        select(cast(customer, String), _gathered(_written(day)))
        .where(day >= span[0], day < span[1], *conditions)
        .group_by(customer)
    )
    found = [(place[who], text) for who, text in rows if who in place]
    line, numbers = lined_up([text for _, text in found], 1)
    return np.array([who for who, _ in found], dtype=np.int64)[line], day_number(numbers)


def _seen_by(actor: Actor | None, column: InstrumentedAttribute[object]) -> ColumnElement[bool]:
    if actor is None or actor.sees_everything:
        return true()
    return column.in_(visible_customers(actor).with_only_columns(Customer.id))


def _written(day: InstrumentedAttribute[date]) -> ColumnElement[str]:
    """A day as the digits of its date, on both databases."""
    return func.replace(cast(day, String), "-", "", type_=String)


def _gathered(number: ColumnElement[str]) -> ColumnElement[str]:
    return func.aggregate_strings(number, " ")


def _places(values: Iterable[str | None], known: Iterable[str]) -> Ints:
    place = {each: at for at, each in enumerate(known)}
    return np.array([place.get(value, -1) if value is not None else -1 for value in values], dtype=np.int64)
