"""Photos from the moment that their bytes are here: safe, judged, and ready to be shown."""

from __future__ import annotations

import tempfile
import uuid
from datetime import datetime
from pathlib import Path

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, lazyload
from sqlalchemy.orm.attributes import flag_modified

from fieldsales.customers.models import Customer
from fieldsales.darkroom.developing import Developed, develop
from fieldsales.errors import NotFound
from fieldsales.photos import rules
from fieldsales.photos.queries import lookalikes
from fieldsales.pictures.models import Picture
from fieldsales.storage import BytesMissing, Storage, Version
from fieldsales.visits.models import Photo, Visit
from fieldsales.visits.queries import File, same_file
from fieldsales.visits.rules import PHOTO_REUSED, merged


class BytesAwaited(NotFound):
    """The photo was announced, but its bytes are still on the phone. They come when it has network."""

    code = "photo.bytes_awaited"
    title = "The photo has not arrived yet"


def keep(storage: Storage, sha256: str, original: Path, developed: Developed) -> None:
    """Store a picture's bytes and what is shown of them; the bytes as they came are last, so that they tell that all
    is there. Raises `StorageUnavailable`."""
    storage.put(sha256, developed.thumbnail, Version.THUMBNAIL)
    storage.put(sha256, developed.shown, Version.SHOWN)
    storage.put(sha256, original)


def arrived(session: Session, rep_id: uuid.UUID, file: File, now: datetime) -> None:
    """Note that these bytes are safe, in every photo of the rep who sent them, and judge each by what they show.

    Other reps send their own. A picture that is stored in another visit already is flagged here, where it came later.
    """
    waiting = select(Photo, Visit).join(Visit, Visit.id == Photo.visit_id).options(lazyload("*"))
    theirs = and_(same_file(file), Visit.rep_id == rep_id, Photo.stored_at.is_(None))
    locked = waiting.where(theirs).order_by(Visit.id).with_for_update(of=(Photo, Visit))
    for photo, visit in session.execute(locked).all():
        photo.stored_at = now
        odd = _judge(session, photo, visit)
        photo.flags = merged(photo.flags, *odd)
        visit.flags = merged(visit.flags, *odd)
        flag_modified(visit, "flags")  # written even where nothing is new: the feed looks at the visit's own row
        session.flush()


def view(storage: Storage, photo: Photo, version: Version) -> bytes:
    """Return a version of a photo's bytes; what people are shown is made anew if it is missing.

    Raises `BytesAwaited`, `BytesMissing` (the store lost them), `StorageUnavailable`, `DarkroomBusy`, `NotAPicture`.
    """
    if photo.stored_at is None:
        raise BytesAwaited("The photo's bytes are still on the phone.", mend="Look again later.", id=str(photo.id))
    try:
        return storage.get(photo.sha256, version)
    except BytesMissing:
        if version is Version.ORIGINAL:
            raise
    original = storage.get(photo.sha256)
    with tempfile.NamedTemporaryFile(prefix="fieldsales-photo-") as file:
        file.write(original)
        file.flush()
        with develop(Path(file.name), photo.content_type) as developed:
            keep(storage, photo.sha256, Path(file.name), developed)
    return storage.get(photo.sha256, version)


def _judge(session: Session, photo: Photo, visit: Visit) -> list[str]:
    picture = session.get(Picture, photo.sha256)
    customer = session.get_one(Customer, visit.customer_id)
    there = None
    if customer.latitude is not None and customer.longitude is not None:
        there = (customer.latitude, customer.longitude)
    odd = rules.flags(picture.exif, visit.checked_in_at or visit.checked_out_at, there) if picture else []
    return [PHOTO_REUSED, *odd] if lookalikes(session, photo) else odd
