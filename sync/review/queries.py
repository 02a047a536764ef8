"""What waits for a person: mutations that are held, and those that were applied but want somebody's eye."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsales.audit.queries import history_of
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.people.models import User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor
from sync.models import Mutation, Review, Status, Wait
from sync.review.names import Named, people_by_id, shops_of


class ReviewUnknown(NotFound):
    """There is no such mutation of anybody whom you may see."""

    code = "review.not_found"
    title = "There is no such mutation"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which part of the queue is wanted: whatever all of this applies to; None asks for nothing."""

    user_id: uuid.UUID | None = None
    type: str | None = None
    code: str | None = None
    status: Status | None = None
    received_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnderReview:
    """A mutation, who did it, and the customer that it is about where that can be told."""

    mutation: Mutation
    rep: Named
    customer: Named | None

    @property
    def problem(self) -> dict[str, Any] | None:
        """Why it is held; None for one that was applied."""
        found: dict[str, Any] | None = self.mutation.outcome.get("problem")
        return found

    @property
    def result(self) -> dict[str, Any] | None:
        """What came of it; None unless it was applied."""
        found: dict[str, Any] | None = self.mutation.outcome.get("result")
        return found

    @property
    def flags(self) -> list[str]:
        """What was odd about it."""
        return list(self.mutation.outcome.get("flags", ()))


@dataclass(frozen=True, slots=True)
class Need:
    """What a mutation waits for: another one of which the status is told, or something that is not here yet (None)."""

    id: uuid.UUID
    status: Status | None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person did about a mutation."""

    at: datetime
    action: str
    by: Named | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """All that a person needs to decide."""

    subject: UnderReview
    waits_for: tuple[Need, ...]
    history: tuple[Step, ...]


def queue(session: Session, actor: Actor | None, sought: Sought, wanted: PageWanted) -> Page[UnderReview]:
    """Return a page of what waits for a person, of the people whom the actor may see; the oldest first."""
    found = _of_theirs(actor).where(Mutation.review == Review.OPEN)
    if sought.user_id is not None:
        found = found.where(Mutation.user_id == sought.user_id)
    if sought.type is not None:
        found = found.where(Mutation.type == sought.type)
    if sought.code is not None:
        found = found.where(Mutation.outcome[("problem", "code")].as_string() == sought.code)
    if sought.status is not None:
        found = found.where(Mutation.status == sought.status)
    if sought.received_before is not None:
        found = found.where(Mutation.received_at < sought.received_before)
    page = fetch_page(session, found, (Mutation.received_at, Mutation.id), wanted)
    return Page(_told(session, actor, page.items), page.next)


def case(session: Session, actor: Actor | None, mutation_id: uuid.UUID) -> Case:
    """Return one mutation with what it waits for and what was done about it. Raises `ReviewUnknown`."""
    mutation = session.scalars(_of_theirs(actor).where(Mutation.id == mutation_id)).one_or_none()
    if mutation is None:
        raise ReviewUnknown(f"There is no mutation {mutation_id}.", id=str(mutation_id))
    [subject] = _told(session, actor, [mutation])
    return Case(subject, _needs(session, mutation), _history(session, mutation))


def _of_theirs(actor: Actor | None) -> Select[Mutation]:
    return select(Mutation).where(Mutation.user_id.in_(visible_people(actor).with_only_columns(User.id)))


def _told(session: Session, actor: Actor | None, mutations: Sequence[Mutation]) -> list[UnderReview]:
    reps = people_by_id(session, {each.user_id for each in mutations})
    shops = shops_of(session, actor, mutations)
    return [UnderReview(each, reps[each.user_id], shops.get(each.id)) for each in mutations]


def _needs(session: Session, mutation: Mutation) -> tuple[Need, ...]:
    found = session.execute(
        select(Wait.waits_for, Mutation.status)
        .outerjoin(Mutation, (Mutation.id == Wait.waits_for) & (Mutation.user_id == mutation.user_id))
        .where(Wait.mutation_id == mutation.id)
        .order_by(Wait.waits_for)
    )
    return tuple(Need(waits_for, status) for waits_for, status in found)


def _history(session: Session, mutation: Mutation) -> tuple[Step, ...]:
    entries = history_of(session, ("mutation", mutation.id))
    people = people_by_id(session, {each.actor_id for each in entries if each.actor_id is not None})
    return tuple(
        Step(each.at, each.action, people[each.actor_id] if each.actor_id else None, each.facts) for each in entries
    )
