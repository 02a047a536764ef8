"""Gap against time, a panel for each family."""

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

from benchmarks.routes.tables import Score, gaps


def draw(scores: Sequence[Score], path: Path) -> None:
    """Draw the mean gaps of complete solutions over the median seconds taken, and write the picture to ``path``."""
    table = gaps(scores)
    names = sorted({family for family, _, _ in table})
    figure, panels = plt.subplots(1, len(names), figsize=(4 * len(names), 3.2), squeeze=False, layout="constrained")
    for panel, name in zip(panels[0], names, strict=True):
        for solver in sorted({solver for family, solver, _ in table if family == name}):
            points = [
                (median(score.took_s for score, _ in pairs), fmean([gap for score, gap in pairs if not score.missing]))
                for (family, by, _), pairs in sorted(table.items())
                if family == name and by == solver and any(not score.missing for score, _ in pairs)
            ]
            panel.plot(*zip(*sorted(points), strict=True), marker="o", label=solver) if points else None
        panel.set(title=name, xlabel="seconds", ylabel="mean gap, %", xscale="log")
        panel.grid(alpha=0.3)
        panel.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)
