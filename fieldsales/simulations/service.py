"""Trying schemes on months that are over, before one is adopted. Writes nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from fieldsales.clawbacks.rules import Paid
from fieldsales.commission.rules import Scheme
from fieldsales.db.base import new_id
from fieldsales.earnings.queries import Books
from fieldsales.earnings.rules import Entry, EntryKind
from fieldsales.payruns.queries import touched
from fieldsales.payruns.rules import MonthsInvalid, months_from
from fieldsales.people.rules import Actor
from fieldsales.policies.service import require_all_territories
from fieldsales.reckonings.service import read_month, reckon
from fieldsales.schemes.queries import logins_of_reps
from fieldsales.simulations.rules import Month, Outcome

MOST_SCHEMES = 10


def simulate(
    session: Session, schemes: Sequence[tuple[str, Scheme]], first: date, count: int, *, by: Actor | None = None
) -> list[Outcome]:
    """Return what schemes would have paid in some months, from a day's own on, each month after the one before.

    It is as if each month had been run when it was over, by the books as they are now, with nothing paid before the
    first one. Raises `MonthsInvalid`, `PolicyHoldsForAll`.
    """
    require_all_territories(session, by)
    months = months_from(first, count)
    if not 1 <= len(schemes) <= MOST_SCHEMES:
        raise MonthsInvalid(f"{len(schemes)} schemes cannot be tried at once.", mend=f"Choose 1 to {MOST_SCHEMES}.")
    logins, books = logins_of_reps(session), {}
    found = []
    for label, scheme in schemes:
        if scheme.currency not in books:
            books[scheme.currency] = Books(session, scheme.currency)
        found.append(Outcome(label, scheme.currency, _months(books[scheme.currency], scheme, months, logins)))
    return found


def _months(
    books: Books, scheme: Scheme, months: Sequence[tuple[date, date]], logins: Mapping[uuid.UUID, str]
) -> tuple[Month, ...]:
    paid: dict[uuid.UUID, Paid] = {}
    adjusted: set[uuid.UUID] = set()
    found = []
    for first, last in months:
        sources = read_month(books, scheme, first, last)
        changed = touched(books.session, last, scheme.unpaid_days) | adjusted
        before = [each for each in paid.values() if each.entry.source_id in changed]
        reckoned = reckon(books, scheme, last, sources=sources, paid=before, logins=logins)
        amounts: dict[uuid.UUID, int] = dict.fromkeys(reckoned.slips, 0)
        entries = reckoned.entries()
        for entry in entries:
            amounts[entry.rep_id] = amounts.get(entry.rep_id, 0) + entry.amount_minor
            _remember(paid, entry)
        adjusted |= {each.source_id for each in reckoned.adjustments}
        found.append(Month(first, amounts, len(entries)))
    return tuple(found)


def _remember(paid: dict[uuid.UUID, Paid], entry: Entry) -> None:
    """Note an entry as paid, or what it took back of one that was."""
    if entry.origin is None:
        each = Paid(new_id(), entry)
        paid[each.id] = each
        return
    before = paid[entry.origin]
    if entry.kind is EntryKind.UNPAID:
        paid[before.id] = replace(before, unpaid=before.unpaid + entry.amount_minor)
        return
    returned = defaultdict(int, before.returned)
    for part in entry.parts:
        returned[part.line_no] += part.amount_minor
    paid[before.id] = replace(before, returned=dict(returned))
