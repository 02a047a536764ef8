"""What the reps of the demo are paid: two schemes, a closed month, and a line that a rep disputes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.adoptions.service import adopt
from fieldsales.catalog.models import Product
from fieldsales.demo.places import CURRENCY
from fieldsales.disputes.service import dispute
from fieldsales.payruns.models import PayLine, PayRun
from fieldsales.payruns.service import close_run, make_run
from fieldsales.people.models import User
from fieldsales.people.rules import Actor


def pay(session: Session, today: date, now: datetime) -> int:
    """Adopt the schemes and run what is over: a month that is closed, and the last one; return how many runs there are.

    The second scheme begins with the last month.
    """
    if session.scalar(select(Product.id).limit(1)) is None:
        return 0
    last = _first_of(today.replace(day=1) - timedelta(days=1))
    before = _first_of(last - timedelta(days=1))
    schemes = _schemes(_best_brand(session))
    for begins, (code, (name, body)) in zip((before, last), schemes.items(), strict=True):
        adopt(session, code, body, effective_from=begins, name=name, note="The demo begins.", now=now)
        if begins == before:
            paid = close_run(session, make_run(session, code, before, now=now).id, now=now)
            _dispute(session, paid, now)
        make_run(session, code, last, now=now)
    return len(schemes) + 1


def _schemes(brand: str) -> dict[str, tuple[str, dict[str, Any]]]:
    shared = {"key_accounts": "weights", "taker_bp": 5_000}
    steps = [{"from": 0, "rate_bp": 150}, {"from": 1_500_000, "rate_bp": 250}]
    own = {"name": f"{brand} by the piece", "basis": "quantity", "minor_per_1000": 2_000, "only": {"brands": [brand]}}
    sales = {"name": "sales", "basis": "amount", "tiers": {"mode": "marginal", "steps": steps}}
    margin = {
        "name": "margin",
        "basis": "margin",
        "rate_bp": 200,
        "target": {"usual": 500_000},
        "accelerator": {"of_target_bp": 10_000, "times_bp": 15_000},
    }
    return {
        "sales": ("Sales, and the brand of the season", {"currency": CURRENCY, "split": shared, "rules": [sales, own]}),
        "margin": ("Margin above target", {"currency": CURRENCY, "cap_minor": 60_000, "rules": [margin]}),
    }


def _best_brand(session: Session) -> str:
    brands = select(Product.brand).where(Product.brand.is_not(None)).group_by(Product.brand)
    return session.scalars(brands.order_by(func.count().desc(), Product.brand)).first() or ""


def _dispute(session: Session, run: PayRun, now: datetime) -> None:
    """Have the rep of the line that is worth most doubt it."""
    lines = select(PayLine).where(PayLine.run_id == run.id).order_by(PayLine.amount_minor.desc(), PayLine.position)
    line = session.scalars(lines.limit(1)).first()
    if line is None:
        return
    rep = session.get_one(User, line.rep_id)
    reason = "There was a second delivery on the same day, which is not in here."
    dispute(session, line.id, reason, by=Actor(rep.id, rep.role, rep.territory_id), now=now)


def _first_of(day: date) -> date:
    return day.replace(day=1)
