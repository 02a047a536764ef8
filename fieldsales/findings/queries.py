"""What a rule finds at a moment: for each subject with a reason, a cause that explains itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.alerts.rules import About, Cause
from fieldsales.clock import local_day
from fieldsales.forecasts.queries import Progress, progress_of
from fieldsales.people.models import User
from fieldsales.readings.rules import measured, say, unit_told
from fieldsales.spans.rules import Compared, compared_with
from fieldsales.targets.models import Target
from fieldsales.targets.rules import period_name
from fieldsales.watches.models import Watch
from fieldsales.watches.queries import Look, look_at, nothing, subjects_of, zone_of
from fieldsales.watches.rules import Condition, Finding, Grain, Kind, judge, share, words


@dataclass(frozen=True, slots=True)
class Found:
    """How many were looked at, and the causes that were found."""

    subjects: int
    causes: tuple[Cause, ...]


def condition_of(watch: Watch) -> Condition:
    """Return the reason that a rule looks for."""
    return Condition(watch.kind, watch.op, watch.value, watch.least)


def find(session: Session, watch: Watch, now: datetime) -> Found:
    """Return what a rule finds now. Writes nothing."""
    owner = session.get_one(User, watch.owner_id).name
    if watch.kind is Kind.TARGET:
        return _targets(session, watch, owner, now)
    look, condition = look_at(session, watch, now), condition_of(watch)
    found = []
    for key, about in look.subjects.items():
        finding = judge(condition, look.readings.get(key, nothing(watch)))
        if finding is not None:
            found.append(
                _cause(watch, str(key), about, _facts(watch, look, finding, owner), _title(watch, about, finding))
            )
    return Found(len(look.subjects), tuple(found))


def _cause(watch: Watch, key: str, about: About, facts: dict[str, Any], title: str) -> Cause:
    """Name a cause by the rule and its subject: as long as it is open, another day of the same is no news."""
    confidential = measured(watch.measure).confidential
    return Cause(f"watch:{watch.id}:{key}", title, about, facts, watch.severity, watch.id, confidential)


def threshold_told(watch: Watch) -> str:
    """Return the reason in words."""
    said, value = words(watch.language), watch.value or 0
    if watch.kind is Kind.ABSENCE:
        return said["absence"]
    if watch.kind is Kind.TARGET:
        return said["target"].format(share=share(value))
    told = say(measured(watch.measure), value, watch.currency)
    return said[watch.op or ""].format(value=told, share=share(value))


def _title(watch: Watch, about: About, finding: Finding) -> str:
    measure = measured(watch.measure)
    value = say(measure, finding.value, watch.currency)
    said = words(watch.language)["title"]
    name = watch.name if about.name == "*" else about.name
    return said.format(name=name, measure=measure.title, value=value, threshold=threshold_told(watch))


def _facts(watch: Watch, look: Look, finding: Finding, owner: str) -> dict[str, Any]:
    measure, currency = measured(watch.measure), watch.currency
    earlier = compared_with(*look.days, Compared(watch.compared)) if watch.compared else None
    said = {
        "value": say(measure, finding.value, currency),
        "period": _days(look.days),
        "before": f"{say(measure, finding.before, currency)} ({_days(earlier)})" if earlier else None,
        "changed": _changed(watch, finding, earlier),
    }
    return _told(watch, owner, said) | {
        "value": finding.value,
        "before": finding.before,
        "changed_bp": finding.changed_bp,
        "first": look.days[0].isoformat(),
        "last": look.days[1].isoformat(),
        "before_first": earlier[0].isoformat() if earlier else None,
        "before_last": earlier[1].isoformat() if earlier else None,
    }


def _told(watch: Watch, owner: str, said: dict[str, str | None]) -> dict[str, Any]:
    measure = measured(watch.measure)
    return {
        "measure": measure.code,
        "version": measure.version,
        "unit": unit_told(measure),
        "currency": watch.currency,
        "kind": str(watch.kind),
        "op": watch.op,
        "threshold": watch.value,
        "rule": str(watch.id),
        "owner": owner,
        "said": said
        | {
            "measure": measure.title,
            "formula": measure.formula,
            "threshold": threshold_told(watch),
            "rule": f"{watch.name} ({owner})",
        },
    }


def _changed(watch: Watch, finding: Finding, earlier: tuple[date, date] | None) -> str | None:
    said = words(watch.language)
    if watch.kind is Kind.ABSENCE:
        return said["gone"]
    if finding.changed_bp is None or earlier is None:
        return None
    sign = "+" if finding.changed_bp >= 0 else "−"
    return said["changed"].format(sign=sign, share=share(abs(finding.changed_bp)), period=_days(earlier))


def _days(days: tuple[date, date]) -> str:
    return str(days[0]) if days[0] == days[1] else f"{days[0]} – {days[1]}"


def _targets(session: Session, watch: Watch, owner: str, now: datetime) -> Found:
    """Return the targets of the rule's measure and subjects, of today's periods, that will not be reached."""
    today = local_day(now, zone_of(session, watch.territory_id))
    subjects = subjects_of(session, watch)
    running = select(Target).where(Target.measure == watch.measure, Target.first_day <= today, Target.last_day >= today)
    mine = [each for each in session.scalars(running.order_by(Target.id)) if _key(watch, each, subjects) in subjects]
    causes = tuple(_late(session, watch, owner, progress_of(session, mine, today, now), subjects))
    return Found(len(mine), causes)


def _key(watch: Watch, target: Target, subjects: dict[str | None, About]) -> str | None:
    """Return the subject of a rule that a target is of; something that is no subject of it where it is of none."""
    if watch.grain is Grain.WHOLE:
        return None if target.territory_id == watch.territory_id and target.territory_id is not None else "none"
    return str(getattr(target, f"{watch.grain}_id", None))


def _late(
    session: Session, watch: Watch, owner: str, found: list[Progress], subjects: dict[str | None, About]
) -> Iterator[Cause]:
    said, measure = words(watch.language), measured(watch.measure)
    for each in found:
        end_bp, target = each.end_bp, each.target
        if end_bp is None or end_bp >= (watch.value or 0):
            continue
        about = subjects[_key(watch, target, subjects)]
        facts = {
            "value": say(measure, each.reached, target.currency),
            "period": period_name(target.first_day, target.last_day),
            "before": None,
            "changed": " / ".join(say(measure, one, target.currency) for one in (each.forecast.end, target.value)),
        }
        told = _told(watch, owner, facts) | {
            "value": each.reached,
            "target_id": str(target.id),
            "target": target.value,
            "forecast": each.forecast.told(),
            "first": target.first_day.isoformat(),
            "last": target.last_day.isoformat(),
        }
        title = said["target_title"].format(name=about.name, measure=measure.title, share=share(end_bp))
        yield _cause(watch, f"target:{target.id}", about, told, title)
