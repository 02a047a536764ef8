"""The kinds of shop in town: how many there are, how long a visit takes, and when they open."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Trade(StrEnum):
    """What kind of shop a customer is."""

    KIOSK = "kiosk"
    MINI_MARKET = "mini_market"
    SUPERMARKET = "supermarket"
    CAFE = "cafe"
    BAKERY = "bakery"
    PHARMACY = "pharmacy"
    PETROL_STATION = "petrol_station"
    RESTAURANT = "restaurant"


@dataclass(frozen=True, slots=True)
class Practice:
    """How a trade goes about its day.

    `share` of the town's shops; `service_minutes` at the counter; `basket`, the lines of a usual order; `whole_cases`,
    whether it buys by the case; `appetite`, product categories by how readily it stocks them (0 to 1); `hours`,
    OSM `opening_hours` strings with weights, where None is a shop whose hours nobody wrote down.
    """

    share: float
    service_minutes: int
    basket: float
    whole_cases: bool
    appetite: Mapping[str, float]
    hours: tuple[tuple[str | None, float], ...]


_DRINKS = {"water": 0.8, "soft drinks": 0.8, "juices": 0.5}

PRACTICES: Mapping[Trade, Practice] = {
    Trade.KIOSK: Practice(
        0.14, 8, 4, False,
        {**_DRINKS, "confectionery": 0.9, "snacks": 0.7, "biscuits": 0.5, "travel": 0.3},
        (
            ("Mo-Sa 06:30-13:00,15:00-19:30; Su 07:00-12:30", 4),
            ("Mo-Sa 07:00-19:00", 3),
            ("Mo-Fr 06:00-18:30; Sa 07:00-13:00", 3),
            ("Mo-Su 10:00-22:00", 2),
            (None, 1),
        ),
    ),
    Trade.MINI_MARKET: Practice(
        0.20, 15, 7, False,
        {**_DRINKS, "coffee and tea": 0.5, "dairy": 0.6, "biscuits": 0.6, "confectionery": 0.6, "snacks": 0.6,
         "grocery": 0.7, "household": 0.6, "personal care": 0.4, "baking": 0.3, "syrups": 0.4},
        (
            ("Mo-Sa 08:00-12:30,15:30-20:00", 5),
            ("Mo-Sa 07:30-13:00,16:00-20:30; Su 08:00-13:00", 4),
            ("Mo-Sa 08:00-21:00; Su 09:00-13:00", 3),
            ("Tu-Su 08:00-13:00,16:00-20:00", 2),
            ("Mo-Su 11:00-24:00", 2),
            ("24/7", 0.5),
            (None, 0.6),
        ),
    ),
    Trade.SUPERMARKET: Practice(
        0.07, 35, 14, True,
        {**_DRINKS, "coffee and tea": 0.8, "dairy": 0.9, "biscuits": 0.8, "confectionery": 0.7, "snacks": 0.8,
         "grocery": 0.9, "household": 0.9, "personal care": 0.8, "baking": 0.7, "syrups": 0.7},
        (
            ("Mo-Sa 08:30-20:00; Su 09:00-12:30", 5),
            ("Mo-Sa 08:00-21:00", 4),
            ("Mo-Sa 07:00-12:00,14:00-20:00; PH off", 2),
        ),
    ),
    Trade.CAFE: Practice(
        0.17, 12, 5, False,
        {**_DRINKS, "syrups": 0.8, "coffee and tea": 0.9, "dairy": 0.5, "snacks": 0.4, "biscuits": 0.4},
        (
            ("Mo-Sa 06:30-20:00", 4),
            ("Tu-Su 07:00-22:00", 4),
            ("Mo-Fr 07:00-18:00; Sa 08:00-14:00", 3),
            ("Mo-Su 10:00-01:00", 2),
            ("Apr-Oct Mo-Su 08:00-24:00; Nov-Mar Th-Su 10:00-18:00", 2),
            ("We-Mo 14:00-24:00", 1),
            (None, 0.6),
        ),
    ),
    Trade.BAKERY: Practice(
        0.12, 10, 4.5, True,
        {"baking": 0.9, "dairy": 0.7, "water": 0.4, "soft drinks": 0.4, "juices": 0.3, "coffee and tea": 0.3},
        (
            ("Tu-Sa 06:00-13:00,16:00-19:30; Su 06:00-13:00", 5),
            ("Mo-Sa 06:30-19:30", 3),
            ("We-Mo 06:00-12:30,15:30-19:00", 3),
            ("Mo-Fr 06:30-13:30", 2),
        ),
    ),
    Trade.PHARMACY: Practice(
        0.08, 12, 4, False,
        {"personal care": 0.95, "water": 0.3, "coffee and tea": 0.2, "confectionery": 0.2},
        (
            ("Mo-Fr 08:30-12:30,14:00-19:30; Sa 09:00-12:30", 5),
            ("Mo-Sa 09:00-12:30,14:30-19:00; PH off", 4),
            ("Mo-Fr 09:00-19:30; Sa 09:00-19:00", 2),
        ),
    ),
    Trade.PETROL_STATION: Practice(
        0.05, 12, 6, True,
        {**_DRINKS, "travel": 0.95, "confectionery": 0.7, "snacks": 0.7, "biscuits": 0.4, "coffee and tea": 0.3},
        (
            ("24/7", 4),
            ("Mo-Su 06:00-22:00", 4),
            ("Mo-Sa 06:30-20:30; Su 08:00-13:00", 2),
        ),
    ),
    Trade.RESTAURANT: Practice(
        0.17, 15, 6, False,
        {**_DRINKS, "syrups": 0.5, "coffee and tea": 0.6, "dairy": 0.6, "grocery": 0.7, "household": 0.4,
         "baking": 0.2},
        (
            ("Tu-Sa 11:00-14:30,18:30-22:30; Su 11:00-15:00", 5),
            ("Mo-Sa 10:30-15:00,18:00-23:00", 4),
            ("We-Mo 12:00-14:30,19:00-23:30", 3),
            ("Mo-Fr 09:00-16:00", 2),
            ("Tu-Su 18:30-02:00", 1),
            (None, 0.8),
        ),
    ),
}  # fmt: skip
