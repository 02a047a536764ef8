"""What a phone holds of orders, and of what became of them."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, and_, or_, select

from fieldsales.budgets.models import BudgetScope, GiftBudget
from fieldsales.deliveries.models import Delivery, DeliveryLine
from fieldsales.orders.models import Order, OrderLine, Origin
from fieldsales.people.models import Territory, User
from sync.shape import Children, Shape, of_served


def _orders(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Order.origin == Origin.FIELD, of_served(Order.customer_id)(user_id))


def _budgets(user_id: uuid.UUID) -> ColumnElement[bool]:
    """Those that bound the gifts of a rep: the own, those of the own territory and all above it, and those of tiers."""
    base = select(User.territory_id).where(User.id == user_id).scalar_subquery()
    tree = select(Territory.id, Territory.parent_id).where(Territory.id == base).cte("above", recursive=True)
    tree = tree.union(select(Territory.id, Territory.parent_id).join(tree, Territory.id == tree.c.parent_id))
    mine = or_(GiftBudget.rep_id == user_id, GiftBudget.territory_id.in_(select(tree.c.id)))
    return and_(GiftBudget.ended_at.is_(None), or_(GiftBudget.scope == BudgetScope.TIER, mine))


ORDER = Shape(
    columns=(
        Order.id,
        Order.customer_id,
        Order.rep_id,
        Order.visit_id,
        Order.kind,
        Order.ordered_on,
        Order.ordered_at,
        Order.currency,
        Order.amount_minor,
        Order.tax_minor,
        Order.state,
        Order.amends_id,
        Order.against_id,
        Order.exchange_id,
        Order.basis,
        Order.reason,
        Order.supply,
        Order.wanted_on,
        Order.flags,
    ),
    visible=_orders,
    children=(
        Children(
            "lines",
            OrderLine.order_id,
            (
                OrderLine.line_no,
                OrderLine.product_id,
                OrderLine.quantity,
                OrderLine.unit_price_minor,
                OrderLine.amount_minor,
                OrderLine.condition,
                OrderLine.unit,
                OrderLine.unit_quantity,
                OrderLine.tax_minor,
                OrderLine.promotion,
            ),
            order=(OrderLine.line_no,),
        ),
    ),
)

DELIVERY = Shape(
    columns=(
        Delivery.id,
        Delivery.customer_id,
        Delivery.state,
        Delivery.promised_from,
        Delivery.promised_until,
        Delivery.picked_at,
        Delivery.out_at,
        Delivery.ended_at,
    ),
    visible=of_served(Delivery.customer_id),
    children=(
        Children(
            "lines",
            DeliveryLine.delivery_id,
            (
                DeliveryLine.line_no,
                DeliveryLine.product_id,
                DeliveryLine.ordered,
                DeliveryLine.delivered,
                DeliveryLine.cancelled,
                DeliveryLine.reason,
            ),
            order=(DeliveryLine.line_no,),
        ),
    ),
)

GIFT_BUDGET = Shape(
    columns=(
        GiftBudget.id,
        GiftBudget.name,
        GiftBudget.scope,
        GiftBudget.territory_id,
        GiftBudget.tier,
        GiftBudget.from_on,
        GiftBudget.until_on,
        GiftBudget.currency,
        GiftBudget.most,
        GiftBudget.used,
    ),
    visible=_budgets,
)
