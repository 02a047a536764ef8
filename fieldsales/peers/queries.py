"""Who a rep's direct peers are, and how the rep stands among them."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.clock import local_day
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.cuts.queries import Cut
from fieldsales.cuts.rules import Only
from fieldsales.flows.queries import Asked
from fieldsales.peers.rules import Profile, Standing, differs, sentence, stand
from fieldsales.people.models import Role, User
from fieldsales.people.queries import days_at, reps_visible_to, require_rep_in_scope
from fieldsales.people.rules import Actor
from fieldsales.registry.rules import Dimension, Measure, check_askable, check_told, require_measure
from fieldsales.results.queries import ask
from fieldsales.results.rules import Question
from fieldsales.rollups.queries import dirty_days
from fieldsales.spans.rules import Span, pieces, start_of
from fieldsales.sums.queries import ADDITIVE, sums_of
from fieldsales.visits.rules import metres_between


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rep beside direct peers in one measure. `peers` are those whom the asker may see, all are compared with.

    `left_out` counts the other reps by the first thing in which they differ.
    """

    rep: User
    measure: Measure
    first: date
    last: date
    currency: str
    profile: Profile
    standing: Standing
    peers: tuple[User, ...]
    left_out: Mapping[str, int]

    @property
    def sentence(self) -> str:
        """What may be said of it."""
        return sentence(self.standing)


def compare(
    session: Session, rep_id: uuid.UUID, code: str, days: tuple[date, date], *, actor: Actor | None, now: datetime
) -> Comparison:
    """Return how a rep stands among direct peers, of whatever territory: same mix of segments, spread and tenure.

    Raises `PersonNotFound`, and what `ask` raises.
    """
    measure = require_measure(code)
    check_told(measure, actor.role if actor else None)
    check_askable(measure, (Dimension.REP,))
    rep = require_rep_in_scope(session, actor, rep_id)
    profiles = _profiles(session, days[1])
    mine = profiles[rep.id]
    why = {other: differs(mine, profile) for other, profile in profiles.items() if other != rep.id}
    values = _values(session, measure, days, mine.currency, now)
    peers = [other for other, reason in why.items() if reason is None and values.get(other) is not None]
    standing = stand(
        values.get(rep.id),
        [value for other in peers if (value := values[other]) is not None],
        _weeks(session, measure, (days, mine.currency), [rep.id, *peers], now),
        measure,
    )
    seen = tuple(each for each in reps_visible_to(session, actor) if each.id in set(peers))
    left_out = Counter(reason for reason in why.values() if reason)
    return Comparison(rep, measure, *days, mine.currency, mine, standing, seen, left_out)


def _values(
    session: Session, measure: Measure, days: tuple[date, date], currency: str, now: datetime
) -> dict[uuid.UUID, float | None]:
    found = ask(session, Question((measure.code,), *days, (Dimension.REP,)), actor=None, now=now)
    rows = [row for row in found.rows if row.keys[0].id and row.currency in {None, currency}]
    return {uuid.UUID(row.keys[0].id): row.values[0] for row in rows}


def _weeks(
    session: Session,
    measure: Measure,
    of: tuple[tuple[date, date], str],
    reps: Sequence[uuid.UUID],
    now: datetime,
) -> list[list[Mapping[str, int]]]:
    """Return the sums of each rep by week; none for what does not add up."""
    days, currency = of
    if measure.source not in ADDITIVE:
        return []
    cut = Cut((Dimension.REP, Span.WEEK), Only(reps=tuple(reps)), None, {})
    asked = Asked(cut, *days, days_at(session, now)[0], dirty_days(session, *days))
    sums, _ = sums_of(session, asked, [measure])
    starts = [start_of(first, Span.WEEK) for first, _ in pieces(*days, Span.WEEK)]

    def of_week(rep: uuid.UUID, start: date) -> dict[str, int]:
        there = sums.get((rep, start), {})
        return there.get(None, {}) | there.get(currency, {})

    return [[of_week(rep, start) for start in starts] for rep in reps]


def _profiles(session: Session, day: date) -> dict[uuid.UUID, Profile]:
    owned = (Assignment.customer_id == Customer.id) & (Assignment.kind == AssignmentKind.OWNER)
    shops: dict[uuid.UUID, list[Any]] = defaultdict(list)
    rows = select(Assignment.rep_id, Customer.category, Customer.latitude, Customer.longitude)
    for rep_id, *shop in session.execute(rows.join(Customer, owned).where(Assignment.ended_at.is_(None))):
        shops[rep_id].append(shop)
    reps = session.scalars(select(User).where(User.role == Role.REP, User.active).order_by(User.name, User.id))
    return {rep.id: _profile(rep, shops[rep.id], day) for rep in reps if rep.territory}


def _profile(rep: User, shops: Sequence[Any], day: date) -> Profile:
    kinds = Counter(category or "" for category, _, _ in shops)
    mix = {kind: count / len(shops) for kind, count in kinds.items()}
    zone, currency = (rep.territory.time_zone, rep.territory.currency) if rep.territory else ("UTC", "")
    return Profile(rep.id, currency, mix, _spread(shops), (day - local_day(rep.created_at, zone)).days)


def _spread(shops: Sequence[Any]) -> float | None:
    """Return how far half of the shops lie from their middle, in kilometres."""
    placed = [(latitude, longitude) for _, latitude, longitude in shops if latitude is not None]
    if not placed:
        return None
    middle = (median(each[0] for each in placed), median(each[1] for each in placed))
    return median(metres_between(middle, each) for each in placed) / 1000
