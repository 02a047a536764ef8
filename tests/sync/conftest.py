"""The world that these tests play in."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from worlds import phone_town


@pytest.fixture
def town(engine: Engine) -> phone_town.PhoneTown:
    """The small town with two phones, on either database."""
    return phone_town.build(engine)
