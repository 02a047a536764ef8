"""Why a stop was left out: a stable code, its numbers, and the English sentence made of them.

All wording of the room stands here in one table, so that it can be translated: another language needs the
codes, the parameters and a table of its own.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from routing.compiled import NEVER_S, CompiledDay
from routing.polish import least_detour_s
from routing.route import DayRoute, LeftOut
from routing.schedule import earliest_end
from routing.travel.matrix import NO_WAY_S

DAY_S = 24 * 3600


class Reason(StrEnum):
    """Stable codes for leaving a stop out."""

    CLOSED = "closed"
    OPEN_TOO_BRIEFLY = "open_too_briefly"
    OPENS_TOO_LATE = "opens_too_late"
    CLOSES_TOO_EARLY = "closes_too_early"
    HOURS_MISS_SHIFT = "hours_miss_shift"
    NO_WAY = "no_way"
    TOO_FAR = "too_far"
    ARRIVES_TOO_LATE = "arrives_too_late"
    BACK_TOO_LATE = "back_too_late"
    LUNCH_IN_THE_WAY = "lunch_in_the_way"
    MANDATORY_CLASH = "mandatory_clash"
    NO_FITTING_TIME = "no_fitting_time"
    DAY_FULL = "day_full"
    OUTWEIGHED = "outweighed"


SENTENCES: Mapping[Reason, str] = {
    Reason.CLOSED: "Closed all day.",
    Reason.OPEN_TOO_BRIEFLY: "Open for {open_s} at a time at most; the visit takes {service_s}.",
    Reason.OPENS_TOO_LATE: "Opens {opens_at_s} and the visit takes {service_s}; the shift ends {shift_ends_at_s}.",
    Reason.CLOSES_TOO_EARLY: "Closes {closes_at_s}, the visit takes {service_s}; the shift starts {shift_starts_at_s}.",
    Reason.HOURS_MISS_SHIFT: "Open only outside the shift of {shift_starts_at_s} to {shift_ends_at_s}.",
    Reason.NO_WAY: "There is no way to drive there, or none to go on from there.",
    Reason.TOO_FAR: (
        "Too far: {there_s} to drive there, {service_s} in the shop and {back_s} to drive back; "
        "the shift is {shift_s} long."
    ),
    Reason.ARRIVES_TOO_LATE: (
        "Cannot be reached before {arrives_at_s}; the visit takes {service_s} and the shop closes {closes_at_s}."
    ),
    Reason.BACK_TOO_LATE: (
        "The visit cannot start before {starts_at_s}; with {service_s} in the shop and {back_s} to drive back "
        "the day would end {ends_at_s}, the shift ends {shift_ends_at_s}."
    ),
    Reason.LUNCH_IN_THE_WAY: "Fits the shift and its opening hours, but leaves no time for lunch.",
    Reason.MANDATORY_CLASH: (
        "Serving it would take {extra_s} more ({drive_s} driving, {service_s} in the shop); "
        "only {free_s} left beside the other visits that must be made."
    ),
    Reason.NO_FITTING_TIME: (
        "Serving it would take {extra_s} more ({drive_s} driving, {service_s} in the shop) and {free_s} are left "
        "of the day, but not while it is open; no visit worth less makes room for it."
    ),
    Reason.DAY_FULL: (
        "Serving it would take {extra_s} more ({drive_s} driving, {service_s} in the shop); "
        "only {free_s} left, and every kept visit is worth at least as much."
    ),
    Reason.OUTWEIGHED: (
        "Serving it would take {extra_s} more ({drive_s} driving, {service_s} in the shop); "
        "only {free_s} left, and giving up a visit worth less would not make enough room."
    ),
}

MUST = "Must be visited, but cannot be: {reason}"


def sentence(code: Reason, params: Mapping[str, int], *, mandatory: bool = False) -> str:
    """The English sentence of a code.

    Parameters by suffix: ``_at_s`` is a time of day, ``_s`` a duration (rounded up; ``free_s`` down, so that what is
    missing never looks as if it were there).
    """
    text = SENTENCES[code].format_map({name: _spoken(name, value) for name, value in params.items()})
    return MUST.format(reason=text[0].lower() + text[1:]) if mandatory else text


def _spoken(name: str, value: int) -> str:
    if name.endswith("_at_s"):
        return _clock(value)
    return _duration(value // 60 if name == "free_s" else -(-value // 60))


def _clock(at_s: int) -> str:
    days, rest = divmod(at_s, DAY_S)
    return f"{rest // 3600:02d}:{rest % 3600 // 60:02d}" + (" next day" if days else "")


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def explain(day: CompiledDay, order: Sequence[int], route: DayRoute) -> tuple[LeftOut, ...]:
    """A reason for every stop that is not on the route, in the problem's order."""
    return tuple(left_out_of(day, order, route, place) for place in range(1, day.end) if place not in order)


def left_out_of(day: CompiledDay, order: Sequence[int], route: DayRoute, place: int) -> LeftOut:
    stop = day.stop(place)
    code, params = _outside_the_shift(day, place) or _alone(day, place) or _beside(day, order, route, place)
    return LeftOut(stop.id, code, sentence(code, params, mandatory=stop.mandatory), params, stop.mandatory)


Finding = tuple[Reason, dict[str, int]]


def _outside_the_shift(day: CompiledDay, place: int) -> Finding | None:
    """Its hours alone rule it out, wherever it is."""
    stop, shift, spans = day.stop(place), day.shift, day.starts[place]
    service = {"service_s": stop.service_s}
    if not stop.windows:
        return Reason.CLOSED, {}
    if not spans:
        return Reason.OPEN_TOO_BRIEFLY, {**service, "open_s": max(window.length_s for window in stop.windows)}
    starts, ends = {"shift_starts_at_s": shift.opens_s}, {"shift_ends_at_s": shift.closes_s}
    opens_s, closes_s = spans[0][0], spans[-1][1] + stop.service_s
    if opens_s < shift.closes_s < opens_s + stop.service_s:
        return Reason.OPENS_TOO_LATE, {**service, "opens_at_s": opens_s, **ends}
    if closes_s - stop.service_s < shift.opens_s < closes_s:
        return Reason.CLOSES_TOO_EARLY, {**service, "closes_at_s": closes_s, **starts}
    if day.earliest_start(place, shift.opens_s) + stop.service_s > shift.closes_s:
        return Reason.HOURS_MISS_SHIFT, {**starts, **ends}
    return None


def _alone(day: CompiledDay, place: int) -> Finding | None:
    """It could not be visited even if it were the only stop of the day."""
    if earliest_end(day, [place]) != NEVER_S:
        return None
    stop, shift = day.stop(place), day.shift
    there_s, back_s = day.travel_s[0][place], day.travel_s[place][day.end]
    legs = {"there_s": there_s, "service_s": stop.service_s, "back_s": back_s}
    if max(there_s, back_s) >= NO_WAY_S:
        return Reason.NO_WAY, {}
    if sum(legs.values()) > shift.length_s:
        return Reason.TOO_FAR, {**legs, "shift_s": shift.length_s}
    arrives_s = shift.opens_s + there_s
    starts_s = day.earliest_start(place, arrives_s)
    if starts_s == NEVER_S:
        closes_s = day.starts[place][-1][1] + stop.service_s
        params = {"arrives_at_s": arrives_s, "service_s": stop.service_s, "closes_at_s": closes_s}
        return Reason.ARRIVES_TOO_LATE, params
    ends_s = starts_s + stop.service_s + back_s
    if ends_s > shift.closes_s:
        clock = {"starts_at_s": starts_s, "ends_at_s": ends_s, "shift_ends_at_s": shift.closes_s}
        return Reason.BACK_TOO_LATE, {**clock, "service_s": stop.service_s, "back_s": back_s}
    return Reason.LUNCH_IN_THE_WAY, {}


def _beside(day: CompiledDay, order: Sequence[int], route: DayRoute, place: int) -> Finding:
    """It could be visited, but not beside the visits that were kept."""
    stop = day.stop(place)
    drive_s = least_detour_s(day, order, place)
    extra_s = drive_s + stop.service_s
    free_s = day.shift.length_s - route.travel_s - route.service_s
    free_s -= route.lunch.duration_s if route.lunch else 0
    params = {"extra_s": extra_s, "drive_s": drive_s, "service_s": stop.service_s, "free_s": free_s}
    if stop.mandatory:
        return Reason.MANDATORY_CLASH, params
    if extra_s <= free_s:
        return Reason.NO_FITTING_TIME, params
    if all(day.stop(kept).prize >= stop.prize for kept in order):
        return Reason.DAY_FULL, params
    return Reason.OUTWEIGHED, params
