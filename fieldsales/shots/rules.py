"""What one photo tells about when and where it was taken, and whether it was shown before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo of the visit. `taken` is when the camera says, by a clock that we trust (`sure`) or in local time.

    `bits_apart` is how far the likest stored picture of another visit is (0 to 64, None: there is none like it);
    `same_bytes` and `same_customer` are of that one. `grating_db` is how far a periodic pattern of colours stands out.
    """

    kind: str
    taken: datetime | None = None
    sure: bool = False
    spot: tuple[float, float] | None = None
    bits_apart: int | None = None
    same_bytes: bool = False
    same_customer: bool = False
    clock_odd: bool = False
    grating_db: float = 0.0
