"""A little server that speaks OSRM's HTTP interface for a town with one-way streets, and can be made to fail."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

Position = tuple[float, float]


@dataclass
class Town:
    """What the server knows and how it misbehaves.

    Driving east or north takes 100 s for each hundredth of a degree, back 250 s: every street is one-way somewhere.
    `islands` have no way to or from them, `nowhere` no street at all, `off_road` lie that many metres from one.
    """

    most: int = 100
    islands: set[Position] = field(default_factory=set)
    nowhere: set[Position] = field(default_factory=set)
    off_road: dict[Position, float] = field(default_factory=dict)
    drip_s: float = 0.0
    says: tuple[int, bytes] | None = None
    asked: list[tuple[int, int]] = field(default_factory=list)
    url: str = ""

    def seconds(self, a: Position, b: Position) -> float | None:
        """How long a drive takes."""
        if a != b and {a, b} & self.islands:
            return None
        return sum((100.5 if there > here else -250.5) * (there - here) * 100 for here, there in zip(a, b, strict=True))


class _Handler(BaseHTTPRequestHandler):
    town: Town

    def do_GET(self) -> None:
        status, body = self.town.says or self._answer()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in range(len(body)) if self.town.drip_s else ():
            time.sleep(self.town.drip_s)
            try:
                self.wfile.write(body[byte : byte + 1])
                self.wfile.flush()
            except OSError:
                return
        if not self.town.drip_s:
            self.wfile.write(body)

    def log_message(self, *said: object) -> None:  # type: ignore[override]
        """Say nothing."""

    def _answer(self) -> tuple[int, bytes]:
        split = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        service, version, _profile, written = split.path.strip("/").split("/")
        assert version == "v1"
        places = [tuple(float(part) for part in each.split(",")) for each in written.split(";")]
        told = (self._table if service == "table" else self._route)(places, query)  # type: ignore[arg-type]
        return (200 if told["code"] == "Ok" else 400), json.dumps(told).encode()

    def _table(self, places: list[Position], query: dict[str, str]) -> dict[str, Any]:
        town = self.town
        assert query["annotations"] == "duration,distance"
        rows, columns = ([int(n) for n in query[name].split(";")] for name in ("sources", "destinations"))
        if len(rows) * len(columns) > town.most**2:
            return {"code": "TooBig", "message": "Too many table coordinates"}
        for number, place in enumerate(places):
            if place in town.nowhere:
                return {"code": "NoSegment", "message": f"Could not find a matching segment for coordinate {number}"}
        town.asked.append((len(rows), len(columns)))
        durations = [[town.seconds(places[a], places[b]) for b in columns] for a in rows]
        return {
            "code": "Ok",
            "durations": durations,
            "distances": [[None if s is None else s * 10 for s in row] for row in durations],
            "sources": [self._waypoint(places[a]) for a in rows],
            "destinations": [self._waypoint(places[b]) for b in columns],
        }

    def _waypoint(self, place: Position) -> dict[str, Any]:
        return {"location": list(place), "name": "", "distance": self.town.off_road.get(place, 3.2)}

    def _route(self, places: list[Position], query: dict[str, str]) -> dict[str, Any]:
        assert query["geometries"] == "geojson"
        legs = []
        for a, b in pairwise(places):
            if self.town.seconds(a, b) is None:
                return {"code": "NoRoute", "message": "Impossible route between points"}
            corner = [b[0], a[1]]
            steps = [[list(a), corner], [corner, list(b)], [list(b), list(b)]]
            legs.append({"steps": [{"geometry": {"type": "LineString", "coordinates": step}} for step in steps]})
        return {"code": "Ok", "routes": [{"legs": legs}]}


@contextmanager
def osrm_server(town: Town) -> Iterator[Town]:
    """Serve a town on a free port; its `url` says where."""
    handler = type("Handler", (_Handler,), {"town": town})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    town.url = re.sub(r"/$", "", f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield town
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
