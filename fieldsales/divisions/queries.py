"""Who stands below a territory, a rep or a customer, and what each weighs."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.cuts.rules import Only
from fieldsales.divisions.rules import GOODS, Level, Node, Rule, Tree, filled, grow, with_goods
from fieldsales.history.queries import buying_history
from fieldsales.measures.rules import YEAR, Component
from fieldsales.measures.service import measure
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.queries import territories_below
from fieldsales.readings.queries import Wanted, by_id, readings
from fieldsales.registry.rules import Dimension
from fieldsales.spans.rules import Compared, compared_with
from fieldsales.targets.models import Target
from fieldsales.targets.queries import only_of, subject_of
from fieldsales.targets.rules import Subject


def tree_below(session: Session, root: uuid.UUID) -> Tree:
    """Return the territories at and below one, by code, and their active reps, by login."""
    areas = territories_below(root)
    below: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    lands = select(Territory.id, Territory.parent_id).where(Territory.id.in_(areas)).order_by(Territory.code)
    for area, parent in session.execute(lands):
        if parent is not None and area != root:
            below[parent].append(area)
    reps: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    there = select(User.id, User.territory_id).where(User.role == Role.REP, User.active, User.territory_id.in_(areas))
    for rep, home in session.execute(there.order_by(User.login)):
        if home is not None:
            reps[home].append(rep)
    return Tree(below, reps)


def owned(session: Session, rep_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the active customers of each rep as their owner, by name."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {each: [] for each in rep_ids}
    theirs = (
        select(Assignment.rep_id, Assignment.customer_id)
        .join(Customer, Customer.id == Assignment.customer_id)
        .where(Assignment.kind == AssignmentKind.OWNER, Assignment.ended_at.is_(None), Customer.active)
        .where(Assignment.rep_id.in_(rep_ids))
    )
    for rep, customer in session.execute(theirs.order_by(Customer.name, Customer.id)):
        found[rep].append(customer)
    return found


@dataclass(frozen=True, slots=True)
class Scales:
    """Weighs whoever gets a part of a target, by its rule, as of a day."""

    session: Session
    target: Target
    rule: Rule
    today: date
    now: datetime

    def people(
        self, ids: Sequence[uuid.UUID], customers: Mapping[uuid.UUID, Sequence[uuid.UUID]]
    ) -> dict[uuid.UUID, int]:
        """Return what reps weigh; by potential what their customers do together."""
        if self.rule is Rule.EQUAL:
            return dict.fromkeys(ids, 1)
        if self.rule is Rule.POTENTIAL:
            known = self._potential([each for some in customers.values() for each in some])
            return {rep: sum(known[each] for each in customers[rep]) for rep in ids}
        before = self._before(Dimension.REP)
        return {each: before.get(each, 0) for each in ids}

    def shops(self, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
        """Return what customers weigh."""
        if self.rule is Rule.EQUAL:
            return dict.fromkeys(ids, 1)
        if self.rule is Rule.POTENTIAL:
            return self._potential(ids)
        before = self._before(Dimension.CUSTOMER)
        return {each: before.get(each, 0) for each in ids}

    def goods(self, subject: Subject, level: Level) -> dict[str, int]:
        """Return the goods of a subject that weigh anything: those that it bought or sold in the period of the rule."""
        found = readings(self.session, self._wanted(), Dimension(level), only_of(subject))
        sold = {key: each.value for key, each in found.items() if key is not None and each.value}
        return {key: 1 if self.rule is Rule.EQUAL else value for key, value in sorted(sold.items()) if value > 0}

    def _wanted(self) -> Wanted:
        how = Compared.PREVIOUS if self.rule is Rule.LAST_PERIOD else Compared.LAST_YEAR
        days = compared_with(self.target.first_day, self.target.last_day, how)
        return Wanted(self.target.measure, days, self.target.currency, self.now)

    def _before(self, by: Dimension) -> dict[uuid.UUID, int]:
        goods = only_of(subject_of(self.target))
        only = Only(products=goods.products, brand=goods.brand, category=goods.category)
        return {each: max(value, 0) for each, value in by_id(readings(self.session, self._wanted(), by, only)).items()}

    def _potential(self, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
        history = buying_history(self.session, self.today - YEAR, self.today)
        values = measure(self.session, history, self.today, frozenset({Component.POTENTIAL})).values[
            Component.POTENTIAL
        ]
        pairs = zip(history.customers, np.nan_to_num(values, nan=-1.0).tolist(), strict=True)
        known = {customer: round(value) for customer, value in pairs if value >= 0}
        return filled(known, ids)


def tree_of(scales: Scales, level: Level) -> Node:
    """Return the tree below a target's subject down to a level, weighed."""
    subject = subject_of(scales.target)
    if level in GOODS:
        weighed = scales.goods(subject, level).items()
        return Node(subject, 1, tuple(Node(with_goods(subject, (level, key)), weight) for key, weight in weighed))
    if subject.rep_id is not None:
        return _rep(scales, subject.rep_id, 1, scales.shops(_customers(scales, [subject.rep_id])[subject.rep_id]))
    assert subject.territory_id is not None
    tree = tree_below(scales.session, subject.territory_id)
    reps = tree.reps_below(subject.territory_id)
    customers = _customers(scales, reps)
    weights = scales.people(reps, customers)
    shops: dict[uuid.UUID, int] = {}
    if level is Level.CUSTOMER:
        shops = scales.shops([each for some in customers.values() for each in some])
    of_reps = {
        each: _rep(scales, each, weights[each], {one: shops[one] for one in customers[each] if one in shops})
        for each in reps
    }
    top = grow(tree, subject.territory_id, of_reps, to_reps=level is not Level.TERRITORY)
    return _of_goods(top, subject)


def _customers(scales: Scales, reps: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    return owned(scales.session, reps)


def _rep(scales: Scales, rep: uuid.UUID, weight: int, shops: Mapping[uuid.UUID, int]) -> Node:
    goods = subject_of(scales.target)
    below = tuple(Node(_same_goods(Subject(customer_id=each), goods), many) for each, many in shops.items())
    return Node(_same_goods(Subject(rep_id=rep), goods), weight, below)


def _of_goods(node: Node, goods: Subject) -> Node:
    below = tuple(_of_goods(each, goods) for each in node.below)
    return Node(_same_goods(node.subject, goods), node.weight, below)


def _same_goods(subject: Subject, goods: Subject) -> Subject:
    whose = (subject.territory_id, subject.rep_id, subject.customer_id)
    return Subject(*whose, product_id=goods.product_id, brand=goods.brand, category=goods.category)
