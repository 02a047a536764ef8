"""What is remembered of a picture's bytes once they were decoded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldsales.darkroom.developing import Developed
from fieldsales.gratings.rules import grating
from fieldsales.pictures import rules
from fieldsales.pictures.models import Picture, PictureBand


def remember(session: Session, sha256: str, developed: Developed, now: datetime) -> Picture:
    """Note what a picture shows; the same bytes again change nothing, also if they come at the same moment."""
    known = session.get(Picture, sha256)
    if known is not None:
        return known
    picture = Picture(
        sha256=sha256,
        width=developed.width,
        height=developed.height,
        dhash=rules.dhash(developed.grey),
        exif={**rules.facts(developed.exif), **_texture(developed)},
        examined_at=now,
    )
    try:
        with session.begin_nested():
            session.add(picture)
            session.flush()
            session.add_all(_bands(picture))
    except IntegrityError:
        return session.get_one(Picture, sha256)
    return picture


def _texture(developed: Developed) -> dict[str, float]:
    return {"grating_db": grating(developed.pieces)} if developed.pieces else {}


def _bands(picture: Picture) -> list[PictureBand]:
    parts = () if picture.dhash is None else rules.bands(picture.dhash)
    return [PictureBand(sha256=picture.sha256, band=band, value=value) for band, value in parts]
