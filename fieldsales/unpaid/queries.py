"""Which orders are not paid although they should be, as of a day."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.invoices.models import Allocation, Credit, CreditKind, Invoice

CHUNK = 500
Facts = tuple[dict[str, Any], ...]


class Unpaid:
    """What is late of orders: of each its invoices' amounts (credit notes taken off), and what of them is not paid.

    An invoice is late when `days` have passed since it was due; None: nothing ever is. What was paid elsewhere counts
    as paid, what was written off does not. Payments after `last` are not known yet.
    """

    def __init__(self, session: Session, order_ids: Collection[uuid.UUID], last: date, days: int | None) -> None:
        self._found: dict[uuid.UUID, list[tuple[int, int, dict[str, Any]]]] = defaultdict(list)
        if days is None:
            return
        ids = sorted(order_ids)
        for at in range(0, len(ids), CHUNK):
            self._read(session, ids[at : at + CHUNK], last, last - timedelta(days=days))

    def of(self, order_id: uuid.UUID) -> tuple[int, int, Facts]:
        """Return what is late of an order, of how much that is claimed for it, and the late invoices."""
        invoices = self._found.get(order_id, ())
        late = tuple(facts for unpaid, _, facts in invoices if unpaid)
        return sum(unpaid for unpaid, _, _ in invoices), sum(claimed for _, claimed, _ in invoices), late

    def _read(self, session: Session, ids: Collection[uuid.UUID], last: date, due: date) -> None:
        invoices = session.scalars(
            select(Invoice).where(Invoice.order_id.in_(ids), Invoice.issued_on <= last).order_by(Invoice.id)
        ).all()
        numbers = [each.id for each in invoices]
        later = _sums(session, numbers, Allocation.day > last)
        credited = _sums(session, numbers, Allocation.day <= last, Credit.kind == CreditKind.CREDIT_NOTE)
        for each in invoices:
            if each.order_id is None:
                continue
            claimed = each.amount_minor - credited.get(each.id, 0)
            is_late = each.due_on < due
            unpaid = each.open_minor + each.written_off_minor + later.get(each.id, 0) if is_late else 0
            facts = {
                "invoice_id": str(each.id),
                "reference": each.reference,
                "due_on": each.due_on.isoformat(),
                "amount_minor": claimed,
                "unpaid_minor": unpaid,
            }
            self._found[each.order_id].append((unpaid, claimed, facts))


def _sums(session: Session, ids: Collection[uuid.UUID], *only: Any) -> dict[uuid.UUID, int]:
    total = func.sum(Allocation.amount_minor)
    rows = session.execute(
        select(Allocation.invoice_id, total)
        .join(Credit, Credit.id == Allocation.credit_id)
        .where(Allocation.invoice_id.in_(ids), *only)
        .group_by(Allocation.invoice_id)
    )
    return {invoice_id: int(amount) for invoice_id, amount in rows}
