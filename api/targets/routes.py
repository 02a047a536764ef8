"""Targets: set, divided with a look before, followed, and adjusted by two persons."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.database import session
from api.guard import BOSSES, EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from api.targets.schemas import (
    DividedTargetSchema,
    DivisionSchema,
    ForeseeAdjustmentSchema,
    NewAdjustmentSchema,
    NewTargetSchema,
    TargetAdjustmentSchema,
    TargetCardSchema,
    TargetLinesSchema,
    TargetPageSchema,
    TargetQuery,
    TargetSchema,
)
from fieldsales.adjustments import service as adjusting
from fieldsales.adjustments.models import TargetAdjustment
from fieldsales.adjustments.queries import adjustments_of, history_of
from fieldsales.adjustments.rules import Carry
from fieldsales.db.paging import Page
from fieldsales.divisions import service as dividing
from fieldsales.divisions.rules import Level, Part, Rule
from fieldsales.forecasts.queries import Progress, progress_of
from fieldsales.people.queries import days_at
from fieldsales.readings.rules import measured, unit_told
from fieldsales.registry.rules import check_told
from fieldsales.targets import queries, service
from fieldsales.targets.models import Target
from fieldsales.targets.rules import period_name

targets = Resource("targets", __name__, url_prefix="/api/v1/targets", description="What is to be reached, and by whom")


@targets.on("GET", "", roles=EVERYBODY, query=TargetQuery, gives=TargetPageSchema, problems=[422])
def list_targets(query: dict[str, Any]) -> dict[str, Any]:
    """Targets of whomever I may see, with their progress and projected end; a rep sees the own ones

    Measures that are confidential are told to managers only.
    """
    page: Page[Target] = queries.find_targets(session(), actor(), query["only"], query["page"])
    return {"items": _told(session(), page.items), "next": page.next}


@targets.on(
    "POST", "", roles=BOSSES, takes=NewTargetSchema, gives=TargetSchema, status=201, problems=[403, 404, 409, 422]
)
def set_target(body: dict[str, Any]) -> dict[str, Any]:
    """Set a target that there is not yet; it is changed by an adjustment only"""
    check_told(measured(body["measure"]), actor().role)
    made = service.set_target(session(), **body, by=actor(), now=now())
    return _told(session(), [made])[0]


@targets.on("GET", "/<uuid:target_id>", roles=EVERYBODY, gives=TargetCardSchema, problems=[404])
def read_target(target_id: uuid.UUID) -> dict[str, Any]:
    """One target with its parts, every value that it had, and what was asked to be changed"""
    target = queries.require_target(session(), actor(), target_id)
    history = [
        {
            "before": change.before,
            "after": change.after,
            "at": change.at,
            "reason": adjustment.reason,
            "asked_by": adjustment.asked_by,
            "decided_by": adjustment.decided_by,
        }
        for change, adjustment in history_of(session(), target)
    ]
    below = _told(session(), queries.parts_of(session(), target.id))
    mine = _told(session(), [target])[0]
    return mine | {"below": below, "history": history, "adjustments": adjustments_of(session(), target)}


@targets.on(
    "POST",
    "/<uuid:target_id>/divide/dry-run",
    roles=BOSSES,
    takes=DivisionSchema,
    gives=DividedTargetSchema,
    problems=[403, 404, 409, 422],
)
def foresee_division(body: dict[str, Any], target_id: uuid.UUID) -> dict[str, Any]:
    """What a division would give to whom; changes nothing"""
    target = queries.require_target(session(), actor(), target_id)
    parts = dividing.foresee(session(), target, **body, today=_today(), now=now())
    return _divided(session(), target, body["rule"], body["level"], parts)


@targets.on(
    "POST",
    "/<uuid:target_id>/divide",
    roles=BOSSES,
    takes=DivisionSchema,
    gives=DividedTargetSchema,
    problems=[403, 404, 409, 422],
    example={"rule": "last_year", "level": "rep"},
)
def divide_target(body: dict[str, Any], target_id: uuid.UUID) -> dict[str, Any]:
    """Divide a target down the tree: each level adds up to the one above exactly

    By equal parts (`equal`), by what each had a year before (`last_year`) or in the period before (`last_period`), or
    by the potential of customers (`potential`). Down to territories, reps, customers, products, brands or categories.
    """
    target = queries.require_target(session(), actor(), target_id)
    parts = dividing.foresee(session(), target, **body, today=_today(), now=now())
    dividing.divide_target(session(), target, **body, today=_today(), by=actor(), now=now())
    return _divided(session(), target, body["rule"], body["level"], parts)


@targets.on(
    "POST",
    "/<uuid:target_id>/adjust/dry-run",
    roles=LEADERS,
    takes=ForeseeAdjustmentSchema,
    gives=TargetLinesSchema,
    problems=[404, 422],
)
def foresee_adjustment(body: dict[str, Any], target_id: uuid.UUID) -> dict[str, Any]:
    """Which targets an adjustment would change; changes nothing"""
    target = queries.require_target(session(), actor(), target_id)
    return {"lines": adjusting.foresee(session(), target, body["value"], body["carry"])}


@targets.on(
    "POST",
    "/<uuid:target_id>/adjust",
    roles=LEADERS,
    takes=NewAdjustmentSchema,
    gives=TargetAdjustmentSchema,
    status=202,
    problems=[404, 409, 422],
    example={"value": 900_000, "carry": "siblings", "reason": "The bridge is closed until May."},
)
def adjust_target(body: dict[str, Any], target_id: uuid.UUID) -> TargetAdjustment:
    """Ask for another value of a target

    Nothing changes until a manager who is another person grants the request among the approvals. With `carry` the other
    parts of the same whole make up for it (`siblings`), or the whole and all above it (`above`).
    """
    target = queries.require_target(session(), actor(), target_id)
    carry: Carry = body["carry"]
    return adjusting.ask_adjustment(
        session(), target, body["value"], carry, body["reason"], day=_today(), by=actor().user_id, now=now()
    )


def _today() -> date:
    return days_at(session(), now())[0]


def _told(session: Session, found: Sequence[Target]) -> list[dict[str, Any]]:
    subjects = {each.id: queries.subject_of(each) for each in found}
    names = queries.names_of(session, subjects.values())
    parts = queries.parts_counted(session, [each.id for each in found])
    return [
        _columns(each.target) | _said(each, names[subjects[each.target.id]], parts.get(each.target.id, 0))
        for each in progress_of(session, found, _today(), now())
    ]


def _columns(target: Target) -> dict[str, Any]:
    return {column.key: getattr(target, column.key) for column in Target.__table__.columns}


def _said(progress: Progress, name: str, parts: int) -> dict[str, Any]:
    target, measure = progress.target, measured(progress.target.measure)
    return {
        "name": name,
        "title": measure.title,
        "unit": unit_told(measure),
        "kind": queries.subject_of(target).kind,
        "period": period_name(target.first_day, target.last_day),
        "parts": parts,
        "progress": progress,
    }


def _divided(session: Session, target: Target, rule: Rule, level: Level, parts: Sequence[Part]) -> dict[str, Any]:
    top = queries.subject_of(target)
    names = queries.names_of(session, [top, *(each.subject for each in parts)])
    depth = {top: 0}
    for each in parts:
        depth[each.subject] = depth[each.above] + 1
    told = [
        {
            "name": names[each.subject],
            "kind": each.subject.kind,
            "above": names[each.above],
            "depth": depth[each.subject],
            "value": each.value,
            "weight": each.weight,
            "equal": each.equal,
        }
        for each in parts
    ]
    return {"rule": rule, "level": level, "value": target.value, "parts": told}
