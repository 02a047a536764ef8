"""What orders, amendments, returns and gifts must come to, from the protocol's text alone.

Where two mutations claim the same order, or the same goods, either may come first, and a held one is not tried again
by itself. There, and only there, the model takes what the server says, if the protocol allows it; `accounts` then
holds all of that together to what stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Data = Mapping[str, Any]
Settled = tuple[str, str | None]
"""The status of a mutation and, if it is refused or held, the code."""

APPLIED: Settled = ("applied", None)
WAITING: Settled = ("held", "mutation.waiting")
OUT_OF_BAND: Settled = ("held", "order.price_out_of_band")
MORE_THAN_SOLD: Settled = ("held", "return.more_than_sold")
ENDED: Settled = ("rejected", "order.ended")
GIVEN_BACK: Settled = ("rejected", "order.given_back")
BAND_PERCENT = 2


@dataclass(frozen=True)
class Deal:
    """An order, a return (all figures negative) or a gift, as the books must have it. Lines: product, units, price."""

    kind: str
    rep_id: str
    customer_id: str
    visit_id: str | None
    amount: int
    lines: tuple[tuple[str, int, int], ...]
    amends_id: str | None = None
    against_id: str | None = None


class Market(Protocol):
    """What trade depends on: who buys, which visits there are, what was traded before."""

    shops: set[str]
    visits: dict[str, Any]
    orders: dict[str, Deal]
    claims: dict[str, str]


@dataclass(frozen=True)
class Case:
    """A mutation to be judged: its name, what it says, and what the server made of it.

    `accepted` says that a person let it stand, `passed` are the codes of what that person was told of.
    """

    name: str
    kind: str
    data: Data
    rep_id: str
    accepted: bool
    found: Settled | None
    passed: frozenset[str] = frozenset()

    def one_of(self, *allowed: Settled) -> Settled:
        """Return what the server made of it if that is allowed; else what is likeliest."""
        return self.found if self.found in allowed else allowed[0]


class Prices(Protocol):
    """What a unit costs a customer; None for a product that there is not."""

    def price(self, customer_id: str, product_id: str) -> int | None:
        """Return minor units."""


def judge_trade(market: Market, case: Case, prices: Prices) -> Settled:
    """Return what must come of a mutation about goods."""
    judges = {
        "order.submit": _judge_order,
        "order.amend": _judge_amendment,
        "order.cancel": _judge_end,
        "return.submit": _judge_return,
        "gift.submit": _judge_gift,
    }
    settled = judges[case.kind](market, case, prices)
    if case.kind == "order.amend" and settled == APPLIED:
        market.claims.setdefault(case.data["order_id"], case.name)
    return settled


def _judge_order(market: Market, case: Case, prices: Prices) -> Settled:
    data = case.data
    if data["total_minor"] != amount_of(data["lines"]):
        return "rejected", "order.total_mismatch"
    if data["customer_id"] not in market.shops:
        return WAITING
    if market.claims.setdefault(data["order_id"], case.name) != case.name:  # only what is acknowledged is claimed again
        return "rejected", "order.id_taken"
    if _lacks_visit(market, data):
        return WAITING
    return _judge_lines(case, data["customer_id"], prices)


def _judge_amendment(market: Market, case: Case, prices: Prices) -> Settled:
    settled = _judge_end(market, case, prices)
    if settled is not APPLIED:
        return settled
    customer_id = market.orders[case.data["amends_id"]].customer_id
    return case.one_of(_judge_lines(case, customer_id, prices), ENDED, GIVEN_BACK)


def _judge_end(market: Market, case: Case, _prices: Prices) -> Settled:
    old = market.orders.get(case.data.get("amends_id", case.data["order_id"]))
    if old is None:
        return WAITING
    if old.rep_id != case.rep_id:
        return case.one_of(("rejected", "order.not_yours"), WAITING)  # nobody is told of what others bring
    return APPLIED if case.kind == "order.amend" else case.one_of(APPLIED, ENDED, GIVEN_BACK)


def _judge_return(market: Market, case: Case, prices: Prices) -> Settled:
    data, against_id = case.data, case.data["against_id"]
    if data["customer_id"] not in market.shops or _lacks_visit(market, data):
        return WAITING
    plain = _judge_lines(case, data["customer_id"], prices)
    if against_id is None or plain[0] == "rejected":
        return plain
    sale = market.orders.get(against_id)
    if sale is None:
        return WAITING
    late = (WAITING,) if sale.rep_id != case.rep_id else ()  # nobody is told of what others bring
    if (sale.customer_id, sale.kind) != (data["customer_id"], "sale"):
        return case.one_of(("rejected", "return.not_that_sale"), *late)
    asked = [each for each in (MORE_THAN_SOLD, OUT_OF_BAND) if each[1] not in case.passed]
    return case.one_of(APPLIED, *asked, *late)


def _judge_gift(market: Market, case: Case, _prices: Prices) -> Settled:
    here = case.data["customer_id"] in market.shops and not _lacks_visit(market, case.data)
    return APPLIED if here else WAITING


def _lacks_visit(market: Market, data: Data) -> bool:
    return data["visit_id"] is not None and data["visit_id"] not in market.visits


def _judge_lines(case: Case, customer_id: str, prices: Prices) -> Settled:
    told = [(line["unit_price_minor"], prices.price(customer_id, line["product_id"])) for line in case.data["lines"]]
    if any(ours is None for _, ours in told):
        return "rejected", "product.not_found"
    outside = any(ours is not None and abs(price - ours) * 100 > BAND_PERCENT * ours for price, ours in told)
    return OUT_OF_BAND if outside and OUT_OF_BAND[1] not in case.passed else APPLIED


def deal_of(market: Market, case: Case) -> tuple[str, Deal] | None:
    """Return what a mutation that is applied puts into the books, and its id; None if it only ends something."""
    data, kind = case.data, case.kind
    if kind == "order.cancel":
        return None
    sign = -1 if kind == "return.submit" else 1
    lines = tuple(
        (line["product_id"], sign * line["quantity"], line.get("unit_price_minor", 0)) for line in data["lines"]
    )
    amount = sum(quantity * price for _, quantity, price in lines)
    if kind == "order.amend":
        old = market.orders[data["amends_id"]]
        deal = Deal("sale", case.rep_id, old.customer_id, old.visit_id, amount, lines, amends_id=data["amends_id"])
        return data["order_id"], deal
    thing = {"order.submit": "order", "return.submit": "return", "gift.submit": "gift"}[kind]
    name = "sale" if thing == "order" else thing
    return data[f"{thing}_id"], Deal(
        name, case.rep_id, data["customer_id"], data["visit_id"], amount, lines, against_id=data.get("against_id")
    )


def amount_of(lines: Iterable[Data]) -> int:
    """Return what lines add up to."""
    return sum(line["quantity"] * line["unit_price_minor"] for line in lines)
