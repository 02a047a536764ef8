"""What an operator sees of an import: what is about to happen, how far it is, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from fieldsales.imports.service import Prepared
from fieldsales.imports.tally.rules import Reason, Tally

_STEPS = 4
"""Lines that tell the progress where there is no terminal to draw a bar on."""


class Report:
    """Prints one import on a console."""

    def __init__(self, console: Console, prepared: Prepared, *, dry_run: bool) -> None:
        self._console = console
        self._prepared = prepared
        self._dry_run = dry_run
        self._started = time.monotonic()

    def intent(self, *, imported_at: datetime | None) -> None:
        """Say how the file is read and which column fills which field."""
        file, writing = self._prepared.file, self._prepared.writing
        delimiter = {"\t": "tab"}.get(file.delimiter or "", file.delimiter)
        how = f"sheet “{file.sheet}”" if file.sheet else f"{file.encoding}, delimiter {delimiter}"
        known = [f"decimal {writing.mark}"] if writing.mark else []
        known += [f"dates {writing.order}"] if writing.order else []
        self._say(f"[bold]{escape(file.path.name)}[/bold]: {self._prepared.holds} ({', '.join([escape(how), *known])})")
        if file.mended:
            self._say("It is a rejects file: line and reason are left aside.")
        if len(file.sheets) > 1:
            self._say(f"Other sheets are left aside: {escape(', '.join(set(file.sheets) - {file.sheet or ''}))}.")
        if imported_at:
            self._say(f"A file with the same bytes was imported on {imported_at:%Y-%m-%d %H:%M} UTC.")
        table = Table("field", "column", "why", box=None, pad_edge=False)
        for match in self._prepared.matches:
            table.add_row(match.field, escape(match.column), match.why)
        self._console.print(table)
        unused = set(filter(None, file.columns)) - {match.column for match in self._prepared.matches}
        if unused:
            self._say(f"Not imported: {escape(', '.join(name for name in file.columns if name in unused))}.")

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, Tally], None]]:
        """Show how far the reading has come: a bar on a terminal, a few plain lines elsewhere."""
        size = max(self._prepared.file.size, 1)
        if not self._console.is_terminal:
            yield self._plain_progress(size)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
        with Progress(
            *columns, TextColumn("{task.fields[rows]:>9,} rows"), TimeRemainingColumn(), console=self._console
        ) as bar:
            task = bar.add_task("Trying" if self._dry_run else "Importing", total=size, rows=0)
            yield lambda position, tally: bar.update(task, completed=position, rows=tally.read)
            bar.update(task, completed=size)

    def _plain_progress(self, size: int) -> Callable[[int, Tally], None]:
        told = 0

        def tell(position: int, tally: Tally) -> None:
            nonlocal told
            step = position * _STEPS // size
            if step > told:
                told = step
                self._say(f"{100 * step // _STEPS} %: {tally.read:,} rows")

        return tell

    def outcome(self, tally: Tally, rejects: Path) -> None:
        """Say what became of the rows, and where the rejected ones are."""
        seconds = time.monotonic() - self._started
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column()
        table.add_column(justify="right")
        table.add_column()
        table.add_row("rows read", f"{tally.read:,}")
        for name in ("new", "changed", "unchanged"):
            table.add_row(f"{tally.things} {name}", f"{getattr(tally, name):,}")
        if tally.lines:
            table.add_row("order lines", f"{tally.lines:,}")
        table.add_row("rows rejected", f"{tally.rejects:,}")
        _add_reasons(table, tally.rejected)
        table.add_row("rows flagged", f"{sum(reason.count for reason in tally.flagged.values()):,}")
        _add_reasons(table, tally.flagged)
        table.add_row("seconds", f"{seconds:,.1f}", f"{tally.read / max(seconds, 1e-9):,.0f} rows a second")
        self._console.print(table)
        if tally.rejects:
            self._say(
                f"Rejected rows, with line and reason: {escape(str(rejects))}. Mend them there and import that file."
            )
        self._say(self._verdict(tally))

    def _verdict(self, tally: Tally) -> str:
        if tally.read and tally.rejects == tally.read:
            unknown = {"customer.unknown", "product.unknown"} & tally.rejected.keys()
            return "Every row was rejected." + (" Import customers and products first." if unknown else "")
        if self._dry_run:
            return "A dry run: nothing was kept, and no mapping was saved."
        if tally.changes_nothing:
            return "Nothing changed: all that could be imported was there already."
        return f"Done: {tally.new:,} {tally.things} added, {tally.changed:,} changed."

    def _say(self, text: str) -> None:
        self._console.print(text, soft_wrap=True)


def _add_reasons(table: Table, reasons: dict[str, Reason]) -> None:
    for code, reason in sorted(reasons.items(), key=lambda item: -item[1].count):
        lines = ", ".join(map(str, reason.lines)) + (", …" if reason.count > len(reason.lines) else "")
        table.add_row(f"  {code}", f"{reason.count:,}", f"line {lines}")
