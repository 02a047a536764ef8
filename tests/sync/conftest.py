"""The world that these tests play in."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import Engine
from worlds import phone_town
from worlds import uploads as on_their_way

from sync.files import Files


@pytest.fixture
def town(engine: Engine) -> phone_town.PhoneTown:
    """The small town with two phones, on either database."""
    return phone_town.build(engine)


@pytest.fixture
def uploads(town: phone_town.PhoneTown, tmp_path: Path) -> Files:
    """A way in for bytes, onto this machine's disk."""
    return on_their_way.way_in(town, tmp_path)


@pytest.fixture
def photo_id(town: phone_town.PhoneTown) -> uuid.UUID:
    """A photo that Anna announced from the Bakery."""
    return on_their_way.announce(town, "Bakery")
