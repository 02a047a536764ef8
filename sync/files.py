"""Photo bytes up: the verbs of tus 1.0 without HTTP. An offset is told only once the bytes before it are durable."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, delete

from fieldsales.darkroom.developing import develop
from fieldsales.db.session import reading, transaction
from fieldsales.errors import Invalid
from fieldsales.photos.service import keep
from fieldsales.pictures.service import remember
from fieldsales.storage import Storage
from fieldsales.visits.models import Photo
from fieldsales.visits.queries import stored_since
from sync.completion import check_bytes, complete
from sync.models import Upload
from sync.parts import Part, open_part, remove_part
from sync.sweeping import Broom
from sync.uploads import (
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

LIFE = timedelta(hours=24)
MOST_UNFINISHED = 3
"""How many unfinished uploads one photo may have; a phone goes on with the last one that it knows."""
CHECKPOINT = 1 << 20
"""Bytes after which what has come is made durable, however long the request goes on."""


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

    def create(
        self, user_id: uuid.UUID, photo_id: uuid.UUID, length: int, now: datetime, told: str | None = None
    ) -> UploadState:
        """Begin an upload for an announced photo; complete at once if the rep's bytes are here already.

        `told` is kept as the client said it. Of the unfinished uploads of one photo only the latest `MOST_UNFINISHED`
        are kept. Raises `PhotoUnknown`, `UploadTooLarge`, `SizeMismatch`.
        """
        if length > self.most_bytes:
            raise UploadTooLarge(
                f"The photo has {length} bytes.", mend=f"Send at most {self.most_bytes}.", most=self.most_bytes
            )
        self.broom.sweep(self.engine, self.folder, now)
        with reading(self.engine) as session:
            photo = own_photo(session, user_id, photo_id)
            known = stored_since(session, user_id, photo) is not None
        _check_size(photo, length)
        here = known and self.storage.exists(photo.sha256)
        with transaction(self.engine) as session:
            stale = drop_stale(session, user_id, photo_id, MOST_UNFINISHED - 1)
            upload = Upload(user_id=user_id, photo_id=photo_id, size_bytes=length, created_at=now, told=told)
            upload.expires_at = now + LIFE
            upload.received_bytes = length if here else 0
            session.add(upload)
            session.flush()
            state = complete(session, upload, photo, now) if here else state_of(upload)
        for upload_id in stale:
            remove_part(self.folder, upload_id)
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
        (more bytes than announced), `UploadBusy` (another request is sending), `Corrupt`, `NotAPicture`, and where the
        bytes are kept but something else must mend first `NoRoom`, `StorageUnavailable`, `DarkroomBusy`.
        """
        state = self._look(user_id, upload_id, now)
        if state.complete and offset == state.length:
            return state
        with open_part(self.folder, upload_id) as part:
            state = self._look(user_id, upload_id, now)
            if part.size < state.offset and not state.complete:
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

    def _look(self, user_id: uuid.UUID, upload_id: uuid.UUID, now: datetime) -> UploadState:
        with reading(self.engine) as session:
            return state_of(own_upload(session, user_id, upload_id, now))

    def _receive(self, part: Part, state: UploadState, chunks: Iterable[bytes], now: datetime) -> UploadState:
        part.begin_at(state.offset)
        try:
            for chunk in chunks:
                if part.size + len(chunk) > state.length:
                    raise UploadTooLarge(
                        f"More bytes came than the {state.length} of the upload.", mend="Send what was announced."
                    )
                part.write(chunk)
                if part.size - state.offset >= CHECKPOINT:
                    part.make_durable()
                    state = self._acknowledge(state.id, part.size, now)
        finally:
            part.make_durable()
            if part.size > state.offset:
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
            check_bytes(part.path, photo)
            with develop(part.path, photo.content_type) as developed:
                keep(self.storage, photo.sha256, part.path, developed)
                with transaction(self.engine) as session:
                    remember(session, photo.sha256, developed, now)
                    state = complete(session, session.get_one(Upload, state.id), photo, now)
        except Invalid:
            self._discard(state.id)
            raise
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
