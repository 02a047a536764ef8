"""Which settlements there are, and what is expected of a rep."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.ledger.models import Account
from fieldsales.ledger.queries import held_items
from fieldsales.people.models import User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor
from fieldsales.receivables.models import Payment
from fieldsales.settlements.models import Settlement, SettlementState
from fieldsales.settlements.rules import SettlementNotFound, fingerprint, is_late
from fieldsales.stock.queries import on_hand
from fieldsales.warehouses.queries import van_of

LIVE = (SettlementState.COUNTED, SettlementState.WAITING, SettlementState.SETTLED)


@dataclass(frozen=True, slots=True)
class Item:
    """A payment in a rep's hands (minor units). `late`: its own day was settled before it was told."""

    payment_id: uuid.UUID
    customer_id: uuid.UUID
    paid_on: date
    currency: str
    form: Account
    amount_minor: int
    reference: str | None
    late: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be in a rep's hands, payment by payment, and in the van (`van_id` None: the rep has none)."""

    items: tuple[Item, ...]
    van_id: uuid.UUID | None
    goods: dict[uuid.UUID, int]


def expected_of(session: Session, rep_id: uuid.UUID, day: date) -> Expected:
    """Return what a rep must hand in, or show, at the end of a day: all that is not handed in by now."""
    held = held_items(session, rep_id)
    payments = payments_of(session, [each.source_id for each in held])
    settled = settled_days(session, rep_id)
    items = [
        Item(
            each.source_id,
            payments[each.source_id].customer_id,
            payments[each.source_id].paid_on,
            each.currency,
            each.form,
            each.amount_minor,
            payments[each.source_id].reference,
            is_late(payments[each.source_id].paid_on, day, settled),
        )
        for each in held
    ]
    van = van_of(session, rep_id)
    return Expected(tuple(items), van.id if van else None, on_hand(session, van.id) if van else {})


def payments_of(session: Session, ids: Sequence[uuid.UUID], *, lock: bool = False) -> dict[uuid.UUID, Payment]:
    """Return payments by id; locked, so that none of them bounces or is handed in meanwhile."""
    found: dict[uuid.UUID, Payment] = {}
    for start in range(0, len(ids), 500):
        some = select(Payment).where(Payment.id.in_(ids[start : start + 500])).order_by(Payment.id)
        rows = session.scalars(some.with_for_update().execution_options(populate_existing=True) if lock else some)
        found.update((each.id, each) for each in rows)
    return found


def settled_days(session: Session, rep_id: uuid.UUID) -> list[date]:
    """Return the days of a rep that are settled."""
    mine = (Settlement.rep_id == rep_id, Settlement.state == SettlementState.SETTLED)
    return list(session.scalars(select(Settlement.day).where(*mine).order_by(Settlement.day)))


def live_settlement(session: Session, rep_id: uuid.UUID, day: date) -> Settlement | None:
    """Return the settlement of a rep's day that is counted, waiting or settled."""
    mine = (Settlement.rep_id == rep_id, Settlement.day == day, Settlement.state.in_(LIVE))
    return session.scalars(select(Settlement).where(*mine)).one_or_none()


def find_settlements(
    session: Session,
    actor: Actor | None,
    wanted: PageWanted,
    *,
    rep_id: uuid.UUID | None = None,
    day: date | None = None,
    state: SettlementState | None = None,
) -> Page[Settlement]:
    """Return a page of the settlements of people whom an actor may see, by day."""
    found = _of_theirs(actor)
    pairs = ((Settlement.rep_id, rep_id), (Settlement.day, day), (Settlement.state, state))
    for column, value in pairs:
        found = found if value is None else found.where(column == value)
    return fetch_page(session, found, (Settlement.day, Settlement.id), wanted)


def require_settlement(
    session: Session, actor: Actor | None, settlement_id: uuid.UUID, *, lock: bool = False
) -> Settlement:
    """Return a settlement of a person whom the actor may see; raise `SettlementNotFound`."""
    found = _of_theirs(actor).where(Settlement.id == settlement_id).execution_options(populate_existing=True)
    settlement = session.scalars(found.with_for_update() if lock else found).one_or_none()
    if settlement is None:
        raise SettlementNotFound(f"There is no settlement {settlement_id}.", id=str(settlement_id))
    return settlement


def is_intact(settlement: Settlement) -> bool:
    """Tell whether a settlement still has the content that was counted and signed."""
    hashes = {fingerprint(settlement.content), *(each.content_hash for each in settlement.signatures)}
    return hashes == {settlement.content_hash}


def _of_theirs(actor: Actor | None) -> Select[Settlement]:
    return select(Settlement).where(Settlement.rep_id.in_(visible_people(actor).with_only_columns(User.id)))
