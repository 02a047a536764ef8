"""Taking over what another system says that there is: once by its reference, and never over something newer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.catalog.models import Product
from fieldsales.db.bulk import slices
from fieldsales.errors import FieldsalesError
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.reservations.service import carry, serve
from fieldsales.snapshots.models import StockSnapshot
from fieldsales.snapshots.rules import (
    AHEAD,
    Fate,
    OlderSnapshot,
    ReferenceTaken,
    SkuUnknown,
    SnapshotInvalid,
    Telling,
    TellRow,
    Told,
)
from fieldsales.stock.models import Condition, StockBalance, StockCause
from fieldsales.stock.queries import moved_since
from fieldsales.stock.rules import Entry, Leg
from fieldsales.stock.service import hold


def take_snapshot(session: Session, telling: Telling, *, by: Actor | None, now: datetime) -> list[Told]:
    """Bring the books to what another system told, row by row; return what became of each, in their order.

    What moved here after `as_of` counts on top. The same telling again is answered as before and changes nothing. A row
    about a product that was counted or told of since then is `older`. Raises `ReferenceTaken`, `SnapshotInvalid`.
    """
    if telling.as_of > now + AHEAD:
        raise SnapshotInvalid(f"{telling.as_of.isoformat()} is still to come.", mend="Tell what is there.")
    there = session.scalar(select(StockSnapshot).where(StockSnapshot.reference == telling.reference))
    if there is not None:
        return _again(there, telling)
    known = _products(session, telling)
    places = {(telling.warehouse_id, each, Condition.SELLABLE) for each in known.values()}
    balances = {product_id: each for (_, product_id, _), each in hold(session, places).items()}
    since = moved_since(session, telling.warehouse_id, telling.as_of)
    told, legs, settled = [], [], []
    for row in telling.rows:
        try:
            balance = _balance(row, known, balances)
            change = row.pieces + since.get((balance.product_id, Condition.SELLABLE), 0) - balance.on_hand
            _check_newer(row, balance, telling.as_of, balance.product_id in settled)
        except FieldsalesError as wrong:
            told.append(_refused(row, wrong))
            continue
        settled.append(balance.product_id)
        balance.expected_on, balance.expected_units = row.expected_on, row.expected_pieces
        told.append(_done(row, balance.on_hand, change))
        if change:
            legs.append(_leg(balance.product_id, telling.warehouse_id, change))
    _book(session, telling, legs, settled, balances)
    _keep(session, telling, told, by, now)
    return told


def _again(there: StockSnapshot, telling: Telling) -> list[Told]:
    if there.digest != telling.digest:
        raise ReferenceTaken(
            f"“{telling.reference}” told something else at {there.taken_at.isoformat()}.",
            mend="Give it another reference.",
            reference=telling.reference,
        )
    return [Told(**{**each, "fate": Fate(each["fate"])}) for each in there.fates]


def _products(session: Session, telling: Telling) -> dict[str, uuid.UUID]:
    found: dict[str, uuid.UUID] = {}
    for some in slices({each.sku for each in telling.rows}):
        found.update(session.execute(select(Product.sku, Product.id).where(Product.sku.in_(some))).all())
    return found


def _balance(row: TellRow, known: Mapping[str, uuid.UUID], balances: Mapping[uuid.UUID, StockBalance]) -> StockBalance:
    row.check()
    product_id = known.get(row.sku)
    if product_id is None:
        raise SkuUnknown(f"There is no product “{row.sku}”.", mend="Import the product first.", sku=row.sku)
    return balances[product_id]


def _check_newer(row: TellRow, balance: StockBalance, as_of: datetime, twice: bool) -> None:
    if twice:
        raise SnapshotInvalid(f"{row.sku} is told twice.", mend="Tell each product once.", sku=row.sku)
    if balance.settled_at is not None and as_of <= balance.settled_at:
        raise OlderSnapshot(
            f"{row.sku} is known as of {balance.settled_at.isoformat()}, this is of {as_of.isoformat()}.",
            mend="Nothing is to be done; tell what is there now.",
            sku=row.sku,
            known_as_of=balance.settled_at.isoformat(),
        )


def _refused(row: TellRow, wrong: FieldsalesError) -> Told:
    fate = Fate.OLDER if isinstance(wrong, OlderSnapshot) else Fate.REFUSED
    return Told(row.sku, fate, code=wrong.code, problem=str(wrong))


def _done(row: TellRow, on_hand: int, change: int) -> Told:
    return Told(row.sku, Fate.CORRECTED if change else Fate.SAME, on_hand, on_hand + change)


def _leg(product_id: uuid.UUID, warehouse_id: uuid.UUID, change: int) -> Leg:
    leg = Leg(product_id, abs(change), to_id=warehouse_id)
    return leg if change > 0 else leg.back()


def _book(
    session: Session,
    telling: Telling,
    legs: list[Leg],
    settled: list[uuid.UUID],
    balances: Mapping[uuid.UUID, StockBalance],
) -> None:
    if legs:
        day, _ = days_at(session, telling.as_of)
        carry(session, Entry(StockCause.FEED, telling.as_of, day, tuple(legs), below_zero=True))
    for product_id in settled:
        balances[product_id].settled_at = telling.as_of
    session.flush()
    serve(session, telling.warehouse_id, settled, telling.as_of.date())


def _keep(session: Session, telling: Telling, told: list[Told], by: Actor | None, now: datetime) -> None:
    kept = StockSnapshot(
        reference=telling.reference,
        warehouse_id=telling.warehouse_id,
        as_of=telling.as_of,
        digest=telling.digest,
        fates=[each.told() for each in told],
        taken_at=now,
        taken_by=by.user_id if by else None,
    )
    session.add(kept)
    session.flush()
    counts = {fate.value: sum(1 for each in told if each.fate is fate) for fate in Fate}
    who = by.user_id if by else None
    facts = {"reference": telling.reference, "as_of": telling.as_of.isoformat(), "rows": counts}
    record(session, "stock.snapshot", ("warehouse", telling.warehouse_id), actor_id=who, now=now, **facts)
