"""The file that an unfinished upload grows in; one request at a time may write to it."""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from fieldsales.errors import Conflict, Unavailable


class UploadBusy(Conflict):
    """Another request is writing to the same upload."""

    code = "upload.busy"
    title = "That upload is being written to"
    status = 423


class NoRoom(Unavailable):
    """The folder of unfinished uploads cannot be written to."""

    code = "upload.no_room"
    title = "There is no room for the upload"


@dataclass(slots=True)
class Part:
    """An open, locked file of `size` bytes."""

    path: Path
    file: FileIO
    size: int

    def begin_at(self, offset: int) -> None:
        """Drop what lies beyond `offset`: it was never told to be durable."""
        self.file.truncate(offset)
        self.file.seek(offset)
        self.size = offset

    def write(self, chunk: bytes) -> None:
        """Add bytes at the end. Raises `NoRoom`; what was written of them counts."""
        rest = memoryview(chunk)
        with _room():
            while rest:
                written = self.file.write(rest)
                self.size += written
                rest = rest[written:]

    def make_durable(self) -> None:
        """Return only when the bytes would survive a power cut. Raises `NoRoom`."""
        with _room():
            os.fsync(self.file.fileno())


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as full:
        raise NoRoom(f"The bytes could not be kept: {full.strerror}.", mend="Try again later.") from full


@contextmanager
def open_part(folder: Path, upload_id: uuid.UUID) -> Iterator[Part]:
    """Open the file of an upload for this request alone, or raise `UploadBusy`. It is made if it is not there."""
    path = _path(folder, upload_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except OSError as refused:
        raise NoRoom(f"The upload folder cannot be written to: {refused.strerror}.") from refused
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise UploadBusy("Another request is sending these bytes.", mend="Wait for it to end.") from busy
        yield Part(path, file, os.fstat(file.fileno()).st_size)


def remove_part(folder: Path, upload_id: uuid.UUID) -> None:
    """Delete the file of an upload that is stored or thrown away."""
    _path(folder, upload_id).unlink(missing_ok=True)


def parts_in(folder: Path) -> list[uuid.UUID]:
    """Return the uploads whose files lie in the folder."""
    return [uuid.UUID(path.stem) for path in folder.glob("*.part")]


def _path(folder: Path, upload_id: uuid.UUID) -> Path:
    return folder / f"{upload_id.hex}.part"
