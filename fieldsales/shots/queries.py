"""What the photos of a visit tell: when and where the camera says it took them, and what was shown before."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fieldsales.photos.queries import Lookalike, lookalikes
from fieldsales.pictures.models import Picture
from fieldsales.shots.rules import Shown
from fieldsales.visits.models import Photo, Visit

_CLOCK = frozenset({"clock_skew", "clock_moved"})


def shots(session: Session, visit: Visit, zone: str) -> tuple[Shown, ...]:
    """Return what the photos tell whose bytes are here; `zone` is where a camera is taken to be that does not say."""
    return tuple(_shown(session, visit, photo, zone) for photo in visit.photos if photo.stored_at is not None)


def _shown(session: Session, visit: Visit, photo: Photo, zone: str) -> Shown:
    picture = session.get(Picture, photo.sha256)
    exif: Mapping[str, Any] = picture.exif if picture else {}
    taken, sure = _taken(exif, zone)
    before = _shown_before(session, photo)
    odd = bool(_CLOCK & set(photo.flags))
    return Shown(
        kind=photo.kind,
        taken=taken if picture else photo.taken_at,
        sure=sure,
        spot=(exif["latitude"], exif["longitude"]) if "latitude" in exif else None,
        bits_apart=before.bits_apart if before else None,
        same_bytes=bool(before and before.same_bytes),
        same_customer=bool(before and before.visit.customer_id == visit.customer_id),
        clock_odd=odd and "gps_at" not in exif,
        grating_db=exif.get("grating_db", 0.0),
    )


def _taken(exif: Mapping[str, Any], zone: str) -> tuple[datetime | None, bool]:
    """When the camera says, and whether it knew its time zone."""
    text = exif.get("gps_at") or exif.get("taken_at")
    if text is None:
        return None, False
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), False
    return moment.astimezone(UTC), True


def _shown_before(session: Session, photo: Photo) -> Lookalike | None:
    """The likest photo that was there first; of two that came together the one with the earlier id."""
    mine = _came(photo)
    return next((each for each in lookalikes(session, photo) if _came(each.photo) < mine), None)


def _came(photo: Photo) -> tuple[datetime, uuid.UUID]:
    return photo.stored_at or photo.taken_at, photo.id
