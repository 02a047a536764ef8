"""Photo bytes arrive in pieces, over bad networks and restarts, and are exactly what was announced."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from worlds.small_town import NOON

from fieldsales.db.session import reading
from fieldsales.storage import open_storage
from fieldsales.visits.models import Photo
from sync import files
from sync import uploads as uploading
from sync.models import Upload
from sync.parts import UploadBusy, open_part

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
SHA = hashlib.sha256(JPEG).hexdigest()


@pytest.fixture
def uploads(town, tmp_path):
    """A way in for bytes, onto this machine's disk."""
    return files.Files(town.engine, open_storage("", tmp_path), tmp_path / "uploads", most_bytes=1_000_000)


@pytest.fixture
def photo_id(town):
    """A photo that Anna announced from the Bakery."""
    return announce(town, "Bakery")


SIZE = len(JPEG)


def announce(town, shop, sha256=SHA, size=SIZE):
    visit = town.anna.check_in(town.customers[shop])["data"]["visit_id"]
    photo = town.anna.photo(visit, sha256, size)["entity"]["id"]
    assert all(each.status == "applied" for each in town.anna.deliver(town.engine))
    return uuid.UUID(photo)


def anna(town):
    return town.anna.who.user_id


def photo_of(town, photo_id):
    with reading(town.engine) as session:
        return session.get_one(Photo, photo_id)


def rows(town):
    """How far each upload in the books is."""
    with reading(town.engine) as session:
        return dict(session.execute(select(Upload.id, Upload.received_bytes)).all())


def test_bytes_in_pieces_become_the_photo(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    assert (begun.offset, begun.complete) == (0, False)
    halfway = uploads.append(anna(town), begun.id, 0, [JPEG[:100], JPEG[100:5000]], NOON)
    assert (halfway.offset, halfway.complete) == (5000, False)
    assert photo_of(town, photo_id).stored_at is None
    done = uploads.append(anna(town), begun.id, 5000, [JPEG[5000:]], NOON)
    assert (done.offset, done.complete) == (len(JPEG), True)
    assert photo_of(town, photo_id).stored_at == NOON
    assert uploads.storage.get(SHA) == JPEG
    assert not any(uploads.folder.iterdir())


def test_a_stored_photo_reaches_the_phone_with_its_visit(town, uploads, photo_id):
    town.anna.pull(town.engine)
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG], NOON)
    town.anna.pull(town.engine)
    [visit] = [document for (entity, _), document in town.anna.store.items() if entity == "visit"]
    assert visit["photos"][0]["stored_at"] == NOON.isoformat()


def test_what_came_before_the_line_broke_is_kept(town, uploads, photo_id):
    def breaking():
        yield JPEG[:3000]
        raise ConnectionResetError

    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    with pytest.raises(ConnectionResetError):
        uploads.append(anna(town), begun.id, 0, breaking(), NOON)
    assert uploads.status(anna(town), begun.id, NOON).offset == 3000
    assert uploads.append(anna(town), begun.id, 3000, [JPEG[3000:]], NOON).complete


def test_another_process_goes_on_where_the_first_died(town, uploads, photo_id, tmp_path):
    """Bytes that were written but never told to be durable are written anew."""
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG[:2000]], NOON)
    with next(uploads.folder.iterdir()).open("ab") as part:
        part.write(b"half a write, cut off by a power failure")
    after = files.Files(town.engine, open_storage("", tmp_path), tmp_path / "uploads", most_bytes=1_000_000)
    assert after.status(anna(town), begun.id, NOON).offset == 2000
    assert after.append(anna(town), begun.id, 2000, [JPEG[2000:]], NOON).complete


def test_a_crash_between_the_last_byte_and_the_end_is_made_good_by_asking(town, uploads, photo_id, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    with monkeypatch.context() as dying:
        dying.setattr(files, "_complete", die)
        with pytest.raises(Killed):
            uploads.append(anna(town), begun.id, 0, [JPEG], NOON)
    assert photo_of(town, photo_id).stored_at is None
    assert uploads.status(anna(town), begun.id, NOON).complete
    assert photo_of(town, photo_id).stored_at == NOON


def test_a_disk_that_lost_the_bytes_is_owned_up_to(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG[:2000]], NOON)
    next(uploads.folder.iterdir()).unlink()
    with pytest.raises(uploading.OffsetMismatch):
        uploads.append(anna(town), begun.id, 2000, [JPEG[2000:]], NOON)
    assert uploads.status(anna(town), begun.id, NOON).offset == 0
    assert uploads.append(anna(town), begun.id, 0, [JPEG], NOON).complete


def test_long_uploads_are_durable_while_they_run(town, uploads, monkeypatch):
    """A kill in the middle of one long request costs at most what came since the last checkpoint."""
    monkeypatch.setattr(files, "CHECKPOINT", 1000)
    photo_id = announce(town, "Bakery")
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    seen = []

    def watched():
        for at in range(0, len(JPEG), 500):
            seen.append(uploads.status(anna(town), begun.id, NOON).offset)
            yield JPEG[at : at + 500]

    uploads.append(anna(town), begun.id, 0, watched(), NOON)
    assert seen[:6] == [0, 0, 1000, 1000, 2000, 2000]


def test_known_bytes_do_not_travel_again(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG], NOON)
    again = announce(town, "Corner")
    state = uploads.create(anna(town), again, len(JPEG), NOON)
    assert state.complete
    assert state.offset == state.length
    with reading(town.engine) as session:
        flags = session.scalar(select(Photo.flags).where(Photo.id == again))
    assert flags == ["photo_reused"]


def announced_by_ben(town, shop="Fish", size=SIZE, **more):
    visit = town.ben.check_in(town.customers[shop])["data"]["visit_id"]
    photo = town.ben.photo(visit, SHA, size)
    photo["data"].update(more)
    answer = town.ben.deliver(town.engine)[-1]
    assert answer.flags == ("photo_reused",)
    return uuid.UUID(photo["entity"]["id"]), answer.result["bytes_needed"]


def test_bytes_of_another_rep_are_asked_for_again(town, uploads, photo_id):
    """Whoever knows a digest does not have the photo, and does not learn whether it is stored."""
    early, needed = announced_by_ben(town)
    uploads.append(anna(town), uploads.create(anna(town), photo_id, SIZE, NOON).id, 0, [JPEG], NOON)
    late, needed_still = announced_by_ben(town)
    assert (needed, needed_still) == (True, True)
    assert (photo_of(town, early).stored_at, photo_of(town, late).stored_at) == (None, None)
    ben = town.ben.who.user_id
    begun = uploads.create(ben, late, SIZE, NOON)
    assert (begun.offset, begun.complete) == (0, False)
    assert uploads.append(ben, begun.id, 0, [JPEG], NOON).complete
    assert (photo_of(town, early).stored_at, photo_of(town, late).stored_at) == (NOON, NOON)


def test_bytes_from_a_customer_that_the_rep_serves_are_known(town, uploads):
    """Such photos come to the rep's phone anyway, digest and all."""
    photo_id = announce(town, "Fish")
    uploads.append(anna(town), uploads.create(anna(town), photo_id, SIZE, NOON).id, 0, [JPEG], NOON)
    again, needed = announced_by_ben(town)
    assert not needed
    assert photo_of(town, again).stored_at == NOON


@pytest.mark.parametrize("told", [{"size_bytes": 7}, {"content_type": "image/png"}])
def test_bytes_are_known_only_if_they_are_told_alike(town, uploads, told):
    photo_id = announce(town, "Fish")
    uploads.append(anna(town), uploads.create(anna(town), photo_id, SIZE, NOON).id, 0, [JPEG], NOON)
    again, needed = announced_by_ben(town, **told)
    assert needed
    size = told.get("size_bytes", SIZE)
    assert not uploads.create(town.ben.who.user_id, again, size, NOON).complete


@pytest.mark.parametrize("sent", [JPEG[:-1] + b"\x00", bytes(len(JPEG))])
def test_other_bytes_than_announced_are_thrown_away(town, uploads, photo_id, sent):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    with pytest.raises(uploading.Corrupt):
        uploads.append(anna(town), begun.id, 0, [sent], NOON)
    with pytest.raises(uploading.UploadUnknown):
        uploads.status(anna(town), begun.id, NOON)
    assert not uploads.storage.exists(SHA)
    assert not any(uploads.folder.iterdir())


def test_a_program_called_a_picture_is_refused(town, uploads):
    program = b"MZ" + bytes(500)
    sha256 = hashlib.sha256(program).hexdigest()
    begun = uploads.create(anna(town), announce(town, "Bakery", sha256, len(program)), len(program), NOON)
    with pytest.raises(uploading.NotAPicture, match="no picture"):
        uploads.append(anna(town), begun.id, 0, [program], NOON)
    assert not uploads.storage.exists(sha256)


def test_more_bytes_than_the_length_are_refused_and_the_rest_kept(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    with pytest.raises(uploading.UploadTooLarge):
        uploads.append(anna(town), begun.id, 0, [JPEG[:9000], JPEG], NOON)
    assert uploads.status(anna(town), begun.id, NOON).offset == 9000


def test_sizes_are_checked_before_a_byte_travels(town, uploads, photo_id):
    with pytest.raises(uploading.SizeMismatch):
        uploads.create(anna(town), photo_id, len(JPEG) - 1, NOON)
    with pytest.raises(uploading.UploadTooLarge):
        uploads.create(anna(town), photo_id, 1_000_001, NOON)


def test_bytes_from_the_wrong_offset_are_refused(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG[:10]], NOON)
    for offset in (0, 9, 11):
        with pytest.raises(uploading.OffsetMismatch):
            uploads.append(anna(town), begun.id, offset, [JPEG[10:]], NOON)


def test_an_upload_is_its_owners_alone(town, uploads, photo_id):
    ben = town.ben.who.user_id
    with pytest.raises(uploading.PhotoUnknown):
        uploads.create(ben, photo_id, len(JPEG), NOON)
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    with pytest.raises(uploading.UploadUnknown):
        uploads.status(ben, begun.id, NOON)
    with pytest.raises(uploading.UploadUnknown):
        uploads.append(ben, begun.id, 0, [JPEG], NOON)
    with pytest.raises(uploading.UploadUnknown):
        uploads.terminate(ben, begun.id, NOON)


def test_two_requests_do_not_write_to_one_upload(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    with open_part(uploads.folder, begun.id), pytest.raises(UploadBusy):
        uploads.append(anna(town), begun.id, 0, [JPEG], NOON)


def test_an_abandoned_upload_expires_and_leaves_no_file(town, uploads, photo_id):
    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    uploads.append(anna(town), begun.id, 0, [JPEG[:10]], NOON + timedelta(hours=20))
    assert uploads.expire(NOON + timedelta(hours=25)) == 0
    with pytest.raises(uploading.UploadUnknown):
        uploads.status(anna(town), begun.id, NOON + timedelta(hours=45))
    assert uploads.expire(NOON + timedelta(hours=45)) == 1
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

    monkeypatch.setattr(files.Files, "expire", broken)
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
