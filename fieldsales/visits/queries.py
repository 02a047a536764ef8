"""Questions about visits."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, lazyload

from fieldsales.customers.models import Assignment, Customer
from fieldsales.people.models import Territory
from fieldsales.visits.models import Photo, Visit, VisitEvent


class File(Protocol):
    """What a phone says of a photo's bytes. Only bytes of which all three are told alike are the same."""

    @property
    def sha256(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def content_type(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LastPosition:
    """Where a rep's phone last said it was (WGS-84), at a check-in or check-out."""

    rep_id: uuid.UUID
    at: datetime
    latitude: float
    longitude: float
    accuracy_m: float | None
    mock: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer, the time zone that its days are counted in, and whether a rep served it at some moment."""

    customer: Customer
    time_zone: str
    served: bool


def visits_of_rep_on(session: Session, rep_id: uuid.UUID, day: date) -> list[Visit]:
    """Return a rep's visits of a day in the order of arrival; one without a check-in by when it ended."""
    began = func.coalesce(Visit.checked_in_at, Visit.checked_out_at)
    found = select(Visit).where(Visit.rep_id == rep_id, Visit.day == day).order_by(began, Visit.id)
    return list(session.scalars(found))


def visits_of_reps_on(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> list[Visit]:
    """Return the visits that several reps made on a day, in the order of arrival."""
    began = func.coalesce(Visit.checked_in_at, Visit.checked_out_at)
    found = select(Visit).where(Visit.rep_id.in_(rep_ids), Visit.day == day).order_by(began, Visit.id)
    return list(session.scalars(found))


def done_customers_on(session: Session, rep_id: uuid.UUID, day: date) -> set[uuid.UUID]:
    """Return the customers that a rep visited on a day."""
    return set(session.scalars(select(Visit.customer_id).where(Visit.rep_id == rep_id, Visit.day == day)))


def last_visit_days(session: Session, customer_ids: Collection[uuid.UUID], before: date) -> dict[uuid.UUID, date]:
    """Return the day of each customer's latest visit before a day, by any rep; no entry if there was none."""
    found = (
        select(Visit.customer_id, func.max(Visit.day))
        .where(Visit.customer_id.in_(customer_ids), Visit.day < before)
        .group_by(Visit.customer_id)
    )
    return dict(session.execute(found).all())


def last_positions(session: Session, rep_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, LastPosition]:
    """Return where each rep was last; no entry for a rep whose phone never told."""
    rank = func.row_number().over(partition_by=VisitEvent.rep_id, order_by=(VisitEvent.at.desc(), VisitEvent.id.desc()))
    ranked = (
        select(VisitEvent.id, rank.label("rank"))
        .where(VisitEvent.rep_id.in_(rep_ids), VisitEvent.latitude.is_not(None))
        .subquery()
    )
    found = select(VisitEvent).join(ranked, ranked.c.id == VisitEvent.id).where(ranked.c.rank == 1)
    return {
        event.rep_id: LastPosition(
            event.rep_id, event.at, event.latitude, event.longitude, event.accuracy_m, event.mock
        )
        for event in session.scalars(found)
        if event.latitude is not None and event.longitude is not None
    }


def standing_of(session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, at: datetime) -> Standing | None:
    """Return how a rep stood to a customer at a moment, in one query; None if there is no such customer."""
    served = exists().where(
        Assignment.rep_id == rep_id,
        Assignment.customer_id == Customer.id,
        Assignment.assigned_at <= at,
        or_(Assignment.ended_at.is_(None), Assignment.ended_at > at),
    )
    found = session.execute(
        select(Customer, Territory.time_zone, served)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(Customer.id == customer_id)
        .options(lazyload(Customer.references))
    ).one_or_none()
    return None if found is None else Standing(found[0], found[1], found[2])


def same_file(file: File) -> ColumnElement[bool]:
    """Return the condition over `Photo` of being announced with the same bytes."""
    return and_(
        Photo.sha256 == file.sha256, Photo.size_bytes == file.size_bytes, Photo.content_type == file.content_type
    )


def stored_since(session: Session, rep_id: uuid.UUID, file: File) -> datetime | None:
    """Return since when these bytes are safe, from the rep or from a customer that the rep serves; or None.

    What other reps stored elsewhere does not count: to know a digest is not to have the photo, and nobody learns from
    the answer what others have.
    """
    served = select(Assignment.customer_id).where(Assignment.rep_id == rep_id, Assignment.ended_at.is_(None))
    return session.scalar(
        select(func.min(Photo.stored_at))
        .join(Visit, Visit.id == Photo.visit_id)
        .where(same_file(file), or_(Visit.rep_id == rep_id, Visit.customer_id.in_(served)))
    )
