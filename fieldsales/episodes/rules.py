"""What may have changed what a customer buys, and what it bought before and after, as columns of numbers.

Days are proleptic ordinals (`date.toordinal`), money is in minor units of the customer's own currency, and customers,
reps and tiers are places in the lists of `Customers`. A place of -1 is nobody, or no tier.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.planning.models import Source

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

KINDS = tuple(AnomalyKind)
SOURCES = tuple(Source)
BEFORE_DAYS = 84
"""How many days before count as what a customer bought before: twelve weeks, long enough for who orders monthly."""

Span = tuple[date, date]
"""The first day of some, and the first day after them."""

_PLACE = 1 << 22
"""More than the ordinal of any day: customer and day make one number to sort and look up by."""


@dataclass(frozen=True, slots=True, eq=False)
class Customers:
    """Everybody looked at: by customer the currency, the tier and the owner, each a place in its list."""

    ids: tuple[str, ...]
    currency: Ints
    tier: Ints
    owner: Ints
    currencies: tuple[str, ...]
    tiers: tuple[str, ...]
    rep_ids: tuple[str, ...]
    reps: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Customers whose buying changed and who took part in the draw, one row for each customer and day.

    Attributes:
        who: The customer.
        day: When its buying changed.
        kind: Which `KINDS` of anomaly; of several on one day the one with the most money at risk.
        share_bp: The share held out in force at the draw.
        treated: Open to a visit; False: held out.
        kept: Whether the lot was kept to: one open to a visit had any, one held out had none for the anomaly.
    """

    who: Ints
    day: Ints
    kind: Ints
    share_bp: Ints
    treated: Bools
    kept: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Plans:
    """Planned visits: whom, when, by which rep, of which `SOURCES`, for which `KINDS` (-1: none), and made or not."""

    who: Ints
    day: Ints
    rep: Ints
    source: Ints
    kind: Ints
    made: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Bought:
    """What was bought in a span of days: on how many days, and for how much (returns taken off)."""

    days: Floats
    amount: Floats

    def part(self, at: Ints | Bools | slice) -> Bought:
        """Return some of the rows."""
        return Bought(self.days[at], self.amount[at])


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What was bought in the days from a day on, and in the twelve weeks before it, by row of `Trials` or `Plans`."""

    after: Bought
    before: Bought

    def part(self, at: Ints | Bools | slice) -> Outcomes:
        """Return some of the rows."""
        return Outcomes(self.after.part(at), self.before.part(at))


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Orders of some customers, sorted by customer and day; `ordered` is False on what only came back."""

    who: Ints
    day: Ints
    amount: Ints
    ordered: Bools

    def bought(self, who: Ints, since: Ints, until: Ints) -> Bought:
        """Return what each customer bought in `[since, until)`, row by row."""
        place = self.who * _PLACE + self.day
        total = np.concatenate([[0], np.cumsum(self.amount)])
        sold = place[self.ordered]
        order_days = sold[np.diff(sold, prepend=-1) > 0]
        first, last = who * _PLACE + since, who * _PLACE + until
        return Bought(
            (np.searchsorted(order_days, last) - np.searchsorted(order_days, first)).astype(np.float64),
            (total[np.searchsorted(place, last)] - total[np.searchsorted(place, first)]).astype(np.float64),
        )


def ledger(who: Ints, numbers: Ints) -> Ledger:
    """Return a ledger of rows in any order; `numbers` are pairs of what `day_number` reads and an amount."""
    day, ordered = np.divmod(numbers[0::2], 10)
    ordinal = day_number(day)
    order = np.lexsort((ordinal, who))
    return Ledger(who[order], ordinal[order], numbers[1::2][order], ordered[order] == 1)


def day_number(written: Ints) -> Ints:
    """Return the ordinals of days written as whole numbers such as 20260302."""
    year, month, day = written // 10_000, written // 100 % 100, written % 100
    months = (year - 1970).astype("M8[Y]").astype("M8[M]") + (month - 1)
    return (months.astype("M8[D]") + (day - 1)).astype(np.int64) + date(1970, 1, 1).toordinal()


def lined_up(texts: Sequence[str], at_once: int) -> tuple[Ints, Ints]:
    """Read lists of numbers parted by spaces; return which list each `at_once` of them is from, and all of them."""
    many = np.fromiter((text.count(" ") + 1 for text in texts), dtype=np.int64, count=len(texts)) // at_once
    return np.repeat(np.arange(len(texts)), many), np.fromstring(" ".join(texts), dtype=np.int64, sep=" ")


def happened_within(who: Ints, day: Ints, horizon: int, of: Ints, on: Ints) -> Bools:
    """Tell for each customer and day whether anything of that customer (`of`, `on`) falls in the `horizon` from it."""
    place = np.sort(of * _PLACE + on)
    first = who * _PLACE + day
    return np.searchsorted(place, first + horizon) > np.searchsorted(place, first)


def outcomes_of(ledgers: Iterable[Ledger], who: Ints, day: Ints, horizon: int) -> Outcomes:
    """Return what customers bought in the `horizon` days from each day on and before it, from ledgers that pass by.

    A customer is in at most one ledger; who is in none bought nothing.
    """
    found = np.zeros((4, len(who)))
    by_customer = np.argsort(who, kind="stable")
    begins = np.searchsorted(who[by_customer], np.arange(int(who.max(initial=-1)) + 2))
    for each in ledgers:
        here = each.who[np.diff(each.who, prepend=-1) > 0]
        here = here[here < len(begins) - 1]
        first, many = begins[here], begins[here + 1] - begins[here]
        within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        rows = by_customer[np.repeat(first, many) + within]
        after = each.bought(who[rows], day[rows], day[rows] + horizon)
        before = each.bought(who[rows], day[rows] - BEFORE_DAYS, day[rows])
        found[:, rows] = after.days, after.amount, before.days, before.amount
    return Outcomes(Bought(found[0], found[1]), Bought(found[2], found[3]))
