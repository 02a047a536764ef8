"""The small town behind its API."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from worlds import web as webs


@pytest.fixture
def web(engine: Engine) -> webs.Web:
    """The small town on either database."""
    return webs.build(engine)


@pytest.fixture
def small_web(sqlite_engine: Engine) -> webs.Web:
    """The small town on SQLite, for what no database can change."""
    return webs.build(sqlite_engine)
