"""Key accounts given out, changed and taken back: many customers and several reps with one call."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.accounts.rules import TERMS, Change, Given, Row, Terms, check_size, differing
from fieldsales.audit.service import record
from fieldsales.clock import at_second, local_day
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import CustomerNotFound, require_customer_to_manage
from fieldsales.errors import FieldsalesError
from fieldsales.people.models import Territory
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.people.rules import Actor

Pair = tuple[uuid.UUID, uuid.UUID]


def assign(
    session: Session,
    customer_ids: Sequence[uuid.UUID],
    rep_ids: Sequence[uuid.UUID],
    terms: Terms,
    *,
    now: datetime,
    by: Actor | None = None,
    dry_run: bool = False,
) -> Given:
    """Give each of some customers to each of some reps on the same terms, and tell what that changed for each pair.

    Who has one already gets the new terms; those who are not named keep theirs. What cannot be done is refused with its
    reason and spoils nothing else; the same again changes nothing. With `dry_run` nothing is written. Raises
    `TooManyKeyAccounts`.
    """
    customers, reps = list(dict.fromkeys(customer_ids)), list(dict.fromkeys(rep_ids))
    check_size(customers, reps)
    refused = _refused(session, by, customers, reps)
    have = _held(session, customers)
    rows = []
    for customer_id in customers:
        for rep_id in reps:
            fault = refused.get(customer_id) or refused.get(rep_id)
            standing = have.get((customer_id, rep_id))
            row = _row(customer_id, rep_id, standing, terms, fault)
            rows.append(row)
            if not dry_run:
                _write(session, row, standing, terms, by=by, now=now)
    session.flush()
    return Given(tuple(rows))


def end(
    session: Session,
    customer_ids: Sequence[uuid.UUID],
    rep_ids: Sequence[uuid.UUID] = (),
    *,
    now: datetime,
    by: Actor | None = None,
    dry_run: bool = False,
) -> Given:
    """Take key accounts back from some reps (none named: from all); tell what that changed. Once more changes nothing.

    Raises `TooManyKeyAccounts`.
    """
    customers, reps = list(dict.fromkeys(customer_ids)), list(dict.fromkeys(rep_ids))
    check_size(customers, reps)
    refused = _refused(session, by, customers, ())
    have = _held(session, customers)
    rows = []
    for customer_id in customers:
        for rep_id in reps or [rep for customer, rep in have if customer == customer_id]:
            standing, fault = have.get((customer_id, rep_id)), refused.get(customer_id)
            if fault is not None:
                rows.append(_refusal(customer_id, rep_id, fault))
                continue
            rows.append(Row(customer_id, rep_id, Change.ENDED if standing else Change.SAME, {}))
            if standing and not dry_run:
                standing.ended_at = now
                _note(session, "customer.end_key_account", standing, by, now)
    session.flush()
    return Given(tuple(rows))


def end_expired(session: Session, now: datetime, rep_ids: Collection[uuid.UUID] | None = None) -> int:
    """End the key accounts whose last day is over, with the end of that day; return how many. Of all reps, or some.

    Phones then let go of them.
    """
    query = (
        select(Assignment, Assignment.until_on, Territory.time_zone)
        .join(Customer, Customer.id == Assignment.customer_id)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(Assignment.ended_at.is_(None), Assignment.until_on < now.date() + timedelta(days=1))
    )
    if rep_ids is not None:
        query = query.where(Assignment.rep_id.in_(rep_ids))
    ended = 0
    for assignment, until_on, zone in session.execute(query).all():
        if until_on is not None and until_on < local_day(now, zone):
            assignment.ended_at = at_second(until_on + timedelta(days=1), 0, zone)
            _note(session, "customer.end_key_account", assignment, None, now, because="its last day is over")
            ended += 1
    session.flush()
    return ended


def _refused(
    session: Session, by: Actor | None, customers: Sequence[uuid.UUID], reps: Sequence[uuid.UUID]
) -> dict[uuid.UUID, FieldsalesError]:
    """Why a customer cannot be given out, or nothing be given to a rep."""
    found: dict[uuid.UUID, FieldsalesError] = {}
    for customer_id in customers:
        try:
            if not require_customer_to_manage(session, by, customer_id).active:
                found[customer_id] = CustomerNotFound("The customer is switched off.", mend="Switch it on first.")
        except FieldsalesError as fault:
            found[customer_id] = fault
    for rep_id in reps:
        try:
            require_rep_in_scope(session, by, rep_id)
        except FieldsalesError as fault:
            found[rep_id] = fault
    return found


def _held(session: Session, customers: Collection[uuid.UUID]) -> dict[Pair, Assignment]:
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.customer_id.in_(customers), Assignment.kind == AssignmentKind.KEY_ACCOUNT)
        .where(Assignment.ended_at.is_(None))
        .order_by(Assignment.assigned_at, Assignment.id)
        .with_for_update()
    )
    return {(row.customer_id, row.rep_id): row for row in rows}


def _row(
    customer_id: uuid.UUID, rep_id: uuid.UUID, standing: Assignment | None, terms: Terms, fault: FieldsalesError | None
) -> Row:
    if fault is not None:
        return _refusal(customer_id, rep_id, fault)
    if standing is None:
        return Row(customer_id, rep_id, Change.NEW, {})
    changes = differing(Terms(**{name: getattr(standing, name) for name in TERMS}), terms)
    return Row(customer_id, rep_id, Change.CHANGED if changes else Change.SAME, changes)


def _refusal(customer_id: uuid.UUID, rep_id: uuid.UUID, fault: FieldsalesError) -> Row:
    return Row(customer_id, rep_id, Change.REFUSED, {}, fault.code, str(fault))


def _write(
    session: Session, row: Row, standing: Assignment | None, terms: Terms, *, by: Actor | None, now: datetime
) -> None:
    said = asdict(terms)
    if row.change is Change.NEW:
        standing = Assignment(
            customer_id=row.customer_id, rep_id=row.rep_id, kind=AssignmentKind.KEY_ACCOUNT, assigned_at=now,
            assigned_by=by.user_id if by else None, **said,
        )  # fmt: skip
        session.add(standing)
        _note(session, "customer.assign_key_account", standing, by, now)
    elif row.change is Change.CHANGED and standing is not None:
        for name, value in said.items():
            setattr(standing, name, value)
        told = {name: [_plain(value) for value in pair] for name, pair in row.changes.items()}
        _note(session, "customer.change_key_account", standing, by, now, changes=told)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


def _note(session: Session, action: str, assignment: Assignment, by: Actor | None, now: datetime, **facts: Any) -> None:
    subject, actor_id = ("customer", assignment.customer_id), by.user_id if by else None
    record(session, action, subject, actor_id=actor_id, now=now, reps=[str(assignment.rep_id)], **facts)
