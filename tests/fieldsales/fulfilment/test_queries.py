"""What was due in a period, and what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from worlds import stocked_town
from worlds.counting import who
from worlds.ordering import ordered, report
from worlds.small_town import NOON

from fieldsales.amendments.service import cancel_order
from fieldsales.deliveries.models import Rest
from fieldsales.deliveries.rules import Told
from fieldsales.exports.rules import PeriodInvalid
from fieldsales.fulfilment.queries import By, fulfilment
from fieldsales.handovers.service import report_delivery
from fieldsales.orders.models import Supply
from fieldsales.orders.service import Taken

TODAY = NOON.date()
DAY = timedelta(1)


def test_orders_count_in_the_period_in_which_they_were_due(session):
    there = stocked_town.build(session)
    town = there.town
    anna = who(town.anna)
    shops = ("Bakery", "Corner", "Dairy", "Dairy")
    whole, late, short, later = (ordered(session, town, 4, 2, shop=shop) for shop in shops)
    later.wanted_on = TODAY + 9 * DAY
    ordered(session, town, 4)
    ordered(session, town, 9, supply=Supply.VAN)
    gone = ordered(session, town, 9)
    cancel_order(session, gone.id, "No.", Taken(town.anna.id, NOON))
    for told in (
        report(whole, at=NOON + DAY),
        report(late, at=NOON + 3 * DAY),
        report(short, Told(1, 3, "One broke.", Rest.CANCEL), Told(2, 2), at=NOON),
    ):
        report_delivery(session, told, by=anna, now=told.at)
    [row] = fulfilment(session, None, TODAY, TODAY + 2 * DAY)
    found = row.measures
    assert (row.name, found.orders, found.otif, found.on_time, found.in_full) == ("all", 4, 1, 2, 2)
    assert (found.lines, found.full_lines, found.pieces, found.delivered) == (7, 5, 22, 17)
    [row] = fulfilment(session, None, TODAY + 9 * DAY, TODAY + 9 * DAY)
    assert (row.measures.orders, row.measures.otif) == (1, 0)
    by_shop = {row.name: row.measures.otif for row in fulfilment(session, None, TODAY, TODAY + 2 * DAY, By.CUSTOMER)}
    assert by_shop == {"Bakery": 1, "Corner": 0, "Dairy": 0}
    assert [row.name for row in fulfilment(session, None, TODAY, TODAY + 2 * DAY, By.REP)] == ["Anna"]
    pieces = [row.measures.pieces for row in fulfilment(session, None, TODAY, TODAY + 2 * DAY, By.PRODUCT)]
    assert sorted(pieces) == [6, 16]
    assert fulfilment(session, who(town.ben), TODAY, TODAY + 2 * DAY) == []
    with pytest.raises(PeriodInvalid):
        fulfilment(session, None, TODAY, TODAY - DAY)
