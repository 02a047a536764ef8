"""Which key accounts there are, whose turn each is, and when it is due."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from fieldsales.accounts.rules import due_from
from fieldsales.cadence.rules import Cadence
from fieldsales.candidates.queries import Served, last_visits_at, served_among
from fieldsales.cases.rules import Contact
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import CustomerFilter, customers_matching
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.ladders.queries import ladder_on
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.turns.rules import KeyAccount, own_cadence, priority_of, whose_turn


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which key accounts; what is None does not matter. `priority` is the rep's own or, of several, any."""

    rep_id: uuid.UUID | None = None
    territory_id: uuid.UUID | None = None
    search: str | None = None
    priority: int | None = None
    together: bool | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """A rep to whom the account was given: on what terms, and when the rep was and will be there."""

    assignment: Assignment
    rep_name: str
    counts: bool
    turn: bool
    last_visit_on: date | None
    planned_on: date | None


@dataclass(frozen=True, slots=True)
class Account:
    """A key account as of a day: its reps by name, whose turn it is, how often and when it is due."""

    customer: Customer
    priority: int
    cadence: Cadence
    own_cadence: bool
    owner_id: uuid.UUID | None
    turn_rep_id: uuid.UUID | None
    due_on: date | None
    last_visit_on: date | None
    planned: tuple[PlannedVisit, ...]
    holders: tuple[Holder, ...]


def accounts_visible_to(
    session: Session, actor: Actor | None, wanted: PageWanted, only: AccountFilter, today: date
) -> Page[Account]:
    """Return a page of the key accounts among the customers whom an actor may see, by name."""
    given = [Assignment.customer_id == Customer.id, Assignment.kind == AssignmentKind.KEY_ACCOUNT]
    given.append(Assignment.ended_at.is_(None))
    if only.rep_id is not None:
        given.append(Assignment.rep_id == only.rep_id)
    if only.priority is not None:
        given.append(Assignment.priority == only.priority)
    if only.together is not None:
        given.append(Assignment.together.is_(only.together))
    found = customers_matching(actor, CustomerFilter(search=only.search, territory_id=only.territory_id))
    page = fetch_page(session, found.where(exists().where(*given)), (Customer.name, Customer.id), wanted)
    return Page(accounts_of(session, page.items, today), page.next)


def accounts_of(session: Session, customers: Sequence[Customer], today: date) -> list[Account]:
    """Return how the key accounts of some customers stand, in a number of queries that does not grow with them."""
    ids = [customer.id for customer in customers]
    served, made = served_among(session, ids), last_visits_at(session, ids, today + timedelta(days=1))
    planned, given = _planned(session, ids, today), _given(session, ids)
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(_reps(given)))).all())
    ladder = ladder_on(session, today)
    told = []
    for customer in customers:
        if customer.id in served:
            tier = (ladder.find(customer.tier) or ladder.tiers[-1]).cadence
            told.append(
                _account(
                    customer,
                    served[customer.id],
                    given[customer.id],
                    contacts=made.get(customer.id, []),
                    coming=planned.get(customer.id, []),
                    tier=tier,
                    names=names,
                    today=today,
                )
            )
    return told


def _account(
    customer: Customer,
    served: Served,
    given: Sequence[Assignment],
    *,
    contacts: Sequence[Contact],
    coming: Sequence[PlannedVisit],
    tier: Cadence,
    names: Mapping[uuid.UUID, str],
    today: date,
) -> Account:
    live = [each for each in served.key_accounts if each.counts_on(today)]
    seen = {contact.rep_id: contact.day for contact in contacts}
    last = max(seen.values(), default=None)
    cadence = own_cadence(live) or tier
    turn = turn_of(served.owner, live, seen, coming)
    return Account(
        customer=customer,
        priority=priority_of(live or served.key_accounts),
        cadence=cadence,
        own_cadence=own_cadence(live) is not None,
        owner_id=served.owner,
        turn_rep_id=turn,
        due_on=due_from(cadence, last, max(today, _start(served.key_accounts, today))),
        last_visit_on=last,
        planned=tuple(coming),
        holders=tuple(
            Holder(
                assignment=each,
                rep_name=names[each.rep_id],
                counts=any(account.rep_id == each.rep_id for account in live),
                turn=each.rep_id == turn,
                last_visit_on=seen.get(each.rep_id),
                planned_on=next((visit.day for visit in coming if visit.rep_id == each.rep_id), None),
            )
            for each in sorted(given, key=lambda each: (names[each.rep_id], each.rep_id))
        ),
    )


def turn_of(
    owner: uuid.UUID | None,
    live: Sequence[KeyAccount],
    seen: Mapping[uuid.UUID, date],
    coming: Sequence[PlannedVisit] = (),
) -> uuid.UUID | None:
    """Return whose turn it is: who is on the plan next; else who was given it and never there; else who longest ago."""
    if coming:
        return coming[0].rep_id
    given = [each.rep_id for each in live]
    serving = [rep for rep in dict.fromkeys([owner, *given]) if rep is not None] if owner not in given else given
    new = [rep for rep in given if rep not in seen]
    return whose_turn(new or serving, seen) if serving else None


def _start(accounts: Sequence[KeyAccount], today: date) -> date:
    return min((each.from_on or today for each in accounts), default=today)


def _planned(session: Session, customer_ids: Collection[uuid.UUID], today: date) -> dict[uuid.UUID, list[PlannedVisit]]:
    found: dict[uuid.UUID, list[PlannedVisit]] = defaultdict(list)
    query = select(PlannedVisit).where(
        PlannedVisit.customer_id.in_(customer_ids),
        PlannedVisit.day >= today,
        PlannedVisit.status == PlanStatus.PLANNED,
    )
    for visit in session.scalars(query.order_by(PlannedVisit.day, PlannedVisit.id)):
        found[visit.customer_id].append(visit)
    return found


def _given(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Assignment]]:
    found: dict[uuid.UUID, list[Assignment]] = defaultdict(list)
    query = select(Assignment).where(
        Assignment.customer_id.in_(customer_ids),
        Assignment.kind == AssignmentKind.KEY_ACCOUNT,
        Assignment.ended_at.is_(None),
    )
    for assignment in session.scalars(query.order_by(Assignment.assigned_at, Assignment.id)):
        found[assignment.customer_id].append(assignment)
    return found


def _reps(given: Mapping[uuid.UUID, Sequence[Assignment]]) -> set[uuid.UUID]:
    return {each.rep_id for several in given.values() for each in several}
