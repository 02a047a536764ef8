"""Targets that are alike are asked about together, and told as if each were asked about alone."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.resulting import ordered, visited
from worlds.small_town import SmallTown

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def town(session: Session) -> SmallTown:
    """Both reps sold and visited, this month and in the months before."""
    town = small_town.build(session)
    for month in range(1, 4):
        for day, rep, shop in ((3, town.anna, "Bakery"), (4, town.ben, "Fish"), (5, town.anna, "Corner")):
            on = date(2026, month, day)
            visited(session, town, shop, on, rep=rep)
            ordered(session, town, shop, on, rep=rep)
    return town
