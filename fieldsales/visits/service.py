"""Verbs of a visit. Facts are added, never changed; what is odd about them is flagged."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, lazyload
from sqlalchemy.orm.attributes import flag_modified

from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.errors import Conflict, NotFound
from fieldsales.visits import queries, rules
from fieldsales.visits.models import EventKind, Photo, Visit, VisitEvent
from fieldsales.visits.queries import File, Standing
from fieldsales.visits.rules import Position


class VisitUnknown(NotFound):
    """No visit has that id. Check in first."""

    code = "visit.not_found"
    title = "There is no such visit"


class VisitTaken(Conflict):
    """The id stands for a visit of another rep, or at another customer. Give each visit an id of its own."""

    code = "visit.id_taken"
    title = "That visit is another one"


class PhotoTaken(Conflict):
    """The id stands for another photo. Give each photo an id of its own."""

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
    """A photo as the phone announces it, with `flags` of what was odd about its clock; the bytes follow."""

    photo_id: uuid.UUID
    kind: str
    sha256: str
    size_bytes: int
    content_type: str
    taken_at: datetime
    flags: tuple[str, ...] = ()


def check_in(session: Session, visit_id: uuid.UUID, customer_id: uuid.UUID, call: Call) -> VisitEvent:
    """Note that a rep arrived. A second check-in of one visit is kept beside the first and flagged.

    Raises `CustomerNotFound`, or `VisitTaken` if the id belongs to another rep's or another customer's visit.
    """
    standing = _standing(session, customer_id, call)
    visit = _own_visit(session, visit_id, call.rep_id)
    flags = _standing_flags(standing)
    if visit is None:
        visit = _begin(session, visit_id, standing, call)
    elif visit.customer_id != customer_id:
        raise VisitTaken("The visit is at another customer.", mend="Give each visit an id of its own.")
    if visit.checked_in_at is None:
        visit.checked_in_at = call.at
        visit.day = local_day(call.at, standing.time_zone)
    else:
        flags = (*flags, rules.SECOND_CHECK_IN)
    event = _note(visit, standing.customer, call, EventKind.CHECK_IN, flags)
    session.add(event)
    session.flush()
    return event


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
    standing = _standing(session, visit.customer_id if visit else customer_id, call)
    if visit is None:
        visit = _begin(session, visit_id, standing, call)
    elif customer_id not in (None, visit.customer_id):
        raise VisitTaken("The visit is at another customer.", mend="Give each visit an id of its own.")
    flags = _leaving_flags(visit, standing, call.at)
    if visit.checked_out_at is None:
        visit.checked_out_at = call.at
    if summary:
        visit.summary = summary if visit.summary is None else f"{visit.summary}\n{summary}"[:2000]
    event = _note(visit, standing.customer, call, EventKind.CHECK_OUT, flags)
    session.add(event)
    session.flush()
    return event


def attach_photo(session: Session, visit_id: uuid.UUID, rep_id: uuid.UUID, picture: Picture) -> Photo:
    """Announce a photo of a visit. The same bytes announced again in the visit are the same photo.

    Bytes that are stored already (`queries.stored_since`) need not travel again; the same digest in another visit is
    flagged. Raises `VisitUnknown`, `VisitTaken`, `PhotoTaken`.
    """
    visit = _own_visit(session, visit_id, rep_id)
    if visit is None:
        raise VisitUnknown(f"There is no visit {visit_id}.", mend="Check in first.", visit_id=str(visit_id))
    same = or_(Photo.sha256 == picture.sha256, Photo.id == picture.photo_id)
    alike = session.scalars(select(Photo).where(same).order_by(Photo.id)).all()
    twins = [each for each in alike if each.sha256 == picture.sha256]
    for twin in twins:
        if twin.visit_id == visit_id:
            return twin
    if any(each.id == picture.photo_id for each in alike):
        raise PhotoTaken("The id stands for another photo.", mend="Give each photo an id of its own.")
    photo = _photo(visit_id, picture, queries.stored_since(session, rep_id, picture))
    if twins:
        photo.flags = rules.merged(photo.flags, rules.PHOTO_REUSED)
    session.add(photo)
    _raise_flags(visit, photo.flags)
    session.flush()
    return photo


def _photo(visit_id: uuid.UUID, picture: Picture, stored_at: datetime | None) -> Photo:
    return Photo(
        id=picture.photo_id,
        visit_id=visit_id,
        kind=picture.kind,
        sha256=picture.sha256,
        size_bytes=picture.size_bytes,
        content_type=picture.content_type,
        taken_at=picture.taken_at,
        stored_at=stored_at,
        flags=rules.merged([*picture.flags]),
    )


def store_photos(session: Session, rep_id: uuid.UUID, file: File, now: datetime) -> None:
    """Note that these bytes are safe, in every photo of the rep who sent them. Other reps send their own."""
    own = Photo.visit_id.in_(select(Visit.id).where(Visit.rep_id == rep_id))
    waiting = and_(queries.same_file(file), own, Photo.stored_at.is_(None))
    visit_ids = set(session.scalars(select(Photo.visit_id).where(waiting)))
    session.execute(update(Photo).where(waiting).values(stored_at=now).execution_options(synchronize_session="fetch"))
    _touch(session, visit_ids)


def _touch(session: Session, visit_ids: Collection[uuid.UUID]) -> None:
    """Let the feed see that something hanging from these visits changed."""
    session.execute(
        update(Visit).where(Visit.id.in_(visit_ids)).values(day=Visit.day).execution_options(synchronize_session=False)
    )


def _standing(session: Session, customer_id: uuid.UUID | None, call: Call) -> Standing:
    standing = queries.standing_of(session, call.rep_id, customer_id, call.at) if customer_id else None
    if standing is None:
        raise CustomerNotFound(f"There is no customer {customer_id}.", customer_id=str(customer_id))
    return standing


def _standing_flags(standing: Standing) -> tuple[str, ...]:
    return rules.standing_flags(active=standing.customer.active, served=standing.served)


def _leaving_flags(visit: Visit, standing: Standing, at: datetime) -> tuple[str, ...]:
    flags: tuple[str, ...] = ()
    if visit.checked_in_at is None:
        flags = (rules.NO_CHECK_IN, *_standing_flags(standing))
    elif at < visit.checked_in_at:
        flags = (rules.OUT_BEFORE_IN,)
    return flags if visit.checked_out_at is None else (*flags, rules.SECOND_CHECK_OUT)


def _own_visit(session: Session, visit_id: uuid.UUID, rep_id: uuid.UUID) -> Visit | None:
    visit = session.get(Visit, visit_id, with_for_update=True, options=[lazyload("*")])
    if visit is not None and visit.rep_id != rep_id:
        raise VisitTaken("The id stands for another visit.", mend="Give each visit an id of its own.")
    return visit


def _begin(session: Session, visit_id: uuid.UUID, standing: Standing, call: Call) -> Visit:
    day = local_day(call.at, standing.time_zone)
    visit = Visit(id=visit_id, customer_id=standing.customer.id, rep_id=call.rep_id, day=day, flags=[])
    session.add(visit)
    return visit


def _note(visit: Visit, customer: Customer, call: Call, kind: EventKind, flags: tuple[str, ...]) -> VisitEvent:
    position, there = call.position, _position_of(customer)
    event = VisitEvent(
        visit=visit,
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
    _raise_flags(visit, event.flags)
    return event


def _position_of(customer: Customer) -> tuple[float, float] | None:
    if customer.latitude is None or customer.longitude is None:
        return None
    return customer.latitude, customer.longitude


def _raise_flags(visit: Visit, flags: list[str]) -> None:
    visit.flags = rules.merged(visit.flags, *flags)
    flag_modified(visit, "flags")  # written even where nothing is new: the feed looks at the visit's own row
