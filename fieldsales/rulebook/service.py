"""Trying a policy before it is set: what it would change. Writes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.history.queries import buying_history
from fieldsales.ladders.rules import TIERS
from fieldsales.measures.rules import LONGEST
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force
from fieldsales.policies.rules import Body, Kind, differences
from fieldsales.policies.service import require_all_territories
from fieldsales.rulebook.queries import known_customers
from fieldsales.rulebook.rules import Preview, Trial, preview_moves
from fieldsales.tiers.service import assess_tiers, terms_on
from fieldsales.worth.rules import VALUE_SCORE


def try_policy(
    session: Session,
    kind: Kind[Any],
    body: Body,
    *,
    now: datetime,
    effective_from: date | None = None,
    by: Actor | None = None,
) -> Trial:
    """Return what a policy would change from a day on, today where none is given.

    Raises `PolicyHoldsForAll`, `PolicyInvalid` and what the kind itself finds wrong.
    """
    require_all_territories(session, by)
    kind.read(body)
    day = effective_from or days_at(session, now)[0]
    found = tuple(differences(in_force(session, kind, day).body, body))
    tiers = preview_tiers(session, {kind.name: body}, day, now=now) if kind in (TIERS, VALUE_SCORE) else None
    return Trial(kind.name, day, found, tiers)


def preview_tiers(session: Session, bodies: dict[str, Body], day: date, *, now: datetime) -> Preview:
    """Return what a look at the tiers on a day would find, with some policies in the place of those in force.

    Without any it is what the next look itself will do. Of days to come the orders are not known yet: those up to
    today count.
    """
    as_of = min(day, days_at(session, now)[0])
    held = terms_on(session, day)
    wanted = held
    if TIERS.name in bodies:
        wanted = replace(wanted, ladder=TIERS.read(bodies[TIERS.name]))
    if VALUE_SCORE.name in bodies:
        wanted = replace(wanted, weights=VALUE_SCORE.read(bodies[VALUE_SCORE.name]))
    history = buying_history(session, as_of - LONGEST, as_of)
    given = assess_tiers(session, as_of, terms=wanted, history=history)
    same = wanted == held
    without = given if same else assess_tiers(session, as_of, terms=held, history=history)
    anyway = {each.customer_id: each.tier for each in without}
    ladders = (terms_on(session, as_of).ladder, wanted.ladder)
    return preview_moves(as_of, known_customers(session), given, anyway, ladders)
