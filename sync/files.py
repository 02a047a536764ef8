"""Photo bytes up: the verbs of tus 1.0 without HTTP. An offset is told only once the bytes before it are durable."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, delete, update
from sqlalchemy.orm import Session

from fieldsales.db.session import reading, transaction
from fieldsales.errors import Invalid
from fieldsales.storage import Storage
from fieldsales.visits.models import Photo
from fieldsales.visits.queries import stored_since
from fieldsales.visits.service import store_photos
from sync.models import Upload
from sync.parts import Part, open_part, remove_part
from sync.pictures import HEAD_BYTES, content_type_of
from sync.uploads import (
    Corrupt,
    NotAPicture,
    OffsetMismatch,
    SizeMismatch,
    UploadState,
    UploadTooLarge,
    drop_stale,
    own_photo,
    own_upload,
    state_of,
    unknown,
)

log = logging.getLogger(__name__)

LIFE = timedelta(hours=24)
MOST_UNFINISHED = 3
"""How many unfinished uploads one photo may have; a phone goes on with the last one that it knows."""
SWEPT_EVERY = timedelta(hours=1)
CHECKPOINT = 1 << 20
"""Bytes after which what has come is made durable, however long the request goes on."""


@dataclass(slots=True)
class Broom:
    """Remembers when this process last threw expired uploads away."""

    last: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time to sweep, and count that as done."""
        if self.last is not None and now - self.last < SWEPT_EVERY:
            return False
        self.last = now
        return True


@dataclass(frozen=True, slots=True)
class Files:
    """Uploads on their way into the photo store. `folder` holds unfinished ones and must survive a restart.

    No transaction is open while bytes arrive, so that a slow phone holds up nobody.
    """

    engine: Engine
    storage: Storage
    folder: Path
    most_bytes: int
    broom: Broom = field(default_factory=Broom, compare=False)

    def create(self, user_id: uuid.UUID, photo_id: uuid.UUID, length: int, now: datetime) -> UploadState:
        """Begin an upload for an announced photo; complete at once if the rep's bytes are here already.

        Of the unfinished uploads of one photo only the latest `MOST_UNFINISHED` are kept.
        Raises `PhotoUnknown`, `UploadTooLarge`, `SizeMismatch`.
        """
        if length > self.most_bytes:
            raise UploadTooLarge(
                f"The photo has {length} bytes.", mend=f"Send at most {self.most_bytes}.", most=self.most_bytes
            )
        self._sweep(now)
        with reading(self.engine) as session:
            photo = own_photo(session, user_id, photo_id)
            known = stored_since(session, user_id, photo) is not None
        _check_size(photo, length)
        here = known and self.storage.exists(photo.sha256)
        with transaction(self.engine) as session:
            stale = drop_stale(session, user_id, photo_id, MOST_UNFINISHED - 1)
            upload = Upload(user_id=user_id, photo_id=photo_id, size_bytes=length, created_at=now)
            upload.expires_at = now + LIFE
            upload.received_bytes = length if here else 0
            session.add(upload)
            session.flush()
            if here:
                _complete(session, upload.id, user_id, photo, now)
            session.refresh(upload)
            state = state_of(upload)
        self._remove(stale)
        return state

    def status(self, user_id: uuid.UUID, upload_id: uuid.UUID, now: datetime) -> UploadState:
        """Return how far an upload is, from where a phone goes on. Raises `UploadUnknown`.

        An upload whose last bytes came just before we died is finished here, and may raise as `append` does.
        """
        state = self._look(user_id, upload_id, now)
        if state.offset == state.length and not state.complete:
            return self.append(user_id, upload_id, state.offset, (), now)
        return state

    def append(
        self, user_id: uuid.UUID, upload_id: uuid.UUID, offset: int, chunks: Iterable[bytes], now: datetime
    ) -> UploadState:
        """Take bytes that begin at `offset`; with the last ones verify the whole and store it.

        If `chunks` breaks off, what came before is kept. Raises `UploadUnknown`, `OffsetMismatch`, `UploadTooLarge`
        (more bytes than announced), `UploadBusy` (another request is sending), `Corrupt`, `NotAPicture`.
        """
        state = self._look(user_id, upload_id, now)
        if state.complete and offset == state.length:
            return state
        with open_part(self.folder, upload_id) as part:
            state = self._look(user_id, upload_id, now)
            if part.size < state.offset:
                # The disk lost what the books say we have; the phone asks for the offset and goes on from there.
                state = self._acknowledge(upload_id, 0, now)
            if offset != state.offset:
                raise OffsetMismatch(
                    f"The bytes begin at {offset}, {state.offset} are here.",
                    mend="Ask for the offset and go on from there.",
                    offset=state.offset,
                )
            state = self._receive(part, state, chunks, now)
            if state.offset == state.length and not state.complete:
                state = self._finish(part, state, now)
        return state

    def terminate(self, user_id: uuid.UUID, upload_id: uuid.UUID, now: datetime) -> None:
        """Throw an upload away; a photo that is stored stays. Raises `UploadUnknown`, `UploadBusy`."""
        self._look(user_id, upload_id, now)
        with open_part(self.folder, upload_id):
            self._discard(upload_id)

    def expire(self, now: datetime) -> int:
        """Throw away unfinished uploads that nobody went on with for a day; return how many."""
        with transaction(self.engine) as session:
            found = delete(Upload).where(Upload.completed_at.is_(None), Upload.expires_at <= now)
            gone = session.scalars(found.returning(Upload.id)).all()
        self._remove(gone)
        return len(gone)

    def _sweep(self, now: datetime) -> None:
        """Expire what is due, at most once in a while; nobody's request fails for it."""
        if not self.broom.is_due(now):
            return
        try:
            self.expire(now)
        except Exception:
            log.exception("expired uploads could not be thrown away")

    def _remove(self, upload_ids: Iterable[uuid.UUID]) -> None:
        for upload_id in upload_ids:
            remove_part(self.folder, upload_id)

    def _look(self, user_id: uuid.UUID, upload_id: uuid.UUID, now: datetime) -> UploadState:
        with reading(self.engine) as session:
            return state_of(own_upload(session, user_id, upload_id, now))

    def _receive(self, part: Part, state: UploadState, chunks: Iterable[bytes], now: datetime) -> UploadState:
        part.begin_at(state.offset)
        durable = state.offset
        try:
            for chunk in chunks:
                if part.size + len(chunk) > state.length:
                    raise UploadTooLarge(
                        f"More bytes came than the {state.length} of the upload.", mend="Send what was announced."
                    )
                part.write(chunk)
                if part.size - durable >= CHECKPOINT:
                    part.make_durable()
                    durable = self._acknowledge(state.id, part.size, now).offset
        finally:
            part.make_durable()
            if part.size > durable:
                state = self._acknowledge(state.id, part.size, now)
        return state

    def _acknowledge(self, upload_id: uuid.UUID, received: int, now: datetime) -> UploadState:
        with transaction(self.engine) as session:
            upload = session.get(Upload, upload_id)
            if upload is None:
                raise unknown(upload_id)
            upload.received_bytes = received
            upload.expires_at = now + LIFE
            return state_of(upload)

    def _finish(self, part: Part, state: UploadState, now: datetime) -> UploadState:
        with reading(self.engine) as session:
            photo = session.get_one(Photo, state.photo_id)
        try:
            _verify(part.path, photo)
        except Invalid:
            self._discard(state.id)
            raise
        self.storage.put(photo.sha256, part.path)
        with transaction(self.engine) as session:
            upload = session.get_one(Upload, state.id)
            _complete(session, upload.id, upload.user_id, photo, now)
            session.refresh(upload)
            state = state_of(upload)
        remove_part(self.folder, state.id)
        return state

    def _discard(self, upload_id: uuid.UUID) -> None:
        with transaction(self.engine) as session:
            session.execute(delete(Upload).where(Upload.id == upload_id))
        remove_part(self.folder, upload_id)


def _check_size(photo: Photo, length: int) -> None:
    if length != photo.size_bytes:
        raise SizeMismatch(
            f"The photo was announced with {photo.size_bytes} bytes, the upload has {length}.",
            mend="Announce the photo as it is, and upload that.",
            announced=photo.size_bytes,
        )


def _verify(path: Path, photo: Photo) -> None:
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


def _complete(session: Session, upload_id: uuid.UUID, user_id: uuid.UUID, photo: Photo, now: datetime) -> None:
    session.execute(update(Upload).where(Upload.id == upload_id).values(completed_at=now))
    store_photos(session, user_id, photo, now)
