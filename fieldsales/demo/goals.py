"""What the demo's town is to sell this quarter, divided down to its reps, and a wish to lower one of the parts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.adjustments.rules import Carry
from fieldsales.adjustments.service import ask_adjustment
from fieldsales.demo.places import CURRENCY
from fieldsales.divisions.rules import Level, Rule
from fieldsales.divisions.service import divide_target
from fieldsales.orders.models import Order, OrderKind
from fieldsales.people.models import Territory
from fieldsales.people.rules import Actor
from fieldsales.spans.rules import Compared, Span, compared_with, end_of, start_of
from fieldsales.targets.models import Target
from fieldsales.targets.rules import Subject
from fieldsales.targets.service import set_target

_MORE_PERCENT = 106
_ROUND = 100_000
_CALLS_A_QUARTER = 1_200


def aim(session: Session, today: date, supervisor: Actor, now: datetime) -> int:
    """Set targets of sales and of calls for the quarter and divide them; return how many targets there are."""
    town = session.scalars(select(Territory).where(Territory.parent_id.is_(None))).first()
    days = (start_of(today, Span.QUARTER), end_of(today, Span.QUARTER))
    sold = _sold(session, compared_with(*days, Compared.LAST_YEAR))
    if town is None or not sold:
        return 0
    whole = Subject(territory_id=town.id)
    value, note = sold * _MORE_PERCENT // 100 // _ROUND * _ROUND, "Last year's quarter and 6 % more."
    sales = set_target(session, whole, "sales_amount", value, days, currency=CURRENCY, note=note, by=None, now=now)
    calls = set_target(session, whole, "calls", _CALLS_A_QUARTER, days, by=None, now=now)
    parts = divide_target(session, sales, Rule.LAST_YEAR, Level.REP, today=today, by=None, now=now)
    parts += divide_target(session, calls, Rule.EQUAL, Level.REP, today=today, by=None, now=now)
    _wish(session, next(each for each in parts if each.rep_id is not None), today, supervisor, now)
    return 2 + len(parts)


def _sold(session: Session, days: tuple[date, date]) -> int:
    bought = select(func.sum(Order.amount_minor)).where(Order.kind == OrderKind.SALE, Order.ordered_on.between(*days))
    return int(session.scalar(bought) or 0)


def _wish(session: Session, part: Target, today: date, supervisor: Actor, now: datetime) -> None:
    """Have the supervisor ask that a rep's part be lowered and the town with it."""
    reason = "The quay is dug up until the new year; half of these shops cannot be delivered to."
    lower = part.value * 9 // 10
    ask_adjustment(session, part, lower, Carry.ABOVE, reason, day=today, by=supervisor.user_id, now=now)
