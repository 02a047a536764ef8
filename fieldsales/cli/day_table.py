"""A rep's day as a table on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fieldsales.clock import zone
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop
from fieldsales.planning.queries import RepDay

WIDE = 110
"""From how many characters on the table also tells the length of a visit and when it ends."""

_MARKS = {PlanStatus.DONE: " [green]✓[/green]", PlanStatus.SKIPPED: " [yellow]skipped[/yellow]"}

MOST_LEFT_OUT = 12
"""How many visits without room are told one by one."""


def print_day(console: Console, day: RepDay) -> None:
    """Print who is visited when and why, what there was no room for, and what the day adds up to."""
    console.print(f"\n[bold]{escape(day.rep.name)}[/bold], {day.day:%A} {day.day.day} {day.day:%B %Y} ({day.zone})")
    if not (day.route or day.unrouted or day.left_out or day.skipped):
        console.print("  Nothing is planned.")
        return
    if day.route:
        console.print(_route_table(day.route, day.zone, wide=console.width >= WIDE))
        console.print(f"  {_total(day.route, day.zone)}", soft_wrap=True)
        if day.route.warning:
            console.print(f"  [yellow]{escape(day.route.warning)}[/yellow]", soft_wrap=True)
    _print_unrouted(console, day)
    _print_left_out(console, day.left_out)
    for visit in day.skipped:
        told = escape(visit.skip_reason or str(visit.skip_code).replace("_", " "))
        console.print(f"  Skipped: {escape(visit.customer.name)}: {told}", soft_wrap=True)


def _route_table(route: Route, zone_name: str, *, wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    table.add_column("#", justify="right")
    table.add_column("customer", max_width=28 if wide else 20, no_wrap=True, overflow="ellipsis")
    table.add_column("why", ratio=1, overflow="fold")
    for name in ("arrive", "wait", "visit", "leave", "km") if wide else ("arrive", "wait", "km"):
        table.add_column(name, justify="right", no_wrap=True)
    rows = [_stop(stop, zone_name, wide) for stop in route.stops]
    if route.lunch_at:
        reached = sum(stop.arrival_at <= route.lunch_at for stop in route.stops)
        rows.insert(reached, _lunch(route, route.lunch_at, zone_name, wide))
    for row in rows:
        table.add_row(*row)
    table.add_row(*_home(route, zone_name, wide))
    return table


def _lunch(route: Route, at: datetime, zone_name: str, wide: bool) -> Iterator[str]:
    """Lunch at a door comes below the stop that the rep has reached by then, so the times increase down the table."""
    visit = next((stop for stop in route.stops if stop.arrival_at <= at <= _begins_at(stop)), None)
    name, before = ("lunch at the door", f"before visit {visit.position}") if visit else ("lunch", "")
    length = f"{route.lunch_minutes} min"
    why = before if wide else ", ".join(filter(None, (length, before)))
    yield from ("", f"[dim]{name}[/dim]", f"[dim]{why}[/dim]" if before else why, _clock(at, zone_name), "")
    if wide:
        yield from (length, "")


def _begins_at(stop: RouteStop) -> datetime:
    return stop.departure_at - timedelta(seconds=stop.service_s)


def _home(route: Route, zone_name: str, wide: bool) -> Iterator[str]:
    yield from ("", "[dim]home[/dim]", "", _clock(route.ends_at, zone_name), "")
    yield from ("", "") if wide else ()
    yield _km(route.home_distance_m)


def _stop(stop: RouteStop, zone_name: str, wide: bool) -> Iterator[str]:
    visit = stop.planned_visit
    done = _MARKS.get(visit.status, "")
    yield from (str(stop.position), escape(visit.customer.name) + done, escape(visit.reason))
    yield _clock(stop.arrival_at, zone_name)
    yield f"{stop.wait_s // 60} min" if stop.wait_s >= 60 else ""
    if wide:
        yield from (f"{stop.service_s // 60} min", _clock(stop.departure_at, zone_name))
    yield _km(stop.distance_m)


def _total(route: Route, zone_name: str) -> str:
    span = f"{_clock(route.starts_at, zone_name)}–{_clock(route.ends_at, zone_name)}"
    return (
        f"[bold]{_visits(len(route.stops))}, {_km(route.distance_m)} km[/bold], {span}: "
        f"{_hours(route.travel_s)} driving, {_hours(route.service_s)} in shops, {_hours(route.wait_s)} waiting"
    )


def _print_unrouted(console: Console, day: RepDay) -> None:
    if day.unrouted:
        console.print("  [bold]Without a place on the route[/bold]")
        for visit in day.unrouted:
            console.print(f"    {escape(visit.customer.name)}: {escape(visit.reason)}", soft_wrap=True)


def _print_left_out(console: Console, left_out: tuple[PlannedVisit, ...]) -> None:
    if not left_out:
        return
    console.print(f"  [bold]Left out: {len(left_out)}[/bold]")
    for visit in left_out[:MOST_LEFT_OUT]:
        told = escape(visit.left_out_reason or "")
        console.print(f"    {escape(visit.customer.name)} [dim]({escape(visit.reason)})[/dim]: {told}", soft_wrap=True)
    rest = Counter(visit.left_out_code for visit in left_out[MOST_LEFT_OUT:])
    if rest:
        told = ", ".join(f"{many} {str(code).replace('_', ' ')}" for code, many in rest.most_common())
        console.print(f"    and {rest.total()} more: {told}")


def _visits(many: int) -> str:
    return "1 visit" if many == 1 else f"{many} visits"


def _clock(moment: datetime, zone_name: str) -> str:
    return f"{moment.astimezone(zone(zone_name)):%H:%M}"


def _km(metres: int) -> str:
    return f"{metres / 1000:.1f}"


def _hours(seconds: int) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
