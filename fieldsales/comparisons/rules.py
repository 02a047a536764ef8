"""What visits achieved: each source's effect on what customers bought afterwards, never without its interval.

*Experiment.* Customers whose buying changed, some held out by lot (`holdout.rules`). All who could be visited are
compared with all who were held out, whatever became of them (by intention to treat): only the lot is free of reasons.
Where the share held out changed, each share is a stratum of its own.

*Observation.* Visits that were made, beside visits of the same source, tier and month that were planned and not made,
with what was bought before held equal. Why a visit was not made may also be why less was bought: no experiment.

An episode counts once all days of its horizon have passed. `intervals.rules` has the formulas and where they are from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from fieldsales.episodes.rules import KINDS, SOURCES, Bools, Customers, Floats, Ints, Outcomes, Plans, Trials
from fieldsales.intervals.rules import Difference, means_apart, observed_apart, shares_apart
from fieldsales.planning.models import Source

MINIMUM = 30
"""How many customers each group must have before anything is told: fewer, and the intervals promise too much."""


class Design(StrEnum):
    """How the groups came about: by lot, or by whatever kept a visit from being made."""

    EXPERIMENT = "experiment"
    OBSERVATION = "observation"


class By(StrEnum):
    """What the rows are."""

    SOURCE = "source"
    KIND = "kind"
    REP = "rep"
    TIER = "tier"


class Measure(StrEnum):
    """What is compared: the share who ordered, the days on which they did, or the money, for each customer."""

    ORDERED = "ordered"
    ORDER_DAYS = "order_days"
    AMOUNT = "amount"


class Verdict(StrEnum):
    """What may be said. `unclear`: the interval holds 0, so it cannot be told from nothing."""

    MORE = "more"
    LESS = "less"
    UNCLEAR = "unclear"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Effect:
    """One measure, treated minus control; amounts in minor units of one currency. No difference: too few to tell."""

    measure: Measure
    currency: str | None
    treated: int
    control: int
    difference: Difference | None

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        if self.difference is None:
            return Verdict.TOO_FEW
        if not self.difference.tells_something:
            return Verdict.UNCLEAR
        return Verdict.MORE if self.difference.low > 0 else Verdict.LESS


@dataclass(frozen=True, slots=True)
class Row:
    """The effect of a source, or of one group within it.

    Attributes:
        treated: Episodes open to a visit, or visits made.
        control: Episodes held out, or visits planned and not made.
        treated_not_kept: Episodes open to a visit that got none; None for an observation.
        control_not_kept: Episodes held out that were released or visited for it all the same; None likewise.
        running: Episodes or visits whose horizon has not passed yet, in neither group.
    """

    design: Design
    source: Source
    group: str | None
    treated: int
    control: int
    treated_not_kept: int | None
    control_not_kept: int | None
    running: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Cases:
    """Episodes or visits of one design, with what was bought; `group` is a place in `labels`."""

    design: Design
    who: Ints
    source: Ints
    group: Ints
    treated: Bools
    kept: Bools
    stratum: Ints
    over: Bools
    bought: Outcomes

    def some(self, at: Ints | Bools) -> _Cases:
        return _Cases(
            self.design, self.who[at], self.source[at], self.group[at], self.treated[at], self.kept[at],
            self.stratum[at], self.over[at], self.bought.part(at),
        )  # fmt: skip


def of_trials(trials: Trials, bought: Outcomes, customers: Customers, by: By, over: Bools) -> list[Row]:
    """Return the rows of the experiment; `over` says whose horizon has passed."""
    group = {By.KIND: trials.kind, By.REP: customers.owner[trials.who], By.TIER: customers.tier[trials.who]}
    nothing = np.zeros(len(trials.who), dtype=np.int64)
    cases = _Cases(
        Design.EXPERIMENT, trials.who, nothing + SOURCES.index(Source.ANOMALY), group.get(by, nothing),
        trials.treated, trials.kept, trials.share_bp, over, bought,
    )  # fmt: skip
    return list(_rows(cases, customers, by))


def of_plans(plans: Plans, bought: Outcomes, customers: Customers, by: By, over: Bools) -> list[Row]:
    """Return the rows of the observation, each source by itself."""
    month = (plans.day - date(1970, 1, 1).toordinal()).astype("M8[D]").astype("M8[M]").astype(np.int64)
    tier = customers.tier[plans.who]
    group = {By.KIND: plans.kind, By.REP: plans.rep, By.TIER: tier}
    cases = _Cases(
        Design.OBSERVATION, plans.who, plans.source, group.get(by, np.zeros(len(plans.who), dtype=np.int64)),
        plans.made, plans.made, month * 1000 + tier, over, bought,
    )  # fmt: skip
    return list(_rows(cases, customers, by))


def _rows(cases: _Cases, customers: Customers, by: By) -> Iterator[Row]:
    labels = {By.KIND: tuple(map(str, KINDS)), By.REP: customers.reps, By.TIER: customers.tiers}.get(by)
    if by is By.KIND:
        cases = cases.some(cases.group >= 0)
    key = cases.source * (1 << 32) + cases.group
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-(1 << 40)))
    for at in np.split(order, starts[1:]) if len(order) else ():
        here = cases.some(at)
        place = int(here.group[0])
        yield _row(here, None if labels is None else labels[place] if place >= 0 else "none", customers)


def _row(cases: _Cases, group: str | None, customers: Customers) -> Row:
    done = cases.some(cases.over)
    by_lot = cases.design is Design.EXPERIMENT
    return Row(
        design=cases.design,
        source=SOURCES[int(cases.source[0])],
        group=group,
        treated=int(done.treated.sum()),
        control=int((~done.treated).sum()),
        treated_not_kept=int((done.treated & ~done.kept).sum()) if by_lot else None,
        control_not_kept=int((~done.treated & ~done.kept).sum()) if by_lot else None,
        running=int((~cases.over).sum()),
        effects=tuple(_effects(_comparable(done), customers)),
    )


def _comparable(cases: _Cases) -> _Cases:
    """Those in strata that have both groups, the strata numbered from 0."""
    _, stratum = np.unique(cases.stratum, return_inverse=True)
    both = (np.bincount(stratum[cases.treated], minlength=stratum.max(initial=-1) + 1) > 0) & (
        np.bincount(stratum[~cases.treated], minlength=stratum.max(initial=-1) + 1) > 0
    )
    return cases.some(both[stratum])


def _effects(cases: _Cases, customers: Customers) -> Iterator[Effect]:
    after, before = cases.bought.after, cases.bought.before
    yield _effect(Measure.ORDERED, None, cases, _yes(after.days), _yes(before.days))
    yield _effect(Measure.ORDER_DAYS, None, cases, after.days, before.days)
    currency = customers.currency[cases.who]
    for place in np.unique(currency):
        some = _comparable(cases.some(currency == place))
        told = customers.currencies[place]
        yield _effect(Measure.AMOUNT, told, some, some.bought.after.amount, some.bought.before.amount)


def _yes(days: Floats) -> Floats:
    return (days > 0).astype(np.float64)


def _effect(measure: Measure, currency: str | None, cases: _Cases, after: Floats, before: Floats) -> Effect:
    treated = cases.treated
    counted = min(len(np.unique(cases.who[group])) for group in (treated, ~treated))
    found = _apart(measure, cases, after, before) if counted >= MINIMUM else None
    return Effect(measure, currency, int(treated.sum()), int((~treated).sum()), found)


def _apart(measure: Measure, cases: _Cases, after: Floats, before: Floats) -> Difference | None:
    _, stratum = np.unique(cases.stratum, return_inverse=True)
    try:
        if cases.design is Design.OBSERVATION:
            return observed_apart(after, before, cases.treated, stratum, cases.who)
        if measure is Measure.ORDERED:
            return shares_apart(after > 0, cases.treated, stratum)
        return means_apart(after, before, cases.treated, stratum)
    except ValueError:  # many strata, each with hardly anybody
        return None
