"""The slips of a run as rows for payroll or a spreadsheet: a row for each part, down to the lines of orders."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer
from fieldsales.exports.rules import Cell, major
from fieldsales.orders.models import Order, OrderLine
from fieldsales.payruns.models import PayLine, PayRun
from fieldsales.payruns.queries import lines_of
from fieldsales.payruns.rules import parts_from
from fieldsales.people.models import User
from fieldsales.people.rules import Actor

COLUMNS = (
    *("scheme", "month", "rep_login", "rep", "line", "line_id", "rule", "kind", "source", "source_id", "reference"),
    *("day", "customer", "origin_line_id", "share", "of", "order_line", "sku", "pieces", "net", "cost_each"),
    *("basis", "rate_bp", "currency", "amount"),
)
Goods = dict[uuid.UUID, tuple[str | None, dict[int, str]]]
BLOCK = 500


def pay_rows(
    session: Session, actor: Actor | None, run: PayRun, now: datetime, rep_id: uuid.UUID | None = None
) -> Iterator[list[Cell]]:
    """Return the rows of the slips of a run that somebody may see. The amounts of a slip's rows add up to the slip."""
    people = {who: (login, name) for who, login, name in session.execute(select(User.id, User.login, User.name))}
    shops = dict(iter(session.execute(select(Customer.id, Customer.name))))
    lines = lines_of(session, actor, run, now, rep_id=rep_id).order_by(PayLine.rep_id, PayLine.position)
    for block in session.scalars(lines).partitions(BLOCK):
        goods = _goods(session, {each.source_id for each in block})
        for line in block:
            yield from _rows(run, line, people[line.rep_id], shops, goods)


def _rows(
    run: PayRun, line: PayLine, who: tuple[str, str], shops: dict[uuid.UUID, str], goods: Goods
) -> Iterator[list[Cell]]:
    reference, skus = goods.get(line.source_id, (None, {}))
    shop = shops.get(line.customer_id) if line.customer_id else None
    origin = str(line.origin_id) if line.origin_id else None
    head: list[Cell] = [
        *(run.code, f"{run.first:%Y-%m}", *who, line.position, str(line.id), line.rule, line.kind.value),
        *(line.source_kind.value, str(line.source_id), reference, line.day, shop, origin, line.weight, line.of_weights),
    ]
    for part in parts_from(line.facts):
        yield [
            *(*head, part.line_no, skus.get(part.line_no), part.units, major(part.net_minor, run.currency)),
            *(major(part.cost_minor, run.currency), part.basis, part.rate, run.currency),
            major(part.amount_minor, run.currency),
        ]
    if not line.facts["parts"]:
        blank: list[Cell] = [None] * 5
        yield [*head, *blank, line.basis, None, run.currency, major(line.amount_minor, run.currency)]


def _goods(session: Session, order_ids: set[uuid.UUID]) -> Goods:
    rows = session.execute(
        select(Order.id, Order.reference, OrderLine.line_no, Product.sku)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Order.id.in_(order_ids))
    )
    found: Goods = {}
    for order_id, reference, line_no, sku in rows:
        found.setdefault(order_id, (reference, {}))[1][line_no] = sku
    return found
