"""Verbs of prices. Phones learn of a change through the feed; who changed it stands in the audit trail."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit import service as audit
from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.catalog.rules import BASIS
from fieldsales.errors import Invalid, NotFound


class ProductUnknown(NotFound):
    """No product has that id."""

    code = "product.not_found"
    title = "There is no such product"


class PriceInvalid(Invalid):
    """A price below nothing, or a discount beyond everything."""

    code = "price.invalid"
    title = "That price cannot be"


def set_list_price(
    session: Session, product_id: uuid.UUID, price_minor: int, *, actor_id: uuid.UUID | None, now: datetime
) -> Product:
    """Set what a product costs where nothing else is agreed. Raises `ProductUnknown`, `PriceInvalid`."""
    product = _product(session, product_id)
    _check_price(price_minor)
    if product.price_minor != price_minor:
        facts = {"before": product.price_minor, "after": price_minor}
        audit.record(session, "product.price", ("product", product_id), actor_id=actor_id, now=now, **facts)
        product.price_minor = price_minor
    return product


def set_tier_price(
    session: Session, product_id: uuid.UUID, tier: str, price_minor: int, *, actor_id: uuid.UUID | None, now: datetime
) -> TierPrice:
    """Agree on a price of one product for one tier. Raises `ProductUnknown`, `PriceInvalid`."""
    _product(session, product_id)
    _check_price(price_minor)
    agreed = session.scalars(
        select(TierPrice).where(TierPrice.product_id == product_id, TierPrice.tier == tier)
    ).one_or_none()
    facts = {"tier": tier, "before": agreed.price_minor if agreed else None, "after": price_minor}
    if agreed is None:
        agreed = TierPrice(product_id=product_id, tier=tier, price_minor=price_minor)
        session.add(agreed)
    agreed.price_minor = price_minor
    if facts["before"] != price_minor:
        audit.record(session, "product.tier_price", ("product", product_id), actor_id=actor_id, now=now, **facts)
    return agreed


def set_tier_discount(
    session: Session, tier: str, discount_bp: int, *, actor_id: uuid.UUID | None, now: datetime
) -> TierDiscount:
    """Set what a tier pays under the list price, in basis points. Raises `PriceInvalid`."""
    if not 0 <= discount_bp <= BASIS:
        raise PriceInvalid(
            f"A discount of {discount_bp} basis points cannot be.",
            mend=f"Give 0 to {BASIS}; 250 is 2.5 %.",
            discount_bp=discount_bp,
        )
    agreed = session.scalars(select(TierDiscount).where(TierDiscount.tier == tier)).one_or_none()
    before = agreed.discount_bp if agreed else None
    if agreed is None:
        agreed = TierDiscount(tier=tier, discount_bp=discount_bp)
        session.add(agreed)
    agreed.discount_bp = discount_bp
    session.flush()
    if before != discount_bp:
        facts = {"tier": tier, "before": before, "after": discount_bp}
        audit.record(session, "tier.discount", ("tier_discount", agreed.id), actor_id=actor_id, now=now, **facts)
    return agreed


def _product(session: Session, product_id: uuid.UUID) -> Product:
    product = session.get(Product, product_id)
    if product is None:
        raise ProductUnknown(f"There is no product {product_id}.", product_id=str(product_id))
    return product


def _check_price(price_minor: int) -> None:
    if not 0 <= price_minor < 2**53:
        raise PriceInvalid(f"A price of {price_minor} cannot be.", mend="Give minor units, 0 or more.")
