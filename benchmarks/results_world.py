"""A town of order lines for `benchmarks.results`, shaped like the stores of Des Moines in Iowa's open data.

There, 316 stores bought 976,813 lines of 3,000 products in 38,222 orders over 22 months: 26 lines an order, an order
a week or two. Here, every order is taken on a visit of the store's rep, four visits in ten sell nothing, and orders
become invoices that are paid a month later. A rep has 40 stores, a team 8 reps.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
_ORDER, _VISIT, _INVOICE, _PAYMENT, _CUSTOMER, _PRODUCT, _SERVED, _IDLE = (kind << 100 for kind in range(1, 9))
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


def _catalog(connection: Connection, dice: np.random.Generator, many: int = PRODUCTS) -> None:
    prices = dice.integers(500, 6000, many).tolist()
    _put(
        connection,
        Product,
        many,
        id=[_hex(_PRODUCT, at) for at in range(many)],
        sku=[f"P{at}" for at in range(many)],
        name=[f"Product {at}" for at in range(many)],
        brand=[f"Brand {at}" for at in dice.integers(0, 150, many).tolist()],
        category=[f"Category {at}" for at in dice.integers(0, 40, many).tolist()],
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
        id=[_hex(_SERVED, at) for at in range(many)],
        customer_id=ids,
        rep_id=[rep for rep, _ in theirs],
        kind=AssignmentKind.OWNER,
        priority=3,
        together=False,
        assigned_at=begun,
    )
    return [rep for rep, _ in theirs]


@dataclass(frozen=True)
class Orders:
    """Orders as columns: who, by whom and when; and their lines, `of` which order each is."""

    who: list[int]
    days: list[date]
    of: Any
    what: Any
    pieces: Any
    amounts: Any


def _history(engine: Engine, dice: np.random.Generator, rep_of: list[str], orders: int) -> int:
    lines, weights = 0, 1 / np.arange(1, PRODUCTS + 1) ** 0.7
    cumulated = np.cumsum(weights) / weights.sum()
    for start in range(0, orders, AT_ONCE):
        many = min(AT_ONCE, orders - start)
        who = dice.integers(0, len(rep_of), many).tolist()
        days = [FIRST + timedelta(int(at)) for at in dice.integers(0, DAYS, many)]
        of = np.repeat(np.arange(many), dice.integers(1, 2 * LINES_OF_ORDER, many))
        what = np.searchsorted(cumulated, dice.random(len(of)))
        pieces = dice.integers(1, 13, len(of))
        some = Orders(who, days, of, what, pieces, pieces * (500 + (what * 7919) % 5500))
        with transaction(engine) as session:
            _write(session.connection(), some, rep_of, start)
        lines += len(of)
    _analyze(engine)
    return lines


def build_from(engine: Engine, rows: Iterable[Mapping[str, str]]) -> int:
    """Fill an empty database with real order lines: `date`, `store`, `item`, `invoice`, `bottles`, `dollars`.

    An invoice is an order. Prices, visits and reps are made up; return how many lines there are.
    """
    stores: dict[str, int] = {}
    items: dict[str, int] = {}
    orders: dict[str, list[tuple[int, int, int]]] = {}
    heads: dict[str, tuple[int, date]] = {}
    for row in rows:
        who = stores.setdefault(row["store"], len(stores))
        heads.setdefault(row["invoice"], (who, date.fromisoformat(row["date"])))
        line = (items.setdefault(row["item"], len(items)), int(row["bottles"]), round(100 * float(row["dollars"])))
        if line[1]:
            orders.setdefault(row["invoice"], []).append(line)
    dice = np.random.default_rng(7)
    with transaction(engine) as session:
        reps = _people(session, -(-len(stores) // STORES_OF_REP))
        _catalog(session.connection(), dice, len(items))
        rep_of = _stores(session.connection(), len(stores), reps)
    numbers = list(orders)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        of = np.repeat(np.arange(len(some)), [len(orders[each]) for each in some])
        what, pieces, amounts = np.array([line for each in some for line in orders[each]]).T
        found = Orders([heads[each][0] for each in some], [heads[each][1] for each in some], of, what, pieces, amounts)
        with transaction(engine) as session:
            _write(session.connection(), found, rep_of, start)
    _analyze(engine)
    return sum(map(len, orders.values()))


def _analyze(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _write(connection: Connection, orders: Orders, rep_of: list[str], start: int) -> None:
    """Write orders with their lines and visits, visits that sold nothing, invoices and payments."""
    many, days = len(orders.who), orders.days
    numbers = range(start, start + many)
    totals = np.bincount(orders.of, orders.amounts, many).astype(np.int64).tolist()
    customers, reps = [_hex(_CUSTOMER, each) for each in orders.who], [rep_of[each] for each in orders.who]
    visits, ids = ([_hex(kind, number) for number in numbers] for kind in (_VISIT, _ORDER))
    idle = many * 2 // 3
    _visits(connection, visits, customers, reps, days)
    nothing = [_hex(_IDLE, number) for number in numbers[:idle]]
    _visits(connection, nothing, customers[:idle], reps[:idle], [day + timedelta(1) for day in days[:idle]])
    moments = [datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=15) for day in days]
    _put(
        connection,
        Order,
        many,
        id=ids,
        customer_id=customers,
        rep_id=reps,
        visit_id=visits,
        kind=OrderKind.SALE,
        origin=Origin.IMPORT,
        ordered_on=days,
        ordered_at=moments,
        currency="USD",
        amount_minor=totals,
        state=OrderState.PLACED,
        flags=[[]] * many,
    )
    _lines(connection, orders, ids)
    due = [day + timedelta(30) for day in days]
    left = [total if day > LAST else 0 for total, day in zip(totals, due, strict=True)]
    _put(
        connection,
        Invoice,
        many,
        id=[_hex(_INVOICE, number) for number in numbers],
        customer_id=customers,
        order_id=ids,
        currency="USD",
        amount_minor=[max(total, 1) for total in totals],
        tax_minor=0,
        open_minor=left,
        written_off_minor=0,
        issued_on=days,
        due_on=due,
        made_at=moments,
    )
    paid = [at for at in range(many) if not left[at] and totals[at]]
    _put(
        connection,
        Payment,
        len(paid),
        id=[_hex(_PAYMENT, numbers[at]) for at in paid],
        customer_id=[customers[at] for at in paid],
        rep_id=[reps[at] for at in paid],
        method=Method.TRANSFER,
        currency="USD",
        amount_minor=[totals[at] for at in paid],
        paid_on=[due[at] for at in paid],
        paid_at=[moments[at] for at in paid],
        flags=[[]] * len(paid),
    )


def _lines(connection: Connection, orders: Orders, ids: list[str]) -> None:
    sizes = np.bincount(orders.of, minlength=len(ids))
    many = len(orders.of)
    _put(
        connection,
        OrderLine,
        many,
        order_id=[ids[each] for each in orders.of.tolist()],
        line_no=(np.arange(many) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1).tolist(),
        product_id=[_hex(_PRODUCT, each) for each in orders.what.tolist()],
        quantity=orders.pieces.tolist(),
        unit_price_minor=(orders.amounts // orders.pieces).tolist(),
        amount_minor=orders.amounts.tolist(),
    )


def _visits(connection: Connection, ids: list[str], customers: list[str], reps: list[str], days: list[date]) -> None:
    begun = [datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=15) for day in days]
    _put(
        connection,
        Visit,
        len(ids),
        id=ids,
        customer_id=customers,
        rep_id=reps,
        day=days,
        checked_in_at=begun,
        checked_out_at=[moment + timedelta(minutes=18) for moment in begun],
        flags=[[]] * len(ids),
    )


def _put(connection: Connection, model: type[Base], many: int, **columns: Any) -> None:
    """Insert rows; what is no list is the same in each."""
    told: dict[str, Iterable[Any]] = {
        name: value if isinstance(value, list) else [value] * many for name, value in columns.items()
    }
    insert_columns(connection, model, told)


def _hex(kind: int, number: int) -> str:
    return uuid.UUID(int=kind + number).hex
