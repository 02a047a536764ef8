"""Pictures decoded in a child process, within bounds of time and memory: whatever is sent, the server lives on."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldsales.errors import Invalid, Unavailable

MOST_SECONDS = 30
PIECE_BYTES = 256 * 256 * 3
_CHILD = Path(__file__).with_name("decoding.py")
_AT_ONCE = threading.BoundedSemaphore(2)
"""How many pictures one server decodes at a time; the others wait."""


class NotAPicture(Invalid):
    """The bytes are no still picture of the announced type, and were thrown away. Send JPEG, PNG or WebP as it is."""

    code = "upload.not_a_picture"
    title = "That is not the picture it claims to be"


class DarkroomBusy(Unavailable):
    """The picture could not be decoded in time, or the machine ended the attempt. The bytes are kept; ask again."""

    code = "picture.undeveloped"
    title = "The picture could not be looked at just now"


@dataclass(frozen=True, slots=True)
class Developed:
    """A decoded picture: its size as stored, 9 × 8 grey pixels by rows, and what the camera wrote, untidied.

    `pieces` are up to five squares of 256 × 256 pixels of `shown`, by rows, red, green and blue.
    `shown` and `thumbnail` are JPEG files, at most 2048 and 320 pixels wide and high, upright, without EXIF.
    """

    width: int
    height: int
    grey: bytes
    exif: dict[str, Any]
    shown: Path
    thumbnail: Path
    pieces: tuple[bytes, ...] = ()


@contextmanager
def develop(path: Path, content_type: str) -> Iterator[Developed]:
    """Decode a picture; its files last as long as the context. Raises `NotAPicture`, `DarkroomBusy`."""
    with tempfile.TemporaryDirectory(prefix="fieldsales-darkroom-") as name:
        folder = Path(name)
        found = _decode(path, content_type, folder)
        if "refused" in found:
            raise NotAPicture(
                f"The photo was announced as {content_type}, but {found['refused']}.",
                mend="Send JPEG, PNG or WebP, announced as what it is.",
            )
        grey = base64.b64decode(found["grey"])
        shown, thumbnail, pieces = (folder / name for name in ("shown", "thumbnail", "pieces"))
        cut = _cut(pieces.read_bytes())
        yield Developed(found["width"], found["height"], grey, found["exif"], shown, thumbnail, cut)


def _cut(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[at : at + PIECE_BYTES] for at in range(0, len(data), PIECE_BYTES))


def _decode(path: Path, content_type: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-P", str(_CHILD), str(path.absolute()), content_type, str(folder)]
    try:
        with _AT_ONCE:
            done = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False)  # noqa: S603 -- ours
    except (subprocess.TimeoutExpired, OSError) as late:
        raise DarkroomBusy("The picture could not be decoded in time.", mend="Ask again later.") from late
    if done.returncode < 0 and -done.returncode not in _FAULTS:
        raise DarkroomBusy("The machine ended the decoder.", mend="Ask again later.")
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"refused": "it breaks the decoder"}
    return found


_FAULTS = frozenset({4, 6, 7, 8, 11})
"""Signals of a decoder that broke by itself: SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV."""
