"""How far a visit can be believed: 100 less the points of every signal, by the policy `integrity`.

Nothing is refused for a low score. It puts a visit before a person, who decides; see docs/evidence.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from fieldsales.errors import Conflict, Forbidden, Invalid
from fieldsales.evidence.rules import Evidence, Limits, Signal
from fieldsales.handsets import rules as handset_rules
from fieldsales.likeness import rules as likeness_rules
from fieldsales.motion import rules as motion_rules
from fieldsales.places import rules as place_rules
from fieldsales.policies.rules import Body, Kind
from fieldsales.texture import rules as texture_rules

BEST = 100
POINTS: Mapping[str, int] = {
    place_rules.MOCK: 55,
    place_rules.NO_POSITION: 20,
    place_rules.POOR: 5,
    place_rules.FAR: 50,
    place_rules.PIN_DOUBTED: 0,
    place_rules.ONE_SPOT: 40,
    place_rules.AT_START: 40,
    place_rules.ON_THE_PIN: 45,
    place_rules.LEFT_ELSEWHERE: 8,
    motion_rules.IMPOSSIBLE: 50,
    motion_rules.IN_AND_OUT: 50,
    motion_rules.SHORT: 15,
    motion_rules.DRIVE_BY: 50,
    motion_rules.NOT_THERE: 50,
    texture_rules.FROZEN: 45,
    texture_rules.SAME_ACCURACY: 45,
    texture_rules.REPLAYED: 60,
    texture_rules.RETRACED: 50,
    texture_rules.MADE_UP: 50,
    likeness_rules.REUSED: 50,
    likeness_rules.EARLIER: 50,
    likeness_rules.ELSEWHERE: 45,
    likeness_rules.UNDATED: 10,
    likeness_rules.SCREEN: 35,
    handset_rules.CLOCK: 30,
    handset_rules.SHARED: 50,
}
"""What each signal costs at full strength, where no policy says otherwise."""
_LOOKS = (place_rules, motion_rules, texture_rules, likeness_rules, handset_rules)


class OwnVisit(Forbidden):
    """Nobody decides about the own visit. Another leader must."""

    code = "visit.own"
    title = "This is your own visit"


class NotJudgedYet(Conflict):
    """The visit was not scored yet; `fieldsales visits judge` scores what waits. Ask again in a moment."""

    code = "visit.not_judged"
    title = "The visit was not looked at yet"


class NoteMissing(Invalid):
    """To call a visit fake or unclear takes a note that says why."""

    code = "visit.note_missing"
    title = "Say why"


@dataclass(frozen=True, slots=True)
class Scoring:
    """The policy: below which score a visit waits for a person, what each signal costs, and the thresholds."""

    doubtful_below: int
    points: Mapping[str, int]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Costly:
    """A signal and the points that it cost."""

    signal: Signal
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """How far a visit can be believed, 0 to 100, and why not further, the costliest first."""

    value: int
    signals: tuple[Costly, ...]
    doubtful: bool


def score(evidence: Evidence, scoring: Scoring) -> Score:
    """Return how far a visit can be believed."""
    found = [signal for look in _LOOKS for signal in look.signals(evidence, scoring.limits)]
    told = [Costly(each, round(scoring.points[each.code] * each.strength)) for each in found]
    told.sort(key=lambda each: (-each.points, each.signal.code))
    value = max(0, BEST - sum(each.points for each in told))
    return Score(value, tuple(told), value < scoring.doubtful_below)


def _parse(body: Body) -> Scoring:
    limits: dict[str, Any] = dict(body.get("limits", {}))
    return Scoring(body["doubtful_below"], {**POINTS, **body.get("points", {})}, Limits(**limits))


_NUMBER = {"type": "number", "minimum": 0, "maximum": 1_000_000}
_COUNTS = {"repeated_fixes", "retraced_stretches"}
INTEGRITY: Kind[Scoring] = Kind(
    name="integrity",
    about="How far visits can be believed: what each signal costs, its thresholds, and below what a person looks.",
    schema={
        "type": "object",
        "required": ["doubtful_below", "points", "limits"],
        "additionalProperties": False,
        "properties": {
            "doubtful_below": {"type": "integer", "minimum": 0, "maximum": BEST},
            "points": {
                "type": "object",
                "additionalProperties": False,
                "properties": {code: {"type": "integer", "minimum": 0, "maximum": BEST} for code in POINTS},
            },
            "limits": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    each.name: {**_NUMBER, "type": "integer"} if each.name in _COUNTS else _NUMBER
                    for each in fields(Limits)
                },
            },
        },
    },
    default={"doubtful_below": 60, "points": dict(POINTS), "limits": asdict(Limits())},
    parse=_parse,
)
