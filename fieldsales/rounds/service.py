"""A rep's key accounts become a plan with one call.

Each that is due within the days, by its own cadence or its tier's, is put on the day with the most room, on the weekday
on which it usually orders if that has room. Whose turn it is goes; a rep who was never there meets it at once. No two
reps go on one day unless the manager said together, and then all of them get the visit.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsales.accounts.queries import turn_of
from fieldsales.accounts.rules import due_from
from fieldsales.cadence.rules import Cadence
from fieldsales.candidates.queries import Served
from fieldsales.cases.rules import KEY_ACCOUNT_FACTOR
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.people.models import User
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlanStatus, Source
from fieldsales.planning.service import put_visit
from fieldsales.rounds.rules import Round, Stop
from fieldsales.spreads.queries import Known, diary_of, known_of, open_days
from fieldsales.spreads.rules import Fate, Told, Wish, spread
from fieldsales.spreads.service import days_wanted, keep_others_out, today_of
from fieldsales.turns.rules import FACTORS, KeyAccount, going_together, own_cadence, priority_of, stood_in
from fieldsales.wording.rules import MOST_WORDS, short_day


@dataclass(frozen=True, slots=True)
class _Look:
    """One key account as it is looked at: its accounts that count within the days, when it is due, whose turn it is."""

    served: Served
    live: tuple[KeyAccount, ...]
    mine: KeyAccount
    cadence: Cadence
    seen: Mapping[uuid.UUID, date]
    due_on: date
    turn: uuid.UUID | None
    team: tuple[uuid.UUID, ...]

    @property
    def first_visit(self) -> bool:
        """Whether the rep was never there."""
        return self.mine.rep_id not in self.seen


def plan_round(
    session: Session,
    rep_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime,
    days: Collection[date] | None = None,
    dry_run: bool = False,
) -> Round:
    """Put each of a rep's key accounts that is due on the best day; the same again changes nothing.

    Without `days`: the rep's coming five working days. With `dry_run` it is told what would happen, and nothing is
    written. Raises `PersonNotFound`, `DayOver`, `SpanTooFar`.
    """
    rep = require_rep_in_scope(session, by, rep_id)
    today = today_of([rep], now)
    span = days_wanted([rep], days, today)
    customers = session.scalars(_given_to(rep.id)).all()
    crew = _crew(session, customers, rep)
    if not customers or not span:
        return Round(rep.id, span, ())
    if not dry_run:
        keep_others_out(session, list(crew), customers)
        rep, crew = require_rep_in_scope(session, by, rep_id), _crew(session, customers, rep)
    known = known_of(session, customers, span, today)
    looks = {who: look for who in known.served if (look := _look(known, who, rep.id, span, crew)) is not None}
    diary = diary_of(session, list(crew.values()), span)
    wishes = [_wish(known, who, look, span, crew) for who, look in looks.items()]
    told = spread(wishes, diary.room_s, diary.travel_s, evenly=True)
    stops = []
    for each in told:
        look = looks[each.customer_id]
        stops.append(_stop(each, look, known, crew, rep))
        for slot in each.slots if each.fate is Fate.PLANNED and not dry_run else ():
            put_visit(
                session,
                each.customer_id,
                slot,
                source=Source.KEY_ACCOUNT,
                reason=_why(look, slot, crew),
                by=by.user_id,
                now=now,
                value=_worth(known, each.customer_id, look),
            )
    session.flush()
    return Round(rep.id, span, tuple(stops))


def _given_to(rep_id: uuid.UUID) -> Select[uuid.UUID]:
    """The rep's key accounts, and where the rep stands in, which may be for one who has a key account there."""
    return (
        select(Assignment.customer_id)
        .join(Customer, Customer.id == Assignment.customer_id)
        .where(Assignment.rep_id == rep_id, Assignment.kind != AssignmentKind.OWNER)
        .where(Assignment.ended_at.is_(None), Customer.active)
        .distinct()
        .order_by(Assignment.customer_id)
    )


def _crew(session: Session, customer_ids: Sequence[uuid.UUID], rep: User) -> dict[uuid.UUID, User]:
    """The rep, and all who share an account with the rep."""
    sharing = select(Assignment.rep_id).where(Assignment.customer_id.in_(customer_ids), Assignment.ended_at.is_(None))
    people = session.scalars(select(User).where(User.id.in_(sharing), User.active).order_by(User.id))
    return {rep.id: rep} | {person.id: person for person in people}


def _look(
    known: Known, who: uuid.UUID, rep_id: uuid.UUID, span: Sequence[date], crew: Mapping[uuid.UUID, User]
) -> _Look | None:
    """One key account within the days; None if it does not count for the rep on any of them."""
    served = known.served[who]
    accounts = stood_in(served.key_accounts, served.stand_ins, span)
    live = tuple(each for each in accounts if each.rep_id in crew and any(each.counts_on(day) for day in span))
    mine = next((each for each in live if each.rep_id == rep_id), None)
    if mine is None:
        return None
    cadence = own_cadence(live) or known.tiers[who].cadence
    seen = {contact.rep_id: contact.day for contact in known.made.get(who, ())}
    coming = [visit for visit in known.planned.get(who, ()) if visit.status is PlanStatus.PLANNED]
    booked = seen | {visit.rep_id: visit.day for visit in coming}
    start = max(span[0], mine.from_on or span[0])
    due = due_from(cadence, max(booked.values()) if rep_id in booked else None, start)
    pair = going_together(live)
    team = tuple(sorted(pair)) if rep_id in pair else (rep_id,)
    return _Look(served, live, mine, cadence, booked, due, turn_of(served.owner, live, booked), team)


def _wish(known: Known, who: uuid.UUID, look: _Look, span: Sequence[date], crew: Mapping[uuid.UUID, User]) -> Wish:
    days = frozenset(day for day in span if day >= look.due_on and look.mine.counts_on(day))
    mine = [visit for visit in known.there(who, span) if visit.rep_id in look.team]
    others = [visit.day for visit in known.there(who, span) if visit.rep_id not in look.team]
    return Wish(
        customer_id=who,
        reps=look.team,
        service_s=known.service_s(who),
        value=_worth(known, who, look),
        days=days,
        open_days=open_days(look.served.shop, days, [crew[rep] for rep in look.team]),
        near=(*known.elsewhere(who, span), *others),
        minimum_gap_days=1 if look.first_visit else look.cadence.minimum_gap_days,
        weekday=known.weekdays.get(who),
        together=len(look.team) > 1,
        there=tuple((visit.rep_id, visit.day) for visit in mine),
        refused=_refused(look, span, crew),
    )


def _refused(look: _Look, span: Sequence[date], crew: Mapping[uuid.UUID, User]) -> tuple[Fate, str] | None:
    """Why the rep does not go: it is another's turn, or it is not due before the days are over."""
    rep_id = look.mine.rep_id
    if len(look.team) == 1 and not look.first_visit and look.turn not in {None, rep_id}:
        return Fate.NOT_YOUR_TURN, f"It is {_name(look.turn, crew)}'s turn; {_last_there(look, crew, span[0])}."
    if look.due_on > span[-1]:
        return Fate.NOT_DUE, f"Due on {short_day(look.due_on, span[0])}; {_last_there(look, crew, span[0])}."
    return None


def _stop(told: Told, look: _Look, known: Known, crew: Mapping[uuid.UUID, User], rep: User) -> Stop:
    names = known.served[told.customer_id].shop.name
    turn = told.slots[0][0] if told.slots and len(look.team) == 1 else look.turn
    reason = told.reason or ("It is on the plan already." if told.fate is Fate.THERE else "")
    if told.fate is Fate.PLANNED:
        reason = _why(look, next(slot for slot in told.slots if slot[0] == rep.id), crew)
    name = _name(turn, crew) if turn else None
    return Stop(told.customer_id, names, told.fate, reason, look.due_on, turn, name, told.slots)


def _why(look: _Look, slot: tuple[uuid.UUID, date], crew: Mapping[uuid.UUID, User]) -> str:
    """Say who gave the account, how often it is due, and whose turn it is, so that both can be checked by counting."""
    rep_id, day = slot
    account = next(each for each in look.live if each.rep_id == rep_id)
    told = f": {account.instruction}" if account.instruction else ""
    parts = [f"key account, given by {account.given_by or 'a manager'}{told}", str(look.cadence)]
    others = [rep for rep in look.team if rep != rep_id]
    if others:
        parts.append("together with " + ", ".join(_name(rep, crew) for rep in others))
    elif look.first_visit:
        parts.append(f"{_name(rep_id, crew)}'s first visit")
    elif len(look.live) > 1 or look.served.owner not in {None, rep_id}:
        parts.append(f"{_name(rep_id, crew)}'s turn")
    if look.seen:
        parts.append(_last_there(look, crew, day))
    return "; ".join(parts)[:MOST_WORDS]


def _last_there(look: _Look, crew: Mapping[uuid.UUID, User], read_on: date) -> str:
    if not look.seen:
        return "nobody was there yet"
    rep_id, day = max(look.seen.items(), key=lambda item: (item[1], item[0]))
    verb = "goes" if day >= read_on else "went"
    return f"{_name(rep_id, crew)} {verb} {short_day(day, read_on)}"


def _name(rep_id: uuid.UUID | None, crew: Mapping[uuid.UUID, User]) -> str:
    return crew[rep_id].name if rep_id is not None and rep_id in crew else "another rep"


def _worth(known: Known, who: uuid.UUID, look: _Look) -> int:
    return max(1, round(known.tiers[who].visit_value * KEY_ACCOUNT_FACTOR * FACTORS[priority_of(look.live)]))
