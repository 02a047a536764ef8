"""What is no photo, not the announced one, or not one's own, is refused."""

from __future__ import annotations

import pytest
from worlds.small_town import NOON
from worlds.uploads import JPEG, SHA, anna, announce, photo_of

from fieldsales.darkroom.developing import NotAPicture
from fieldsales.photos.queries import PhotoUnknown
from sync import uploads as uploading
from sync.parts import UploadBusy, open_part


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
    photo = photo_of(town, announce(town, "Bakery", program))
    begun = uploads.create(anna(town), photo.id, len(program), NOON)
    with pytest.raises(NotAPicture, match="no picture"):
        uploads.append(anna(town), begun.id, 0, [program], NOON)
    assert not uploads.storage.exists(photo.sha256)


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
    with pytest.raises(PhotoUnknown):
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
