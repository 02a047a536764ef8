"""Whether what is given back for goods was ever owed for them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from fieldsales.credits.rules import CREDIT, Invoicing
from fieldsales.deliveries.models import Delivery
from fieldsales.deliveries.queries import is_delivered_later
from fieldsales.invoices.queries import invoice_of_order
from fieldsales.matches.queries import told_of
from fieldsales.orders.models import Order
from fieldsales.orders.queries import given_back, standing_in_place_of
from fieldsales.orders.rules import NOTHING, Quantity, summed
from fieldsales.policies.queries import in_force
from fieldsales.returns.rules import beyond_sold
from fieldsales.returns.service import MoreThanSold
from fieldsales.taxes.rules import half_up


def check_came(session: Session, back: Order, *, approved: Collection[str]) -> None:
    """Judge a return, which must be flushed, by what came of its order, where each delivery is billed.

    Of an order that was billed as a whole, here or by another system, all may come back, also what never came. Raises
    `MoreThanSold` unless a person approved it.
    """
    if back.against_id is None or MoreThanSold.code in approved:
        return
    sale = standing_in_place_of(session, back.against_id)
    if not _is_billed_by_delivery(session, sale):
        return
    mine = summed((line.product_id, -line.quantity, -line.amount_minor) for line in back.lines)
    gone = given_back(session, sale)
    before = {product_id: _less(gone.get(product_id, NOTHING), each) for product_id, each in mine.items()}
    beyond = beyond_sold(mine, _came(session, sale), before)
    if beyond:
        first = beyond[0]
        raise MoreThanSold(
            f"{first['units']} pieces of {first['product_id']} for {first['amount_minor']} {back.currency} (minor "
            f"units) would come back; of what was delivered are left {first['units_left']} for "
            f"{first['amount_left_minor']}.",
            mend="Report the delivery first, or let a supervisor decide.",
            products=beyond,
        )


def _is_billed_by_delivery(session: Session, sale: Order) -> bool:
    if in_force(session, CREDIT, sale.ordered_on).value.invoicing is not Invoicing.AT_DELIVERY:
        return False
    if not is_delivered_later(sale):
        return False
    return invoice_of_order(session, sale.id) is None and told_of(session, sale) is None


def _came(session: Session, sale: Order) -> dict[uuid.UUID, Quantity]:
    """Return what was delivered of each product, at what these pieces are worth (half up)."""
    delivery = session.get(Delivery, sale.id)
    lines = {line.line_no: line.amount_minor for line in sale.lines}
    return summed(
        (each.product_id, each.delivered, half_up(lines[each.line_no] * each.delivered, each.ordered))
        for each in (delivery.lines if delivery else ())
    )


def _less(whole: Quantity, part: Quantity) -> Quantity:
    return Quantity(whole.units - part.units, whole.amount_minor - part.amount_minor)
