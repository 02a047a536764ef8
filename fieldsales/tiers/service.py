"""Keeping the tier of every customer, and how it came about."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session, lazyload

from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import require_customer_to_manage
from fieldsales.db.base import new_id
from fieldsales.db.bulk import insert_columns, insert_rows, slices
from fieldsales.errors import Invalid
from fieldsales.history.queries import buying_history
from fieldsales.history.rules import History
from fieldsales.ladders.rules import TIERS, By, Ladder
from fieldsales.measures.rules import LONGEST, YEAR, Component
from fieldsales.measures.service import measure
from fieldsales.overrides.queries import by_hand_on
from fieldsales.overrides.service import end_expired, give_by_hand, take_back
from fieldsales.people.models import Territory
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force
from fieldsales.tiers.models import MovedBy, TierChange, TierStanding
from fieldsales.tiers.queries import policies_at_last_look, present_tiers
from fieldsales.tiers.rules import TierGiven, give_tiers, shortened, with_hands
from fieldsales.worth.rules import VALUE_SCORE, Weights, score


class TierUnknown(Invalid):
    """No tier has that name today. `GET /api/v1/policies/tiers` lists those there are."""

    code = "tiers.unknown"
    title = "There is no such tier"


@dataclass(frozen=True, slots=True)
class Terms:
    """What tiers are given by: a ladder, and the weights of the value score; with the versions that they come from."""

    ladder: Ladder
    weights: Weights
    policy_id: uuid.UUID | None = None
    score_policy_id: uuid.UUID | None = None

    @property
    def needs_score(self) -> bool:
        """Whether the ladder's lines are drawn by the value score."""
        return self.ladder.by is not By.REVENUE_SHARE


def terms_on(session: Session, day: date) -> Terms:
    """Return what tiers are given by on a day."""
    ladder, weights = in_force(session, TIERS, day), in_force(session, VALUE_SCORE, day)
    scored = ladder.value.by is not By.REVENUE_SHARE
    return Terms(ladder.value, weights.value, ladder.version_id, weights.version_id if scored else None)


def assess_tiers(
    session: Session, day: date, *, terms: Terms | None = None, history: History | None = None
) -> list[TierGiven]:
    """Return the tier that every active customer should have on the morning of a day. Writes nothing.

    By the terms of that day unless others are given. A history that is given goes back `measures.rules.LONGEST` or
    more.
    """
    terms = terms or terms_on(session, day)
    if history is None:
        growing = terms.needs_score and Component.GROWTH in terms.weights.components
        history = buying_history(session, day - (LONGEST if growing else YEAR), day)
    scores = None
    if terms.needs_score:
        scores = score(measure(session, history, day, terms.weights.components), terms.weights)
    given = give_tiers(history, terms.ladder.rules, day, by=terms.ladder.by, scores=scores)
    return with_hands(given, by_hand_on(session, day), terms.ladder.rules)


def refresh_tiers(session: Session, day: date) -> int:
    """Give every customer its tier as of the morning of a day; return how many moved. A second run moves nobody.

    Where each stands is noted for all, also for those who stay.
    """
    return apply_tiers(session, assess_tiers(session, day), day, note_all=True)


def apply_tiers(session: Session, given: Sequence[TierGiven], day: date, *, note_all: bool = False) -> int:
    """Store the tiers that changed, each with its reason of this day; return how many customers moved.

    A customer who stays keeps the old reason: it says why the customer came into the tier, and phones are not sent
    every customer every night because a sum has moved. What was decided as of a later day stands, and what was given
    by hand, or taken back, since `given` was found out. Whose tier by hand has expired gets the reason of its orders,
    also where the tier is the same. Where a customer stands is noted of those who move, or of all.
    """
    terms, present = terms_on(session, day), present_tiers(session)
    by_hand = {who: hand.override_id for who, hand in by_hand_on(session, day).items() if terms.ladder.find(hand.tier)}
    looked_at = [each for each in given if _may_move(present.get(each.customer_id), day)]
    given = [each for each in looked_at if by_hand.get(each.customer_id) == each.override_id]
    freed = end_expired(session, day, {each.customer_id for each in given})
    news = [each for each in given if present[each.customer_id][0] != each.tier or each.customer_id in freed]
    moved = [each for each in news if present[each.customer_id][0] != each.tier]
    if news:
        _write(session, news, day)
        moved_by = _what_moved(session, news, terms, freed)
        changes = (
            _change(each, present[each.customer_id][0], day, how, terms)
            for each, how in zip(news, moved_by, strict=True)
        )
        insert_rows(session.connection(), changes)
    if noted := looked_at if note_all else news:
        _note_standings(session, noted, day, terms, everybody=note_all)
        session.expire_all()
    return len(moved)


def override_tier(
    session: Session,
    customer_id: uuid.UUID,
    tier: str,
    *,
    reason: str,
    until: date,
    by: Actor | None,
    now: datetime,
) -> Customer:
    """Give a customer a tier by hand through a day; it holds at once and goes before what its orders say.

    Raises `CustomerNotFound`, `NotYourCustomer`, `TierUnknown`, `BadOverride`.
    """
    customer = _locked(session, by, customer_id)
    today = _today(session, customer, now)
    terms = terms_on(session, today)
    if terms.ladder.find(tier) is None:
        names = [each.tier for each in terms.ladder.tiers]
        raise TierUnknown(f"There is no tier {tier}.", mend=f"There are: {', '.join(names)}.", tiers=names)
    made = give_by_hand(session, customer_id, tier, reason=reason, until=until, today=today, by=by, now=now)
    hand = by_hand_on(session, today, customer_id)[customer_id]
    standing = session.get(TierStanding, customer_id)
    told = shortened(f"{hand}; by its orders {standing.tier}" if standing else str(hand))
    given = TierGiven(customer_id, tier, told, override_id=made.id)
    _move(session, customer, _change(given, customer.tier, today, MovedBy.OVERRIDE, terms), given)
    return session.get_one(Customer, customer_id)


def end_override(session: Session, customer_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Customer:
    """Take back a tier that was given by hand: the customer has the tier of its orders again, as of the last look.

    Raises `CustomerNotFound`, `NotYourCustomer`, `NoOverride`.
    """
    customer = _locked(session, by, customer_id)
    today = _today(session, customer, now)
    ended = take_back(session, customer_id, today=today, by=by, now=now)
    terms, standing = terms_on(session, today), session.get(TierStanding, customer_id)
    if standing is not None and terms.ladder.find(standing.tier) is not None:
        given = TierGiven(customer_id, standing.tier, standing.reason, score=standing.score, facts=standing.facts)
    else:
        given = TierGiven(
            customer_id, ended.tier, f"{ended.tier}: no longer by hand, until the next look at its orders"
        )
    _move(session, customer, _change(given, customer.tier, today, MovedBy.OVERRIDE_ENDED, terms), given)
    return session.get_one(Customer, customer_id)


def _locked(session: Session, by: Actor | None, customer_id: uuid.UUID) -> Customer:
    """Return a customer whose tier nobody else changes meanwhile."""
    require_customer_to_manage(session, by, customer_id)
    own = [lazyload("*")]
    return session.get_one(Customer, customer_id, with_for_update=True, populate_existing=True, options=own)


def _move(session: Session, customer: Customer, change: TierChange, given: TierGiven) -> None:
    """Write one change that a person made, unless it is none."""
    if (customer.tier, customer.tier_reason) != (given.tier, given.reason):
        insert_rows(session.connection(), [change])
        _write(session, [given], change.day)
        session.expire_all()


def _today(session: Session, customer: Customer, now: datetime) -> date:
    return local_day(now, session.get_one(Territory, customer.territory_id).time_zone)


def _may_move(present: tuple[str | None, date | None] | None, day: date) -> bool:
    return present is not None and (present[1] is None or present[1] <= day)


def _write(session: Session, news: Sequence[TierGiven], day: date) -> None:
    session.flush()
    # Not a change of the profile: `version`, which guards edits of people, stays.
    table = Customer.metadata.tables[Customer.__tablename__]
    rows = [{"of": each.customer_id, "tier": each.tier, "tier_reason": each.reason, "tier_since": day} for each in news]
    session.execute(table.update().where(table.c.id == bindparam("of")), rows)


def _what_moved(
    session: Session, news: Sequence[TierGiven], terms: Terms, freed: Collection[uuid.UUID]
) -> list[MovedBy]:
    """Tell what moved each customer, by what held at the last look at it."""
    now_hold = (terms.policy_id, terms.score_policy_id)
    held = policies_at_last_look(session, [each.customer_id for each in news])
    found = []
    for each in news:
        if each.customer_id in freed:
            found.append(MovedBy.OVERRIDE_ENDED)
        elif each.override_id is not None:
            found.append(MovedBy.OVERRIDE)
        else:
            found.append(MovedBy.ORDERS if held.get(each.customer_id, now_hold) == now_hold else MovedBy.POLICY)
    return found


def _change(given: TierGiven, before: str | None, day: date, moved_by: MovedBy, terms: Terms) -> TierChange:
    return TierChange.fresh(
        id=new_id(),
        customer_id=given.customer_id,
        day=day,
        tier_from=before,
        tier_to=given.tier,
        reason=given.reason,
        moved_by=moved_by,
        score=given.score,
        facts=dict(given.facts),
        policy_id=terms.policy_id,
        score_policy_id=terms.score_policy_id,
        override_id=given.override_id,
    )


def _note_standings(session: Session, given: Sequence[TierGiven], day: date, terms: Terms, *, everybody: bool) -> None:
    """Write where customers stand by their orders, in the place of what stood there; never of an earlier day."""
    later = set(session.scalars(select(TierStanding.customer_id).where(TierStanding.day > day)))
    given = [each for each in given if each.customer_id not in later]
    ids = [each.customer_id.hex for each in given]
    if everybody:
        decided_later = Customer.tier_since.is_not(None) & (Customer.tier_since > day)
        looked_at = select(Customer.id).where(Customer.active, ~decided_later)
        session.execute(delete(TierStanding).where(TierStanding.customer_id.in_(looked_at), TierStanding.day <= day))
    for some in slices([] if everybody else ids):
        session.execute(delete(TierStanding).where(TierStanding.customer_id.in_(map(uuid.UUID, some))))
    columns: dict[str, list[Any]] = {
        "customer_id": ids,
        "day": [day] * len(ids),
        "tier": [each.by_orders for each in given],
        "reason": [each.why for each in given],
        "score": [each.score for each in given],
        "facts": [each.facts for each in given],
        "policy_id": [_hex(terms.policy_id)] * len(ids),
        "score_policy_id": [_hex(terms.score_policy_id)] * len(ids),
    }
    insert_columns(session.connection(), TierStanding, columns)


def _hex(some_id: uuid.UUID | None) -> str | None:
    return some_id.hex if some_id else None
