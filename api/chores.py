"""Chores of the rooms between the business and HTTP, added to those of the business."""

from __future__ import annotations

from datetime import time

from fieldsales.chores.chore import Chore, Context, Result
from fieldsales.chores.registry import CHORES, by_code
from fieldsales.jobs.rules import Daily
from sync.forgetting import forget_held


def empty_held_tracks(context: Context) -> Result:
    """Take the positions out of tracks that waited for a review for longer than positions are kept."""
    total, done = 0, 1
    while done:
        with context.transaction() as session:
            done = forget_held(session, context.now())
        total += done
        context.progress(total)
    return {"tracks": total}


def add_chores() -> None:
    """Add them, once in a process."""
    if "tracks.empty_held" not in by_code():
        CHORES.append(Chore("tracks.empty_held", "Empty tracks held for long", Daily(time(3, 25)), empty_held_tracks))
