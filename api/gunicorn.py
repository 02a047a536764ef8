"""How gunicorn serves us: `gunicorn --config python:api.gunicorn`. Options on the command line come before these.

The app is imported once, before the workers part from it, so that they share what they only read: a worker then has
little more memory of its own than it works with.
"""

from __future__ import annotations

import gc
from typing import Any

wsgi_app = "api.wsgi:app"
worker_class = "gthread"
threads = 64
"""Many: a phone on a slow network holds one for the length of its upload, one that listens for news for minutes."""
preload_app = True
keepalive = 60


def when_ready(server: Any) -> None:
    """Have the machine code of searches ready, so that no rep waits for it.

    Then put what is there out of reach of the garbage collector: looking at it would make each worker a copy of it.
    """
    from routing.ready import prepare  # noqa: PLC0415 -- the app is imported by now

    prepare()
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Have streams of news end with the worker: its own handlers have taken the place of those set on import.

    And have each worker do chores beside its requests, unless they are done apart: workers share them out by claims.
    """
    from api.sync.stream import end_streams_on_signals  # noqa: PLC0415 -- the app is imported by now
    from fieldsales.chores.background import begin_in_server  # noqa: PLC0415
    from fieldsales.config import Settings  # noqa: PLC0415

    end_streams_on_signals(worker.app.wsgi())
    begin_in_server(Settings.from_environment())
