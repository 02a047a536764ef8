"""The codes of this room and the English sentences made of them.

All wording stands here in one place, so that it can be translated: another language needs the codes, the
parameters and tables of its own.
"""

from collections.abc import Mapping
from enum import StrEnum

DAY_S = 24 * 3600

Params = dict[str, int | str]


class Reason(StrEnum):
    """Stable codes for leaving a stop out."""

    OFF_DUTY = "off_duty"
    NOBODY_WORKS = "nobody_works"
    NO_SKILL = "no_skill"
    NOT_ALLOWED = "not_allowed"
    TOO_HEAVY = "too_heavy"
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
    PLACE_TAKEN = "place_taken"
    VISITS_FULL = "visits_full"
    CAR_FULL = "car_full"
    DRIVING_FULL = "driving_full"
    METRES_FULL = "metres_full"
    MANDATORY_CLASH = "mandatory_clash"
    NO_FITTING_TIME = "no_fitting_time"
    DAY_FULL = "day_full"
    OUTWEIGHED = "outweighed"


class RemedyCode(StrEnum):
    """Stable codes for what would make a stop fit."""

    LATER_END = "later_end"
    EARLIER_START = "earlier_start"
    OPEN_UNTIL = "open_until"
    OPEN_FROM = "open_from"
    GIVE_UP = "give_up"
    MORE_VISITS = "more_visits"
    MORE_ROOM = "more_room"
    SKILL = "skill"
    ALLOW = "allow"


class CauseCode(StrEnum):
    """Stable codes for a wait or a way."""

    OPENS = "opens"
    BREAK_OPENS = "break_opens"
    DETOUR = "detour"
    ON_THE_WAY = "on_the_way"
    HOME = "home"


SENTENCES: Mapping[str, str] = {
    Reason.OFF_DUTY: "Has no shift that day.",
    Reason.NOBODY_WORKS: "Nobody works that day.",
    Reason.NO_SKILL: "Nobody who works that day has what it needs: {skills}.",
    Reason.NOT_ALLOWED: "Nobody who works that day may visit it.",
    Reason.TOO_HEAVY: "Takes {amount} of the capacity; no car holds more than {room}.",
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
    Reason.PLACE_TAKEN: "Is promised as visit {place} of the route, which cannot be.",
    Reason.VISITS_FULL: "The day holds {visits} visits at most, and every kept visit is worth at least as much.",
    Reason.CAR_FULL: "Takes {amount} of the capacity; only {room} left beside the visits that were kept.",
    Reason.DRIVING_FULL: "Needs {drive_s} more driving; only {free_s} left of the most that may be driven.",
    Reason.METRES_FULL: "Needs {drive_m} m more; only {free_m} m left of the most that may be driven.",
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

REMEDIES: Mapping[str, str] = {
    RemedyCode.LATER_END: "If the shift ended {late_s} later, at {ends_at_s}.",
    RemedyCode.EARLIER_START: "If the shift began {early_s} earlier, at {starts_at_s}.",
    RemedyCode.OPEN_UNTIL: "If the shop were open until {closes_at_s}.",
    RemedyCode.OPEN_FROM: "If the shop opened {opens_at_s}.",
    RemedyCode.GIVE_UP: "If {stops} were given up, worth {prize}.",
    RemedyCode.MORE_VISITS: "If the day might hold {visits} visits.",
    RemedyCode.MORE_ROOM: "If the car held {room}.",
    RemedyCode.SKILL: "If {worker} had the skill {skills}.",
    RemedyCode.ALLOW: "If {worker} were allowed to visit it.",
}

CAUSES: Mapping[str, str] = {
    CauseCode.OPENS: "Opens {opens_at_s}.",
    CauseCode.BREAK_OPENS: "The break may begin {starts_at_s}.",
    CauseCode.DETOUR: "From {origin} to {target}; without this visit the day would drive {detour_s} less.",
    CauseCode.ON_THE_WAY: "From {origin} to {target}; it lies on the way, the day drives no less without it.",
    CauseCode.HOME: "From {origin} back to where the day ends.",
}

EVERY_SENTENCE: Mapping[str, str] = {**SENTENCES, **REMEDIES, **CAUSES}

MUST = "Must be visited, but cannot be: {reason}"

ONLY = "Only {names} may visit it. {reason}"


def sentence(code: str, params: Mapping[str, int | str], *, mandatory: bool = False) -> str:
    """The English sentence of a code.

    Parameters by suffix: ``_at_s`` is a time of day, ``_s`` a duration (rounded up; ``free_s`` down, so that what is
    missing never looks as if it were there). ``workers`` names the only ones who may make the visit, where not all may.
    """
    text = EVERY_SENTENCE[code].format_map({name: _spoken(name, value) for name, value in params.items()})
    if "workers" in params:
        text = ONLY.format(names=params["workers"], reason=text)
    return MUST.format(reason=text[0].lower() + text[1:]) if mandatory else text


def _spoken(name: str, value: int | str) -> str:
    if isinstance(value, str) or not name.endswith("_s"):
        return str(value)
    if name.endswith("_at_s"):
        return _clock(value)
    return _duration(value // 60 if name == "free_s" else -(-value // 60))


_NIGHTS = {0: "", 1: " next day"}


def _clock(at_s: int) -> str:
    days, rest = divmod(at_s, DAY_S)
    return f"{rest // 3600:02d}:{rest % 3600 // 60:02d}" + _NIGHTS.get(days, f" on day {days + 1}")


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
