"""An ERP that listens on a real socket: it takes what it is told, fails when it is told to, or is slow."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Erp:
    """What it was sent, all of it and what it took; `answers` are used up one by one, then it says 200.

    A body that has `poison` in it always fails.
    """

    url: str = ""
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    down: bool = False
    poison: str | None = None
    slow_s: float = 0.0
    trickle: bool = False

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Take one request."""
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.seen.append((dict(handler.headers), body))
        status = 503 if self.down else self.answers.pop(0) if self.answers else 200
        if self.poison and self.poison.encode() in body:
            status = 500
        time.sleep(self.slow_s)
        if self.trickle:
            self._trickle(handler)
            return
        handler.send_response(status)
        if status == 302:
            handler.send_header("Location", self.url + "/elsewhere")
        handler.end_headers()
        handler.wfile.write(b"thanks" if status == 200 else b"no")
        if status == 200:
            self.taken.append(json.loads(body))

    def _trickle(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a letter at a time, so that no single read ever takes long."""
        try:
            for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 10_000:
                handler.wfile.write(bytes([letter]))
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return


@contextmanager
def listening(port: int = 0) -> Iterator[Erp]:
    """Run an ERP on a free port, or on one where another was."""
    erp = Erp()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            erp.handle(self)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    erp.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield erp
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
