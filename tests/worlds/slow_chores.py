"""A worker in a process of its own, with a chore that does many small units, so that it can be killed amid them.

`python slow_chores.py ADDRESS` works on that database until it is killed; with the address of a broker and a queue it
is a worker of Celery.
"""

from __future__ import annotations

import sys
import threading
import time as clocks
from datetime import time

from fieldsales.chores.background import Background, dispatcher
from fieldsales.chores.chore import Chore, Context, Result
from fieldsales.chores.worker import Worker
from fieldsales.config import Settings
from fieldsales.db.engine import make_engine
from fieldsales.jobs.rules import CatchUp, Daily
from fieldsales.people.models import Territory

UNITS = 40
UNIT_S = 0.02
LEASE_S = 1.0


def add_units(context: Context) -> Result:
    """Make a territory for each unit, which fails if one is there already; go on behind those that are noted."""
    for number in range(context.notes.get("done", 0), UNITS):
        with context.transaction() as session:
            code = f"{context.slot.due_at:%m-%d}/{number}"
            session.add(Territory(code=code, name="", time_zone="UTC", region="GR", currency="EUR"))
            context.remember(session, done=number + 1)
            session.flush()
            clocks.sleep(UNIT_S / 2)
        context.progress(number + 1, UNITS)
        clocks.sleep(UNIT_S / 2)
    return {"units": UNITS}


CHORES = (Chore("test.units", "Many units", Daily(time(2)), add_units, CatchUp.EACH, tries=1000),)


def settings_for(database_url: str, broker: str = "", queue: str = "none") -> Settings:
    """Return settings with which a worker that was killed is soon missed."""
    return Settings(database_url, jobs_seconds=0.1, jobs_lease=LEASE_S, celery_broker=broker, celery_queue=queue)


def main(database_url: str, broker: str = "", queue: str = "none") -> None:
    """Work."""
    settings = settings_for(database_url, broker, queue)
    worker = Worker(make_engine(database_url), settings, CHORES)
    if broker:
        Background(settings, CHORES).begin()
        dispatcher(worker).work(2)
    else:
        worker.keep_on(threading.Event(), settings.jobs_seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
