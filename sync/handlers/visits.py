"""Arriving at a customer, and leaving."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.planning.service import mark_done
from fieldsales.visits import service
from fieldsales.visits.models import VisitEvent
from fieldsales.visits.rules import Position
from sync.handlers.context import Applied, Context, Handler, NotHereYet
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
    event = service.check_in(context.session, data["visit_id"], data["customer_id"], call)
    return _told(context, event)


def _check_out(context: Context, data: dict[str, Any]) -> Applied:
    call = _call(context, data["position"])
    try:
        event = service.check_out(
            context.session,
            data["visit_id"],
            call,
            summary=data["summary"],
            customer_id=data["customer_id"],
        )
    except service.VisitUnknown as unknown:
        raise NotHereYet("visit", data["visit_id"]) from unknown
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
    planned = mark_done(context.session, context.rep_id, visit.customer_id, visit.day)
    result = {
        "visit_id": str(visit.id),
        "day": visit.day.isoformat(),
        "planned_visit_id": None if planned is None else str(planned.id),
        "event_id": str(event.id),
        "at": event.at.isoformat(),
        "distance_m": None if event.distance_m is None else round(event.distance_m, 1),
    }
    return Applied(result, tuple(event.flags))


CHECK_IN = Handler(CheckInSchema(), ("visit", "visit_id"), _check_in)
CHECK_OUT = Handler(CheckOutSchema(), ("visit", "visit_id"), _check_out)
