"""Counting a place: a sheet, what was counted, and the difference in the books. A large one waits for a person."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.approvals.models import Approval, ApprovalKind, ApprovalState
from fieldsales.approvals.queries import require_approval
from fieldsales.approvals.service import Request, ask, lapse, vote
from fieldsales.audit.service import record
from fieldsales.catalog.queries import articles
from fieldsales.catalog.service import ProductUnknown
from fieldsales.counts.models import CountLine, CountState, StockCount
from fieldsales.counts.queries import differences, expected_at, require_count
from fieldsales.counts.rules import (
    CountChanged,
    Counted,
    CountEnded,
    CountInvalid,
    CountUnderWay,
    Difference,
    beyond,
    check_counted,
    legs_of,
    worth,
)
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force
from fieldsales.reservations.service import carry, serve
from fieldsales.stock.models import Condition, StockCause
from fieldsales.stock.rules import STOCK, Entry
from fieldsales.stock.service import hold
from fieldsales.warehouses.models import Warehouse

MOST_FACTS = 50


def start_count(
    session: Session,
    warehouse: Warehouse,
    product_ids: Collection[uuid.UUID] | None,
    *,
    by: Actor | None,
    now: datetime,
    note: str = "",
) -> StockCount:
    """Return a new count sheet of some products (None: of all that the books have there). Raises `CountUnderWay`."""
    under_way = select(StockCount.id).where(
        StockCount.warehouse_id == warehouse.id, StockCount.state.in_((CountState.OPEN, CountState.WAITING))
    )
    session.execute(select(Warehouse.id).where(Warehouse.id == warehouse.id).with_for_update())
    if (there := session.scalar(under_way)) is not None:
        raise CountUnderWay(f"The count {there} is under way.", mend="End or discard that one.", id=str(there))
    books = expected_at(session, warehouse.id, now)
    if product_ids is not None:
        books = {(each, Condition.SELLABLE): books.get((each, Condition.SELLABLE), 0) for each in product_ids}
    _check_known(session, books)
    count = StockCount(warehouse_id=warehouse.id, started_at=now, started_by=_who(by), note=note)
    count.lines = [
        CountLine(product_id=product_id, condition=condition, expected=pieces)
        for (product_id, condition), pieces in sorted(books.items())
        if pieces or product_ids is not None
    ]
    session.add(count)
    session.flush()
    _note(session, "count.start", count, by, now, warehouse=warehouse.code, lines=len(count.lines))
    return count


def enter(session: Session, count: StockCount, counted: Counted) -> StockCount:
    """Write down what was counted; what was counted before is counted anew. Raises `CountEnded`, `CountInvalid`."""
    _check_open(count)
    check_counted(counted)
    _check_known(session, counted)
    there = {(each.product_id, each.condition): each for each in count.lines}
    for key, pieces in counted.items():
        line = there.get(key)
        if line is None:
            line = CountLine(product_id=key[0], condition=key[1], expected=0)
            count.lines.append(line)
        line.counted = pieces
    session.flush()
    return count


def end_count(session: Session, count: StockCount, counted_at: datetime, *, by: Actor | None, now: datetime) -> None:
    """End the counting: the difference goes into the books, or above the policy's threshold waits for approval.

    What was not counted stays as it is. Raises `CountEnded`, `CountInvalid`, `CountChanged`.
    """
    if count.state is not CountState.WAITING or _open_request(session, count) is not None:
        _check_open(count)
    check_counted({(each.product_id, each.condition): each.counted for each in count.lines if each.counted is not None})
    if not count.started_at <= counted_at <= now:
        raise CountInvalid(f"It was not counted at {counted_at.isoformat()}.", mend="Say when the counting ended.")
    count.counted_at, count.counted_by = counted_at, _who(by) or count.started_by
    _hold(session, count)
    found = differences(session, count, counted_at)
    _fix_expected(count, found)
    day, _ = days_at(session, now)
    over = beyond(worth(found), in_force(session, STOCK, day).value.count_value_minor)
    if over is None:
        _post(session, count, found, by, now)
    else:
        _ask(session, count, found, over, now)
    session.flush()


def discard_count(session: Session, count: StockCount, *, by: Actor | None, now: datetime) -> None:
    """Give a count up; nothing of it goes into the books. Raises `CountEnded` for one that is there already."""
    if count.state not in (CountState.OPEN, CountState.WAITING):
        _check_open(count)
    if (request := _open_request(session, count)) is not None:
        lapse(session, request, now)
    count.state, count.ended_at = CountState.DISCARDED, now
    session.flush()
    _note(session, "count.discard", count, by, now)


def decide_count(
    session: Session, approval_id: uuid.UUID, *, grant: bool, reason: str | None, by: Actor | None, now: datetime
) -> Approval:
    """Note what a person says; when enough agree, the difference goes into the books.

    Raises `ApprovalNotFound`, what `vote` raises, and `CountChanged` if by now it is larger than what was asked for.
    """
    approval = require_approval(session, by, approval_id)
    assert approval.count_id is not None
    count = require_count(session, None, approval.count_id, lock=True)
    session.refresh(approval)
    state = vote(session, approval, grant=grant, reason=reason, by=by, now=now)
    if state is ApprovalState.REFUSED:
        count.state, count.ended_at = CountState.REFUSED, now
    elif state is ApprovalState.GRANTED and count.counted_at is not None:
        _hold(session, count)
        found = differences(session, count, count.counted_at)
        if worth(found).get(approval.currency, 0) > approval.amount_minor:
            raise CountChanged("More is missing by now than was asked for.", mend="Discard it, and count again.")
        _fix_expected(count, found)
        _post(session, count, found, by, now)
    session.flush()
    return approval


def _post(session: Session, count: StockCount, found: list[Difference], by: Actor | None, now: datetime) -> None:
    moment = count.counted_at or now
    legs = legs_of(found, count.warehouse_id)
    if legs:
        day, _ = days_at(session, moment)
        carry(session, Entry(StockCause.COUNT, moment, day, legs, count.id, count.counted_by, below_zero=True))
    for balance in _hold(session, count).values():
        balance.settled_at = max(balance.settled_at or moment, moment)
    count.state, count.ended_at = CountState.POSTED, now
    session.flush()
    serve(session, count.warehouse_id, {each.product_id for each in found}, now.date())
    _note(
        session, "count.post", count, by, now, differences=sum(1 for each in found if each.pieces), worth=worth(found)
    )


def _ask(session: Session, count: StockCount, found: list[Difference], over: tuple[str, int], now: datetime) -> None:
    currency, amount = over
    if count.counted_by is None:
        raise CountInvalid(
            "Above the threshold somebody must approve, and it is not known who asks.",
            mend="Say who counted.",
            field="counted_by",
        )
    warehouse = session.get_one(Warehouse, count.warehouse_id)
    reason = f"The count of {warehouse.code} differs by {amount} {currency} (minor units)."
    request = Request((ApprovalKind.STOCK_COUNT,), reason, count.counted_by, None, currency, amount, count_id=count.id)
    day, _ = days_at(session, now)
    ask(session, request, _facts(session, count, warehouse, found), day=day, now=now)
    count.state = CountState.WAITING


def _facts(session: Session, count: StockCount, warehouse: Warehouse, found: list[Difference]) -> dict[str, Any]:
    largest = sorted((each for each in found if each.pieces), key=lambda each: -each.worth_minor)
    known = articles(session, [each.product_id for each in largest[:MOST_FACTS]])
    return {
        "warehouse": warehouse.code,
        "counted_at": count.counted_at.isoformat() if count.counted_at else None,
        "counted": len(found),
        "differing": len(largest),
        "worth": worth(found),
        "lines": [
            {
                "sku": known[each.product_id].sku,
                "condition": each.condition.value,
                "expected": each.expected,
                "counted": each.counted,
                "worth_minor": each.worth_minor,
                "currency": each.currency,
            }
            for each in largest[:MOST_FACTS]
        ],
    }


def _fix_expected(count: StockCount, found: list[Difference]) -> None:
    books = {(each.product_id, each.condition): each.expected for each in found}
    for line in count.lines:
        line.expected = books.get((line.product_id, line.condition), line.expected)


def _hold(session: Session, count: StockCount) -> dict[Any, Any]:
    lines = [each for each in count.lines if each.counted is not None]
    return hold(session, {(count.warehouse_id, each.product_id, each.condition) for each in lines})


def _open_request(session: Session, count: StockCount) -> Approval | None:
    asked = select(Approval).where(Approval.count_id == count.id, Approval.state == ApprovalState.OPEN)
    return session.scalars(asked.with_for_update()).one_or_none()


def _check_open(count: StockCount) -> None:
    if count.state is not CountState.OPEN:
        raise CountEnded(f"The count is {count.state}.", mend="Start another one.", state=str(count.state))


def _check_known(session: Session, counted: Collection[tuple[uuid.UUID, Condition]]) -> None:
    known = articles(session, {product_id for product_id, _ in counted})
    strange = next((product_id for product_id, _ in counted if product_id not in known), None)
    if strange is not None:
        raise ProductUnknown(f"There is no product {strange}.", product_id=str(strange))


def _who(by: Actor | None) -> uuid.UUID | None:
    return by.user_id if by else None


def _note(session: Session, action: str, count: StockCount, by: Actor | None, now: datetime, **facts: Any) -> None:
    record(session, action, ("stock_count", count.id), actor_id=_who(by), now=now, state=count.state.value, **facts)
