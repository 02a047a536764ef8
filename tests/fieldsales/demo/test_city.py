"""The city as a whole: the same for the same seed, and of the size that was asked for."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from fieldsales.demo.city import City, ImpossibleCity, build_city
from fieldsales.demo.habits import Behaviour
from fieldsales.people.models import Role

FINGERPRINT = """
import hashlib
from datetime import date
from fieldsales.demo.city import build_city
village = build_city(3, date(2025, 11, 24), shops=20)
print(hashlib.sha256(repr((village, list(village.orders()))).encode()).hexdigest())
"""


def fingerprint(hash_seed: str) -> str:
    """The hash of a small city and its orders, built in an interpreter of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.check_output([sys.executable, "-c", FINGERPRINT], env=environment, text=True)


def test_the_same_seed_builds_the_same_city(city: City) -> None:
    assert build_city(city.seed, city.as_of) == city


def test_another_seed_builds_another_city(city: City) -> None:
    other = build_city(city.seed + 1, city.as_of)
    assert other.streets != city.streets
    assert {shop.name for shop in other.shops} != {shop.name for shop in city.shops}


def test_the_order_of_hashes_does_not_matter() -> None:
    assert fingerprint("1") == fingerprint("2")


def test_the_default_city_has_what_the_demo_promises(city: City) -> None:
    roles = Counter(person.role for person in city.people)
    assert roles == {Role.REP: 4, Role.SUPERVISOR: 1, Role.MANAGER: 1}
    assert len(city.shops) == 320
    assert 60 <= len(city.products) <= 120
    assert len(city.territories) == 5
    assert sum(shop.position is None for shop in city.shops) == 5
    ZoneInfo(city.time_zone)


@pytest.mark.parametrize(("shops", "reps"), [(1, 1), (8, 3), (50, 4), (700, 12)])
def test_sizes_scale(shops: int, reps: int) -> None:
    city = build_city(5, date(2024, 2, 29), shops=shops, reps=reps)
    owners = {shop.rep_login for shop in city.shops}
    assert len({shop.ref for shop in city.shops}) == len({shop.name for shop in city.shops}) == shops
    assert owners <= {person.login for person in city.people if person.role is Role.REP}
    assert len(owners) == min(shops, reps)
    assert next(city.orders()).lines


def test_even_a_village_shows_every_behaviour(village: City) -> None:
    assert {shop.behaviour for shop in village.shops} == set(Behaviour)


@pytest.mark.parametrize(("shops", "reps"), [(0, 4), (5001, 4), (-3, 4), (320, 0), (320, 13)])
def test_an_impossible_size_is_refused_with_a_way_out(shops: int, reps: int) -> None:
    with pytest.raises(ImpossibleCity, match="Ask for 1 to"):
        build_city(1, date(2025, 11, 24), shops=shops, reps=reps)


def test_every_telephone_number_is_valid_and_belongs_to_one_person(city: City) -> None:
    numbers = [owner.phone for owner in (*city.shops, *city.people)]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed), number
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number


def test_reps_live_in_different_districts_with_a_start_for_the_day(city: City) -> None:
    reps = [person for person in city.people if person.role is Role.REP]
    assert len({rep.territory_code for rep in reps}) == 4
    assert len({rep.start for rep in reps}) == 4
    assert None not in {rep.start for rep in reps}


def test_key_accounts_are_living_shops_given_to_one_or_several_reps(city: City) -> None:
    shops = {shop.ref: shop for shop in city.shops}
    chosen = [shops[account.shop_ref] for account in city.key_accounts]
    assert all(shop.position for shop in chosen)
    assert len({shop.ref for shop in chosen}) == 8
    assert {Behaviour.CLOSED, Behaviour.VANISHED}.isdisjoint(shop.behaviour for shop in chosen)
    assert {len(account.rep_logins) for account in city.key_accounts} == {1, 2}
    for account, shop in zip(city.key_accounts, chosen, strict=True):
        assert account.rep_logins[0] == shop.rep_login
        assert len(set(account.rep_logins)) == len(account.rep_logins)
