"""Arriving at a customer, and leaving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from fieldsales.clock import local_day
from fieldsales.db.desk import Desk
from fieldsales.planning.queries import planned_visits
from fieldsales.planning.service import mark_done
from fieldsales.visits import service
from fieldsales.visits.models import VisitEvent
from fieldsales.visits.queries import relations, visits_to_change
from fieldsales.visits.rules import Position
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
    call = _call(context, data["position"])
    with waiting_for_it():
        event = service.check_in(context.session, data["visit_id"], data["customer_id"], call, context.desk)
    return _told(context, event)


def _check_out(context: Context, data: dict[str, Any]) -> Applied:
    call = _call(context, data["position"])
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


def _call(context: Context, position: dict[str, Any] | None) -> service.Call:
    return service.Call(
        rep_id=context.rep_id,
        at=context.at,
        received_at=context.received_at,
        position=_position(position) if position else None,
        flags=context.clock_flags,
    )


def _position(told: dict[str, Any]) -> Position:
    return Position(told["lat"], told["lon"], told["accuracy_m"], told["mock"], told["provider"])


def _told(context: Context, event: VisitEvent) -> Applied:
    visit = event.visit
    planned = mark_done(context.session, context.rep_id, visit.customer_id, visit.day, context.desk)
    result = {
        "visit_id": str(visit.id),
        "day": visit.day.isoformat(),
        "planned_visit_id": None if planned is None else str(planned),
        "event_id": str(event.id),
        "at": event.at.isoformat(),
        "distance_m": None if event.distance_m is None else round(event.distance_m, 1),
    }
    return Applied(result, tuple(event.flags))


def _foresee(desk: Desk, coming: Sequence[Foreseen]) -> None:
    visits = desk.lay_out(visits_to_change, [each.data["visit_id"] for each in coming])
    told = [(each.rep_id, each.data["customer_id"]) for each in coming]
    begun = [(visit.rep_id, visit.customer_id) for visit in visits]
    desk.lay_out(relations, [shop for shop in told if shop[1]] + begun)
    days = {(visit.rep_id, visit.customer_id, visit.day) for visit in visits}
    for each, shop in zip(coming, told, strict=True):
        relation = desk.find(relations, shop) if shop[1] else None
        if relation is not None:
            days.add((*shop, local_day(each.at, relation.time_zone)))
    desk.lay_out(planned_visits, days)


CHECK_IN = Handler(CheckInSchema(), ("visit", "visit_id"), _check_in, _foresee)
CHECK_OUT = Handler(CheckOutSchema(), ("visit", "visit_id"), _check_out, _foresee)
