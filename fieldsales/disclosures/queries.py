"""All that is kept of where a person was: for the person (GDPR, Art. 15 and 20), as one file."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.accesses.queries import all_looks_at
from fieldsales.clock import zone
from fieldsales.disclosures.rules import COLUMNS, Position, as_row, geojson_pieces, gpx_pieces
from fieldsales.people.models import User
from fieldsales.privacy.queries import Standing, consents_of, standing_of, zone_of
from fieldsales.trackers.queries import trackers_of
from fieldsales.tracks.models import TrackPoint
from fieldsales.tracks.queries import Holding, holding_of

_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class TrackingOf:
    """How a rep stands with being tracked, and what is kept."""

    rep: User
    standing: Standing
    holding: Holding

    @property
    def said_version(self) -> str | None:
        """Which version of the text the rep answered last."""
        return self.standing.last.version if self.standing.last else None

    @property
    def said_at(self) -> datetime | None:
        """When the rep answered last."""
        return self.standing.last.at if self.standing.last else None


def tracking_of(session: Session, rep: User, now: datetime) -> TrackingOf:
    """Return how a rep stands with being tracked, and what is kept."""
    return TrackingOf(rep, standing_of(session, rep, now), holding_of(session, rep.id))


def positions_of(session: Session, rep_id: uuid.UUID) -> Iterator[Position]:
    """Return all positions of a rep in order, without ever holding all of them."""
    columns = [getattr(TrackPoint, each.name) for each in fields(Position)]
    found = select(*columns).where(TrackPoint.rep_id == rep_id).order_by(TrackPoint.at)
    for row in session.execute(found.execution_options(yield_per=5000)):
        yield Position(*row)


def write_disclosure(session: Session, rep: User, file: BinaryIO, now: datetime) -> int:
    """Write all that is kept of where a rep was into a zip file; return how many positions that are.

    Positions as CSV, GeoJSON and GPX; the consents with the texts that were read; who looked; the trackers.
    """
    held = holding_of(session, rep.id)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as told:
        _write(told, "positions.csv", _csv(positions_of(session, rep.id)))
        _write(told, "positions.geojson", geojson_pieces(positions_of(session, rep.id)))
        _write(told, "positions.gpx", gpx_pieces(positions_of(session, rep.id), zone(zone_of(rep))))
        _write(told, "consents.json", [_json([_consent(each) for each in consents_of(session, rep.id)])])
        _write(told, "accesses.json", [_json(_accesses(session, rep.id))])
        _write(told, "trackers.json", [_json(_trackers(session, rep.id))])
        _write(told, "about.json", [_json(_about(session, rep, held, now))])
    return held.points


def _write(told: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> None:
    with told.open(name, "w") as entry:
        block: list[str] = []
        size = 0
        for piece in pieces:
            block.append(piece)
            size += len(piece)
            if size >= _BLOCK:
                entry.write("".join(block).encode())
                block, size = [], 0
        entry.write("".join(block).encode())


def _csv(positions: Iterable[Position]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in positions:
        writer.writerow(as_row(each))
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def _about(session: Session, rep: User, held: Holding, now: datetime) -> dict[str, Any]:
    standing = standing_of(session, rep, now)
    return {
        "person": {"id": rep.id, "login": rep.login, "name": rep.name},
        "made_at": now,
        "positions": asdict(held),
        "kept_for_days": standing.terms.keep_days,
        "kept": str(standing.terms.window),
        "consent": "needed" if standing.terms.consent else "not needed",
    }


def _consent(each: Any) -> dict[str, Any]:
    told = ("at", "recorded_at", "given", "version", "language", "text")
    return {name: getattr(each, name) for name in told}


def _accesses(session: Session, rep_id: uuid.UUID) -> list[dict[str, Any]]:
    told = ("day", "route", "since", "last_at", "times")
    looks = all_looks_at(session, rep_id)
    return [{"reader": each.reader} | {name: getattr(each.access, name) for name in told} for each in looks]


def _trackers(session: Session, rep_id: uuid.UUID) -> list[dict[str, Any]]:
    told = ("name", "created_at", "revoked_at", "last_seen_at", "kept", "without_consent", "off_shift", "out_of_time")
    return [{name: getattr(each, name) for name in told} for each in trackers_of(session, rep_id)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_told) + "\n"


def _told(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
