"""What a phone holds of each entity, and whether its user may; `docs/sync-protocol.md` describes it for clients."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, or_, select

from fieldsales.approvals.models import Approval
from fieldsales.budgets.models import BudgetScope, GiftBudget
from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.causes.rules import CAUSES
from fieldsales.contexts.models import OrderContext
from fieldsales.customers.models import Assignment, Customer, CustomerReference
from fieldsales.deliveries.models import Delivery, DeliveryLine
from fieldsales.invoices.models import Invoice
from fieldsales.notes.models import Note
from fieldsales.orders.models import Order, OrderLine, Origin
from fieldsales.people.models import Territory, User
from fieldsales.policies.models import Policy
from fieldsales.pricebooks.models import PublishedBook, PublishedTerms
from fieldsales.receivables.models import Payment
from fieldsales.settlements.models import Settlement, Signature
from fieldsales.stock.models import Level, StockBalance, StockLevel
from fieldsales.visits.models import Photo, Visit, VisitEvent
from fieldsales.warehouses.models import Warehouse
from sync.feed import served_by
from sync.models import Mutation, Status, Way
from sync.plan_shapes import PLANNED_VISIT, ROUTE
from sync.shape import Children, Shape, everybody, of_served, own


def _on_sale(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return Product.active.is_(True)


def _causes(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Policy.kind == CAUSES.name, Policy.withdrawn_at.is_(None))


def _customers(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Customer.active, of_served(Customer.id)(user_id))


def _current_terms(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(PublishedTerms.superseded_at.is_(None), of_served(PublishedTerms.customer_id)(user_id))


def _current_books(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return PublishedBook.superseded_at.is_(None)


def _orders(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Order.origin == Origin.FIELD, of_served(Order.customer_id)(user_id))


def _budgets(user_id: uuid.UUID) -> ColumnElement[bool]:
    """Those that bound the gifts of a rep: the own, those of the own territory and all above it, and those of tiers."""
    base = select(User.territory_id).where(User.id == user_id).scalar_subquery()
    tree = select(Territory.id, Territory.parent_id).where(Territory.id == base).cte("above", recursive=True)
    tree = tree.union(select(Territory.id, Territory.parent_id).join(tree, Territory.id == tree.c.parent_id))
    mine = or_(GiftBudget.rep_id == user_id, GiftBudget.territory_id.in_(select(tree.c.id)))
    return and_(GiftBudget.ended_at.is_(None), or_(GiftBudget.scope == BudgetScope.TIER, mine))


def _mutations(user_id: uuid.UUID) -> ColumnElement[bool]:
    unanswered = and_(
        Mutation.way.in_((Way.WATERMELON, Way.RXDB)),
        or_(Mutation.status == Status.REJECTED, Mutation.review.is_not(None)),
    )
    return and_(Mutation.user_id == user_id, or_(Mutation.held_at.is_not(None), unanswered))


def _places(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Warehouse.active, or_(Warehouse.rep_id.is_(None), Warehouse.rep_id == user_id))


def _in_own_van(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(StockBalance.rep_id == user_id, StockBalance.on_hand != 0)


def _scarce(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return StockLevel.level != Level.AVAILABLE


PRODUCT = Shape(
    columns=(
        Product.id,
        Product.sku,
        Product.name,
        Product.brand,
        Product.category,
        Product.gtin,
        Product.case_gtin,
        Product.pack_size,
        Product.price_minor,
        Product.currency,
    ),
    visible=_on_sale,
)

CUSTOMER = Shape(
    columns=(
        Customer.id,
        Customer.name,
        Customer.category,
        Customer.address,
        Customer.city,
        Customer.postal_code,
        Customer.latitude,
        Customer.longitude,
        Customer.phone,
        Customer.opening_hours,
        Customer.service_minutes,
        Customer.tier,
        Customer.tier_reason,
        Customer.flags,
        Customer.version,
    ),
    visible=_customers,
    children=(
        Children(
            "references",
            CustomerReference.customer_id,
            (CustomerReference.system, CustomerReference.value),
            order=(CustomerReference.system, CustomerReference.value),
        ),
    ),
)

VISIT = Shape(
    columns=(
        Visit.id,
        Visit.customer_id,
        Visit.rep_id,
        Visit.day,
        Visit.checked_in_at,
        Visit.checked_out_at,
        Visit.summary,
        Visit.cause_code,
        Visit.flags,
    ),
    visible=of_served(Visit.customer_id),
    children=(
        Children(
            "events",
            VisitEvent.visit_id,
            (VisitEvent.at, VisitEvent.kind, VisitEvent.distance_m, VisitEvent.flags),
            order=(VisitEvent.at, VisitEvent.id),
        ),
        Children(
            "photos",
            Photo.visit_id,
            (
                Photo.id,
                Photo.kind,
                Photo.sha256,
                Photo.size_bytes,
                Photo.content_type,
                Photo.taken_at,
                Photo.stored_at,
                Photo.flags,
            ),
            order=(Photo.id,),
        ),
    ),
)

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

NOTE = Shape(
    columns=(Note.id, Note.customer_id, Note.rep_id, Note.visit_id, Note.text, Note.noted_at, Note.flags),
    visible=of_served(Note.customer_id),
)

PAYMENT = Shape(
    columns=(
        Payment.id,
        Payment.customer_id,
        Payment.rep_id,
        Payment.visit_id,
        Payment.method,
        Payment.currency,
        Payment.amount_minor,
        Payment.paid_on,
        Payment.paid_at,
        Payment.reference,
        Payment.flags,
    ),
    visible=of_served(Payment.customer_id),
)

APPROVAL = Shape(
    columns=(
        Approval.id,
        Approval.kind,
        Approval.state,
        Approval.mutation_id,
        Approval.customer_id,
        Approval.asked_at,
        Approval.expires_at,
        Approval.currency,
        Approval.amount_minor,
        Approval.reason,
        Approval.decided_at,
        Approval.decision_reason,
    ),
    visible=own(Approval.asked_by),
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

INVOICE = Shape(
    columns=(
        Invoice.id,
        Invoice.customer_id,
        Invoice.order_id,
        Invoice.reference,
        Invoice.currency,
        Invoice.amount_minor,
        Invoice.open_minor,
        Invoice.issued_on,
        Invoice.due_on,
    ),
    visible=of_served(Invoice.customer_id),
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

SETTLEMENT = Shape(
    columns=(
        Settlement.id,
        Settlement.day,
        Settlement.state,
        Settlement.counted_at,
        Settlement.content,
        Settlement.content_hash,
        Settlement.settled_at,
        Settlement.reopened_at,
        Settlement.reopen_reason,
    ),
    visible=own(Settlement.rep_id),
    children=(
        Children(
            "signatures",
            Signature.settlement_id,
            (Signature.party, Signature.by, Signature.at, Signature.content_hash),
            order=(Signature.party,),
        ),
    ),
)

SHAPES: Mapping[str, Shape] = {
    "agreement": Shape(
        (
            PublishedTerms.id,
            PublishedTerms.customer_id,
            PublishedTerms.currency,
            PublishedTerms.version,
            PublishedTerms.made_at,
            PublishedTerms.body,
        ),
        _current_terms,
    ),
    "approval": APPROVAL,
    "assignment": Shape(
        columns=(
            Assignment.id,
            Assignment.customer_id,
            Assignment.kind,
            Assignment.instruction,
            Assignment.priority,
            Assignment.from_on,
            Assignment.until_on,
            Assignment.together,
            Assignment.assigned_at,
        ),
        visible=served_by,
    ),
    "cause_list": Shape((Policy.id, Policy.effective_from, Policy.made_at, Policy.body), _causes),
    "customer": CUSTOMER,
    "delivery": DELIVERY,
    "gift_budget": GIFT_BUDGET,
    "invoice": INVOICE,
    "mutation": Shape(
        columns=(
            Mutation.id,
            Mutation.type,
            Mutation.status,
            Mutation.outcome,
            Mutation.settled_at,
            Mutation.decision,
            Mutation.decision_reason,
        ),
        visible=_mutations,
    ),
    "note": NOTE,
    "order": ORDER,
    "order_context": Shape(
        (OrderContext.id, OrderContext.customer_id, OrderContext.made_on, OrderContext.body),
        of_served(OrderContext.customer_id),
    ),
    "payment": PAYMENT,
    "planned_visit": PLANNED_VISIT,
    "price_book": Shape(
        (
            PublishedBook.id,
            PublishedBook.currency,
            PublishedBook.version,
            PublishedBook.made_at,
            PublishedBook.body,
        ),
        _current_books,
    ),
    "product": PRODUCT,
    "route": ROUTE,
    "settlement": SETTLEMENT,
    "tier_discount": Shape((TierDiscount.id, TierDiscount.tier, TierDiscount.discount_bp), everybody),
    "tier_price": Shape(
        (TierPrice.id, TierPrice.tier, TierPrice.product_id, TierPrice.price_minor),
        everybody,
    ),
    "stock_level": Shape((StockLevel.id, StockLevel.warehouse_id, StockLevel.product_id, StockLevel.level), _scarce),
    "van_stock": Shape(
        (
            StockBalance.id,
            StockBalance.warehouse_id,
            StockBalance.product_id,
            StockBalance.condition,
            StockBalance.on_hand,
        ),
        _in_own_van,
    ),
    "visit": VISIT,
    "warehouse": Shape((Warehouse.id, Warehouse.code, Warehouse.name, Warehouse.kind), _places),
}
