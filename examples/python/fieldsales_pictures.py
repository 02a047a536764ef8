"""The pictures of a phone, until the server has their bytes: sent by tus 1.0 in pieces, from where they stopped.

See https://tus.io/protocols/resumable-upload, and docs/sync-protocol.md, part 4.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3

from fieldsales_server import Refused, Server

Key = tuple[str, str]
"""Of which visit a picture is, and the SHA-256 of its bytes: what the server's documents name too."""

CHUNK = 256 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
TABLE = """
    CREATE TABLE IF NOT EXISTS picture (
        visit_id TEXT, sha256 TEXT, bytes BLOB NOT NULL, place TEXT, PRIMARY KEY (visit_id, sha256)
    )
"""


def is_final(refused: Refused) -> bool:
    """Whether the same bytes would be refused again: no picture, too large, or not what was announced."""
    return refused.status in (413, 422) and refused.code != "upload.corrupt"


class Pictures:
    """What is kept of pictures: their bytes, and the place on the server where their upload stands."""

    def __init__(self, db: sqlite3.Connection, server: Server) -> None:
        self.db, self.server = db, server
        db.execute(TABLE)

    def keep(self, visit_id: str, picture: bytes) -> str:
        """Keep a picture's bytes, and commit; return their SHA-256."""
        sha256 = hashlib.sha256(picture).hexdigest()
        row = (visit_id, sha256, picture)
        with self.db:
            self.db.execute("INSERT OR IGNORE INTO picture (visit_id, sha256, bytes) VALUES (?, ?, ?)", row)
        return sha256

    def kept(self) -> list[Key]:
        """Return which pictures are here, in the order in which they were taken."""
        return self.db.execute("SELECT visit_id, sha256 FROM picture ORDER BY rowid").fetchall()

    def forget(self, key: Key) -> None:
        """Let go of a picture that is safe on the server, or that the server never takes."""
        with self.db:
            self.db.execute("DELETE FROM picture WHERE visit_id = ? AND sha256 = ?", key)

    def send(self, key: Key, photo_id: str) -> None:
        """Send what the server lacks of a picture. After a `Refused` that is not final, try again later."""
        try:
            self._send(key, photo_id)
        except Refused as refused:
            if refused.status in (404, 410) or refused.code == "upload.corrupt":
                self._go_on_at(key, None)  # that upload is no more: the next time begins anew
            raise

    def _send(self, key: Key, photo_id: str) -> None:
        asked = "SELECT bytes, place FROM picture WHERE visit_id = ? AND sha256 = ?"
        picture, place = self.db.execute(asked, key).fetchone()
        offset = self._offset(place) if place else None
        if offset is None:
            place, offset = self._begin(photo_id, len(picture))
            self._go_on_at(key, place)
        while offset < len(picture):
            headers = TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            sent = self.server.ask("PATCH", place, headers=headers, data=picture[offset : offset + CHUNK])
            offset = int(sent.headers["Upload-Offset"])

    def _begin(self, photo_id: str, length: int) -> tuple[str, int]:
        name = base64.b64encode(photo_id.encode()).decode()
        headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": f"photo_id {name}"}
        begun = self.server.ask("POST", "/sync/v1/files", headers=headers).headers
        return begun["Location"].removeprefix(self.server.address), int(begun["Upload-Offset"])  # all of it, if known

    def _offset(self, place: str) -> int | None:
        try:
            return int(self.server.ask("HEAD", place, headers=TUS).headers["Upload-Offset"])
        except Refused as refused:
            if refused.status in (404, 410):
                return None  # it rested too long: begin again
            raise

    def _go_on_at(self, key: Key, place: str | None) -> None:
        with self.db:
            self.db.execute("UPDATE picture SET place = ? WHERE visit_id = ? AND sha256 = ?", (place, *key))
