"""What is taken from the shelves is what orders wait for, in the order in which it is loaded."""

from __future__ import annotations

import uuid
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from worlds import stocked_town
from worlds.counting import who
from worlds.ordering import ordered, report
from worlds.small_town import NOON

from fieldsales.deliveries.rules import Told
from fieldsales.deliveries.service import pick
from fieldsales.handovers.service import report_delivery
from fieldsales.orders.models import Supply
from fieldsales.picking.queries import picks_of
from fieldsales.picking.rules import COLUMNS, Article, Wanted, packed, pick_list, rows, told
from fieldsales.planning.models import PlannedVisit, Route, RouteStop, Source
from fieldsales.units.models import ProductUnit
from fieldsales.warehouses.models import WarehouseKind
from fieldsales.warehouses.service import NewPlace, open_warehouse

TODAY = NOON.date()
UNITS = {"case": 24, "inner": 6}


def test_pieces_are_packed_in_the_largest_units_first() -> None:
    assert packed(UNITS, 31) == (("case", 1), ("inner", 1), ("each", 1))
    assert told(packed(UNITS, 60)) == "2 case, 2 inner"
    assert packed({}, 5) == (("each", 5),)


@given(st.dictionaries(st.sampled_from(["case", "inner", "tray"]), st.integers(2, 60)), st.integers(0, 10_000))
def test_packing_keeps_every_piece(units: dict[str, int], pieces: int) -> None:
    sizes = {"each": 1} | units
    assert sum(sizes[unit] * many for unit, many in packed(units, pieces)) == pieces


def test_the_last_stop_is_loaded_first_and_who_is_on_no_route_before_all() -> None:
    article = Article(uuid.uuid4(), "rice", "Rice", UNITS)
    shops = {name: uuid.uuid4() for name in ("first", "second", "off")}
    wanted = [Wanted(uuid.uuid4(), 1, key, name, article, 30) for name, key in shops.items()]
    found = pick_list("MAIN", TODAY, wanted, {shops["first"]: 1, shops["second"]: 2})
    assert [(each.load, each.customer, each.stop) for each in found.loads] == [
        (1, "off", None),
        (2, "second", 2),
        (3, "first", 1),
    ]
    [total] = found.totals
    assert (total.pieces, told(total.packed)) == (90, "3 case, 3 inner")
    assert [dict(zip(COLUMNS, row, strict=True))["packed_as"] for row in rows(found)] == ["1 case, 1 inner"] * 3


def test_a_house_picks_what_waits_for_it_and_is_due(session):
    there = stocked_town.build(session)
    town, anna = there.town, who(there.town.anna)
    other = open_warehouse(session, NewPlace("OTHER", "Other", WarehouseKind.WAREHOUSE), now=NOON)
    session.add(ProductUnit(product_id=next(iter(town.products.values())).id, unit="case", pieces=6))
    waits, partly, picked = (ordered(session, town, 8) for _ in range(3))
    ordered(session, town, 8, supply=Supply.VAN)
    ordered(session, town, 8, wanted_on=TODAY + timedelta(5))
    report_delivery(session, report(partly, Told(1, 3, "No more.")), by=anna, now=NOON)
    pick(session, [picked.id], by=anna, now=NOON)
    found = picks_of(session, there.house, TODAY)
    assert [(line.order_id, line.pieces) for load in found.loads for line in load.lines] == [
        (waits.id, 8),
        (partly.id, 5),
    ]
    assert [(each.pieces, told(each.packed)) for each in found.totals] == [(13, "2 case, 1 each")]
    assert picks_of(session, other, TODAY).totals == ()


def test_the_pick_list_of_a_route_has_its_customers_only(session):
    there = stocked_town.build(session)
    town = there.town
    for shop in ("Bakery", "Corner", "Dairy"):
        ordered(session, town, 2, shop=shop)
    facts = {"rep_id": town.anna.id, "day": TODAY, "source": Source.MANUAL, "reason": "", "value": 1}
    planned = {shop: PlannedVisit(customer_id=town.customers[shop].id, **facts) for shop in ("Corner", "Bakery")}
    session.add_all(planned.values())
    session.flush()
    zero = dict.fromkeys(("wait_s", "service_s", "travel_s", "distance_m"), 0)
    stops = [
        RouteStop(position=number, planned_visit_id=each.id, arrival_at=NOON, departure_at=NOON, **zero)
        for number, each in enumerate(planned.values())
    ]
    sums = ("lunch_minutes", "travel_s", "wait_s", "service_s", "distance_m", "home_travel_s", "home_distance_m")
    route = Route(rep_id=town.anna.id, day=TODAY, starts_at=NOON, ends_at=NOON, fingerprint="f", stops=stops)
    for name in sums:
        setattr(route, name, 0)
    session.add(route)
    session.flush()
    found = picks_of(session, there.house, TODAY, town.anna.id)
    assert [(each.customer, each.stop) for each in found.loads] == [("Bakery", 2), ("Corner", 1)]
    assert picks_of(session, there.house, TODAY, town.ben.id).loads == ()
