"""Which requests there are, and the facts that a person decides by."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from fieldsales.approvals.models import Approval, ApprovalKind, ApprovalState
from fieldsales.credits.queries import standings
from fieldsales.credits.rules import Standing
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.invoices.queries import aged_debts
from fieldsales.invoices.rules import ageing, overdue
from fieldsales.orders.queries import buying_summary
from fieldsales.people.models import Role, User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor


class ApprovalNotFound(NotFound):
    """There is no such request about a customer whom you may see."""

    code = "approval.not_found"
    title = "There is no such request"


def find_approvals(
    session: Session, actor: Actor, wanted: PageWanted, now: datetime, state: ApprovalState | None = None
) -> Page[Approval]:
    """Return a page of requests, the oldest first: a rep's own, others' of the customers whom they may see.

    One whose time is over is told under `expired`, also before it was written down so.
    """
    found = _of_theirs(actor)
    over = (Approval.state == ApprovalState.OPEN) & (Approval.expires_at <= now)
    if state is ApprovalState.EXPIRED:
        found = found.where(or_(Approval.state == state, over))
    elif state is not None:
        found = found.where(Approval.state == state)
        found = found.where(Approval.expires_at > now) if state is ApprovalState.OPEN else found
    return fetch_page(session, found, (Approval.asked_at, Approval.id), wanted)


def require_approval(session: Session, actor: Actor | None, approval_id: uuid.UUID) -> Approval:
    """Return a request that the actor may see; raise `ApprovalNotFound`."""
    found = session.scalars(_of_theirs(actor).where(Approval.id == approval_id)).one_or_none()
    if found is None:
        raise ApprovalNotFound(f"There is no request {approval_id}.", id=str(approval_id))
    return found


def open_about(session: Session, mutation_id: uuid.UUID) -> Approval | None:
    """Return the open request about a held mutation, locked, if there is one."""
    found = select(Approval).where(Approval.mutation_id == mutation_id, Approval.state == ApprovalState.OPEN)
    return session.scalars(found.with_for_update()).one_or_none()


def expired_by(session: Session, now: datetime) -> Sequence[Approval]:
    """Return the open requests whose time is over, locked."""
    over = select(Approval).where(Approval.state == ApprovalState.OPEN, Approval.expires_at <= now)
    return session.scalars(over.order_by(Approval.id).with_for_update()).all()


def is_any_expired(session: Session, now: datetime) -> bool:
    """Tell whether the time of an open request is over."""
    over = select(Approval.id).where(Approval.state == ApprovalState.OPEN, Approval.expires_at <= now)
    return session.scalar(over.limit(1)) is not None


def facts_about(
    session: Session, customer_id: uuid.UUID, currency: str, amount_minor: int, day: date
) -> dict[str, Any]:
    """Return how a customer stands: its limit, its debts by age, and what it bought last."""
    standing = standings(session, [customer_id], day).get(customer_id, {}).get(currency, Standing(currency, None))
    aged = aged_debts(session, [customer_id], day).get(customer_id, {}).get(currency) or ageing((), day)
    buying = buying_summary(session, [customer_id], day, orders=10, favourites=1)[customer_id]
    left = standing.left_minor
    return {
        "day": day.isoformat(),
        "amount_minor": amount_minor,
        "credit": standing.told() | {"left_after_minor": None if left is None else left - amount_minor},
        "ageing": aged | {"overdue_minor": overdue(aged)},
        "history": [
            {
                "order_id": str(each.id),
                "ordered_on": each.ordered_on.isoformat(),
                "currency": each.currency,
                "amount_minor": each.amount_minor,
            }
            for each in buying.last_orders
        ],
    }


def _of_theirs(actor: Actor | None) -> Select[Approval]:
    if actor is not None and actor.role is Role.REP:
        return select(Approval).where(Approval.asked_by == actor.user_id)
    of_customers = Approval.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id))
    of_people = Approval.asked_by.in_(visible_people(actor).with_only_columns(User.id))
    found = select(Approval).where(or_(of_customers, and_(Approval.customer_id.is_(None), of_people)))
    decides_on_pay = actor is None or actor.role is not Role.SUPERVISOR
    return found if decides_on_pay else found.where(Approval.kind != ApprovalKind.COMMISSION)
