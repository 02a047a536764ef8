"""A Monday in the small town as a report tells it: visits made, missed and off plan, sold, taken back and paid."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session
from worlds.small_town import NOON
from worlds.web import Web

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.db.session import transaction
from fieldsales.integrity.models import Decision, VisitScore
from fieldsales.orders.models import Order, OrderKind, Origin
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.receivables.models import Method, Payment
from fieldsales.visits.models import Visit

MONDAY = NOON.date()
MORNING = NOON - timedelta(hours=5)
"""Nine o'clock on the wall in Greece."""
EVENING = NOON + timedelta(hours=12)
"""Two in the night there: the day is over."""


def a_monday(web: Web) -> None:
    """Anna visits Bakery (as planned, sells 100.00, takes 30.00) and Dairy (off plan, in doubt), and misses Corner.

    Ben visits Fish as planned and takes goods of 12.50 back. Dairy is found to buy for less.
    """
    with transaction(web.engine) as session:
        for shop, status in (("Bakery", PlanStatus.DONE), ("Corner", PlanStatus.PLANNED)):
            plan(session, web, "anna", shop, MONDAY, status)
        plan(session, web, "ben", "Fish", MONDAY, PlanStatus.DONE)
        visit(session, web, "anna", "Bakery", MORNING, 20)
        doubtful = visit(session, web, "anna", "Dairy", MORNING + timedelta(hours=2), 10)
        visit(session, web, "ben", "Fish", MORNING, 15)
        score(session, doubtful)
        sell(session, web, "anna", "Bakery", MONDAY, 10_000)
        sell(session, web, "ben", "Fish", MONDAY, -1_250, OrderKind.RETURN)
        pay(session, web, "anna", "Bakery", MONDAY, 3_000)
        session.add(
            Anomaly(
                customer_id=web.customers["Dairy"],
                kind=AnomalyKind.AMOUNT_PLUNGE,
                opened_on=MONDAY,
                seen_on=MONDAY,
                reason="Buys for half.",
                evidence={},
                at_risk_minor=45_000,
            )
        )


def earlier_mondays(web: Web, amounts: tuple[int, ...] = (20_000, 8_000, 9_000)) -> None:
    """Anna visited Bakery and sold for so much on the Mondays before, the latest first."""
    with transaction(web.engine) as session:
        for back, minor in enumerate(amounts, start=1):
            at = MORNING - timedelta(weeks=back)
            visit(session, web, "anna", "Bakery", at, 20)
            sell(session, web, "anna", "Bakery", at.date(), minor)


def plan(session: Session, web: Web, rep: str, shop: str, day: date, status: PlanStatus) -> None:
    """Have a visit planned."""
    session.add(
        PlannedVisit(
            rep_id=web.people[rep],
            customer_id=web.customers[shop],
            day=day,
            source=Source.TIER,
            reason="due",
            value=1,
            status=status,
        )
    )


def visit(session: Session, web: Web, rep: str, shop: str, at: datetime, minutes: int) -> Visit:
    """Have a visit made."""
    made = Visit(
        id=uuid.uuid4(),
        customer_id=web.customers[shop],
        rep_id=web.people[rep],
        day=at.date(),
        checked_in_at=at,
        checked_out_at=at + timedelta(minutes=minutes),
    )
    session.add(made)
    session.flush()
    return made


def score(session: Session, of: Visit, decision: Decision | None = None) -> None:
    """Have a visit doubted."""
    session.add(
        VisitScore(
            visit_id=of.id,
            rep_id=of.rep_id,
            customer_id=of.customer_id,
            day=of.day,
            score=20,
            doubtful=True,
            signals=[{"code": "far", "points": 80, "says": "It was told 2200 m from the customer.", "facts": {}}],
            judged_at=of.checked_in_at,
            decision=decision,
            decided_at=of.checked_in_at if decision else None,
        )
    )


def sell(
    session: Session, web: Web, rep: str, shop: str, day: date, minor: int, kind: OrderKind = OrderKind.SALE
) -> None:
    """Have something sold, or taken back (below 0)."""
    session.add(
        Order(
            id=uuid.uuid4(),
            customer_id=web.customers[shop],
            rep_id=web.people[rep],
            kind=kind,
            origin=Origin.FIELD,
            ordered_on=day,
            ordered_at=NOON,
            currency="EUR",
            amount_minor=minor,
        )
    )


def pay(session: Session, web: Web, rep: str, shop: str, day: date, minor: int) -> None:
    """Have money taken."""
    session.add(
        Payment(
            id=uuid.uuid4(),
            customer_id=web.customers[shop],
            rep_id=web.people[rep],
            method=Method.CASH,
            currency="EUR",
            amount_minor=minor,
            paid_on=day,
            paid_at=NOON,
        )
    )
