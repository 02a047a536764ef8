"""A town of order lines for `benchmarks.results`, shaped like the stores of Des Moines in Iowa's open data.

There, 316 stores bought 976,813 lines of 3,000 products in 38,222 orders over 22 months: 26 lines an order, an order
a week or two. Here, every order is taken on a visit of the store's rep, four visits in ten sell nothing, and orders
become invoices that are paid a month later. A rep has 40 stores, a team 8 reps.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, text

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.base import Base
from fieldsales.db.bulk import insert_columns
from fieldsales.db.session import transaction
from fieldsales.invoices.models import Invoice
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.people.models import Role, Territory, User
from fieldsales.receivables.models import Method, Payment
from fieldsales.visits.models import Visit

FIRST, DAYS = date(2021, 1, 4), 660
LAST = FIRST + timedelta(DAYS - 1)
NOW = datetime.combine(LAST, datetime.min.time(), UTC) + timedelta(hours=20)
LINES_OF_ORDER, ORDERS_OF_STORE, PRODUCTS, STORES_OF_REP, REPS_OF_TEAM = 26, 121, 3000, 40, 8
_ORDER, _VISIT, _INVOICE, _PAYMENT, _CUSTOMER, _PRODUCT = (kind << 100 for kind in range(1, 7))
AT_ONCE = 4000


def build(engine: Engine, lines: int) -> int:
    """Fill an empty database with about so many order lines; return how many there are."""
    dice = np.random.default_rng(7)
    stores = max(1, round(lines / LINES_OF_ORDER / ORDERS_OF_STORE))
    with transaction(engine) as session:
        reps = _people(session, -(-stores // STORES_OF_REP))
        connection = session.connection()
        _catalog(connection, dice)
        rep_of = _stores(connection, stores, reps)
    return _history(engine, dice, rep_of, round(lines / LINES_OF_ORDER))


def _people(session: Any, many: int) -> list[tuple[str, str]]:
    """Return each rep's id and territory."""
    town = Territory(code="T", name="Town", time_zone="UTC", region="US", currency="USD")
    session.add(town)
    session.flush()
    found = []
    for number in range(many):
        if number % REPS_OF_TEAM == 0:
            code = f"T{number // REPS_OF_TEAM}"
            home = Territory(
                code=code, name=f"District {code}", parent_id=town.id, time_zone="UTC", region="US", currency="USD"
            )
            session.add(home)
            session.flush()
            session.add(_person(f"lead{code.lower()}", Role.SUPERVISOR, home))
        rep = _person(f"rep{number}", Role.REP, home)
        session.add(rep)
        session.flush()
        found.append((rep.id.hex, home.id.hex))
    return found


def _person(login: str, role: Role, home: Territory) -> User:
    return User(login=login, name=login.title(), role=role, territory_id=home.id, created_at=NOW)


def _catalog(connection: Connection, dice: np.random.Generator) -> None:
    prices = dice.integers(500, 6000, PRODUCTS).tolist()
    _put(
        connection,
        Product,
        PRODUCTS,
        id=[_hex(_PRODUCT, at) for at in range(PRODUCTS)],
        sku=[f"P{at}" for at in range(PRODUCTS)],
        name=[f"Product {at}" for at in range(PRODUCTS)],
        brand=[f"Brand {at}" for at in dice.integers(0, 150, PRODUCTS).tolist()],
        category=[f"Category {at}" for at in dice.integers(0, 40, PRODUCTS).tolist()],
        cost_minor=[price * 2 // 3 for price in prices],
        price_minor=prices,
        currency="USD",
        pack_size=1,
        active=True,
    )


def _stores(connection: Connection, many: int, reps: list[tuple[str, str]]) -> list[str]:
    """Return the rep of each store."""
    theirs = [reps[at // STORES_OF_REP] for at in range(many)]
    ids = [_hex(_CUSTOMER, at) for at in range(many)]
    begun = datetime(2020, 12, 1, tzinfo=UTC)
    _put(
        connection,
        Customer,
        many,
        id=ids,
        name=[f"Store {at}" for at in range(many)],
        territory_id=[home for _, home in theirs],
        category=[f"Kind {at % 6}" for at in range(many)],
        tier=["ABCD"[at % 4] for at in range(many)],
        flags=[[]] * many,
        active=True,
        version=1,
        created_at=begun,
        updated_at=begun,
    )
    _put(
        connection,
        Assignment,
        many,
        id=[_hex(_CUSTOMER + (1 << 90), at) for at in range(many)],
        customer_id=ids,
        rep_id=[rep for rep, _ in theirs],
        kind=AssignmentKind.OWNER,
        priority=3,
        together=False,
        assigned_at=begun,
    )
    return [rep for rep, _ in theirs]


def _history(engine: Engine, dice: np.random.Generator, rep_of: list[str], orders: int) -> int:
    lines, weights = 0, 1 / np.arange(1, PRODUCTS + 1) ** 0.7
    cumulated = np.cumsum(weights) / weights.sum()
    for start in range(0, orders, AT_ONCE):
        many = min(AT_ONCE, orders - start)
        with transaction(engine) as session:
            lines += _some(session.connection(), dice, rep_of, cumulated, range(start, start + many))
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return lines


def _some(connection: Connection, dice: np.random.Generator, rep_of: list[str], cumulated: Any, numbers: range) -> int:
    """Write some orders with their lines and visits, the visits that sold nothing, invoices and payments."""
    many = len(numbers)
    who = dice.integers(0, len(rep_of), many).tolist()
    days = [FIRST + timedelta(int(at)) for at in dice.integers(0, DAYS, many)]
    sizes = dice.integers(1, 2 * LINES_OF_ORDER, many)
    at = np.repeat(np.arange(many), sizes)
    what = np.searchsorted(cumulated, dice.random(len(at)))
    pieces, prices = dice.integers(1, 13, len(at)), 500 + (what * 7919) % 5500
    amounts = pieces * prices
    totals = np.bincount(at, amounts, many).astype(np.int64).tolist()
    customers = [_hex(_CUSTOMER, each) for each in who]
    reps = [rep_of[each] for each in who]
    visits = [_hex(_VISIT, number) for number in numbers]
    ids = [_hex(_ORDER, number) for number in numbers]
    _visits(connection, visits, customers, reps, days)
    idle = range(numbers.start, numbers.start + many * 2 // 3)
    _visits(
        connection,
        [_hex(_VISIT + (1 << 90), number) for number in idle],
        *(x[: len(idle)] for x in (customers, reps)),
        [day + timedelta(1) for day in days[: len(idle)]],
    )
    same = {"customer_id": customers, "currency": "USD"}
    moments = [datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=15) for day in days]
    _put(connection, Order, many, id=ids, rep_id=reps, visit_id=visits, kind=OrderKind.SALE, origin=Origin.IMPORT, ordered_on=days, ordered_at=moments, amount_minor=totals, state=OrderState.PLACED, flags=[[]] * many, **same)  # fmt: skip
    numbered = np.arange(len(at)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1
    _put(connection, OrderLine, len(at), order_id=[ids[each] for each in at.tolist()], line_no=numbered.tolist(), product_id=[_hex(_PRODUCT, int(each)) for each in what], quantity=pieces.tolist(), unit_price_minor=prices.tolist(), amount_minor=amounts.tolist())  # fmt: skip
    due = [day + timedelta(30) for day in days]
    left = [total if day > LAST else 0 for total, day in zip(totals, due, strict=True)]
    _put(connection, Invoice, many, id=[_hex(_INVOICE, number) for number in numbers], order_id=ids, amount_minor=totals, tax_minor=0, open_minor=left, written_off_minor=0, issued_on=days, due_on=due, made_at=moments, **same)  # fmt: skip
    paid = [at for at in range(many) if not left[at]]
    _put(connection, Payment, len(paid), id=[_hex(_PAYMENT, numbers[at]) for at in paid], rep_id=[reps[at] for at in paid], method=Method.TRANSFER, amount_minor=[totals[at] for at in paid], paid_on=[due[at] for at in paid], paid_at=[moments[at] for at in paid], flags=[[]] * len(paid), customer_id=[customers[at] for at in paid], currency="USD")  # fmt: skip
    return len(at)


def _visits(connection: Connection, ids: list[str], customers: list[str], reps: list[str], days: list[date]) -> None:
    begun = [datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=15) for day in days]
    left = [moment + timedelta(minutes=18) for moment in begun]
    _put(connection, Visit, len(ids), id=ids, customer_id=customers, rep_id=reps, day=days, checked_in_at=begun, checked_out_at=left, flags=[[]] * len(ids))  # fmt: skip


def _put(connection: Connection, model: type[Base], many: int, **columns: Any) -> None:
    """Insert rows; what is no list is the same in each."""
    told: dict[str, Iterable[Any]] = {
        name: value if isinstance(value, list) else [value] * many for name, value in columns.items()
    }
    insert_columns(connection, model, told)


def _hex(kind: int, number: int) -> str:
    return uuid.UUID(int=kind + number).hex
