"""Counting a rep's day, signing for it, and reopening it. What is signed by both sides is posted, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.approvals.models import Approval, ApprovalKind, ApprovalState
from fieldsales.approvals.queries import require_approval
from fieldsales.approvals.service import Request, ask, lapse, vote
from fieldsales.audit.service import record
from fieldsales.catalog.models import Product
from fieldsales.clock import local_day
from fieldsales.db.base import new_id
from fieldsales.ledger.models import Account, Cause
from fieldsales.ledger.queries import held_items, owed_by_reps
from fieldsales.ledger.rules import InHand, Transfer, moved
from fieldsales.ledger.service import Event, post
from fieldsales.people.models import Role, User
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force
from fieldsales.settlements import rules
from fieldsales.settlements.models import Party, Settlement, SettlementState, Signature
from fieldsales.settlements.queries import Expected, expected_of, live_settlement, payments_of, require_settlement
from fieldsales.settlements.rules import GoodsCount, GoodsLine, MoneyCount, MoneyLine, SettlementPolicy
from fieldsales.stock.models import Condition, StockCause
from fieldsales.stock.queries import on_hand
from fieldsales.stock.rules import Entry, Leg
from fieldsales.stock.service import hold, move

Part = tuple[uuid.UUID, str, Transfer]
"""What is posted of a settlement: what it is about (a payment, or the settlement), its currency, and the transfer."""


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted of a rep's day. `goods` None: the van was not counted."""

    rep_id: uuid.UUID
    day: date
    money: tuple[MoneyCount, ...]
    goods: tuple[GoodsCount, ...] | None = None


def count_day(session: Session, count: Count, *, by: Actor, now: datetime) -> Settlement:
    """Write down what was counted beside what is expected, to be signed by the rep and by a cashier.

    Raises `PersonNotFound`, `SettledBefore`, and with nothing written what `money_lines` and `goods_lines` raise.
    """
    rep = require_rep_in_scope(session, by, count.rep_id)
    _hold_rep(session, rep.id)
    if rep.territory is not None and count.day > local_day(now, rep.territory.time_zone):
        raise rules.CountInvalid(f"{count.day} is still to come.", mend="Settle a day that has begun.")
    if (there := live_settlement(session, rep.id, count.day)) is not None:
        raise rules.SettledBefore(
            f"{count.day} is {there.state} already.",
            mend="Sign it, discard it or reopen it.",
            id=str(there.id),
            state=str(there.state),
        )
    content = _content(session, count, expected_of(session, rep.id, count.day), now)
    settlement = Settlement(
        rep_id=rep.id,
        day=count.day,
        state=SettlementState.COUNTED,
        counted_at=now,
        counted_by=by.user_id,
        content=content,
        content_hash=rules.fingerprint(content),
        signatures=[],
    )
    session.add(settlement)
    session.flush()
    _note(session, "settlement.count", settlement, by, now, content_hash=settlement.content_hash)
    return settlement


def sign(
    session: Session,
    settlement_id: uuid.UUID,
    content_hash: str,
    *,
    by: Actor,
    now: datetime,
    at: datetime | None = None,
) -> Settlement:
    """Sign for the rep (by nobody else) or for the cashier; with both signatures it is posted, or asks for approval.

    `at` is when that was, for a signature that is told later. Raises `SettlementNotFound`, `ContentDiffers`,
    `SettlementClosed`, `SignedBefore`, and `SettlementStale` where what is expected has changed since the count.
    """
    settlement = require_settlement(session, by, settlement_id, lock=True)
    party = Party.REP if by.user_id == settlement.rep_id else Party.CASHIER
    if content_hash != settlement.content_hash:
        raise rules.ContentDiffers("That is not what was counted.", mend="Read the settlement again.")
    if any(each.party is party or each.by == by.user_id for each in settlement.signatures):
        raise rules.SignedBefore(f"The {party} has signed.", mend="The other side signs now.", party=str(party))
    _require(settlement, SettlementState.COUNTED)
    settlement.signatures.append(Signature(party=party, by=by.user_id, at=at or now, content_hash=content_hash))
    session.flush()
    _note(session, "settlement.sign", settlement, by, now, party=str(party), content_hash=content_hash)
    if len(settlement.signatures) == len(Party):
        _check_fresh(session, settlement)
        if not _ask_approval(session, settlement, now):
            _close(session, settlement, now)
    return settlement


def decide_settlement(
    session: Session, approval_id: uuid.UUID, *, grant: bool, reason: str | None, by: Actor | None, now: datetime
) -> Approval:
    """Note what a person says about a difference: granted, the settlement is posted; refused, it is counted anew.

    Neither the rep nor the cashier decides. Raises what `vote` raises, and `SettlementStale` with nothing changed.
    """
    approval = require_approval(session, by, approval_id)
    assert approval.settlement_id is not None
    settlement = require_settlement(session, None, approval.settlement_id, lock=True)
    session.refresh(approval, with_for_update=True)
    if by is not None and any(each.by == by.user_id for each in settlement.signatures):
        raise rules.SignedBefore("Who signed does not approve.", mend="Ask somebody else.")
    state = vote(session, approval, grant=grant, reason=reason, by=by, now=now)
    if state is ApprovalState.GRANTED:
        _check_fresh(session, settlement)
        _close(session, settlement, now)
    elif state is ApprovalState.REFUSED:
        settlement.state = SettlementState.DISCARDED
    session.flush()
    return approval


def discard(session: Session, settlement_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Settlement:
    """Give up a count that is not posted, to count again. Raises `SettlementNotFound`, `SettlementClosed`."""
    settlement = require_settlement(session, by, settlement_id, lock=True)
    _require(settlement, SettlementState.COUNTED, SettlementState.WAITING)
    settlement.state = SettlementState.DISCARDED
    asked = select(Approval).where(Approval.settlement_id == settlement.id, Approval.state == ApprovalState.OPEN)
    for approval in session.scalars(asked):
        lapse(session, approval, now)
    session.flush()
    _note(session, "settlement.discard", settlement, by, now)
    return settlement


def reopen(session: Session, settlement_id: uuid.UUID, reason: str, *, by: Actor, now: datetime) -> Settlement:
    """Reverse what a settlement posted, for a reason: the money is in the rep's hands again, to be counted anew.

    A cheque that bounced since then stays bounced. Counted goods stay as they were counted: the next count tells.
    Raises `SettlementNotFound`, `SettlementClosed`.
    """
    settlement = require_settlement(session, by, settlement_id, lock=True)
    _require(settlement, SettlementState.SETTLED)
    _hold_rep(session, settlement.rep_id)
    ids = [uuid.UUID(each["payment_id"]) for each in settlement.content["items"]]
    bounced = {key for key, each in payments_of(session, sorted(ids), lock=True).items() if "bounced" in each.flags}
    entry_id = new_id()
    for part in _transfers(settlement):
        if part[0] not in bounced:
            back = (*part[:2], rules.reverse(part[2]))
            _post(session, settlement, Cause.REOPENED, back, entry_id=entry_id, now=now)
    settlement.state, settlement.reopen_entry_id = SettlementState.REOPENED, entry_id
    settlement.reopened_at, settlement.reopened_by, settlement.reopen_reason = now, by.user_id, reason
    session.flush()
    _note(session, "settlement.reopen", settlement, by, now, reason=reason)
    return settlement


def repay(
    session: Session, rep_id: uuid.UUID, currency: str, amount_minor: int, *, by: Actor, now: datetime, day: date
) -> int:
    """Note that a rep made a shortage good; return what is still owed (minor units).

    Raises `PersonNotFound`, and `TooMuchRepaid` for more than is owed.
    """
    require_rep_in_scope(session, by, rep_id)
    _hold_rep(session, rep_id)
    owed = owed_by_reps(session, [rep_id]).get(rep_id, {}).get(currency, 0)
    if not 0 < amount_minor <= owed:
        raise rules.TooMuchRepaid(
            f"{owed} {currency} (minor units) are owed.", mend="Repay 1 up to that.", owed_minor=owed
        )
    event = Event(Cause.REPAID, rep_id, None, currency, day, now, rep_id)
    post(session, event, moved(Account.TILL, Account.SHORTAGE, amount_minor))
    session.flush()
    told = {"currency": currency, "amount_minor": amount_minor}
    record(session, "settlement.repay", ("user", rep_id), actor_id=by.user_id, now=now, **told)
    return owed - amount_minor


def _content(session: Session, count: Count, expected: Expected, now: datetime) -> dict[str, Any]:
    policy = in_force(session, rules.SETTLEMENTS, count.day).value
    held = [InHand(each.payment_id, each.currency, each.form, each.amount_minor) for each in expected.items]
    money = rules.money_lines(held, count.money)
    goods = None
    if count.goods is not None and expected.van_id is None:
        raise rules.CountInvalid("The rep has no van.", mend="Count no goods.")
    if count.goods is None and expected.van_id is not None and policy.goods_required:
        raise rules.CountIncomplete("The van was not counted.", mend="Count its goods.", missing=["goods"])
    if count.goods is not None:
        lines = rules.goods_lines(expected.goods, count.goods)
        goods = {"warehouse_id": str(expected.van_id), "lines": _told_goods(session, lines)}
    return {
        "rep_id": str(count.rep_id),
        "day": count.day.isoformat(),
        "counted_at": now.isoformat(),
        "money": [_told_money(each) for each in money],
        "items": [_told_item(each) for each in expected.items],
        "goods": goods,
    }


def _told_money(line: MoneyLine) -> dict[str, Any]:
    return {
        "currency": line.currency,
        "form": line.form.value,
        "expected_minor": line.expected_minor,
        "counted_minor": line.counted_minor,
        "difference_minor": line.difference_minor,
        "coins": [{"value_minor": each.value_minor, "count": each.count} for each in line.coins],
        "note": line.note,
    }


def _told_item(item: Any) -> dict[str, Any]:
    return {
        "payment_id": str(item.payment_id),
        "customer_id": str(item.customer_id),
        "paid_on": item.paid_on.isoformat(),
        "currency": item.currency,
        "form": item.form.value,
        "amount_minor": item.amount_minor,
        "reference": item.reference,
        "late": item.late,
    }


def _told_goods(session: Session, lines: Sequence[GoodsLine]) -> list[dict[str, Any]]:
    ids = [each.product_id for each in lines]
    products = {each.id: each for each in session.scalars(select(Product).where(Product.id.in_(ids)))}
    if unknown := [each for each in ids if each not in products]:
        raise rules.CountInvalid(f"There is no product {unknown[0]}.", mend="Count products of the catalogue.")
    return [
        {
            "product_id": str(each.product_id),
            "sku": products[each.product_id].sku,
            "expected": each.expected,
            "counted": each.counted,
            "difference": each.difference,
            "worth_minor": each.difference * products[each.product_id].price_minor,
            "currency": products[each.product_id].currency,
            "note": each.note,
        }
        for each in lines
    ]


def _check_fresh(session: Session, settlement: Settlement) -> None:
    """Hold all that the count was about, and raise `SettlementStale` if any of it changed since then."""
    _hold_rep(session, settlement.rep_id)
    items = _items(settlement)
    payments_of(session, sorted(each.source_id for each in items), lock=True)
    gone = {*items} - {*held_items(session, settlement.rep_id)}
    if gone:
        told = sorted(str(each.source_id) for each in gone)
        raise rules.SettlementStale(
            "A payment bounced or was handed in since the count.", mend="Discard it and count again.", payments=told
        )
    goods = settlement.content["goods"]
    if goods is None:
        return
    van_id = uuid.UUID(goods["warehouse_id"])
    expected = {uuid.UUID(each["product_id"]): each["expected"] for each in goods["lines"]}
    hold(session, [(van_id, each, Condition.SELLABLE) for each in expected])
    there = on_hand(session, van_id)
    moved_ones = [key for key in {*expected, *there} if there.get(key, 0) != expected.get(key, 0)]
    if moved_ones:
        raise rules.SettlementStale(
            "Goods of the van moved since the count.",
            mend="Discard it and count again.",
            products=sorted(str(each) for each in moved_ones),
        )


def _ask_approval(session: Session, settlement: Settlement, now: datetime) -> bool:
    policy: SettlementPolicy = in_force(session, rules.SETTLEMENTS, settlement.day).value
    beyond = policy.beyond(_off(settlement.content))
    if not beyond:
        return False
    currency = min(beyond)
    cashier = next(each.by for each in settlement.signatures if each.party is Party.CASHIER)
    request = Request(
        (ApprovalKind.SETTLEMENT,),
        f"The settlement of {settlement.day} differs from what is expected.",
        cashier,
        None,
        currency,
        beyond[currency],
        settlement_id=settlement.id,
    )
    ask(session, request, {"settlement": settlement.content, "beyond": beyond}, day=settlement.day, now=now)
    settlement.state = SettlementState.WAITING
    session.flush()
    return True


def _off(content: Mapping[str, Any]) -> dict[str, int]:
    """Return the differences of money and of goods at list price without their signs, summed by currency."""
    found: dict[str, int] = {}
    goods = content["goods"]["lines"] if content["goods"] else []
    pairs = [(each["currency"], each["difference_minor"]) for each in content["money"]]
    for currency, amount in [*pairs, *((each["currency"], each["worth_minor"]) for each in goods)]:
        found[currency] = found.get(currency, 0) + abs(amount)
    return found


def _close(session: Session, settlement: Settlement, now: datetime) -> None:
    entry_id = new_id()
    for part in _transfers(settlement):
        cause = Cause.DIFFERENCE if part[0] == settlement.id else Cause.HAND_IN
        _post(session, settlement, cause, part, entry_id=entry_id, now=now)
    _settle_goods(session, settlement)
    settlement.state, settlement.settled_at, settlement.entry_id = SettlementState.SETTLED, now, entry_id
    session.flush()
    _note(session, "settlement.settle", settlement, None, now, entry_id=str(entry_id))


def _settle_goods(session: Session, settlement: Settlement) -> None:
    """Bring the van's books to what was counted; a sale before the count that is told later is in it already."""
    goods = settlement.content["goods"]
    if goods is None:
        return
    van_id = uuid.UUID(goods["warehouse_id"])
    off = [(uuid.UUID(each["product_id"]), each["difference"]) for each in goods["lines"] if each["difference"]]
    legs = tuple(
        Leg(product_id, -pieces, from_id=van_id) if pieces < 0 else Leg(product_id, pieces, to_id=van_id)
        for product_id, pieces in off
    )
    if legs:
        at, day, rep_id = settlement.counted_at, settlement.day, settlement.rep_id
        move(session, Entry(StockCause.COUNT, at, day, legs, settlement.id, rep_id, below_zero=True))
    places = [(van_id, uuid.UUID(each["product_id"]), Condition.SELLABLE) for each in goods["lines"]]
    for balance in hold(session, places).values():
        balance.settled_at = settlement.counted_at


def _items(settlement: Settlement) -> list[InHand]:
    return [
        InHand(uuid.UUID(each["payment_id"]), each["currency"], Account(each["form"]), each["amount_minor"])
        for each in settlement.content["items"]
    ]


def _transfers(settlement: Settlement) -> list[Part]:
    """Return what a settlement posts: each payment handed in, then the differences, which are of the settlement."""
    lines = [
        MoneyLine(each["currency"], Account(each["form"]), each["expected_minor"], each["counted_minor"], each["note"])
        for each in settlement.content["money"]
    ]
    off = [(settlement.id, currency, transfer) for currency, transfer in rules.differences(lines)]
    return [*rules.handing_in(_items(settlement)), *off]


def _post(
    session: Session, settlement: Settlement, cause: Cause, part: Part, *, entry_id: uuid.UUID, now: datetime
) -> None:
    source_id, currency, transfer = part
    event = Event(cause, source_id, None, currency, settlement.day, now, settlement.rep_id)
    post(session, event, [transfer], entry_id)


def _hold_rep(session: Session, rep_id: uuid.UUID) -> None:
    """Let nobody else settle for a rep until this transaction ends."""
    session.flush()
    mine = select(User.id).where(User.id == rep_id, User.role == Role.REP)
    session.execute(mine.with_for_update(key_share=True))


def _require(settlement: Settlement, *states: SettlementState) -> None:
    if settlement.state not in states:
        raise rules.SettlementClosed(
            f"It is {settlement.state}.", mend="Read what became of it.", state=str(settlement.state)
        )


def _note(
    session: Session, action: str, settlement: Settlement, by: Actor | None, now: datetime, **facts: object
) -> None:
    told = {"rep_id": str(settlement.rep_id), "day": settlement.day.isoformat(), "state": settlement.state.value}
    who = by.user_id if by else None
    record(session, action, ("settlement", settlement.id), actor_id=who, now=now, **told, **facts)
