"""Steps of a delivery. What was handed over is told once, and never changed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.deliveries.models import Delivery, DeliveryLine, DeliveryReport, DeliveryState
from fieldsales.deliveries.queries import delivered_of, progress_of, require_order
from fieldsales.deliveries.rules import (
    DELIVERIES,
    DeliveryEnded,
    DeliveryNotThere,
    Progress,
    Proof,
    ReportTaken,
    Told,
    after,
    in_full,
    refused,
    state_of,
)
from fieldsales.errors import Conflict
from fieldsales.orders.models import Order
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force


class DeliveryBegun(Conflict):
    """Goods of the order were delivered: it is not changed any more. Report the rest as cancelled, or take a return."""

    code = "delivery.begun"
    title = "Goods of that order were delivered"


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of one attempt. `lines` None: all that was waited for; `refusal`: the customer takes nothing."""

    report_id: uuid.UUID
    order_id: uuid.UUID
    at: datetime
    day: date
    lines: tuple[Told, ...] | None = None
    refusal: str | None = None
    proof: Proof = Proof()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A report that holds: the delivery, what was told, and how far the lines were before it."""

    delivery: Delivery
    report: DeliveryReport
    told: tuple[Told, ...]
    before: dict[int, Progress]


def pick(session: Session, order_ids: Sequence[uuid.UUID], *, by: Actor | None, now: datetime) -> list[Delivery]:
    """Note that the goods of orders are picked. Raises `DeliveryNotThere` for one that is beyond that."""
    return [_step(session, each, DeliveryState.PICKED, by, now) for each in order_ids]


def send_out(session: Session, order_ids: Sequence[uuid.UUID], *, by: Actor | None, now: datetime) -> list[Delivery]:
    """Note that the goods of orders are on their way. Raises `DeliveryNotThere` for one that is not picked."""
    return [_step(session, each, DeliveryState.OUT, by, now) for each in order_ids]


def apply_report(session: Session, report: Report, *, by: Actor | None) -> Recorded:
    """Bring a delivery on by what was handed over; the goods, the invoice and filing the report are others' work.

    Raises `ReportTaken`, `DeliveryEnded`, and with nothing written what `require_order` and `after` raise.
    """
    order = require_order(session, by, report.order_id, lock=True)
    if session.get(DeliveryReport, report.report_id) is not None:
        raise ReportTaken("The id stands for another report.", mend="Give each report an id of its own.")
    delivery = begin(session, order)
    before = progress_of(delivery)
    if delivery.ended_at is not None:
        raise DeliveryEnded(f"The order is {delivery.state}.", mend="Take a return.", state=str(delivery.state))
    told = report.lines if report.lines is not None else in_full(before)
    if report.refusal is not None:
        told = refused(before, report.refusal)
    found = after(before, told)
    reasons = {each.line_no: each.reason for each in told if each.reason}
    for line in delivery.lines:
        line.delivered, line.cancelled = found[line.line_no].delivered, found[line.line_no].cancelled
        line.reason = reasons.get(line.line_no, line.reason)
    delivery.state = state_of(found.values())
    delivery.ended_at = None if any(each.left for each in found.values()) else report.at
    written = DeliveryReport(
        id=report.report_id,
        delivery_id=order.id,
        by=by.user_id if by else None,
        at=report.at,
        day=report.day,
        **asdict(report.proof),
        lines=[_line(each) for each in told],
        flags=list(report.flags),
    )
    session.flush()
    return Recorded(delivery, written, tuple(told), before)


def file_report(session: Session, recorded: Recorded, *, by: Actor | None, now: datetime) -> None:
    """Write a report down, for good."""
    session.add(recorded.report)
    session.flush()
    told = {"report_id": str(recorded.report.id), "lines": recorded.report.lines}
    _note(session, "delivery.report", recorded.delivery, by, now, **told)


def call_off(session: Session, order: Order, at: datetime) -> None:
    """End the delivery of an order that is called off or replaced. Raises `DeliveryBegun` once goods were delivered."""
    if delivered_of(session, order.id):
        raise DeliveryBegun(
            "Goods of the order were delivered.", mend="Report the rest as cancelled, or take a return."
        )
    delivery = session.get(Delivery, order.id, with_for_update=True, populate_existing=True)
    if delivery is not None and delivery.state is not DeliveryState.REFUSED:
        delivery.state, delivery.ended_at = DeliveryState.CANCELLED, at
        for line in delivery.lines:
            line.cancelled = line.ordered
        session.flush()


def begin(session: Session, order: Order) -> Delivery:
    """Return the delivery of an order, locked; a new one, which is open, where nobody began it."""
    mine = select(Delivery).where(Delivery.id == order.id).with_for_update()
    found = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if found is not None:
        return found
    promise = in_force(session, DELIVERIES, order.ordered_on).value.promise(order.ordered_on, order.wanted_on)
    delivery = Delivery(
        id=order.id,
        customer_id=order.customer_id,
        state=DeliveryState.OPEN,
        promised_from=promise.first,
        promised_until=promise.last,
        lines=[
            DeliveryLine(
                line_no=line.line_no, product_id=line.product_id, ordered=line.quantity, delivered=0, cancelled=0
            )
            for line in order.lines
            if line.quantity > 0
        ],
    )
    session.add(delivery)
    session.flush()
    return delivery


_BEFORE = {
    DeliveryState.PICKED: (DeliveryState.OPEN, DeliveryState.PARTLY_DELIVERED),
    DeliveryState.OUT: (DeliveryState.PICKED,),
}


def _step(session: Session, order_id: uuid.UUID, state: DeliveryState, by: Actor | None, now: datetime) -> Delivery:
    delivery = begin(session, require_order(session, by, order_id, lock=True))
    if delivery.ended_at is not None or delivery.state not in _BEFORE[state]:
        raise DeliveryNotThere(
            f"The order {order_id} is {delivery.state}.",
            mend="Take it off the list.",
            order_id=str(order_id),
            state=str(delivery.state),
        )
    delivery.state = state
    if state is DeliveryState.PICKED:
        delivery.picked_at = now
    else:
        delivery.out_at = now
    session.flush()
    _note(session, f"delivery.{state}", delivery, by, now)
    return delivery


def _line(told: Told) -> dict[str, Any]:
    return {
        "line_no": told.line_no,
        "delivered": told.delivered,
        "reason": told.reason,
        "rest": told.rest.value,
    }


def _note(session: Session, action: str, delivery: Delivery, by: Actor | None, now: datetime, **facts: object) -> None:
    who = by.user_id if by else None
    record(session, action, ("delivery", delivery.id), actor_id=who, now=now, state=delivery.state.value, **facts)
