"""What would become of the tiers, as tables."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Column, Table

from fieldsales.rulebook.rules import Preview

MOST_MOVES = 20
"""How many moves are printed unless all are asked for."""


def print_preview(console: Console, preview: Preview, *, every: bool = False) -> None:
    """Print how many customers each tier would have, what each rep's week would be, and who would move and why."""
    console.print(
        f"[bold]{len(preview.moves)} of {preview.customers} customers would move[/bold], by the orders before "
        f"{preview.day}.{_anyway(preview)}",
        soft_wrap=True,
    )
    counts = Table("tier", *_right("now", "then", "±"), box=None)
    for tier in preview.counts:
        if tier.before or tier.after:
            counts.add_row(tier.tier or "none", str(tier.before), str(tier.after), f"{tier.after - tier.before:+d}")
    console.print(counts)
    flows = Counter((move.before or "none", move.after) for move in preview.moves)
    if flows:
        told = ", ".join(f"{before} → {after} {many}" for (before, after), many in sorted(flows.items()))
        console.print(f"Moves: {told}.", soft_wrap=True)
    reps = Table("rep", *_right("customers", "visits a week", "then", "hours in shops", "then"), box=None)
    for rep in preview.reps:
        visits = (f"{rep.visits_before:.1f}", f"{rep.visits_after:.1f}")
        reps.add_row(
            rep.name, str(rep.customers), *visits, f"{rep.minutes_before / 60:.1f}", f"{rep.minutes_after / 60:.1f}"
        )
    console.print(reps)
    moves = preview.moves if every else preview.moves[:MOST_MOVES]
    for move in moves:
        console.print(f"{move.before or 'none'} → {move.name}: {move.reason}", soft_wrap=True, markup=False)
    if len(moves) < len(preview.moves):
        console.print(f"… and {len(preview.moves) - len(moves)} more; --all prints them.")


def _anyway(preview: Preview) -> str:
    anyway = sum(move.anyway for move in preview.moves)
    if anyway == len(preview.moves):
        return ""
    return f" {anyway or 'None'} of these moves would come anyway, under the policies as they are."


def _right(*names: str) -> list[Column]:
    return [Column(name, justify="right") for name in names]
