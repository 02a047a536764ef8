"""A day of van sales and pre-orders, from loading the vans to settlements that two persons signed.

    python -m benchmarks.van_day FOLDER [--day 2022-08-03] [--reps 3] [--database sqlite:///day.db]

FOLDER has the State of Iowa's `outlets.csv.gz`, `products.csv.gz` and `order_lines*.csv.gz` (date, store, item,
invoice, bottles, dollars). What outlets whose place is known bought on the day is sold to them again, over HTTP, by the
phones of the tests: bottles by the case where they make cases. Two outlets of three buy from the van and pay cash, the
others order for two days later. The phones sell offline, send after every few visits, and lose every third answer on
the way. In the evening goods and money are counted, signed by rep and cashier, and all that must add up is added up. It
exits with 1 where something does not.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, func, select

from api.app import create_app
from fieldsales.catalog.models import Product
from fieldsales.config import Settings
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.ledger.models import Account
from fieldsales.ledger.queries import trial_balance
from fieldsales.orders.models import Order
from fieldsales.people.models import Role, Territory, User, WorkPattern
from fieldsales.people.service import set_password
from fieldsales.pricebooks.service import publish_books
from fieldsales.units.models import ProductUnit
from migrations import upgrade

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "journeys"))
from phone import NoNetwork, Phone
from worlds.pricing_phone import priced
from worlds.served_town import PASSWORD, Person, TownClock, listening

USD = "USD"
SEND_AFTER = 3
LATER = timedelta(days=2)
MORE = 6
"""How many pieces more than is wanted a van has of some products."""
POLICIES = {
    "credit": {"invoicing": "at_submit", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30},
    "stock": {"reserve": True, "back_orders": "allowed", "count_approval_above": {}},
    "selling": {"check_in": "hold", "photo": "off", "after_check_out": "hold"},
}
Basket = Counter[str]


@dataclass
class Round:
    """One rep's day: the outlets in their order with what each wants, and what was done."""

    rep: User
    baskets: dict[str, Basket]
    van: dict[str, Any] = field(default_factory=dict)
    loaded: Basket = field(default_factory=Counter)
    sold: Basket = field(default_factory=Counter)
    taken_minor: int = 0
    sales: int = 0
    pre_orders: int = 0
    lost: int = 0


def main() -> None:
    """Play the day and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--day", type=date.fromisoformat, default=date(2022, 8, 3))
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--database")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(asked.database or f"sqlite:///{folder}/day.db")
        upgrade(engine)
        sys.exit(play(engine, Path(folder), asked))


def play(engine: Engine, folder: Path, asked: argparse.Namespace) -> int:
    """Build the world, play the day, settle it; return how many sums did not come out."""
    baskets = read_baskets(asked.folder, asked.day)
    clock = TownClock(datetime.combine(asked.day, datetime.min.time(), UTC) + timedelta(hours=13))
    rounds = build(engine, asked, baskets, clock.now)
    secret = "a secret of the day that is played"
    settings = Settings(data_dir=folder / "data", secret_key=secret, login_rate="1000 per minute")
    app = create_app(settings, engine=engine, clock=clock)
    with listening(app) as base:
        boss, cashier = desk(base, "max"), desk(base, "sara")
        house = stock_up(boss, rounds, asked.day)
        began = time.perf_counter()
        for each in rounds:
            load(cashier, each, house)
            clock.pass_minutes(5)
        for each in rounds:
            clock.now = datetime.combine(asked.day, datetime.min.time(), UTC) + timedelta(hours=14)
            drive(base, clock, each, asked.day)
        clock.pass_minutes(30)
        print(f"played in {time.perf_counter() - began:.0f} s")
        return sum([settle(base, cashier, each, asked.day) for each in rounds]) + balance(engine, rounds)


def read_baskets(folder: Path, day: date) -> dict[str, Basket]:
    """Return what each outlet bought on a day: pieces by item; what came back is left out."""
    found: dict[str, Basket] = defaultdict(Counter)
    for path in sorted(folder.glob("order_lines*.csv.gz")):
        for row in rows_of(path):
            if row["date"] == day.isoformat() and int(row["bottles"]) > 0:
                found[row["store"]][row["item"]] += int(row["bottles"])
    if not found:
        sys.exit(f"No outlet bought anything on {day}.")
    return dict(found)


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Read a packed CSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def build(engine: Engine, asked: argparse.Namespace, baskets: dict[str, Basket], now: datetime) -> list[Round]:
    """Put the outlets, the products and the people into the database; share the outlets out among the reps."""
    with transaction(engine) as session:
        town = Territory(code="DSM", name="Des Moines", time_zone="America/Chicago", region="US", currency=USD)
        session.add(town)
        session.flush()
        people = [person("max", Role.MANAGER, None, now), person("sara", Role.SUPERVISOR, town, now)]
        reps = [person(f"rep{number}", Role.REP, town, now) for number in range(1, asked.reps + 1)]
        session.add_all([*people, *reps])
        session.flush()
        for each in (*people, *reps):
            set_password(session, each.id, PASSWORD, now=now)
        items = {item for basket in baskets.values() for item in basket}
        for row in rows_of(asked.folder / "products.csv.gz"):
            if row["Item Number"] in items:
                add_product(session, row)
        session.flush()
        known = set(session.scalars(select(Product.sku)))
        outlets = [
            row for row in rows_of(asked.folder / "outlets.csv.gz") if row["Store"] in baskets and row["latitude"]
        ]
        outlets.sort(key=lambda row: (float(row["longitude"]), row["Store"]))
        rounds = [Round(each, {}) for each in reps]
        for place, row in enumerate(outlets):
            mine = rounds[place * len(rounds) // len(outlets)]
            customer = Customer(
                name=row["Name"][:120],
                territory_id=town.id,
                city=row["City"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
                flags=[],
                created_at=now,
                updated_at=now,
            )
            session.add(customer)
            session.flush()
            owner = Assignment(customer_id=customer.id, rep_id=mine.rep.id, kind=AssignmentKind.OWNER, assigned_at=now)
            session.add(owner)
            basket = Counter({item: many for item, many in baskets[row["Store"]].items() if item in known})
            if basket:
                mine.baskets[str(customer.id)] = basket
        publish_books(session, now=now)
        session.flush()
        session.expunge_all()
    return rounds


def person(login: str, role: Role, town: Territory | None, now: datetime) -> User:
    """Return somebody; a rep works from the centre of the town."""
    found = User(login=login, name=login.title(), role=role, territory_id=town.id if town else None, created_at=now)
    if role is Role.REP:
        hours = [datetime.min.time().replace(hour=hour) for hour in (8, 18, 12, 13)]
        found.work_pattern = WorkPattern(
            start_latitude=41.59,
            start_longitude=-93.62,
            shift_from=hours[0],
            shift_to=hours[1],
            lunch_from=hours[2],
            lunch_to=hours[3],
            lunch_minutes=0,
        )
    return found


def add_product(session: Any, row: dict[str, str]) -> None:
    """Add a product at its retail price, sold by the bottle and by the case."""
    pack = int(row["Pack"] or 1)
    product = Product(
        sku=row["Item Number"],
        name=row["Item Description"][:120],
        category=row["Category Name"][:80] or None,
        pack_size=pack,
        price_minor=minor(row["State Bottle Retail"]),
        cost_minor=minor(row["State Bottle Cost"]),
        currency=USD,
    )
    session.add(product)
    session.flush()
    if pack > 1:
        session.add(ProductUnit(product_id=product.id, unit="case", pieces=pack))


def minor(dollars: str) -> int:
    """Return cents."""
    return int(Decimal(dollars) * 100)


def desk(base: str, login: str) -> Person:
    """Log somebody in at a desk."""
    body = {"login": login, "password": PASSWORD, "device": {"installation": f"desk of {login}"}}
    answer = Person(base, "")("POST", "/api/v1/auth/login", json=body)
    return Person(base, answer["access_token"])


def stock_up(boss: Person, rounds: list[Round], day: date) -> dict[str, Any]:
    """Set the policies, open the house and the vans; the ERP tells what the house has: some more than is wanted."""
    for kind, body in POLICIES.items():
        boss("PUT", f"/api/v1/policies/{kind}", json={"body": body})
    place = {"code": "MAIN", "name": "Main house", "kind": "warehouse", "external_ref": "W01"}
    house: dict[str, Any] = boss("POST", "/api/v1/warehouses", status=201, json=place)
    for each in rounds:
        van = {"code": f"VAN-{each.rep.login}", "name": f"Van of {each.rep.name}", "kind": "van"}
        each.van = boss("POST", "/api/v1/warehouses", status=201, json=van | {"rep_id": str(each.rep.id)})
    wanted: Basket = sum((basket for each in rounds for basket in each.baskets.values()), Counter())
    rows = [{"sku": sku, "pieces": many + MORE * len(rounds)} for sku, many in sorted(wanted.items())]
    body = {"reference": f"ERP-{day}", "warehouse": "W01", "as_of": f"{day}T06:00:00+00:00", "rows": rows}
    boss("POST", "/api/v1/stock-feed", json=body)
    return house


def from_van(each: Round) -> set[str]:
    """Return the outlets that buy from the van: two of three."""
    return {customer for place, customer in enumerate(each.baskets) if place % 3 != 2}


def load(cashier: Person, each: Round, house: dict[str, Any]) -> None:
    """Load a van with what its outlets will want, and some more of every third product."""
    ids = {row["sku"]: row["product_id"] for row in stock_of(cashier, house)}
    each.loaded = sum((each.baskets[customer] for customer in from_van(each)), Counter())
    for sku in sorted(each.loaded)[::3]:
        each.loaded[sku] += MORE
    lines = [{"product_id": ids[sku], "pieces": many} for sku, many in sorted(each.loaded.items())]
    body = {"errand": "load", "from_id": house["id"], "to_id": each.van["id"], "lines": lines}
    cashier("POST", "/api/v1/stock/moves", status=201, json=body)


def stock_of(who: Person, place: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all that may be sold in a place, page by page."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = who("GET", f"/api/v1/stock?warehouse={place['id']}&limit=100{after}")
        found += [each for each in page["items"] if each["condition"] == "sellable"]
        if page["next"] is None:
            return found
        after = f"&after={quote(page['next'])}"


def drive(base: str, clock: TownClock, each: Round, day: date) -> None:
    """Visit every outlet of a rep, sell or take an order, and send when there is network."""
    numbers = count(1)

    def loses() -> bool:
        lost = next(numbers) % 3 == 0
        each.lost += lost
        return lost

    phone = Phone(base, each.rep.login, PASSWORD, clock)
    phone.log_in()
    phone.receive()
    products = {row["sku"]: row for row in phone.all("product")}
    units = phone.all("price_book")[0]["body"]["products"]
    customers = {row["id"]: row for row in phone.all("customer")}
    phone.lose_answer = loses
    buys = from_van(each)
    for number, (identity, basket) in enumerate(each.baskets.items(), start=1):
        customer = customers[identity]
        visit = phone.check_in(customer)
        clock.pass_minutes(5)
        lines = [line for sku, many in sorted(basket.items()) for line in lines_of(products[sku], units, many)]
        data = priced(phone, customer, lines, visit=visit, day=day.isoformat())
        told = {"kind": "van_sale"} if identity in buys else {"kind": "pre_order", "wanted_on": str(day + LATER)}
        phone.do("order.submit", ("order", uuid.UUID(data["order_id"])), data | told)
        phone.outbox[-1]["v"] = 2
        if identity in buys:
            pay(phone, identity, str(visit), data["total_minor"])
            each.sold += basket
            each.sales, each.taken_minor = each.sales + 1, each.taken_minor + data["total_minor"]
        else:
            each.pre_orders += 1
        clock.pass_minutes(5)
        phone.check_out(visit, customer, "Sold.")
        clock.pass_minutes(3)
        if number % SEND_AFTER == 0:
            send(phone)
    send(phone)
    odd = Counter(result["status"] + str(result["flags"]) for result in phone.outcomes.values())
    for result in phone.outcomes.values():
        if result["status"] != "applied":
            odd[result["problem"]["code"]] += 1
    print(
        f"{each.rep.login}: {len(each.baskets)} visits, {len(phone.outcomes)} mutations, {each.lost} answers lost: "
        f"{dict(odd)}"
    )


def lines_of(product: dict[str, Any], units: dict[str, Any], pieces: int) -> Iterator[dict[str, Any]]:
    """Tell pieces as cases and what is left."""
    case = units[product["id"]]["units"].get("case", 0)
    cases, left = divmod(pieces, case) if case else (0, pieces)
    for unit, quantity in (("case", cases), ("each", left)):
        if quantity:
            yield {"product_id": product["id"], "unit": unit, "quantity": quantity}


def pay(phone: Phone, customer_id: str, visit_id: str, amount: int) -> None:
    """Take cash."""
    payment = uuid.uuid4()
    data = {"payment_id": str(payment), "customer_id": customer_id, "visit_id": visit_id, "currency": USD}
    phone.do("payment.collect", ("payment", payment), data | {"method": "cash", "amount_minor": amount})


def send(phone: Phone) -> None:
    """Send until everything is answered."""
    while phone.outbox:
        try:
            phone.send()
        except NoNetwork:
            continue


def settle(base: str, cashier: Person, each: Round, day: date) -> int:
    """Count a rep's goods and cash, have both sign, and say how it stands; return how many sums did not come out."""
    expected = cashier("GET", f"/api/v1/settlements/expected?rep_id={each.rep.id}&day={day}")
    rows = stock_of(cashier, each.van)
    skus = {row["product_id"]: row["sku"] for row in rows}
    left = each.loaded - each.sold
    goods = [{"product_id": product, "pieces": left[sku]} for product, sku in sorted(skus.items())]
    cash = {"currency": USD, "form": "cash", "total_minor": each.taken_minor}
    body = {"rep_id": str(each.rep.id), "day": str(day), "money": [cash], "goods": goods}
    made = cashier("POST", "/api/v1/settlements", status=201, json=body)
    signed = made
    for who in (desk(base, each.rep.login), cashier):
        path = f"/api/v1/settlements/{made['id']}/sign"
        signed = who("POST", path, json={"content_hash": made["content_hash"]})
    on_hand = sum(row["on_hand"] for row in stock_of(cashier, each.van))
    in_hand = sum(item["amount_minor"] for item in expected["items"])
    print(
        f"{each.rep.login}: van {sum(each.loaded.values())} loaded, {sum(each.sold.values())} sold "
        f"in {each.sales} sales, "
        f"{on_hand} at the end; {each.pre_orders} pre-orders; cash {in_hand / 100:,.2f} expected, "
        f"{each.taken_minor / 100:,.2f} counted; {signed['state']}"
    )
    wrong = (on_hand != sum(left.values()), in_hand != each.taken_minor, signed["state"] != "settled")
    return sum(wrong)


def balance(engine: Engine, rounds: list[Round]) -> int:
    """Print the ledger at the end; return how many sums did not come out."""
    with reading(engine) as session:
        accounts = trial_balance(session, USD)
        orders, amount = session.execute(select(func.count(), func.sum(Order.amount_minor)).select_from(Order)).one()
    told = {
        str(account): f"{minor_units / 100:,.2f}" for account, minor_units in sorted(accounts.items()) if minor_units
    }
    print(
        f"{orders} orders for {int(amount) / 100:,.2f} {USD}; the ledger: {told}; its sum is {sum(accounts.values())}"
    )
    wanted = sum(each.sales + each.pre_orders for each in rounds)
    return sum((sum(accounts.values()) != 0, orders != wanted, accounts.get(Account.CASH, 0) != 0))


if __name__ == "__main__":
    main()
