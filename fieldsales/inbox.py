"""Files that were handed over to be imported: on disk, a folder for each, until their time is up.

Beside the file lie its rejects, how far the work on it is, and whether that is to stop. These are files, too: an import
is one transaction, and on SQLite nobody can write a word into the database meanwhile. All processes that serve must
share the folder, as they share that of unfinished uploads.
"""

from __future__ import annotations

import json
import re
import shutil
import time
import uuid
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldsales.errors import Unavailable

_LONGEST_NAME = 120
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")
_ARRIVING = "arriving-"


class InboxFull(Unavailable):
    """The disk of the server is full, or its folder cannot be written to."""

    code = "import.no_room"
    title = "The file cannot be kept"


class TooLong(Exception):
    """More bytes came than may."""


def plain_name(told: str) -> str:
    """Return a file's name without a path, in letters that any disk takes, its ending kept."""
    last = _UNFIT.sub("_", re.split(r"[/\\]", told)[-1]).encode("utf-8", "replace")
    return last[-_LONGEST_NAME:].decode("utf-8", "ignore").strip(" .") or "file"


@dataclass(frozen=True, slots=True)
class Inbox:
    """The folder of all files that were handed over."""

    folder: Path

    def receive(self, name: str, pieces: Iterable[bytes], most: int) -> Path:
        """Keep a file whole, or not at all; return where, for `settle` or `discard`.

        Raises `TooLong`, `InboxFull`.
        """
        place = self.folder / f"{_ARRIVING}{uuid.uuid4().hex}"
        size = 0
        try:
            place.mkdir(parents=True)
            with (place / name).open("wb") as file:
                for piece in pieces:
                    size += len(piece)
                    if size > most:
                        raise TooLong
                    file.write(piece)
        except BaseException as wrong:
            shutil.rmtree(place, ignore_errors=True)
            if isinstance(wrong, OSError):
                detail = f"The file cannot be kept: {wrong.strerror or wrong}."
                raise InboxFull(detail, mend="Tell who runs the server.") from wrong
            raise
        return place / name

    def settle(self, arrived: Path, file_id: uuid.UUID) -> None:
        """Give a file that arrived its place."""
        self.erase(file_id)
        arrived.parent.rename(self.place(file_id))

    def discard(self, arrived: Path) -> None:
        """Throw a file away that arrived and is not wanted."""
        shutil.rmtree(arrived.parent, ignore_errors=True)

    def place(self, file_id: uuid.UUID) -> Path:
        """Return the folder of a file."""
        return self.folder / file_id.hex

    def rejects(self, file_id: uuid.UUID, attempt: int) -> Path:
        """Return where the rejected rows of an attempt are, if there are any."""
        return self.place(file_id) / f"rejects-{attempt}"

    def copy(self, file_id: uuid.UUID) -> Path:
        """Return where a copy of the database may stand while a dry run tries on it."""
        return self.place(file_id) / "tried.sqlite3"

    def tell(self, file_id: uuid.UUID, attempt: int, progress: Mapping[str, Any]) -> None:
        """Give a sign of life of an attempt, and say how far it is."""
        target = self._progress(file_id, attempt)
        draft = target.with_suffix(".new")
        with suppress(OSError):  # a full disk ends the import by itself
            draft.write_text(json.dumps(dict(progress)), encoding="utf-8")
            draft.replace(target)

    def beat(self, file_id: uuid.UUID, attempt: int) -> None:
        """Give a sign of life of an attempt that has nothing new to tell."""
        with suppress(OSError):
            self._progress(file_id, attempt).touch()

    def told(self, file_id: uuid.UUID, attempt: int) -> dict[str, Any]:
        """Return how far an attempt is; empty before anything was told."""
        with suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads(self._progress(file_id, attempt).read_text(encoding="utf-8"))
            return found
        return {}

    def silent_s(self, file_id: uuid.UUID, attempt: int) -> float:
        """Return for how many seconds nothing was heard of an attempt; infinite if nothing ever was."""
        try:
            return time.time() - self._progress(file_id, attempt).stat().st_mtime
        except OSError:
            return float("inf")

    def ask_to_stop(self, file_id: uuid.UUID, attempt: int) -> None:
        """Have an attempt stop; whoever works on it looks a few times a second."""
        with suppress(OSError):
            self._stop(file_id, attempt).touch()

    def is_to_stop(self, file_id: uuid.UUID, attempt: int) -> bool:
        """Tell whether an attempt is to stop, because somebody said so or the file was erased."""
        return self._stop(file_id, attempt).exists() or not self.place(file_id).is_dir()

    def erase(self, file_id: uuid.UUID) -> None:
        """Erase a file and all that lies beside it."""
        shutil.rmtree(self.place(file_id), ignore_errors=True)

    def sweep(self, known: Collection[uuid.UUID], rested_s: float = 3600.0) -> int:
        """Erase what the books do not know (any more) and what never became whole, once it rested for so long.

        Returns how many folders went.
        """
        kept = {file_id.hex for file_id in known}
        gone = 0
        for place in self.folder.iterdir() if self.folder.is_dir() else ():
            with suppress(OSError):
                if place.name not in kept and time.time() - place.stat().st_mtime > rested_s:
                    shutil.rmtree(place)
                    gone += 1
        return gone

    def _progress(self, file_id: uuid.UUID, attempt: int) -> Path:
        return self.place(file_id) / f"progress-{attempt}"

    def _stop(self, file_id: uuid.UUID, attempt: int) -> Path:
        return self.place(file_id) / f"stop-{attempt}"
