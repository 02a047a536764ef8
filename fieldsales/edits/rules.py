"""What people may do to planned visits: the policy, and what stands against a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from fieldsales.errors import Conflict, Forbidden, Invalid, NotFound
from fieldsales.people.models import Role
from fieldsales.policies.rules import Body, Kind


class PlannedVisitNotFound(NotFound):
    """There is no such planned visit, or it is of a rep whom you may not see."""

    code = "plan.visit_not_found"
    title = "There is no such planned visit"


class VisitMade(Conflict):
    """The visit was made; what happened cannot be planned otherwise."""

    code = "plan.visit_made"
    title = "That visit was made"


class VisitChanged(Conflict):
    """Somebody else changed the visit since you read it. `visit` tells how it stands now; look, then decide again."""

    code = "plan.visit_changed"
    title = "The visit was changed meanwhile"


class AlreadyThere(Conflict):
    """A person put the customer on that day of the rep already, or skipped it there. Change that visit instead."""

    code = "plan.already_there"
    title = "The customer stands on that day already"


class MayNotEdit(Forbidden):
    """The policy `planning` does not let reps do this. Ask the supervisor, who may."""

    code = "plan.may_not_edit"
    title = "Reps may not do this"


class MovedTooFar(Forbidden):
    """The policy `planning` lets reps move a visit by some days only, counted from where it was planned first."""

    code = "plan.moved_too_far"
    title = "That is too far for a rep to move a visit"


class MovedToDayOff(Forbidden):
    """The rep does not work on that day. Choose another; a leader may plan it all the same."""

    code = "plan.day_off"
    title = "The rep does not work that day"


class TooManySkips(Forbidden):
    """The policy `planning` lets reps skip some visits a day only. Ask the supervisor, or move the visit."""

    code = "plan.too_many_skips"
    title = "Too many visits were skipped that day"


class BadSkip(Invalid):
    """A visit is skipped for one of the causes that the policy `planning` lists; some of them want words, too."""

    code = "plan.bad_skip"
    title = "The visit cannot be skipped like that"


class Deed(StrEnum):
    """What a person does to a planned visit."""

    ADD = "add"
    MOVE = "move"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class SkipCause:
    """Why a visit may be skipped: a code, what people read, and whether that wants words besides."""

    code: str
    label: str
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a manager lets reps do on their own days. Supervisors, managers and admins always may, in their scope.

    Attributes:
        rep_may: What reps may do; who may skip may restore.
        rep_move_days: By how many days at most a rep may move a visit from where it was planned first.
        rep_skips_a_day: How many visits of a day a rep may skip.
        skip_causes: Why a visit may be skipped, for everybody.
    """

    rep_may: frozenset[Deed]
    rep_move_days: int
    rep_skips_a_day: int
    skip_causes: Mapping[str, SkipCause]


SHAPE = {
    "type": "object",
    "properties": {
        "rep_may_add": {"type": "boolean"},
        "rep_may_move": {"type": "boolean"},
        "rep_may_skip": {"type": "boolean"},
        "rep_move_days": {"type": "integer", "minimum": 0, "maximum": 366},
        "rep_skips_a_day": {"type": "integer", "minimum": 0, "maximum": 1000},
        "skip_causes": {
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
                    "label": {"type": "string", "minLength": 1, "maxLength": 120},
                    "needs_reason": {"type": "boolean"},
                },
                "required": ["code", "label"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["rep_may_add", "rep_may_move", "rep_may_skip", "rep_move_days", "rep_skips_a_day", "skip_causes"],
    "additionalProperties": False,
}

USUAL: Body = {
    "rep_may_add": True,
    "rep_may_move": True,
    "rep_may_skip": True,
    "rep_move_days": 7,
    "rep_skips_a_day": 5,
    "skip_causes": [
        {"code": "closed", "label": "The shop is closed"},
        {"code": "customer_asked", "label": "The customer asked for another time"},
        {"code": "no_time", "label": "There is no time left"},
        {"code": "out_of_reach", "label": "It cannot be reached"},
        {"code": "other", "label": "Something else", "needs_reason": True},
    ],
}


def parse(body: Body) -> Allowance:
    """Return what a document says; raise `BadSkip` for a code that is listed twice."""
    causes = [SkipCause(**each) for each in body["skip_causes"]]
    by_code = {cause.code: cause for cause in causes}
    if len(by_code) < len(causes):
        raise BadSkip("A code of “skip_causes” is listed twice.", mend="List each once.", field="skip_causes")
    return Allowance(
        rep_may=frozenset(deed for deed in Deed if body[f"rep_may_{deed}"]),
        rep_move_days=body["rep_move_days"],
        rep_skips_a_day=body["rep_skips_a_day"],
        skip_causes=by_code,
    )


PLANNING = Kind(
    name="planning",
    about="What reps may do to planned visits: add, move, skip, within which bounds; and why a visit may be skipped.",
    schema=SHAPE,
    default=USUAL,
    parse=parse,
)


def check_may(allowance: Allowance, role: Role, deed: Deed) -> None:
    """Raise `MayNotEdit` for a rep whom the policy does not let do it."""
    if role is Role.REP and deed not in allowance.rep_may:
        raise MayNotEdit(f"Reps may not {deed} planned visits.", mend="Ask your supervisor.", deed=str(deed))


def check_distance(allowance: Allowance, role: Role, first: date, to: date) -> None:
    """Raise `MovedTooFar` for a rep who moves a visit further from its `first` day than the policy allows."""
    most = timedelta(days=allowance.rep_move_days)
    if role is Role.REP and abs(to - first) > most:
        raise MovedTooFar(
            f"{to} is more than {most.days} days from {first}, where the visit was planned first.",
            mend=f"Choose a day from {first - most} to {first + most}, or ask your supervisor.",
            first_day=str(first),
        )


def check_skip(allowance: Allowance, code: str, reason: str | None) -> None:
    """Raise `BadSkip` for a cause that is not listed, or that wants words and has none."""
    cause = allowance.skip_causes.get(code)
    if cause is None:
        there = ", ".join(allowance.skip_causes)
        raise BadSkip(f"“{code}” is no cause to skip a visit.", mend=f"There are: {there}.", field="code")
    if cause.needs_reason and not (reason or "").strip():
        raise BadSkip(f"“{cause.label}” does not say why.", mend="Say it in words.", field="reason")


def check_skips(allowance: Allowance, role: Role, skipped: int) -> None:
    """Raise `TooManySkips` for a rep who has `skipped` as many visits of the day as the policy allows."""
    if role is Role.REP and skipped >= allowance.rep_skips_a_day:
        raise TooManySkips(
            f"A rep may skip {allowance.rep_skips_a_day} of a day's visits.",
            mend="Ask your supervisor.",
            skipped=skipped,
        )


def told(**facts: Any) -> dict[str, Any]:
    """Return facts as plain text and numbers, as a problem carries them."""
    return {name: each if each is None or isinstance(each, int) else str(each) for name, each in facts.items()}
