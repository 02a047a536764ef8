"""What a rep has in hand."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.deliveries.models import Delivery
from fieldsales.departures.rules import InHand
from fieldsales.invoices.models import Invoice
from fieldsales.ledger.queries import held_items
from fieldsales.orders.models import Order
from fieldsales.people.queries import require_person_in_scope
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.stock.models import StockBalance


def in_hand(session: Session, actor: Actor | None, rep_id: uuid.UUID, day: date) -> InHand:
    """Return what a rep has in hand, as of the morning of a day. Raises `PersonNotFound`."""
    rep = require_person_in_scope(session, actor, rep_id)
    mine = select(Assignment.customer_id).where(Assignment.rep_id == rep.id, Assignment.ended_at.is_(None))
    owned = mine.where(Assignment.kind == AssignmentKind.OWNER)
    cash: dict[str, int] = defaultdict(int)
    for item in held_items(session, rep.id):
        cash[item.currency] += item.amount_minor
    pieces = select(func.coalesce(func.sum(StockBalance.on_hand), 0)).where(StockBalance.rep_id == rep.id)
    return InHand(
        customers=_count(session, owned),
        key_accounts=_count(session, mine.where(Assignment.kind == AssignmentKind.KEY_ACCOUNT)),
        planned_visits=_count(
            session,
            select(PlannedVisit.id).where(
                PlannedVisit.rep_id == rep.id, PlannedVisit.day >= day, PlannedVisit.status == PlanStatus.PLANNED
            ),
        ),
        open_orders=_count(
            session,
            select(Delivery.id)
            .join(Order, Order.id == Delivery.id)
            .where(Order.rep_id == rep.id, Delivery.ended_at.is_(None)),
        ),
        owed_minor=_owed(session, owned),
        van_pieces=int(session.scalars(pieces).one()),
        cash_minor={currency: amount for currency, amount in sorted(cash.items()) if amount},
    )


def _count(session: Session, statement: Select[uuid.UUID]) -> int:
    return int(session.scalar(select(func.count()).select_from(statement.subquery())) or 0)


def _owed(session: Session, customers: Select[uuid.UUID]) -> dict[str, int]:
    owed = (
        select(Invoice.currency, func.sum(Invoice.open_minor))
        .where(Invoice.customer_id.in_(customers), Invoice.open_minor > 0)
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return {currency: int(amount) for currency, amount in session.execute(owed) if amount}
