"""Two years of orders, and whether each customer's story can be read in them."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from statistics import fmean, median

import pytest

from fieldsales.demo.city import City
from fieldsales.demo.habits import Behaviour
from fieldsales.demo.orders import Order, OrderLine
from fieldsales.demo.workdays import holidays, is_workday

History = dict[str, list[Order]]


@pytest.fixture(scope="module")
def told(city: City, orders: list[Order]) -> Callable[[Behaviour], History]:
    """The orders by customer of all who behave in a given way."""
    by_customer: History = defaultdict(list)
    for order in orders:
        by_customer[order.customer_ref].append(order)

    def of(behaviour: Behaviour) -> History:
        return {shop.ref: by_customer[shop.ref] for shop in city.shops if shop.behaviour is behaviour}

    return of


def days_ago(city: City, days: int) -> date:
    return city.as_of - timedelta(days=days)


def mean_amount(orders: list[Order]) -> float:
    return fmean(order.amount_minor for order in orders)


def test_telling_them_again_gives_the_same_orders(village: City) -> None:
    assert list(village.orders()) == list(village.orders())


def test_there_are_as_many_lines_as_a_real_distributor_has(orders: list[Order]) -> None:
    assert 100_000 < sum(len(order.lines) for order in orders) < 200_000


def test_orders_are_numbered_by_day_and_span_two_years(city: City, orders: list[Order]) -> None:
    assert [order.number for order in orders] == sorted({order.number for order in orders})
    days = [order.day for order in orders]
    assert days == sorted(days)
    assert days_ago(city, 730) <= days[0] < days_ago(city, 720)
    assert days_ago(city, 5) < days[-1] < city.as_of


def test_nobody_orders_on_sundays_and_holidays(orders: list[Order]) -> None:
    assert all(is_workday(order.day) for order in orders)


def test_a_customer_orders_once_a_day_and_each_product_once(orders: list[Order]) -> None:
    assert len({(order.customer_ref, order.day) for order in orders}) == len(orders)
    for order in orders:
        assert len({line.sku for line in order.lines}) == len(order.lines) >= 1
        assert all(line.quantity > 0 and line.unit_price_minor > 0 for line in order.lines)
        assert order.amount_minor == sum(line.quantity * line.unit_price_minor for line in order.lines)


def test_an_order_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="SO000001"):
        Order("SO000001", date(2025, 11, 21), "C0001", ())
    with pytest.raises(ValueError, match="no sale"):
        OrderLine("P001", 0, 32)


def test_orders_name_only_known_customers_and_products(city: City, orders: list[Order]) -> None:
    assert {order.customer_ref for order in orders} == {shop.ref for shop in city.shops}
    assert {line.sku for order in orders for line in order.lines} == {product.sku for product in city.products}


def test_regular_customers_keep_to_their_weekdays(city: City, told: Callable[[Behaviour], History]) -> None:
    habits = {shop.ref: shop.habit for shop in city.shops}
    for ref, history in told(Behaviour.REGULAR).items():
        kept = sum(order.day.weekday() in habits[ref].weekdays for order in history)
        assert kept / len(history) > 0.75
        assert history[-1].day >= days_ago(city, 45)


def test_vanished_customers_stopped_three_to_ten_weeks_ago(city: City, told: Callable[[Behaviour], History]) -> None:
    for history in told(Behaviour.VANISHED).values():
        assert days_ago(city, 70 + 28) <= history[-1].day <= days_ago(city, 21)
        before = [order for order in history if order.day > history[-1].day - timedelta(days=120)]
        assert len(before) >= 6, "a customer who never ordered much cannot vanish"


def test_closed_customers_are_long_gone(city: City, told: Callable[[Behaviour], History]) -> None:
    for history in told(Behaviour.CLOSED).values():
        assert history[-1].day <= days_ago(city, 190)


def test_new_customers_began_weeks_ago(city: City, told: Callable[[Behaviour], History]) -> None:
    for history in told(Behaviour.NEW).values():
        assert history[0].day >= days_ago(city, 56)


def test_fading_customers_order_less_each_time(city: City, told: Callable[[Behaviour], History]) -> None:
    """Their last four weeks against the months before the turn; the months' own ups and downs are far smaller."""
    shrunk = []
    for history in told(Behaviour.FADING).values():
        usual = [order for order in history if days_ago(city, 210) <= order.day < days_ago(city, 100)]
        recent = [order for order in history if order.day >= days_ago(city, 28)]
        shrunk.append(mean_amount(recent) / mean_amount(usual))
    assert median(shrunk) < 0.5
    assert max(shrunk) < 0.85


def test_thinning_customers_order_more_rarely(city: City, told: Callable[[Behaviour], History]) -> None:
    rarer = []
    for history in told(Behaviour.THINNING).values():
        usual = sum(days_ago(city, 200) <= order.day < days_ago(city, 100) for order in history) / 100
        recent = sum(order.day >= days_ago(city, 40) for order in history) / 40
        rarer.append(recent / usual)
    assert fmean(rarer) < 0.65


def test_growing_customers_order_more_than_a_year_ago(city: City, told: Callable[[Behaviour], History]) -> None:
    """The same months of both years, so that the season falls out."""
    for history in told(Behaviour.GROWING).values():
        first = [order for order in history if order.day < days_ago(city, 550)]
        second = [order for order in history if days_ago(city, 365) <= order.day < days_ago(city, 185)]
        assert mean_amount(second) > 1.2 * mean_amount(first)


def test_seasonal_customers_rest_in_winter(told: Callable[[Behaviour], History]) -> None:
    for history in told(Behaviour.SEASONAL).values():
        assert all(4 <= order.day.month <= 11 for order in history)
        assert {6, 7, 8} <= {order.day.month for order in history}


def test_irregular_customers_have_no_day_of_their_own(told: Callable[[Behaviour], History]) -> None:
    for history in told(Behaviour.IRREGULAR).values():
        assert len({order.day.weekday() for order in history}) >= 4


def test_the_holidays_of_a_year_are_the_eleven_of_the_law() -> None:
    assert sorted(holidays(2025)) == [
        date(2025, 1, 1),
        date(2025, 4, 21),
        date(2025, 5, 1),
        date(2025, 5, 8),
        date(2025, 5, 29),
        date(2025, 6, 9),
        date(2025, 7, 14),
        date(2025, 8, 15),
        date(2025, 11, 1),
        date(2025, 11, 11),
        date(2025, 12, 25),
    ]
