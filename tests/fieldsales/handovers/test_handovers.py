"""A delivery is told once; its goods leave the house, and it is billed for what came."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from worlds import stocked_town
from worlds.counting import who
from worlds.debtors import check_books
from worlds.ordering import ordered, report
from worlds.small_town import NOON
from worlds.stocked_town import put

from fieldsales.amendments.service import cancel_order
from fieldsales.db.base import new_id
from fieldsales.db.paging import PageWanted
from fieldsales.deliveries import rules
from fieldsales.deliveries.models import Delivery, DeliveryReport, DeliveryState, Rest
from fieldsales.deliveries.queries import find_orders, reports_of, status_of
from fieldsales.deliveries.rules import Proof, Told
from fieldsales.deliveries.service import DeliveryBegun, pick, send_out
from fieldsales.handovers.service import report_delivery
from fieldsales.invoices.models import Invoice
from fieldsales.orders.models import OrderKind, Origin, Supply
from fieldsales.orders.service import Taken
from fieldsales.policies.models import Policy
from fieldsales.reservations.service import reservations_of, reserve
from fieldsales.stock.queries import drifted, held, on_hand

TODAY = NOON.date()


@pytest.fixture
def there(session):
    return stocked_town.build(session)


def tell(session, there, order, *lines, by="anna", **told):
    told = report(order, *lines, **told)
    return report_delivery(session, told, by=who(getattr(there.town, by)), now=NOON)


def bill_at_delivery(session):
    body = {"invoicing": "at_delivery", "over_limit": "hold", "payment_days": 10}
    session.add(Policy(kind="credit", effective_from=TODAY, body=body, note="Test.", made_at=NOON))


def stocked(session, there, *quantities, on_shelf=100):
    order = ordered(session, there.town, *quantities)
    for line in order.lines:
        put(session, there.house, line.product_id, on_shelf)
    reserve(session, order, there.house, NOON)
    return order


def test_an_order_is_open_picked_out_and_delivered(session, there):
    order = stocked(session, there, 6, 2)
    assert status_of(session, order).state is DeliveryState.OPEN
    anna = who(there.town.anna)
    for step, state in ((pick, DeliveryState.PICKED), (send_out, DeliveryState.OUT)):
        assert [each.state for each in step(session, [order.id], by=anna, now=NOON)] == [state]
        with pytest.raises(rules.DeliveryNotThere):
            step(session, [order.id], by=anna, now=NOON)
    proof = Proof("Maria", new_id(), 38.25, 21.73, "At the back door.")
    tell(session, there, order, proof=proof)
    [told] = reports_of(session, order.id)
    assert (told.recipient, told.photo_id, told.by) == ("Maria", proof.photo_id, there.town.anna.id)
    assert status_of(session, order).state is DeliveryState.DELIVERED
    for error, step in ((rules.DeliveryEnded, tell), (rules.DeliveryNotThere, None)):
        with pytest.raises(error):
            tell(session, there, order) if step else pick(session, [order.id], by=anna, now=NOON)


def test_what_was_delivered_leaves_the_house_and_the_rest_stays_promised(session, there):
    order = stocked(session, there, 6, 2, on_shelf=10)
    first, second = (line.product_id for line in order.lines)
    tell(session, there, order, Told(1, 4, "Two broke."), Told(2, 0, "Not found.", Rest.CANCEL))
    assert on_hand(session, there.house.id) == {first: 6, second: 10}
    assert {key: each.reserved for key, each in held(session, there.house.id).items()} == {first: 2, second: 0}
    tell(session, there, order, Told(1, 2))
    assert on_hand(session, there.house.id)[first] == 4
    assert all(each.ended_at for each in reservations_of(session, [order.id]))
    assert status_of(session, order).state is DeliveryState.PARTLY_DELIVERED
    assert drifted(session) == {}


def test_goods_that_are_gone_are_told_although_the_books_have_too_few(session, there):
    order = stocked(session, there, 6, on_shelf=4)
    assert tell(session, there, order).report.flags == ["stock_short"]
    assert on_hand(session, there.house.id) == {order.lines[0].product_id: -2}
    assert drifted(session) == {}


def test_a_refusal_leaves_the_goods_in_the_house_for_others(session, there):
    order = stocked(session, there, 6)
    tell(session, there, order, refusal="Closed for good.")
    assert status_of(session, order).state is DeliveryState.REFUSED
    product = order.lines[0].product_id
    assert (on_hand(session, there.house.id), held(session, there.house.id)[product].reserved) == ({product: 100}, 0)
    assert session.get_one(Delivery, order.id).lines[0].reason == "Closed for good."


def test_where_no_stock_is_promised_the_serving_house_gives_the_goods(session, there):
    order = ordered(session, there.town, 3)
    put(session, there.house, order.lines[0].product_id, 10)
    tell(session, there, order)
    assert on_hand(session, there.house.id) == {order.lines[0].product_id: 7}


def test_what_cannot_be_delivered_is_refused_with_nothing_written(session, there):
    town, anna = there.town, who(there.town.anna)
    order, done = ordered(session, town, 6), ordered(session, town, 1)
    gift = ordered(session, town, 1, kind=OrderKind.GIFT)
    van = ordered(session, town, 1, supply=Supply.VAN)
    foreign = ordered(session, town, 1, shop="Fish")
    cancel_order(session, done.id, "Changed their mind.", Taken(town.anna.id, NOON))
    for error, which, lines in (
        (rules.MoreThanOrdered, order, [Told(1, 7)]),
        (rules.LineUnknown, order, [Told(9, 1)]),
        (rules.LineMissing, ordered(session, town, 1, 1), [Told(1, 1)]),
        (rules.OrderEnded, done, []),
        (rules.NothingToDeliver, gift, []),
        (rules.NothingToDeliver, van, []),
        (rules.DeliveryNotFound, foreign, []),
        (rules.DeliveryNotFound, SimpleNamespace(id=new_id()), []),
    ):
        with pytest.raises(error), session.begin_nested():
            report_delivery(session, report(which, *lines), by=anna, now=NOON)
    assert session.scalars(select(DeliveryReport)).all() == []
    told = report(order)
    report_delivery(session, told, by=anna, now=NOON)
    again = report(ordered(session, town, 1))
    with pytest.raises(rules.ReportTaken):
        report_delivery(session, type(told)(told.report_id, again.order_id, NOON, TODAY), by=anna, now=NOON)


def test_an_order_of_which_goods_came_is_not_called_off_and_another_one_is(session, there):
    begun, picked = stocked(session, there, 6), ordered(session, there.town, 4)
    tell(session, there, begun, Told(1, 1, "More later."))
    taken = Taken(there.town.anna.id, NOON)
    with pytest.raises(DeliveryBegun):
        cancel_order(session, begun.id, "No.", taken)
    pick(session, [picked.id], by=who(there.town.anna), now=NOON)
    cancel_order(session, picked.id, "No.", taken)
    assert session.get_one(Delivery, picked.id).state is DeliveryState.CANCELLED


def test_each_delivery_is_billed_for_what_came_and_all_together_for_the_order(session, there):
    bill_at_delivery(session)
    order = stocked(session, there, 7, 3)
    later = NOON + timedelta(2)
    for lines, at in (
        ((Told(1, 2, "a"), Told(2, 3)), NOON),
        ((Told(1, 0, "Shut."),), NOON),
        ((Told(1, 5),), later),
    ):
        tell(session, there, order, *lines, at=at)
    invoices = session.scalars(select(Invoice).order_by(Invoice.issued_on)).all()
    assert [each.issued_on for each in invoices] == [TODAY, later.date()]
    assert [each.due_on - each.issued_on for each in invoices] == [timedelta(10)] * 2
    assert sum(each.amount_minor for each in invoices) == order.amount_minor
    assert sum(each.tax_minor for each in invoices) == order.tax_minor
    check_books(session, [order.customer_id])


def test_where_orders_are_billed_otherwise_a_delivery_is_not(session, there):
    tell(session, there, stocked(session, there, 7))
    assert session.scalars(select(Invoice)).all() == []


def test_orders_are_found_by_how_far_they_are(session, there):
    opened, picked, gone = (stocked(session, there, 1) for _ in range(3))
    ordered(session, there.town, 1, supply=Supply.VAN)
    pick(session, [picked.id], by=None, now=NOON)
    cancel_order(session, gone.id, "No.", Taken(there.town.anna.id, NOON))
    wanted = {DeliveryState.OPEN: [opened], DeliveryState.PICKED: [picked], DeliveryState.CANCELLED: [gone]}
    for state, orders in wanted.items():
        assert find_orders(session, who(there.town.anna), PageWanted(limit=9), state=state).items == orders
    assert len(find_orders(session, None, PageWanted(limit=9)).items) == 3
    assert find_orders(session, who(there.town.ben), PageWanted(limit=9)).items == []


def test_what_was_told_of_a_delivery_is_never_changed(session, there):
    tell(session, there, stocked(session, there, 1))
    for statement in ("UPDATE delivery_report SET recipient = 'me'", "DELETE FROM delivery_report"):
        with pytest.raises(DatabaseError, match="is final"), session.begin_nested():
            session.execute(text(statement))


def test_orders_from_before_deliveries_were_kept_are_history(session, there):
    old = ordered(session, there.town, 1, ordered_on=TODAY - timedelta(9))
    begun = ordered(session, there.town, 1, ordered_on=TODAY - timedelta(9))
    ordered(session, there.town, 1, origin=Origin.IMPORT)
    new = ordered(session, there.town, 1)
    assert find_orders(session, None, PageWanted(limit=9)).items == [old, begun, new]
    body = {"lead_days": 2, "since": TODAY.isoformat()}
    session.add(Policy(kind="deliveries", effective_from=TODAY, body=body, note="Test.", made_at=NOON))
    pick(session, [begun.id], by=None, now=NOON)
    assert find_orders(session, None, PageWanted(limit=9)).items == [begun, new]
