"""What is promised, and who still waits for goods."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.reservations.models import Reservation


def find_reservations(
    session: Session,
    places: Select[uuid.UUID],
    wanted: PageWanted,
    *,
    lacking: bool = False,
    order_id: uuid.UUID | None = None,
    product_id: uuid.UUID | None = None,
) -> Page[Reservation]:
    """Return a page of what places promised to orders, who asked first at the front; `lacking`: who still waits."""
    found = select(Reservation).where(Reservation.warehouse_id.in_(places))
    if lacking:
        found = found.where(
            Reservation.ended_at.is_(None), Reservation.reserved + Reservation.issued < Reservation.wanted
        )
    if order_id is not None:
        found = found.where(Reservation.order_id == order_id)
    if product_id is not None:
        found = found.where(Reservation.product_id == product_id)
    return fetch_page(session, found, (Reservation.asked_at, Reservation.id), wanted)
