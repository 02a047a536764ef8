"""Photo bytes, kept under their own SHA-256 in a folder or in an object store, by the same calls.

Beside the bytes as they came, which are evidence and never change, lie what people are shown and a thumbnail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from fieldsales.errors import BadSetting, NotFound, Unavailable


class StorageUnavailable(Unavailable):
    """The object store does not answer, or the disk is full."""

    code = "storage.unavailable"
    title = "The photo store is not available"


class BytesMissing(NotFound):
    """No such bytes are stored."""

    code = "storage.not_found"
    title = "Those bytes are not stored"


class Version(StrEnum):
    """The bytes as they came, what people are shown of them, and that small."""

    ORIGINAL = "original"
    SHOWN = "shown"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes by their SHA-256 (lower-case hex). `folder` is set where they lie on this machine."""

    store: ObjectStore
    folder: Path | None = None

    def put(self, sha256: str, path: Path, version: Version = Version.ORIGINAL) -> None:
        """Store a file's bytes durably; the caller has verified the digest. Raises `StorageUnavailable`."""
        key = _key(sha256, version)
        with _told("store"):
            obstore.put(self.store, key, path)
            if self.folder is not None:
                _make_durable(self.folder / key)

    def exists(self, sha256: str, version: Version = Version.ORIGINAL) -> bool:
        """Tell whether the bytes are here. Raises `StorageUnavailable`."""
        try:
            with _told("look for"):
                obstore.head(self.store, _key(sha256, version))
        except BytesMissing:
            return False
        return True

    def get(self, sha256: str, version: Version = Version.ORIGINAL) -> bytes:
        """Return the bytes. Raises `BytesMissing`, `StorageUnavailable`."""
        with _told("read"):
            return bytes(obstore.get(self.store, _key(sha256, version)).bytes())


def open_storage(address: str, data_dir: Path) -> Storage:
    """Open the store of an address such as `s3://bucket/prefix`; an empty one means the data folder's `photos`.

    Credentials and the address of an object store come from its usual environment variables (`AWS_ACCESS_KEY_ID`,
    `AWS_ENDPOINT_URL` and so on). One that does not answer is tried for ten seconds: the phone then comes again.
    Raises `BadSetting`.
    """
    if not address:
        folder = (data_dir / "photos").absolute()
        return Storage(LocalStore(folder, mkdir=True), folder)
    try:
        return Storage(from_url(address, **_patience(address)))
    except (BaseError, ValueError) as wrong:
        raise BadSetting(
            f"The photo store “{address}” cannot be used: {wrong}.",
            mend="Use s3://bucket/prefix, or leave it empty for the data folder.",
            setting="photo_store",
        ) from wrong


def _patience(address: str) -> dict[str, Any]:
    if not address.startswith(("s3://", "s3a://", "gs://", "az://", "azure://", "https://")):
        return {}
    return {"retry_config": {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}}


def _key(sha256: str, version: Version) -> str:
    return f"{sha256[:2]}/{sha256}" + ("" if version is Version.ORIGINAL else f".{version}")


def _make_durable(path: Path) -> None:
    for each in (path, path.parent, path.parent.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _told(verb: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as missing:
        raise BytesMissing("No such bytes are stored.") from missing
    except (BaseError, OSError) as down:
        raise StorageUnavailable(f"The photo store could not {verb} it: {down}.", mend="Try again later.") from down
