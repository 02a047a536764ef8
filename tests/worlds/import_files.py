"""Files to import over HTTP, and somebody who hands them over and waits for what becomes of them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

PATH = "/api/v1/imports"
PATIENCE_S = 180
UNDER_WAY = ("waiting", "running")

MESSY = (
    "\ufeffStore;Name;Lat;Lon;Tel\n"
    "S1;Kiosk am Ring;52,37;4,90;020 624 1111\n"
    "S2;Bäckerei Süd;52,36;4,91;\n"
    "S3;;52,35;4,92;\n"
    "S4;Café Nord;412,0;4,93;\n"
)
"""Two shops that can be used, one without a name, and one on no place on earth."""


def messy_shops() -> bytes:
    """The file as a spreadsheet would save it."""
    return MESSY.encode()


def many_shops(many: int) -> bytes:
    """A list of so many shops, none of which is odd."""
    rows = (f"M{number},Shop {number},52.3,4.9\n" for number in range(many))
    return ("Store,Name,Lat,Lon\n" + "".join(rows)).encode()


class Importer:
    """Somebody who imports; `ask` sends a request and returns status and answer."""

    def __init__(self, ask: Callable[..., tuple[int, Any]]) -> None:
        self.ask = ask

    def hand_over(self, data: bytes, name: str = "shops.csv", file_id: str | None = None, status: int = 200) -> Any:
        """Hand a file over, under a new id if none is given."""
        path = f"{PATH}/{file_id or uuid.uuid4()}?name={name}"
        headers = {"Content-Type": "application/octet-stream"}
        found, answer = self.ask("PUT", path, data=data, headers=headers)
        assert found == status, answer
        return answer

    def begin(self, file: Any, status: int = 202, **wanted: Any) -> Any:
        """Have a file tried or imported."""
        found, answer = self.ask("POST", f"{PATH}/{file['id']}/runs", json={"kind": "customers"} | wanted)
        assert found == status, answer
        return answer

    def read(self, file: Any) -> Any:
        """How a file stands."""
        found, answer = self.ask("GET", f"{PATH}/{file['id']}")
        assert found == 200, answer
        return answer

    def wait(self, file: Any) -> Any:
        """Wait until the work on a file is over."""
        deadline = time.monotonic() + PATIENCE_S
        while (seen := self.read(file))["state"] in UNDER_WAY:
            assert time.monotonic() < deadline, seen
            time.sleep(0.1)
        return seen

    def run(self, file: Any, **wanted: Any) -> Any:
        """Have a file tried or imported, and wait for it."""
        self.begin(file, **wanted)
        return self.wait(file)
