"""Paying a month: a run is made, looked at, closed. Closed it never changes; what was wrong becomes new lines."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.db.base import new_id
from fieldsales.db.bulk import insert_rows
from fieldsales.earnings.queries import Books
from fieldsales.earnings.rules import Entry
from fieldsales.invoices.models import Allocation
from fieldsales.orders.models import Order
from fieldsales.payruns.models import PayCorrection, PayLine, PayRun, PaySeen, PaySlip, RunState
from fieldsales.payruns.queries import (
    changed_since,
    corrections_to_pay,
    paid_days,
    paid_for,
    require_run,
    run_of,
    seen_before,
)
from fieldsales.payruns.rules import (
    RunClosed,
    RunOutOfOrder,
    RunOver,
    RunStale,
    content_of,
    correction_entry,
    facts_of,
    inputs_of,
    month_of,
    path_of,
)
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.service import require_all_territories
from fieldsales.reckonings.service import Reckoning, read_month, reckon
from fieldsales.schemes.models import CommissionScheme
from fieldsales.schemes.queries import logins_of_reps, scheme_on, schemes_on
from fieldsales.schemes.rules import read_scheme

_ENDS = {RunState.CLOSED: "close", RunState.DISCARDED: "discard"}


def make_run(session: Session, code: str, day: date, *, now: datetime, by: Actor | None = None) -> PayRun:
    """Reckon the month of a day by a scheme, and keep it as an open run; an open one of that month is discarded.

    Raises `SchemeNotFound`, `RunClosed`, `RunOutOfOrder` where a later month is paid, `PolicyHoldsForAll`.
    """
    require_all_territories(session, by)
    first, last = month_of(day)
    _check_month(session, code, first)
    scheme = scheme_on(session, code, first)
    session.execute(select(CommissionScheme.id).where(CommissionScheme.id == scheme.id).with_for_update())
    before = run_of(session, code, first, RunState.OPEN)
    if before is not None:
        discard_run(session, before.id, now=now, by=by)
    run, found, entries = _reckoned(session, scheme, first, last)
    run.made_at, run.made_by = now, by.user_id if by else None
    session.add(run)
    session.flush()
    _keep(session, run, found, entries)
    _note(session, "pay.run", run, by, now)
    return run


def try_run(
    session: Session, code: str, day: date, *, by: Actor | None = None
) -> tuple[PayRun, Reckoning, list[Entry]]:
    """Return the run that `make_run` would make, with its entries, and keep nothing. Raises likewise."""
    require_all_territories(session, by)
    first, last = month_of(day)
    _check_month(session, code, first)
    return _reckoned(session, scheme_on(session, code, first), first, last)


def close_run(session: Session, run_id: uuid.UUID, *, now: datetime, by: Actor | None = None) -> PayRun:
    """Close a run: the month is paid. It is reckoned once more, and must come to the same.

    Raises `RunNotFound`, `RunOver`, `RunOutOfOrder` before the month is over, `RunStale`, `PolicyHoldsForAll`.
    """
    require_all_territories(session, by)
    run = _open_run(session, run_id)
    today, _ = days_at(session, now)
    if today <= run.last:
        raise RunOutOfOrder(
            f"The month is not over before {run.last}.", mend="Close it afterwards.", last=str(run.last)
        )
    _check_month(session, run.code, run.first)
    again, _, _ = _reckoned(session, session.get_one(CommissionScheme, run.scheme_id), run.first, run.last)
    if (again.inputs_hash, again.content_hash) != (run.inputs_hash, run.content_hash):
        raise RunStale(
            f"The books say {again.amount_minor} by now, the run {run.amount_minor} {run.currency} (minor units).",
            mend="Run the month again, look at it, and close that run.",
            code_of_scheme=run.code,
            amount_minor=again.amount_minor,
        )
    return _end(session, run, RunState.CLOSED, by, now)


def discard_run(session: Session, run_id: uuid.UUID, *, now: datetime, by: Actor | None = None) -> PayRun:
    """Give an open run up; its lines go. Raises `RunNotFound`, `RunOver`, `PolicyHoldsForAll`."""
    require_all_territories(session, by)
    run = _open_run(session, run_id)
    for model in (PayLine, PaySlip, PaySeen):
        session.execute(delete(model).where(model.run_id == run.id))
    return _end(session, run, RunState.DISCARDED, by, now)


def run_due(session: Session, *, now: datetime) -> list[PayRun]:
    """Make the run of the month that ended last, of every scheme that has none of it: for a monthly job.

    Doing it again changes nothing. People look at runs and close them.
    """
    today, _ = days_at(session, now)
    first, _ = month_of(today.replace(day=1) - timedelta(days=1))
    made = []
    for scheme in schemes_on(session, first):
        kept = (run_of(session, scheme.code, first, state) for state in (RunState.OPEN, RunState.CLOSED))
        paid = paid_days(session, scheme.code)
        if not any(kept) and (paid is None or paid[1] < first):
            made.append(make_run(session, scheme.code, first, now=now))
    return made


def _reckoned(
    session: Session, version: CommissionScheme, first: date, last: date
) -> tuple[PayRun, Reckoning, list[Entry]]:
    scheme = read_scheme(version.body)
    books, logins = Books(session, scheme.currency), logins_of_reps(session)
    paid = paid_days(session, version.code)
    begin, unseen = (paid[0] if paid else first), seen_before(version.code)
    new: list[ColumnElement[bool]] = [
        (Order.ordered_on >= begin) & Order.id.not_in(unseen),
        (Allocation.day >= begin) & Allocation.id.not_in(unseen),
    ]
    sources = read_month(books, scheme, first, last, new)
    old = sorted(changed_since(session, version.code, last, scheme.unpaid_days)) if paid else []
    before = paid_for(session, version.code, old)
    found = reckon(books, scheme, last, sources=sources, paid=before, logins=logins)
    corrections = [_correction(each, last) for each in corrections_to_pay(session, version.code)]
    entries = [*found.entries(), *corrections]
    found.nobodys_minor = books.nobodys(Order.ordered_on >= first, Order.ordered_on <= last)
    history = [[str(each.id), sorted(each.returned.items()), each.unpaid] for each in before]
    more = (history, [[str(each.source_id), each.amount_minor] for each in corrections])
    run = PayRun(
        id=new_id(),
        scheme_id=version.id,
        code=version.code,
        first=first,
        last=last,
        currency=scheme.currency,
        state=RunState.OPEN,
        amount_minor=sum(each.amount_minor for each in entries),
        lines=len(entries),
        nobodys_minor=found.nobodys_minor,
        inputs_hash=inputs_of(version.body_hash, logins, [*sources, *found.checked], *more),
        content_hash=content_of(entries),
    )
    return run, found, entries


def _keep(session: Session, run: PayRun, found: Reckoning, entries: Sequence[Entry]) -> None:
    amounts: dict[uuid.UUID, int] = defaultdict(int)
    for each in entries:
        amounts[each.rep_id] += each.amount_minor
    people = sorted(set(amounts) | set(found.slips))
    slips = [
        PaySlip(run_id=run.id, rep_id=who, amount_minor=amounts[who], content=slip_content(found, entries, who))
        for who in people
    ]
    seen = {each.id for each in found.sources} | {each.source_id for each in entries if each.origin is None}
    numbers: dict[uuid.UUID, int] = defaultdict(int)
    rows = []
    for each in entries:
        numbers[each.rep_id] += 1
        rows.append(_line(run, numbers[each.rep_id], each))
    insert_rows(session.connection(), [*slips, *rows, *(PaySeen(run_id=run.id, source_id=who) for who in sorted(seen))])


def slip_content(found: Reckoning, entries: Sequence[Entry], rep_id: uuid.UUID) -> dict[str, Any]:
    """Return how a rep's slip came to its amount: rule by rule, and what else was entered."""
    slip = found.slips.get(rep_id)
    sums: dict[str, int] = defaultdict(int)
    for each in entries:
        if each.rep_id == rep_id:
            sums[each.kind.value] += each.amount_minor
    return {"rules": [path_of(each) for each in slip.rules] if slip else [], "kinds": dict(sorted(sums.items()))}


def _line(run: PayRun, number: int, entry: Entry) -> PayLine:
    return PayLine.fresh(
        id=new_id(),
        run_id=run.id,
        rep_id=entry.rep_id,
        position=number,
        rule=entry.rule,
        kind=entry.kind,
        source_kind=entry.source_kind,
        source_id=entry.source_id,
        origin_id=entry.origin,
        customer_id=entry.customer_id,
        day=entry.day,
        basis=entry.basis,
        amount_minor=entry.amount_minor,
        weight=entry.weight,
        of_weights=entry.of,
        facts=facts_of(entry),
    )


def _correction(found: PayCorrection, day: date) -> Entry:
    because: Mapping[str, Any] = {"reason": found.reason, "line_id": str(found.line_id) if found.line_id else None}
    return correction_entry(found.rep_id, found.id, day, found.amount_minor, (dict(because),))


def _check_month(session: Session, code: str, first: date) -> None:
    if run_of(session, code, first, RunState.CLOSED) is not None:
        raise RunClosed(f"{first:%Y-%m} is paid by “{code}”.", mend="Ask for a correction.", scheme=code)
    paid = paid_days(session, code)
    if paid is not None and first <= paid[1]:
        raise RunOutOfOrder(
            f"“{code}” has paid until {paid[1]}.", mend="Choose a later month.", paid_until=str(paid[1])
        )


def _open_run(session: Session, run_id: uuid.UUID) -> PayRun:
    run = require_run(session, None, run_id, lock=True)
    if run.state is not RunState.OPEN:
        raise RunOver(f"The run is {run.state}.", mend="Look at it, or run another month.", state=run.state.value)
    return run


def _end(session: Session, run: PayRun, state: RunState, by: Actor | None, now: datetime) -> PayRun:
    run.state, run.ended_at, run.ended_by = state, now, by.user_id if by else None
    session.flush()
    _note(session, f"pay.{_ENDS[state]}", run, by, now)
    return run


def _note(session: Session, action: str, run: PayRun, by: Actor | None, now: datetime) -> None:
    who = by.user_id if by else None
    told = {"scheme": run.code, "month": f"{run.first:%Y-%m}", "amount_minor": run.amount_minor}
    record(session, action, ("pay_run", run.id), actor_id=who, now=now, content_hash=run.content_hash, **told)
