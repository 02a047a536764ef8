"""Money that was set against invoices, read as sources of pay: who took it, and whose sale it paid."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from fieldsales.commission.rules import Scheme
from fieldsales.earnings.queries import Books
from fieldsales.earnings.rules import Line, Source, SourceKind
from fieldsales.invoices.models import Allocation, Credit, Invoice
from fieldsales.orders.models import Order
from fieldsales.receivables.models import Payment

Pair = tuple[uuid.UUID, uuid.UUID]
CHUNK = 500


def takings(books: Books, scheme: Scheme, last: date, *only: ColumnElement[bool]) -> list[Source]:
    """Return the money that some conditions choose, set against invoices up to a day, less what was taken back by then.

    What was taken back of money and its invoice (the cheque bounced) takes off the latest amount first.
    """
    wanted = (Allocation.amount_minor > 0, Allocation.day <= last, Invoice.currency == books.currency, *only)
    rows: Sequence[Any] = books.session.execute(_MONEY.where(*wanted).order_by(Allocation.day, Allocation.id)).all()
    left = _left(books.session, {(each.credit_id, each.invoice_id) for each in rows}, last)
    return [_source(books, scheme, each, left.get(each.id, 0)) for each in rows]


def chosen_takings(books: Books, scheme: Scheme, last: date, ids: Collection[uuid.UUID]) -> list[Source]:
    """Return some of them, as they stand on a day."""
    some = sorted(ids)
    pieces = (some[at : at + CHUNK] for at in range(0, len(some), CHUNK))
    return [each for piece in pieces for each in takings(books, scheme, last, Allocation.id.in_(piece))]


def taken_back(session: Session, last: date) -> set[uuid.UUID]:
    """Return the amounts of money and invoice pairs of which anything was ever taken back up to a day."""
    back = select(Allocation.credit_id, Allocation.invoice_id)
    pairs = {tuple(row) for row in session.execute(back.where(Allocation.amount_minor < 0, Allocation.day <= last))}
    monies = sorted({credit_id for credit_id, _ in pairs})
    found: set[uuid.UUID] = set()
    for at in range(0, len(monies), CHUNK):
        rows = select(Allocation.id, Allocation.credit_id, Allocation.invoice_id).where(
            Allocation.credit_id.in_(monies[at : at + CHUNK]), Allocation.amount_minor > 0
        )
        found |= {who for who, *pair in session.execute(rows) if tuple(pair) in pairs}
    return found


_MONEY = (
    select(
        *(Allocation.id, Allocation.day, Allocation.amount_minor, Allocation.credit_id, Allocation.invoice_id),
        *(Invoice.customer_id, Payment.rep_id.label("collector"), Order.rep_id.label("seller"), Order.ordered_on),
    )
    .join(Credit, Credit.id == Allocation.credit_id)
    .join(Payment, Payment.id == Credit.id)
    .join(Invoice, Invoice.id == Allocation.invoice_id)
    .join(Order, Order.id == Invoice.order_id, isouter=True)
)


def _left(session: Session, pairs: Collection[Pair], last: date) -> Mapping[uuid.UUID, int]:
    moves: dict[Pair, list[tuple[uuid.UUID, int]]] = defaultdict(list)
    monies = sorted({credit_id for credit_id, _ in pairs})
    for at in range(0, len(monies), CHUNK):
        rows = select(Allocation.credit_id, Allocation.invoice_id, Allocation.id, Allocation.amount_minor).where(
            Allocation.credit_id.in_(monies[at : at + CHUNK]), Allocation.day <= last
        )
        for credit_id, invoice_id, who, amount in session.execute(rows.order_by(Allocation.day, Allocation.id)):
            moves[credit_id, invoice_id].append((who, amount))
    found: dict[uuid.UUID, int] = {}
    for each in moves.values():
        back = -sum(amount for _, amount in each if amount < 0)
        for who, amount in reversed([move for move in each if move[1] > 0]):
            off = min(back, amount)
            found[who], back = amount - off, back - off
    return found


def _source(books: Books, scheme: Scheme, row: Any, left: int) -> Source:
    shop = books.shops[row.customer_id]
    day = row.ordered_on or row.day
    sellers = books.serving.shares(scheme, row.customer_id, day, row.seller) if row.seller or row.ordered_on else ()
    weights = books.serving.shares(scheme, row.customer_id, row.day, row.collector)
    return Source(
        kind=SourceKind.PAYMENT,
        id=row.id,
        day=row.day,
        customer_id=row.customer_id,
        weights=weights,
        sellers=sellers or weights,
        lines=(Line(1, row.amount_minor, left, row.amount_minor),),
        tier=shop.tier,
        segment=shop.segment,
        because=({"payment_id": str(row.credit_id), "invoice_id": str(row.invoice_id)},),
    )
