"""A worker in the terminal: the same round again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from fieldsales.errors import Unavailable


def keep_on(once: Callable[[], None], every: float | None) -> None:
    """Do a round, and go on with so many seconds between rounds (None: only once).

    A database that does not answer for a while ends no worker that goes on; it is told each time.
    """
    while True:
        try:
            once()
        except Unavailable as away:
            if every is None:
                raise
            click.echo(f"fieldsales: {away}  [{away.code}]", err=True)
        if every is None:
            return
        time.sleep(every)
