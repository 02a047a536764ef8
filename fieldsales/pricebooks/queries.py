"""Which book and which terms held when, and what the next ones would say."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.errors import NotFound
from fieldsales.policies.queries import in_force
from fieldsales.pricebooks.models import ContractPrice, PublishedBook, PublishedTerms, QuantityBreak
from fieldsales.pricebooks.rules import FORMAT, Body
from fieldsales.promotions.queries import standing_promotions
from fieldsales.taxes.rules import TAXES, Taxes
from fieldsales.units.models import ProductUnit
from fieldsales.units.rules import CASE, EACH


class ContractNotFound(NotFound):
    """No contract price has that id."""

    code = "contract_price.not_found"
    title = "There is no such contract price"


class BookNotFound(NotFound):
    """No price book was published in that currency, or none has that version. `fieldsales prices publish` makes one."""

    code = "price_book.not_found"
    title = "There is no such price book"


def book_at(session: Session, currency: str, moment: datetime) -> PublishedBook | None:
    """Return the price book of a currency that was current at a moment; the first one for times before it."""
    statement = select(PublishedBook).where(
        PublishedBook.currency == currency,
        or_(PublishedBook.superseded_at.is_(None), PublishedBook.superseded_at > moment),
    )
    return session.scalars(statement.order_by(PublishedBook.made_at, PublishedBook.id).limit(1)).one_or_none()


def current_books(session: Session) -> Sequence[PublishedBook]:
    """Return the price books that hold, by currency."""
    found = select(PublishedBook).where(PublishedBook.superseded_at.is_(None)).order_by(PublishedBook.currency)
    return session.scalars(found).all()


def require_contract(session: Session, contract_id: uuid.UUID) -> ContractPrice:
    """Return a contract price. Raises `ContractNotFound`."""
    found = session.get(ContractPrice, contract_id)
    if found is None:
        raise ContractNotFound(f"There is no contract price {contract_id}.", id=str(contract_id))
    return found


def book_of_version(session: Session, currency: str, version: str) -> PublishedBook | None:
    """Return a price book by its version, however old."""
    statement = select(PublishedBook).where(PublishedBook.version == version, PublishedBook.currency == currency)
    return session.scalars(statement.order_by(PublishedBook.made_at.desc()).limit(1)).one_or_none()


def terms_at(session: Session, customer_id: uuid.UUID, currency: str, moment: datetime) -> PublishedTerms | None:
    """Return the terms of a customer that were current at a moment, if there were any."""
    statement = select(PublishedTerms).where(
        PublishedTerms.customer_id == customer_id,
        PublishedTerms.currency == currency,
        PublishedTerms.made_at <= moment,
        or_(PublishedTerms.superseded_at.is_(None), PublishedTerms.superseded_at > moment),
    )
    return session.scalars(statement.order_by(PublishedTerms.made_at.desc()).limit(1)).one_or_none()


def terms_of_version(session: Session, customer_id: uuid.UUID, version: str) -> PublishedTerms | None:
    """Return a customer's terms by their version, however old."""
    statement = select(PublishedTerms).where(
        PublishedTerms.customer_id == customer_id, PublishedTerms.version == version
    )
    return session.scalars(statement.order_by(PublishedTerms.made_at.desc()).limit(1)).one_or_none()


def contracts_with(session: Session, customer_id: uuid.UUID) -> list[ContractPrice]:
    """Return what is agreed with a customer, what is over or yet to come among it."""
    found = select(ContractPrice).where(ContractPrice.customer_id == customer_id, ContractPrice.withdrawn_at.is_(None))
    order = (ContractPrice.reference, ContractPrice.product_id, ContractPrice.min_pieces, ContractPrice.id)
    return list(session.scalars(found.order_by(*order)))


def drafted_books(session: Session, day: date) -> dict[str, Body]:
    """Return the document of the price book of each currency as it would be published on a day."""
    taxes = in_force(session, TAXES, day).value
    promotions = [dict(each.body) for each in standing_promotions(session)]
    discounts = {each.tier: each.discount_bp for each in session.scalars(select(TierDiscount))}
    units, tiers, breaks = _units(session), _tier_prices(session), _breaks(session)
    found: dict[str, dict[str, Any]] = {}
    for product in session.scalars(select(Product).where(Product.active).order_by(Product.id)):
        book = found.setdefault(product.currency, _empty(product.currency, taxes, discounts, promotions))
        told = _item(product, taxes, units[product.id])
        if tiers[product.id]:
            told["tier_prices"] = tiers[product.id]
        if breaks[product.id]:
            told["breaks"] = breaks[product.id]
        book["products"][str(product.id)] = told
    return dict(found)


def drafted_terms(session: Session, customer_id: uuid.UUID) -> dict[str, Body]:
    """Return the document of a customer's terms in each currency as it would be published."""
    rows = contracts_with(session, customer_id)
    wanted = {each.product_id for each in rows}
    currencies = dict(session.execute(select(Product.id, Product.currency).where(Product.id.in_(wanted))).all())
    found: dict[str, dict[str, Any]] = {}
    for each in rows:
        currency = currencies[each.product_id]
        blank = {"format": FORMAT, "customer_id": str(customer_id), "currency": currency, "contracts": []}
        found.setdefault(currency, blank)["contracts"].append(_contract(each))
    return dict(found)


def _empty(currency: str, taxes: Taxes, discounts: dict[str, int], promotions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "currency": currency,
        "step_minor": taxes.steps.get(currency, 1),
        "tax_included": taxes.included,
        "tax_rates": dict(taxes.rates),
        "tier_discounts": discounts,
        "products": {},
        "promotions": promotions,
    }


def _item(product: Product, taxes: Taxes, units: dict[str, int]) -> dict[str, Any]:
    """A case is what the product says it packs, unless its units say otherwise; a class without a rate is no tax."""
    packed = {CASE: product.pack_size} if product.pack_size > 1 else {}
    return {
        "sku": product.sku,
        "price_minor": product.price_minor,
        "tax_class": product.tax_class if product.tax_class in taxes.rates else None,
        "category": product.category,
        "brand": product.brand,
        "units": {EACH: 1} | packed | units,
    }


def _units(session: Session) -> dict[uuid.UUID, dict[str, int]]:
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for each in session.scalars(select(ProductUnit)):
        found[each.product_id][each.unit] = each.pieces
    return found


def _tier_prices(session: Session) -> dict[uuid.UUID, dict[str, int]]:
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for each in session.scalars(select(TierPrice).order_by(TierPrice.id)):
        found[each.product_id][each.tier] = each.price_minor
    return found


def _breaks(session: Session) -> dict[uuid.UUID, list[dict[str, Any]]]:
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    order = (QuantityBreak.product_id, QuantityBreak.min_pieces, QuantityBreak.id)
    for each in session.scalars(select(QuantityBreak).order_by(*order)):
        told: dict[str, Any] = {"min": each.min_pieces}
        told |= {} if each.tier is None else {"tier": each.tier}
        told |= (
            {"discount_bp": each.discount_bp}
            if each.price_minor is None
            else {"price_minor": each.price_minor, "per": each.per}
        )
        found[each.product_id].append(told)
    return found


def _contract(each: ContractPrice) -> dict[str, Any]:
    return {
        "reference": each.reference,
        "product_id": str(each.product_id),
        "price_minor": each.price_minor,
        "per": each.per,
        "min": each.min_pieces,
        "from": each.from_on.isoformat() if each.from_on else None,
        "until": each.until_on.isoformat() if each.until_on else None,
    }
