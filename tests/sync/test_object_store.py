"""Photos kept in an object store that speaks S3: sent, resumed, shown, and safe while it is down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from worlds.object_store import ADDRESS, bucket
from worlds.phone_town import PhoneTown
from worlds.pictures import read, shelf, written
from worlds.small_town import NOON
from worlds.uploads import JPEG, SHA, SIZE, anna, announce, photo_of, send

from fieldsales.photos.service import view
from fieldsales.storage import BytesMissing, StorageUnavailable, Version, open_storage
from sync.files import Files


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """A bucket to which the environment leads."""
    with bucket() as (server, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def uploads(town: PhoneTown, tmp_path: Path, store: object) -> Files:
    """A way in for bytes, onto the bucket."""
    return Files(town.engine, open_storage(ADDRESS, tmp_path), tmp_path / "uploads", most_bytes=20_000_000)


def test_photos_and_what_is_shown_of_them_lie_in_the_bucket(town, uploads, photo_id, tmp_path):
    assert not uploads.storage.exists(SHA)
    send(town, uploads, photo_id)
    assert uploads.storage.get(SHA) == JPEG
    assert read(view(uploads.storage, photo_of(town, photo_id), Version.SHOWN)).size == (240, 180)
    assert uploads.storage.exists(SHA, Version.THUMBNAIL)
    assert not (tmp_path / "photos").exists()
    with pytest.raises(BytesMissing):
        uploads.storage.get("00" * 32)


def test_a_large_photo_goes_up_in_parts(town, uploads):
    """Beyond 5 MB an object store takes several parts; nothing is there before the last."""
    picture = written(shelf(3, (2400, 1800)), "PNG", compress_level=1)
    assert len(picture) > 5 << 20
    photo_id = announce(town, "Bakery", picture, content_type="image/png")
    send(town, uploads, photo_id, picture)
    assert uploads.storage.get(photo_of(town, photo_id).sha256) == picture


def test_another_process_goes_on_with_an_upload_to_the_bucket(town, uploads, photo_id, tmp_path):
    begun = uploads.create(anna(town), photo_id, SIZE, NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG[:2000]], NOON)
    after = Files(town.engine, open_storage(ADDRESS, tmp_path), tmp_path / "uploads", most_bytes=1_000_000)
    assert after.status(anna(town), begun.id, NOON).offset == 2000
    assert after.append(anna(town), begun.id, 2000, [JPEG[2000:]], NOON).complete
    assert after.storage.get(SHA) == JPEG


def test_a_bucket_that_is_down_loses_nothing(town, uploads, store, tmp_path, monkeypatch):
    photo_id = announce(town, "Bakery")
    begun = uploads.create(anna(town), photo_id, SIZE, NOON)
    store.stop()
    with pytest.raises(StorageUnavailable):
        uploads.append(anna(town), begun.id, 0, [JPEG], NOON)
    with pytest.raises(StorageUnavailable):
        uploads.status(anna(town), begun.id, NOON)
    assert photo_of(town, photo_id).stored_at is None
    with bucket() as (_, environment):
        monkeypatch.setenv("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"])
        back = Files(town.engine, open_storage(ADDRESS, tmp_path), tmp_path / "uploads", most_bytes=1_000_000)
        assert back.status(anna(town), begun.id, NOON).complete
        assert back.storage.get(SHA) == JPEG
    assert photo_of(town, photo_id).stored_at == NOON
