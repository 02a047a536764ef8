"""What is asked of the effect of visits, and the sentence that answers it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fieldsales.comparisons.rules import MINIMUM, By, Design, Effect, Measure, Row, Verdict
from fieldsales.errors import Invalid
from fieldsales.holdout.rules import Holdout, Lot, Opening, draw
from fieldsales.intervals.rules import CONFIDENCE
from fieldsales.money import Money
from fieldsales.planning.models import Source

HORIZON = 28
PERIOD = timedelta(days=365)
"""What is looked at where nothing else is asked for."""

LONGEST = timedelta(days=3 * 366)
HORIZONS = (7, 180)


class BadPeriod(Invalid):
    """The period or the horizon cannot be measured. Give a first day before the last, at most three years apart."""

    code = "uplift.bad_period"
    title = "Nothing can be measured so"


@dataclass(frozen=True, slots=True)
class Question:
    """Which effects to tell: of visits and episodes in `[since, until)`, over `horizon` days, by what."""

    since: date
    until: date
    horizon: int = HORIZON
    by: By = By.SOURCE

    def __post_init__(self) -> None:
        if not self.since < self.until <= self.since + LONGEST:
            raise BadPeriod(
                f"{self.since} to {self.until - timedelta(days=1)} cannot be measured.",
                mend="Give a first day before the last, at most three years apart.",
            )
        if not HORIZONS[0] <= self.horizon <= HORIZONS[1]:
            raise BadPeriod(
                f"A horizon of {self.horizon} days cannot be measured.",
                mend=f"Give {HORIZONS[0]} to {HORIZONS[1]} days.",
            )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for: first and last day, horizon in days, and what the rows are."""

    since: date | None = None
    until: date | None = None
    horizon: int = HORIZON
    by: By = By.SOURCE

    def question(self, today: date) -> Question:
        """Return the whole question; without days it is of the year up to yesterday. Raises `BadPeriod`."""
        end = min(self.until + timedelta(days=1), today) if self.until else today
        return Question(self.since or end - PERIOD, end, self.horizon, self.by)


@dataclass(frozen=True, slots=True)
class Told:
    """A row with its sentence."""

    row: Row
    sentence: str


@dataclass(frozen=True, slots=True)
class Uplift:
    """The answer to a question as of the morning of a day: experiments first, then observations.

    `by_chance` of the effects would leave out 0 by chance alone, if visits achieved nothing at all.
    """

    question: Question
    as_of: date
    rows: tuple[Told, ...]
    by_chance: float

    @property
    def last_day(self) -> date:
        """The last day looked at."""
        return self.question.until - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a holdout would have done to the episodes of a period.

    Attributes:
        since: The first day of the period.
        episodes: Customers whose buying changed, each once for as long as a hold lasts.
        key_accounts: Of these, how many take no part because they are key accounts,
        too_much: or because too much is at risk.
        held_out: How many would have been held out.
        at_risk_minor: The money at risk a month of those, by currency.
        a_year: How many take part in a year, at that pace.
    """

    since: date
    episodes: int
    key_accounts: int
    too_much: int
    held_out: int
    at_risk_minor: Mapping[str, int]
    a_year: int


def foresee(holdout: Holdout, openings: Sequence[tuple[Opening, date]], since: date, until: date) -> Foreseen:
    """Tell what a holdout would have done to openings in `[since, until)`, given in the order of their days."""
    last: dict[uuid.UUID, date] = {}
    episodes: list[tuple[Opening, Lot]] = []
    for opening, day in openings:
        if (day - last.get(opening.customer_id, date.min)).days >= holdout.days:
            last[opening.customer_id] = day
            episodes.append((opening, draw(holdout, opening, day)))
    held = [opening for opening, lot in episodes if lot.held_out]
    part = sum(lot.share_bp is not None for _, lot in episodes)
    key_accounts = sum(opening.key_account for opening, _ in episodes)
    at_risk = Counter[str]()
    for opening in held:
        at_risk[opening.currency] += opening.at_risk_minor
    return Foreseen(
        since=since,
        episodes=len(episodes),
        key_accounts=key_accounts,
        too_much=len(episodes) - key_accounts - part if holdout.share_bp else 0,
        held_out=len(held),
        at_risk_minor=dict(at_risk),
        a_year=round(part * 365 / (until - since).days),
    )


def answer(question: Question, as_of: date, rows: Sequence[Row]) -> Uplift:
    """Return the answer that rows give."""
    many = sum(effect.difference is not None for row in rows for effect in row.effects)
    told = tuple(Told(row, sentence(row, question.horizon)) for row in rows)
    return Uplift(question, as_of, told, round((1 - CONFIDENCE) * many, 2))


def sentence(row: Row, horizon: int) -> str:
    """Return what a row says about who ordered, in words that promise no more than it holds."""
    ordered = row.effects[0]
    if ordered.difference is None:
        told = f"{_groups(row)}: too few to tell, {MINIMUM} customers of each that can be compared are needed"
        return f"{told}; {row.running} still running." if row.running else f"{told}."
    if row.design is Design.EXPERIMENT:
        lead = (
            f"Of {ordered.treated:,} customers open to a visit {_share(ordered.difference.treated)} ordered within "
            f"{horizon} days, of {ordered.control:,} held out {_share(ordered.difference.control)}"
        )
        return f"{lead}: {_apart(ordered)}, {_by_lot(ordered.verdict)}.{_not_kept(row)}"
    lead = (
        f"After {ordered.treated:,} visits made {_share(ordered.difference.treated)} ordered within {horizon} days, "
        f"after {ordered.control:,} planned and not made {_share(ordered.difference.control)}"
    )
    return f"{lead}: {_apart(ordered)}, {_observed(ordered.verdict)}. An observation, not an experiment."


def told(effect: Effect) -> str:
    """Return an effect with its interval, as a cell of a table."""
    if effect.difference is None:
        return "too few to tell"
    apart = effect.difference
    cell = f"{_value(effect, apart.estimate)} ({_value(effect, apart.low)} to {_value(effect, apart.high)})"
    return cell if effect.currency is None else f"{cell} {effect.currency}"


def _groups(row: Row) -> str:
    if row.design is Design.EXPERIMENT:
        return f"{row.treated:,} open to a visit and {row.control:,} held out"
    return f"{row.treated:,} visits made and {row.control:,} planned and not made"


def _not_kept(row: Row) -> str:
    """How far the lots were not kept to: the effect told is smaller by as much."""
    if not row.treated_not_kept and not row.control_not_kept:
        return ""
    released = f"{row.control_not_kept:,} of the others were released or visited for it"
    return f" {row.treated_not_kept:,} of the first got no visit, {released}."


def _apart(effect: Effect) -> str:
    if effect.difference is None:
        return "too few to tell"
    low, high = (_value(effect, each) for each in (effect.difference.low, effect.difference.high))
    return f"{_value(effect, effect.difference.estimate)} points (95 % interval {low} to {high})"


def _by_lot(verdict: Verdict) -> str:
    return {
        Verdict.MORE: "so visits helped",
        Verdict.LESS: "so visits did harm",
        Verdict.UNCLEAR: "which cannot be told from nothing",
    }[verdict]


def _observed(verdict: Verdict) -> str:
    return {
        Verdict.MORE: "more where visits were made",
        Verdict.LESS: "less where visits were made",
        Verdict.UNCLEAR: "which cannot be told from nothing",
    }[verdict]


def _value(effect: Effect, value: float) -> str:
    if effect.measure is Measure.ORDERED:
        return f"{100 * value:+.1f}"
    if effect.currency is None:
        return f"{value:+.2f}"
    sign = "+" if round(value) >= 0 else ""
    return f"{sign}{Money(round(value), effect.currency)}".removesuffix(f" {effect.currency}")


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"


SOURCE_WORDS = {
    Source.TIER: "tier",
    Source.KEY_ACCOUNT: "key account",
    Source.ANOMALY: "anomaly",
    Source.MANUAL: "manual",
}
