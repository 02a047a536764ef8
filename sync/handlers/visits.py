"""Arriving at a customer, and leaving."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from fieldsales.clock import local_day
from fieldsales.conduct.queries import conduct_on, manners, radius_of
from fieldsales.conduct.rules import OFF_PLAN, OffPlan
from fieldsales.conduct.service import asked_by, lacks
from fieldsales.db.desk import Desk
from fieldsales.integrity.service import Arrival, mark_due
from fieldsales.planning.queries import planned_visits
from fieldsales.planning.service import mark_done
from fieldsales.visits import service
from fieldsales.visits.models import EventKind, VisitEvent
from fieldsales.visits.queries import relations, visits_to_change
from fieldsales.visits.rules import FAR_M, Position
from sync.handlers.context import Applied, Context, Foreseen, Handler
from sync.handlers.missing import waiting_for_it
from sync.wire import Flag, Real, Strict, words


class PositionSchema(Strict):
    """Where the phone was (WGS-84 degrees), how sure it was (metres), and whether a mock app said so."""

    lat = Real(required=True, validate=validate.Range(-90, 90))
    lon = Real(required=True, validate=validate.Range(-180, 180))
    accuracy_m = Real(load_default=None, allow_none=True, validate=validate.Range(0, 1_000_000))
    mock = Flag(load_default=False)
    provider = words(20, load_default=None, allow_none=True)


class CheckInSchema(Strict):
    """`visit.check_in`, version 1. `position` is null where the phone had none."""

    visit_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    position = fields.Nested(PositionSchema, required=True, allow_none=True)


class CheckOutSchema(Strict):
    """`visit.check_out`, version 1. With `customer_id` it stands even without a check-in."""

    visit_id = fields.UUID(required=True)
    customer_id = fields.UUID(load_default=None, allow_none=True)
    position = fields.Nested(PositionSchema, required=True, allow_none=True)
    summary = words(2000, 0, load_default=None, allow_none=True)


def _check_in(context: Context, data: dict[str, Any]) -> Applied:
    call = _call(context, data["position"], data["visit_id"], data["customer_id"])
    with waiting_for_it():
        event = service.check_in(context.session, data["visit_id"], data["customer_id"], call, context.desk)
    return _told(context, event)


def _check_out(context: Context, data: dict[str, Any]) -> Applied:
    call = _call(context, data["position"], data["visit_id"], data["customer_id"])
    with waiting_for_it():
        event = service.check_out(
            context.session,
            data["visit_id"],
            call,
            summary=data["summary"],
            customer_id=data["customer_id"],
            desk=context.desk,
        )
    return _told(context, event)


def _call(
    context: Context, position: dict[str, Any] | None, visit_id: uuid.UUID, customer_id: uuid.UUID | None
) -> service.Call:
    return service.Call(
        rep_id=context.rep_id,
        at=context.at,
        received_at=context.received_at,
        position=_position(position) if position else None,
        flags=context.clock_flags,
        radius_m=_radius(context, visit_id, customer_id),
        device_id=context.device_id,
    )


def _radius(context: Context, visit_id: uuid.UUID, customer_id: uuid.UUID | None) -> float:
    visit = context.desk.find(visits_to_change, visit_id)
    shop = visit.customer_id if visit else customer_id
    relation = context.desk.find(relations, (context.rep_id, shop)) if shop else None
    if shop is None or relation is None:
        return FAR_M  # the verb refuses
    conduct = context.desk.find(conduct_on, local_day(context.at, relation.time_zone))
    return radius_of(conduct, context.desk.find(manners, shop)) if conduct else FAR_M


def _position(told: dict[str, Any]) -> Position:
    return Position(told["lat"], told["lon"], told["accuracy_m"], told["mock"], told["provider"])


def _told(context: Context, event: VisitEvent) -> Applied:
    visit = event.visit
    planned = mark_done(context.session, context.rep_id, visit.customer_id, visit.day, context.desk)
    context.desk.note(mark_due, Arrival(visit.id, context.received_at))
    flags, review = tuple(event.flags), False
    if planned is None and asked_by(context.desk, visit).off_plan is OffPlan.ASKED:
        flags, review = (*flags, OFF_PLAN), True
    result: dict[str, Any] = {
        "visit_id": str(visit.id),
        "day": visit.day.isoformat(),
        "planned_visit_id": None if planned is None else str(planned),
        "event_id": str(event.id),
        "at": event.at.isoformat(),
        "distance_m": None if event.distance_m is None else round(event.distance_m, 1),
    }
    if missing := lacks(context.desk, visit, leaving=event.kind is EventKind.CHECK_OUT):
        result["missing"] = missing
    return Applied(result, flags, review)


def _foresee(desk: Desk, coming: Sequence[Foreseen]) -> None:
    visits = desk.lay_out(visits_to_change, [each.data["visit_id"] for each in coming])
    told = [(each.rep_id, each.data["customer_id"]) for each in coming]
    begun = [(visit.rep_id, visit.customer_id) for visit in visits]
    desk.lay_out(relations, [shop for shop in told if shop[1]] + begun)
    shops = {customer_id for _, customer_id in [*told, *begun] if customer_id}
    desk.lay_out(manners, sorted(shops))
    days = {(visit.rep_id, visit.customer_id, visit.day) for visit in visits}
    for each, shop in zip(coming, told, strict=True):
        relation = desk.find(relations, shop) if shop[1] else None
        if relation is not None:
            days.add((*shop, local_day(each.at, relation.time_zone)))
    desk.lay_out(planned_visits, days)
    desk.lay_out(conduct_on, sorted({day for *_, day in days}))


CHECK_IN = Handler(CheckInSchema(), ("visit", "visit_id"), _check_in, _foresee)
CHECK_OUT = Handler(CheckOutSchema(), ("visit", "visit_id"), _check_out, _foresee)
