"""Bugs in what is made of a rep's work: visits, photos, money, and when it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from simulation.planted.plant import plant, replacing
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment
from fieldsales.errors import Forbidden
from fieldsales.orders import rules as order_rules
from fieldsales.orders import service as orders
from fieldsales.visits import rules as visit_rules
from fieldsales.visits import service as visits
from fieldsales.visits.models import Photo
from sync import timing


def _write(desk: tuple[Any, ...]) -> None:
    """Let what waits to be written in one go be seen by a query."""
    for each in desk:
        if each is not None:
            each.write()


@plant("A phone knows what time it is.")
def work_is_dated_by_the_phones_clock(_: Engine) -> Iterator[None]:
    def date(reckoning: Any, at: timing.Stamp) -> timing.Dated:
        return timing.Dated(min(at.wall, reckoning.now), ())

    with replacing(timing.Reckoning, "date", date):
        yield


@plant("Work was done when we hear of it.")
def work_is_dated_by_its_arrival(_: Engine) -> Iterator[None]:
    with replacing(timing.Reckoning, "date", lambda reckoning, _: timing.Dated(reckoning.now, ())):
        yield


@plant("The counter of milliseconds goes on for ever.")
def reboots_are_overlooked(_: Engine) -> Iterator[None]:
    def counted(reckoning: Any, at: timing.Stamp) -> Any:
        return reckoning.anchor.zero + at.counted

    with replacing(timing.Reckoning, "_counted", counted):
        yield


@plant("The same bytes are the same photo.")
def photo_of_another_visit_is_taken_for_this_one(_: Engine) -> Iterator[None]:
    real = visits.attach_photo

    def attach(session: Session, visit_id: Any, rep_id: Any, picture: Any, *desk: Any) -> Photo:
        _write(desk)
        twin = session.scalars(select(Photo).where(Photo.sha256 == picture.sha256).order_by(Photo.id)).first()
        return twin or real(session, visit_id, rep_id, picture, *desk)

    with replacing(visits, "attach_photo", attach):
        yield


@plant("A visit has one check-in.")
def second_check_in_is_dropped(_: Engine) -> Iterator[None]:
    real = visits.check_in

    def check_in(session: Session, visit_id: Any, customer_id: Any, call: Any, *desk: Any) -> Any:
        _write(desk)
        there = session.get(visits.Visit, visit_id)
        arrived = [each for each in there.events if each.kind is visits.EventKind.CHECK_IN] if there else []
        return arrived[0] if arrived else real(session, visit_id, customer_id, call, *desk)

    with replacing(visits, "check_in", check_in):
        yield


@plant("Only whose customer it is may sell there.")
def work_at_a_customer_given_away_is_refused(_: Engine) -> Iterator[None]:
    real = orders.place_order

    def place(session: Session, draft: Any, taken: Any, *desk: Any) -> Any:
        mine = select(Assignment.id).where(
            Assignment.customer_id == draft.customer_id,
            Assignment.rep_id == taken.rep_id,
            Assignment.ended_at.is_(None),
        )
        if session.scalar(mine) is None:
            raise Forbidden("Not your customer.")
        return real(session, draft, taken, *desk)

    with replacing(orders, "place_order", place):
        yield


@plant("Whether a rep serves a customer is whether it does so now.")
def history_of_assignments_is_overlooked(_: Engine) -> Iterator[None]:
    real = visit_rules.standing_flags
    with replacing(orders, "standing_flags", lambda *, active, served: real(active=active, served=True)):
        yield


@plant("A rep who promised a price had a reason.")
def price_out_of_band_stands(_: Engine) -> Iterator[None]:
    with replacing(order_rules, "judge", lambda *_: order_rules.Verdict.WITHIN):
        yield


@plant("A tier's discount is taken off at the end.")
def discount_is_taken_off_twice(_: Engine) -> Iterator[None]:
    real = orders.place_order

    def place(*told: Any) -> Any:
        order = real(*told)
        order.amount_minor = order.amount_minor * 95 // 100
        return order

    with replacing(orders, "place_order", place):
        yield


@plant("An order that comes again gets an id of its own.")
def order_is_doubled_under_another_id(_: Engine) -> Iterator[None]:
    real = orders.place_order

    def place(session: Session, draft: Any, taken: Any, *desk: Any) -> Any:
        _write(desk)
        if session.get(orders.Order, draft.order_id) is not None:
            draft = replace(draft, order_id=orders.uuid.uuid4())
        return real(session, draft, taken, *desk)

    with replacing(orders, "place_order", place):
        yield
