"""Verbs of a visit. Facts are added, never changed; what is odd about them is flagged."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

from fieldsales.clock import local_day
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.base import new_id
from fieldsales.db.desk import Desk, at_desk
from fieldsales.errors import Conflict, NotFound
from fieldsales.visits import queries, rules
from fieldsales.visits.models import EventKind, Photo, Visit, VisitEvent
from fieldsales.visits.queries import Standing
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
    """A rep at a customer's door: `at` by the server's clock, `flags` of what was odd about the phone's.

    `radius_m` is how near to the customer counts as there, `device_id` which installation of the app told it.
    """

    rep_id: uuid.UUID
    at: datetime
    received_at: datetime
    position: Position | None = None
    flags: tuple[str, ...] = ()
    radius_m: float = rules.FAR_M
    device_id: uuid.UUID | None = None


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

    def bytes_of(self, rep_id: uuid.UUID) -> queries.Bytes:
        """Return what the rep says of the photo's bytes."""
        return queries.Bytes(rep_id, self.sha256, self.size_bytes, self.content_type)


def check_in(
    session: Session, visit_id: uuid.UUID, customer_id: uuid.UUID, call: Call, desk: Desk | None = None
) -> VisitEvent:
    """Note that a rep arrived. A second check-in of one visit is kept beside the first and flagged.

    With a `desk` what is new stays there. Refusals come before anything is written: `CustomerNotFound`, or
    `VisitTaken` if the id belongs to another rep's or another customer's visit.
    """
    with at_desk(session, desk) as here:
        standing = _standing(here, customer_id, call)
        visit = own_visit(session, visit_id, call.rep_id, here)
        flags = _standing_flags(standing)
        if visit is None:
            visit = _begin(here, visit_id, standing, call)
        elif visit.customer_id != customer_id:
            raise VisitTaken("The visit is at another customer.", mend="Give each visit an id of its own.")
        if visit.checked_in_at is None:
            visit.checked_in_at = call.at
            visit.day = local_day(call.at, standing.time_zone)
        else:
            flags = (*flags, rules.SECOND_CHECK_IN)
        return _note(here, visit, _event(visit, standing, call, EventKind.CHECK_IN, flags))


def check_out(
    session: Session,
    visit_id: uuid.UUID,
    call: Call,
    *,
    summary: str | None = None,
    customer_id: uuid.UUID | None = None,
    desk: Desk | None = None,
) -> VisitEvent:
    """Note that a rep left. With `customer_id` a visit that was never checked in begins here, flagged.

    With a `desk` what is new stays there. Refusals come before anything is written: `VisitUnknown` (there is no such
    visit, and no customer to begin one at), `CustomerNotFound`, `VisitTaken`.
    """
    with at_desk(session, desk) as here:
        visit = own_visit(session, visit_id, call.rep_id, here)
        if visit is None and customer_id is None:
            raise VisitUnknown(f"There is no visit {visit_id}.", mend="Check in first.", visit_id=str(visit_id))
        standing = _standing(here, visit.customer_id if visit else customer_id, call)
        if visit is None:
            visit = _begin(here, visit_id, standing, call)
        elif customer_id not in (None, visit.customer_id):
            raise VisitTaken("The visit is at another customer.", mend="Give each visit an id of its own.")
        flags = _leaving_flags(visit, standing, call.at)
        if visit.checked_out_at is None:
            visit.checked_out_at = call.at
        if summary:
            visit.summary = summary if visit.summary is None else f"{visit.summary}\n{summary}"[:2000]
        return _note(here, visit, _event(visit, standing, call, EventKind.CHECK_OUT, flags))


def attach_photo(
    session: Session, visit_id: uuid.UUID, rep_id: uuid.UUID, picture: Picture, desk: Desk | None = None
) -> Photo:
    """Announce a photo of a visit. The same bytes announced again in the visit are the same photo.

    Bytes that are stored already (`queries.stored_since`) need not travel again; the same digest in another visit is
    flagged. With a `desk` what is new stays there. Refusals come before anything is written: `VisitUnknown`,
    `VisitTaken`, `PhotoTaken`.
    """
    with at_desk(session, desk) as here:
        visit = own_visit(session, visit_id, rep_id, here)
        if visit is None:
            raise VisitUnknown(f"There is no visit {visit_id}.", mend="Check in first.", visit_id=str(visit_id))
        twins = here.find(queries.photos_of_digests, picture.sha256) or []
        for twin in twins:
            if twin.visit_id == visit_id:
                return twin
        if here.find(queries.photos, picture.photo_id) is not None:
            raise PhotoTaken("The id stands for another photo.", mend="Give each photo an id of its own.")
        photo = _photo(visit_id, picture, here.find(queries.safe_since, picture.bytes_of(rep_id)))
        if twins:
            photo.flags = rules.merged(photo.flags, rules.PHOTO_REUSED)
        here.add(photo)
        here.keep(queries.photos, photo.id, photo)
        here.keep(queries.photos_of_digests, photo.sha256, sorted([*twins, photo], key=lambda each: each.id))
        _raise_flags(visit, photo.flags)
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


def _standing(desk: Desk, customer_id: uuid.UUID | None, call: Call) -> Standing:
    relation = desk.find(queries.relations, (call.rep_id, customer_id)) if customer_id else None
    if relation is None:
        raise CustomerNotFound(f"There is no customer {customer_id}.", customer_id=str(customer_id))
    return relation.at(call.at)


def _standing_flags(standing: Standing) -> tuple[str, ...]:
    return rules.standing_flags(active=standing.customer.active, served=standing.served)


def _leaving_flags(visit: Visit, standing: Standing, at: datetime) -> tuple[str, ...]:
    flags: tuple[str, ...] = ()
    if visit.checked_in_at is None:
        flags = (rules.NO_CHECK_IN, *_standing_flags(standing))
    elif at < visit.checked_in_at:
        flags = (rules.OUT_BEFORE_IN,)
    return flags if visit.checked_out_at is None else (*flags, rules.SECOND_CHECK_OUT)


def own_visit(session: Session, visit_id: uuid.UUID, rep_id: uuid.UUID, desk: Desk | None = None) -> Visit | None:
    """Return a visit of the rep's, locked until the transaction is over; None if there is none. Raises `VisitTaken`."""
    visit = (desk or Desk(session)).find(queries.visits_to_change, visit_id)
    if visit is not None and visit.rep_id != rep_id:
        raise VisitTaken("The id stands for another visit.", mend="Give each visit an id of its own.")
    return visit


def _begin(desk: Desk, visit_id: uuid.UUID, standing: Standing, call: Call) -> Visit:
    day = local_day(call.at, standing.time_zone)
    visit = Visit.fresh(
        id=visit_id,
        customer_id=standing.customer.id,
        rep_id=call.rep_id,
        day=day,
        checked_in_at=None,
        checked_out_at=None,
        summary=None,
        flags=[],
    )
    desk.add(visit)
    desk.keep(queries.visits_to_change, visit_id, visit)
    return visit


def _event(visit: Visit, standing: Standing, call: Call, kind: EventKind, flags: tuple[str, ...]) -> VisitEvent:
    position, there = call.position, standing.customer.position
    distance = rules.distance_to(position, there)
    return VisitEvent.fresh(
        id=new_id(),
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
        distance_m=distance,
        device_id=call.device_id,
        flags=rules.merged([*call.flags], *flags, *rules.position_flags(position, there, distance, call.radius_m)),
    )


def _note(desk: Desk, visit: Visit, event: VisitEvent) -> VisitEvent:
    set_committed_value(event, "visit", visit)  # for the caller; what is stored is `visit_id`
    desk.add(event)
    _raise_flags(visit, event.flags)
    return event


def _raise_flags(visit: Visit, flags: list[str]) -> None:
    visit.flags = rules.merged(visit.flags, *flags)
    flag_modified(visit, "flags")  # written even where nothing is new: the feed looks at the visit's own row
