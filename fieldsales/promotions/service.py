"""Setting promotions and taking them back. Phones learn of it when the price book is published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.people.rules import Actor
from fieldsales.policies.service import require_all_territories
from fieldsales.promotions.models import PromotionVersion
from fieldsales.promotions.queries import PromotionNotFound, standing_promotion
from fieldsales.promotions.rules import Body, read_promotion


def put_promotion(
    session: Session, body: Body, *, now: datetime, note: str = "", by: Actor | None = None
) -> PromotionVersion:
    """Set a promotion; it takes the place of the version of its code that stands. The same again changes nothing.

    Raises `PromotionInvalid`, and `PolicyHoldsForAll` for somebody whose territories are not all there are.
    """
    require_all_territories(session, by)
    promotion = read_promotion(body)
    before = standing_promotion(session, promotion.code)
    if before is not None and before.body == body:
        return before
    if before is not None:
        _withdraw(before, now, by)
        session.flush()
    made_by = by.user_id if by else None
    version = PromotionVersion(code=promotion.code, body=dict(body), note=note, made_at=now, made_by=made_by)
    session.add(version)
    session.flush()
    facts = {"code": promotion.code, "note": note, "before": str(before.id) if before else None}
    record(session, "promotion.put", ("promotion", version.id), actor_id=made_by, now=now, **facts)
    return version


def withdraw_promotion(session: Session, code: str, *, now: datetime, by: Actor | None = None) -> PromotionVersion:
    """Take a promotion back; orders priced by a book that had it stay as they are. Raises `PromotionNotFound`."""
    require_all_territories(session, by)
    version = standing_promotion(session, code)
    if version is None:
        raise PromotionNotFound(f"There is no promotion “{code}” that stands.", code=code)
    _withdraw(version, now, by)
    session.flush()
    actor_id = by.user_id if by else None
    record(session, "promotion.withdraw", ("promotion", version.id), actor_id=actor_id, now=now, code=code)
    return version


def _withdraw(version: PromotionVersion, now: datetime, by: Actor | None) -> None:
    version.withdrawn_at, version.withdrawn_by = now, by.user_id if by else None
