"""Bytes that are here already do not travel again, and nobody learns what others have."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select
from worlds.small_town import NOON
from worlds.uploads import JPEG, SHA, SIZE, anna, announce, photo_of

from fieldsales.db.session import reading
from fieldsales.visits.models import Photo


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
