"""Taking over another system's invoices and credit notes. The same feed again changes nothing, also out of order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.allocations.service import settle_account
from fieldsales.audit.service import record
from fieldsales.claims.rules import Filed
from fieldsales.credits.rules import CREDIT, OnAccount
from fieldsales.customers.queries import customer_numbered, require_customer_in_scope
from fieldsales.db.base import new_id
from fieldsales.debts.rules import Fate
from fieldsales.debts.service import Book, take_credit_note, take_invoice
from fieldsales.errors import FieldsalesError, Unavailable
from fieldsales.invoices.rules import Claim
from fieldsales.invoices.service import hold_customer
from fieldsales.money import exponent
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force

Reader = Callable[[], Claim]
"""Makes a claim of a row; what it raises refuses that row alone."""


def file_claims(
    session: Session, rows: Sequence[tuple[str, Reader]], *, by: Actor | None, now: datetime
) -> list[Filed]:
    """Take over rows (a number, and what reads the claim); each stands or falls alone. Return what became of each.

    A number that is known with the same customer, currency and amount changes nothing, but where less is open than we
    know the difference is settled elsewhere: what is open never rises by a feed, so that an old one does no harm. A
    row with a higher version than we hold may correct the amount and the due day; one with a lower changes nothing.
    """
    day = days_at(session, now)[0]
    book = Book(session, in_force(session, CREDIT, day).value, day, now)
    filed = [_file(book, number, read, by) for number, read in rows]
    counts = {fate.value: sum(each.fate is fate for each in filed) for fate in Fate}
    record(session, "invoice.import", ("feed", new_id()), actor_id=by.user_id if by else None, now=now, **counts)
    return filed


def _file(book: Book, number: str, read: Reader, by: Actor | None) -> Filed:
    session = book.session
    try:
        with session.begin_nested():
            claim = read()
            exponent(claim.currency)
            customer = require_customer_in_scope(session, by, claim.customer_id)
            hold_customer(session, customer.id)
            fate = take_credit_note(book, claim) if claim.amount_minor < 0 else take_invoice(book, claim)
            if book.policy.on_account is OnAccount.OLDEST_FIRST and fate not in (Fate.SAME, Fate.OLDER):
                settle_account(session, customer.id, claim.currency, book.now)
            return Filed(claim.reference, fate)
    except Unavailable:
        raise
    except FieldsalesError as wrong:
        return Filed(number, Fate.REFUSED, wrong.code, str(wrong))


def reader_of(session: Session, told: Mapping[str, Any]) -> Reader:
    """Return what makes a claim of a row's fields; its customer is named by id or by its number in another system."""

    def read() -> Claim:
        fields = {name: value for name, value in told.items() if name not in {"customer", "customer_id"}}
        return Claim(customer_id=told.get("customer_id") or customer_numbered(session, told.get("customer")), **fields)

    return read
