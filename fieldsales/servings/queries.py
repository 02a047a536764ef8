"""Who served a customer on a day, and how they share what an order of that day earns."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.clock import local_day
from fieldsales.commission.rules import BASIS, Scheme, Split
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.people.models import Territory, User

Weights = tuple[tuple[uuid.UUID, int], ...]


@dataclass(frozen=True, slots=True)
class Served:
    """One rep's time with a customer, from its first day to before its end."""

    rep_id: uuid.UUID
    kind: AssignmentKind
    first: date
    end: date | None
    last: date | None

    def on(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.first <= day and (self.end is None or day < self.end) and (self.last is None or day <= self.last)


class Serving:
    """All assignments there ever were, as days of the customers' own time zones."""

    def __init__(self, session: Session) -> None:
        zones = dict(
            session.execute(
                select(Customer.id, Territory.time_zone).join(Territory, Territory.id == Customer.territory_id)
            ).all()
        )
        self.logins = dict(session.execute(select(User.id, User.login)).all())
        self.by_customer: dict[uuid.UUID, list[Served]] = defaultdict(list)
        for each in session.scalars(select(Assignment).order_by(Assignment.assigned_at, Assignment.id)):
            zone = zones[each.customer_id]
            first = each.from_on or local_day(each.assigned_at, zone)
            end = local_day(each.ended_at, zone) if each.ended_at else None
            self.by_customer[each.customer_id].append(Served(each.rep_id, each.kind, first, end, each.until_on))

    def owner(self, customer_id: uuid.UUID, day: date) -> uuid.UUID | None:
        """Return who owned a customer on a day."""
        owners = (each for each in self.by_customer[customer_id] if each.kind is AssignmentKind.OWNER and each.on(day))
        return next((each.rep_id for each in owners), None)

    def shares(self, scheme: Scheme, customer_id: uuid.UUID, day: date, taker: uuid.UUID | None) -> Weights:
        """Return who earns by an order, with weights; nobody where none took it and none owned the customer then.

        Of a key account these are the reps who had it on the day, and who took the order. The taker's part
        (`taker_bp`) comes first; the rest is shared by all of them, the taker included.
        """
        taker = taker or self.owner(customer_id, day)
        reps = {
            each.rep_id
            for each in self.by_customer[customer_id]
            if each.kind is AssignmentKind.KEY_ACCOUNT and each.on(day)
        }
        if scheme.split is Split.TAKER or not reps:
            return ((taker, 1),) if taker else ()
        everybody = sorted(reps | ({taker} if taker else set()))
        weights = {each: scheme.weights.get(self.logins[each], 1) for each in everybody}
        if not any(weights.values()):
            weights = dict.fromkeys(everybody, 1)
        if taker and scheme.taker_bp:
            total = sum(weights.values())
            weights = {each: weight * (BASIS - scheme.taker_bp) for each, weight in weights.items()}
            weights[taker] += scheme.taker_bp * total
        return tuple(sorted(weights.items()))
