"""The rows that results are summed from, as statements with the same columns: who, whom, what, when, how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from fieldsales.db.days import seconds_between
from fieldsales.db.jsons import any_above_zero
from fieldsales.deliveries.models import Delivery, DeliveryLine, DeliveryReport
from fieldsales.integrity.queries import found_fake
from fieldsales.invoices.queries import bounced
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Supply
from fieldsales.orders.queries import counted
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.receivables.models import Payment
from fieldsales.visits.models import Visit

Days = Sequence[tuple[date, date]]
"""Stretches of days, each from its first to its last."""
_RETURN = Order.kind == OrderKind.RETURN
_SALE = Order.kind == OrderKind.SALE
_STANDS = counted()
_FAKE = found_fake()
_NOTHING = cast(0, Integer)


def within(day: Any, days: Days) -> ColumnElement[bool]:
    """Return the condition that a day lies in one of some stretches."""
    return or_(*(day.between(*each) for each in days)) if days else false()


def sales(days: Days) -> CompoundSelect[Any]:
    """Return all that was sold and given back: lines, and with no product what no line tells.

    Only orders that stand, gifts aside. Amounts and pieces of what came back are below 0.
    """
    return _lines(days).union_all(_heads(days))


def _lines(days: Days) -> Select[Any]:
    return (
        select(
            *_head(),
            OrderLine.product_id.label("product_id"),
            Order.currency.label("currency"),
            OrderLine.amount_minor.label("sold"),
            func.coalesce(OrderLine.tax_minor, 0).label("tax"),
            OrderLine.quantity.label("pieces"),
            case((_RETURN, -OrderLine.amount_minor), else_=0).label("returned"),
            case((_RETURN, -OrderLine.quantity), else_=0).label("returned_pieces"),
            _NOTHING.label("orders"),
            _NOTHING.label("dropped"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(*_STANDS, within(Order.ordered_on, days))
    )


def _heads(days: Days) -> Select[Any]:
    """Return for each order that it is one, what was sold on a call, and amounts that are known without lines."""
    there = OrderLine.order_id == Order.id
    told = select(func.coalesce(func.sum(OrderLine.amount_minor), 0)).where(there).scalar_subquery()
    taxed = select(func.coalesce(func.sum(OrderLine.tax_minor), 0)).where(there).scalar_subquery()
    rest = Order.amount_minor - told
    on_call = exists().where(Visit.id == Order.visit_id, ~_FAKE)
    return select(
        *_head(),
        cast(null(), OrderLine.product_id.type).label("product_id"),
        Order.currency.label("currency"),
        rest.label("sold"),
        (func.coalesce(Order.tax_minor, 0) - taxed).label("tax"),
        _NOTHING.label("pieces"),
        case((_RETURN, -rest), else_=0).label("returned"),
        _NOTHING.label("returned_pieces"),
        case((_SALE, 1), else_=0).label("orders"),
        case((_SALE & on_call, Order.amount_minor), else_=0).label("dropped"),
    ).where(*_STANDS, within(Order.ordered_on, days))


def _head() -> tuple[ColumnElement[Any], ...]:
    return Order.ordered_on.label("day"), Order.rep_id.label("rep_id"), Order.customer_id.label("customer_id")


def calls(days: Days) -> Select[Any]:
    """Return visits that nobody found fake: whether anything was sold, how many SKUs, and how long they took."""
    sold = (Order.visit_id == Visit.id, _SALE, Order.state == OrderState.PLACED)
    skus = (
        select(func.count(func.distinct(OrderLine.product_id)))
        .join(Order, Order.id == OrderLine.order_id)
        .where(*sold)
        .scalar_subquery()
    )
    is_timed = Visit.checked_in_at.is_not(None) & (Visit.checked_out_at >= Visit.checked_in_at)
    return select(
        Visit.day.label("day"),
        Visit.rep_id.label("rep_id"),
        Visit.customer_id.label("customer_id"),
        cast(1, Integer).label("calls"),
        case((exists().where(*sold), 1), else_=0).label("productive"),
        skus.label("skus"),
        case((is_timed, seconds_between(Visit.checked_in_at, Visit.checked_out_at)), else_=0).label("seconds"),
        case((is_timed, 1), else_=0).label("timed"),
    ).where(~_FAKE, within(Visit.day, days))


def payments(days: Days) -> Select[Any]:
    """Return money taken; what bounced is left out."""
    columns: tuple[Any, ...] = (
        Payment.paid_on.label("day"),
        Payment.rep_id.label("rep_id"),
        Payment.customer_id.label("customer_id"),
        Payment.currency.label("currency"),
        Payment.amount_minor.label("paid"),
    )
    return select(*columns).where(~bounced(), within(Payment.paid_on, days))


def plans(days: Days) -> Select[Any]:
    """Return planned visits that were to be made, and whether they were; by a visit that was found fake none was."""
    there = (
        Visit.rep_id == PlannedVisit.rep_id,
        Visit.customer_id == PlannedVisit.customer_id,
        Visit.day == PlannedVisit.day,
    )
    is_done = PlannedVisit.status == PlanStatus.DONE
    made = exists().where(*there, ~_FAKE)
    done = made | (is_done & ~exists().where(*there))
    return select(
        PlannedVisit.day.label("day"),
        PlannedVisit.rep_id.label("rep_id"),
        PlannedVisit.customer_id.label("customer_id"),
        cast(1, Integer).label("planned"),
        case((done, 1), else_=0).label("planned_done"),
    ).where(done | is_done | (PlannedVisit.status == PlanStatus.PLANNED), within(PlannedVisit.day, days))


def dues(days: Days) -> CompoundSelect[Any]:
    """Return the lines of deliveries that were due, and with no product the deliveries, as `fulfilment` counts them.

    Only those that somebody began: what was promised of the others depends on the policy. The day is the last promised.
    """
    return due_lines(days).union_all(_due_heads(days))


def due_lines(days: Days) -> Select[Any]:
    """Return the lines alone."""
    came = and_(DeliveryLine.delivery_id == OrderLine.order_id, DeliveryLine.line_no == OrderLine.line_no)
    return (
        select(
            *_due(),
            OrderLine.product_id.label("product_id"),
            OrderLine.quantity.label("due_pieces"),
            func.coalesce(DeliveryLine.delivered, 0).label("delivered"),
            _NOTHING.label("due"),
            _NOTHING.label("otif"),
        )
        .join(Order, Order.id == Delivery.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(DeliveryLine, came)
        .where(*delivered_later(), within(Delivery.promised_until, days))
    )


def _due_heads(days: Days) -> Select[Any]:
    """No more comes of a line than was ordered: so all came in time where nothing is short and nothing came outside."""
    came = and_(DeliveryLine.delivery_id == OrderLine.order_id, DeliveryLine.line_no == OrderLine.line_no)
    short = (
        select(OrderLine.line_no)
        .outerjoin(DeliveryLine, came)
        .where(OrderLine.order_id == Delivery.id, func.coalesce(DeliveryLine.delivered, 0) != OrderLine.quantity)
        .exists()
    )
    outside = exists().where(
        DeliveryReport.delivery_id == Delivery.id,
        ~DeliveryReport.day.between(Delivery.promised_from, Delivery.promised_until),
        any_above_zero(DeliveryReport.lines, literal("delivered")),
    )
    return (
        select(
            *_due(),
            cast(null(), OrderLine.product_id.type).label("product_id"),
            _NOTHING.label("due_pieces"),
            _NOTHING.label("delivered"),
            cast(1, Integer).label("due"),
            case((short | outside, 0), else_=1).label("otif"),
        )
        .join(Order, Order.id == Delivery.id)
        .where(*delivered_later(), within(Delivery.promised_until, days), Order.lines.any())
    )


def _due() -> tuple[ColumnElement[Any], ...]:
    return Delivery.promised_until.label("day"), Order.rep_id.label("rep_id"), Order.customer_id.label("customer_id")


def delivered_later() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an order stands and is one that is delivered, as far as its head tells."""
    return (
        Order.state == OrderState.PLACED,
        Order.kind == OrderKind.SALE,
        func.coalesce(Order.supply, Supply.DELIVERY) != Supply.VAN,
    )
