"""Which targets there are for somebody to see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.cuts.rules import Only
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.queries import in_territories_of, visible_people
from fieldsales.people.rules import Actor
from fieldsales.readings.queries import Wanted, daily, reading_of, readings
from fieldsales.readings.rules import measured
from fieldsales.registry.rules import MEASURES, Dimension
from fieldsales.targets.models import Target
from fieldsales.targets.rules import Subject, TargetNotFound

CONFIDENTIAL = tuple(code for code, measure in MEASURES.items() if measure.confidential)
"""Measures that are told to managers only."""
_BOSSES = (Role.MANAGER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class TargetFilter:
    """Which targets; what is None does not matter. `first` and `last` are days that a target's period shares."""

    measure: str | None = None
    first: date | None = None
    last: date | None = None
    territory_id: uuid.UUID | None = None
    rep_id: uuid.UUID | None = None
    customer_id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None
    tops: bool = False


def visible_targets(actor: Actor | None) -> Select[Target]:
    """Return the targets of whomever an actor may see; a rep's are the own ones and those of the own customers."""
    people = visible_people(actor).with_only_columns(User.id)
    customers = visible_customers(actor).with_only_columns(Customer.id)
    found: list[ColumnElement[bool]] = [Target.rep_id.in_(people), Target.customer_id.in_(customers)]
    if actor is None or actor.role is not Role.REP:
        found.append(Target.territory_id.is_not(None) & in_territories_of(actor, Target.territory_id))
    seen = select(Target).where(or_(*found))
    return seen if actor is None or actor.role in _BOSSES else seen.where(Target.measure.not_in(CONFIDENTIAL))


def find_targets(session: Session, actor: Actor | None, only: TargetFilter, wanted: PageWanted) -> Page[Target]:
    """Return a page of targets, by period, then whom they are about."""
    found = visible_targets(actor)
    named = ("measure", "territory_id", "rep_id", "customer_id", "parent_id")
    for name in named:
        if (value := getattr(only, name)) is not None:
            found = found.where(getattr(Target, name) == value)
    if only.first is not None:
        found = found.where(Target.last_day >= only.first)
    if only.last is not None:
        found = found.where(Target.first_day <= only.last)
    if only.tops:
        found = found.where(Target.parent_id.is_(None))
    return fetch_page(session, found, (Target.first_day, Target.id), wanted)


def require_target(session: Session, actor: Actor | None, target_id: uuid.UUID) -> Target:
    """Return a target that the actor may see; raise `TargetNotFound`."""
    found = session.scalars(visible_targets(actor).where(Target.id == target_id)).one_or_none()
    if found is None:
        raise TargetNotFound(f"There is no target {target_id}.", id=str(target_id))
    return found


def parts_of(session: Session, target_id: uuid.UUID) -> Sequence[Target]:
    """Return the parts into which a target was divided, one level down."""
    return session.scalars(select(Target).where(Target.parent_id == target_id).order_by(Target.id)).all()


def parts_counted(session: Session, target_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return into how many parts each target was divided; those that were not are left out."""
    counted = select(Target.parent_id, func.count()).where(Target.parent_id.in_(target_ids)).group_by(Target.parent_id)
    return {parent: int(many) for parent, many in session.execute(counted) if parent is not None}


def family_of(session: Session, target: Target) -> dict[uuid.UUID, Target]:
    """Return all targets of the tree that a target stands in, by id: its top and everything below that."""
    top = target
    while top.parent_id is not None:
        top = session.get_one(Target, top.parent_id)
    found, level = {top.id: top}, [top.id]
    while level:
        parts = session.scalars(select(Target).where(Target.parent_id.in_(level)).order_by(Target.id)).all()
        found |= {each.id: each for each in parts}
        level = [each.id for each in parts]
    return found


def subject_of(target: Target) -> Subject:
    """Return whom and what a target is about."""
    return Subject(
        target.territory_id, target.rep_id, target.customer_id, target.product_id, target.brand, target.category
    )


def only_of(subject: Subject) -> Only:
    """Return the filter that leaves what a subject is about."""
    return Only(
        reps=(subject.rep_id,) if subject.rep_id else (),
        territory=subject.territory_id,
        customers=(subject.customer_id,) if subject.customer_id else (),
        products=(subject.product_id,) if subject.product_id else (),
        brand=subject.brand,
        category=subject.category,
    )


def dimension_of(subject: Subject) -> Dimension | None:
    """Return by what a question must be broken down so that a subject is one of its rows; None: there is no such way.

    A territory is none of the rows, which are of what lies in it and not below.
    """
    if subject.goods is not None:
        return Dimension(subject.goods[0])
    return None if subject.territory_id else Dimension(subject.kind)


def shared_of(subject: Subject) -> Subject | None:
    """Return what a subject shares with those that are rows of the same question: whose goods they are."""
    return None if subject.goods is None else replace(subject, product_id=None, brand=None, category=None)


def readings_of(session: Session, wanted: Wanted, subjects: Sequence[Subject]) -> dict[Subject, int | None]:
    """Return what a measure is for each of some subjects of one dimension, in one question; a sum of nothing is 0."""
    by = dimension_of(subjects[0])
    if by is None:
        return {each: reading_of(session, wanted, only_of(each)) for each in subjects}
    found = readings(session, wanted, by, _only_of(subjects))
    values = {each: found[row].value for each in subjects if (row := _row(each)) in found}
    if not measured(wanted.code).is_ratio:
        return {each: values.get(each, 0) for each in subjects}
    # What no row is of may be 0 or unknown, such as the distribution of what nobody buys.
    return {each: values[each] if each in values else reading_of(session, wanted, only_of(each)) for each in subjects}


def daily_of(session: Session, wanted: Wanted, subjects: Sequence[Subject]) -> dict[Subject, dict[date, int]]:
    """Return what a measure that is a sum came to on each day, for each of some subjects of one dimension."""
    by = dimension_of(subjects[0])
    found = daily(session, wanted, _only_of(subjects), by)
    return {each: found.get(_row(each) if by else None, {}) for each in subjects}


def _only_of(subjects: Sequence[Subject]) -> Only:
    """The filter that leaves what some subjects of one dimension are about; of brands and categories, all of them."""
    one = only_of(subjects[0])
    if len(subjects) == 1:
        return one
    shared = replace(one, brand=None, category=None, products=())
    if subjects[0].goods is not None:
        return replace(shared, products=tuple(each.product_id for each in subjects if each.product_id))
    return replace(
        shared,
        reps=tuple(each.rep_id for each in subjects if each.rep_id),
        customers=tuple(each.customer_id for each in subjects if each.customer_id),
    )


def _row(subject: Subject) -> str:
    return subject.goods[1] if subject.goods else str(subject.rep_id or subject.customer_id)


def names_of(session: Session, subjects: Iterable[Subject]) -> dict[Subject, str]:
    """Return what each subject is called: Anna, or Anna · Coffee for a target of some goods."""
    subjects = list(subjects)
    named: dict[uuid.UUID | None, str] = {}
    for table, ids in (
        (Territory, {each.territory_id for each in subjects}),
        (User, {each.rep_id for each in subjects}),
        (Customer, {each.customer_id for each in subjects}),
        (Product, {each.product_id for each in subjects}),
    ):
        wanted = [each for each in ids if each is not None]
        for begin in range(0, len(wanted), 500):
            some = select(table.id, table.name).where(table.id.in_(wanted[begin : begin + 500]))
            named |= {row[0]: row[1] for row in session.execute(some)}
    return {each: _name(each, named) for each in subjects}


def _name(subject: Subject, named: dict[uuid.UUID | None, str]) -> str:
    whose = named.get(subject.territory_id or subject.rep_id or subject.customer_id, "?")
    goods = named.get(subject.product_id, "?") if subject.product_id else subject.brand or subject.category
    return f"{whose} · {goods}" if goods else whose
