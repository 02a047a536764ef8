"""What an order costs by what is stored: the books and terms of any version, read once in a process."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks import queries
from fieldsales.pricebooks.models import PublishedBook
from fieldsales.pricebooks.queries import BookNotFound
from fieldsales.pricebooks.rules import NO_TERMS, PriceBook, Terms, read_book, read_terms

_KEPT = 8
"""How many price books a process keeps read."""


class _Body:
    """A document that is told apart by its version alone."""

    def __init__(self, published: PublishedBook) -> None:
        self.version, self.body = published.version, published.body

    def __hash__(self) -> int:
        return hash(self.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Body) and other.version == self.version


@lru_cache(_KEPT)
def _read(document: _Body) -> PriceBook:
    return read_book(document.body)


def current_book(session: Session, currency: str, at: datetime) -> PriceBook:
    """Return the price book that was current at a moment. Raises `BookNotFound`."""
    published = queries.book_at(session, currency, at)
    if published is None:
        raise BookNotFound(
            f"There is no price book in {currency}.",
            mend="Publish one (fieldsales prices publish), or use the currency of the products.",
            currency=currency,
        )
    return _read(_Body(published))


def former_book(session: Session, currency: str, version: str) -> PriceBook | None:
    """Return a price book of any age by its version; None if none was ever published by it."""
    published = queries.book_of_version(session, currency, version)
    return None if published is None else _read(_Body(published))


def current_terms(session: Session, customer_id: uuid.UUID, currency: str, at: datetime) -> Terms:
    """Return a customer's terms as they were at a moment."""
    published = queries.terms_at(session, customer_id, currency, at)
    return NO_TERMS if published is None else read_terms(published.body)


def former_terms(session: Session, customer_id: uuid.UUID, version: str | None) -> Terms | None:
    """Return a customer's terms of any age by their version; None if they were never published."""
    if version is None:
        return NO_TERMS
    published = queries.terms_of_version(session, customer_id, version)
    return None if published is None else read_terms(published.body)


def buyer_at(
    session: Session, customer_id: uuid.UUID, tier: str | None, currency: str, moment: tuple[date, datetime]
) -> Buyer:
    """Return for whom a price is; `moment` is the day on the customer's wall clock, and the moment itself."""
    day, at = moment
    return Buyer(str(customer_id), tier, current_terms(session, customer_id, currency, at), day.isoformat())
