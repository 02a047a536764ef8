"""Which rows of the feed one phone has to look at: what changed in its scope, and scopes that it joined or left."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from fieldsales.changes.models import Change, Op, Scope
from fieldsales.customers.models import Assignment
from sync.cursor import CursorExpired, Position


def served_by(user_id: uuid.UUID) -> ColumnElement[bool]:
    """Return the condition over `Assignment` of a user serving a customer now."""
    return and_(Assignment.rep_id == user_id, Assignment.ended_at.is_(None))


def looked_at(
    session: Session, user_id: uuid.UUID, span: tuple[int, int], after: Position | None, limit: int
) -> Sequence[Change]:
    """Return the next rows of the feed, by its primary key, that a phone must look at.

    `span` is of transaction numbers, the end excluded: what happened in them to rows in the user's scopes. A span
    that begins at 0 is a first load, which has nothing to forget. Otherwise customers whose assignments to the user
    changed in the span count whole, whenever their rows were written: a customer that was joined is sent, one that
    was left is taken back. Raises `CursorExpired` where that can no longer be known.
    """
    since, until = span
    served = select(Assignment.customer_id).where(served_by(user_id))
    in_scope = or_(
        Change.scope_kind == Scope.ORG,
        and_(Change.scope_kind == Scope.REP, Change.scope_id == user_id),
        and_(Change.scope_kind == Scope.CUSTOMER, Change.scope_id.in_(served)),
    )
    wanted = and_(Change.tx >= since, Change.tx < until, in_scope)
    if since == 0:
        wanted = and_(wanted, Change.op == Op.UPSERT)
    elif moved := _moved_customers(session, user_id, span):
        # Whatever their transaction: of a customer that was left, a row written after the span would never be told.
        wanted = or_(wanted, and_(Change.scope_kind == Scope.CUSTOMER, Change.scope_id.in_(moved)))
    key = (Change.scope_kind, Change.scope_id, Change.entity, Change.entity_id)
    found = select(Change).where(wanted).order_by(*key).limit(limit)
    if after is not None:
        found = found.where(tuple_(*key) > (after.scope_kind, after.scope_id, after.entity, after.entity_id))
    return session.scalars(found).all()


def _moved_customers(session: Session, user_id: uuid.UUID, span: tuple[int, int]) -> set[uuid.UUID]:
    """Return the customers that an assignment brought to the user or took from it within a span.

    An assignment names one customer for ever, and is ended rather than deleted. Were one deleted all the same, its
    customer could not be told any more, and the phone must start afresh.
    """
    found = (
        select(Change.entity_id, Assignment.customer_id)
        .outerjoin(Assignment, Assignment.id == Change.entity_id)
        .where(
            Change.scope_kind == Scope.REP,
            Change.scope_id == user_id,
            Change.entity == "assignment",
            Change.tx >= span[0],
            Change.tx < span[1],
        )
    )
    customers = [customer_id for _, customer_id in session.execute(found)]
    if None in customers:
        raise CursorExpired(
            "An assignment was deleted since that cursor.", mend="Load everything again; keep the unsent queue."
        )
    return set(customers)
