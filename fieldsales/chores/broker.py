"""Chores by Celery: a task is the id of a job, and does that job. The only module that knows Celery.

The books are in our database, not with the broker: a message that is lost is sent again after a while, one that comes
twice finds its job taken or done. No result backend and no beat are needed.
"""

from __future__ import annotations

import logging
import threading
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from kombu.exceptions import OperationalError

from fieldsales.chores.worker import Worker
from fieldsales.errors import Unavailable

TASK = "fieldsales.jobs.run"
_log = logging.getLogger("fieldsales.jobs")


def make_celery(broker: str, queue: str) -> Celery:
    """Return Celery before a broker; `filesystem:///a/folder` needs no server, for one machine."""
    address = urlsplit(broker)
    app = Celery("fieldsales", set_as_current=False)
    app.conf.update(
        broker_url=broker,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"socket_timeout": 10, "socket_connect_timeout": 10},
        task_default_queue=queue,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_publish_retry_policy={"max_retries": 1},
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
    )
    if address.scheme == "filesystem":
        folder = Path(address.path)
        for each in ("messages", "done", "control"):
            (folder / each).mkdir(parents=True, exist_ok=True)
        app.conf.broker_url = "filesystem://"
        app.conf.broker_transport_options = {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "processed_folder": str(folder / "done"),
            "control_folder": str(folder / "control"),
        }
    return app


@dataclass
class Dispatcher:
    """Plans what is due and tells the broker of it."""

    worker: Worker

    @cached_property
    def app(self) -> Celery:
        """Celery before the broker of the settings."""
        settings = self.worker.settings
        return make_celery(settings.celery_broker, settings.celery_queue)

    def send(self) -> int:
        """Plan, then tell the broker of the jobs that may be taken; return how many. Raises `Unavailable`."""
        self.worker.plan()
        ids = self.worker.to_send()
        try:
            for job_id in ids:
                self.app.send_task(TASK, args=[str(job_id)])
        except (OSError, OperationalError) as away:
            raise Unavailable(f"The broker does not answer: {away}.", mend="Check FIELDSALES_CELERY_BROKER.") from away
        return len(ids)

    def keep_on(self, stop: threading.Event, seconds: float) -> None:
        """Go on until told to stop; a broker or a database that is away is asked again."""
        while not stop.is_set():
            try:
                self.send()
            except Unavailable as away:
                _log.warning("%s", away)
            except Exception:
                _log.exception("The dispatcher stumbled")
            stop.wait(seconds)

    def work(self, threads: int) -> None:
        """Take tasks from the broker and do them until told to stop, a few at once."""
        worker, send = self.worker, self.send

        def run(job_id: str) -> None:
            done = worker.work_once(uuid.UUID(job_id))
            if done is not None:
                send()  # what waited for this one in its lane

        task: Any = self.app.task(name=TASK)
        task(run)
        quiet = ("--without-gossip", "--without-mingle", "--loglevel=WARNING")
        self.app.worker_main(["worker", "--pool=threads", f"--concurrency={threads}", "--hostname=jobs@%h", *quiet])
