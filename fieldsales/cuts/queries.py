"""Facts cut into rows: joined to what they are broken down by, narrowed to what is asked and to what one may see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, cast, false, literal, null, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.expression import FromClause

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer
from fieldsales.cuts.rules import Only
from fieldsales.db.days import month_start, quarter_start, week_start, year_start
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.queries import territories_below
from fieldsales.people.rules import Actor
from fieldsales.registry.rules import SHOPS, By, Dimension
from fieldsales.spans.rules import Span

_STARTS = {Span.WEEK: week_start, Span.MONTH: month_start, Span.QUARTER: quarter_start, Span.YEAR: year_start}
_OF_PRODUCT = {Dimension.BRAND: Product.brand, Dimension.CATEGORY: Product.category}
_OF_CUSTOMER = {
    Dimension.TERRITORY: Customer.territory_id,
    Dimension.SEGMENT: Customer.category,
    Dimension.TIER: Customer.tier,
}
_Rep = aliased(User)


def span_of(day: ColumnElement[Any], span: Span) -> ColumnElement[Any]:
    """Return the first day of the piece of time that a day lies in."""
    return day if span is Span.DAY else _STARTS[span](day)


@dataclass(frozen=True)
class Cut:
    """By what facts are broken down, which count, and who asks (None: the operator)."""

    by: tuple[By, ...]
    only: Only
    actor: Actor | None
    teams: dict[uuid.UUID, uuid.UUID]
    """The team of each territory: the territory at or next above it that has a supervisor."""
    priced: bool = False
    """Whether the product of each fact is needed for what it costs."""

    @property
    def dimensions(self) -> frozenset[Dimension]:
        """What facts are broken down or narrowed by, besides time."""
        return frozenset(each for each in (*self.by, *self.only.dimensions) if isinstance(each, Dimension))

    @property
    def knows_customers(self) -> bool:
        """Whether it matters who bought."""
        everything = self.actor is None or self.actor.sees_everything or self.actor.role is Role.REP
        return bool(SHOPS & self.dimensions) or not everything

    @property
    def sees_everything(self) -> bool:
        """Whether who asks may see every fact."""
        return self.actor is None or (self.actor.sees_everything and self.actor.role is not Role.REP)

    def of(self, fact: FromClause, sums: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """Return the rows of facts: a column for each key in the order of `by`, then the sums."""
        keys = self.keys(fact)
        return self.narrow(select(*keys, *sums).select_from(self.joined(fact)), fact).group_by(*keys)

    def each(self, fact: FromClause, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """Return every fact with its keys and some columns."""
        return self.narrow(select(*self.keys(fact), *columns).select_from(self.joined(fact)), fact)

    def keys(self, fact: FromClause) -> list[ColumnElement[Any]]:
        """Return a column for each key."""
        return [self.key(fact, each).label(f"key_{at}") for at, each in enumerate(self.by)]

    def key(self, fact: FromClause, by: By) -> Any:
        """Return the column by which rows are told apart in one dimension."""
        if isinstance(by, Span):
            return span_of(fact.c.day, by)
        if by is Dimension.TEAM:
            return self._teams.c.team_id
        if by in _OF_PRODUCT:
            return _OF_PRODUCT[by]
        if by in _OF_CUSTOMER:
            return _OF_CUSTOMER[by]
        return fact.c[f"{by}_id"]

    def joined(self, fact: FromClause) -> FromClause:
        """Return facts beside the rows that they are broken down or narrowed by."""
        needed = {*self.by, *self.only.dimensions}
        found = fact
        if Dimension.TEAM in needed:
            found = found.outerjoin(_Rep, _Rep.id == fact.c.rep_id)
            found = found.outerjoin(self._teams, self._teams.c.territory_id == _Rep.territory_id)
        if needed & set(_OF_CUSTOMER):
            found = found.join(Customer, Customer.id == fact.c.customer_id)
        if needed & set(_OF_PRODUCT) or self.priced:
            found = found.outerjoin(Product, Product.id == fact.c.product_id)
        return found

    def narrow(self, statement: Select[Any], fact: FromClause) -> Select[Any]:
        """Return a statement about facts with only those that are asked for and may be seen."""
        only, wanted = self.only, [self.seen(fact)]
        if only.reps:
            wanted.append(fact.c.rep_id.in_(only.reps))
        if only.customers:
            wanted.append(fact.c.customer_id.in_(only.customers))
        if only.products:
            wanted.append(fact.c.product_id.in_(only.products))
        if only.territory:
            wanted.append(Customer.territory_id.in_(territories_below(only.territory)))
        pairs = (
            (Customer.category, only.segment),
            (Customer.tier, only.tier),
            (Product.brand, only.brand),
            (Product.category, only.category),
        )
        wanted += [column == value for column, value in pairs if value]
        return statement.where(*wanted)

    def seen(self, fact: FromClause) -> ColumnElement[bool]:
        """Return the condition that an actor may see a fact: a rep the own, others those of their people and shops."""
        actor = self.actor
        if actor is None or self.sees_everything:
            return true()
        if actor.role is Role.REP:
            return fact.c.rep_id == actor.user_id
        here = territories_below(actor.territory_id)
        people = select(User.id).where(User.territory_id.in_(here))
        shops = select(Customer.id).where(Customer.territory_id.in_(here))
        return or_(fact.c.rep_id.in_(people), fact.c.customer_id.in_(shops))

    @cached_property
    def _teams(self) -> Any:
        pairs = [
            select(literal(place, Uuid()).label("territory_id"), literal(team, Uuid()).label("team_id"))
            for place, team in self.teams.items()
        ]
        if not pairs:
            nothing = cast(null(), Uuid())
            return select(nothing.label("territory_id"), nothing.label("team_id")).where(false()).cte("team_of")
        return pairs[0].union_all(*pairs[1:]).cte("team_of")


def teams_of(session: Session) -> dict[uuid.UUID, uuid.UUID]:
    """Return the team of each territory that has one: the territory at or next above it where a supervisor is."""
    parents = dict(session.execute(select(Territory.id, Territory.parent_id)).all())
    led = set(session.scalars(select(User.territory_id).where(User.role == Role.SUPERVISOR, User.active)))
    found = {}
    for place in parents:
        at: uuid.UUID | None = place
        seen: set[uuid.UUID] = set()
        while at is not None and at not in led and at not in seen:
            seen.add(at)
            at = parents.get(at)
        if at is not None and at in led:
            found[place] = at
    return found


def names_of(session: Session, by: By, keys: Sequence[Any]) -> dict[Any, str]:
    """Return what the keys of one dimension are called, as far as anybody knows."""
    if by is Dimension.TEAM:
        return _team_names(session, keys)
    tables: dict[By, Any] = {
        Dimension.REP: (User.id, User.name),
        Dimension.TERRITORY: (Territory.id, Territory.name),
        Dimension.CUSTOMER: (Customer.id, Customer.name),
        Dimension.PRODUCT: (Product.id, Product.name),
    }
    if by not in tables:
        return {}
    which, name = tables[by]
    found: dict[Any, str] = {}
    for start in range(0, len(keys), 500):
        found.update(session.execute(select(which, name).where(which.in_(keys[start : start + 500]))).all())
    return found


def _team_names(session: Session, keys: Sequence[Any]) -> dict[Any, str]:
    leading = select(User.territory_id, Territory.name, User.name).join(Territory, Territory.id == User.territory_id)
    wanted = leading.where(User.territory_id.in_(keys), User.role == Role.SUPERVISOR, User.active)
    found: dict[Any, tuple[str, list[str]]] = {}
    for key, place, name in session.execute(wanted.order_by(User.name, User.id)):
        found.setdefault(key, (place, []))[1].append(name)
    return {key: f"{place} ({', '.join(people)})" for key, (place, people) in found.items()}
