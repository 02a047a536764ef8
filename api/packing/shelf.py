"""A small shelf of answers that are packed and may be asked for again soon, kept by their ETag."""

from __future__ import annotations

import threading
from collections import OrderedDict

ROOM_BYTES = 8 * 1024 * 1024


class Shelf:
    """Holds at most `room` bytes; what was not asked for the longest makes way. Safe among threads."""

    def __init__(self, room: int = ROOM_BYTES) -> None:
        self._room, self._held = room, 0
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> bytes | None:
        """Return what is kept under a tag, and keep it longer."""
        with self._lock:
            body = self._bodies.get(tag)
            if body is not None:
                self._bodies.move_to_end(tag)
            return body

    def put(self, tag: str, body: bytes) -> None:
        """Keep a body; one that is larger than a quarter of the shelf is not kept."""
        if len(body) > self._room // 4:
            return
        with self._lock:
            self._held += len(body) - len(self._bodies.pop(tag, b""))
            self._bodies[tag] = body
            while self._held > self._room:
                self._held -= len(self._bodies.popitem(last=False)[1])
