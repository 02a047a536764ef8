"""A month of a scheme reckoned from the books and from what was paid before. Writes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement

from fieldsales.clawbacks.rules import Paid, take_back
from fieldsales.commission.rules import Basis, Scheme
from fieldsales.earnings.queries import Books
from fieldsales.earnings.rules import Entry, Source
from fieldsales.invoices.models import Allocation
from fieldsales.orders.models import Order
from fieldsales.payslips.rules import Slip, earn
from fieldsales.takings.queries import chosen_takings, takings


@dataclass
class Reckoning:
    """What came of a month: slips by rep, what is taken back or given back, and the sources that were read."""

    slips: dict[uuid.UUID, Slip]
    adjustments: list[Entry] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    checked: list[Source] = field(default_factory=list)
    nobodys_minor: int = 0

    def entries(self) -> list[Entry]:
        """Return all of them, in one order that depends on nothing but themselves."""
        earned = [each for slip in self.slips.values() for each in slip.entries]
        return sorted([*earned, *self.adjustments], key=_place)


def read_month(
    books: Books, scheme: Scheme, first: date, last: date, unseen: Collection[ColumnElement[bool]] = ()
) -> list[Source]:
    """Return what may earn in a month; `unseen` are conditions on the ids of orders and of allocations instead."""
    orders, money = list(unseen) or [Order.ordered_on >= first, Allocation.day >= first]
    found = books.orders(scheme, last, Order.ordered_on <= last, orders)
    if any(rule.basis is Basis.COLLECTIONS for rule in scheme.rules):
        found += takings(books, scheme, last, money)
    return found


def reckon(
    books: Books,
    scheme: Scheme,
    last: date,
    *,
    sources: Sequence[Source],
    paid: Sequence[Paid],
    logins: Mapping[uuid.UUID, str],
) -> Reckoning:
    """Return what a month comes to: `sources` earn, and of what was `paid` before the difference to today is taken."""
    checked = checked_sources(books, scheme, last, {each.entry.source_id for each in paid})
    now = {each.id: each for each in checked}
    adjustments = [
        entry
        for each in paid
        if each.entry.source_id in now
        for entry in take_back(scheme, each, now[each.entry.source_id], last)
    ]
    return Reckoning(earn(scheme, sources, logins), adjustments, list(sources), checked)


def checked_sources(books: Books, scheme: Scheme, last: date, ids: Collection[uuid.UUID]) -> list[Source]:
    """Return sources of earlier months as they stand on a day."""
    if not ids:
        return []
    return [*books.chosen(scheme, last, ids), *chosen_takings(books, scheme, last, ids)]


def _place(entry: Entry) -> tuple[str, ...]:
    return (
        str(entry.rep_id),
        entry.rule,
        entry.kind.value,
        entry.day.isoformat(),
        str(entry.source_id),
        str(entry.origin),
    )
