"""Which runs, slips and lines there are, for whom they are, and what earlier runs paid."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from fieldsales.clawbacks.rules import Paid
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.earnings.rules import Entry, EntryKind
from fieldsales.invoices.models import Allocation, Invoice
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.payruns.models import PayCorrection, PayLine, PayRun, PaySeen, PaySlip, RunState
from fieldsales.payruns.rules import PAY, LineNotFound, RunNotFound, parts_from
from fieldsales.people.models import Role, User
from fieldsales.people.queries import days_at, visible_people
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force
from fieldsales.takings.queries import taken_back

CHUNK = 500


def sees_pay(session: Session, actor: Actor | None, now: datetime) -> bool:
    """Tell whether somebody sees the pay of others: bosses do, supervisors where the policy `pay` says so."""
    if actor is None or actor.role in (Role.MANAGER, Role.ADMIN):
        return True
    day, _ = days_at(session, now)
    return actor.role is Role.SUPERVISOR and in_force(session, PAY, day).value.supervisors_see


def payees(session: Session, actor: Actor | None, now: datetime) -> Select[uuid.UUID]:
    """Return whose pay somebody may see, as a statement: a rep the own one."""
    if actor is not None and actor.role is not Role.REP and not sees_pay(session, actor, now):
        return select(User.id).where(User.id == actor.user_id)
    return visible_people(actor).with_only_columns(User.id)


def find_runs(session: Session, actor: Actor | None, wanted: PageWanted, code: str | None = None) -> Page[PayRun]:
    """Return a page of runs, the latest month first; reps see closed ones with a slip of theirs."""
    found = _runs(actor)
    if code is not None:
        found = found.where(PayRun.code == code)
    return fetch_page(session, found, (PayRun.first, PayRun.id), wanted, largest_first=True)


def require_run(session: Session, actor: Actor | None, run_id: uuid.UUID, *, lock: bool = False) -> PayRun:
    """Return a run that somebody may see; raise `RunNotFound`."""
    statement = _runs(actor).where(PayRun.id == run_id)
    found = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise RunNotFound(f"There is no pay run {run_id}.", id=str(run_id))
    return found


def slips_of(session: Session, actor: Actor | None, run: PayRun, now: datetime) -> list[tuple[PaySlip, User]]:
    """Return the slips of a run that somebody may see, by the rep's name."""
    found = (
        select(PaySlip, User)
        .join(User, User.id == PaySlip.rep_id)
        .where(PaySlip.run_id == run.id, PaySlip.rep_id.in_(payees(session, actor, now)))
    )
    return [(slip, rep) for slip, rep in session.execute(found.order_by(User.name, User.id))]


def lines_of(
    session: Session,
    actor: Actor | None,
    run: PayRun,
    now: datetime,
    *,
    rep_id: uuid.UUID | None = None,
    kind: EntryKind | None = None,
) -> Select[PayLine]:
    """Return the lines of a run that somebody may see, as a statement."""
    found = select(PayLine).where(PayLine.run_id == run.id, PayLine.rep_id.in_(payees(session, actor, now)))
    if rep_id is not None:
        found = found.where(PayLine.rep_id == rep_id)
    return found if kind is None else found.where(PayLine.kind == kind)


def find_lines(session: Session, lines: Select[PayLine], wanted: PageWanted) -> Page[PayLine]:
    """Return a page of lines: rep by rep, in the order of the slip."""
    return fetch_page(session, lines, (PayLine.rep_id, PayLine.position), wanted)


def require_line(
    session: Session, actor: Actor | None, line_id: uuid.UUID, now: datetime, run_id: uuid.UUID | None = None
) -> PayLine:
    """Return a line that somebody may see, of one run if that is given; raise `LineNotFound`."""
    runs = _runs(actor).with_only_columns(PayRun.id)
    found = session.scalars(
        select(PayLine).where(
            PayLine.id == line_id, PayLine.run_id.in_(runs), PayLine.rep_id.in_(payees(session, actor, now))
        )
    ).one_or_none()
    if found is None or run_id not in (None, found.run_id):
        raise LineNotFound(f"There is no line {line_id}.", id=str(line_id))
    return found


def entries_of(session: Session, run: PayRun) -> Iterator[tuple[uuid.UUID, Entry]]:
    """Return all lines of a run as entries, with their ids, in the order of the slips."""
    rows = select(PayLine).where(PayLine.run_id == run.id).order_by(PayLine.rep_id, PayLine.position)
    for row in session.scalars(rows.execution_options(yield_per=1000)):
        yield row.id, entry_of(row)


def entry_of(row: PayLine) -> Entry:
    """Return a stored line as the entry that it was."""
    return Entry(
        row.rep_id,
        row.rule,
        row.kind,
        row.source_kind,
        row.source_id,
        row.day,
        row.customer_id,
        row.basis,
        row.amount_minor,
        row.weight,
        row.of_weights,
        parts_from(row.facts),
        tuple(row.facts["because"]),
        row.origin_id,
    )


def closed_runs(code: str) -> Select[uuid.UUID]:
    """Return the ids of the closed runs of a scheme, as a statement."""
    return select(PayRun.id).where(PayRun.code == code, PayRun.state == RunState.CLOSED)


def seen_before(code: str) -> Select[uuid.UUID]:
    """Return the sources that closed runs of a scheme looked at, as a statement."""
    return select(PaySeen.source_id).where(PaySeen.run_id.in_(closed_runs(code)))


def paid_days(session: Session, code: str) -> tuple[date, date] | None:
    """Return the first and the last day that closed runs of a scheme paid; None before the first one."""
    found = session.execute(
        select(func.min(PayRun.first), func.max(PayRun.last)).where(
            PayRun.code == code, PayRun.state == RunState.CLOSED
        )
    ).one()
    return None if found[0] is None else (found[0], found[1])


def run_of(session: Session, code: str, first: date, state: RunState) -> PayRun | None:
    """Return the run of a month in a state, if there is one."""
    found = select(PayRun).where(PayRun.code == code, PayRun.first == first, PayRun.state == state)
    return session.scalars(found).one_or_none()


def is_used(session: Session, scheme_id: uuid.UUID) -> bool:
    """Tell whether a run that was not discarded is by a version of a scheme."""
    used = select(PayRun.id).where(PayRun.scheme_id == scheme_id, PayRun.state != RunState.DISCARDED)
    return session.scalar(used.limit(1)) is not None


def touched(session: Session, last: date, unpaid_days: int | None) -> set[uuid.UUID]:
    """Return the orders of which something came back or is paid late, and the money that was taken back, by a day."""
    amended: Any = session.execute(select(Order.amends_id, Order.id).where(Order.amends_id.is_not(None)))
    after: dict[uuid.UUID | None, uuid.UUID] = dict(amended.all())
    back = select(Order.against_id).where(
        Order.kind == OrderKind.RETURN, Order.against_id.is_not(None), Order.ordered_on <= last
    )
    found = taken_back(session, last)
    for sale in session.scalars(back.distinct()):
        found.add(_standing(sale, after))
    if unpaid_days is not None:
        late = Invoice.due_on < last - timedelta(days=unpaid_days)
        paid_later = select(Allocation.invoice_id).where(Allocation.day > last)
        owing = (Invoice.open_minor + Invoice.written_off_minor > 0) | Invoice.id.in_(paid_later)
        orders = select(Invoice.order_id).where(late, owing, Invoice.order_id.is_not(None))
        found |= {each for each in session.scalars(orders) if each is not None}
    return found


def changed_since(session: Session, code: str, last: date, unpaid_days: int | None) -> set[uuid.UUID]:
    """Return the sources that were paid of which something may have to be taken back, or given back, by a day."""
    seen = seen_before(code)
    found = set(session.scalars(select(Order.id).where(Order.state != OrderState.PLACED, Order.id.in_(seen))))
    rows = sorted(touched(session, last, unpaid_days))
    for at in range(0, len(rows), CHUNK):
        some = select(PaySeen.source_id).where(PaySeen.source_id.in_(rows[at : at + CHUNK]))
        found |= set(session.scalars(some.where(PaySeen.run_id.in_(closed_runs(code)))))
    adjusted = select(PayLine.source_id).where(PayLine.origin_id.is_not(None), PayLine.run_id.in_(closed_runs(code)))
    return found | set(session.scalars(adjusted))


def paid_for(session: Session, code: str, sources: Sequence[uuid.UUID]) -> list[Paid]:
    """Return what closed runs paid for some sources, with what was taken back since."""
    back: dict[uuid.UUID, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    unpaid: dict[uuid.UUID, int] = defaultdict(int)
    earned: list[tuple[uuid.UUID, Entry]] = []
    for at in range(0, len(sources), CHUNK):
        rows = select(PayLine).where(PayLine.source_id.in_(sources[at : at + CHUNK]))
        for row in session.scalars(rows.where(PayLine.run_id.in_(closed_runs(code))).order_by(PayLine.id)):
            entry = entry_of(row)
            if row.origin_id is None:
                earned.append((row.id, entry))
            elif row.kind is EntryKind.UNPAID:
                unpaid[row.origin_id] += row.amount_minor
            else:
                for part in entry.parts:
                    back[row.origin_id][part.line_no] += part.amount_minor
    return [Paid(who, entry, back.get(who, {}), unpaid.get(who, 0)) for who, entry in earned]


def corrections_to_pay(session: Session, code: str) -> Sequence[PayCorrection]:
    """Return the corrections that persons granted and no closed run has entered."""
    found = select(PayCorrection).where(
        PayCorrection.code == code,
        PayCorrection.granted_at.is_not(None),
        PayCorrection.id.not_in(seen_before(code)),
    )
    return session.scalars(found.order_by(PayCorrection.asked_at, PayCorrection.id)).all()


def _runs(actor: Actor | None) -> Select[PayRun]:
    if actor is None or actor.role is not Role.REP:
        return select(PayRun)
    mine = select(PaySlip.run_id).where(PaySlip.rep_id == actor.user_id)
    return select(PayRun).where(PayRun.state == RunState.CLOSED, PayRun.id.in_(mine))


def _standing(sale: uuid.UUID | None, after: Mapping[uuid.UUID | None, uuid.UUID]) -> uuid.UUID:
    """Return what stands in the place of an order."""
    while sale in after:
        sale = after[sale]
    assert sale is not None
    return sale
