"""A day, or a team's, as one HTML page: a map and the list of visits beside it. It asks nothing of any server."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from pathlib import Path

from routing.export.drawing import draw
from routing.export.sheet import DaySheet, SheetBreak, SheetVisit

STYLE, SCRIPT = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


PAGE_POLICY = f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}"
"""What a page may do (Content Security Policy, level 2): apply its own style, run its own script, nothing else."""

KINDS = {"left_out": "Left out", "skipped": "Skipped", "unrouted": "Without a place on the route"}
"""What visits that are not made are called, in the order in which they are listed."""


def route_page(sheets: Sequence[DaySheet], title: str = "") -> str:
    """An HTML document of some days. Style, script and drawing are inside it; without the script it can be read too.

    Args:
        sheets: The days; each gets a colour of its own.
        title: Of the page; by default whose day it is.
    """
    named = title or ", ".join(filter(None, [sheets[0].rep, sheets[0].title] if len(sheets) == 1 else [])) or "Routes"
    days = "".join(_day(sheet, index, alone=len(sheets) == 1) for index, sheet in enumerate(sheets))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{PAGE_POLICY}">
<title>{escape(named)}</title>
<style>{STYLE}</style>
</head>
<body>
<header><h1>{escape(named)}</h1>{_warnings(sheets)}</header>
<main>
<section class="map" aria-label="Map">{draw(sheets)}
<div class="tools" hidden><button type="button" data-zoom="in" aria-label="Zoom in">+</button
><button type="button" data-zoom="out" aria-label="Zoom out">−</button
><button type="button" data-zoom="all" aria-label="Show all">⤢</button></div>
<div class="scale" hidden aria-hidden="true"><span></span></div>
<p class="how">{_lines_told(sheets)}</p></section>
<section class="list" aria-label="Visits">{days}</section>
</main>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _warnings(sheets: Sequence[DaySheet]) -> str:
    told = dict.fromkeys(warning for sheet in sheets for warning in sheet.warnings)
    return "".join(f'<p class="warning" role="note">{escape(warning)}</p>' for warning in told)


def _lines_told(sheets: Sequence[DaySheet]) -> str:
    if all(sheet.by_street for sheet in sheets if sheet.visits):
        return "Lines follow the streets."
    return "Lines are straight from door to door; the streets are for the navigation to find."


def _day(sheet: DaySheet, index: int, *, alone: bool) -> str:
    heading = (
        "" if alone else f'<h2><span class="dot c{index % 8}"></span>{escape(sheet.rep or f"Route {index + 1}")}</h2>'
    )
    return f"<article>{heading}{_totals(sheet)}{_stops(sheet, index)}{_asides(sheet, index)}</article>"


def _totals(sheet: DaySheet) -> str:
    if sheet.span is None or not sheet.visits:
        return "" if sheet.rep == "Nobody" else "<p>There is no route for this day.</p>"
    visits = "1 visit" if len(sheet.visits) == 1 else f"{len(sheet.visits)} visits"
    begins, ends = sheet.span
    far = f"{sheet.distance_m / 1000:.1f} km · " if sheet.distance_m or not sheet.travel_s else ""
    return (
        f'<p class="totals"><strong>{visits}</strong> · {begins:%H:%M}–{_clock(ends, begins)} · '
        f"{far}{_length(sheet.travel_s)} driving</p>"
    )


def _stops(sheet: DaySheet, index: int) -> str:
    if sheet.span is None or not sheet.visits:
        return ""
    begins, ends = sheet.span
    rows = [_row("start", "⌂", f"{begins:%H:%M}", "Leave" if sheet.start else "Begin")]
    for number in range(len(sheet.visits) + 1):
        rows += [_break(each, begins) for each in sheet.breaks if each.after_visits == number]
        if number < len(sheet.visits):
            rows.append(_visit(sheet.visits[number], f"r{index}-v{number + 1}", number + 1, index, begins))
    if sheet.end is not None:
        rows.append(_row("end", "⌂", _clock(ends, begins), "Back", how=_drive(sheet.home_s, sheet.home_m)))
    return f"<ol>{''.join(rows)}</ol>"


def _visit(visit: SheetVisit, mark: str, number: int, index: int, begins: datetime) -> str:
    wait_s = int((visit.begins - visit.arrives).total_seconds())
    wait = f", wait {_length(wait_s)}" if wait_s >= 60 else ""
    note = f'<span class="note">{escape(visit.note)}</span>' if visit.note else ""
    done = '<span class="note">Done ✓</span>' if visit.done else ""
    return _row(
        f"visit c{index % 8}",
        str(number),
        f"{_clock(visit.arrives, begins)}–{_clock(visit.leaves, begins)}",
        escape(visit.name),
        how=f"{_drive(visit.travel_s, visit.distance_m)}{wait}",
        more=f"{note}{done}",
        mark=mark,
    )


def _break(pause: SheetBreak, begins: datetime) -> str:
    minutes = _length(int((pause.ends - pause.begins).total_seconds()))
    return _row("break", "☕", f"{_clock(pause.begins, begins)}–{_clock(pause.ends, begins)}", "Break", how=minutes)


def _row(kind: str, sign: str, clock: str, what: str, *, how: str = "", more: str = "", mark: str = "") -> str:
    named = f' id="{mark}" tabindex="-1"' if mark else ""
    told = f'<span class="how">{how}</span>' if how else ""
    return (
        f'<li class="{kind}"{named}><span class="sign" aria-hidden="true">{sign}</span>'
        f'<span class="clock">{clock}</span><span class="what">{what}</span>{told}{more}</li>'
    )


def _asides(sheet: DaySheet, index: int) -> str:
    told = ""
    numbered = list(enumerate(sheet.aside, start=1))
    for kind, name in KINDS.items():
        rows = "".join(
            f'<li class="aside" id="r{index}-a{number}" tabindex="-1"><span class="sign" aria-hidden="true">×</span>'
            f'<span class="what">{escape(each.name)}</span><span class="note">{escape(each.reason)}</span></li>'
            for number, each in numbered
            if each.kind == kind
        )
        if rows:
            told += f"<h3>{name} ({sum(each.kind == kind for each in sheet.aside)})</h3><ul>{rows}</ul>"
    return told


def _clock(moment: datetime, begins: datetime) -> str:
    return f"{moment:%H:%M}" + ("" if moment.date() == begins.date() else " next day")


def _drive(seconds: int, metres: int) -> str:
    """How long and how far; where metres are not known, only how long."""
    if seconds and not metres:
        return f"{_length(seconds)} drive"
    far = f"{metres / 1000:.1f} km" if metres >= 950 else f"{round(metres, -1)} m"
    return f"{_length(seconds)} drive, {far}"


def _length(seconds: int) -> str:
    minutes = max(1, round(seconds / 60)) if seconds else 0
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
