"""Giving goods away: samples, and what sweetens a deal."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from fieldsales.budgets.queries import areas_of
from fieldsales.budgets.rules import OVER_BUDGET, Gift
from fieldsales.budgets.service import draw
from fieldsales.catalog import queries as catalog
from fieldsales.catalog.rules import Price
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.gifts.queries import given_in_month
from fieldsales.gifts.rules import GIFTS, judge_gift
from fieldsales.orders.models import Order, OrderKind, OrderLine
from fieldsales.orders.rules import PRODUCT_INACTIVE, Draft, Line
from fieldsales.orders.service import OrderTaken, Taken, check_visit, entry, line_of, products_of
from fieldsales.people.models import User
from fieldsales.policies.queries import in_force
from fieldsales.visits.queries import Standing, standing_of
from fieldsales.visits.rules import merged


def give(session: Session, draft: Draft, reason: str, taken: Taken) -> Order:
    """Give goods away; unit prices are 0, and what they are worth stands beside as our price.

    Raises `CustomerNotFound`, `OrderTaken`, `ProductUnknown`, `WrongCurrency`, `VisitUnknown`, `VisitTaken`,
    and `GiftOverBudget` where a person must decide.
    """
    standing = standing_of(session, taken.rep_id, draft.customer_id, taken.at)
    if standing is None:
        raise CustomerNotFound(f"There is no customer {draft.customer_id}.", customer_id=str(draft.customer_id))
    if session.get(Order, draft.order_id, options=[lazyload("*")]) is not None:
        raise OrderTaken("The id stands for another order.", mend="Give each gift an id of its own.")
    check_visit(session, draft, taken)
    products = products_of(session, draft)
    worth = catalog.prices_of(session, products.values(), standing.customer.tier)
    order = entry(draft, taken, standing)
    order.kind, order.reason = OrderKind.GIFT, reason
    if not all(each.active for each in products.values()):
        order.flags = merged(order.flags, PRODUCT_INACTIVE)
    order.lines = [_line(number, each, worth[each.product_id]) for number, each in enumerate(draft.lines, start=1)]
    beyond = _is_over_month(session, order, taken)
    session.add(order)
    session.flush()
    if draw(session, order, _drawing(session, order, standing, taken), approved=taken.approved) or beyond:
        order.flags = merged(order.flags, OVER_BUDGET)
        session.flush()
    return order


def _drawing(session: Session, order: Order, standing: Standing, taken: Taken) -> Gift:
    base = session.scalar(select(User.territory_id).where(User.id == taken.rep_id))
    return Gift(
        rep_id=taken.rep_id,
        rep_areas=areas_of(session, base),
        customer_areas=areas_of(session, standing.customer.territory_id),
        tier=standing.customer.tier,
        currency=order.currency,
        worth_minor=_worth(order),
        pieces=sum(line.quantity for line in order.lines),
    )


def _worth(order: Order) -> int:
    return sum(line.quantity * (line.computed_price_minor or 0) for line in order.lines)


def _is_over_month(session: Session, order: Order, taken: Taken) -> bool:
    policy = in_force(session, GIFTS, order.ordered_on)
    if policy.version is None:
        return False
    session.execute(select(User.id).where(User.id == taken.rep_id).with_for_update(key_share=True))
    given = given_in_month(session, taken.rep_id, order.currency, order.ordered_on)
    return judge_gift(policy.value, order.currency, given, _worth(order), approved=taken.approved)


def _line(number: int, line: Line, worth: Price) -> OrderLine:
    given = line_of(number, line, worth)
    given.price_rule = f"gift; worth by {worth.rule}"
    return given
