"""Calling addresses that people gave us, carefully: no redirects, one deadline, and no way into the own network."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from fieldsales.errors import Invalid

_WITHIN = [ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96", "fec0::/10")]
"""IPv6 addresses that stand for any IPv4 address, by translation (RFC 6052, 8215) or a tunnel (RFC 3056, 4291), or for
one's own site (RFC 3879). Python counts them among the public ones."""
MOST_ANSWER = 400
"""So many bytes of an answer are read."""


class AddressRefused(Invalid):
    """The address is not an https one, or leads into a private network, which the operator has not allowed."""

    code = "address.refused"
    title = "That address may not be called"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status and the beginning of a text; without a status, why nothing did."""

    status: int | None
    text: str

    @property
    def taken(self) -> bool:
        """Whether the other side has it."""
        return self.status is not None and 200 <= self.status < 300


def check_address(url: str, *, private: bool) -> None:
    """Raise `AddressRefused` for an address that may never be called; where it leads is looked at with each call.

    With `private` also plain http, and addresses in the own network, may be.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(f"“{url}” is not an address.", mend="Give one such as https://erp.example/hook.") from None
    wanted = ("http", "https") if private else ("https",)
    if parts.scheme not in wanted or not parts.hostname or port == 0 or parts.username is not None or parts.fragment:
        raise AddressRefused(
            f"“{url}” cannot be called.", mend=f"Give an address that begins with {' or '.join(wanted)}://, no more."
        )
    if not url.isascii() or any(letter.isspace() or ord(letter) < 32 for letter in url):
        raise AddressRefused("The address has letters that no address has.", mend="Write it percent-encoded.")
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return
    _check_public(str(literal), private)


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool, seconds: float) -> Answer:
    """Send a body and return what came back. Never raises for what the other side does.

    The name is looked up once and that very address is called, so that a name cannot lead elsewhere after it was
    judged. Redirects are answers like any other. After `seconds` in all the connection is closed.
    """
    try:
        check_address(url, private=private)
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        place = _look_up(host, port, private)
        connection = _connect(host, port, place, secure=secure, seconds=seconds)
    except (OSError, AddressRefused, UnicodeError) as wrong:
        return Answer(None, _told(wrong))
    try:
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return _exchange(connection, path, body, headers, seconds)
    finally:
        connection.close()


def _look_up(host: str, port: int, private: bool) -> str:
    places = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for place in places:
        _check_public(place, private)
    return places[0]


def _check_public(place: str, private: bool) -> None:
    address = ipaddress.ip_address(place.partition("%")[0])
    within = [each for each in _WITHIN if address in each]
    address = getattr(address, "ipv4_mapped", None) or address
    if not private and (within or not address.is_global or address.is_multicast):
        raise AddressRefused(
            f"{place} is an address of a private network.",
            mend="Set FIELDSALES_CALL_PRIVATE to 1 if webhooks may go there.",
        )


def _connect(host: str, port: int, place: str, *, secure: bool, seconds: float) -> HTTPConnection:
    plain = socket.create_connection((place, port), timeout=seconds)
    connection: HTTPConnection
    if secure:
        context = ssl.create_default_context()
        connection = HTTPSConnection(host, port, timeout=seconds, context=context)
        try:
            connection.sock = context.wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
    else:
        connection = HTTPConnection(host, port, timeout=seconds)
        connection.sock = plain
    return connection


def _exchange(connection: HTTPConnection, path: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    late = threading.Event()
    timer = threading.Timer(seconds, _hang_up, [connection.sock, late])
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        text = answer.read(MOST_ANSWER).decode("utf-8", "replace")
        return Answer(answer.status, text.replace("\x00", " "))
    except (OSError, HTTPException, ValueError) as wrong:
        overdue = late.is_set() or isinstance(wrong, TimeoutError)
        return Answer(None, f"no answer within {seconds:g} s" if overdue else _told(wrong))
    finally:
        timer.cancel()


def _hang_up(plain: socket.socket, late: threading.Event) -> None:
    late.set()
    try:
        plain.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _told(wrong: Exception) -> str:
    return str(wrong).strip() or type(wrong).__name__
