"""A town whose clock the test sets, and the phones in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from phone import Phone
from sqlalchemy import Engine
from worlds import small_town
from worlds.served_town import PASSWORD, ServedTown, TownClock, serve


@dataclass
class Town(ServedTown):
    """A served small town in which people have phones."""

    def phone(self, login: str, **options: Any) -> Phone:
        """A phone on which somebody has logged in and loaded the scope."""
        phone = Phone(self.base, login, PASSWORD, self.clock, **options)
        phone.log_in()
        phone.receive()
        return phone


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Town]:
    """The served small town, as of Monday noon."""
    with serve(engine, tmp_path, TownClock(small_town.NOON)) as served:
        yield Town(served.base, served.engine, served.clock, served.world)


@pytest.fixture
def every_second_answer_is_lost() -> Callable[[], bool]:
    """A network on which requests arrive and every second answer does not."""
    count = iter(range(10**6))
    return lambda: next(count) % 2 == 1
