"""Which photos a person may see, and what is known of one.

A rep sees those of the rep's own visits and of customers that the rep serves; others those of the people whom they see.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, lazyload

from fieldsales.customers.models import Assignment
from fieldsales.errors import NotFound
from fieldsales.people.models import Role, User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor
from fieldsales.pictures.models import Picture
from fieldsales.pictures.queries import alike
from fieldsales.visits.models import Photo, Visit


class PhotoUnknown(NotFound):
    """There is no such photo among those whom you may see. A phone sends its `photo.attach` mutation first."""

    code = "photo.not_found"
    title = "There is no such photo"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A stored photo of the same picture in another visit: `bits_apart` of 64, or the `same_bytes`."""

    photo: Photo
    visit: Visit
    bits_apart: int
    same_bytes: bool


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """A photo with its visit, what its bytes say (None until they are here), and where else the picture was shown.

    `hidden_lookalikes` counts those outside of what the asker may see.
    """

    photo: Photo
    visit: Visit
    picture: Picture | None
    lookalikes: Sequence[Lookalike]
    hidden_lookalikes: int


def photo_in_scope(session: Session, actor: Actor, photo_id: uuid.UUID) -> tuple[Photo, Visit]:
    """Return a photo that an actor may see, with its visit; raise `PhotoUnknown`."""
    found = select(Photo, Visit).join(Visit, Visit.id == Photo.visit_id).options(lazyload("*"))
    row = session.execute(found.where(Photo.id == photo_id, _visible(actor))).one_or_none()
    if row is None:
        raise PhotoUnknown(f"There is no photo {photo_id}.", mend="Check the id.", id=str(photo_id))
    return row[0], row[1]


def photo_facts(session: Session, actor: Actor, photo_id: uuid.UUID) -> PhotoFacts:
    """Return all that is known of a photo; raise `PhotoUnknown`."""
    photo, visit = photo_in_scope(session, actor, photo_id)
    elsewhere = lookalikes(session, photo)
    theirs = Visit.id.in_({each.visit.id for each in elsewhere})
    seen = set(session.scalars(select(Visit.id).where(theirs, _visible(actor))))
    shown = [each for each in elsewhere if each.visit.id in seen]
    return PhotoFacts(photo, visit, session.get(Picture, photo.sha256), shown, len(elsewhere) - len(shown))


def lookalikes(session: Session, photo: Photo) -> list[Lookalike]:
    """Return the stored photos of other visits that show the same picture, the likest first."""
    apart = alike(session, photo.sha256) | {photo.sha256: 0}
    same = (Photo.sha256.in_(apart), Photo.stored_at.is_not(None), Photo.visit_id != photo.visit_id)
    visits = select(Photo, Visit).join(Visit, Visit.id == Photo.visit_id).options(lazyload("*"))
    found = session.execute(visits.where(*same))
    told = [Lookalike(each, visit, apart[each.sha256], each.sha256 == photo.sha256) for each, visit in found]
    return sorted(told, key=lambda each: (not each.same_bytes, each.bits_apart, each.photo.stored_at, each.photo.id))


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.REP:
        served = select(Assignment.customer_id).where(Assignment.rep_id == actor.user_id, Assignment.ended_at.is_(None))
        return or_(Visit.rep_id == actor.user_id, Visit.customer_id.in_(served))
    return Visit.rep_id.in_(visible_people(actor).with_only_columns(User.id))
