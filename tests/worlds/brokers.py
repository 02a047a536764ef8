"""Brokers for Celery: those servers that answer on this machine, and always the one that is a folder."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

SERVERS = {
    "redis": os.environ.get("TEST_REDIS", "redis://127.0.0.1:6379/9"),
    "rabbitmq": os.environ.get("TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//"),
}


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), 2).close()
    except OSError:
        return False
    return True


def reachable() -> list[str]:
    """Return which brokers can be tested against."""
    return [*(name for name, address in SERVERS.items() if _answers(address)), "folder"]


def address_of(name: str, folder: Path) -> str:
    """Return the address of a broker; that of the folder is below `folder`."""
    return SERVERS.get(name) or f"filesystem://{folder}/broker"


def forget(address: str, queue: str) -> None:
    """Delete a queue that a test made."""
    from fieldsales.chores.broker import make_celery  # noqa: PLC0415 -- seconds that no other test has to wait

    with make_celery(address, queue).connection_for_write() as connection, connection.channel() as channel:
        channel.queue_delete(queue)


def describe() -> str:
    """Say which are used and which do not answer."""
    found = reachable()
    away = [name for name in SERVERS if name not in found]
    return ", ".join(found) + (f"; not reachable and not tested: {', '.join(away)}" if away else "")
