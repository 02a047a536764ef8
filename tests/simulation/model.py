"""What must have come of all that was handed in, computed from the protocol's text alone.

Nothing here calls production code: a mutation is settled when what it waits for is, and everything about it is then
decided by what it says, and by what a person said of it. The order in which mutations came matters only where two
claim the same thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.books import Ruled, Stored, is_readable
from simulation.trace import Broken
from simulation.trade import APPLIED, MORE_THAN_SOLD, WAITING, Case, Deal, Settled, deal_of, judge_trade

NOT_SERVED: Settled = ("held", "customer.not_served")
TRADE = {"order.submit", "order.amend", "order.cancel", "return.submit", "gift.submit"}
CALLS = {"visit.check_in", "visit.check_out", "visit.summarize", "photo.attach"}
KNOWN = {*TRADE, *CALLS, "payment.collect", "note.add", "track.points", "customer.propose", "customer.update"}


@dataclass(frozen=True)
class Facts:
    """What the model must know of the world: who there is to visit, what a unit costs there, and what people decided.

    `prices` are those of the customers that are there from the beginning, `listed` those of shops found later. `found`
    is what the server made of each mutation; it counts only where two claim the same thing.
    """

    customers: frozenset[str]
    prices: Mapping[str, int]
    listed: Mapping[str, int]
    rulings: Mapping[str, Ruled]
    found: Mapping[str, Settled]

    def price(self, customer_id: str, product_id: str) -> int | None:
        """Return what a unit costs a customer, None for a product that there is not."""
        return (self.prices if customer_id in self.customers else self.listed).get(product_id)


@dataclass
class CallPaid:
    """A visit as it must be: whose, where, and how often the rep came and went."""

    rep_id: str
    customer_id: str
    events: Counter[str] = field(default_factory=Counter)
    photos: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    causes: set[str] = field(default_factory=set)


@dataclass
class Expected:
    """What the tables must hold. `statuses` is by mutation: its status and, if refused or held, the code.

    `ended` tells of each order that stands no more whether it was amended or cancelled.
    """

    shops: set[str]
    statuses: dict[str, Settled] = field(default_factory=dict)
    visits: dict[str, CallPaid] = field(default_factory=dict)
    orders: dict[str, Deal] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    payments: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    notes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)


def expect(stored: Mapping[str, Stored], facts: Facts) -> Expected:
    """Settle everything that can be settled, again and again until nothing more can."""
    expected = Expected(set(facts.customers))
    waiting = sorted(stored.items(), key=lambda item: item[1].order)
    before = -1
    while len(waiting) != before:
        before = len(waiting)
        waiting = [(name, each) for name, each in waiting if not _settle(expected, name, each, facts, stored)]
    return expected


def _settle(expected: Expected, name: str, each: Stored, facts: Facts, stored: Mapping[str, Stored]) -> bool:
    """Try to settle one mutation; tell whether that is its last word."""
    payload, ruled = each.payload, facts.rulings.get(name, Ruled())
    if not is_readable(payload):
        expected.statuses[name] = "rejected", "mutation.malformed"
        return True
    data = payload["data"] if ruled.data is None else ruled.data
    rep_id = str(each.phone.who.user_id)
    case = Case(name, payload["type"], data, rep_id, ruled.accepted, facts.found.get(name), ruled.passed)
    if ruled.discarded:
        settled: Settled = "rejected", "mutation.discarded"
    elif any(not _is_settled(expected, other, case.rep_id, stored) for other in payload["after"] if other != name):
        settled = WAITING
    elif payload["type"] not in KNOWN or payload["v"] != 1:
        settled = "held", "mutation.unknown_type"
    else:
        settled = _judge(expected, case, facts)
    expected.statuses[name] = settled
    if settled == APPLIED:
        _apply(expected, case)
    return settled[0] != "held"


def _is_settled(expected: Expected, other: str, rep_id: str, stored: Mapping[str, Stored]) -> bool:
    status, _ = expected.statuses.get(other, ("held", None))
    return status != "held" and str(stored[other].phone.who.user_id) == rep_id


def _judge(expected: Expected, case: Case, facts: Facts) -> Settled:
    data, customer_id = case.data, case.data.get("customer_id")
    if case.kind in TRADE:
        return judge_trade(expected, case, facts)
    if case.kind == "customer.propose":
        return APPLIED if customer_id not in expected.shops else ("rejected", "customer.id_taken")
    if case.kind == "customer.update" and customer_id in expected.shops and not case.accepted:
        return case.one_of(APPLIED, NOT_SERVED)  # whoever served it ever may: `shops` looks at who did
    if customer_id is not None:  # of a payment and a note no visit is looked for, and whoever leaves may begin one
        return APPLIED if customer_id in expected.shops else WAITING
    return APPLIED if case.kind == "track.points" or data["visit_id"] in expected.visits else WAITING


def _apply(expected: Expected, case: Case) -> None:
    kind, data, rep_id = case.kind, case.data, case.rep_id
    if kind in TRADE:
        _trade(expected, case)
    elif kind == "payment.collect":
        expected.payments[data["payment_id"]] = (rep_id, data["customer_id"], data["amount_minor"])
    elif kind == "note.add":
        expected.notes[data["note_id"]] = (rep_id, data["customer_id"], data["text"])
    elif kind == "customer.propose":
        expected.shops.add(data["customer_id"])
    elif kind in CALLS:
        _call(expected, kind, data, rep_id)


def _trade(expected: Expected, case: Case) -> None:
    if deal := deal_of(expected, case):
        expected.orders[deal[0]] = deal[1]
        if MORE_THAN_SOLD[1] in case.passed:
            expected.accepted.add(deal[0])
    if case.kind in ("order.amend", "order.cancel"):
        over = case.data.get("amends_id", case.data["order_id"])
        if over in expected.ended:
            raise Broken("an order is ended once", f"{case.name} ends {over}, which was {expected.ended[over]}")
        expected.ended[over] = "amended" if case.kind == "order.amend" else "cancelled"


def _call(expected: Expected, kind: str, data: Mapping[str, Any], rep_id: str) -> None:
    if kind == "photo.attach":
        expected.visits[data["visit_id"]].photos.add(data["sha256"])
    elif kind == "visit.summarize":
        visit = expected.visits[data["visit_id"]]
        visit.said.append(data["summary"])
        visit.causes.add(data["cause_code"])
    else:
        visit = expected.visits.setdefault(data["visit_id"], CallPaid(rep_id, data.get("customer_id") or ""))
        visit.events[kind.removeprefix("visit.")] += 1


def standing(orders: Mapping[str, Deal], ended: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Return what each rep sold to each customer less what came back, in minor units: of what stands."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for name, deal in orders.items():
        if name not in ended:
            sums[deal.rep_id, deal.customer_id] += deal.amount
    return {key: amount for key, amount in sums.items() if amount}
