"""Which of a rep's positions may be kept, and for how long: the policy `tracking`, consent, and the shift.

Privacy is the default (GDPR, Art. 25): without a policy consent is needed, only the shift is kept, and 90 days of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from fieldsales.errors import Conflict, Invalid
from fieldsales.policies.rules import Body, Kind

WITHOUT_CONSENT = "points_without_consent"
OFF_SHIFT = "points_off_shift"
ONE_DAY = timedelta(days=1)
LONG_AGO = 2
"""A shift of nearly a day that begins before midnight, with its margin, ends two days later."""


class TextChanged(Conflict):
    """Consent was given to another text than the one that holds. Read the new one, then answer."""

    code = "tracking.text_changed"
    title = "The text about tracking is another one now"


class TextNotThere(Invalid):
    """The text about tracking does not exist in that language. `GET /api/v1/me/tracking` tells those that there are."""

    code = "tracking.text_not_there"
    title = "The text is not there in that language"


class Window(StrEnum):
    """Which positions are kept by when they were: those in the rep's shift, or any."""

    SHIFT = "shift"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Hours:
    """A shift on the wall clock. One that does not end after it starts goes past midnight, to the next day."""

    since: time
    until: time

    def on(self, day: date) -> tuple[datetime, datetime]:
        """When it begins and ends on the wall clock, of the shift that begins on a day."""
        over = ONE_DAY if self.until <= self.since else timedelta()
        return datetime.combine(day, self.since), datetime.combine(day, self.until) + over


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the positions of the reps of a territory.

    `hours` stand in the place of each rep's own working hours; `margin` lengthens a shift at both ends.
    """

    consent: bool
    window: Window
    margin: timedelta
    keep_days: int
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Tracking:
    """The policy: the terms of the nearest territory that is named hold, otherwise those of all.

    `texts` are what a rep is asked to agree to, by language, in the version that is asked for.
    """

    version: str
    texts: Mapping[str, str]
    by_territory: Mapping[str, Terms]
    otherwise: Terms
    keep_access_days: int

    def of(self, territories: Iterable[str]) -> Terms:
        """Return what holds for a territory, given by its code and those above it, the nearest first."""
        return next((self.by_territory[code] for code in territories if code in self.by_territory), self.otherwise)

    def text_in(self, language: str) -> tuple[str, str]:
        """Return the text in a language or its nearest (zh for zh-TW), else in English or the first; and in which."""
        for each in (language, language.partition("-")[0], "en"):
            if each in self.texts:
                return each, self.texts[each]
        return next(iter(self.texts.items()))


@dataclass(frozen=True, slots=True)
class Shift:
    """When a rep works: hours on the wall clock of a zone, and the days that are worked."""

    hours: Hours
    zone: ZoneInfo
    worked: Collection[date]


@dataclass(frozen=True, slots=True)
class Said:
    """What a rep said about being tracked, and since when that holds."""

    at: datetime
    given: bool
    version: str


@dataclass(frozen=True, slots=True)
class Sifted:
    """Of some moments, the places of those that may be kept, and how many may not, by reason."""

    kept: tuple[int, ...]
    without_consent: int
    off_shift: int


def agreed(said: Sequence[Said], version: str) -> bool:
    """Tell whether the last word, of those in order, agrees to this version of the text."""
    return bool(said) and said[-1].given and said[-1].version == version


def agreed_at(said: Sequence[Said], moment: datetime) -> bool:
    """Tell whether consent, to whatever text was asked for then, was in force at a moment."""
    before = [each for each in said if each.at <= moment]
    return bool(before) and before[-1].given


class Windows:
    """When a shift's positions are kept, as spans on the wall clock of its zone.

    What the clock shows decides: where it is set forward a shift through the night is an hour shorter, where it is set
    back an hour longer. A shift past midnight belongs to the day that it begins on.
    """

    def __init__(self, shift: Shift, margin: timedelta) -> None:
        self.zone = shift.zone
        spans = [shift.hours.on(day) for day in sorted(shift.worked)]
        self.since = [since - margin for since, _ in spans]
        self.until = [until + margin for _, until in spans]

    def hold(self, moment: datetime) -> bool:
        """Tell whether a moment is in one of them. All are as long, so that the one begun last ends last."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        begun = bisect_right(self.since, wall)
        return begun > 0 and wall < self.until[begun - 1]


def sift(moments: Sequence[datetime], terms: Terms, said: Sequence[Said], version: str, shift: Shift | None) -> Sifted:
    """Return which moments may be kept.

    Consent must hold now, and must have held at the moment itself. A rep of whom no shift is known has none. What is
    out for both reasons counts as without consent.
    """
    agrees = not terms.consent or agreed(said, version)
    windows = Windows(shift, terms.margin) if shift is not None else None
    kept, without = [], 0
    for place, moment in enumerate(moments):
        if terms.consent and not (agrees and agreed_at(said, moment)):
            without += 1
        elif terms.window is Window.ANY or (windows is not None and windows.hold(moment)):
            kept.append(place)
    return Sifted(tuple(kept), without, len(moments) - len(kept) - without)


def withheld(without_consent: int, off_shift: int) -> list[str]:
    """Return what is told of positions that were not kept."""
    found = ((WITHOUT_CONSENT, without_consent), (OFF_SHIFT, off_shift))
    return [flag for flag, count in found if count]


def days_around(moments: Iterable[datetime], zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last day on which a shift may have begun that any of these moments lies in."""
    days = [moment.astimezone(zone).date() for moment in moments]
    return min(days) - LONG_AGO * ONE_DAY, max(days) + ONE_DAY


def _terms(body: Mapping[str, Any]) -> Terms:
    hours = body.get("hours")
    return Terms(
        consent=body["consent"] == "needed",
        window=Window(body["window"]),
        margin=timedelta(minutes=body.get("margin_minutes", 0)),
        keep_days=body["keep_days"],
        hours=Hours(time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"])) if hours else None,
    )


def _parse(body: Body) -> Tracking:
    asked = body["consent_text"]
    named = {each["code"]: _terms(each["terms"]) for each in body["territories"]}
    return Tracking(asked["version"], dict(asked["texts"]), named, _terms(body["otherwise"]), body["keep_access_days"])


_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_TERMS = {
    "type": "object",
    "required": ["consent", "window", "keep_days"],
    "additionalProperties": False,
    "properties": {
        "consent": {"enum": ["needed", "not_needed"]},
        "window": {"enum": [each.value for each in Window]},
        "margin_minutes": {"type": "integer", "minimum": 0, "maximum": 240},
        "keep_days": {"type": "integer", "minimum": 1, "maximum": 3650},
        "hours": {
            "type": "object",
            "required": ["from", "to"],
            "additionalProperties": False,
            "properties": {"from": _CLOCK, "to": _CLOCK},
        },
    },
}
TRACKING: Kind[Tracking] = Kind(
    name="tracking",
    about="Whether reps must agree to being tracked, when they are, and how long positions are kept; by territory.",
    schema={
        "type": "object",
        "required": ["consent_text", "territories", "otherwise", "keep_access_days"],
        "additionalProperties": False,
        "properties": {
            "consent_text": {
                "type": "object",
                "required": ["version", "texts"],
                "additionalProperties": False,
                "properties": {
                    "version": {"type": "string", "minLength": 1, "maxLength": 40},
                    "texts": {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 30,
                        "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "maxLength": 16},
                        "additionalProperties": {"type": "string", "minLength": 20, "maxLength": 8000},
                    },
                },
            },
            "otherwise": _TERMS,
            "territories": {
                "type": "array",
                "maxItems": 500,
                "items": {
                    "type": "object",
                    "required": ["code", "terms"],
                    "additionalProperties": False,
                    "properties": {"code": {"type": "string", "minLength": 1, "maxLength": 40}, "terms": _TERMS},
                },
            },
            "keep_access_days": {"type": "integer", "minimum": 30, "maximum": 3650},
        },
    },
    default={
        "consent_text": {
            "version": "1",
            "texts": {
                "en": "I agree that my employer stores where my phone is while I work: positions during my shift, to "
                "show the day as it was driven and to support that visits were made. Positions outside my shift are "
                "not stored. They are erased after the time that is shown here. Whoever looks at my track is written "
                "down, and I can read that. I can take this back at any time; visits and orders go on without it.",
                "zh": "我同意雇主在我工作时间内保存我手机的位置：用于显示当天的行车路线，并作为拜访的佐证。"
                "班次以外的位置不予保存。位置数据在此处所示的期限后删除。查看我轨迹的人都会被记录，我可以查阅该记录。"
                "我可以随时撤回同意；拜访和订单不受影响。",
            },
        },
        "territories": [],
        "otherwise": {"consent": "needed", "window": "shift", "margin_minutes": 0, "keep_days": 90},
        "keep_access_days": 730,
    },
    parse=_parse,
)
