"""What this server knows to do, as something that a mutation of an unknown type can wait for."""

from __future__ import annotations

import uuid
from functools import lru_cache

from sync.handlers.registry import HANDLERS

_SKILLS = uuid.UUID("4c6f1d0e-52b7-5d0a-9c39-9a1f0e4b7d21")


@lru_cache(256)
def skill(kind: str, version: int) -> uuid.UUID:
    """Return what stands for a type of mutation in a version, among the things that are waited for."""
    return uuid.uuid5(_SKILLS, f"{kind} {version}")


def skills() -> set[uuid.UUID]:
    """Return what this server knows to do by now. Whatever waits for it is set free at the user's next push."""
    return {skill(*each) for each in HANDLERS}
