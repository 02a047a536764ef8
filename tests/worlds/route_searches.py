"""Problems for searches over HTTP, and what is told while they run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

SEARCHES = "/api/v1/route-searches"


def problem(many: int) -> dict[str, Any]:
    """A rep's day with so many shops around the office, more than fit for 40 and up."""
    stops = [
        {
            "id": f"shop {n}",
            "at": {"lat": 52 + n * 7 % 50 / 200, "lon": 5 + n * 13 % 50 / 200},
            "service_s": 1200,
            "windows": [{"opens_s": 30_000 + n % 5 * 1800, "closes_s": 60_000}],
            "prize": 10 + n % 7,
        }
        for n in range(many)
    ]
    return {"start": {"lat": 52, "lon": 5}, "shift": {"opens_s": 30_000, "closes_s": 61_000}, "stops": stops}


def long_one() -> dict[str, Any]:
    """A search that goes on for minutes unless it is cancelled."""
    return {"problem": problem(180), "seconds": 120}


def events(chunks: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream, each with its data."""
    rest = ""
    for chunk in chunks:
        rest += chunk
        while "\n\n" in rest:
            block, rest = rest.split("\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in fields:
                yield fields["event"], json.loads(fields["data"])
