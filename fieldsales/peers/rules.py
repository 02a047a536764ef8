"""A rep beside direct peers: who they are, where the rep stands among them, and how sure that is.

Quartiles are those of Hyndman and Fan, Sample Quantiles in Statistical Packages (The American Statistician, 1996),
type 7. The interval of a rank is a percentile bootstrap over weeks (Efron and Tibshirani, An Introduction to the
Bootstrap, 1993; ranks: Goldstein and Spiegelhalter, League Tables and Their Limitations, 1996): weeks are drawn
again, the same for all, and the reps are ranked anew.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

from fieldsales.registry.rules import Measure

FEWEST = 5
"""Fewer peers than that are no comparison."""
FEWEST_WEEKS = 4
LEAST_OVERLAP = 0.6
"""Two reps serve the same mix of segments where so large a share of their customers is alike."""
TENURES = ((180, "under six months"), (730, "six months to two years"))
SPREADS = ((5.0, "dense"), (25.0, "mixed"))
DRAWS = 400
Week = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Profile:
    """What makes reps comparable: shares of segments among the customers, kilometres between them, days of service."""

    rep_id: uuid.UUID
    currency: str
    mix: Mapping[str, float]
    spread_km: float | None
    days: int

    @property
    def territory_type(self) -> str:
        """How far apart the customers lie: dense (half of them within 5 km of the middle), mixed (25 km) or wide."""
        if self.spread_km is None:
            return "unknown"
        return next((name for bound, name in SPREADS if self.spread_km < bound), "wide")

    @property
    def tenure(self) -> str:
        """For how long the rep has been here."""
        return next((name for bound, name in TENURES if self.days < bound), "over two years")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rep stands: beside the median and the quartiles of peers; rank 1 is the most, of the rep and the peers.

    `low` and `high` hold the rank in nine of ten draws; None where there are too few weeks, or the measure is no sum.
    """

    value: float | None
    peers: int
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    rank: int | None = None
    low: int | None = None
    high: int | None = None


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the share of two mixes that is alike, from 0 to 1."""
    return sum(min(share, other.get(name, 0.0)) for name, share in one.items())


def differs(rep: Profile, other: Profile) -> str | None:
    """Return the first reason why two reps cannot be compared; None for direct peers."""
    if rep.currency != other.currency:
        return "currency"
    if overlap(rep.mix, other.mix) < LEAST_OVERLAP:
        return "segments"
    if rep.territory_type != other.territory_type:
        return "territory"
    return "tenure" if rep.tenure != other.tenure else None


def stand(value: float | None, peers: Sequence[float], weeks: Sequence[Sequence[Week]], measure: Measure) -> Standing:
    """Return where a value stands among those of peers; `weeks` are the sums of the rep, then of each peer, by week."""
    if len(peers) < FEWEST or value is None:
        return Standing(value, len(peers))
    lower, median, upper = quantiles(peers, n=4, method="inclusive")
    low, high = _interval(weeks, measure)
    return Standing(value, len(peers), median, lower, upper, _rank(value, peers), low, high)


def _rank(value: float, peers: Sequence[float]) -> int:
    return 1 + sum(each > value for each in peers)


def _interval(weeks: Sequence[Sequence[Week]], measure: Measure) -> tuple[int | None, int | None]:
    many = len(weeks[0]) if weeks else 0
    if many < FEWEST_WEEKS:
        return None, None
    dice, ranks = random.Random(7), []  # noqa: S311 -- the same answer each time
    for _ in range(DRAWS):
        drawn = dice.choices(range(many), k=many)
        values = [measure.value(_added(each, drawn)) for each in weeks]
        if values[0] is not None:
            ranks.append(_rank(values[0], [each for each in values[1:] if each is not None]))
    ranks.sort()
    return (ranks[len(ranks) // 20], ranks[-1 - len(ranks) // 20]) if ranks else (None, None)


def _added(weeks: Sequence[Week], drawn: Sequence[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in drawn:
        for name, value in weeks[at].items():
            found[name] = found.get(name, 0) + value
    return found


def sentence(standing: Standing) -> str:
    """Return what may be said of it, and no more."""
    if standing.peers < FEWEST:
        return f"too few to compare: {standing.peers} {'peer' if standing.peers == 1 else 'peers'}"
    if standing.value is None or standing.lower is None or standing.upper is None:
        return "nothing to compare"
    where = "in the middle half of the peers"
    if standing.value > standing.upper:
        where = "above three quarters of the peers"
    elif standing.value < standing.lower:
        where = "below three quarters of the peers"
    told = f"{where}, rank {standing.rank} of {standing.peers + 1}"
    if standing.low is None:
        return f"{told} (how sure that is cannot be told)"
    return f"{told} ({standing.low} to {standing.high} in nine of ten draws of weeks)"
