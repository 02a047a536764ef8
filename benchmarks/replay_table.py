"""The replayed quarters as a table on the terminal, and as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Row = Mapping[str, float | str]
COLUMNS = (
    ("visits", "visits", "{:.0f}"),
    ("coverage", "coverage", "{:.1%}"),
    ("adherence", "adherence", "{:.1%}"),
    ("spacing", "spacing, days", "{:.2f}"),
    ("spacing_share", "of period", "{:.1%}"),
    ("own_day", "own weekday", "{:.0%}"),
    ("driving", "min a visit", "{:.1f}"),
    ("unevenness", "unevenness", "{:.1%}"),
    ("raised", "raised", "{:.0f}"),
    ("confirmed", "confirmed", "{:.0f}"),
)


def print_table(rows: Sequence[Row]) -> None:
    """Print a line for each quarter, as a table in Markdown."""
    print("| quarter | " + " | ".join(title for _, title, _ in COLUMNS) + " |")
    print("|---|" + "---|" * len(COLUMNS))
    for row in rows:
        print(f"| {row['quarter']} | " + " | ".join(form.format(row[name]) for name, _, form in COLUMNS) + " |")


def plot(rows: Sequence[Row], path: Path) -> None:
    """Draw the quarters: shares above, minutes and days in the middle, anomalies below."""
    import matplotlib as mpl  # noqa: PLC0415 -- only where somebody wants a picture

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    names = [str(row["quarter"]) for row in rows]
    figure, (shares, sizes, flags) = plt.subplots(3, 1, figsize=(9, 9), sharex=True)
    for name in ("coverage", "adherence", "own_day", "unevenness"):
        shares.plot(names, [float(row[name]) for row in rows], marker="o", label=name.replace("_", " "))
    shares.set_ylim(0, 1.02)
    sizes.plot(names, [float(row["driving"]) for row in rows], marker="o", label="driving a visit, minutes")
    sizes.plot(names, [float(row["spacing"]) for row in rows], marker="o", label="spacing error, days")
    sizes.set_ylim(bottom=0)
    flags.bar(names, [float(row["raised"]) for row in rows], color="lightgrey", label="raised")
    flags.bar(names, [float(row["confirmed"]) for row in rows], color="firebrick", label="confirmed")
    for each in (shares, sizes, flags):
        each.legend(loc="best", fontsize=8)
        each.grid(alpha=0.3)
    figure.suptitle("Replayed week by week")
    figure.tight_layout()
    figure.savefig(path)
