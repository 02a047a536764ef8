"""The rows that results are summed from, as statements with the same columns: who, whom, what, when, how much."""

from __future__ import annotations

from sqlalchemy import CompoundSelect, Integer, Select, case, cast, exists, func, null, select

from fieldsales.db.days import seconds_between
from fieldsales.integrity.models import Decision, VisitScore
from fieldsales.invoices.models import Credit
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.receivables.models import Payment
from fieldsales.visits.models import Visit

_RETURN = Order.kind == OrderKind.RETURN
_SALE = Order.kind == OrderKind.SALE
_STANDS = (Order.state == OrderState.PLACED, Order.kind != OrderKind.GIFT)
_HEAD = (
    Order.ordered_on.label("day"),
    Order.rep_id.label("rep_id"),
    Order.customer_id.label("customer_id"),
)


def sale_lines() -> Select[tuple[object, ...]]:
    """Return the lines of orders that stand, gifts aside; what came back is below 0."""
    return (
        select(
            *_HEAD,
            OrderLine.product_id.label("product_id"),
            Order.currency.label("currency"),
            OrderLine.amount_minor.label("sold"),
            func.coalesce(OrderLine.tax_minor, 0).label("tax"),
            OrderLine.quantity.label("pieces"),
            case((_RETURN, -OrderLine.amount_minor), else_=0).label("returned"),
            case((_RETURN, -OrderLine.quantity), else_=0).label("returned_pieces"),
            cast(0, Integer).label("orders"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(*_STANDS)
    )


def sale_heads() -> Select[tuple[object, ...]]:
    """Return for each order that stands what its lines do not tell: that it is one, and amounts known without lines."""
    told = (
        select(
            func.coalesce(func.sum(OrderLine.amount_minor), 0),
        )
        .where(OrderLine.order_id == Order.id)
        .scalar_subquery()
    )
    taxed = (
        select(func.coalesce(func.sum(OrderLine.tax_minor), 0)).where(OrderLine.order_id == Order.id).scalar_subquery()
    )
    rest = Order.amount_minor - told
    return select(
        *_HEAD,
        cast(null(), OrderLine.product_id.type).label("product_id"),
        Order.currency.label("currency"),
        rest.label("sold"),
        (func.coalesce(Order.tax_minor, 0) - taxed).label("tax"),
        cast(0, Integer).label("pieces"),
        case((_RETURN, -rest), else_=0).label("returned"),
        cast(0, Integer).label("returned_pieces"),
        case((_SALE, 1), else_=0).label("orders"),
    ).where(*_STANDS)


def sales() -> CompoundSelect[tuple[object, ...]]:
    """Return everything sold and given back: lines, and what no line tells with no product."""
    return sale_lines().union_all(sale_heads())


def calls() -> Select[tuple[object, ...]]:
    """Return visits that nobody found fake, with what was sold on each."""
    sold = (Order.visit_id == Visit.id, _SALE, Order.state == OrderState.PLACED)
    fake = exists().where(VisitScore.visit_id == Visit.id, VisitScore.decision == Decision.FAKE)
    skus = (
        select(func.count(func.distinct(OrderLine.product_id)))
        .join(Order, Order.id == OrderLine.order_id)
        .where(*sold)
        .scalar_subquery()
    )
    is_timed = Visit.checked_in_at.is_not(None) & (Visit.checked_out_at >= Visit.checked_in_at)
    return select(
        Visit.day.label("day"),
        Visit.rep_id.label("rep_id"),
        Visit.customer_id.label("customer_id"),
        cast(1, Integer).label("calls"),
        case((exists().where(*sold), 1), else_=0).label("productive"),
        skus.label("skus"),
        case((is_timed, seconds_between(Visit.checked_in_at, Visit.checked_out_at)), else_=0).label("seconds"),
        case((is_timed, 1), else_=0).label("timed"),
    ).where(~fake)


def drops() -> Select[tuple[object, ...]]:
    """Return the sales that were made on visits which nobody found fake."""
    fake = exists().where(VisitScore.visit_id == Visit.id, VisitScore.decision == Decision.FAKE)
    return (
        select(
            Visit.day.label("day"),
            Visit.rep_id.label("rep_id"),
            Visit.customer_id.label("customer_id"),
            Order.currency.label("currency"),
            Order.amount_minor.label("dropped"),
        )
        .join(Visit, Visit.id == Order.visit_id)
        .where(_SALE, Order.state == OrderState.PLACED, ~fake)
    )


def payments() -> Select[tuple[object, ...]]:
    """Return money taken; what bounced is left out."""
    bounced = exists().where(Credit.id == Payment.id, Credit.voided_at.is_not(None))
    return select(
        Payment.paid_on.label("day"),
        Payment.rep_id.label("rep_id"),
        Payment.customer_id.label("customer_id"),
        Payment.currency.label("currency"),
        Payment.amount_minor.label("paid"),
    ).where(~bounced)


def plans() -> Select[tuple[object, ...]]:
    """Return planned visits that were to be made, and whether they were."""
    made = exists().where(
        Visit.rep_id == PlannedVisit.rep_id,
        Visit.customer_id == PlannedVisit.customer_id,
        Visit.day == PlannedVisit.day,
    )
    done = (PlannedVisit.status == PlanStatus.DONE) | made
    return select(
        PlannedVisit.day.label("day"),
        PlannedVisit.rep_id.label("rep_id"),
        PlannedVisit.customer_id.label("customer_id"),
        cast(1, Integer).label("planned"),
        case((done, 1), else_=0).label("planned_done"),
    ).where(done | (PlannedVisit.status == PlanStatus.PLANNED))
