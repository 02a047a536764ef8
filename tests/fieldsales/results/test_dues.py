"""Fill rate and OTIF: what is kept of deliveries says what the deliveries say."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from worlds import stocked_town
from worlds.counting import who
from worlds.ordering import ordered, report
from worlds.resulting import asked, refreshed
from worlds.small_town import NOON

from fieldsales.amendments.service import cancel_order
from fieldsales.deliveries.models import Rest
from fieldsales.deliveries.rules import Told
from fieldsales.fulfilment.queries import fulfilment
from fieldsales.handovers.service import report_delivery
from fieldsales.orders.models import Supply
from fieldsales.orders.service import Taken
from fieldsales.results.rules import Answer
from fieldsales.rollups.models import DirtyDay, DueDay, DueMonth

TODAY = NOON.date()
DAY = timedelta(1)
DAYS = (date(TODAY.year, TODAY.month, 1), TODAY + 60 * DAY)
SHAPES = ((), ("rep",), ("customer", "day"), ("tier", "month"))
OF_GOODS = (("product",), ("product", "week"), ("brand", "customer"))


def answers(session) -> list[Answer]:
    whole = [asked(session, "fill_rate", "otif", by=by, days=DAYS) for by in SHAPES]
    return whole + [asked(session, "fill_rate", by=by, days=DAYS) for by in OF_GOODS]


def agree(session) -> tuple[float, float]:
    """Ask before and after a refresh, beside `fulfilment`, which reads every order; return fill rate and OTIF."""
    session.flush()
    before = answers(session)
    refreshed(session)
    assert session.scalar(select(func.count()).select_from(DirtyDay)) == 0
    assert answers(session) == before
    assert all(answer.rows for answer in before if answer.question.by)
    [row] = fulfilment(session, None, *DAYS)
    [total] = before[0].totals
    assert total.values == (float(row.measures.quantity_fill), float(row.measures.otif_rate))
    assert {answer.totals[0].values[0] for answer in before} == {total.values[0]}
    return total.values


def test_fill_rate_and_otif_are_those_of_the_orders_whatever_is_kept(session):
    there = stocked_town.build(session)
    town = there.town
    anna = who(town.anna)
    shops = ("Bakery", "Corner", "Dairy", "Dairy", "Bakery")
    whole, late, short, slow, early = (ordered(session, town, 4, 2, shop=shop) for shop in shops)
    ordered(session, town, 9, supply=Supply.VAN)
    gone = ordered(session, town, 9)
    assert agree(session) == (0.0, 0.0)

    def came(*told) -> None:
        for each in told:
            report_delivery(session, each, by=anna, now=each.at)

    came(report(whole, at=NOON + DAY), report(late, at=NOON + 5 * DAY))
    came(report(short, Told(1, 3, "One broke.", Rest.CANCEL), Told(2, 2), at=NOON))
    assert agree(session) == ((6 + 6 + 5) / 39, 1 / 6)
    cancel_order(session, gone.id, "No.", Taken(town.anna.id, NOON))
    assert agree(session) == (17 / 30, 1 / 5)
    came(report(slow, Told(1, 0, "Closed.", Rest.BACK_ORDER), Told(2, 0, "Closed.", Rest.BACK_ORDER), at=NOON + DAY))
    came(report(slow, Told(1, 4), Told(2, 2), at=NOON + 2 * DAY))
    assert agree(session) == (23 / 30, 2 / 5)
    early.wanted_on = TODAY + 40 * DAY
    assert agree(session) == (23 / 30, 2 / 5)
    came(report(early, Told(1, 0, "Too early.", Rest.BACK_ORDER), Told(2, 0, "No.", Rest.BACK_ORDER), at=NOON))
    came(report(early, Told(1, 4), Told(2, 2), at=NOON + 40 * DAY))
    assert agree(session) == (29 / 30, 3 / 5)
    assert session.scalar(select(func.count()).select_from(DueDay)) == 4
    assert {row.day.day for row in session.scalars(select(DueMonth))} == {1}
