"""The only place that asks what time it is. Verbs and rules take `now` or `day` as a value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fieldsales.errors import Invalid

Clock = Callable[[], datetime]


class UnknownTimeZone(Invalid):
    """A time zone that the IANA database does not know."""

    code = "time_zone.unknown"
    title = "There is no such time zone"


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name, or raise `UnknownTimeZone`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise UnknownTimeZone(
            f"“{name}” is not a time zone.", mend="Use an IANA name such as Europe/Athens.", time_zone=name
        ) from unknown


def local_day(moment: datetime, zone_name: str) -> date:
    """Return the calendar day of an aware moment in a time zone."""
    return moment.astimezone(zone(zone_name)).date()


def at_second(day: date, second: int, zone_name: str) -> datetime:
    """Return the UTC moment `second` seconds by the wall clock after a day's local midnight."""
    wall = datetime.combine(day, time(), tzinfo=None) + timedelta(seconds=second)
    return wall.replace(tzinfo=zone(zone_name)).astimezone(UTC)


def second_of_day(at: time) -> int:
    """Return the seconds from midnight of a wall-clock time."""
    return at.hour * 3600 + at.minute * 60 + at.second
