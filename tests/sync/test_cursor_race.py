"""Eight writers commit out of order while a phone pulls: nothing is missed, and the obvious cursors do miss.

`--race-rows 24000` makes the race long.
"""

from __future__ import annotations

from collections import Counter

import databases
import pytest
from sqlalchemy import Engine
from worlds.cursor_race import race

RACES = 8
"""At most so many, until each of the obvious cursors has missed something."""


@pytest.mark.slow
def test_a_pull_misses_nothing_where_naive_cursors_do(postgresql_engine: Engine, pytestconfig: pytest.Config) -> None:
    missed: Counter[str] = Counter()
    for _ in range(RACES):
        reader, written = race(postgresql_engine, pytestconfig.getoption("race_rows"))
        missed.update({name: len(written - seen) for name, seen in reader.naive.items()})
        print(f"{len(written)} rows on PostgreSQL: the cursor missed {len(written - reader.seen)}, {dict(missed)}")
        assert written - reader.seen == set()
        if all(missed.values()):
            break
        databases.empty(postgresql_engine)
    assert all(missed.values()), "these races could not have shown anything"


@pytest.mark.slow
def test_nor_does_it_on_sqlite(sqlite_engine: Engine, pytestconfig: pytest.Config) -> None:
    """Writers queue there, so that a counter is safe; the time of writing is not, as they take it and then wait."""
    reader, written = race(sqlite_engine, pytestconfig.getoption("race_rows") // 4)
    missed = {name: len(written - seen) for name, seen in reader.naive.items()}
    print(f"{len(written)} rows on SQLite: the cursor missed {len(written - reader.seen)}, {missed}")
    assert written - reader.seen == set()
    assert missed["seq"] == 0
    assert missed["updated_at"]
