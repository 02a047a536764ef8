"""A rep's day as it is printed: where lunch stands among the stops."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time

import pytest
from rich.console import Console

from fieldsales.cli.day_table import print_day
from fieldsales.customers.models import Customer
from fieldsales.people.models import User
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop
from fieldsales.planning.queries import RepDay


def at(clock: str) -> datetime:
    return datetime.combine(date(2026, 3, 3), time.fromisoformat(clock), UTC)


def stop(position: int, name: str, arrives: str, leaves: str) -> RouteStop:
    """A visit of half an hour."""
    visit = PlannedVisit(reason="weekly", status=PlanStatus.PLANNED, customer=Customer(name=name))
    facts = {"arrival_at": at(arrives), "departure_at": at(leaves), "wait_s": 0, "service_s": 1800, "distance_m": 1000}
    return RouteStop(position=position, planned_visit=visit, **facts)


def lines(lunch: str | None, *stops: RouteStop, width: int = 140, skipped: tuple[PlannedVisit, ...] = ()) -> list[str]:
    """The rows of a day with these stops, header and title left out."""
    times = {"starts_at": at("09:00"), "ends_at": at("15:00"), "lunch_at": at(lunch) if lunch else None}
    sums = {"travel_s": 0, "wait_s": 0, "service_s": 0, "distance_m": 0, "home_travel_s": 0, "home_distance_m": 0}
    route = Route(stops=list(stops), lunch_minutes=45, **times, **sums)
    told = io.StringIO()
    facts = {"day": date(2026, 3, 3), "zone": "UTC", "route": route, "unrouted": (), "left_out": ()}
    day = RepDay(rep=User(name="Anna"), skipped=skipped, **facts)
    print_day(Console(file=told, width=width, highlight=False), day)
    return [line.strip() for line in told.getvalue().splitlines()[3:-1]]


@pytest.mark.parametrize("width", [80, 140])
def test_lunch_at_the_door_stands_below_the_stop_and_says_before_which_visit(width: int) -> None:
    """Ben reaches the bakery at 12:10, eats from 12:15, goes in at 13:00."""
    rows = lines("12:15", stop(1, "Arcade", "11:00", "11:30"), stop(2, "Bakery", "12:10", "13:30"), width=width)
    assert [row.split("  ")[0].removeprefix("1 ").removeprefix("2 ").strip() for row in rows] == [
        *("1", "2", "lunch at the door"),
        "home",
    ]
    assert "before visit 2" in rows[2]
    assert "12:15" in rows[2]
    assert "45 min" in rows[2]


def test_lunch_between_two_stops_is_simply_lunch() -> None:
    rows = lines("11:30", stop(1, "Arcade", "11:00", "11:30"), stop(2, "Bakery", "12:25", "12:55"))
    assert rows[1].split() == ["lunch", "11:30", "45", "min"]


def test_lunch_before_the_first_stop_and_after_the_last() -> None:
    arcade = ("Arcade", "11:00", "11:30")
    assert lines("10:00", stop(1, *arcade))[0].startswith("lunch ")
    assert lines("11:30", stop(1, *arcade))[1].startswith("lunch ")


def test_a_day_without_lunch_tells_none() -> None:
    assert not any("lunch" in row for row in lines(None, stop(1, "Arcade", "11:00", "11:30")))


def test_what_a_person_skipped_is_told_below_with_the_reason_and_marked_on_a_route_that_has_begun() -> None:
    kept, gone = stop(1, "Arcade", "11:00", "11:30"), stop(2, "Bakery", "12:25", "12:55").planned_visit
    kept.planned_visit.status = gone.status = PlanStatus.SKIPPED
    gone.skip_code = "customer_asked"
    rows = lines(None, kept, skipped=(gone, PlannedVisit(customer=Customer(name="Corner"), skip_reason="a wedding")))
    assert "Arcade skipped" in rows[0]
    assert "Skipped: Bakery: customer asked" in rows
