"""Dividing a target down the tree: looked at first, then kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.divisions.queries import Scales, tree_of
from fieldsales.divisions.rules import DividedAlready, DivisionInvalid, Level, Part, Rule, check_level, divide
from fieldsales.people.rules import Actor
from fieldsales.readings.rules import is_sum, measured
from fieldsales.targets.models import Target
from fieldsales.targets.queries import parts_of, subject_of
from fieldsales.targets.service import check_may_set, made, save


def foresee(session: Session, target: Target, rule: Rule, level: Level, *, today: date, now: datetime) -> list[Part]:
    """Return the parts that a division would make, wholes first. Raises `DivisionInvalid`, `DividedAlready`."""
    subject = subject_of(target)
    check_level(subject, level, rule)
    if not is_sum(measured(target.measure)):
        raise DivisionInvalid(
            f"{target.measure} of a team is no sum of its reps'.", mend="Set each of them a target of their own."
        )
    if parts_of(session, target.id):
        raise DividedAlready("This target has parts.", mend="Adjust those.", id=str(target.id))
    parts = list(divide(target.value, tree_of(Scales(session, target, rule, today, now), level)))
    if not parts:
        raise DivisionInvalid("There is nobody and nothing to divide it among.", mend="Choose another level or rule.")
    return parts


def divide_target(
    session: Session, target: Target, rule: Rule, level: Level, *, today: date, by: Actor | None, now: datetime
) -> list[Target]:
    """Divide a target and keep the parts. Raises `NotYourTarget`, `TargetThere`, and what `foresee` raises."""
    check_may_set(by)
    days = (target.first_day, target.last_day)
    by_subject = {subject_of(target): target}
    for part in foresee(session, target, rule, level, today=today, now=now):
        new = made(part.subject, target.measure, part.value, days, currency=target.currency, by=by, now=now)
        new.rule = Rule.EQUAL if part.equal else rule
        new.weight = part.weight
        new.parent_id = by_subject[part.above].id
        by_subject[part.subject] = new
        save(session, [new])
    parts = [each for each in by_subject.values() if each is not target]
    facts = {"rule": str(rule), "level": str(level), "parts": len(parts), "value": target.value}
    who = by.user_id if by else None
    record(session, "target.divide", ("target", target.id), actor_id=who, now=now, **facts)
    return parts
