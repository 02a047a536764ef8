"""What a report of a delivery makes of an order, as plain values: pieces delivered, waited for, given up."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fieldsales.deliveries.models import DeliveryState, Rest
from fieldsales.errors import Conflict, Invalid, NotFound
from fieldsales.policies.rules import Body, Kind

MOST_PIECES = 2**31 - 1


class DeliveryNotFound(NotFound):
    """There is no order to deliver with that id, of a customer whom you may see."""

    code = "delivery.not_found"
    title = "There is no such delivery"


class NothingToDeliver(Conflict):
    """The order is not delivered: a return, a gift, a sale from the van, or without lines."""

    code = "delivery.nothing"
    title = "That order is not delivered"


class OrderEnded(Conflict):
    """The order was cancelled, or another one stands in its place. Deliver the one that stands."""

    code = "delivery.order_ended"
    title = "That order no longer stands"


class DeliveryEnded(Conflict):
    """No line of the order waits for anything: it was delivered, refused or cancelled before."""

    code = "delivery.ended"
    title = "That order was delivered before"


class DeliveryNotThere(Conflict):
    """The delivery is not where this step begins: `state` says where it is."""

    code = "delivery.wrong_state"
    title = "The delivery is not at that step"


class ReportTaken(Conflict):
    """The id stands for another report. Give each report an id of its own."""

    code = "delivery.report_taken"
    title = "That report is another one"


class LineUnknown(Invalid):
    """The order has no such line, or it is named twice."""

    code = "delivery.line_unknown"
    title = "There is no such line"


class LineMissing(Invalid):
    """A line that waits for goods is not in the report. Name each, or send no lines when all was delivered."""

    code = "delivery.line_missing"
    title = "A line is missing"


class MoreThanOrdered(Invalid):
    """More is delivered than the line still waits for. Take the surplus back, or take another order."""

    code = "delivery.more_than_ordered"
    title = "That is more than was ordered"


class ReasonMissing(Invalid):
    """Something was not delivered and nobody says why."""

    code = "delivery.reason_missing"
    title = "Say why it was not delivered"


class ReportInvalid(Invalid):
    """Pieces below 0, or half a position."""

    code = "delivery.invalid"
    title = "That cannot have been delivered"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a line is, in pieces. What is neither delivered nor cancelled is `left`, on back-order."""

    ordered: int
    delivered: int = 0
    cancelled: int = 0

    @property
    def left(self) -> int:
        """How many pieces the customer still waits for."""
        return self.ordered - self.delivered - self.cancelled


@dataclass(frozen=True, slots=True)
class Told:
    """Of one line: how many pieces were handed over, and why not the rest, and what becomes of that.

    Raises `ReportInvalid`.
    """

    line_no: int
    delivered: int
    reason: str | None = None
    rest: Rest = Rest.BACK_ORDER

    def __post_init__(self) -> None:
        if not 0 <= self.delivered <= MOST_PIECES:
            raise ReportInvalid(
                f"Line {self.line_no}: {self.delivered} pieces cannot be.", mend="Give 0 or more.", line=self.line_no
            )


@dataclass(frozen=True, slots=True)
class Proof:
    """Who took the goods, the photo of the signature, where, and what else is to be said. Raises `ReportInvalid`."""

    recipient: str | None = None
    photo_id: uuid.UUID | None = None
    latitude: float | None = None
    longitude: float | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ReportInvalid("Half a position is none.", mend="Send latitude and longitude, or neither.")


def in_full(lines: Mapping[int, Progress]) -> tuple[Told, ...]:
    """Return the report that all that was waited for is delivered."""
    return tuple(Told(number, each.left) for number, each in sorted(lines.items()) if each.left)


def refused(lines: Mapping[int, Progress], reason: str) -> tuple[Told, ...]:
    """Return the report that the customer takes nothing of what is left, now or later."""
    return tuple(Told(number, 0, reason, Rest.CANCEL) for number, each in sorted(lines.items()) if each.left)


def after(lines: Mapping[int, Progress], report: Sequence[Told]) -> dict[int, Progress]:
    """Return how far the lines are after a report.

    Raises `LineUnknown`, `LineMissing`, `MoreThanOrdered`, `ReasonMissing`, and changes nothing then.
    """
    found = dict(lines)
    for told in report:
        if told.line_no not in lines or found[told.line_no] != lines[told.line_no]:
            raise LineUnknown(
                f"The order has no line {told.line_no}, or it is named twice.",
                mend="Name each line once.",
                line=told.line_no,
            )
        found[told.line_no] = _after(lines[told.line_no], told)
    named = {told.line_no for told in report}
    if missing := sorted(number for number, each in lines.items() if each.left and number not in named):
        raise LineMissing(f"Line {missing[0]} is not in the report.", mend="Name each line that waits.", lines=missing)
    return found


def _after(line: Progress, told: Told) -> Progress:
    if told.delivered > line.left:
        raise MoreThanOrdered(
            f"Line {told.line_no} waits for {line.left} pieces, not for {told.delivered}.",
            mend="Deliver no more than that.",
            line=told.line_no,
            left=line.left,
        )
    rest = line.left - told.delivered
    if rest and not (told.reason or "").strip():
        raise ReasonMissing(
            f"Of line {told.line_no} {rest} pieces are missing.", mend="Give the reason.", line=told.line_no
        )
    cancelled = line.cancelled + (rest if told.rest is Rest.CANCEL else 0)
    return replace(line, delivered=line.delivered + told.delivered, cancelled=cancelled)


def state_of(lines: Iterable[Progress]) -> DeliveryState:
    """Return what lines make of a delivery once something was told of it."""
    lines = list(lines)
    if all(each.delivered == each.ordered for each in lines):
        return DeliveryState.DELIVERED
    if any(each.delivered for each in lines):
        return DeliveryState.PARTLY_DELIVERED
    return DeliveryState.OPEN if any(each.left for each in lines) else DeliveryState.REFUSED


def part_of(amount_minor: int, ordered: int, before: int, delivered: int) -> int:
    """Return what a delivery of a line is billed at, in minor units, when `before` pieces were delivered before it.

    The amount of the first n pieces is rounded down to whole minor units, so that the parts add up to the amount of the
    line exactly once all is delivered, in however many parts.
    """
    return amount_minor * (before + delivered) // ordered - amount_minor * before // ordered


@dataclass(frozen=True, slots=True)
class Promise:
    """Between which days, both included, an order must arrive to be on time."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """When an order must arrive.

    Attributes:
        lead_days: After how many days an order arrives for which the customer named no day.
        early_days, late_days: How many days before and after the day that was promised are still on time.
        since: From which day on the deliveries of orders are kept here; None: of all that were taken in the field.
    """

    lead_days: int
    early_days: int
    late_days: int
    since: date | None = None

    def promise(self, ordered_on: date, wanted_on: date | None) -> Promise:
        """Return the window of an order: about the day the customer wants it, or from the order on up to the lead time.

        No window begins before the day of the order.
        """
        last = wanted_on or ordered_on + timedelta(self.lead_days)
        first = ordered_on if wanted_on is None else max(ordered_on, wanted_on - timedelta(self.early_days))
        return Promise(first, max(first, last + timedelta(self.late_days)))


_DAYS = {"type": "integer", "minimum": 0, "maximum": 365}
# The 29th to the 31st are left out, so that every text is a day of the calendar.
_DAY = {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"}
SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lead_days"],
    "properties": {"lead_days": _DAYS, "early_days": _DAYS, "late_days": _DAYS, "since": _DAY},
}


def _parse(body: Body) -> DeliveryPolicy:
    since = date.fromisoformat(body["since"]) if "since" in body else None
    return DeliveryPolicy(body["lead_days"], body.get("early_days", 0), body.get("late_days", 0), since)


DELIVERIES = Kind(
    name="deliveries",
    about="Within which days an order must arrive to be on time.",
    schema=SHAPE,
    default={"lead_days": 2, "early_days": 0, "late_days": 0},
    parse=_parse,
)
