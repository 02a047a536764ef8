"""Uploads as they stand in the books: whose they are, how far they are, and what can be wrong with them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldsales.errors import Conflict, Invalid, NotFound
from fieldsales.photos.queries import PhotoUnknown
from fieldsales.visits.models import Photo, Visit
from sync.models import Upload


class UploadUnknown(NotFound):
    """No upload of this user has that id, or it expired. Begin a new one."""

    code = "upload.not_found"
    title = "There is no such upload"


class OffsetMismatch(Conflict):
    """The bytes begin elsewhere than where those that we have end. Ask for the offset and go on from there."""

    code = "upload.offset_mismatch"
    title = "The offset is another one"


class UploadTooLarge(Invalid):
    """More bytes than this server takes."""

    code = "upload.too_large"
    title = "The photo is too large"
    status = 413


class SizeMismatch(Invalid):
    """The photo was announced with another number of bytes. Announce it as it is, and upload that."""

    code = "upload.size_mismatch"
    title = "The photo was announced with another size"


class Corrupt(Invalid):
    """The bytes are not those that were announced, and were thrown away. Upload them again from the start."""

    code = "upload.corrupt"
    title = "The bytes are not the announced ones"


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far an upload is: `offset` of `length` bytes are durable; when `complete`, the photo is stored.

    `told` is the client's Upload-Metadata, word for word.
    """

    id: uuid.UUID
    photo_id: uuid.UUID
    offset: int
    length: int
    expires_at: datetime
    complete: bool
    told: str | None


def own_photo(session: Session, user_id: uuid.UUID, photo_id: uuid.UUID) -> Photo:
    """Return a photo of a visit of this user. Raises `PhotoUnknown`."""
    found = select(Photo).join(Visit, Visit.id == Photo.visit_id).where(Photo.id == photo_id, Visit.rep_id == user_id)
    photo = session.scalars(found).one_or_none()
    if photo is None:
        raise PhotoUnknown(f"There is no photo {photo_id}.", mend="Send its photo.attach mutation first.")
    return photo


def own_upload(session: Session, user_id: uuid.UUID, upload_id: uuid.UUID, now: datetime) -> Upload:
    """Return a user's upload that is still remembered. Raises `UploadUnknown`."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.user_id != user_id or upload.expires_at <= now:
        raise unknown(upload_id)
    return upload


def drop_stale(session: Session, user_id: uuid.UUID, photo_id: uuid.UUID, keep: int) -> Sequence[uuid.UUID]:
    """Delete a user's unfinished uploads of one photo but the `keep` that rested least; return those that are gone."""
    unfinished = (
        select(Upload.id)
        .where(Upload.user_id == user_id, Upload.photo_id == photo_id, Upload.completed_at.is_(None))
        .order_by(Upload.expires_at.desc(), Upload.id.desc())
    )
    stale = session.scalars(unfinished).all()[keep:]
    session.execute(delete(Upload).where(Upload.id.in_(stale)))
    return stale


def unknown(upload_id: uuid.UUID) -> UploadUnknown:
    """Return the error for an upload that is not there."""
    return UploadUnknown(f"There is no upload {upload_id}, or it expired.", mend="Begin a new one.")


def state_of(upload: Upload) -> UploadState:
    """Return how far an upload is."""
    return UploadState(
        upload.id,
        upload.photo_id,
        upload.received_bytes,
        upload.size_bytes,
        upload.expires_at,
        upload.completed_at is not None,
        upload.told,
    )
