"""Verbs of a visit. Facts are added, never changed; what is odd about them is flagged."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.errors import Conflict, NotFound
from fieldsales.people.models import Territory
from fieldsales.visits import queries, rules
from fieldsales.visits.models import EventKind, Photo, Visit, VisitEvent
from fieldsales.visits.rules import Position


class VisitUnknown(NotFound):
    """No visit has that id."""

    code = "visit.not_found"
    title = "There is no such visit"


class VisitTaken(Conflict):
    """The id stands for a visit of another rep, or at another customer."""

    code = "visit.id_taken"
    title = "That visit is another one"


class PhotoTaken(Conflict):
    """The id stands for another photo."""

    code = "photo.id_taken"
    title = "That photo is another one"


@dataclass(frozen=True, slots=True)
class Call:
    """A rep at a customer's door: `at` by the server's clock, `flags` of what was odd about the phone's."""

    rep_id: uuid.UUID
    at: datetime
    received_at: datetime
    position: Position | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as the phone announces it; the bytes follow."""

    photo_id: uuid.UUID
    kind: str
    sha256: str
    size_bytes: int
    content_type: str
    taken_at: datetime


def check_in(session: Session, visit_id: uuid.UUID, customer_id: uuid.UUID, call: Call) -> VisitEvent:
    """Note that a rep arrived. A second check-in of one visit is kept beside the first and flagged.

    Raises `CustomerNotFound`, or `VisitTaken` if the id belongs to another rep's or another customer's visit.
    """
    customer = _customer(session, customer_id)
    visit = _own_visit(session, visit_id, call.rep_id)
    flags = _standing(session, customer, call)
    if visit is None:
        visit = _begin(session, visit_id, customer, call)
    elif visit.customer_id != customer_id:
        raise VisitTaken("The visit is at another customer.", mend="Give each visit an id of its own.")
    if _has(session, visit_id, EventKind.CHECK_IN):
        flags = (*flags, rules.SECOND_CHECK_IN)
    else:
        visit.checked_in_at = call.at
        visit.day = _day(session, customer, call.at)
    return _note(session, visit, call, EventKind.CHECK_IN, flags)


def check_out(
    session: Session,
    visit_id: uuid.UUID,
    call: Call,
    *,
    summary: str | None = None,
    customer_id: uuid.UUID | None = None,
) -> VisitEvent:
    """Note that a rep left. With `customer_id` a visit that was never checked in begins here, flagged.

    Raises `VisitUnknown` (there is no such visit, and no customer to begin one at), `VisitTaken`.
    """
    visit = _own_visit(session, visit_id, call.rep_id)
    if visit is None and customer_id is None:
        raise VisitUnknown(f"There is no visit {visit_id}.", mend="Check in first.", visit_id=str(visit_id))
    customer = _customer(session, visit.customer_id if visit else customer_id)
    if visit is None:
        visit = _begin(session, visit_id, customer, call)
    elif customer_id not in (None, visit.customer_id):
        raise VisitTaken("The visit is at another customer.", mend="Give each visit an id of its own.")
    flags: tuple[str, ...] = ()
    if visit.checked_in_at is None:
        flags = (rules.NO_CHECK_IN, *_standing(session, customer, call))
    elif call.at < visit.checked_in_at:
        flags = (rules.OUT_BEFORE_IN,)
    if _has(session, visit_id, EventKind.CHECK_OUT):
        flags = (*flags, rules.SECOND_CHECK_OUT)
    else:
        visit.checked_out_at = call.at
    if summary:
        visit.summary = summary if visit.summary is None else f"{visit.summary}\n{summary}"[:2000]
    return _note(session, visit, call, EventKind.CHECK_OUT, flags)


def attach_photo(session: Session, visit_id: uuid.UUID, rep_id: uuid.UUID, picture: Picture) -> Photo:
    """Announce a photo of a visit. The same bytes announced again in the visit are the same photo.

    Bytes that are stored already, from any visit, need not travel again; the same bytes in another visit are
    flagged. Raises `VisitUnknown`, `VisitTaken`, `PhotoTaken`.
    """
    visit = _own_visit(session, visit_id, rep_id)
    if visit is None:
        raise VisitUnknown(f"There is no visit {visit_id}.", mend="Check in first.", visit_id=str(visit_id))
    twins = session.scalars(select(Photo).where(Photo.sha256 == picture.sha256).order_by(Photo.id)).all()
    for twin in twins:
        if twin.visit_id == visit_id:
            return twin
    if session.get(Photo, picture.photo_id) is not None:
        raise PhotoTaken("The id stands for another photo.", mend="Give each photo an id of its own.")
    photo = Photo(
        id=picture.photo_id,
        visit_id=visit_id,
        kind=picture.kind,
        sha256=picture.sha256,
        size_bytes=picture.size_bytes,
        content_type=picture.content_type,
        taken_at=picture.taken_at,
        stored_at=next((twin.stored_at for twin in twins if twin.stored_at), None),
        flags=[rules.PHOTO_REUSED] if twins else [],
    )
    session.add(photo)
    visit.flags = rules.merged(visit.flags, *photo.flags)
    session.flush()
    touch(session, {visit_id})
    return photo


def store_photos(session: Session, sha256: str, now: datetime) -> None:
    """Note that the bytes of every photo with that digest are safe."""
    waiting = select(Photo.visit_id).where(Photo.sha256 == sha256, Photo.stored_at.is_(None))
    visit_ids = set(session.scalars(waiting))
    session.execute(update(Photo).where(Photo.sha256 == sha256, Photo.stored_at.is_(None)).values(stored_at=now))
    touch(session, visit_ids)


def touch(session: Session, visit_ids: Collection[uuid.UUID]) -> None:
    """Let the feed see that something hanging from these visits changed."""
    session.execute(
        update(Visit).where(Visit.id.in_(visit_ids)).values(day=Visit.day).execution_options(synchronize_session=False)
    )


def _customer(session: Session, customer_id: uuid.UUID | None) -> Customer:
    customer = session.get(Customer, customer_id) if customer_id else None
    if customer is None:
        raise CustomerNotFound(f"There is no customer {customer_id}.", customer_id=str(customer_id))
    return customer


def _position_of(customer: Customer) -> tuple[float, float] | None:
    if customer.latitude is None or customer.longitude is None:
        return None
    return customer.latitude, customer.longitude


def _own_visit(session: Session, visit_id: uuid.UUID, rep_id: uuid.UUID) -> Visit | None:
    visit = session.get(Visit, visit_id, with_for_update=True)
    if visit is not None and visit.rep_id != rep_id:
        raise VisitTaken("The id stands for another visit.", mend="Give each visit an id of its own.")
    return visit


def _begin(session: Session, visit_id: uuid.UUID, customer: Customer, call: Call) -> Visit:
    visit = Visit(
        id=visit_id, customer_id=customer.id, rep_id=call.rep_id, day=_day(session, customer, call.at), flags=[]
    )
    session.add(visit)
    session.flush()
    return visit


def _day(session: Session, customer: Customer, at: datetime) -> date:
    return local_day(at, session.get_one(Territory, customer.territory_id).time_zone)


def _has(session: Session, visit_id: uuid.UUID, kind: EventKind) -> bool:
    found = select(VisitEvent.id).where(VisitEvent.visit_id == visit_id, VisitEvent.kind == kind).limit(1)
    return session.scalar(found) is not None


def _standing(session: Session, customer: Customer, call: Call) -> tuple[str, ...]:
    """What was odd about this rep being at this customer at that moment."""
    found = (
        (rules.CUSTOMER_INACTIVE, not customer.active),
        (rules.NOT_ASSIGNED, not queries.was_assigned(session, call.rep_id, customer.id, call.at)),
    )
    return tuple(flag for flag, holds in found if holds)


def _note(session: Session, visit: Visit, call: Call, kind: EventKind, flags: tuple[str, ...]) -> VisitEvent:
    there = _position_of(session.get_one(Customer, visit.customer_id))
    position = call.position
    event = VisitEvent(
        visit_id=visit.id,
        rep_id=call.rep_id,
        kind=kind,
        at=call.at,
        received_at=call.received_at,
        latitude=position.latitude if position else None,
        longitude=position.longitude if position else None,
        accuracy_m=position.accuracy_m if position else None,
        mock=position.mock if position else False,
        provider=position.provider if position else None,
        distance_m=rules.distance_to(position, there),
        flags=rules.merged([*call.flags], *flags, *rules.position_flags(position, there)),
    )
    session.add(event)
    visit.flags = rules.merged(visit.flags, *event.flags)
    session.flush()
    touch(session, {visit.id})
    return event
