"""What a delivery does: it is written down, its goods leave the house, and it is billed where the policy says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.billing.service import bill_delivery
from fieldsales.deliveries.models import Rest
from fieldsales.deliveries.service import Recorded, Report, apply_report, file_report
from fieldsales.orders.models import Order
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force
from fieldsales.reservations.models import Reservation
from fieldsales.reservations.service import Issue, carry, issue, reservations_of, serve
from fieldsales.stock.models import StockCause
from fieldsales.stock.rules import STOCK, Entry, Leg, StockShort
from fieldsales.supplies.queries import warehouse_for
from fieldsales.visits.rules import merged

STOCK_SHORT = "stock_short"
"""More was delivered than the house had, by the books."""


def report_delivery(session: Session, report: Report, *, by: Actor | None, now: datetime) -> Recorded:
    """Tell what was handed over of an order.

    The goods are gone, so that too few of them in the books refuse nothing: the report is flagged. Raises what
    `apply_report` raises, with nothing written.
    """
    recorded = apply_report(session, report, by=by)
    order = session.get_one(Order, report.order_id)
    pieces = {each.line_no: each.delivered for each in recorded.told if each.delivered}
    if pieces and _hand_out(session, order, report, pieces):
        recorded.report.flags = merged(recorded.report.flags, STOCK_SHORT)
    _give_up(session, recorded, report)
    file_report(session, recorded, by=by, now=now)
    if pieces:
        bill_delivery(session, order, recorded, now)
    session.flush()
    return recorded


def _hand_out(session: Session, order: Order, report: Report, pieces: Mapping[int, int]) -> bool:
    """Let goods leave the house; tell whether it had too few of them."""
    promised = {each.line_no: each for each in reservations_of(session, [order.id])}
    if all(number in promised and promised[number].ended_at is None for number in pieces):
        try:
            with session.begin_nested():
                issue(session, Issue(order.id, pieces, report.at, report.day, order.rep_id))
        except StockShort:
            _gone(session, promised, pieces, report.at)
        else:
            return False
    house = warehouse_for(session, order.rep_id, in_force(session, STOCK, report.day).value)
    house_id = next((each.warehouse_id for each in promised.values()), house.id if house else None)
    if house_id is None:
        return False
    products = {line.line_no: line.product_id for line in order.lines}
    legs = tuple(Leg(products[number], some, from_id=house_id) for number, some in sorted(pieces.items()))
    entry = Entry(StockCause.DELIVERY, report.at, report.day, legs, order.id, order.rep_id, below_zero=True)
    return bool(carry(session, entry).short)


def _gone(session: Session, promised: Mapping[int, Reservation], pieces: Mapping[int, int], at: datetime) -> None:
    """Note that what was promised left, although the books had too little of it."""
    for number, some in pieces.items():
        row = promised[number]
        session.refresh(row)
        row.reserved, row.issued = row.reserved - min(row.reserved, some), row.issued + some
        row.ended_at = at if row.issued == row.wanted else None
    session.flush()
    _serve(session, list(promised.values()), at)


def _give_up(session: Session, recorded: Recorded, report: Report) -> None:
    """Promise others what this order will not take any more."""
    dropped = {each.line_no for each in recorded.told if each.rest is Rest.CANCEL}
    rows = [each for each in reservations_of(session, [report.order_id]) if each.line_no in dropped]
    rows = [each for each in rows if each.ended_at is None]
    for row in rows:
        row.reserved, row.ended_at = 0, report.at
    session.flush()
    _serve(session, rows, report.at)


def _serve(session: Session, rows: list[Reservation], at: datetime) -> None:
    for warehouse_id in sorted({each.warehouse_id for each in rows}):
        products = {each.product_id for each in rows if each.warehouse_id == warehouse_id}
        serve(session, warehouse_id, products, at.date())
