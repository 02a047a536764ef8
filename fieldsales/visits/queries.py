"""Questions about visits."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, lazyload

from fieldsales.customers.models import Assignment, Customer
from fieldsales.db.statements import among, ask
from fieldsales.people.models import Territory, User
from fieldsales.visits.models import Photo, Visit, VisitEvent

_TO_CHANGE = (
    select(Visit)
    .where(among(Visit.id, "ids"))
    .order_by(Visit.id)
    .with_for_update(key_share=True)
    .options(lazyload("*"))
    .execution_options(populate_existing=True)
)
_RELATIONS = (
    select(Territory.time_zone, Assignment.rep_id, Assignment.assigned_at, Assignment.ended_at)
    .add_columns(Customer.id, Customer.territory_id, Customer.latitude, Customer.longitude)
    .add_columns(Customer.tier, Customer.active)
    .select_from(Customer)
    .join(Territory, Territory.id == Customer.territory_id)
    .outerjoin(Assignment, and_(Assignment.customer_id == Customer.id, among(Assignment.rep_id, "reps")))
    .where(among(Customer.id, "ids"))
)


class File(Protocol):
    """What a phone says of a photo's bytes. Only bytes of which all three are told alike are the same."""

    @property
    def sha256(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def content_type(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file as a rep tells of it."""

    rep_id: uuid.UUID
    sha256: str
    size_bytes: int
    content_type: str


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
class Shop:
    """What a verb in the field must know of a customer."""

    id: uuid.UUID
    territory_id: uuid.UUID
    latitude: float | None
    longitude: float | None
    tier: str | None
    active: bool

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude, if known."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer, the time zone that its days are counted in, and whether a rep served it at some moment."""

    customer: Shop
    time_zone: str
    served: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """How a rep stands to a customer through time: `served` from each first moment to before the second, if any."""

    customer: Shop
    time_zone: str
    served: tuple[tuple[datetime, datetime | None], ...]

    def at(self, moment: datetime) -> Standing:
        """Return how the rep stood at a moment."""
        served = any(since <= moment and (until is None or moment < until) for since, until in self.served)
        return Standing(self.customer, self.time_zone, served)


def visits_of_rep_on(session: Session, rep_id: uuid.UUID, day: date) -> list[Visit]:
    """Return a rep's visits of a day in the order of arrival; one without a check-in by when it ended."""
    began = func.coalesce(Visit.checked_in_at, Visit.checked_out_at)
    found = select(Visit).where(Visit.rep_id == rep_id, Visit.day == day).order_by(began, Visit.id)
    return list(session.scalars(found))


def visits_of_reps_on(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> list[Visit]:
    """Return the visits that several reps made on a day, in the order of arrival; what hangs from them is not read."""
    began = func.coalesce(Visit.checked_in_at, Visit.checked_out_at)
    found = select(Visit).where(Visit.rep_id.in_(rep_ids), Visit.day == day).order_by(began, Visit.id)
    return list(session.scalars(found.options(lazyload("*"))))


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


def last_positions(
    session: Session, rep_ids: Collection[uuid.UUID], before: datetime | None = None
) -> dict[uuid.UUID, LastPosition]:
    """Return where each rep was last, or last before a moment; no entry for a rep whose phone did not tell."""
    rank = func.row_number().over(partition_by=VisitEvent.rep_id, order_by=(VisitEvent.at.desc(), VisitEvent.id.desc()))
    told = select(VisitEvent.id, rank.label("rank"))
    told = told.where(VisitEvent.rep_id.in_(rep_ids), VisitEvent.latitude.is_not(None))
    if before is not None:
        told = told.where(VisitEvent.at < before)
    ranked = told.subquery()
    found = select(VisitEvent).join(ranked, ranked.c.id == VisitEvent.id).where(ranked.c.rank == 1)
    return {
        event.rep_id: LastPosition(
            event.rep_id, event.at, event.latitude, event.longitude, event.accuracy_m, event.mock
        )
        for event in session.scalars(found)
        if event.latitude is not None and event.longitude is not None
    }


def visits_to_change(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Visit]:
    """Return visits by id, which nobody else changes before this transaction is over."""
    return {visit.id: visit for visit in session.scalars(_TO_CHANGE, {"ids": ids})}


def relations(
    session: Session, keys: Collection[tuple[uuid.UUID, uuid.UUID]]
) -> dict[tuple[uuid.UUID, uuid.UUID], Relation]:
    """Return how reps stand to customers, by (rep, customer); no entry where there is no such customer."""
    reps, ids = {rep_id for rep_id, _ in keys}, {customer_id for _, customer_id in keys}
    shops: dict[uuid.UUID, tuple[Shop, str]] = {}
    served: dict[tuple[uuid.UUID | None, uuid.UUID], list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for time_zone, rep_id, since, until, *facts in ask(session, _RELATIONS, reps=reps, ids=ids):
        customer = Shop(*facts)
        shops[customer.id] = customer, time_zone
        if rep_id is not None:
            served[rep_id, customer.id].append((since, until))
    return {key: Relation(*shops[key[1]], tuple(served[key])) for key in keys if key[1] in shops}


def standing_of(session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, at: datetime) -> Standing | None:
    """Return how a rep stood to a customer at a moment; None if there is no such customer."""
    found = relations(session, [(rep_id, customer_id)]).get((rep_id, customer_id))
    return None if found is None else found.at(at)


def photos(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Photo]:
    """Return photos by id."""
    return {photo.id: photo for photo in session.scalars(select(Photo).where(Photo.id.in_(ids)))}


def photos_of_digests(session: Session, digests: Collection[str]) -> dict[str, list[Photo]]:
    """Return the photos that were announced with each SHA-256, by id."""
    found: dict[str, list[Photo]] = defaultdict(list)
    for photo in session.scalars(select(Photo).where(Photo.sha256.in_(digests)).order_by(Photo.id)):
        found[photo.sha256].append(photo)
    return found


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
    key = Bytes(rep_id, file.sha256, file.size_bytes, file.content_type)
    return safe_since(session, [key]).get(key)


def safe_since(session: Session, keys: Collection[Bytes]) -> dict[Bytes, datetime]:
    """Return `stored_since` for many files; no entry for those that are not safe yet."""
    reps = {key.rep_id for key in keys}
    served = select(Assignment.customer_id).where(Assignment.rep_id == User.id, Assignment.ended_at.is_(None))
    rows = session.execute(
        select(User.id, Photo.sha256, Photo.size_bytes, Photo.content_type, func.min(Photo.stored_at))
        .join(Visit, Visit.id == Photo.visit_id)
        .join(User, User.id.in_(reps))
        .where(Photo.sha256.in_({key.sha256 for key in keys}), Photo.stored_at.is_not(None))
        .where(or_(Visit.rep_id == User.id, Visit.customer_id.in_(served)))
        .group_by(User.id, Photo.sha256, Photo.size_bytes, Photo.content_type)
    )
    found = {Bytes(rep_id, digest, size, kind): since for rep_id, digest, size, kind, since in rows if since}
    return {key: found[key] for key in keys if key in found}
