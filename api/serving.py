"""Serving on one machine, with threads enough that slow phones starve nobody."""

from __future__ import annotations

import socket
import threading

import waitress
from rich.console import Console

from fieldsales.config import Settings
from fieldsales.errors import Unavailable

THREADS = 16
"""For requests; those who listen for news have threads of their own besides."""


class CannotListen(Unavailable):
    """Somebody else listens there, or the address is not this machine's."""

    code = "serve.cannot_listen"
    title = "Nothing can listen there"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address, so that a taken port is found before any work is done.

    Raises `CannotListen`.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as taken:
        listener.close()
        raise CannotListen(
            f"Nothing can listen on {host}:{port}: {taken.strerror}.",
            mend="Name another port with --port, or an address of this machine with --host.",
            port=port,
        ) from taken
    return listener


def serve_app(settings: Settings, listener: socket.socket, console: Console) -> None:
    """Serve until interrupted."""
    from api.app import create_app  # noqa: PLC0415 -- half a second that no other command has to wait
    from api.sync.stream import end_streams_on_signals  # noqa: PLC0415
    from fieldsales.chores.background import begin_in_server  # noqa: PLC0415
    from routing.ready import prepare  # noqa: PLC0415

    app = create_app(settings)
    host, port = listener.getsockname()[:2]
    console.print(f"Serving on http://{host}:{port} (stop with Ctrl-C)", highlight=False)
    end_streams_on_signals(app)
    threading.Thread(target=prepare, name="machine code", daemon=True).start()
    background = begin_in_server(settings)
    threads = THREADS + settings.most_streams
    try:
        waitress.serve(app, sockets=[listener], threads=threads, ident="fieldsales", _quiet=True)
    finally:
        if background is not None:
            background.end()
