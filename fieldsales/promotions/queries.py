"""Which promotions stand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.errors import NotFound
from fieldsales.promotions.models import PromotionVersion


class PromotionNotFound(NotFound):
    """No promotion of that code stands."""

    code = "promotion.not_found"
    title = "There is no such promotion"


def standing_promotions(session: Session) -> Sequence[PromotionVersion]:
    """Return the promotions that stand, by code; those that are over or yet to come among them."""
    found = select(PromotionVersion).where(PromotionVersion.withdrawn_at.is_(None))
    return session.scalars(found.order_by(PromotionVersion.code)).all()


def promotion_versions(session: Session, code: str) -> Sequence[PromotionVersion]:
    """Return every version of a promotion, the latest first. Raises `PromotionNotFound`."""
    found = select(PromotionVersion).where(PromotionVersion.code == code)
    versions = session.scalars(found.order_by(PromotionVersion.made_at.desc(), PromotionVersion.id.desc())).all()
    if not versions:
        raise PromotionNotFound(f"There is no promotion “{code}”.", code=code)
    return versions


def standing_promotion(session: Session, code: str) -> PromotionVersion | None:
    """Return the version of a promotion that stands, locked for whoever replaces it; None if none does."""
    found = select(PromotionVersion).where(PromotionVersion.code == code, PromotionVersion.withdrawn_at.is_(None))
    return session.scalars(found.with_for_update()).one_or_none()
