"""The end of an upload: its bytes are what was announced, and its photo is safe."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from fieldsales.darkroom.developing import NotAPicture
from fieldsales.integrity.service import Arrival, mark_due
from fieldsales.photos.service import arrived
from fieldsales.visits.models import Photo
from sync.models import Upload
from sync.pictures import HEAD_BYTES, content_type_of
from sync.uploads import Corrupt, UploadState, state_of


def check_bytes(path: Path, photo: Photo) -> None:
    """Compare a file with what was announced: its digest, and the type that its first bytes show.

    Raises `Corrupt`, `NotAPicture`.
    """
    with path.open("rb") as file:
        shown = content_type_of(file.read(HEAD_BYTES))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != photo.sha256:
        raise Corrupt(
            f"The bytes have SHA-256 {digest}, {photo.sha256} was announced.", mend="Upload it again from the start."
        )
    if shown != photo.content_type:
        raise NotAPicture(
            f"The photo was announced as {photo.content_type}, the bytes are {shown or 'no picture that we take'}.",
            mend="Send JPEG, PNG or WebP, announced as what it is.",
        )


def complete(session: Session, upload: Upload, photo: Photo, now: datetime) -> UploadState:
    """Note that an upload came to its end, and that its photo is safe."""
    upload.completed_at = now
    session.flush()
    arrived(session, upload.user_id, photo, now)
    mark_due(session, [Arrival(photo.visit_id, now)])
    return state_of(upload)
