"""Workers of Celery, killed amid their jobs: whatever the broker forgets or tells twice, every unit is done once.

The servers that answer are tested against, and Celery's folder always; the head of the test report says which.
"""

from __future__ import annotations

import random
import uuid
from pathlib import Path

import pytest
from kills.test_jobs import NIGHTS, Crew, account, kill_until_all_is_done, nights_missed
from sqlalchemy import Engine
from worlds import brokers


@pytest.mark.slow
@pytest.mark.parametrize("broker", brokers.reachable())
def test_missed_nights_are_caught_up_by_celery_however_often_it_is_killed(
    postgresql_engine: Engine, tmp_path: Path, broker: str
) -> None:
    nights_missed(postgresql_engine)
    address, queue = brokers.address_of(broker, tmp_path), f"fieldsales.test.{uuid.uuid4().hex}"
    crew = Crew(postgresql_engine.url.render_as_string(hide_password=False), address, queue, many=2)
    try:
        kill_until_all_is_done(postgresql_engine, crew, random.Random(11), kills=NIGHTS + 1)
    finally:
        crew.end()
        brokers.forget(address, queue)
    account(postgresql_engine)
