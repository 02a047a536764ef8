"""A server to try tus on, and the table of sentences that are tried."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from worlds.pictures import jpeg
from worlds.tus_phone import TusPhone


@dataclass
class Bench:
    """A phone at a server, which gives each row a photo of its own."""

    phone: TusPhone
    shop: uuid.UUID
    seeds: itertools.count[int] = field(default_factory=itertools.count)

    def photo(self) -> tuple[uuid.UUID, bytes]:
        """An announced photo and its bytes."""
        picture = jpeg(next(self.seeds), (160, 120))
        return self.phone.announce(picture, self.shop), picture

    def upload(self) -> tuple[str, bytes]:
        """The address of an upload that waits for its first byte, and the bytes."""
        photo_id, picture = self.photo()
        made = self.phone.begin(photo_id, len(picture))
        assert made.status_code == 201, made.text
        return made.headers["Location"], picture

    def offset(self, place: str) -> int:
        """How far an upload is."""
        return int(self.phone.ask("HEAD", place).headers["Upload-Offset"])


Row = Callable[[Bench], None]


class Rows(dict[str, Row]):
    """Sentences of the protocol, each with what shows that it holds."""

    def must(self, sentence: str) -> Callable[[Row], Row]:
        """Note the sentence that a row shows."""

        def note(row: Row) -> Row:
            assert sentence not in self
            self[sentence] = row
            return row

        return note
