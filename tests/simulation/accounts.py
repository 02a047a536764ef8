"""The account of all trade, kept without the server: what stands, what came back, and why something was refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from simulation.books import Stored
from simulation.model import Expected, standing
from simulation.trace import Broken, hold
from simulation.trade import ENDED, GIVEN_BACK, MORE_THAN_SOLD, Deal
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.orders.models import Order, OrderState

Goods = Counter[tuple[str, str]]
"""Units, and minor units, of each product."""


def check_trade(session: Session, expected: Expected, stored: Mapping[str, Stored]) -> None:
    """Compare the books of trade with the model, and both with common sense."""
    rows = {str(each.id): each for each in session.scalars(select(Order))}
    found = {name: _deal(row) for name, row in rows.items()}
    ended = {name: row.state.value for name, row in rows.items() if row.state is not OrderState.PLACED}
    hold("money equals the model, to the cent", standing(found, ended), standing(expected.orders, expected.ended))
    hold("orders equal the model", found, expected.orders)
    hold("what was amended or called off counts no more", ended, expected.ended)
    for name, row in rows.items():
        if row.amends_id is not None:
            hold("an amendment lies on the day of its order", row.ordered_on, rows[found[name].amends_id].ordered_on)
    chains = _chains(expected)
    for chain in chains.values():
        _no_more_than_sold(expected, chain)
    for name, settled in expected.statuses.items():
        _has_reason(expected, stored[name], settled, chains)


def _deal(row: Order) -> Deal:
    return Deal(
        row.kind.value,
        str(row.rep_id),
        str(row.customer_id),
        row.visit_id and str(row.visit_id),
        row.amount_minor,
        tuple((str(line.product_id), line.quantity, line.unit_price_minor) for line in row.lines),
        row.amends_id and str(row.amends_id),
        row.against_id and str(row.against_id),
    )


def _chains(expected: Expected) -> dict[str, list[str]]:
    """Return, for each sale, the whole row of those that took each other's place, the last of them last."""
    after = {deal.amends_id: name for name, deal in expected.orders.items() if deal.amends_id}
    chains: dict[str, list[str]] = {}
    for name, deal in expected.orders.items():
        if deal.kind == "sale" and deal.amends_id is None:
            chain = [name]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            chains |= dict.fromkeys(chain, chain)
    return chains


def _goods(deal: Deal) -> Goods:
    goods: Goods = Counter()
    for product_id, units, price in deal.lines:
        goods[product_id, "units"] += abs(units)
        goods[product_id, "minor"] += abs(units) * price
    return goods


def _back(expected: Expected, chain: list[str]) -> dict[str, Goods]:
    return {name: _goods(deal) for name, deal in expected.orders.items() if deal.against_id in chain}


def _no_more_than_sold(expected: Expected, chain: list[str]) -> None:
    """Without a person's word no more comes back than was sold, in units and in money."""
    last = chain[-1]
    sold = Counter() if last in expected.ended else _goods(expected.orders[last])
    back: Goods = Counter()
    for name, goods in _back(expected, chain).items():
        if name not in expected.ended and name not in expected.accepted:
            back += goods
    if any(back[key] > sold[key] for key in back):
        raise Broken("no more comes back than was sold", f"{last}: sold {dict(sold)}, back {dict(back)}")


def _has_reason(
    expected: Expected, each: Stored, settled: tuple[str, str | None], chains: Mapping[str, list[str]]
) -> None:
    """What was refused or held for what others did was so for something that somebody did."""
    if settled not in (ENDED, GIVEN_BACK, MORE_THAN_SOLD):
        return
    data = each.payload["data"]
    over = data.get("against_id") or data.get("amends_id") or data["order_id"]
    chain = chains.get(over, [over])
    back = _back(expected, chain)
    if settled == ENDED:
        reason = over in expected.ended
    elif settled == GIVEN_BACK:
        reason = bool(back)
    else:
        asked = sum(back.values(), Counter()) + _goods(_asked(data))
        least: dict[tuple[str, str], int] = defaultdict(int)
        for key in asked:
            least[key] = min(_goods(expected.orders[name])[key] for name in chain)
        reason = chain[-1] in expected.ended or any(asked[key] > least[key] for key in asked)
    if not reason:
        raise Broken("whoever is refused or held is so for a reason", f"{each.payload}: {settled}")


def _asked(data: Mapping[str, object]) -> Deal:
    lines = [(line["product_id"], line["quantity"], line["unit_price_minor"]) for line in data["lines"]]  # type: ignore[attr-defined]
    return Deal("return", "", "", None, 0, tuple(lines))
