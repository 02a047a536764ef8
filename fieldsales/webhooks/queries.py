"""Which webhooks there are, what they have to be told, and what they were."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import repeat
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from fieldsales.catalog.queries import products
from fieldsales.changes.models import Change, Op
from fieldsales.changes.queries import frontier
from fieldsales.customers.models import CustomerReference
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.orders.models import Order, OrderLine
from fieldsales.people.models import User
from fieldsales.receivables.models import Payment
from fieldsales.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from fieldsales.webhooks.rules import DeliveryNotFound, WebhookNotFound

MOST_CHANGES = 500
"""So many changes are turned into deliveries in one transaction, more only where one transaction made more."""
Facts = Mapping[tuple[str, uuid.UUID], dict[str, Any]]


def standing_webhooks(session: Session) -> list[Webhook]:
    """Return the webhooks that were not ended, the oldest first."""
    return list(session.scalars(select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id)))


def require_webhook(session: Session, webhook_id: uuid.UUID, *, lock: bool = False) -> Webhook:
    """Return a webhook that was not ended, locked if it is to be changed; raise `WebhookNotFound`."""
    wanted = select(Webhook).where(Webhook.id == webhook_id, Webhook.ended_at.is_(None))
    found = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise WebhookNotFound(f"There is no webhook {webhook_id}.", id=str(webhook_id))
    return found


def due_webhooks(session: Session, now: datetime) -> list[uuid.UUID]:
    """Return the webhooks to which something may be sent at a moment."""
    due = select(Webhook.id).where(Webhook.ended_at.is_(None), Webhook.paused_at.is_(None), Webhook.next_at <= now)
    return list(session.scalars(due.order_by(Webhook.id)))


def is_anything_to_send(session: Session, now: datetime) -> bool:
    """Tell whether a webhook that may be sent to has something waiting, or to be told of that happened since."""
    horizon = frontier(session).horizon
    due = map(session.get_one, repeat(Webhook), due_webhooks(session, now))
    return any(first_waiting(session, each.id) or changes_for(session, each, horizon)[0] for each in due)


def first_waiting(session: Session, webhook_id: uuid.UUID) -> WebhookDelivery | None:
    """Return the delivery that comes next."""
    waiting = select(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == DeliveryState.WAITING
    )
    return session.scalars(waiting.order_by(WebhookDelivery.sequence).limit(1)).first()


def counts_of(session: Session, state: DeliveryState) -> dict[uuid.UUID, int]:
    """Return how many deliveries are in a state, by webhook."""
    keyed = select(WebhookDelivery.webhook_id, func.count()).where(WebhookDelivery.state == state)
    return {webhook_id: int(many) for webhook_id, many in session.execute(keyed.group_by(WebhookDelivery.webhook_id))}


def set_aside(session: Session, webhook: Webhook) -> list[WebhookDelivery]:
    """Return what was set aside and not sent again since, the oldest first."""
    again = aliased(WebhookDelivery)
    later = exists().where(
        again.webhook_id == WebhookDelivery.webhook_id,
        again.event_id == WebhookDelivery.event_id,
        again.sequence > WebhookDelivery.sequence,
    )
    mine = select(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.state == DeliveryState.SET_ASIDE, ~later
    )
    return list(session.scalars(mine.order_by(WebhookDelivery.sequence)))


def delivery_page(session: Session, webhook: Webhook, wanted: PageWanted) -> Page[WebhookDelivery]:
    """Return a page of what was sent to a webhook and of what waits, the latest first."""
    found = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    return fetch_page(session, found, (WebhookDelivery.sequence,), wanted, largest_first=True)


def require_delivery(session: Session, webhook: Webhook, delivery_id: uuid.UUID) -> WebhookDelivery:
    """Return a delivery of a webhook; raise `DeliveryNotFound`."""
    found = session.get(WebhookDelivery, delivery_id)
    if found is None or found.webhook_id != webhook.id:
        raise DeliveryNotFound(f"There is no delivery {delivery_id}.", id=str(delivery_id))
    return found


def changes_for(session: Session, webhook: Webhook, horizon: int) -> tuple[list[tuple[int, str, uuid.UUID, Op]], int]:
    """Return what a webhook has to be told next, in the order of transactions, and where to go on after it."""
    mine = select(Change.tx, Change.entity, Change.entity_id, Change.op).where(
        Change.tx >= webhook.cursor_tx, Change.tx < horizon, Change.entity.in_(webhook.topics), Change.op != Op.EXIT
    )
    last = session.scalars(mine.with_only_columns(Change.tx).order_by(Change.tx).offset(MOST_CHANGES - 1).limit(1))
    end = next(iter(last.all()), horizon - 1) + 1
    rows = session.execute(mine.where(Change.tx < end).order_by(Change.tx, Change.entity, Change.entity_id))
    return [(tx, entity, entity_id, op) for tx, entity, entity_id, op in rows], end


def facts_of(session: Session, wanted: Iterable[tuple[str, uuid.UUID]]) -> Facts:
    """Return what is told of orders and payments; nothing of one that is gone."""
    wanted = list(wanted)
    orders = session.scalars(select(Order).where(Order.id.in_(_ids(wanted, "order")))).all()
    payments = session.scalars(select(Payment).where(Payment.id.in_(_ids(wanted, "payment")))).all()
    rows: list[Order | Payment] = [*orders, *payments]
    customers = {each.customer_id for each in rows}
    names = _references(session, customers)
    reps = {each.rep_id for each in rows if each.rep_id}
    logins = {row[0]: row[1] for row in session.execute(select(User.id, User.login).where(User.id.in_(reps)))}
    sold = products(session, {line.product_id for each in orders for line in each.lines})
    skus = {product_id: product.sku for product_id, product in sold.items()}
    found: dict[tuple[str, uuid.UUID], dict[str, Any]] = {}
    for order in orders:
        found["order", order.id] = _order(order, skus) | _who(order, names, logins)
    for payment in payments:
        found["payment", payment.id] = _payment(payment) | _who(payment, names, logins)
    return found


def _ids(wanted: Iterable[tuple[str, uuid.UUID]], topic: str) -> list[uuid.UUID]:
    return [subject_id for each, subject_id in wanted if each == topic]


def _references(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    found: dict[uuid.UUID, dict[str, str]] = {each: {} for each in customer_ids}
    known = select(CustomerReference).where(CustomerReference.customer_id.in_(customer_ids))
    for each in session.scalars(known.order_by(CustomerReference.system, CustomerReference.value)):
        found[each.customer_id].setdefault(each.system, each.value)
    return found


def _who(
    row: Order | Payment, names: Mapping[uuid.UUID, dict[str, str]], logins: Mapping[uuid.UUID, str]
) -> dict[str, Any]:
    return {
        "customer": {"id": str(row.customer_id), "references": names[row.customer_id]},
        "rep": logins.get(row.rep_id) if row.rep_id else None,
        "visit_id": str(row.visit_id) if row.visit_id else None,
        "currency": row.currency,
        "amount_minor": row.amount_minor,
        "flags": row.flags,
    }


def _order(order: Order, skus: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "id": str(order.id),
        "reference": order.reference,
        "kind": str(order.kind),
        "state": str(order.state),
        "ordered_on": order.ordered_on.isoformat(),
        "ordered_at": order.ordered_at.isoformat() if order.ordered_at else None,
        "ended_at": order.ended_at.isoformat() if order.ended_at else None,
        "amends_id": str(order.amends_id) if order.amends_id else None,
        "against_id": str(order.against_id) if order.against_id else None,
        "reason": order.reason,
        "tax_minor": order.tax_minor,
        "lines": [_line(each, skus[each.product_id]) for each in order.lines],
    }


def _line(line: OrderLine, sku: str) -> dict[str, Any]:
    return {
        "line": line.line_no,
        "sku": sku,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_quantity": line.unit_quantity,
        "unit_price_minor": line.unit_price_minor,
        "discount_minor": line.discount_minor,
        "tax_minor": line.tax_minor,
        "amount_minor": line.amount_minor,
        "promotion": line.promotion,
        "condition": line.condition,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "id": str(payment.id),
        "method": str(payment.method),
        "paid_on": payment.paid_on.isoformat(),
        "paid_at": payment.paid_at.isoformat(),
        "reference": payment.reference,
    }
