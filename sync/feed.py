"""Which rows of the feed one phone has to look at: what changed in its scope, and scopes that it joined or left.

The statements are made once and asked with parameters: making them anew took half of the time of a pull.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Uuid,
    and_,
    bindparam,
    or_,
    select,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from fieldsales.changes.models import EVERYONE, Change, Op, Scope
from fieldsales.customers.models import Assignment
from sync.cursor import CursorExpired, Position

Values = dict[str, Any]
FEW = 2000
"""How many rows are sorted here rather than by the database."""
_CHANGE, _ASSIGNMENT = Change.__table__.c, Assignment.__table__.c
_KEY = (_CHANGE.scope_kind, _CHANGE.scope_id, _CHANGE.entity, _CHANGE.entity_id)
_USER: ColumnElement[uuid.UUID] = bindparam("user_id", type_=Uuid())
_IN_SPAN = and_(_CHANGE.tx >= bindparam("since"), _CHANGE.tx < bindparam("until"))


def served_by(user_id: uuid.UUID) -> ColumnElement[bool]:
    """Return the condition over `Assignment` of a user serving a customer now."""
    return and_(Assignment.rep_id == user_id, Assignment.ended_at.is_(None))


def looked_at(
    session: Session,
    user_id: uuid.UUID,
    span: tuple[int, int],
    after: Position | None,
    limit: int,
    *,
    entities: frozenset[str] | None = None,
) -> list[Position]:
    """Return the places of the next rows of the feed, by its primary key, that a phone must look at.

    `span` is of transaction numbers, the end excluded: what happened in them to rows in the user's scopes. A span
    that begins at 0 is a first load, which has nothing to forget. Otherwise customers whose assignments to the user
    changed in the span count whole, whenever their rows were written: a customer that was joined is sent, one that
    was left is taken back. Only rows of `entities` are told (None: of all). Raises `CursorExpired` where the customers
    can no longer be known.
    """
    asked: Values = {"user_id": user_id, "since": span[0], "until": span[1], "most": limit}
    if after is not None:
        asked |= {"kind": after.scope_kind, "scope": after.scope_id, "name": after.entity, "id": after.entity_id}
    if entities is not None:
        asked["entities"] = sorted(entities)
    both = (after is not None, entities is not None)
    if span[0] == 0:
        return _read(session, _everything(*both), asked)
    few: Values = asked | {"most": FEW + 1}
    news = _read(session, _news(*both), few)
    moved: set[uuid.UUID] = set()
    if any(both) or len(news) > FEW or any(each.entity == "assignment" for each in news):
        moved = _moved_customers(session, user_id, span)
    # Whatever their transaction: of a customer that was left, a row written after the span would never be told.
    left_or_joined = _read(session, _of_customers(*both), few | {"moved": [*moved]}) if moved else []
    if len(news) > FEW or len(left_or_joined) > FEW:
        return _read(session, _together(*both), asked | {"moved": [*moved]})
    found = {*news, *left_or_joined} if left_or_joined else news
    return sorted(found, key=_place)[:limit]


def _read(session: Session, statement: Select[Any] | CompoundSelect[Any], asked: Values) -> list[Position]:
    return [Position(*row) for row in session.connection().execute(statement, asked).all()]


def _place(row: Position) -> tuple[str, int, str, int]:
    """Return what rows are in order by, as things that are quick to compare."""
    return row.scope_kind, row.scope_id.int, row.entity, row.entity_id.int


@cache
def _everything(after: bool, entities: bool) -> Select[Any]:
    """Select what is there: the next of a first load, in the order of the feed's key."""
    limits = (*_limits(after, entities), _CHANGE.op == Op.UPSERT, _IN_SPAN)
    return select(*_KEY).where(or_(*_scopes()), *limits).order_by(*_KEY).limit(bindparam("most"))


@cache
def _news(after: bool, entities: bool) -> CompoundSelect[Any]:
    """Select what happened, unordered: then each reading goes by scope and transaction, and little news is found
    without reading all of a long feed."""
    return union_all(*_readings(after, entities)).limit(bindparam("most"))


@cache
def _of_customers(after: bool, entities: bool) -> Select[Any]:
    """Select all that there is or was of the customers that moved, unordered."""
    return _left_or_joined(after, entities).limit(bindparam("most"))


@cache
def _together(after: bool, entities: bool) -> CompoundSelect[Any]:
    """Select both, where they are many: the next in the order of the feed's key."""
    both = union(*_readings(after, entities), _left_or_joined(after, entities))
    return both.order_by(*both.selected_columns).limit(bindparam("most"))


def _readings(after: bool, entities: bool) -> Sequence[Select[Any]]:
    return [select(*_KEY).where(scope, _IN_SPAN, *_limits(after, entities)) for scope in _scopes()]


def _left_or_joined(after: bool, entities: bool) -> Select[Any]:
    theirs = _CHANGE.scope_id.in_(bindparam("moved", expanding=True))
    return select(*_KEY).where(_CHANGE.scope_kind == Scope.CUSTOMER, theirs, *_limits(after, entities))


def _scopes() -> tuple[ColumnElement[bool], ...]:
    served = select(_ASSIGNMENT.customer_id).where(_ASSIGNMENT.rep_id == _USER, _ASSIGNMENT.ended_at.is_(None))
    return (
        and_(_CHANGE.scope_kind == Scope.ORG, _CHANGE.scope_id == EVERYONE),
        and_(_CHANGE.scope_kind == Scope.REP, _CHANGE.scope_id == _USER),
        and_(_CHANGE.scope_kind == Scope.CUSTOMER, _CHANGE.scope_id.in_(served)),
    )


def _limits(after: bool, entities: bool) -> list[ColumnElement[bool]]:
    names = ("kind", "scope", "name", "id")
    there = tuple_(*(bindparam(name, type_=column.type) for name, column in zip(names, _KEY, strict=True)))
    beyond = [tuple_(*_KEY) > there] if after else []
    return [*beyond, _CHANGE.entity.in_(bindparam("entities", expanding=True))] if entities else beyond


_MOVED = (
    select(_ASSIGNMENT.customer_id)
    .select_from(Change.__table__.outerjoin(Assignment.__table__, _ASSIGNMENT.id == _CHANGE.entity_id))
    .where(_CHANGE.scope_kind == Scope.REP, _CHANGE.scope_id == _USER, _CHANGE.entity == "assignment", _IN_SPAN)
)


def _moved_customers(session: Session, user_id: uuid.UUID, span: tuple[int, int]) -> set[uuid.UUID]:
    """Return the customers that an assignment brought to the user or took from it within a span.

    An assignment names one customer for ever, and is ended rather than deleted. Were one deleted all the same, its
    customer could not be told any more, and the phone must start afresh.
    """
    asked = {"user_id": user_id, "since": span[0], "until": span[1]}
    customers = set(session.connection().scalars(_MOVED, asked))
    if None in customers:
        raise CursorExpired(
            "An assignment was deleted since that cursor.", mend="Load everything again; keep the unsent queue."
        )
    return customers
