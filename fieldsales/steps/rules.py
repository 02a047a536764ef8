"""Where a planned visit stands, as its history tells it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Spot:
    """A rep's day on which a planned visit stands."""

    rep_id: uuid.UUID
    day: date
