"""Setting a target. What it is worth later is changed by `adjustments` alone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.people.models import Role
from fieldsales.people.queries import require_person_in_scope, require_territory_in_scope
from fieldsales.people.rules import Actor
from fieldsales.readings.rules import check_currency, measured
from fieldsales.targets.models import Target
from fieldsales.targets.rules import NotYourTarget, Subject, TargetThere, check, period_name

_SETTERS = (Role.MANAGER, Role.ADMIN)


def check_may_set(by: Actor | None) -> None:
    """Raise `NotYourTarget` for whoever is neither a manager, an admin nor the operator."""
    if by is not None and by.role not in _SETTERS:
        raise NotYourTarget(f"A {by.role} sets no targets.", mend="Ask a manager.")


def set_target(
    session: Session,
    subject: Subject,
    measure: str,
    value: int,
    days: tuple[date, date],
    *,
    currency: str | None = None,
    note: str | None = None,
    by: Actor | None,
    now: datetime,
) -> Target:
    """Set a target that there is not yet: the value in the measure's smallest unit, for the days from first to last.

    Raises `NotYourTarget`, `TargetInvalid`, `TargetThere`, `MeasureUnknown`, and what looking its subject up raises.
    """
    check_may_set(by)
    check(value, *days)
    check_currency(measured(measure), currency)
    _require(session, subject, by)
    target = made(subject, measure, value, days, currency=currency, by=by, now=now)
    target.note = note
    save(session, [target])
    _note(session, target, by, now)
    return target


def made(
    subject: Subject,
    measure: str,
    value: int,
    days: tuple[date, date],
    *,
    currency: str | None,
    by: Actor | None,
    now: datetime,
) -> Target:
    """Return a target that is in no session yet."""
    return Target(
        measure=measure,
        subject=subject.key,
        territory_id=subject.territory_id,
        rep_id=subject.rep_id,
        customer_id=subject.customer_id,
        product_id=subject.product_id,
        brand=subject.brand,
        category=subject.category,
        first_day=days[0],
        last_day=days[1],
        value=value,
        currency=currency,
        made_by=by.user_id if by else None,
        made_at=now,
    )


def save(session: Session, targets: list[Target]) -> None:
    """Write new targets down; raise `TargetThere` where there is one of the same kind."""
    try:
        with session.begin_nested():
            session.add_all(targets)
            session.flush()
    except IntegrityError as wrong:
        period = period_name(targets[0].first_day, targets[0].last_day)
        raise TargetThere(
            f"There is a target of {targets[0].measure} for {period} already.", mend="Adjust that one."
        ) from wrong


def _require(session: Session, subject: Subject, by: Actor | None) -> None:
    if subject.territory_id is not None:
        require_territory_in_scope(session, by, subject.territory_id)
    elif subject.rep_id is not None:
        require_person_in_scope(session, by, subject.rep_id)
    elif subject.customer_id is not None:
        require_customer_in_scope(session, by, subject.customer_id)


def _note(session: Session, target: Target, by: Actor | None, now: datetime) -> None:
    facts = {"measure": target.measure, "whose": target.subject, "value": target.value}
    who = by.user_id if by else None
    record(session, "target.set", ("target", target.id), actor_id=who, now=now, **facts)
