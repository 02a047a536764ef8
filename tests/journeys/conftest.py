"""A town whose clock the test sets, and the phones in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from phone import Phone
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine
from worlds import small_town
from worlds.browser import chromium, log_in
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for all of these."""
    with chromium() as started:
        yield started


@pytest.fixture
def desk_town(sqlite_engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The served small town; the browser does not mind which database."""
    with serve(sqlite_engine, tmp_path, TownClock(small_town.NOON)) as served:
        yield served


@pytest.fixture
def page(browser: Browser, desk_town: ServedTown) -> Iterator[Page]:
    """Max the manager, logged in at the console on the town's Monday; no script of his page fails."""
    context = browser.new_context(viewport={"width": 1200, "height": 860}, locale="en-GB", bypass_csp=False)
    page = context.new_page()
    page.clock.set_fixed_time(small_town.NOON)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    log_in(page, desk_town.base, "max", PASSWORD)
    yield page
    assert failed == []
    context.close()
