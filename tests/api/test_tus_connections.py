"""What becomes of an upload whose connection breaks, or that two connections write to at once."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

from worlds.tus_bench import Bench


def half_sent(b: Bench, place: str, offset: int, whole: int, piece: bytes) -> socket.socket:
    """A PATCH that announced `whole` bytes and sent `piece` of them so far."""
    url = urlsplit(b.phone.base)
    line = socket.create_connection((str(url.hostname), int(url.port or 80)))
    told = {
        "Host": url.netloc,
        "Authorization": f"Bearer {b.phone.token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(whole),
    }
    head = f"PATCH {place} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items()) + "\r\n"
    line.sendall(head.encode() + piece)
    return line


def wait_until_free(b: Bench, place: str, at: int) -> int:
    """Ask with empty pieces until nobody else writes; return the offset."""
    for _ in range(200):
        answer = b.phone.send(place, at, b"")
        if answer.status_code != 423:
            return b.offset(place)
        time.sleep(0.05)
    raise AssertionError("the upload stayed busy")


def test_bytes_that_came_before_the_line_broke_count(bench: Bench) -> None:
    place, picture = bench.upload()
    line = half_sent(bench, place, 0, len(picture), picture[:3000])
    time.sleep(0.5)  # so that a busy server has read some of it
    line.close()
    offset = wait_until_free(bench, place, 0)
    assert 0 < offset <= 3000
    done = bench.phone.send(place, offset, picture[offset:])
    assert done.headers["Upload-Offset"] == str(len(picture))


def test_of_two_that_write_at_once_the_second_waits(bench: Bench) -> None:
    place, picture = bench.upload()
    first = half_sent(bench, place, 0, len(picture), picture[:3000])
    time.sleep(0.5)
    second = bench.phone.send(place, 0, picture)
    assert (second.status_code, second.json()["code"]) == (423, "upload.busy")
    assert bench.phone.ask("DELETE", place).status_code == 423
    first.sendall(picture[3000:])
    assert b"204 " in first.recv(100)
    first.close()
    assert bench.offset(place) == len(picture)
