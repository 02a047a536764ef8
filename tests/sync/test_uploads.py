"""Photo bytes arrive in pieces, over bad networks and restarts, and are exactly what was announced."""

from __future__ import annotations

import pytest
from worlds.small_town import NOON
from worlds.uploads import JPEG, SHA, SIZE, anna, announce, photo_of, way_in

from sync import files
from sync import uploads as uploading


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
    after = way_in(town, tmp_path)
    assert after.status(anna(town), begun.id, NOON).offset == 2000
    assert after.append(anna(town), begun.id, 2000, [JPEG[2000:]], NOON).complete


def test_a_crash_between_the_last_byte_and_the_end_is_made_good_by_asking(town, uploads, photo_id, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    begun = uploads.create(anna(town), photo_id, len(JPEG), NOON)
    with monkeypatch.context() as dying:
        dying.setattr(files, "complete", die)
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


def test_a_request_that_ends_at_a_checkpoint_is_acknowledged_whole(town, uploads, photo_id, monkeypatch):
    monkeypatch.setattr(files, "CHECKPOINT", 1000)
    begun = uploads.create(anna(town), photo_id, SIZE, NOON)
    assert uploads.append(anna(town), begun.id, 0, [JPEG[:1000]], NOON).offset == 1000
    assert uploads.append(anna(town), begun.id, 1000, [JPEG[1000:]], NOON).complete
