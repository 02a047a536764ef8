"""Which visits are in doubt, and all that speaks for and against one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldsales.conduct.rules import CHECK_OUT
from fieldsales.conduct.service import lacks
from fieldsales.customers.models import Customer
from fieldsales.db.desk import Desk
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.integrity.models import Decision, VisitComment, VisitScore
from fieldsales.integrity.rules import INTEGRITY
from fieldsales.people.models import User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor
from fieldsales.policies.models import Policy
from fieldsales.visits.models import Visit


class VisitNotVisible(NotFound):
    """There is no such visit of anybody whom you may see."""

    code = "visit.not_visible"
    title = "There is no such visit"


def found_fake() -> ColumnElement[bool]:
    """Return the condition that a person found a visit fake: it counts as made nowhere."""
    return exists().where(VisitScore.visit_id == Visit.id, VisitScore.decision == Decision.FAKE)


def fakes_on(
    session: Session, rep_ids: Collection[uuid.UUID], day: date
) -> dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID]]:
    """Return the visits of some reps on a day that a person found fake, each with its rep and customer."""
    fakes = select(Visit.id, Visit.rep_id, Visit.customer_id).where(
        Visit.rep_id.in_(rep_ids), Visit.day == day, found_fake()
    )
    return {visit_id: (rep_id, customer_id) for visit_id, rep_id, customer_id in session.execute(fakes)}


@dataclass(frozen=True, slots=True)
class Looked:
    """A visit with its score, as a line of a list. `rep` and `customer` are names."""

    score: VisitScore
    visit: Visit
    rep: str
    customer: str


@dataclass(frozen=True, slots=True)
class Looking:
    """Everything about one visit: what it still lacks by name, its score, and what was said about it."""

    line: Looked
    missing: Sequence[str]
    comments: Sequence[VisitComment]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which visits a list is to hold; None: all. `since` and `until` are days, both included."""

    day: date | None = None
    since: date | None = None
    until: date | None = None
    customer_id: uuid.UUID | None = None
    rep_id: uuid.UUID | None = None
    doubtful: bool | None = None
    decision: Decision | None = None


def find_scores(session: Session, actor: Actor | None, wanted: Wanted, page: PageWanted) -> Page[Looked]:
    """Return a page of the visits of people whom an actor may see, the latest day first."""
    asked: dict[InstrumentedAttribute[Any], Any] = {
        VisitScore.day: wanted.day,
        VisitScore.rep_id: wanted.rep_id,
        VisitScore.doubtful: wanted.doubtful,
        VisitScore.decision: wanted.decision,
    }
    statement = _theirs(actor).where(*(column == value for column, value in asked.items() if value is not None))
    if wanted.since is not None:
        statement = statement.where(VisitScore.day >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(VisitScore.day <= wanted.until)
    if wanted.customer_id is not None:
        of_customer = select(Visit.id).where(Visit.customer_id == wanted.customer_id)
        statement = statement.where(VisitScore.visit_id.in_(of_customer))
    found = fetch_page(session, statement, (VisitScore.day, VisitScore.visit_id), page, largest_first=True)
    return Page(_lines(session, found.items), found.next)


def doubtful_ones(session: Session, actor: Actor | None, page: PageWanted) -> Page[Looked]:
    """Return a page of the doubtful visits that nobody has decided about, the oldest first."""
    open_ones = _theirs(actor).where(VisitScore.doubtful, VisitScore.decision.is_(None))
    found = fetch_page(session, open_ones, (VisitScore.day, VisitScore.visit_id), page)
    return Page(_lines(session, found.items), found.next)


def look_at(session: Session, actor: Actor | None, visit_id: uuid.UUID) -> Looking:
    """Return everything about a visit; raise `VisitNotVisible`."""
    score = require_score(session, actor, visit_id)
    (line,) = _lines(session, [score])
    desk = Desk(session)
    left = line.visit.checked_out_at is not None
    missing = lacks(desk, line.visit, leaving=left) + ([] if left else [CHECK_OUT])
    said = select(VisitComment).where(VisitComment.visit_id == visit_id).order_by(VisitComment.at, VisitComment.id)
    return Looking(line, missing, session.scalars(said).all())


def require_score(session: Session, actor: Actor | None, visit_id: uuid.UUID) -> VisitScore:
    """Return the score of a visit that an actor may see; raise `VisitNotVisible`."""
    found = session.scalars(_theirs(actor).where(VisitScore.visit_id == visit_id)).one_or_none()
    if found is None:
        raise VisitNotVisible(f"There is no visit {visit_id}.", mend="Check the id.", id=str(visit_id))
    return found


def waiting(session: Session) -> int:
    """Return how many visits wait to be scored."""
    return session.scalar(select(func.count()).where(VisitScore.due_at.is_not(None))) or 0


def due(session: Session, limit: int) -> Sequence[VisitScore]:
    """Return visits to be scored: something arrived, or the policy of their day is another one. Locked, whole days."""
    first = select(VisitScore).where(VisitScore.due_at.is_not(None)).order_by(VisitScore.due_at).limit(limit)
    found = session.scalars(first.with_for_update(skip_locked=True)).all()
    return found or session.scalars(_under_another_policy(session).limit(limit)).all()


def _under_another_policy(session: Session) -> Select[VisitScore]:
    """Visits whose day has another policy in force than the one that they were scored by."""
    versions = session.scalars(
        select(Policy)
        .where(Policy.kind == INTEGRITY.name, Policy.withdrawn_at.is_(None))
        .order_by(Policy.effective_from, Policy.made_at, Policy.id)
    ).all()
    holds: Mapping[date, Policy] = {each.effective_from: each for each in versions}
    begins = sorted(holds)
    spans = [
        (VisitScore.day >= begin)
        & ((VisitScore.day < end) if end else True)
        & or_(VisitScore.policy_id.is_(None), VisitScore.policy_id != holds[begin].id)
        for begin, end in zip(begins, [*begins[1:], None], strict=False)
    ]
    none = VisitScore.visit_id.is_(None)
    return select(VisitScore).where(or_(none, *spans), VisitScore.judged_at.is_not(None)).order_by(VisitScore.visit_id)


def _theirs(actor: Actor | None) -> Select[VisitScore]:
    statement = select(VisitScore)
    if actor is None:
        return statement
    return statement.where(VisitScore.rep_id.in_(visible_people(actor).with_only_columns(User.id)))


def _lines(session: Session, scores: Sequence[VisitScore]) -> list[Looked]:
    ids = [each.visit_id for each in scores]
    rows = session.execute(
        select(Visit, User.name, Customer.name)
        .join(User, User.id == Visit.rep_id)
        .join(Customer, Customer.id == Visit.customer_id)
        .where(Visit.id.in_(ids))
    )
    known = {visit.id: (visit, rep, customer) for visit, rep, customer in rows}
    return [Looked(each, *known[each.visit_id]) for each in scores]
