"""What a customer list says about each shop."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from opening_hours import OpeningHours

from fieldsales.demo.city import City
from fieldsales.demo.dice import dice, share_out
from fieldsales.demo.shop_names import shop_names
from fieldsales.demo.trades import PRACTICES, Trade


def test_every_opening_hours_string_means_something() -> None:
    """Each parses, and opens for at least ten hours in a week of summer."""
    monday = datetime(2025, 6, 16)  # noqa: DTZ001 - hours are read on the shop's own wall clock
    half_hours = [monday + timedelta(minutes=30 * step) for step in range(7 * 48)]
    written = {text for practice in PRACTICES.values() for text, _ in practice.hours if text is not None}
    for text in written:
        hours = OpeningHours(text)
        assert sum(hours.is_open(moment) for moment in half_hours) >= 20, text


def test_hours_are_as_mixed_as_in_life(city: City) -> None:
    hours = Counter(shop.opening_hours for shop in city.shops)
    written = [text for text in hours if text is not None]
    assert len(written) > 20
    assert 0 < hours[None] < 30
    assert 0 < hours["24/7"] < 30
    assert any("12:30,1" in text for text in written), "nobody takes a siesta"


def test_every_trade_is_in_town_in_its_proportion(city: City) -> None:
    counts = Counter(shop.category for shop in city.shops)
    for trade, practice in PRACTICES.items():
        assert counts[trade] == pytest.approx(practice.share * len(city.shops), abs=1)
        assert practice.service_minutes in {shop.service_minutes for shop in city.shops if shop.category is trade}


def test_names_come_in_many_scripts(city: City) -> None:
    letters = "".join(shop.name for shop in city.shops)
    for first, last in (("Α", "ω"), ("一", "鿿"), ("ا", "ي"), ("ꦀ", "꧟")):
        assert any(first <= letter <= last for letter in letters)


def test_names_never_run_out_nor_repeat() -> None:
    names = shop_names(Trade.PHARMACY, dice(1, "a town of chemists"))
    taken = [next(names) for _ in range(400)]
    assert len(set(taken)) == 400


@pytest.mark.parametrize("total", [1, 3, 10, 37, 1000])
def test_sharing_out_is_exact_and_fair(total: int) -> None:
    shares = [("much", 0.7), ("some", 0.2), ("little", 0.1)]
    counts = Counter(share_out(total, shares))
    assert counts.total() == total
    if total >= 10:
        for item, share in shares:
            assert counts[item] == pytest.approx(total * share, abs=1)
            assert counts[item] >= 1
