"""Gap tables."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median


@dataclass(frozen=True, slots=True)
class Score:
    """One solution. ``value`` is its prize, or minus its driving where all must be visited; ``best`` the best known."""

    instance: str
    family: str
    solver: str
    seconds: float
    took_s: float
    missing: int
    value: float
    best: float | None
    is_proven: bool


Gaps = dict[tuple[str, str, float], list[tuple[Score, float]]]
"""By family, solver and budget, the scores and their gaps in percent."""


def gaps(scores: Sequence[Score]) -> Gaps:
    """How far each complete solution is from the best known of its instance, or else from the best of this run."""
    seen: dict[str, float] = {}
    for score in scores:
        if not score.missing:
            seen[score.instance] = max(score.value, seen.get(score.instance, -float("inf")))
    table: Gaps = defaultdict(list)
    for score in scores:
        best = score.best if score.best is not None else seen.get(score.instance, score.value)
        gap = 100 * (best - score.value) / max(1e-9, abs(best))
        table[score.family, score.solver, score.seconds].append((score, gap))
    return table


def print_tables(scores: Sequence[Score]) -> None:
    """One line for each family, solver and budget."""
    names = ("runs", "mean gap", "worst", "as best", "incomplete", "proven", "seconds")
    print(f"{'family':16}{'solver':8}{'budget':>8}", *(f"{name:>10}" for name in names))
    for (family, solver, seconds), pairs in sorted(gaps(scores).items()):
        whole = [gap for score, gap in pairs if not score.missing] or [float("nan")]
        cells = (
            len(pairs),
            f"{fmean(whole):.3f} %",
            f"{max(whole):.2f} %",
            f"{sum(gap <= 1e-3 for gap in whole)}/{len(pairs)}",
            sum(score.missing > 0 for score, _ in pairs),
            sum(score.is_proven for score, _ in pairs),
            f"{median(score.took_s for score, _ in pairs):.2f}",
        )
        print(f"{family:16}{solver:8}{seconds:>6g} s", *(f"{cell:>10}" for cell in cells))
