"""A mail server on a real socket that takes messages, refuses them, or is away."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    """What it took; while `refuses`, it says 451 to every recipient."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False


@contextmanager
def listening() -> Iterator[MailServer]:
    """Run one on a free port."""
    mail = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                word = line.strip().upper()
                if word.startswith(b"RCPT") and mail.refuses:
                    self.say("451 not now")
                elif word == b"DATA":
                    self.say("354 go on")
                    mail.messages.append(message_from_bytes(self.read_message(), policy=default))
                    self.say("250 taken")
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def read_message(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return b"".join(lines)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield mail
        server.shutdown()
        thread.join()
