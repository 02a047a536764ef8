"""Photos on their way up in the small town, without HTTP."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from sqlalchemy import select
from worlds.phone_town import PhoneTown
from worlds.pictures import jpeg

from fieldsales.db.session import reading
from fieldsales.storage import open_storage
from fieldsales.visits.models import Photo, Visit
from sync.files import Files
from sync.models import Upload

JPEG = jpeg(1, (240, 180))
SHA = hashlib.sha256(JPEG).hexdigest()
SIZE = len(JPEG)


def way_in(town: PhoneTown, folder: Path) -> Files:
    """A way in for bytes, onto this machine's disk."""
    return Files(town.engine, open_storage("", folder), folder / "uploads", most_bytes=1_000_000)


def announce(town: PhoneTown, shop: str, picture: bytes = JPEG, **told: object) -> uuid.UUID:
    """Have Anna announce a photo from a shop, told as it is but for `told`; return its id."""
    visit = town.anna.check_in(town.customers[shop])["data"]["visit_id"]
    photo = town.anna.photo(visit, hashlib.sha256(picture).hexdigest(), len(picture))
    photo["data"].update(told)
    assert all(each.status == "applied" for each in town.anna.deliver(town.engine))
    return uuid.UUID(photo["entity"]["id"])


def anna(town: PhoneTown) -> uuid.UUID:
    """Who Anna is."""
    return town.anna.who.user_id


def send(town: PhoneTown, uploads: Files, photo_id: uuid.UUID, picture: bytes = JPEG) -> None:
    """Have Anna's phone send all bytes of a photo."""
    begun = uploads.create(anna(town), photo_id, len(picture), town.anna.now)
    assert uploads.append(anna(town), begun.id, 0, [picture], town.anna.now).complete


def photo_of(town: PhoneTown, photo_id: uuid.UUID) -> Photo:
    """A photo as it stands."""
    with reading(town.engine) as session:
        return session.get_one(Photo, photo_id)


def visit_of(town: PhoneTown, photo_id: uuid.UUID) -> Visit:
    """A photo's visit as it stands."""
    with reading(town.engine) as session:
        return session.scalars(select(Visit).join(Photo, Photo.visit_id == Visit.id).where(Photo.id == photo_id)).one()


def rows(town: PhoneTown) -> dict[uuid.UUID, int]:
    """How far each upload in the books is."""
    with reading(town.engine) as session:
        return dict(session.execute(select(Upload.id, Upload.received_bytes)).all())
