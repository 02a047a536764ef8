"""Keeping customers right, and saying who serves them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import assignments_in_force, require_customer_to_manage
from fieldsales.customers.rules import check_position, mended_flags
from fieldsales.hours import check_hours
from fieldsales.people.models import Territory, User
from fieldsales.people.queries import require_rep_in_scope, require_territory_in_scope
from fieldsales.people.rules import Actor
from fieldsales.phones import e164


class CustomerChanges(TypedDict, total=False):
    """What `change_customer` may change; what is absent stays as it is."""

    name: str
    territory_id: uuid.UUID
    category: str | None
    address: str | None
    city: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None
    phone: str | None
    opening_hours: str | None
    service_minutes: int | None
    active: bool


def change_customer(
    session: Session, customer_id: uuid.UUID, changes: CustomerChanges, *, now: datetime, by: Actor | None = None
) -> Customer:
    """Change what is given, tidied: the phone number to E.164, the flags to whether there is a position.

    Raises `CustomerNotFound`, `NotYourCustomer`, `TerritoryNotFound`, `BadPhone`, `HoursNotUnderstood`, `HalfPosition`.
    """
    customer = require_customer_to_manage(session, by, customer_id)
    if "territory_id" in changes:
        require_territory_in_scope(session, by, changes["territory_id"])
    after: dict[str, Any] = {
        "territory_id": customer.territory_id,
        "latitude": customer.latitude,
        "longitude": customer.longitude,
    }
    after |= changes
    check_position(after["latitude"], after["longitude"])
    region = session.get_one(Territory, after["territory_id"]).region
    if after.get("phone"):
        after["phone"] = e164(after["phone"], region)
    if after.get("opening_hours"):
        after["opening_hours"] = check_hours(after["opening_hours"], region)
    for field, value in after.items():
        setattr(customer, field, value)
    flags = mended_flags(customer.flags, changes, customer.latitude)
    if flags != customer.flags:
        customer.flags = flags
    if session.is_modified(customer):
        customer.updated_at = now
        record(session, "customer.change", ("customer", customer.id), **_by(by, now), fields=sorted(changes))
    session.flush()
    return customer


def set_owner(
    session: Session, customer_id: uuid.UUID, rep_id: uuid.UUID | None, *, now: datetime, by: Actor | None = None
) -> Assignment | None:
    """Make a rep the one owner of a customer (None: nobody). The same owner again changes nothing.

    Raises `CustomerNotFound`, `NotYourCustomer`, `PersonNotFound`.
    """
    customer = require_customer_to_manage(session, by, customer_id)
    rep = require_rep_in_scope(session, by, rep_id) if rep_id else None
    owner = next((each for each in _in_force(session, customer.id, AssignmentKind.OWNER)), None)
    if owner and rep and owner.rep_id == rep.id:
        return owner
    if owner:
        owner.ended_at = now
        session.flush()
    record(
        session, "customer.set_owner", ("customer", customer.id), **_by(by, now),
        before=str(owner.rep_id) if owner else None, after=str(rep.id) if rep else None,
    )  # fmt: skip
    return _assign(session, customer, rep, AssignmentKind.OWNER, now=now, by=by) if rep else None


def assign_key_account(
    session: Session,
    customer_id: uuid.UUID,
    rep_ids: Sequence[uuid.UUID],
    *,
    now: datetime,
    instruction: str | None = None,
    by: Actor | None = None,
) -> list[Assignment]:
    """Give a customer as key account to one or several reps, beside those who have it; return all who have it now.

    A rep who has it already gets the new instruction. Raises `CustomerNotFound`, `NotYourCustomer`, `PersonNotFound`.
    """
    customer = require_customer_to_manage(session, by, customer_id)
    have = {each.rep_id: each for each in _in_force(session, customer.id, AssignmentKind.KEY_ACCOUNT)}
    for rep_id in dict.fromkeys(rep_ids):
        rep = require_rep_in_scope(session, by, rep_id)
        if rep.id in have:
            have[rep.id].instruction = instruction
        else:
            have[rep.id] = _assign(
                session, customer, rep, AssignmentKind.KEY_ACCOUNT, now=now, by=by, instruction=instruction
            )
    told = [str(rep_id) for rep_id in rep_ids]
    record(session, "customer.assign_key_account", ("customer", customer.id), **_by(by, now), reps=told)
    session.flush()
    return list(have.values())


def end_key_account(
    session: Session,
    customer_id: uuid.UUID,
    rep_ids: Sequence[uuid.UUID] = (),
    *,
    now: datetime,
    by: Actor | None = None,
) -> list[Assignment]:
    """Take a key account back from some reps (none named: from all); return who still has it.

    Taking it from a rep who does not have it changes nothing. Raises `CustomerNotFound`, `NotYourCustomer`.
    """
    customer = require_customer_to_manage(session, by, customer_id)
    have = _in_force(session, customer.id, AssignmentKind.KEY_ACCOUNT)
    ended = [each for each in have if not rep_ids or each.rep_id in rep_ids]
    for assignment in ended:
        assignment.ended_at = now
    if ended:
        told = [str(each.rep_id) for each in ended]
        record(session, "customer.end_key_account", ("customer", customer.id), **_by(by, now), reps=told)
    session.flush()
    return [each for each in have if each not in ended]


def _in_force(session: Session, customer_id: uuid.UUID, kind: AssignmentKind) -> list[Assignment]:
    return [each for each in assignments_in_force(session, [customer_id]) if each.kind is kind]


def _assign(
    session: Session,
    customer: Customer,
    rep: User,
    kind: AssignmentKind,
    *,
    now: datetime,
    by: Actor | None,
    instruction: str | None = None,
) -> Assignment:
    assignment = Assignment(
        customer_id=customer.id, rep_id=rep.id, kind=kind, instruction=instruction, assigned_at=now,
        assigned_by=by.user_id if by else None,
    )  # fmt: skip
    session.add(assignment)
    session.flush()
    return assignment


def _by(by: Actor | None, now: datetime) -> _Who:
    return {"actor_id": by.user_id if by else None, "now": now}


class _Who(TypedDict):
    actor_id: uuid.UUID | None
    now: datetime
