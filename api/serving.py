"""Serving on one machine, with threads enough that slow phones starve nobody."""

from __future__ import annotations

import socket

import waitress
from rich.console import Console

from fieldsales.config import Settings
from fieldsales.errors import Unavailable

THREADS = 16


class PortTaken(Unavailable):
    """Somebody else listens there."""

    code = "serve.port_taken"
    title = "The port is taken"


def serve_app(settings: Settings, host: str, port: int, console: Console) -> None:
    """Serve until interrupted. Raises `PortTaken` before anything is announced."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as taken:
        raise PortTaken(
            f"Nothing can listen on {host}:{port}: {taken.strerror}.", mend="Name another with --port.", port=port
        ) from taken
    from api.app import create_app  # noqa: PLC0415 -- half a second that no other command has to wait

    app = create_app(settings)
    console.print(f"Serving on http://{host}:{listener.getsockname()[1]} (stop with Ctrl-C)", highlight=False)
    waitress.serve(app, sockets=[listener], threads=THREADS, ident="fieldsales", _quiet=True)
