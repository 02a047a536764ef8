"""A town whose truth is known: shops whose buying changed, some held out by lot, and what a visit adds to each.

Every shop orders again within four weeks with a chance of its own making; visits add `helps` to it. Amounts are
log-normal around the size of the shop. Rows go into the real tables, and nothing but those is told to whoever measures.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.holdout.rules import Holdout, Opening, draw
from fieldsales.orders.models import Order, Origin
from fieldsales.people.models import Role, Territory, User
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.visits.models import Visit

FIRST, TODAY = date(2025, 9, 1), date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANYWAY, SPREAD, SIZE = 0.3, 0.6, 20_000
"""The chance to order without a visit, the spread of amounts (as a logarithm), and their middle in minor units."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What visits add: to the chance to order, and so to order days and to amounts in minor units."""

    ordered: float
    amount: float


@dataclass
class Trial:
    """Who is in the town, and the rows to be stored."""

    session: Session
    chance: np.random.Generator
    ids: np.random.Generator
    area: Territory
    rep: User
    rows: dict[type, list[dict[str, object]]] = field(default_factory=dict)

    def add(self, model: type, **columns: object) -> uuid.UUID:
        """Note a row; it gets an id."""
        identity = uuid.UUID(bytes=self.ids.bytes(16))
        self.rows.setdefault(model, []).append({"id": identity, **columns})
        return identity

    def order(self, who: uuid.UUID, day: date, amount: float, currency: str = "EUR") -> None:
        """Note an order."""
        self.add(
            Order, customer_id=who, origin=Origin.IMPORT, ordered_on=day, currency=currency,
            amount_minor=max(1, round(amount)),
        )  # fmt: skip

    def shop(self, tier: str = "B") -> uuid.UUID:
        """Note a shop that the rep owns."""
        who = self.add(
            Customer, name="Shop", territory_id=self.area.id, tier=tier, created_at=small_town.NOON,
            updated_at=small_town.NOON, version=1,
        )  # fmt: skip
        self.add(
            Assignment, customer_id=who, rep_id=self.rep.id, kind=AssignmentKind.OWNER, assigned_at=small_town.NOON
        )
        return who

    def store(self) -> None:
        """Write all that was noted."""
        for model in sorted(self.rows, key=lambda model: model is not Customer):
            self.session.execute(insert(model), self.rows[model])
        self.rows.clear()


def begin(session: Session, seed: int, currency: str = "EUR") -> Trial:
    """Put a territory and a rep into an empty database."""
    area = Territory(code="trial", name="Trial", time_zone="UTC", region="GR", currency=currency)
    session.add(area)
    session.flush()
    rep = User(login="ada", name="Ada", role=Role.REP, territory_id=area.id, created_at=small_town.NOON)
    session.add(rep)
    session.flush()
    return Trial(session, np.random.default_rng(seed), np.random.default_rng((seed, 1)), area, rep)


def drawn(
    session: Session, seed: int, *, shops: int = 500, helps: float = 0.15, share_bp: int = 2000, salt: str | None = None
) -> Truth:
    """Build the town: each shop's buying changes once in five months, and lots are drawn. The caller commits."""
    trial = begin(session, seed)
    holdout, chance = Holdout(share_bp, salt=salt or str(seed)), trial.chance
    for number, size in enumerate(chance.lognormal(0, 0.8, shops)):
        who, opened = trial.shop(), FIRST + timedelta(days=int(chance.integers(150)))
        for ago in chance.integers(1, 85, chance.poisson(4)):
            trial.order(who, opened - timedelta(days=int(ago)), SIZE * size * chance.lognormal(0, SPREAD))
        lot = draw(holdout, Opening(who, 1_000, "EUR", key_account=False), opened)
        trial.add(
            Anomaly, customer_id=who, kind=AnomalyKind.CHURN_RISK, opened_on=opened, seen_on=opened, reason="silent",
            evidence={}, at_risk_minor=1_000, held_out=lot.held_out, trial_bp=lot.share_bp, trial_until=lot.until,
            closed_on=opened + timedelta(days=28),
        )  # fmt: skip
        if number % 5 and not lot.held_out:
            trial.add(Visit, customer_id=who, rep_id=trial.rep.id, day=opened + timedelta(days=3))
        if chance.random() < ANYWAY + (0 if lot.held_out else helps):
            after = opened + timedelta(days=int(chance.integers(28)))
            trial.order(who, after, SIZE * size * chance.lognormal(0, SPREAD))
    trial.store()
    return Truth(helps, helps * SIZE * float(np.exp((0.8**2 + SPREAD**2) / 2)))


def planned(
    session: Session, seed: int, *, shops: int = 250, helps: float = 0.15, leaning: float = 0.0, source: str = "tier"
) -> Truth:
    """Build a town of planned visits, 35 days apart, of which six in ten are made; the caller commits.

    With a `leaning`, large shops order more anyway and are visited rather than small ones.
    """
    trial = begin(session, seed)
    chance = trial.chance
    for large in chance.random(shops):
        who, anyway = trial.shop("A" if large < 0.5 else "B"), ANYWAY + leaning * (large - 0.5)
        for ago in chance.integers(1, 85, chance.poisson(12 * anyway)):
            trial.order(who, FIRST - timedelta(days=int(ago)), SIZE)
        for number in range(4):
            day, made = FIRST + timedelta(days=35 * number), chance.random() < 0.6 + leaning * (large - 0.5)
            trial.add(
                PlannedVisit, rep_id=trial.rep.id, customer_id=who, day=day, source=Source(source), reason="due",
                value=10, status=PlanStatus.DONE if made else PlanStatus.LEFT_OUT,
            )  # fmt: skip
            if chance.random() < anyway + helps * made:
                trial.order(who, day + timedelta(days=int(chance.integers(28))), SIZE)
    trial.store()
    return Truth(helps, helps * SIZE)
