"""What a visit must carry: the policy `visits`. Nothing is refused for what is missing: it is named, and may come.

Whether an order needs a check-in before it is a switch of the policy `selling`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from fieldsales.errors import Invalid
from fieldsales.policies.rules import Body, Kind
from fieldsales.visits.rules import FAR_M

LEAST_RADIUS_M, MOST_RADIUS_M = 20, 5000


class Part(StrEnum):
    """What a check-in or a check-out may have to carry."""

    POSITION = "position"
    STOREFRONT_PHOTO = "storefront_photo"
    SHELF_PHOTO = "shelf_photo"
    SUMMARY = "summary"
    SURVEY = "survey"


PHOTO_KINDS: Mapping[Part, str] = {Part.STOREFRONT_PHOTO: "storefront", Part.SHELF_PHOTO: "shelf"}
"""Which kind of photo (`photo.attach`) each part is."""
TIME_IN_STORE = "time_in_store"
CHECK_OUT = "check_out"
OFF_PLAN = "off_plan"


class OffPlan(StrEnum):
    """Whether visits that nobody planned just stand, or a person is asked to look at them."""

    ALLOWED = "allowed"
    ASKED = "asked"


class RadiusInvalid(Invalid):
    """A geofence has a radius of 20 to 5000 m."""

    code = "geofence.radius"
    title = "That is no radius"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a visit."""

    check_in: frozenset[Part]
    check_out: frozenset[Part]
    least_minutes: int
    off_plan: OffPlan

    @property
    def asks(self) -> frozenset[Part]:
        """All parts, wherever they are due."""
        return self.check_in | self.check_out


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked of visits to customers of some tiers or categories (None: of all)."""

    tiers: frozenset[str] | None
    categories: frozenset[str] | None
    asked: Asked

    def fits(self, tier: str | None, category: str | None) -> bool:
        """Tell whether a customer is meant."""
        named = ((self.tiers, tier), (self.categories, category))
        return all(those is None or this in those for those, this in named)


@dataclass(frozen=True, slots=True)
class Conduct:
    """The policy: the first case that fits a customer holds, otherwise what is asked of all."""

    radius_m: float
    cases: tuple[Case, ...]
    otherwise: Asked

    def of(self, tier: str | None, category: str | None) -> Asked:
        """Return what is asked of a visit to a customer."""
        return next((case.asked for case in self.cases if case.fits(tier, category)), self.otherwise)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a visit has so far: positions told on coming and leaving, kinds of photos, texts."""

    checked_in_at: datetime | None
    checked_out_at: datetime | None
    position_in: bool
    position_out: bool
    photos: Collection[str]
    said: bool
    surveyed: bool


def missing(asked: Asked, carried: Carried, *, leaving: bool) -> list[str]:
    """Return what a visit lacks by name, in the order of `Part`; before it is over only what is due on arrival."""
    due = asked.asks if leaving else asked.check_in
    found = [part.value for part in Part if part in due and not _has(part, asked, carried, leaving=leaving)]
    if leaving and asked.least_minutes and _minutes(carried) < asked.least_minutes:
        found.append(TIME_IN_STORE)
    return found


def _has(part: Part, asked: Asked, carried: Carried, *, leaving: bool) -> bool:
    if part in PHOTO_KINDS:
        return PHOTO_KINDS[part] in carried.photos
    if part is Part.SUMMARY:
        return carried.said
    if part is Part.SURVEY:
        return carried.surveyed
    came = carried.position_in or part not in asked.check_in
    return came and (carried.position_out or part not in asked.check_out or not leaving)


def _minutes(carried: Carried) -> float:
    if carried.checked_in_at is None or carried.checked_out_at is None:
        return 0.0
    return (carried.checked_out_at - carried.checked_in_at).total_seconds() / 60


def _asked(body: Mapping[str, Any]) -> Asked:
    return Asked(
        frozenset(map(Part, body.get("check_in", ()))),
        frozenset(map(Part, body.get("check_out", ()))),
        body.get("least_minutes", 0),
        OffPlan(body.get("off_plan", OffPlan.ALLOWED)),
    )


def _parse(body: Body) -> Conduct:
    cases = [
        Case(
            frozenset(each["tiers"]) if "tiers" in each else None,
            frozenset(each["categories"]) if "categories" in each else None,
            _asked(each["asked"]),
        )
        for each in body["cases"]
    ]
    return Conduct(body["radius_m"], tuple(cases), _asked(body["otherwise"]))


_PARTS = {"type": "array", "uniqueItems": True, "items": {"enum": [each.value for each in Part]}}
_NAMES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "maxLength": 80}}
_ASKED = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "check_in": _PARTS,
        "check_out": _PARTS,
        "least_minutes": {"type": "integer", "minimum": 0, "maximum": 480},
        "off_plan": {"enum": [each.value for each in OffPlan]},
    },
}
VISITS: Kind[Conduct] = Kind(
    name="visits",
    about="What a visit must carry by tier or category, how near counts as there, and whether it must be planned.",
    schema={
        "type": "object",
        "required": ["radius_m", "cases", "otherwise"],
        "additionalProperties": False,
        "properties": {
            "radius_m": {"type": "integer", "minimum": LEAST_RADIUS_M, "maximum": MOST_RADIUS_M},
            "otherwise": _ASKED,
            "cases": {
                "type": "array",
                "maxItems": 50,
                "items": {
                    "type": "object",
                    "required": ["asked"],
                    "additionalProperties": False,
                    "properties": {"tiers": _NAMES, "categories": _NAMES, "asked": _ASKED},
                },
            },
        },
    },
    default={
        "radius_m": int(FAR_M),
        "cases": [],
        "otherwise": {"check_in": [], "check_out": [], "least_minutes": 0, "off_plan": "allowed"},
    },
    parse=_parse,
)
