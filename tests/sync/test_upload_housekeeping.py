"""What uploads leave behind is thrown away, and never what somebody still needs."""

from __future__ import annotations

import resource
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from worlds import phone_town
from worlds.small_town import NOON
from worlds.uploads import JPEG, SHA, SIZE, anna, announce, photo_of, rows, way_in

from sync import sweeping
from sync import uploads as uploading
from sync.parts import NoRoom


def test_an_abandoned_upload_expires_and_leaves_no_file(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG[:10]], NOON + timedelta(hours=20))
    assert sweeping.expire(town.engine, NOON + timedelta(hours=25)) == 0
    with pytest.raises(uploading.UploadUnknown):
        uploads.status(anna(town), begun.id, NOON + timedelta(hours=45))
    assert sweeping.expire(town.engine, NOON + timedelta(hours=45)) == 1
    assert sweeping.tidy(town.engine, uploads.folder) == 1
    assert not any(uploads.folder.iterdir())


def test_beginning_an_upload_sweeps_away_what_expired_at_most_once_an_hour(town, uploads, photo_id):
    def begin(hours):
        return uploads.create(anna(town), photo_id, SIZE, NOON + timedelta(hours=hours)).id

    first, second = begin(0), begin(0.6)
    uploads.append(anna(town), first, 0, [JPEG[:10]], NOON)
    begin(24.1)
    assert first not in rows(town)
    assert second in rows(town)
    assert not any(uploads.folder.iterdir())
    begin(24.7)
    assert second in rows(town), "not yet an hour after the last sweep"
    begin(25.2)
    assert second not in rows(town)


def test_a_sweep_that_fails_fails_nobodys_upload(town, uploads, photo_id, monkeypatch):
    def broken(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(sweeping, "expire", broken)
    assert uploads.create(anna(town), photo_id, SIZE, NOON).offset == 0


def test_a_photo_has_at_most_three_unfinished_uploads(town, uploads, photo_id):
    """The one that rested longest goes; the one that a phone goes on with stays, however often it begins anew."""
    going = uploads.create(anna(town), photo_id, SIZE, NOON).id
    for minute in range(1, 50):
        then = NOON + timedelta(minutes=minute)
        uploads.create(anna(town), photo_id, SIZE, then)
        uploads.append(anna(town), going, 10 * (minute - 1), [JPEG[10 * (minute - 1) : 10 * minute]], then)
    found = rows(town)
    assert len(found) == 3
    assert found[going] == 490
    assert [each.name for each in uploads.folder.iterdir()] == [f"{going.hex}.part"]


def test_the_file_of_an_upload_that_is_crowded_out_goes_with_it(town, uploads, photo_id):
    for minute in range(5):
        then = NOON + timedelta(minutes=minute)
        begun = uploads.create(anna(town), photo_id, SIZE, then)
        uploads.append(anna(town), begun.id, 0, [JPEG[:10]], then)
    assert {each.stem for each in uploads.folder.iterdir()} == {each.hex for each in rows(town)}
    assert len(rows(town)) == 3


def test_a_terminated_upload_is_gone(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG[:10]], NOON)
    uploads.terminate(anna(town), begun.id, NOON)
    with pytest.raises(uploading.UploadUnknown):
        uploads.status(anna(town), begun.id, NOON)
    assert not any(uploads.folder.iterdir())


def test_a_finished_upload_is_forgotten_after_a_day_and_its_photo_stays(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, SIZE, NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG], NOON)
    assert sweeping.expire(town.engine, NOON + timedelta(hours=23)) == 0
    with pytest.raises(uploading.UploadUnknown):
        uploads.status(anna(town), begun.id, NOON + timedelta(hours=24))
    assert sweeping.expire(town.engine, NOON + timedelta(hours=24)) == 1
    assert photo_of(town, photo_id).stored_at == NOON
    assert uploads.storage.get(SHA) == JPEG


def test_files_that_belong_to_no_upload_are_thrown_away_and_no_others(town, uploads, photo_id):
    going = uploads.create(anna(town), photo_id, SIZE, NOON)
    uploads.append(anna(town), going.id, 0, [JPEG[:10]], NOON)
    (uploads.folder / f"{uuid.uuid4().hex}.part").write_bytes(b"left by a crash")
    assert sweeping.tidy(town.engine, uploads.folder) == 1
    assert uploads.append(anna(town), going.id, 10, [JPEG[10:]], NOON).complete


def test_a_full_disk_is_told_and_what_was_acknowledged_stays(postgresql_engine, tmp_path):
    """The disk is as full as this process may fill it; the database lies elsewhere."""
    town = phone_town.build(postgresql_engine)
    uploads = way_in(town, tmp_path)
    begun = uploads.create(anna(town), announce(town, "Bakery"), SIZE, NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG[:2000]], NOON)
    with a_disk_of(3000), pytest.raises(NoRoom):
        uploads.append(anna(town), begun.id, 2000, [JPEG[2000:]], NOON)
    kept = uploads.status(anna(town), begun.id, NOON).offset
    assert 2000 <= kept <= 3000
    assert uploads.append(anna(town), begun.id, kept, [JPEG[kept:]], NOON).complete
    assert uploads.storage.get(SHA) == JPEG


@contextmanager
def a_disk_of(size):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
