"""Taking over another system's prices. The same feed again changes nothing, also out of order."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.catalog.models import Product
from fieldsales.catalog.service import PriceInvalid, ProductUnknown
from fieldsales.customers.queries import customer_numbered, require_customer_in_scope
from fieldsales.db.base import new_id
from fieldsales.errors import FieldsalesError, Unavailable
from fieldsales.notices.rules import PriceFate
from fieldsales.notices.service import Notice, is_followed, mark_applied, take_note
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.service import require_all_territories
from fieldsales.pricebooks.models import ContractPrice, PublishedBook
from fieldsales.pricebooks.service import Agreement, agree, publish_books, publish_terms, withdraw_contract
from fieldsales.pricefeeds.rules import FiledPrice, PriceRow, PromotionRow
from fieldsales.promotions.queries import PromotionNotFound
from fieldsales.promotions.rules import read_promotion
from fieldsales.promotions.service import put_promotion, withdraw_promotion

Row = PriceRow | PromotionRow | FieldsalesError
"""A row, or why it could not be read."""


@dataclass(slots=True)
class Feed:
    """One delivery of rows: for whom, when, and whose terms it changed."""

    session: Session
    by: Actor | None
    now: datetime
    day: date
    customers: set[uuid.UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of each row, in their order, the price books that are new, and how many terms."""

    rows: tuple[FiledPrice, ...]
    price_books: tuple[PublishedBook, ...]
    terms: int


def file_prices(session: Session, rows: Sequence[Row], *, by: Actor | None, now: datetime) -> Taken:
    """Take over rows, each standing or falling alone, and publish what holds now.

    List and tier prices hold from their day on: those that wait come into the books when these are published on that
    day. Raises `PolicyHoldsForAll` for somebody whose territories are not all there are.
    """
    require_all_territories(session, by)
    feed = Feed(session, by, now, days_at(session, now)[0])
    found: dict[int, FiledPrice] = {}
    for at in sorted(range(len(rows)), key=lambda at: (str(getattr(rows[at], "subject", "")), at)):
        found[at] = _file(feed, rows[at])
    session.flush()
    terms = sum(len(publish_terms(session, each, now=now)) for each in sorted(feed.customers))
    books = publish_books(session, now=now)
    counts = Counter(str(each.fate) for each in found.values())
    record(session, "price.import", ("feed", new_id()), actor_id=by.user_id if by else None, now=now, **counts)
    return Taken(tuple(found[at] for at in range(len(rows))), tuple(books), terms)


def _file(feed: Feed, row: Row) -> FiledPrice:
    subject = "" if isinstance(row, FieldsalesError) else row.subject
    try:
        if isinstance(row, FieldsalesError):
            raise row
        with feed.session.begin_nested():
            fate = _promotion(feed, row) if isinstance(row, PromotionRow) else _price(feed, row)
            return FiledPrice(subject, fate)
    except Unavailable:
        raise
    except FieldsalesError as wrong:
        return FiledPrice(subject, PriceFate.REFUSED, wrong.code, str(wrong))


def _price(feed: Feed, row: PriceRow) -> PriceFate:
    product = feed.session.scalars(select(Product).where(Product.sku == row.sku)).one_or_none()
    if product is None:
        raise ProductUnknown(f"There is no product “{row.sku}”.", mend="Import the products first.", sku=row.sku)
    if row.currency != product.currency:
        raise PriceInvalid(
            f"{row.sku} is sold in {product.currency}, not in {row.currency}.",
            mend="Correct the currency.",
            currency=product.currency,
        )
    if not 0 <= row.price_minor < 2**53:
        raise PriceInvalid(f"A price of {row.price_minor} cannot be.", mend="Give minor units, 0 or more.")
    return _agreed(feed, row, product) if row.agreed else _listed(feed, row, product)


def _listed(feed: Feed, row: PriceRow, product: Product) -> PriceFate:
    series = f"list:{row.sku}" if row.tier is None else f"tier:{row.sku}:{row.tier}"
    body = {"product_id": str(product.id), "tier": row.tier, "price_minor": row.price_minor}
    told = Notice(f"{series}:{row.since}", body, row.version, row.since, series)
    if (done := take_note(feed.session, told, feed.now)) is not None:
        return done
    if row.since is not None and row.since > feed.day:
        return PriceFate.WAITING
    return PriceFate.FOLLOWED if is_followed(feed.session, told, feed.day) else PriceFate.NEW


def _agreed(feed: Feed, row: PriceRow, product: Product) -> PriceFate:
    session = feed.session
    customer_id = row.customer_id or customer_numbered(session, row.customer)
    require_customer_in_scope(session, feed.by, customer_id)
    reference = row.reference or ""
    agreement = Agreement(
        customer_id=customer_id,
        product_id=product.id,
        reference=reference,
        price_minor=row.price_minor,
        per=row.per,
        least=row.least,
        since=row.since,
        until=row.until,
    )
    key = f"contract:{customer_id}:{row.sku}:{reference}:{row.least}"
    told = Notice(key, _said(agreement, withdrawn=row.withdrawn), row.version)
    if (done := take_note(session, told, feed.now)) is not None:
        return done
    mark_applied(session, key, feed.now)
    feed.customers.add(customer_id)
    if not row.withdrawn:
        agree(session, agreement, now=feed.now, by=feed.by)
        return PriceFate.NEW
    for each in session.scalars(_standing(agreement)):
        withdraw_contract(session, each, now=feed.now, by=feed.by)
    return PriceFate.WITHDRAWN


def _said(agreement: Agreement, *, withdrawn: bool) -> dict[str, Any]:
    days = {"from": agreement.since, "until": agreement.until}
    told = {name: day.isoformat() if day else None for name, day in days.items()}
    return told | {"price_minor": agreement.price_minor, "per": agreement.per, "withdrawn": withdrawn}


def _standing(agreement: Agreement) -> Any:
    return select(ContractPrice).where(
        ContractPrice.customer_id == agreement.customer_id,
        ContractPrice.product_id == agreement.product_id,
        ContractPrice.reference == agreement.reference,
        ContractPrice.min_pieces == agreement.least,
        ContractPrice.withdrawn_at.is_(None),
    )


def _promotion(feed: Feed, row: PromotionRow) -> PriceFate:
    if not row.withdrawn:
        read_promotion(row.body)
    key = f"promotion:{row.subject}"
    done = take_note(
        feed.session, Notice(key, {"body": dict(row.body), "withdrawn": row.withdrawn}, row.version), feed.now
    )
    if done is not None:
        return done
    mark_applied(feed.session, key, feed.now)
    if not row.withdrawn:
        put_promotion(feed.session, row.body, note="feed", now=feed.now, by=feed.by)
        return PriceFate.NEW
    try:
        withdraw_promotion(feed.session, row.subject, now=feed.now, by=feed.by)
    except PromotionNotFound:
        return PriceFate.WITHDRAWN  # it stands no more, as was asked
    return PriceFate.WITHDRAWN
