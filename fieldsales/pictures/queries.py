"""Which stored pictures show the same."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fieldsales.pictures import rules
from fieldsales.pictures.models import Picture, PictureBand


def alike(session: Session, sha256: str) -> dict[str, int]:
    """Return the pictures that show the same as this one, by SHA-256, with how many bits of 64 they differ in.

    The picture itself is not among them; nothing is like one that is unknown or too plain.
    """
    own = session.scalar(select(Picture.dhash).where(Picture.sha256 == sha256))
    if own is None:
        return {}
    shared = or_(*(and_(PictureBand.band == band, PictureBand.value == value) for band, value in rules.bands(own)))
    near = select(PictureBand.sha256).where(shared)
    others = select(Picture.sha256, Picture.dhash).where(Picture.sha256.in_(near), Picture.sha256 != sha256)
    apart = {other: rules.bits_apart(own, its) for other, its in session.execute(others) if its is not None}
    return {other: bits for other, bits in apart.items() if bits <= rules.ALIKE_BITS}
