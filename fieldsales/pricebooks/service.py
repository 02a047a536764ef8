"""Agreeing on prices, and publishing them: phones price by what was published, and so does the server."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.catalog.models import Product
from fieldsales.catalog.service import PriceInvalid, ProductUnknown
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.notices.service import apply_due
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.service import require_all_territories
from fieldsales.pricebooks.models import ContractPrice, PublishedBook, PublishedTerms, QuantityBreak
from fieldsales.pricebooks.queries import drafted_books, drafted_terms
from fieldsales.pricebooks.rules import Break, version_of
from fieldsales.units.models import ProductUnit
from fieldsales.units.rules import check_units

HIGHEST = 10**12


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is agreed with a customer for a product: `price_minor` for `per` pieces, from `least` pieces on.

    Raises `PriceInvalid` for a price, quantity or dates that cannot be.
    """

    customer_id: uuid.UUID
    product_id: uuid.UUID
    reference: str
    price_minor: int
    per: int = 1
    least: int = 1
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.price_minor <= HIGHEST and self.per >= 1 and self.least >= 1):
            raise PriceInvalid(f"{self.price_minor} for {self.per} pieces cannot be agreed.", mend="Give 0 or more.")
        if self.since and self.until and self.until < self.since:
            raise PriceInvalid(f"It ends {self.until}, before it begins.", mend="Exchange the days.")


def agree(session: Session, agreement: Agreement, *, now: datetime, by: Actor | None = None) -> ContractPrice:
    """Agree on a price with one customer; what stood under the reference for the product and quantity is withdrawn.

    Raises `CustomerNotFound`, `ProductUnknown`.
    """
    require_customer_in_scope(session, by, agreement.customer_id)
    if session.get(Product, agreement.product_id) is None:
        raise ProductUnknown(f"There is no product {agreement.product_id}.", product_id=str(agreement.product_id))
    stood = select(ContractPrice).where(
        ContractPrice.customer_id == agreement.customer_id,
        ContractPrice.product_id == agreement.product_id,
        ContractPrice.reference == agreement.reference,
        ContractPrice.min_pieces == agreement.least,
        ContractPrice.withdrawn_at.is_(None),
    )
    for before in session.scalars(stood.with_for_update()):
        if _of(before) == agreement:
            return before
        before.withdrawn_at = now
    made_by = by.user_id if by else None
    found = ContractPrice(
        customer_id=agreement.customer_id,
        product_id=agreement.product_id,
        reference=agreement.reference,
        price_minor=agreement.price_minor,
        per=agreement.per,
        min_pieces=agreement.least,
        from_on=agreement.since,
        until_on=agreement.until,
        made_at=now,
        made_by=made_by,
    )
    session.add(found)
    session.flush()
    facts = {"customer_id": str(agreement.customer_id), "price_minor": agreement.price_minor, "per": agreement.per}
    record(session, "contract_price.agree", ("contract_price", found.id), actor_id=made_by, now=now, **facts)
    return found


def withdraw_contract(session: Session, contract: ContractPrice, *, now: datetime, by: Actor | None = None) -> None:
    """End what was agreed; once more changes nothing. Raises `CustomerNotFound` outside of one's scope."""
    require_customer_in_scope(session, by, contract.customer_id)
    if contract.withdrawn_at is None:
        contract.withdrawn_at = now
        session.flush()
        actor_id = by.user_id if by else None
        record(session, "contract_price.withdraw", ("contract_price", contract.id), actor_id=actor_id, now=now)


def set_pricing(
    session: Session,
    product_id: uuid.UUID,
    *,
    now: datetime,
    by: Actor | None = None,
    units: Mapping[str, int] | None = None,
    breaks: Sequence[Break] | None = None,
    list_price_minor: int | None = None,
    **fields: str | None,
) -> Product:
    """Set a product's list price, units, quantity breaks or `tax_class`, each as a whole; what is not given stays.

    Raises `ProductUnknown`, `UnitInvalid`, `PriceInvalid`, and `PolicyHoldsForAll` for somebody whose territories are
    not all there are.
    """
    require_all_territories(session, by)
    product = session.get(Product, product_id)
    if product is None:
        raise ProductUnknown(f"There is no product {product_id}.", product_id=str(product_id))
    facts: dict[str, Any] = dict(fields)
    if units is not None:
        check_units(product.sku, units)
        session.execute(delete(ProductUnit).where(ProductUnit.product_id == product_id))
        session.add_all(ProductUnit(product_id=product_id, unit=unit, pieces=units[unit]) for unit in units)
        facts["units"] = dict(units)
    if list_price_minor is not None:
        facts["list_price_minor"] = product.price_minor = list_price_minor
    if breaks is not None:
        check_breaks(product.sku, breaks)
        session.execute(delete(QuantityBreak).where(QuantityBreak.product_id == product_id))
        session.add_all(_break(product_id, each) for each in breaks)
        facts["breaks"] = len(breaks)
    if "tax_class" in fields:
        product.tax_class = fields["tax_class"]
    session.flush()
    actor_id = by.user_id if by else None
    record(session, "product.pricing", ("product", product_id), actor_id=actor_id, now=now, **facts)
    return product


def check_breaks(sku: str, breaks: Sequence[Break]) -> None:
    """Raise `PriceInvalid` unless each break has a price or a discount, and no two of a tier the same minimum."""
    for each in breaks:
        if (each.price_minor is None) == (each.discount_bp is None):
            raise PriceInvalid(
                f"{sku}: the break at {each.least} needs a price or a discount.", mend="Give one of them."
            )
    if len({(each.tier, each.least) for each in breaks}) != len(breaks):
        raise PriceInvalid(f"{sku}: two breaks of a tier begin at the same quantity.", mend="Keep one of them.")


def publish_books(session: Session, *, now: datetime) -> list[PublishedBook]:
    """Publish the price book of each currency in which something has changed; return those that are new.

    Prices that were told ahead and whose day has come hold from now on.
    """
    day, _ = days_at(session, now)
    apply_due(session, day, now)
    found = []
    statement = select(PublishedBook).where(PublishedBook.superseded_at.is_(None)).with_for_update()
    current = {each.currency: each for each in session.scalars(statement)}
    for currency, body in sorted(drafted_books(session, day).items()):
        version = version_of(body)
        before = current.get(currency)
        if before is not None and before.version == version:
            continue
        if before is not None:
            before.superseded_at = now
            session.flush()
        found.append(PublishedBook(currency=currency, version=version, body=dict(body), made_at=now))
        session.add(found[-1])
        session.flush()
    return found


def publish_terms(session: Session, customer_id: uuid.UUID, *, now: datetime) -> list[PublishedTerms]:
    """Publish a customer's terms where something has changed; without any contract left there are none."""
    statement = select(PublishedTerms).where(
        PublishedTerms.customer_id == customer_id, PublishedTerms.superseded_at.is_(None)
    )
    current = {each.currency: each for each in session.scalars(statement.with_for_update())}
    drafted = {currency: (version_of(body), body) for currency, body in drafted_terms(session, customer_id).items()}
    for currency, before in current.items():
        if currency not in drafted or drafted[currency][0] != before.version:
            before.superseded_at = now
    session.flush()
    found = [
        PublishedTerms(customer_id=customer_id, currency=currency, version=version, body=dict(body), made_at=now)
        for currency, (version, body) in sorted(drafted.items())
        if currency not in current or current[currency].version != version
    ]
    session.add_all(found)
    session.flush()
    return found


def _of(row: ContractPrice) -> Agreement:
    return Agreement(
        row.customer_id,
        row.product_id,
        row.reference,
        row.price_minor,
        row.per,
        row.min_pieces,
        row.from_on,
        row.until_on,
    )


def _break(product_id: uuid.UUID, each: Break) -> QuantityBreak:
    return QuantityBreak(
        product_id=product_id,
        tier=each.tier,
        min_pieces=each.least,
        price_minor=each.price_minor,
        per=each.per,
        discount_bp=each.discount_bp,
    )
