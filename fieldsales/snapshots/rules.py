"""What another system tells of stock, and what becomes of each row."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from fieldsales.errors import Conflict, Invalid
from fieldsales.stock.rules import MOST_PIECES

AHEAD = timedelta(minutes=5)
"""How far another system's clock may be ahead of ours."""


class ReferenceTaken(Conflict):
    """Something else was told under that reference. Give each telling one of its own."""

    code = "stock.reference_taken"
    title = "That reference told something else"


class SnapshotInvalid(Invalid):
    """Stock of a moment that is still to come, or of less than nothing."""

    code = "stock.snapshot_invalid"
    title = "That cannot be what there was"


class SkuUnknown(Invalid):
    """No product has that number. Import the product first; the other rows are done."""

    code = "stock.unknown_sku"
    title = "There is no product of that number"


class OlderSnapshot(Conflict):
    """The product was counted, or told of, at that moment or later: what is told changes nothing."""

    code = "stock.older_snapshot"
    title = "Something newer is known"


class Fate(StrEnum):
    """What became of a row: the books were corrected, or said the same; it was older than they are, or refused."""

    CORRECTED = "corrected"
    SAME = "same"
    OLDER = "older"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TellRow:
    """How many pieces of a product there were, and what is expected to come in and when, if that is known."""

    sku: str
    pieces: int
    expected_on: date | None = None
    expected_pieces: int | None = None

    def check(self) -> None:
        """Raise `SnapshotInvalid` for what cannot be; below 0 is possible, for who sells what is not booked in yet."""
        if abs(self.pieces) > MOST_PIECES or not 0 <= (self.expected_pieces or 0) <= MOST_PIECES:
            raise SnapshotInvalid(f"{self.sku}: that many pieces cannot be.", mend="Give pieces.", sku=self.sku)


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling: its reference over there, of which place, as of when; a product that is not told stays as it was."""

    reference: str
    warehouse_id: uuid.UUID
    as_of: datetime
    rows: tuple[TellRow, ...]

    @property
    def digest(self) -> str:
        """What tells two tellings under one reference apart."""
        told = [str(self.warehouse_id), self.as_of.timestamp(), [asdict(each) for each in self.rows]]
        return hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a row: the pieces in the books before and after, or why it was not used."""

    sku: str
    fate: Fate
    before: int | None = None
    after: int | None = None
    code: str | None = None
    problem: str | None = None

    def told(self) -> dict[str, Any]:
        """Return it as it is kept and told."""
        return {**asdict(self), "fate": self.fate.value}
