"""Which customers a person may see, and who serves them.

A rep sees the customers that are assigned to the rep. Others see those in their territories, and those outside that
one of their reps serves (a key account across a border).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment, AssignmentKind, Customer, CustomerReference
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import Forbidden, NotFound
from fieldsales.people.models import Role, User
from fieldsales.people.queries import in_territories_of, territories_below
from fieldsales.people.rules import Actor


class NotYourCustomer(Forbidden):
    """A rep of yours serves this customer, but it belongs to another territory. Ask its supervisor or a manager."""

    code = "customer.of_another_territory"
    title = "This customer belongs to another territory"


class CustomerNotFound(NotFound):
    """There is no such customer among those whom you may see."""

    code = "customer.not_found"
    title = "There is no such customer"


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers of those in scope; what is None does not matter."""

    search: str | None = None
    tier: str | None = None
    category: str | None = None
    territory_id: uuid.UUID | None = None
    rep_id: uuid.UUID | None = None
    has_position: bool | None = None
    active: bool | None = True


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer with the assignments that are in force, the owner's first."""

    customer: Customer
    assignments: tuple[Assignment, ...]

    @property
    def owner_id(self) -> uuid.UUID | None:
        """The rep who owns the customer, if any."""
        owners = (each.rep_id for each in self.assignments if each.kind is AssignmentKind.OWNER)
        return next(owners, None)

    @property
    def key_account(self) -> list[Assignment]:
        """The assignments that make it a key account."""
        return [each for each in self.assignments if each.kind is AssignmentKind.KEY_ACCOUNT]

    @property
    def stand_ins(self) -> list[Assignment]:
        """The assignments of those who serve it in another's place, now or on days to come."""
        return [each for each in self.assignments if each.kind is AssignmentKind.STAND_IN]


def visible_customers(actor: Actor | None) -> Select[Customer]:
    """Return the customers whom an actor may see, as a statement to narrow down."""
    if actor is None or actor.sees_everything:
        return select(Customer)
    if actor.role is Role.REP:
        return select(Customer).where(_served_by(Assignment.rep_id == actor.user_id))
    theirs = select(User.id).where(User.territory_id.in_(territories_below(actor.territory_id)))
    here = in_territories_of(actor, Customer.territory_id)
    return select(Customer).where(or_(here, _served_by(Assignment.rep_id.in_(theirs))))


def find_customers(
    session: Session, actor: Actor, wanted: PageWanted, only: CustomerFilter | None = None
) -> Page[CustomerCard]:
    """Return a page of the customers whom an actor may see, by name."""
    statement = _narrow(visible_customers(actor), only or CustomerFilter())
    page = fetch_page(session, statement, (Customer.name, Customer.id), wanted)
    return Page(cards_of(session, page.items), page.next)


def customers_matching(actor: Actor | None, only: CustomerFilter) -> Select[Customer]:
    """Return those of the customers whom an actor may see that a filter lets through, as a statement."""
    return _narrow(visible_customers(actor), only)


def require_customer_in_scope(session: Session, actor: Actor | None, customer_id: uuid.UUID) -> Customer:
    """Return a customer whom the actor may see; raise `CustomerNotFound`."""
    found = session.scalars(visible_customers(actor).where(Customer.id == customer_id)).one_or_none()
    if found is None:
        raise CustomerNotFound(f"There is no customer {customer_id}.", id=str(customer_id))
    return found


def customer_numbered(session: Session, number: str | None) -> uuid.UUID:
    """Return the customer of a number in another system; raise `CustomerNotFound` for none or several."""
    theirs = select(CustomerReference.customer_id).where(CustomerReference.value == number).distinct().limit(2)
    found = session.scalars(theirs).all()
    if len(found) != 1:
        raise CustomerNotFound(
            f"There {'is no customer' if not found else 'are several customers'} with the number {number}.",
            mend="Give “customer”, its number in another system, or “customer_id”.",
            customer=number,
        )
    return found[0]


def require_customer_to_manage(session: Session, actor: Actor | None, customer_id: uuid.UUID) -> Customer:
    """Return a customer of the actor's own territories.

    One that is only seen because a rep of the actor's serves it belongs to others. Raises `CustomerNotFound`,
    `NotYourCustomer`.
    """
    found = require_customer_in_scope(session, actor, customer_id)
    mine = select(Customer.id).where(Customer.id == found.id, in_territories_of(actor, Customer.territory_id))
    if session.scalar(mine) is None:
        raise NotYourCustomer(
            f"{found.name} belongs to another territory.", mend="Ask its supervisor or a manager.", id=str(found.id)
        )
    return found


def customer_card(session: Session, actor: Actor | None, customer_id: uuid.UUID) -> CustomerCard:
    """Return one customer with who serves it; raise `CustomerNotFound`."""
    return cards_of(session, [require_customer_in_scope(session, actor, customer_id)])[0]


def cards_of(session: Session, customers: Sequence[Customer]) -> list[CustomerCard]:
    """Return the cards of some customers, in their order, by one query."""
    serving: dict[uuid.UUID, list[Assignment]] = defaultdict(list)
    for assignment in assignments_in_force(session, [customer.id for customer in customers]):
        serving[assignment.customer_id].append(assignment)
    return [CustomerCard(customer, tuple(serving[customer.id])) for customer in customers]


def assignments_in_force(session: Session, customer_ids: Iterable[uuid.UUID]) -> list[Assignment]:
    """Return who serves some customers now, owners first."""
    of_them = Assignment.customer_id.in_(list(customer_ids))
    statement = select(Assignment).where(of_them, Assignment.ended_at.is_(None))
    owners_first = (Assignment.kind == AssignmentKind.OWNER).desc()
    return list(session.scalars(statement.order_by(owners_first, Assignment.assigned_at, Assignment.id)))


def visited_together(day: date) -> Select[uuid.UUID]:
    """Return the ids of the customers whose reps go there together on a day, as a statement."""
    begun = or_(Assignment.from_on.is_(None), Assignment.from_on <= day)
    not_over = or_(Assignment.until_on.is_(None), Assignment.until_on >= day)
    return select(Assignment.customer_id).where(Assignment.together, Assignment.ended_at.is_(None), begun, not_over)


def _served_by(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Assignment.customer_id == Customer.id, Assignment.ended_at.is_(None), condition)


def _narrow(statement: Select[Customer], only: CustomerFilter) -> Select[Customer]:
    if only.search:
        statement = statement.where(_found_by(only.search))
    if only.tier is not None:
        statement = statement.where(Customer.tier == only.tier)
    if only.category is not None:
        statement = statement.where(Customer.category == only.category)
    if only.territory_id is not None:
        statement = statement.where(Customer.territory_id.in_(territories_below(only.territory_id)))
    if only.rep_id is not None:
        statement = statement.where(_served_by(Assignment.rep_id == only.rep_id))
    if only.has_position is not None:
        statement = statement.where(Customer.latitude.is_not(None) == only.has_position)
    if only.active is not None:
        statement = statement.where(Customer.active == only.active)
    return statement


def _found_by(words: str) -> ColumnElement[bool]:
    """Name, address and city by any part of them; another system's number only whole."""
    texts = (Customer.name, Customer.address, Customer.city)
    reference = exists().where(CustomerReference.customer_id == Customer.id, CustomerReference.value == words)
    return or_(reference, *(text.icontains(words, autoescape=True) for text in texts))
