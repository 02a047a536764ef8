"""A run as data: how entries are stored, hashed and read again, and what supervisors may see."""

from __future__ import annotations

import calendar
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from fieldsales.commission.rules import MILLI, Basis
from fieldsales.earnings.rules import Entry, EntryKind, Line, Part, Source, SourceKind
from fieldsales.errors import Conflict, Invalid, NotFound
from fieldsales.payslips.rules import RuleSlip
from fieldsales.policies.rules import Body, Kind
from fieldsales.schemes.rules import fingerprint

MOST_MONTHS = 24
Cells = list[Any]


class RunNotFound(NotFound):
    """There is no such pay run that you may see. Reps see closed ones, and of them the own slip."""

    code = "pay.run_not_found"
    title = "There is no such pay run"


class LineNotFound(NotFound):
    """There is no such line on a slip that you may see."""

    code = "pay.line_not_found"
    title = "There is no such line of a pay slip"


class RunClosed(Conflict):
    """The month is paid, and nothing of it changes any more. Ask for a correction."""

    code = "pay.run_closed"
    title = "That month is paid"


class RunOver(Conflict):
    """The run was closed or discarded already."""

    code = "pay.run_over"
    title = "That run is over"


class RunStale(Conflict):
    """The books changed since the run was made. Run the month again, look at it, and close that run."""

    code = "pay.run_stale"
    title = "The books changed since"


class RunOutOfOrder(Conflict):
    """Months are paid one after another, and only when they are over."""

    code = "pay.out_of_order"
    title = "That month cannot be paid now"


class MonthsInvalid(Invalid):
    """A simulation is of 1 to 24 months, and of at most 10 schemes."""

    code = "pay.months_invalid"
    title = "These months cannot be simulated"


@dataclass(frozen=True, slots=True)
class Paying:
    """Whether supervisors see the pay of their reps, and for how many days after a run was closed a rep may dispute."""

    supervisors_see: bool
    dispute_days: int


def _parse(body: Body) -> Paying:
    return Paying(body["supervisors_see_slips"], body["dispute_days"])


PAY = Kind(
    name="pay",
    about="Whether supervisors see what their reps earn, and how long a rep may dispute a line of a slip.",
    schema={
        "type": "object",
        "additionalProperties": False,
        "required": ["supervisors_see_slips", "dispute_days"],
        "properties": {
            "supervisors_see_slips": {"type": "boolean"},
            "dispute_days": {"type": "integer", "minimum": 0, "maximum": 1000},
        },
    },
    default={"supervisors_see_slips": False, "dispute_days": 60},
    parse=_parse,
)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_from(first: date, count: int) -> list[tuple[date, date]]:
    """Return so many months from a day's own on. Raises `MonthsInvalid`."""
    if not 1 <= count <= MOST_MONTHS:
        raise MonthsInvalid(f"{count} months cannot be simulated.", mend=f"Choose 1 to {MOST_MONTHS}.")
    found = [month_of(first)]
    while len(found) < count:
        found.append(month_of(found[-1][1] + timedelta(days=1)))
    return found


def facts_of(entry: Entry) -> dict[str, Any]:
    """Return what is stored of an entry besides its columns."""
    return {"parts": [_cells(each) for each in entry.parts], "because": list(entry.because)}


def parts_from(facts: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts of a stored entry."""
    return tuple(Part(*each) for each in facts["parts"])


def content_of(entries: Iterable[Entry]) -> str:
    """Return the hash of all that a run pays, the same however the entries are ordered."""
    rows = [
        [
            *(str(each.rep_id), each.rule, each.kind.value, each.source_kind.value, str(each.source_id)),
            *(each.day.isoformat(), each.basis, each.amount_minor, each.weight, each.of, str(each.origin)),
            [_cells(part) for part in each.parts],
        ]
        for each in entries
    ]
    return fingerprint(sorted(rows))


def inputs_of(scheme_hash: str, logins: Mapping[uuid.UUID, str], sources: Iterable[Source], *more: Any) -> str:
    """Return the hash of what a run read: the scheme, its reps, all sources as they stood, and what was paid before."""
    rows: list[list[Any]] = [
        [
            *(each.kind.value, str(each.id), each.day.isoformat(), each.tier, each.segment, each.channel),
            *(each.standing, each.unpaid_minor, each.claimed_minor),
            [[str(rep_id), weight] for rep_id, weight in (*each.weights, *each.sellers)],
            [_line_cells(line) for line in each.lines],
        ]
        for each in sources
    ]
    rows.sort(key=lambda row: row[:3])
    people = sorted([str(rep_id), login] for rep_id, login in logins.items())
    return fingerprint([scheme_hash, people, rows, *more])


def path_of(slip: RuleSlip) -> dict[str, Any]:
    """Return how a rule came to its amount, as it is stored and told. Fractions are texts: nothing is rounded away."""
    rule, path = slip.rule, slip.path
    per_1000 = rule.basis is Basis.QUANTITY
    unit = MILLI if per_1000 else 1
    return {
        "rule": rule.name,
        "basis": rule.basis.value,
        "basis_sum": path.basis,
        "basis_unit": "thousandths of a piece" if per_1000 else "minor units",
        "rate_unit": "minor units for 1000 pieces" if per_1000 else "basis points",
        "mode": "by line" if rule.basis is Basis.UNIT_PRICE else "marginal" if rule.marginal else "whole",
        "target": path.target,
        "reached_bp": None if not path.target else path.basis * 10_000 // (path.target * unit),
        "steps": [{"from": step.least, "rate": step.rate, "basis": part} for step, part in path.reached],
        "exact": str(path.exact),
        "accelerated": str(path.sped_up),
        "capped": str(path.capped),
        "paid": str(path.paid),
        "multiplier": str(path.multiplier),
        "amount_minor": slip.amount_minor,
        "lines_without_cost": slip.without_cost,
    }


def add_up(told: Mapping[str, Any], parts: Sequence[Part]) -> Fraction:
    """Return what parts earn exactly by a stored path: the sum that a person checks."""
    multiplier = Fraction(told["multiplier"])
    own = told["mode"] == "by line"
    rates = (Fraction(each.rate or 0, 10_000) if own else Fraction(1) for each in parts)
    return sum((each.basis * multiplier * rate for each, rate in zip(parts, rates, strict=True)), Fraction(0))


def correction_entry(
    rep_id: uuid.UUID, correction_id: uuid.UUID, day: date, amount_minor: int, because: tuple[dict[str, Any], ...]
) -> Entry:
    """Return the entry of an amount that persons agreed on."""
    kinds = (EntryKind.CORRECTION, SourceKind.CORRECTION)
    return Entry(rep_id, "correction", *kinds, correction_id, day, None, 0, amount_minor, because=because)


def _cells(part: Part) -> Cells:
    return [
        *(part.line_no, part.units, part.net_minor, part.cost_minor, part.basis, part.rate, part.amount_minor),
    ]


def _line_cells(line: Line) -> Cells:
    article = [] if line.article is None else [line.article.sku, line.article.brand, line.article.category]
    cost = None if line.article is None else line.article.cost_minor
    return [
        *(line.line_no, line.units, line.left, line.net_minor, line.price_minor, line.list_minor, cost, *article),
    ]
